"""A private PostgreSQL for tests: its own cluster in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_asterisk.ports import kept_ports

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "shared_buffers": "32MB",
    # nothing here has to survive a power cut
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class PostgresMissingError(Exception):
    """There is no PostgreSQL on this machine."""


@dataclass(slots=True)
class PostgresServer:
    """A running server; every test makes databases of its own in it."""

    programs: Path
    folder: Path
    port: int

    def url(self, name: str) -> str:
        """The address of one database, as a user would write it."""
        return f"postgresql://linea800:no-secret@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database, as a copy of `template`; the address of the new one."""
        # a copy of files is the quicker way while nothing waits for the disk
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self.sql(f'DROP DATABASE "{name}" WITH (FORCE)')

    def disconnect(self, name: str) -> None:
        """End every connection to a database, as an administrator or a failover does."""
        backends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        self.sql(f"{backends} WHERE datname = '{name}'")

    def sql(self, statement: str, name: str = "postgres") -> str:
        """Run one statement as the owner of the server; its rows as text."""
        options = ["-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.url(name), "-c", statement]
        done = subprocess.run(
            [str(self.programs / "psql"), *options],
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        )
        return str(done.stdout).strip()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server as it is when its machine hangs: connections stay, nothing answers."""
        head = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(head, signal.SIGSTOP)  # first, so that no child is born any more
        children = Path(f"/proc/{head}/task/{head}/children").read_text().split()
        processes = [head, *map(int, children)]
        try:
            for process in processes:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGSTOP)
            yield
        finally:
            for process in processes:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server for as long as the block lasts; raises `PostgresMissingError`."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="linea800-postgres-"))
    owner = _owner()
    if owner:
        # PostgreSQL refuses to run as root
        os.chown(folder, owner["user"], owner["group"])
    data = folder / "data"
    try:
        encoding = ["-E", "UTF8", "--locale=C.UTF-8"]
        login = ["-U", "linea800", "-A", "trust"]
        _run([str(programs / "initdb"), "-D", str(data), *login, *encoding, "--no-sync"], owner)
        with kept_ports(1) as (port,):
            settings = {**_SETTINGS, "port": str(port), "unix_socket_directories": str(folder)}
            options = " ".join(f"-c {key}={value}" for key, value in settings.items())
            control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-t", "300"]
            _run([*control, "-l", str(folder / "log"), "-o", options, "start"], owner)
            try:
                yield PostgresServer(programs, folder, port)
            finally:
                _run([*control, "-m", "immediate", "stop"], owner)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]),
    )
    if not found:
        raise PostgresMissingError("these tests need PostgreSQL: `make setup` installs it")
    return found[-1].parent


def _owner() -> dict[str, Any]:
    """Whom the server runs as: us, or the user `postgres` when we are root."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _run(command: list[str], owner: dict[str, Any]) -> None:
    done = subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        cwd="/",
        **owner,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}")
