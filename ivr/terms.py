"""What holds for everybody who is handed to a queue, from whichever node of a menu."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from ivr.parts import Name, Part

Waiting = Annotated[float, Field(ge=10, le=3600)]


class QueueTerms(Part):
    """When the queue takes nobody, what is said before the wait, and what follows it.

    Nobody is ever cut off for waiting: each of these leads to a node of the menu.
    """

    #: outside these hours callers go to `closed`
    schedule: Name | None = None
    closed: Name | None = None
    #: where callers go while no agent is at work in the queue
    nobody: Name | None = None
    #: where the next one goes when so many wait
    most_waiting: Annotated[int, Field(ge=1, le=10_000)] | None = None
    full: Name | None = None
    #: how long it takes is said before the wait
    say_wait: bool = False
    #: who waits for so long goes to `too_long`, and may come back to the same place from there
    too_long_seconds: Waiting | None = None
    too_long: Name | None = None
    #: where the caller goes when the agent has ended the talk
    after_call: Name | None = None
    #: added to the priority of who calls for the same reason again within 24 hours
    repeat_priority: Annotated[int, Field(ge=0, le=1000)] = 0
    #: the agent who looks after the caller's open matter is waited for who will be free in so long
    owner_seconds: Annotated[float, Field(ge=5, le=300)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for one, other in (
            ("schedule", "closed"),
            ("most_waiting", "full"),
            ("too_long_seconds", "too_long"),
        ):
            if (getattr(self, one) is None) != (getattr(self, other) is None):
                raise ValueError(f"{one} and {other} go together: give both or neither")
        return self

    def goals(self) -> tuple[tuple[str, str], ...]:
        """The nodes it may lead to, each with the setting that names it."""
        named = ("closed", "nobody", "full", "too_long", "after_call")
        return tuple((name, goal) for name in named if (goal := getattr(self, name)))
