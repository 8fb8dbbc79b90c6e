"""What is read out of apt's answers, and how unpacked packages are made to run."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from local_asterisk import packages
from local_asterisk.packages import (
    Apt,
    InstallError,
    debian_mirror,
    file_names,
    libraries_needed,
    unpack,
)

DEPENDS = """\
asterisk
  Depends: adduser
  Depends: libbsd0
 |Depends: libssl3t64
  Depends: libssl-other
  PreDepends: libc6
  Depends: <libvirtual>
    libprovider
  Depends: libc-bin
  Recommends: libnot-wanted
libgsm1
  Depends: zlib1g
"""

SHOWN = """\
Package: asterisk
Version: 1:22.10.1+dfsg-1
Architecture: amd64
Description: Open Source PBX
 and more: text

Package: espeak-ng-data
Version: 1.52
Architecture: all
"""


def test_libraries_are_taken_and_nothing_else() -> None:
    assert libraries_needed(DEPENDS) == {"libbsd0", "libssl3t64", "libc6", "zlib1g"}


def test_files_are_named_as_apt_names_them() -> None:
    assert file_names(SHOWN) == [
        "asterisk_1%3a22.10.1+dfsg-1_amd64.deb",
        "espeak-ng-data_1.52_all.deb",
    ]


def test_the_mirror_is_that_of_debians_main_archive() -> None:
    targets = "http://a.example/debian-security/\nhttp://a.example/debian/\nhttp://a.example/x\n"
    assert debian_mirror(targets) == "http://a.example/debian"
    assert debian_mirror("http://a.example/ubuntu/\n") is None


def test_a_failing_command_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match=r"ls failed \(exit 2\):\n.*cannot access"):
        packages.run(["ls", tmp_path / "nothing"])


def test_a_missing_command_is_told() -> None:
    with pytest.raises(InstallError, match="no-such-program could not be run"):
        packages.run(["no-such-program"])


def test_a_machine_without_apt_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InstallError, match="this machine has no apt-get, apt-cache, dpkg-deb"):
        Apt(tmp_path)


def _tools(folder: Path, index_targets: str) -> None:
    folder.mkdir()
    for name in ("apt-get", "apt-cache", "dpkg-deb"):
        (folder / name).write_text(f"#!/bin/sh\necho '{index_targets}'\n")
        (folder / name).chmod(0o755)


def test_a_machine_without_debians_keyring_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _tools(tmp_path / "bin", "http://a.example/debian/")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr(packages, "KEYRING", tmp_path / "keyring.gpg")
    with pytest.raises(InstallError, match=r"keyring\.gpg is missing"):
        Apt(tmp_path / "apt")


def test_a_machine_with_another_distributions_mirror_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _tools(tmp_path / "bin", "http://a.example/ubuntu/")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr(packages, "KEYRING", tmp_path / "bin" / "apt-get")
    with pytest.raises(InstallError, match="apt uses no Debian mirror"):
        Apt(tmp_path / "apt")


def test_the_wrapper_starts_the_program_through_its_own_loader(tmp_path: Path) -> None:
    libraries = tmp_path / "usr/lib/some-linux-gnu"
    (libraries / "extra").mkdir(parents=True)
    (libraries / "libc.so.6").touch()
    (libraries / "extra" / "libextra.so").touch()
    (tmp_path / "usr/share/doc/much").mkdir(parents=True)
    loader = libraries / "ld-linux-some.so.2"
    loader.write_text('#!/bin/sh\nfor word in "$@"; do echo "$word"; done\n')
    loader.chmod(0o755)
    program = tmp_path / "usr/bin/tool"
    program.parent.mkdir()
    program.touch()

    unpack([], tmp_path, "usr/bin/tool")

    said = subprocess.run([tmp_path / "tool", "a b"], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == [
        "--library-path",
        f"{libraries}:{libraries / 'extra'}",
        "--argv0",
        "tool",
        str(program),
        "a b",
    ]
    assert not (tmp_path / "usr/share/doc").exists()


def test_packages_without_the_program_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="hold no runnable usr/bin/tool"):
        unpack([], tmp_path, "usr/bin/tool")
