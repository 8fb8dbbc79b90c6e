"""Recordings that are being made: known from the facts, paused and resumed, by key as well."""

from __future__ import annotations

import pytest

from agents.desk import Desk
from agents.recording import NotRecordedError, Recordings
from agents.roster import Roster
from calls.errors import CallGoneError, SwitchError
from calls.events import (
    AgentCodeDialed,
    AgentConnected,
    AgentKeyPressed,
    AgentReleased,
    CallEnded,
    CallFact,
    CallRecordingPaused,
    CallRecordingResumed,
    CallRecordingStarted,
    CallVanished,
    DialogueOffered,
    Fact,
    QueueGaveUp,
    QueueJoined,
)
from calls.tracker import Tracker
from tests.integration.recording_switch import RecordingSwitch
from tests.unit.facts import CALL, FLOOR, PBX, arrived, at, fact, on_call

NAME = f"20260301_{CALL}_1"
STARTED = on_call(CallRecordingStarted, 5, recording=NAME, queue="soporte", announced="caller")
TALKING = (
    arrived(0),
    STARTED,
    on_call(QueueJoined, 6, queue="soporte", position=1),
    on_call(AgentConnected, 7, queue="soporte", agent="1001"),
)


class _Room:
    def __init__(self) -> None:
        self.switch, self.told = RecordingSwitch(), list[Fact]()
        self.tracker, self.roster = Tracker(), Roster(FLOOR)
        self.recordings = Recordings(PBX, self.roster, self.switch, self.hear, now=lambda: at(10))

    def hear(self, *facts: Fact) -> None:
        """What is told comes back, as it does by the feed."""
        for one in facts:
            self.told.append(one)
            change = self.tracker.apply(one)
            self.roster.fold(change)
            self.recordings.fold(change)

    @property
    def muted(self) -> list[str]:
        """What the switch was asked."""
        return [asked[2] for asked in self.switch.asked if asked[:2] == ("mute_recorders", CALL)]


@pytest.fixture
def room() -> _Room:
    room = _Room()
    room.hear(*TALKING)
    return room


async def test_a_recording_is_paused_and_goes_on_and_both_are_facts(room: _Room) -> None:
    assert room.recordings.of("another") is None
    made = room.recordings.of(CALL)
    assert made is not None
    assert (made.recording, made.queue, made.announced, made.paused_at) == (
        NAME, "soporte", "caller", None,
    )  # fmt: skip
    assert (await room.recordings.pause(CALL, "1001")).paused_at == at(10)
    assert (await room.recordings.pause(CALL, "token")).paused_at == at(10)  # once is enough
    assert (await room.recordings.resume(CALL, "token")).paused_at is None
    assert await room.recordings.resume(CALL, "token") == made
    assert room.muted == ["True", "True", "False", "False"]
    assert room.told[len(TALKING) :] == [
        on_call(CallRecordingPaused, 10, recording=NAME, by="1001"),
        on_call(CallRecordingResumed, 10, recording=NAME, by="token"),
    ]


async def test_what_asterisk_did_not_do_is_not_told(room: _Room) -> None:
    room.switch.error = CallGoneError("gone")
    with pytest.raises(SwitchError):
        await room.recordings.pause(CALL, "1001")
    made = room.recordings.of(CALL)
    assert made is not None
    assert made.paused_at is None
    assert len(room.told) == len(TALKING)


@pytest.mark.parametrize(
    "end",
    [
        on_call(AgentReleased, 20, queue="soporte", agent="1001", ended_by="agent"),
        on_call(QueueGaveUp, 20, queue="soporte", status="MOVED"),
        on_call(DialogueOffered, 20, number_called="", reason="after_call"),
        on_call(CallEnded, 20, cause=16, sip_code=200),
        on_call(CallVanished, 20, last_seen_at=at(15), reason="lost_sync"),
    ],
)
async def test_it_ends_with_the_talk_or_the_wait(room: _Room, end: CallFact) -> None:
    await room.recordings.pause(CALL, "1001")
    room.hear(end)
    assert room.recordings.of(CALL) is None
    with pytest.raises(NotRecordedError):
        await room.recordings.pause(CALL, "1001")
    with pytest.raises(NotRecordedError):
        await room.recordings.resume(CALL, "1001")
    # of the next queue it is another file, and not paused
    again = NAME[:-1] + "2"
    more = {"recording": again, "queue": "salida", "announced": "caller"}
    room.hear(on_call(CallRecordingStarted, 30, **more))
    room.hear(on_call(CallRecordingPaused, 31, recording=NAME, by="1001"))  # late, of the other
    made = room.recordings.of(CALL)
    assert made is not None
    assert (made.recording, made.paused_at) == (again, None)


async def test_an_agent_pauses_by_code_and_only_a_talk_of_their_own(room: _Room) -> None:
    desk = Desk(FLOOR, room.roster, room.switch, room.hear, now=lambda: at(10))
    desk.switch_recording = room.recordings.switch
    for _ in range(2):
        for key in "*29":
            change = room.tracker.apply(fact(AgentKeyPressed, 10, agent="1001", digit=key))
            await desk._react(change)
    assert room.muted == ["True", "False"]
    # whoever talks to nobody hears that there is no such code now
    dialed = fact(AgentCodeDialed, 11, agent="1002", code="*29", channel_id="c-1")
    await desk._react(room.tracker.apply(dialed))
    assert room.switch.asked[-1] == ("tell_agent", "c-1", "agent_unknown_code")
    with pytest.raises(NotRecordedError):
        await room.recordings.switch("1009")
