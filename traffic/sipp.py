"""SIPp as a process: started with a scenario, waited for, stopped, and asked what it saw."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from calls.errors import Linea800Error
from local_asterisk.ports import LOOPBACK, free_udp_range
from traffic import sip_log

_START_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.02
#: told to end, it says goodbye to each call: killed before that, it leaves them for ever
_GOODBYE_SECONDS = 30.0
#: RTP ports a SIPp may use, two for each call at once
_MEDIA_PORTS = 600
_UDP_TABLE = Path("/proc/net/udp")


class SippError(Linea800Error):
    """SIPp did not start, or did not end as it should."""


class Sipp:
    """One SIPp in a folder of its own; a context manager that starts and stops it."""

    def __init__(
        self,
        program: Path,
        folder: Path,
        *,
        scenario: str,
        port: int,
        arguments: Sequence[str] = (),
        listens: bool,
    ) -> None:
        """`listens` for one that is called, else it calls and ends by itself."""
        self.port = port
        self._program = program
        self._folder = folder.absolute()
        self._scenario = scenario
        self._arguments = tuple(arguments)
        self._listens = listens
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; one that listens is ready on return. Raises `SippError` with its own words."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "scenario.xml").write_text(self._scenario)
        for name in ("messages.csv", "counts.csv", "errors.log"):
            (self._folder / name).unlink(missing_ok=True)
        with (self._folder / "output.log").open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - no shell, and the program is ours
                self._command(),
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while self._listens and not _udp_port_is_bound(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise SippError(f"SIPp did not start. It said last:\n{self.last_words()}")
            time.sleep(_LOOK_AGAIN_SECONDS)

    def wait(self, patience_seconds: float) -> int:
        """Its exit code: 0 when every call went as planned, 1 when some did not.

        Raises `SippError` when it is not done in time, or could not run at all.
        """
        if self._process is None:
            raise SippError("SIPp was not started")
        try:
            code = self._process.wait(patience_seconds)
        except subprocess.TimeoutExpired as error:
            raise SippError(f"SIPp was not done after {patience_seconds} s") from error
        if code not in (0, 1):
            raise SippError(f"SIPp ended with {code}. It said last:\n{self.last_words()}")
        return code

    def stop(self, *, patience_seconds: float = 3.0) -> None:
        """End it; calls still up have `patience_seconds` to end by themselves."""
        if self._process is None:
            return
        for how, seconds in (
            (signal.SIGUSR1, patience_seconds),
            (signal.SIGTERM, _GOODBYE_SECONDS),
            (signal.SIGKILL, _GOODBYE_SECONDS),
        ):
            if self._process.poll() is not None:
                return
            self._process.send_signal(how)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue

    def messages(self) -> list[sip_log.SipMessage]:
        """Every message so far, with SIPp's own times."""
        return sip_log.messages(self._folder / "messages.csv")

    def calls(self) -> list[sip_log.SipCall]:
        """Every call so far, in the order they began."""
        return sip_log.calls(self.messages())

    def counts(self) -> sip_log.SipCounts:
        """What SIPp counted: up to a second old while it runs, final once it has ended."""
        return sip_log.counts(self._folder / "counts.csv")

    def last_words(self) -> str:
        """The end of what it printed and of its error log."""
        texts = []
        for name in ("output.log", "errors.log"):
            path = self._folder / name
            texts.append(path.read_text(errors="replace")[-1500:] if path.exists() else "")
        return "\n".join(texts).strip()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _command(self) -> list[str]:
        media = free_udp_range(_MEDIA_PORTS)
        return [
            str(self._program),
            *self._arguments,
            *("-sf", "scenario.xml", "-i", LOOPBACK, "-p", str(self.port), "-bind_local"),
            *("-mi", LOOPBACK, "-mp", str(media), "-ci", LOOPBACK, "-nostdin"),
            *("-trace_err", "-error_file", "errors.log"),
            *("-trace_shortmsg", "-shortmessage_file", "messages.csv"),
            *("-trace_stat", "-stf", "counts.csv", "-fd", "1"),
            # the screen of figures, once an hour
            *("-f", "3600"),
        ]


def _udp_port_is_bound(port: int) -> bool:
    wanted = f":{port:04X}"
    lines = _UDP_TABLE.read_text().splitlines()[1:]
    return any(line.split()[1].endswith(wanted) for line in lines)
