"""Supervisors on real Asterisk: who hears whom, by tones on the RTP; who waits where."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from agents.states import AgentState
from bench.ivr.exchange import Exchange
from bench.ivr.phone import Call
from calls import call as tracked
from calls.events import Fact, QueueRefused, SupervisionEnded, SupervisionStarted
from calls.states import CallState
from monitoring.visits import Ending, visits_of
from tests.system.conftest import RUNG
from tests.system.scene import until
from tests.system.supervised_office import MESSAGE, MESSAGE_HERTZ, Office, opened_office
from tests.system.tone_phones import Ears, strength, tone_packet

CUSTOMER, AGENT, SUPERVISOR = 600, 1000, 1550
#: of a tone as it was said: so much is heard, and so little is not
HEARD, UNHEARD = 0.5, 0.03
LINE = "08001234567"
LISTENING_SECONDS = 0.6


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A stage of its own: every phone at it can hear."""
    async with opened_office(tmp_path, {"1001": AGENT, RUNG: AGENT, "1011": SUPERVISOR}) as opened:
        yield opened


async def _talks(office: Office, exchange: Exchange, agent: str) -> tuple[Call, Ears, str]:
    """A customer who says their tone and talks with the agent; what they hear, and the call."""
    call = exchange.call(LINE, f"57301555{agent}")
    call.voice = tone_packet(CUSTOMER)
    ears = Ears()
    call.ears.append(ears.hear)
    assert await call.is_up()
    await asyncio.sleep(1.5)
    await call.press("0")
    talking = await office.scene.in_state(agent, AgentState.TALKING, 20)
    return call, ears, talking.call_id


async def _told_again_and_again(office: Office, ears: Ears) -> None:
    """The emergency message, twice, with the music between; and then no more."""
    message = {"prompt": MESSAGE, "every_seconds": 20}
    await office.ask("POST", "/queues/soporte/emergency", 200, **message)
    await _until_heard(ears, MESSAGE_HERTZ, True)
    # sooner than the API allows, so that nobody has to wait
    await office.scene.house.supervisors.emergencies.begin(
        "soporte", prompt=MESSAGE, every_seconds=6, begun_by="test", now=datetime.now(UTC)
    )
    for heard in (False, True, False, True):
        await _until_heard(ears, MESSAGE_HERTZ, heard)
    over = await office.ask("POST", "/queues/soporte/emergency/end", 200)
    assert over["ended"]["every_seconds"] == 6
    await _until_heard(ears, MESSAGE_HERTZ, False)
    assert strength(await ears.listen(7), MESSAGE_HERTZ) < 0.2


async def _until_heard(ears: Ears, hertz: int, heard: bool) -> None:
    async with asyncio.timeout(20):
        while (strength(await ears.listen(0.5), hertz) > HEARD) is not heard:
            pass


async def _hears(ears: Ears | None) -> dict[int, float]:
    assert ears is not None
    sound = await ears.listen(LISTENING_SECONDS)
    return {hertz: strength(sound, hertz) for hertz in (CUSTOMER, AGENT, SUPERVISOR)}


async def _who_hears_whom(office: Office, customer: Ears, agent: str) -> dict[str, str]:
    """For each party the initials of those it hears; every doubt fails."""
    await asyncio.sleep(0.5)  # what was said before is on its way
    everybody = {
        "customer": customer,
        "agent": office.phones.ears(agent),
        "supervisor": office.phones.ears("1011"),
    }
    heard = await asyncio.gather(*map(_hears, everybody.values()))
    told = {}
    for party, tones in zip(everybody, heard, strict=True):
        for hertz, amount in tones.items():
            assert amount > HEARD or amount < UNHEARD, f"{party} {hertz} Hz: {amount:.3f}"
        told[party] = "".join(
            initial for initial, amount in zip("cas", tones.values(), strict=True) if amount > HEARD
        )
    return told


#: by mode, whom each party hears
WHO_HEARS_WHOM = {
    "listen": {"customer": "a", "agent": "c", "supervisor": "ca"},
    "whisper": {"customer": "a", "agent": "cs", "supervisor": "ca"},
    "barge": {"customer": "as", "agent": "cs", "supervisor": "ca"},
}


