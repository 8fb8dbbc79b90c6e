"""What is found on a machine, what is brought, and what is said when neither works."""

from __future__ import annotations

import json
import threading
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from local_asterisk import install as room
from local_asterisk.install import Installation, default_cache, install, new_enough
from local_asterisk.packages import SUITE, Bundle, InstallError
from local_asterisk.templates import modules_loaded


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of which only our own folder is seen."""
    root = tmp_path / "usr"
    (root / "sbin").mkdir(parents=True)
    monkeypatch.setenv("PATH", str(root / "sbin"))
    monkeypatch.setattr(room, "_SYSTEM_FOLDERS", str(root / "sbin"))
    return root


def _program(path: Path, says: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def _asterisk_on(machine: Path, version: str) -> None:
    _program(machine / "sbin" / "asterisk", f"Asterisk {version}")
    modules = machine / "lib" / "some-linux-gnu" / "asterisk" / "modules"
    modules.mkdir(parents=True)
    for name in modules_loaded():
        (modules / name).touch()
    (machine / "share" / "asterisk" / "documentation").mkdir(parents=True)


def _bundle(cache: Path, name: str, *more: str, version: str = "", made: int = 1) -> Path:
    folder = cache / SUITE / name
    for path in (name, *more):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
    (folder / "bundle.json").write_text(json.dumps({"format": made, "version": version}))
    return folder


def test_what_the_machine_has_is_used(machine: Path, tmp_path: Path) -> None:
    _asterisk_on(machine, "22.5.1~dfsg")
    espeak_ng = _program(machine / "sbin" / "espeak-ng")
    sipp = _program(machine / "sbin" / "sipp")

    found = install(tmp_path / "cache", with_traffic=True)

    assert found == Installation(
        asterisk=machine / "sbin" / "asterisk",
        modules=machine / "lib" / "some-linux-gnu" / "asterisk" / "modules",
        data=machine / "share" / "asterisk",
        version="22.5.1~dfsg",
        espeak_ng=espeak_ng,
        espeak_data=None,
        sipp=sipp,
    )
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("Asterisk 22.10.1+dfsg-1", True),
        ("Asterisk 23.0.0", True),
        ("Asterisk 20.10.0", True),
        ("Asterisk 20.9.3", False),
        ("Asterisk 21.4.0", False),
        ("Asterisk 18.26.4", False),
        ("Asterisk certified/20.7-cert2", False),
        ("", False),
    ],
)
def test_releases_that_know_our_event_filters(version: str, expected: bool) -> None:
    assert new_enough(version) is expected


def test_what_was_brought_before_is_there_at_once(machine: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    _asterisk_on(machine, "18.1.0")
    asterisk = _bundle(
        cache, "asterisk", "usr/lib/some-linux-gnu/asterisk/modules/a.so", version="22.10.1"
    )
    espeak = _bundle(cache, "espeak-ng", "usr/lib/some-linux-gnu/espeak-ng-data/phondata")

    found = install(cache, with_traffic=False)

    assert found.asterisk == asterisk / "asterisk"
    assert found.version == "22.10.1"
    assert found.modules == asterisk / "usr/lib/some-linux-gnu/asterisk/modules"
    assert found.data == asterisk / "usr/share/asterisk"
    assert found.espeak_data == espeak / "usr/lib/some-linux-gnu/espeak-ng-data"
    assert found.sipp is None


def test_a_machine_that_cannot_is_told_what_to_do(machine: Path, tmp_path: Path) -> None:
    with pytest.raises(InstallError, match=r"has no apt-get.*\n.*docker compose up"):
        install(tmp_path / "cache", with_traffic=False)


def test_two_at_once_do_the_work_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    both_found_nothing = threading.Barrier(2, timeout=5)
    alone = room._alone

    def make(bundle: Bundle, folder: Path, cache: Path) -> None:
        made.append(bundle.name)
        _bundle(cache, bundle.name)

    def alone_after_both_came(lock: Path) -> AbstractContextManager[None]:
        both_found_nothing.wait()
        return alone(lock)

    monkeypatch.setattr(room, "_make", make)
    monkeypatch.setattr(room, "_alone", alone_after_both_came)
    bundle = Bundle(name="sipp", program="usr/bin/sipp", packages=())
    both = [threading.Thread(target=room._bring, args=(bundle, tmp_path)) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert made == ["sipp"]


def test_a_folder_of_an_older_format_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bundle(tmp_path, "sipp", made=0)
    monkeypatch.setattr(room, "_make", lambda bundle, folder, cache: _bundle(cache, bundle.name))
    folder = room._bring(Bundle(name="sipp", program="usr/bin/sipp", packages=()), tmp_path)
    assert json.loads((folder / "bundle.json").read_text())["format"] == 1


def test_the_cache_is_where_the_desktop_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert default_cache() == Path("/somewhere/linea800")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_cache() == Path.home() / ".cache" / "linea800"
