"""A real Asterisk, real SIP and real RTP on this machine: what the rest of linea800 stands on."""

from __future__ import annotations

import math
import socket
import struct
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest

from agents.floor import Address, Agent, Floor, Number, Queue, Trunk
from local_asterisk.install import Installation, default_cache, install
from local_asterisk.ports import free_ports, free_udp_port
from local_asterisk.process import LocalAsterisk, Status
from local_asterisk.templates import modules_loaded
from traffic.roles import Digits, callers, can_send_rtp_events, carrier, phones
from traffic.rtp import RtpCount, rtp_counts
from traffic.scenario import Step

PROMPTS = (
    "please_hold",
    "nobody_available",
    "safe_harbour",
    "service_away",
    "queue_youarenext",
    "queue_thereare",
    "queue_callswaiting",
    "queue_thankyou",
    "silence_20ms",
)

#: one worker has them all, in their order: the last ones ask what is left of the others
pytestmark = pytest.mark.xdist_group("lab")

Seen = TypeVar("Seen")


class Place(NamedTuple):
    """The ports of the simulated world around one Asterisk."""

    carrier: int
    callers: int
    phones: int


class Lab(NamedTuple):
    """One running Asterisk and what it takes to call it."""

    asterisk: LocalAsterisk
    place: Place
    sipp: Path

    @property
    def sip_port(self) -> int:
        return self.asterisk.folder.ports().sip


def until(look: Callable[[], Seen], patience_seconds: float = 60.0) -> Seen:
    """What `look` saw as soon as it was true."""
    deadline = time.monotonic() + patience_seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, f"not seen in {patience_seconds} s"
        time.sleep(0.05)
    return seen


