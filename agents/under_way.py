"""What the desk has told and the roster has not heard of yet.

Facts take a moment through the journal, and the desk hears changes in batches. Until a fact comes
back, the roster still shows the agent without it, and whatever is decided from the roster would be
decided once more: a wrap-up begun by the release would begin again with the end of the same call.
"""

from __future__ import annotations

from agents.settle import AgentNews
from calls.events import AgentMissed, AgentReleased, Fact, WrapUpEnded, WrapUpStarted


class UnderWay:
    """Facts of the desk between being told and being heard."""

    def __init__(self) -> None:
        self._facts: list[AgentNews] = []

    def told(self, fact: AgentNews) -> None:
        """The fact has left."""
        self._facts.append(fact)

    def heard(self, fact: Fact) -> None:
        """Everyone knows the fact, the roster too."""
        self._facts = [known for known in self._facts if known is not fact]

    def has(self, fact: AgentNews) -> bool:
        """Whether the same is on its way already, whatever its time and reason."""
        return any(_subject(known) == _subject(fact) for known in self._facts)

    def told_of(self, kind: type[AgentNews], agent: str) -> bool:
        """Whether something of this kind is on its way for the agent."""
        return any(isinstance(known, kind) and known.agent == agent for known in self._facts)


def _subject(fact: AgentNews) -> tuple[type[Fact], str, str]:
    if isinstance(fact, AgentMissed | AgentReleased | WrapUpStarted | WrapUpEnded):
        return type(fact), fact.agent, fact.call_id
    return type(fact), fact.agent, ""
