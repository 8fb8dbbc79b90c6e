"""The programs linea800 needs, found on the machine or brought into a folder.

`install` looks for what the machine has first. What it lacks comes from Debian into the cache
folder, each program with its own libraries; a folder is renamed into place when it is complete,
so what is there is whole, and a second run finds it at once.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local_asterisk.packages import (
    ASTERISK,
    ESPEAK,
    SIPP,
    SUITE,
    Apt,
    Bundle,
    InstallError,
    run,
    unpack,
)
from local_asterisk.templates import modules_loaded

#: raised when folders made by an older version of this module are of no use
_FORMAT = 1
_MARKER = "bundle.json"
#: the first releases with event filters by name; below 20 nothing was tried
_OLDEST_MINOR = {20: 10, 21: 5}
_SYSTEM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin"
_HOW_TO = (
    "Either install Asterisk 20 or newer on this machine, or use a Debian machine, or let a "
    "container bring everything: docker compose up"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Where the programs are; `data` holds Asterisk's documentation.

    `espeak_data` is None where espeak-ng finds its data itself, else it wants `ESPEAK_DATA_PATH`.
    """

    asterisk: Path
    modules: Path
    data: Path
    version: str
    espeak_ng: Path
    espeak_data: Path | None
    sipp: Path | None


def default_cache() -> Path:
    """`$XDG_CACHE_HOME/linea800`, or `~/.cache/linea800`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "linea800"


def install(cache: Path, *, with_traffic: bool) -> Installation:
    """Asterisk, espeak-ng and, for simulated traffic, SIPp.

    Takes tens of seconds when something has to be downloaded, else milliseconds. Two processes
    may do this at once. Raises `InstallError` with what to do when the machine cannot.
    """
    cache = cache.expanduser().absolute()
    asterisk, modules, data, version = _machines_asterisk() or _brought_asterisk(cache)
    espeak_ng, espeak_data = _machines_program("espeak-ng"), None
    if espeak_ng is None:
        folder = _bring(ESPEAK, cache)
        espeak_ng = folder / "espeak-ng"
        espeak_data = next(iter(sorted(folder.glob("usr/**/espeak-ng-data"))))
    sipp = None
    if with_traffic:
        sipp = _machines_program("sipp") or _bring(SIPP, cache) / "sipp"
    return Installation(
        asterisk=asterisk,
        modules=modules,
        data=data,
        version=version,
        espeak_ng=espeak_ng,
        espeak_data=espeak_data,
        sipp=sipp,
    )


def new_enough(version: str) -> bool:
    """Whether `asterisk -V` printed a release that our configuration is written for."""
    match = re.match(r"Asterisk (\d+)\.(\d+)\.", version)
    if match is None:
        return False
    major, minor = int(match[1]), int(match[2])
    return major >= 20 and minor >= _OLDEST_MINOR.get(major, 0)


def _machines_program(name: str) -> Path | None:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:{_SYSTEM_FOLDERS}")
    return Path(found) if found else None


def _machines_asterisk() -> tuple[Path, Path, Path, str] | None:
    """The machine's Asterisk with its modules, data and version, if all of it will do."""
    asterisk = _machines_program("asterisk")
    if asterisk is None:
        return None
    version = run([asterisk, "-V"]).strip()
    prefix = asterisk.parent.parent
    patterns = ("lib*/*/asterisk/modules", "lib*/asterisk/modules")
    places = [place for pattern in patterns for place in sorted(prefix.glob(pattern))]
    modules = next((place for place in places if _has_our_modules(place)), None)
    folders = (prefix / "share/asterisk", Path("/usr/share/asterisk"), Path("/var/lib/asterisk"))
    data = next((folder for folder in folders if (folder / "documentation").is_dir()), None)
    if modules is None or data is None or not new_enough(version):
        return None
    return asterisk, modules, data, version.removeprefix("Asterisk ")


def _has_our_modules(folder: Path) -> bool:
    return all((folder / name).is_file() for name in modules_loaded())


def _brought_asterisk(cache: Path) -> tuple[Path, Path, Path, str]:
    folder = _bring(ASTERISK, cache)
    modules = next(iter(sorted(folder.glob("usr/lib/*/asterisk/modules"))))
    version = str(json.loads((folder / _MARKER).read_text())["version"])
    return folder / "asterisk", modules, folder / "usr/share/asterisk", version


def _bring(bundle: Bundle, cache: Path) -> Path:
    """The folder of the bundle, made if it is not there."""
    folder = cache / SUITE / bundle.name
    if _is_whole(folder):
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _alone(cache / "lock"):
            if not _is_whole(folder):
                _make(bundle, folder, cache)
    except (OSError, InstallError) as error:
        raise InstallError(f"{bundle.name} could not be brought: {error}\n{_HOW_TO}") from error
    return folder


def _is_whole(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / _MARKER).read_text())["format"] == _FORMAT)
    except FileNotFoundError:
        return False


def _make(bundle: Bundle, folder: Path, cache: Path) -> None:
    apt = Apt(cache / "apt")
    apt.update()
    debs = apt.download(apt.with_libraries(bundle.packages) | set(bundle.alone))
    folder.parent.mkdir(exist_ok=True)
    for left_by_a_killed_run in folder.parent.glob("making-*"):
        shutil.rmtree(left_by_a_killed_run)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="making-") as name:
        made = Path(name) / bundle.name
        made.mkdir()
        unpack(debs, made, bundle.program)
        version = ""
        if bundle is ASTERISK:
            version = run([made / "asterisk", "-V"]).strip().removeprefix("Asterisk ")
        packages = sorted(deb.name for deb in debs)
        marker = {"format": _FORMAT, "version": version, "packages": packages}
        (made / _MARKER).write_text(json.dumps(marker, indent=1))
        if folder.exists():
            shutil.rmtree(folder)
        made.rename(folder)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process at a time; the lock ends with the process that holds it."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
