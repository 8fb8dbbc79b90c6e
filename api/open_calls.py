"""Calls that go on, as the owner of a token may see them."""

from __future__ import annotations

from api.parts import Parts
from api.problem_texts import Kind
from api.problems import ProblemError, invalid
from calls.call import Call
from storage.tokens import TokenOwner


def open_call(rooms: Parts, owner: TokenOwner, call_id: str) -> Call:
    """The call; raises `ProblemError` for one that is over, or is not shown to this owner."""
    call = rooms.tracker.get(call_id)
    if call is None or not owner.sees(call.queue):
        raise ProblemError(Kind.NO_SUCH_CALL, call_id=call_id)
    if not call.open:
        raise ProblemError(Kind.CALL_GONE)
    return call


def own_or_open_call(rooms: Parts, owner: TokenOwner, only: str | None, call_id: str) -> Call:
    """As `open_call`; with `only` the call that this agent is in, and no other."""
    if only is None:
        return open_call(rooms, owner, call_id)
    call = rooms.tracker.get(call_id)
    if call is None or call.agent != only:
        raise ProblemError(Kind.NO_SUCH_CALL, call_id=call_id)
    if not call.open:
        raise ProblemError(Kind.CALL_GONE)
    return call


def must_be_a_queue(rooms: Parts, owner: TokenOwner, name: str) -> None:
    """Raises `ProblemError` for no queue of the floor, or one that is not shown to this owner."""
    if not any(queue.name == name for queue in rooms.floor.queues) or not owner.sees(name):
        raise ProblemError(Kind.NO_SUCH_QUEUE, name=name)


def must_be_sayable(rooms: Parts, place: str, prompt: str) -> None:
    """Raises `ProblemError` unless the prompt is recorded in every language."""
    for language, known in rooms.prompts.items():
        if prompt not in known:
            raise invalid(place, "no_such_prompt", prompt=prompt, language=language)
