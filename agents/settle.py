"""What must follow when an agent's world changes: pure decisions of the desk.

`after_change` looks at one fact, `after_snapshot` at what Asterisk says exists; both answer with
orders: facts to tell, and what the switch must be told so that it agrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from agents.floor import Floor, own_queue
from agents.roster import DEVICE_FREE, AgentStatus, Roster
from agents.states import AgentState
from calls.events import (
    AgentConnected,
    AgentDeviceChanged,
    AgentFact,
    AgentLineDown,
    AgentLineUp,
    AgentMissed,
    AgentPaused,
    AgentReadied,
    AgentReleased,
    AgentSignedOut,
    AgentSignInAsked,
    CallEnded,
    CallVanished,
    Fact,
    MemberSeen,
    SnapshotTaken,
    WrapUpEnded,
    WrapUpStarted,
)
from calls.tracker import Change

#: what is told of agents: their own facts, and what must have become of a call of theirs
AgentNews: TypeAlias = AgentFact | AgentMissed | AgentReleased

#: the pause reason Asterisk sees while an agent talks or writes up
WRAP_UP = "wrap_up"
#: and while the agent is kept for one lead
RESERVED = "reserved"
_IN_OWN_QUEUE = (AgentState.RESERVED, AgentState.OFFERED)
#: a sign-in that led to no line for so long has failed
SIGN_IN_PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What follows for one agent."""

    agent: str
    facts: tuple[AgentNews, ...] = ()
    pause: str | None = None  # None: leave it; "": end the pause; else the reason
    join: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    begin_shift: bool = False
    end_shift: bool = False


def after_change(floor: Floor, roster: Roster, change: Change) -> list[Order]:
    """Orders that follow from one change."""
    fact = change.fact
    if isinstance(fact, AgentFact | AgentConnected):
        agents = [agent for agent in [roster.get(fact.agent)] if agent is not None]
    elif isinstance(fact, AgentReleased | CallEnded | CallVanished):
        agents = [agent for agent in roster.all() if agent.call_id == fact.call_id]
    else:
        return []
    return [order for agent in agents for order in _follow(floor, agent, fact)]


def _follow(floor: Floor, agent: AgentStatus, fact: Fact) -> list[Order]:
    number = agent.number
    match fact:
        case AgentConnected() if agent.state is AgentState.TALKING:
            # paused now, so that no other call can slip in between the talk and its wrap-up
            own = (fact.queue,) if fact.queue == own_queue(number) else ()
            return [Order(agent=number, pause=WRAP_UP, leave=own)]
        case AgentReleased() | CallEnded() | CallVanished():
            if agent.state is AgentState.WRAPPING_UP and agent.wrap_up_until is None:
                return [Order(agent=number, facts=(_wrap_up(floor, agent, fact),))]
        case AgentDeviceChanged() if agent.state is AgentState.SIGNING_IN:
            if fact.status == DEVICE_FREE and not fact.paused:
                readied = AgentReadied(at=fact.at, pbx=fact.pbx, agent=number)
                return [Order(agent=number, facts=(readied,))]
        case AgentLineDown() if agent.held and agent.signed_in and _left_alone(agent, fact):
            gone = AgentSignedOut(at=fact.at, pbx=fact.pbx, agent=number, reason=fact.reason)
            return [Order(agent=number, facts=(*_cut_short(agent, fact), gone), end_shift=True)]
        case _ if agent.state is AgentState.READY and agent.pause_next:
            # from when the agent was free: more may have happened since the fact we answer to
            at = max(fact.at, agent.since or fact.at)
            paused = AgentPaused(at=at, pbx=fact.pbx, agent=number, reason=agent.pause_next)
            return [Order(agent=number, facts=(paused,), pause=agent.pause_next)]
    return []


def _left_alone(agent: AgentStatus, fact: AgentLineDown) -> bool:
    """No line is left: not of a ring beside it, nor of the end of the line of an earlier shift."""
    return not agent.line_up and (fact.line_id == "" or fact.line_id != agent.line_id)


