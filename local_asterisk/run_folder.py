"""The one folder below which a local Asterisk reads and writes everything."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from calls.errors import Linea800Error
from local_asterisk.ports import Ports

#: what a Unix socket's address holds, less the closing zero byte
_LONGEST_SOCKET_PATH = 107
_Noted = TypeVar("_Noted")
#: where, in the folder, what callers say is recorded
RECORDINGS = "recordings"
#: and where the talks are: `MixMonitor` writes below Asterisk's own `monitor`
CALL_RECORDINGS = "spool/monitor/linea800"
_FOLDERS = (
    *("etc", "data/agi-bin", "lib", "cache", "spool/outgoing", "log/cdr-csv", "run"),
    RECORDINGS,
    CALL_RECORDINGS,
)


class RunFolderError(Linea800Error):
    """The folder cannot hold a running Asterisk, or does not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The secrets of the two AMI users; never shown, never in a command line."""

    linea800: str = field(repr=False)
    doctor: str = field(repr=False)


class RunFolder:
    """Where things are in the folder; made by the configuration, read by everyone else."""

    def __init__(self, root: Path) -> None:
        """Raises `RunFolderError` when the path is too long for Asterisk's control socket."""
        self.root = root.resolve()
        length, most = len(os.fsencode(self.control_socket)), _LONGEST_SOCKET_PATH
        if length > most:
            raise RunFolderError(
                f"{self.root} is too long: Asterisk's control socket in it would have a path of "
                f"{length} bytes, Unix allows {most}; choose a folder nearer to the root"
            )

    @property
    def configuration(self) -> Path:
        """`asterisk.conf`, which names everything else; the process is known by it."""
        return self.root / "etc" / "asterisk.conf"

    @property
    def control_socket(self) -> Path:
        """The socket of Asterisk's command line."""
        return self.root / "run" / "asterisk.ctl"

    @property
    def pid_file(self) -> Path:
        """Written by Asterisk itself."""
        return self.root / "run" / "asterisk.pid"

    @property
    def console(self) -> Path:
        """What Asterisk printed since its last start."""
        return self.root / "log" / "console.log"

    @property
    def messages(self) -> Path:
        """Notices, warnings and errors, of all starts."""
        return self.root / "log" / "messages.log"

    @property
    def queue_log(self) -> Path:
        """Asterisk's own journal of the queues."""
        return self.root / "log" / "queue_log"

    @property
    def call_records(self) -> Path:
        """Asterisk's own call records: the second witness."""
        return self.root / "log" / "cdr-csv" / "Master.csv"

    def make(self, ports: Ports) -> Secrets:
        """Make the folders, note the ports, and the secrets, which are drawn only once."""
        for name in _FOLDERS:
            (self.root / name).mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)
        write_private(self._ports_file, json.dumps(asdict(ports)))
        if not self._secrets_file.exists():
            fresh = Secrets(linea800=secrets.token_urlsafe(32), doctor=secrets.token_urlsafe(32))
            write_private(self._secrets_file, json.dumps(asdict(fresh)))
        return self.secrets()

    def ports(self) -> Ports:
        """The ports; raises `RunFolderError` when there is no configuration yet."""
        return self._read(Ports, self._ports_file)

    def secrets(self) -> Secrets:
        """The secrets; raises `RunFolderError` when there is no configuration yet."""
        return self._read(Secrets, self._secrets_file)

    @property
    def _ports_file(self) -> Path:
        return self.root / "ports.json"

    @property
    def _secrets_file(self) -> Path:
        return self.root / "secrets.json"

    def _read(self, kind: type[_Noted], path: Path) -> _Noted:
        try:
            return TypeAdapter(kind).validate_json(path.read_text())
        except FileNotFoundError as error:
            raise RunFolderError(f"no Asterisk was configured here: {path} is missing") from error
        except ValidationError as error:
            raise RunFolderError(f"{path} is damaged; remove it and configure again") from error


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
