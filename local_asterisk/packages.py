"""Debian packages brought into a folder: without root, and without touching the machine's own.

The machine's apt fetches them from the mirror it uses anyway, into lists and folders of ours, and
checks their signatures. A wrapper starts each program through the C library that came along, so
that the machine's own may be older.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from calls.errors import Linea800Error

SUITE = "forky"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_COMMAND_SECONDS = 900
_LIBRARY = re.compile(r"^(lib|zlib|espeak-ng-data)")
_NOT_NEEDED = re.compile(r"gconv|-bin$|^libc6-i386$")
_DEPENDENCY = re.compile(r"^ {1,2}(?P<or>\|?)(?:Pre)?Depends: (?P<name>[a-z0-9][a-z0-9.+-]*)$")
_LEFT_OUT = ("etc", "var", "usr/share/doc", "usr/share/man", "usr/share/locale", "usr/lib/*/gconv")

_WRAPPER = """\
#!/bin/sh
here=${{0%/*}}
exec "$here/{loader}" --library-path "{libraries}" --argv0 {name} "$here/{program}" "$@"
"""


class InstallError(Linea800Error):
    """A program that is needed is not here and could not be brought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """One program and the packages it runs on: `packages` with their libraries, `alone` without."""

    name: str
    program: str
    packages: tuple[str, ...]
    alone: tuple[str, ...] = ()


ASTERISK = Bundle(
    name="asterisk",
    program="usr/sbin/asterisk",
    packages=("asterisk", "libgsm1"),
    # its other libraries belong to modules that are never loaded (databases, LDAP, SNMP, Lua ...)
    alone=("asterisk-modules",),
)
SIPP = Bundle(name="sipp", program="usr/bin/sipp", packages=("sip-tester",))
ESPEAK = Bundle(name="espeak-ng", program="usr/bin/espeak-ng", packages=("espeak-ng",))


def run(command: Sequence[str | Path], *, where: Path | None = None) -> str:
    """What the command printed; raises `InstallError` with its last words if it failed."""
    argv = [str(word) for word in command]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and what is run is written in this room
            argv,
            cwd=where,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_COMMAND_SECONDS,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InstallError(f"{argv[0]} could not be run: {error}") from error
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise InstallError(f"{argv[0]} failed (exit {done.returncode}):\n{last}")
    return done.stdout


def debian_mirror(index_targets: str) -> str | None:
    """The mirror of Debian's main archive among the repository addresses apt uses, or None."""
    mirrors = sorted({line.strip().rstrip("/") for line in index_targets.splitlines()})
    return next((mirror for mirror in mirrors if mirror.endswith("/debian")), None)


def libraries_needed(depends: str) -> set[str]:
    """The libraries in what `apt-cache depends` printed; of alternatives the first."""
    found: set[str] = set()
    first_taken = False
    for line in depends.splitlines():
        match = _DEPENDENCY.match(line)
        if match is None:
            continue
        alternative_of_before, first_taken = first_taken, bool(match["or"])
        name = match["name"]
        if not alternative_of_before and _LIBRARY.match(name) and not _NOT_NEEDED.search(name):
            found.add(name)
    return found


def file_names(shown: str) -> list[str]:
    """How `apt-get download` names the files of what `apt-cache show` printed."""
    names = []
    for record in shown.strip().split("\n\n"):
        field = dict(line.split(": ", 1) for line in record.splitlines() if ": " in line)
        version = field["Version"].replace(":", "%3a")
        names.append(f"{field['Package']}_{version}_{field['Architecture']}.deb")
    return names


class Apt:
    """The machine's apt with lists, state and downloads of its own under `folder`."""

    def __init__(self, folder: Path) -> None:
        self.debs = folder / "debs"
        self._options: list[str] = []
        missing = [tool for tool in ("apt-get", "apt-cache", "dpkg-deb") if not shutil.which(tool)]
        if missing:
            raise InstallError(f"this machine has no {', '.join(missing)}")
        if not KEYRING.is_file():
            raise InstallError(f"{KEYRING} is missing, so Debian's signatures cannot be checked")
        # also on a fresh machine, where `apt-get update` has never run
        asked = ("apt-get", "indextargets", "--no-release-info")
        targets = (*asked, "--format", "$(REPO_URI)", "Created-By: Packages")
        mirror = debian_mirror(run(targets))
        if mirror is None:
            raise InstallError("this machine's apt uses no Debian mirror")
        for name in ("lists/partial", "archives/partial", "debs"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "status").touch()
        source = folder / "sources.list"
        source.write_text(f"deb [signed-by={KEYRING}] {mirror} {SUITE} main\n")
        settings = {
            "Dir::Etc::sourcelist": source,
            "Dir::Etc::sourceparts": "-",
            "Dir::State::lists": folder / "lists",
            "Dir::State::status": folder / "status",
            "Dir::Cache": folder,
            # kept even where the machine's apt keeps none (containers): halves the time
            "Dir::Cache::pkgcache": "pkgcache.bin",
            "Dir::Cache::srcpkgcache": "srcpkgcache.bin",
            # apt's own user could not write into a folder of ours
            "APT::Sandbox::User": "root",
            "Debug::NoLocking": "1",
            "Acquire::Languages": "none",
        }
        self._options = [
            word for key, value in settings.items() for word in ("-o", f"{key}={value}")
        ]

    def update(self) -> None:
        """Fetch the lists; the signature is checked by apt."""
        run(["apt-get", "-q", *self._options, "update"])

    def with_libraries(self, packages: Iterable[str]) -> set[str]:
        """The packages and the libraries they need, those of the libraries included."""
        seen: set[str] = set()
        fresh = set(packages)
        kinds = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
        while fresh:
            seen |= fresh
            without = [f"--no-{kind}" for kind in kinds]
            command = ["apt-cache", *self._options, "depends", *without, *sorted(fresh)]
            fresh = libraries_needed(run(command)) - seen
        return seen

    def download(self, packages: Iterable[str]) -> list[Path]:
        """The packages as files; those downloaded before are not downloaded again."""
        names = sorted(packages)
        run(["apt-get", "-q", *self._options, "download", *names], where=self.debs)
        shown = run(["apt-cache", *self._options, "show", "--no-all-versions", *names])
        return [self.debs / name for name in file_names(shown)]


def unpack(debs: Iterable[Path], folder: Path, program: str) -> None:
    """Lay the packages into the folder and write the wrapper that starts the program."""
    for deb in debs:
        run(["dpkg-deb", "--extract", deb, folder])
    for pattern in _LEFT_OUT:
        for left_out in list(folder.glob(pattern)):
            shutil.rmtree(left_out)
    loader = next(iter(sorted(folder.glob("usr/lib/*/ld-linux*.so.*"))), None)
    libraries = sorted({path.parent for path in folder.glob("usr/lib/*/**/lib*.so*")})
    if loader is None or not (folder / program).is_file():
        raise InstallError(f"the packages of {SUITE} hold no runnable {program} for this machine")
    wrapper = folder / Path(program).name
    wrapper.write_text(
        _WRAPPER.format(
            loader=loader.relative_to(folder),
            libraries=":".join(f"$here/{path.relative_to(folder)}" for path in libraries),
            name=wrapper.name,
            program=program,
        )
    )
    wrapper.chmod(0o755)