def _cut_short(agent: AgentStatus, fact: Fact) -> list[AgentNews]:
    """The end of a talk's wrap-up, for an agent who is gone before it was over or had begun."""
    if agent.state not in (AgentState.TALKING, AgentState.WRAPPING_UP):
        return []
    return [
        WrapUpEnded(
            at=fact.at, pbx=fact.pbx, agent=agent.number, call_id=agent.call_id, how="signed_out"
        )
    ]


def _wrap_up(floor: Floor, agent: AgentStatus, fact: Fact) -> WrapUpStarted:
    """The wrap-up that a finished talk begins, as long as its queue says."""
    queue = floor.queue(agent.queue)
    seconds = queue.wrap_up_seconds if queue is not None else 0.0
    return WrapUpStarted(
        at=fact.at,
        pbx=fact.pbx,
        agent=agent.number,
        call_id=agent.call_id,
        until=fact.at + timedelta(seconds=seconds),
    )


def after_snapshot(
    floor: Floor,
    roster: Roster,
    seen: SnapshotTaken,
    *,
    remembered_until: datetime | None = None,
) -> list[Order]:
    """Orders that bring agents and Asterisk together again.

    `remembered_until`: of the first snapshot since our own start, when that was. What we know of a
    shift since before then is only what the journal remembered, and nobody's phone is rung on that
    word alone; who asked after it, before we had looked, is signing in like anybody else.
    """
    members: dict[str, dict[str, MemberSeen]] = {}
    in_own = set()  # there for the time of one call: nothing of the shift is read from it
    for member in seen.members:
        if member.queue == own_queue(member.agent):
            in_own.add(member.agent)
        else:
            members.setdefault(member.agent, {})[member.queue] = member
    orders = []
    for agent in roster.all():
        if agent.since is not None and agent.since >= seen.asked_at:
            continue  # changed since the question: what was seen is old
        remembered = (
            remembered_until is not None
            and agent.since is not None
            and agent.since < remembered_until
        )
        order = _settle(
            floor, agent, members.get(agent.number, {}), seen, only_remembered=remembered
        )
        if order is not None:
            orders.append(order)
        if agent.number in in_own and agent.state not in _IN_OWN_QUEUE:
            orders.append(Order(agent=agent.number, leave=(own_queue(agent.number),)))
    return orders


def _settle(
    floor: Floor,
    agent: AgentStatus,
    memberships: dict[str, MemberSeen],
    seen: SnapshotTaken,
    *,
    only_remembered: bool,
) -> Order | None:
    number, on_line = agent.number, not agent.held or agent.number in seen.lines_up
    if not agent.signed_in:
        if agent.since is None and memberships and on_line:
            return _adopt(agent, memberships, seen)
        left_over = bool(memberships) or (agent.held and on_line)
        return Order(agent=number, end_shift=True) if left_over else None
    if only_remembered and not (on_line and memberships):
        return _sign_out(agent, seen, "not_there_any_more", end_shift=bool(memberships))
    if agent.state is AgentState.SIGNING_IN:
        return _settle_sign_in(agent, memberships, seen, on_line=on_line)
    if not on_line:
        return _sign_in_again(agent, seen)
    facts = _unseen_facts(floor, agent, seen)
    missing = _missing_queues(agent, memberships)
    wanted = _wanted_pause(agent)
    differs = any(
        member.paused != bool(wanted) or (member.paused and member.pause_reason != wanted)
        for member in memberships.values()
    )
    if facts or missing or differs:
        pause = wanted if missing or differs else None
        return Order(agent=number, facts=facts, join=missing, pause=pause)
    return None


def _missing_queues(agent: AgentStatus, memberships: dict[str, MemberSeen]) -> tuple[str, ...]:
    return tuple(queue for queue in agent.queues if queue not in memberships)


def _settle_sign_in(
    agent: AgentStatus, memberships: dict[str, MemberSeen], seen: SnapshotTaken, *, on_line: bool
) -> Order | None:
    missing = _missing_queues(agent, memberships)
    free = any(member.status == DEVICE_FREE for member in memberships.values())
    if on_line and free:
        readied = AgentReadied(at=seen.at, pbx=seen.pbx, agent=agent.number)
        return Order(agent=agent.number, facts=(*_line_up(agent, seen), readied), join=missing)
    if agent.since is not None and seen.asked_at - agent.since > SIGN_IN_PATIENCE:
        return _sign_out(agent, seen, "phone_not_answered", end_shift=True)
    if not on_line and not memberships:
        # asked for while there was no link: neither queue nor phone ever heard of it
        return Order(agent=agent.number, begin_shift=True)
    return Order(agent=agent.number, join=missing) if missing else None


