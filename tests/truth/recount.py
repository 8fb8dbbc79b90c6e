"""Every figure counted once more from the world's own book, by what `docs/reference/kpis.md` says.

Plain lists and sums: no histogram is kept, no quarter is added up, nothing of `monitoring/` is
asked. Durations are whole milliseconds. `within` says whether a moment is in the interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from tests.truth.ledger import Came, Ledger, Spell, Talk, Tried, Wait

Within = Callable[[datetime], bool]
Counts = dict[str, Any]
EDGES = (0, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)
_ENDINGS = (
    "answered", "abandoned", "key_exit", "withdrawn", "timed_out", "empty_exit", "failed", "lost",
    "waiting",
)  # fmt: skip


def ms(since: datetime, until: datetime | None) -> int:
    """Whole milliseconds."""
    return 0 if until is None else round((until - since).total_seconds() * 1000)


def bands(waits: Iterable[int]) -> list[int]:
    """How many of these waits are in each band; its upper edge is in it."""
    found = [0] * (len(EDGES) + 1)
    for wait in waits:
        found[sum(wait > edge * 1000 for edge in EDGES)] += 1
    return found


# --- queues


def _waits(ledger: Ledger, queues: Iterable[str]) -> Iterator[tuple[Came, Wait]]:
    mine = set(queues)
    for call in ledger.calls.values():
        for wait in call.waits:
            if wait.queue in mine:
                yield call, wait


def after_the_talk(call: Came, talk: Talk) -> tuple[int, int, int]:
    """What a talk took: talk without hold, hold, writing up.

    Hold and wrap-up are the call's, and counted with its last talk.
    """
    whole = ms(talk.began_at, talk.ended_at)
    if talk is not call.talks[-1]:
        return whole, 0, 0
    hold = min(whole, sum(ms(*each) for each in call.holds))
    return whole - hold, hold, sum(ms(*each) for each in call.wrap_ups)


def queue_counts(
    ledger: Ledger, queues: Iterable[str], within: Within, *, by_event: bool
) -> Counts:
    """One or several queues in one interval."""
    counts: Counts = dict.fromkeys(("received", "refused", "offered", *_ENDINGS), 0)
    counts |= {"callback_booked": 0, "transferred": 0}
    answered, abandoned, longest = [], [], 0
    talk, hold, wrap_up = 0, 0, 0
    for call, wait in _waits(ledger, queues):
        if within(wait.joined_at):
            counts["received"] += 1
            counts["refused" if wait.ended == "refused" else "offered"] += 1
        if wait.ended == "refused":
            continue
        long = ms(wait.joined_at, wait.left_at)
        left_at = wait.left_at or wait.joined_at
        if within(left_at if by_event else wait.joined_at):
            counts[wait.ended] += 1
            counts["callback_booked"] += wait.booked
            longest = max(longest, long)
            answered += [long] * (wait.ended == "answered")
            abandoned += [long] * (wait.ended == "abandoned")
        spoke = wait.talk
        if spoke is None or spoke.ended_at is None:
            continue
        if within(spoke.ended_at if by_event else wait.joined_at):
            took = after_the_talk(call, spoke)
            talk, hold, wrap_up = talk + took[0], hold + took[1], wrap_up + took[2]
            counts["transferred"] += spoke.transferred
    return counts | {
        "answered_wait_ms": sum(answered), "abandoned_wait_ms": sum(abandoned),
        "longest_wait_ms": longest, "talk_ms": talk, "hold_ms": hold, "wrap_up_ms": wrap_up,
        "answered_bands": bands(answered), "abandoned_bands": bands(abandoned),
        "answered_waits": answered, "abandoned_waits": abandoned,
    }  # fmt: skip


# --- agents

_STATES = ("ready", "offered", "reserved", "talking", "wrapping_up", "paused")


def _inside(spell: Spell, since: datetime, until: datetime) -> int:
    begins, ends = max(spell.began_at, since), min(spell.ended_at or until, until)
    return ms(begins, ends) if ends > begins else 0


def agent_counts(ledger: Ledger, agents: Iterable[str], since: datetime, until: datetime) -> Counts:
    """One or several agents in one interval."""
    mine = set(agents)
    counts: Counts = {f"{state}_ms": 0 for state in _STATES}
    counts |= dict.fromkeys(("hold_ms", "handled_inbound", "handled_dialed", "transferred"), 0)
    pauses: dict[str, int] = {}
    for spell in ledger.spells:
        if spell.agent in mine and spell.state and (long := _inside(spell, since, until)):
            counts[f"{spell.state}_ms"] += long
            if spell.state == "paused":
                pauses[spell.reason] = pauses.get(spell.reason, 0) + long
    for call in ledger.calls.values():
        for talk in call.talks:
            if talk.agent in mine and talk.ended_at and since <= talk.ended_at < until:
                counts["handled_dialed" if call.dialed else "handled_inbound"] += 1
                counts["transferred"] += talk.transferred
                counts["hold_ms"] += after_the_talk(call, talk)[1]
    counts["missed"] = sum(agent in mine and since <= at < until for agent, at in ledger.missed)
    return counts | {"pauses": pauses}


# --- campaigns

SUCCESSES = ("sold", "promised")
#: what agents say of the talk with the one who was wanted
RIGHT_PARTY = (*SUCCESSES, "not_interested")
MACHINE = "machine"
RESULTS = ("success", "no_success", "callback", "do_not_call", "no_contact", "not_told")


def campaign_counts(tries: Iterable[Tried], within: Within) -> Counts:
    """One or several campaigns in one interval."""
    mine = [one for one in tries if within(one.meant_at)]
    outcomes: dict[str, int] = {}
    for one in mine:
        outcomes[one.outcome] = outcomes.get(one.outcome, 0) + 1
    reached = [one for one in mine if one.outcome == "connected"]
    talked = [one for one in reached if one.said != MACHINE]
    results = dict.fromkeys(RESULTS, 0)
    for one in talked:
        results[_result(one.said)] += 1
    return {
        "attempts": len(mine),
        "answered": sum(one.answered_at is not None for one in mine),
        "contacts": len(talked),
        "right_party": sum(one.said in RIGHT_PARTY for one in talked),
        "successes": sum(one.said in SUCCESSES for one in talked),
        "machines": sum(one.said == MACHINE for one in mine),
        "abandoned": outcomes.get("abandoned", 0),
        "talk_ms": sum(ms(one.talked_at, one.ended_at) for one in reached if one.talked_at),
        "wait_ms": sum(ms(one.answered_at, one.talked_at) for one in reached if one.answered_at),
        "line_ms": sum(ms(one.answered_at, one.ended_at) for one in mine if one.answered_at),
        "callbacks": results["callback"],
        "do_not_call": results["do_not_call"],
        "no_contact": results["no_contact"],
        "undisposed": results["not_told"],
        "outcomes": outcomes,
        "results": results,
    }


def _result(said: str) -> str:
    """What a talk came to by what the agent said."""
    if not said:
        return "not_told"
    if said in SUCCESSES:
        return "success"
    return "no_success" if said in RIGHT_PARTY else "no_contact"
