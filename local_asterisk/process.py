"""A local Asterisk as a process: started apart from us, found again by its configuration's path.

Everything here blocks for a bounded time; from a coroutine call it with `asyncio.to_thread`.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agents.floor import Floor
from calls.errors import Linea800Error
from local_asterisk.configuration import is_configured, write_configuration
from local_asterisk.install import Installation
from local_asterisk.ports import Ports, accepts_connections, is_free
from local_asterisk.run_folder import RunFolder

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_KILL_SECONDS = 5.0
_CLI_SECONDS = 15.0
_LOOK_AGAIN_SECONDS = 0.02
_PASSED_ON = ("PATH", "HOME", "TZ")


class AsteriskError(Linea800Error):
    """The local Asterisk did not start, stop or answer as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """`pid` is None when it does not run; `ready` when its AMI port accepts connections."""

    pid: int | None
    ready: bool


class LocalAsterisk:
    """One Asterisk below one run folder, the same from whichever process it is looked at."""

    def __init__(self, installation: Installation, root: Path) -> None:
        """Raises `RunFolderError` when the path is too long."""
        self.installation = installation
        self.folder = RunFolder(root)

    def configure(self, floor: Floor, *, ports: Ports, sounds: Path) -> None:
        """Write its configuration; raises `AsteriskError` while it runs."""
        self._refuse_if_running()
        write_configuration(
            floor, folder=self.folder, ports=ports, installation=self.installation, sounds=sounds
        )

    def is_configured_for(self, floor: Floor) -> bool:
        """Whether it runs, or would start, with this floor."""
        return is_configured(floor, folder=self.folder, installation=self.installation)

    def start(self) -> None:
        """Start it and return when it takes calls and AMI logins, within 30 s.

        Raises `AsteriskError` with what Asterisk said last; nothing is left running then.
        """
        self._refuse_if_running()
        ports = self.folder.ports()
        for port, kind in ((ports.sip, socket.SOCK_DGRAM), (ports.ami, socket.SOCK_STREAM)):
            if not is_free(port, kind):
                raise AsteriskError(f"port {port} is in use by another program; choose another")
        self.folder.pid_file.unlink(missing_ok=True)
        pid = self._spawn()
        if _wait(lambda: _is_gone(pid) or self._is_ready(ports), _START_SECONDS):
            if not _is_gone(pid):
                return
            what = "ended at once"
        else:
            what = f"was not ready after {_START_SECONDS:.0f} s"
            self._end(pid, signal.SIGKILL, _KILL_SECONDS)
        raise AsteriskError(f"Asterisk {what}. It said last:\n{self._last_words()}")

    def stop(self) -> None:
        """End it in order, hanging up its calls; after 10 s without. Not running is no error."""
        pid = self._pid()
        if pid is not None and not self._end(pid, signal.SIGTERM, _STOP_SECONDS):
            self.kill()

    def kill(self) -> None:
        """End it without warning, as a power cut would. Not running is no error."""
        pid = self._pid()
        if pid is not None and not self._end(pid, signal.SIGKILL, _KILL_SECONDS):
            raise AsteriskError(f"Asterisk (process {pid}) cannot be killed")

    def status(self) -> Status:
        """Whether it runs; never raises for one that was never configured."""
        pid = self._pid()
        return Status(pid=pid, ready=pid is not None and self._is_ready(self.folder.ports()))

    def cli(self, command: str) -> str:
        """What Asterisk's command line answers; raises `AsteriskError` when it does not."""
        argv = [str(self.installation.asterisk), "-C", str(self.folder.configuration)]
        try:
            done = subprocess.run(  # noqa: S603 - no shell, and the program is our installation's
                [*argv, "-rx", command],
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_CLI_SECONDS,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise AsteriskError(f"Asterisk did not answer {command!r} in time") from error
        if done.returncode:
            raise AsteriskError(f"Asterisk refused {command!r}: {done.stdout}{done.stderr}".strip())
        return done.stdout

    def _spawn(self) -> int:
        program, configuration = self.installation.asterisk, self.folder.configuration
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        fresh = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        try:
            return os.posix_spawn(
                program,
                [str(program), "-f", "-C", str(configuration)],
                environment | {"LANG": "C.UTF-8"},
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, str(self.folder.console), fresh, 0o600),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                # it outlives us, and an interrupt at our terminal is not meant for it
                setsid=True,
            )
        except OSError as error:
            raise AsteriskError(f"{program} cannot be started: {error}") from error

    def _is_ready(self, ports: Ports) -> bool:
        console = self.folder.console
        said_so = console.exists() and "Asterisk Ready" in console.read_text(errors="replace")
        return said_so and accepts_connections(ports.ami)

    def _pid(self) -> int | None:
        """Its process, if the one that the pid file names really is ours."""
        try:
            pid = int(self.folder.pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if self._is_ours(pid) else None

    def _is_ours(self, pid: int) -> bool:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return False
        return os.fsencode(self.folder.configuration) in command.split(b"\0")

    def _end(self, pid: int, how: signal.Signals, patience_seconds: float) -> bool:
        """Whether the process ended in time; its number is not mistaken for a later process's."""
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            return True
        try:
            if not self._is_ours(pid):
                return True
            signal.pidfd_send_signal(handle, how)
            ended, _, _ = select.select([handle], [], [], patience_seconds)
        finally:
            os.close(handle)
        return bool(ended) and _is_gone(pid)

    def _refuse_if_running(self) -> None:
        pid = self._pid()
        if pid is not None:
            raise AsteriskError(f"Asterisk already runs (process {pid}); stop it first")

    def _last_words(self) -> str:
        console = self.folder.console
        said = console.read_text(errors="replace") if console.exists() else ""
        return "\n".join(said.strip().splitlines()[-15:])


def _is_gone(pid: int) -> bool:
    """Whether the process has ended; one of ours is taken off the list of processes."""
    with suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    return not Path(f"/proc/{pid}").exists()


def _wait(condition: Callable[[], bool], patience_seconds: float) -> bool:
    """Whether the condition held in time; nothing announces it, so we look again and again."""
    deadline = time.monotonic() + patience_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_AGAIN_SECONDS)
    return True