async def test_who_hears_whom_in_each_mode(office: Office) -> None:
    """Proven on the wire: in a whisper the customer hears nothing of the supervisor."""
    scene, desk = office.scene, office.scene.house.desk
    exchange = Exchange(scene.stage.caller_ports[0], scene.stage.sip_port)
    async with exchange.open():
        await scene.sign_in("1001", RUNG)
        await desk.pause("1001", "descanso")
        rung = await _heard_in(office, exchange, RUNG, "whisper", "barge")
        await scene.in_state(RUNG, AgentState.WRAPPING_UP)
        await desk.sign_out(RUNG)
        await desk.ready("1001")
        held = await _heard_in(office, exchange, "1001", "listen", "whisper", "barge", "listen")
        assert office.phones.ears("1001") is not None, "the agent's line stays"
        assert scene.agent("1011").state is AgentState.SIGNED_OUT
    told = [
        (fact.call_id, fact.agent, fact.phone, fact.mode)
        for fact in office.told
        if isinstance(fact, SupervisionEnded)
    ]
    # asked for, and with the talk
    assert told == [
        (rung, RUNG, "1011", "barge"), (rung, RUNG, "1011", "whisper"),
        (held, "1001", "1011", "listen"), (held, "1001", "1011", "whisper"),
    ]  # fmt: skip
    records = await scene.records(2)
    assert {(record.outcome, len(record.stays)) for record in records} == {("handled", 1)}


async def _heard_in(office: Office, exchange: Exchange, agent: str, *modes: str) -> str:
    """Each mode of a talk with this agent, then its end while somebody whispers; the call."""
    call, customer, call_id = await _talks(office, exchange, agent)
    path, asked = f"/calls/{call_id}/listen", {"phone": "1011", "reason": "calidad"}
    for mode in modes:
        began = len(_modes(office))
        await office.ask("POST", path, 202, **asked, mode=mode)
        await until(partial(_told_more, office, began), f"to {mode}", 10)
        assert _modes(office)[-1] == mode
        assert await _who_hears_whom(office, customer, agent) == WHO_HEARS_WHOM[mode], mode
    assert len(office.scene.house.parts.tracker.open_calls()) == 1, "the phone is no call"
    await office.ask("DELETE", path, 204)
    await _let_go(office)
    began = len(_modes(office))
    await office.ask("POST", path, 202, **asked, mode="whisper")
    await until(partial(_told_more, office, began), "to whisper", 10)
    call.hang_up()
    await _let_go(office)
    return call_id


async def _let_go(office: Office) -> None:
    ended = office.phones.ears
    await until(lambda: ended("1011") is None, "the supervisor's phone to be let go", 5)
    await until(lambda: isinstance(_last(office), SupervisionEnded), "the end to be told", 5)


def _last(office: Office) -> Fact:
    kinds = SupervisionStarted | SupervisionEnded
    return [fact for fact in office.told if isinstance(fact, kinds)][-1]


def _told_more(office: Office, than: int) -> bool:
    return len(_modes(office)) > than


def _modes(office: Office) -> list[str]:
    return [fact.mode for fact in office.told if isinstance(fact, SupervisionStarted)]


# --- who waits --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Caller:
    """A caller who waits."""

    call: Call
    ears: Ears
    call_id: str


async def _in_line(
    office: Office, exchange: Exchange, number: str, keys: str, after: float
) -> _Caller:
    """A caller who has pressed the keys that lead to a queue, and waits there."""
    await asyncio.sleep(after)
    call, ears = exchange.call(LINE, number), Ears()
    call.ears.append(ears.hear)
    assert await call.is_up()
    await asyncio.sleep(0.8)
    for key in keys:
        await call.press(key)
        await asyncio.sleep(0.3)
    await until(lambda: _state(office, number) is CallState.QUEUED, f"{number} to wait", 15)
    return _Caller(call, ears, _open_call(office, number).call_id)


def _open_call(office: Office, number: str) -> tracked.Call:
    calls = office.scene.house.parts.tracker.open_calls()
    return next(call for call in calls if call.caller_number == number)


def _state(office: Office, number: str) -> CallState | None:
    calls = office.scene.house.parts.tracker.open_calls()
    return next((call.state for call in calls if call.caller_number == number), None)


def _line(office: Office, queue: str) -> list[str]:
    """Who waits, in Asterisk's own order: channels' names are in the order in which they came."""
    shown = office.scene.stage.asterisk.cli(f"queue show {queue}")
    return re.findall(r"^\s+\d+\. (PJSIP/trunk-\w+)", shown, re.M)


def _shown(office: Office, queue: str) -> list[str]:
    """Who waits there, in the order in which the board has them."""
    things = office.scene.house.board.snapshot().things.items()
    calls = [thing for path, thing in things if path.startswith("calls/") and thing]
    line = {call["place"]: call["call_id"] for call in calls if call["queue"] == queue}
    return [line[place] for place in sorted(filter(None, line))]


async def _becomes(office: Office, who: dict[str, str], queue: str, *line: str) -> None:
    """Asterisk's line, and the board's; `who` are calls by the names of their channels."""
    await until(lambda: _line(office, queue) == list(line), f"{queue} to be {line}", 5)
    calls = [who[channel] for channel in line]
    await until(lambda: _shown(office, queue) == calls, f"the board to show {calls}", 5)


