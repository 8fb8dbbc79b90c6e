"""Whatever Asterisk says, in whatever shape: a fact or none, and never an error."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ami.message import RawMessage
from ami.translate import FROM_ASTERISK, FROM_OUR_DIALPLAN, Translator
from calls.events import AgentReleased, HoldStarted, QueueJoined
from tests.unit.asterisk_events import ATTEMPT, TRUNK, UNIQUE, fact_of
from tests.unit.facts import at


def test_damaged_events_are_counted_and_lose_nothing_else() -> None:
    translator = Translator("pbx1")
    assert fact_of("QueueCallerJoin", translator, Uniqueid="../../x y", Queue="soporte") is None
    assert fact_of("QueueCallerJoin", translator, Uniqueid=UNIQUE, Queue="so\u0000porte") is None
    assert fact_of("QueueCallerJoin", translator, Uniqueid=UNIQUE, Queue="s", Position="x") is None
    assert translator.unfit == {"QueueCallerJoin": 3}
    good = fact_of("QueueCallerJoin", translator, Uniqueid=UNIQUE, Queue="soporte", Position="2")
    assert isinstance(good, QueueJoined)


def test_the_late_end_of_a_talk_does_not_end_the_next_one() -> None:
    """A call taken from its agent ends for Asterisk when they are in another talk."""
    translator = Translator("pbx1")
    talk = {"Queue": "salida", "MemberName": "1001"}
    fact_of("AgentConnect", translator, Uniqueid=ATTEMPT, **talk)
    fact_of("AgentConnect", translator, Uniqueid=UNIQUE, **talk)
    released = fact_of("AgentComplete", translator, Uniqueid=ATTEMPT, Reason="caller", **talk)
    assert isinstance(released, AgentReleased)
    held = fact_of("Hold", translator, Channel="PJSIP/1001-00000001", Uniqueid="x")
    assert isinstance(held, HoldStarted)
    assert held.call_id == UNIQUE


def test_the_end_of_a_talk_is_told_once_however_often_asterisk_says_it() -> None:
    """The dialplan tells it when the caller stays, Asterisk when the caller goes; or first."""
    talk = {"Uniqueid": UNIQUE, "Queue": "soporte", "MemberName": "1001", "Reason": "agent"}
    for first in ("UserEvent", "AgentComplete"):
        translator = Translator("pbx1")
        second = "AgentComplete" if first == "UserEvent" else "UserEvent"
        for _ in range(2):  # the same agent may get the same caller again
            fact_of("AgentConnect", translator, **talk)
            released = fact_of(first, translator, UserEvent="AgentReleased", **talk)
            assert isinstance(released, AgentReleased)
            assert (released.agent, released.ended_by) == ("1001", "agent")
            assert fact_of(second, translator, UserEvent="AgentReleased", **talk) is None
    # of a talk that began before we came
    unseen = fact_of("AgentComplete", Translator("pbx1"), **talk)
    assert isinstance(unseen, AgentReleased)


HEADERS = [
    "Channel", "Uniqueid", "Context", "Exten", "CallerIDNum", "CallerIDName", "Queue", "MemberName",
    "Position", "Status", "Paused", "Agent", "Digit", "Direction", "Cause", "TechCause", "ActionID",
    "Response", "Reason", "UserEvent", "Code", "ChannelState", "Timestamp", "Of",
]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from([TRUNK, UNIQUE, ATTEMPT, "PJSIP/1001-01", "soporte", "1", "9" * 40]),
    st.sampled_from(sorted(FROM_OUR_DIALPLAN)),
)


@given(
    st.sampled_from(["UserEvent", *FROM_ASTERISK]),
    st.dictionaries(st.sampled_from(HEADERS), VALUES, max_size=len(HEADERS)),
)
def test_nothing_asterisk_says_can_break_the_translator(
    event: str, headers: dict[str, str]
) -> None:
    message = RawMessage([("Event", event), *headers.items()])
    told = Translator("pbx1").fact(message, at(0))
    if told is not None:
        assert told.pbx == "pbx1"
        assert told.at.tzinfo is not None
