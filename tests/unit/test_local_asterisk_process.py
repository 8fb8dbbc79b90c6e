"""Starting, finding and ending a process, with a stand-in for Asterisk."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.floor import Address, Floor, Number, Queue, Trunk
from local_asterisk import process
from local_asterisk.install import Installation
from local_asterisk.ports import Ports, free_ports, free_udp_range, is_free, kept_ports
from local_asterisk.process import AsteriskError, LocalAsterisk, Status

STAND_IN = """\
#!{python}
import json, os, pathlib, select, signal, socket, sys
root = pathlib.Path(sys.argv[sys.argv.index("-C") + 1]).parent.parent
how = (root / "how").read_text() if (root / "how").exists() else ""
if "-rx" in sys.argv:
    print("heard", sys.argv[-1])
    sys.exit(how == "deaf")
if how == "dies":
    sys.exit("cannot go on")
if how == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
(root / "run" / "asterisk.pid").write_text(str(os.getpid()))
with socket.create_server(("127.0.0.1", json.loads((root / "ports.json").read_text())["ami"])):
    if how != "mute":
        print("Asterisk Ready.", flush=True)
    signal.pause()
"""
FLOOR = Floor(
    trunk=Trunk(to=Address(port=5070), caller_number="6015550000"),
    numbers=(Number(number="018000", menu="main"),),
    queues=(Queue(name="sales"),),
    fallback_queue="sales",
)


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    program = tmp_path / "asterisk"
    program.write_text(STAND_IN.format(python=sys.executable))
    program.chmod(0o755)
    return Installation(
        asterisk=program,
        modules=tmp_path,
        data=tmp_path,
        version="22.10.1",
        espeak_ng=program,
        espeak_data=None,
        sipp=None,
    )


@pytest.fixture
def asterisk(installation: Installation, tmp_path: Path) -> Iterator[LocalAsterisk]:
    asterisk = LocalAsterisk(installation, tmp_path / "run")
    asterisk.configure(FLOOR, ports=free_ports(), sounds=tmp_path)
    yield asterisk
    asterisk.kill()


def _how(asterisk: LocalAsterisk, word: str) -> None:
    (asterisk.folder.root / "how").write_text(word)


def test_it_starts_is_found_and_stops(asterisk: LocalAsterisk) -> None:
    assert asterisk.status() == Status(pid=None, ready=False)
    asterisk.start()
    status = asterisk.status()
    assert status.ready
    assert status.pid is not None
    assert os.getsid(status.pid) == status.pid
    asterisk.stop()
    assert asterisk.status() == Status(pid=None, ready=False)
    assert not Path(f"/proc/{status.pid}").exists()


def test_another_process_finds_and_stops_it(
    asterisk: LocalAsterisk, installation: Installation
) -> None:
    asterisk.start()
    other = LocalAsterisk(installation, asterisk.folder.root)
    assert other.status() == asterisk.status()
    other.stop()
    assert asterisk.status().pid is None


def test_one_that_runs_is_not_started_or_configured_again(
    asterisk: LocalAsterisk, tmp_path: Path
) -> None:
    asterisk.start()
    with pytest.raises(AsteriskError, match=r"already runs \(process \d+\); stop it first"):
        asterisk.start()
    with pytest.raises(AsteriskError, match="already runs"):
        asterisk.configure(FLOOR, ports=Ports(), sounds=tmp_path)


def test_one_that_dies_at_once_is_told_with_its_last_words(asterisk: LocalAsterisk) -> None:
    _how(asterisk, "dies")
    with pytest.raises(AsteriskError, match=r"ended at once. It said last:\ncannot go on"):
        asterisk.start()
    assert asterisk.status().pid is None


def test_one_that_never_gets_ready_is_ended(
    asterisk: LocalAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_START_SECONDS", 0.5)
    _how(asterisk, "mute")
    with pytest.raises(AsteriskError, match="was not ready after"):
        asterisk.start()
    assert asterisk.status().pid is None


def test_one_that_does_not_stop_is_killed(
    asterisk: LocalAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_STOP_SECONDS", 0.2)
    _how(asterisk, "stubborn")
    asterisk.start()
    asterisk.stop()
    assert asterisk.status().pid is None


def test_a_killed_one_is_gone_and_can_be_started_again(asterisk: LocalAsterisk) -> None:
    asterisk.start()
    first = asterisk.status().pid
    asterisk.kill()
    assert asterisk.status().pid is None
    asterisk.start()
    assert asterisk.status().pid not in (None, first)


def test_a_process_that_took_over_the_number_is_left_alone(asterisk: LocalAsterisk) -> None:
    asterisk.folder.pid_file.write_text(str(os.getpid()))
    assert asterisk.status().pid is None
    asterisk.kill()


@pytest.mark.parametrize("written", ["", "no number", "999999999"])
def test_a_pid_file_of_no_use_means_it_does_not_run(asterisk: LocalAsterisk, written: str) -> None:
    asterisk.folder.pid_file.write_text(written)
    assert asterisk.status().pid is None
    asterisk.stop()


@pytest.mark.parametrize(("kind", "which"), [("SOCK_DGRAM", "sip"), ("SOCK_STREAM", "ami")])
def test_a_port_in_use_is_named(asterisk: LocalAsterisk, kind: str, which: str) -> None:
    port = getattr(asterisk.folder.ports(), which)
    with socket.socket(socket.AF_INET, socket.SocketKind[kind]) as other:
        other.bind(("127.0.0.1", port))
        if kind == "SOCK_STREAM":
            other.listen()
        with pytest.raises(AsteriskError, match=f"port {port} is in use by another program"):
            asterisk.start()


def test_the_command_line_answers(asterisk: LocalAsterisk) -> None:
    assert asterisk.cli("core show version") == "heard core show version\n"
    _how(asterisk, "deaf")
    with pytest.raises(AsteriskError, match="Asterisk refused 'queue show'"):
        asterisk.cli("queue show")


def test_a_program_that_cannot_be_started_is_told(asterisk: LocalAsterisk) -> None:
    asterisk.installation.asterisk.unlink()
    with pytest.raises(AsteriskError, match="asterisk cannot be started"):
        asterisk.start()


STARTER = """
import sys
from pathlib import Path
from local_asterisk.install import Installation
from local_asterisk.process import LocalAsterisk
folder, program = Path(sys.argv[1]), Path(sys.argv[2])
LocalAsterisk(
    Installation(asterisk=program, modules=folder, data=folder, version="22", espeak_ng=program,
                 espeak_data=None, sipp=None),
    folder,
).start()
"""


def test_the_end_of_its_starter_does_not_end_it(asterisk: LocalAsterisk) -> None:
    program = asterisk.installation.asterisk
    subprocess.run([sys.executable, "-c", STARTER, asterisk.folder.root, program], check=True)
    assert asterisk.status().ready
    asterisk.stop()
    assert asterisk.status().pid is None


def test_free_ports_are_free_and_apart() -> None:
    ports = free_ports(rtp_count=100)
    assert ports.rtp_last - ports.rtp_first == 99
    assert ports.rtp_first % 2 == 0
    assert is_free(ports.sip, socket.SOCK_DGRAM)
    assert is_free(ports.ami, socket.SOCK_STREAM)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", ports.sip))
        assert not is_free(ports.sip, socket.SOCK_DGRAM)


def test_kept_ports_are_kept_and_may_be_used_again_and_again() -> None:
    with kept_ports(24) as mine, kept_ports(49) as theirs:
        assert (len(mine), len(theirs)) == (24, 49)
        assert set(mine).isdisjoint(theirs)
        for port in (mine[0], mine[0], mine[-1]):
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                with socket.socket(socket.AF_INET, kind) as one:
                    one.bind(("127.0.0.1", port))
                    assert not is_free(port, kind)
    with pytest.raises(OSError, match="found no 50 free ports to keep"), kept_ports(50):
        pass


def test_too_many_ports_are_refused() -> None:
    with pytest.raises(OSError, match="found no 20000 free UDP ports in a row"):
        free_udp_range(20_000)