async def test_who_waits_is_moved_told_and_taken_out_and_a_closed_queue_takes_nobody(
    office: Office,
) -> None:
    numbers = [f"57301555000{digit}" for digit in range(1, 6)]
    exchange = Exchange(office.scene.stage.caller_ports[0], office.scene.stage.sip_port)
    async with exchange.open():
        first, second, third, hasty = await asyncio.gather(
            _in_line(office, exchange, numbers[0], "0", 0.0),
            _in_line(office, exchange, numbers[1], "0", 0.7),
            _in_line(office, exchange, numbers[2], "0", 1.4),
            _in_line(office, exchange, numbers[3], "21", 2.1),  # a priority of 5: to the head
        )
        d, a, b, c = _line(office, "soporte")
        assert sorted([a, b, c, d]) == [a, b, c, d]
        callers = (first, second, third, hasty)
        who = {each: one.call_id for each, one in zip((a, b, c, d), callers, strict=True)}
        becomes = partial(_becomes, office, who)
        await becomes("soporte", d, a, b, c)

        since = _open_call(office, numbers[2]).waiting_since
        await office.ask("POST", f"/calls/{third.call_id}/prioritize", 202, position=1)
        await becomes("soporte", c, d, a, b)
        await office.ask("POST", f"/calls/{third.call_id}/prioritize", 202, position=3)
        await becomes("soporte", d, a, c, b)
        await until(lambda: _state(office, numbers[2]) is CallState.QUEUED, "the news of it")
        assert _open_call(office, numbers[2]).waiting_since == since
        await office.ask("POST", f"/calls/{second.call_id}/move", 202, queue="ventas")
        await becomes("soporte", d, a, c)
        await becomes("ventas", b)

        told = await office.ask("POST", "/queues/soporte/announce", 202, prompt=MESSAGE)
        assert told["callers"] == 3
        await asyncio.sleep(0.8)
        heard = await asyncio.gather(*(each.ears.listen(1) for each in (first, third, hasty)))
        assert min(strength(sound, MESSAGE_HERTZ) for sound in heard) > HEARD
        assert strength(await second.ears.listen(0.5), MESSAGE_HERTZ) < 0.2  # the music's own
        assert _line(office, "soporte") == [d, a, c]

        await _told_again_and_again(office, first.ears)
        assert _line(office, "soporte") == [d, a, c]

        await office.ask("POST", "/queues/soporte/close", 200, reason="simulacro", message=MESSAGE)
        late = exchange.call(LINE, numbers[4])
        ears = Ears()
        late.ears.append(ears.hear)
        assert await late.is_up()
        await asyncio.sleep(0.8)
        await late.press("0")
        await until(lambda: any(isinstance(fact, QueueRefused) for fact in office.told), "no entry")
        await asyncio.sleep(0.5)
        assert strength(await ears.listen(1), MESSAGE_HERTZ) > HEARD
        assert await late.ended(10), "the message was the last word"
        assert _line(office, "soporte") == [d, a, c], "who waits stays"

        await office.ask("POST", f"/calls/{hasty.call_id}/withdraw", 202, to="hang_up")
        await office.ask("POST", f"/calls/{first.call_id}/withdraw", 202, to="menu")
        await becomes("soporte", c)
        await until(lambda: _state(office, numbers[0]) is CallState.IN_MENU, "the menu")
        await asyncio.sleep(0.8)
        await first.call.press("0")
        await becomes("soporte", a, c)
        assert await hasty.call.ended(15), "told that nobody can talk, and hung up"
        for each in (first, second, third):
            each.call.hang_up()
    records = {record.caller_number: record for record in await office.scene.records(5)}
    assert (records[numbers[3]].ended_by, records[numbers[3]].outcome) == ("supervisor", "unserved")
    stays = {number: [stay.status for stay in records[number].stays] for number in numbers}
    assert stays == {
        numbers[0]: ["OVERFLOW", ""],
        numbers[1]: ["MOVED", ""],
        numbers[2]: ["AHEAD", "AHEAD", ""],
        numbers[3]: ["WITHDRAW"],
        numbers[4]: ["CLOSED"],
    }
    endings = {
        number: [
            visit.ending for visit in visits_of(records[number], finished=True) if not visit.refused
        ]
        for number in numbers
    }
    assert endings == {
        numbers[0]: [Ending.ABANDONED],
        numbers[1]: [Ending.WITHDRAWN, Ending.ABANDONED],
        numbers[2]: [Ending.ABANDONED],
        numbers[3]: [Ending.WITHDRAWN],
        numbers[4]: [],
    }
    await office.ask("POST", "/queues/soporte/open", 200)