def _write_tone(path: Path, seconds: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = [int(3000 * math.sin(n * 0.3)) for n in range(int(8000 * seconds))]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sounds")
    for language in ("es", "en"):
        for name in PROMPTS:
            _write_tone(folder / language / "linea800" / f"{name}.wav", 0.02)
        for digit in range(10):
            _write_tone(folder / language / "digits" / f"{digit}.wav", 0.02)
    _write_tone(folder / "moh" / "tone.wav", 2.0)
    return folder


@pytest.fixture(scope="module")
def installation() -> Installation:
    return install(default_cache(), with_traffic=True)


@pytest.fixture(scope="module")
def lab(
    installation: Installation, sounds: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    place = Place(free_udp_port(), free_udp_port(), free_udp_port())
    floor = Floor(
        trunk=Trunk(
            to=Address(port=place.carrier),
            accepts_from=(Address(port=place.callers),),
            caller_number="6015550000",
        ),
        numbers=(Number(number="018000", menu="main"),),
        queues=(Queue(name="sales", weight=5), Queue(name="support")),
        fallback_queue="support",
        agents=(
            Agent(
                number="1001",
                name="Ana Muñoz",
                queues=("sales",),
                phone=Address(port=place.phones),
            ),
            Agent(number="1002", name="Luis", queues=("sales",), secret="s3cret+/=~"),
        ),
    )
    asterisk = LocalAsterisk(installation, tmp_path_factory.mktemp("run"))
    asterisk.configure(floor, ports=free_ports(), sounds=sounds)
    asterisk.start()
    assert installation.sipp is not None
    yield Lab(asterisk, place, installation.sipp)
    asterisk.kill()


def test_what_is_installed_is_found_again_and_nothing_is_brought(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_asterisk.install.Apt", pytest.fail)
    assert install(default_cache(), with_traffic=True) == installation


def test_it_runs_with_all_its_modules(lab: Lab) -> None:
    status = lab.asterisk.status()
    assert status.ready
    assert status.pid is not None
    shown = lab.asterisk.cli("module show")
    assert [name for name in modules_loaded() if f"{name[:30]}" not in shown] == []
    assert "1001/sip:1001@127.0.0.1" in lab.asterisk.cli("pjsip show contacts")
    assert "sales has 0 calls" in lab.asterisk.cli("queue show sales")


def test_it_listens_on_the_loopback_address_only(lab: Lab) -> None:
    ports = lab.asterisk.folder.ports()
    for table, port in (("tcp", ports.ami), ("udp", ports.sip)):
        rows = [row.split()[1] for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
        assert {row.split(":")[0] for row in rows if row.endswith(f":{port:04X}")} == {"0100007F"}


class Ami:
    """The few words of AMI that these tests speak."""

    def __init__(self, port: int, user: str, secret: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._file = self._socket.makefile("rwb")
        self._file.readline()
        assert self.answer("Login", Username=user, Secret=secret) == "Authentication accepted"

    def answer(self, action: str, **fields: str) -> str:
        """The message that answers, whatever events come before it."""
        lines = [f"Action: {action}", "ActionID: x", *(f"{k}: {v}" for k, v in fields.items())]
        self._file.write("\r\n".join([*lines, "", ""]).encode())
        self._file.flush()
        while True:
            message = self._read()
            if "Response" in message and "Event" not in message:
                return message.get("Message", message["Response"])

    def events(self, name: str) -> Iterator[dict[str, str]]:
        while True:
            message = self._read()
            if message.get("Event") == name:
                yield message

    def _read(self) -> dict[str, str]:
        message: dict[str, str] = {}
        while line := self._file.readline().decode().strip():
            key, _, value = line.partition(": ")
            message[key] = value
        return message

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@pytest.fixture
def service(lab: Lab) -> Iterator[Ami]:
    folder = lab.asterisk.folder
    ami = Ami(folder.ports().ami, "linea800", folder.secrets().linea800)
    yield ami
    ami.close()


@pytest.fixture
def doctor(lab: Lab) -> Iterator[Ami]:
    folder = lab.asterisk.folder
    ami = Ami(folder.ports().ami, "doctor", folder.secrets().doctor)
    yield ami
    ami.close()


DENIED = "Permission denied"
CHANNEL = {"Channel": "nobody"}
MEMBER = {"Interface": "Local/1002@agents"}
WHAT_THE_SERVICE_DOES: list[tuple[str, dict[str, str]]] = [
    ("Originate", {"Channel": "Local/x@nowhere", "Exten": "1", "Context": "dialed", "Async": "1"}),
    ("Hangup", CHANNEL),
    ("Setvar", {"Variable": "L8_ALIVE", "Value": "0"}),
    ("AbsoluteTimeout", {**CHANNEL, "Timeout": "5"}),
    ("Redirect", {**CHANNEL, "Context": "to-queue", "Exten": "queue_sales", "Priority": "1"}),
    ("AGI", {**CHANNEL, "Command": "NOOP"}),
    ("ControlPlayback", {**CHANNEL, "Control": "stop"}),
    ("QueueAdd", {**MEMBER, "Queue": "sales", "StateInterface": "Agent:1002"}),
    ("QueuePause", {**MEMBER, "Paused": "true", "Reason": "lunch"}),
    ("QueueRemove", {**MEMBER, "Queue": "sales"}),
    ("QueueStatus", {}),
    ("CoreShowChannels", {}),
    ("CoreStatus", {}),
    ("Agents", {}),
    ("AgentLogoff", {"Agent": "1002"}),
    ("Status", {}),
    ("Ping", {}),
    ("UserEvent", {"UserEvent": "Test"}),
]
WHAT_NOBODY_MAY: list[tuple[str, dict[str, str]]] = [
    ("Command", {"Command": "core show version"}),
    ("GetConfig", {"Filename": "manager.conf"}),
    ("UpdateConfig", {"SrcFilename": "a.conf", "DstFilename": "a.conf"}),
    ("Reload", {}),
    ("ModuleLoad", {"LoadType": "reload"}),
    ("DBPut", {"Family": "a", "Key": "b", "Val": "c"}),
    ("Filter", {"Operation": "Add", "Filter": "x"}),
]
WHAT_THE_DOCTOR_LOOKS_AT = {"QueueStatus", "CoreShowChannels", "CoreStatus", "Status", "Ping"}


def test_the_service_may_what_it_does_and_no_more(service: Ami) -> None:
    done = {name: service.answer(name, **fields) for name, fields in WHAT_THE_SERVICE_DOES}
    assert DENIED not in done.values()
    assert not [name for name, said in done.items() if "unknown command" in said]
    refused = {service.answer(name, **fields) for name, fields in WHAT_NOBODY_MAY}
    assert refused == {DENIED}
    forbidden = service.answer(
        "Originate", Channel="Local/x@nowhere", Application="System", Data="id", Async="true"
    )
    assert forbidden.startswith("Originate Access Forbidden")


def test_the_doctor_may_only_look(doctor: Ami) -> None:
    may = {name for name, rest in WHAT_THE_SERVICE_DOES if doctor.answer(name, **rest) != DENIED}
    assert may == WHAT_THE_DOCTOR_LOOKS_AT
    assert {doctor.answer(name, **fields) for name, fields in WHAT_NOBODY_MAY} == {DENIED}


def test_a_caller_reaches_the_fallback_queue_with_nobody_there(lab: Lab, tmp_path: Path) -> None:
    numbers = [f"300123456{n}" for n in range(2)]
    with callers(
        lab.sipp,
        tmp_path,
        asterisk_port=lab.sip_port,
        port=lab.place.callers,
        number="018000",
        caller_numbers=numbers,
        hold_ms=1500,
    ) as sipp:
        until(lambda: "has 2 calls" in lab.asterisk.cli("queue show support"))
        assert sipp.wait(60) == 0
        assert [(call.outcome, call.ended_by) for call in sipp.calls()] == [
            ("answered", "sipp")
        ] * 2
        until(lambda: "support has 0 calls" in lab.asterisk.cli("queue show support"))
    assert sipp.counts().succeeded == 2
    records = until(lab.asterisk.folder.call_records.read_text).splitlines()
    assert {number for number in numbers if any(number in row for row in records)} == set(numbers)


@pytest.mark.parametrize("digits", list(Digits))
def test_keys_arrive_as_pressed(lab: Lab, tmp_path: Path, service: Ami, digits: Digits) -> None:
    if digits is Digits.RFC4733 and not can_send_rtp_events():
        digits = Digits.INFO
    service.answer("Setvar", Variable="L8_ALIVE", Value=str(int(time.time())))
    keys = "1#*5"
    with callers(
        lab.sipp,
        tmp_path,
        asterisk_port=lab.sip_port,
        port=lab.place.callers,
        number="018000",
        caller_numbers=["3001234567"],
        steps=[Step(200, key) for key in keys],
        hold_ms=200,
        digits=digits,
    ) as sipp:
        heard = service.events("DTMFEnd")
        assert [next(heard)["Digit"] for _ in keys] == list(keys)
        assert sipp.wait(60) == 0
    service.answer("Setvar", Variable="L8_ALIVE", Value="0")


def test_the_carrier_does_what_the_last_digit_says(lab: Lab, tmp_path: Path) -> None:
    with carrier(lab.sipp, tmp_path, port=lab.place.carrier) as sipp:
        for digit in range(10):
            number = f"PJSIP/57300111220{digit}@trunk"
            lab.asterisk.cli(f"channel originate {number} application Wait 60")
        until(lambda: any(call.number[-1] == "8" and call.ended_at for call in sipp.calls()))
        lab.asterisk.cli("channel request hangup all")
        until(lambda: all(call.ended_at for call in sipp.calls()))
        seen = {call.number[-1]: call for call in sipp.calls()}
    assert sipp.counts().succeeded == 10

    assert {digit: call.outcome for digit, call in seen.items()} == {
        "0": "answered",
        "1": "answered",
        "2": "answered",
        "3": "486",
        "4": "cancelled",
        "5": "404",
        "6": "503",
        "7": "answered",
        "8": "answered",
        "9": "603",
    }
    waits = {
        digit: (call.answered_at - call.invited_at).total_seconds()
        for digit, call in seen.items()
        if call.answered_at
    }
    assert waits == pytest.approx({"0": 0, "1": 1, "2": 3, "7": 2, "8": 0}, abs=0.3)
    assert {digit for digit, call in seen.items() if call.ended_by == "sipp"} == set("35689")
    assert all(call.confirmed_at for call in seen.values() if call.answered_at)


def test_an_agent_held_on_the_line_and_a_caller_hear_each_other(lab: Lab, tmp_path: Path) -> None:
    asterisk = lab.asterisk
    with phones(lab.sipp, tmp_path / "phones", port=lab.place.phones) as phone:
        asterisk.cli("channel originate PJSIP/1001 extension 1001@agent-line")
        member = "Local/1001@agents to support penalty 0 as 1001 state_interface Agent:1001"
        assert "Added interface" in asterisk.cli(f"queue add member {member}")
        until(lambda: "(Not in use)" in asterisk.cli("queue show support"))
        with callers(
            lab.sipp,
            tmp_path / "callers",
            asterisk_port=lab.sip_port,
            port=lab.place.callers,
            number="018000",
            caller_numbers=["3001234567"],
            hold_ms=2000,
        ) as sipp:
            until(lambda: "Talking: 1" in asterisk.cli("agent show all"))
            before = rtp_counts(asterisk)
            assert {name.partition("-")[0] for name in before} == {"PJSIP/1001", "PJSIP/trunk"}
            until(lambda: _all_grew(before, rtp_counts(asterisk), by=25))
            assert sipp.wait(60) == 0
        asterisk.cli("channel request hangup all")
        until(lambda: all(call.ended_at for call in phone.calls()))
    assert [(call.number, call.outcome) for call in phone.calls()] == [("1001", "answered")]
    asterisk.cli("queue remove member Local/1001@agents from support")


def _all_grew(before: dict[str, RtpCount], now: dict[str, RtpCount], *, by: int) -> bool:
    return all(
        now[name].received >= count.received + by and now[name].sent >= count.sent + by
        for name, count in before.items()
    )


def test_it_warned_of_nothing(lab: Lab) -> None:
    for log in (lab.asterisk.folder.messages, lab.asterisk.folder.console):
        text = log.read_text()
        assert text
        assert [line for line in text.splitlines() if "WARNING" in line or "ERROR" in line] == []


def test_its_stop_leaves_no_process(lab: Lab) -> None:
    pid = lab.asterisk.status().pid
    lab.asterisk.stop()
    assert lab.asterisk.status() == Status(pid=None, ready=False)
    assert not Path(f"/proc/{pid}").exists()
    mine = str(lab.asterisk.folder.root).encode()
    assert [path for path in Path("/proc").glob("[0-9]*/cmdline") if mine in _words(path)] == []


def _words(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