def _sign_in_again(agent: AgentStatus, seen: SnapshotTaken) -> Order:
    """The line broke while we looked away (Asterisk restarted): the shift goes on."""
    out = _sign_out(agent, seen, "line_lost", end_shift=False)
    facts = [*out.facts]
    facts.append(AgentSignInAsked(at=seen.at, pbx=seen.pbx, agent=agent.number))
    if agent.state is AgentState.PAUSED:
        facts.append(AgentPaused(at=seen.at, pbx=seen.pbx, agent=agent.number, reason=agent.reason))
    return Order(
        agent=agent.number, facts=tuple(facts), begin_shift=True, pause=agent.reason or None
    )


def _sign_out(agent: AgentStatus, seen: SnapshotTaken, reason: str, *, end_shift: bool) -> Order:
    gone = AgentSignedOut(at=seen.at, pbx=seen.pbx, agent=agent.number, reason=reason)
    return Order(agent=agent.number, facts=(*_cut_short(agent, seen), gone), end_shift=end_shift)


def _line_up(agent: AgentStatus, seen: SnapshotTaken) -> tuple[AgentNews, ...]:
    if not agent.held or agent.line_up or agent.number not in seen.lines_up:
        return ()
    return (AgentLineUp(at=seen.at, pbx=seen.pbx, agent=agent.number),)


def _unseen_facts(floor: Floor, agent: AgentStatus, seen: SnapshotTaken) -> tuple[AgentNews, ...]:
    """What must have happened unseen, for a call that is not there any more."""
    facts = [*_line_up(agent, seen)]
    alive = any(channel.call_id == agent.call_id for channel in seen.channels)
    if agent.state is AgentState.WRAPPING_UP and agent.wrap_up_until is None:
        facts.append(_wrap_up(floor, agent, seen))
    elif agent.state is AgentState.OFFERED and not alive:
        facts.append(AgentMissed(**_of_call(agent, seen)))
    elif agent.state is AgentState.TALKING and not alive:
        facts.append(AgentReleased(**_of_call(agent, seen), ended_by="unknown"))
    return tuple(facts)


def _of_call(agent: AgentStatus, seen: SnapshotTaken) -> dict[str, Any]:
    return {
        "at": seen.at,
        "pbx": seen.pbx,
        "call_id": agent.call_id,
        "queue": agent.queue,
        "agent": agent.number,
    }


def _wanted_pause(agent: AgentStatus) -> str:
    if agent.state in (AgentState.TALKING, AgentState.WRAPPING_UP):
        return WRAP_UP
    if agent.state is AgentState.RESERVED:
        return RESERVED
    return agent.reason if agent.state is AgentState.PAUSED else ""


def _adopt(agent: AgentStatus, memberships: dict[str, MemberSeen], seen: SnapshotTaken) -> Order:
    """An agent works in Asterisk and we did not know (our memory of the shift was lost)."""
    reasons = {member.pause_reason for member in memberships.values() if member.paused}
    asked = AgentSignInAsked(at=seen.at, pbx=seen.pbx, agent=agent.number)
    own_pause = next(
        (reason for reason in sorted(reasons) if reason not in ("", WRAP_UP, RESERVED)), ""
    )
    then: AgentNews
    if own_pause:
        then = AgentPaused(at=seen.at, pbx=seen.pbx, agent=agent.number, reason=own_pause)
    else:
        then = AgentReadied(at=seen.at, pbx=seen.pbx, agent=agent.number)
    status = next(iter(memberships.values())).status
    device = AgentDeviceChanged(
        at=seen.at, pbx=seen.pbx, agent=agent.number, queue="", status=status, paused=False,
        pause_reason="",
    )  # fmt: skip
    missing = _missing_queues(agent, memberships)
    return Order(
        agent=agent.number,
        facts=(asked, *_line_up(agent, seen), then, device),
        join=missing,
        pause=own_pause,
    )
