"""One turn of a caller's dialogue: the scratch paper on which a step is worked out. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.expressions import evaluate, holds
from ivr.knowledge import Knowledge
from ivr.menu import Menu
from ivr.nodes import Asking, Node
from ivr.outline import PERSON_KEY
from ivr.parts import Exhausted, Handover, Onward, Prompts
from ivr.saying import said
from ivr.services import Answer
from ivr.values import Value, Values
from ivr.vocabulary import (
    Action,
    BackInLine,
    Chosen,
    GoToQueue,
    HangUp,
    Happened,
    Leaving,
    Listen,
    Missed,
    Moved,
    MuteRecorders,
    Play,
    SayPosition,
    SayWait,
    TurnedAway,
)
from ivr.world import World


class Phase(StrEnum):
    """What the caller is living through."""

    PLAYING = "playing"  # prompts that a key stops
    TELLING = "telling"  # prompts that play to their end; keys are kept for after
    LISTENING = "listening"  # silence: a key is awaited
    ASKING = "asking"  # a service is asked; keys are kept for after
    RECORDING = "recording"  # the caller speaks
    LEAVING = "leaving"  # the last prompts before a queue or the end
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where the dialogue is."""

    phase: Phase
    node: str
    language: str
    trail: tuple[str, ...] = ()  # the menu nodes `back` leads through, nearest last
    no_input: int = 0  # misses of each kind since the node was entered
    no_match: int = 0
    typed: tuple[str, ...] = ()  # keys nobody has made use of yet
    onward: str = ""  # the node that follows what is being told
    entry: str = ""  # the keys of an entry so far
    stage: int = 0  # how far within the node
    recording: str = ""
    recorded_seconds: float = 0.0
    held: Answer | None = None  # came while prompts play
    leaving: Leaving | None = None
    waits_in: str = ""  # the queue the caller came from, and may go back to
    reason: str = ""
    muted: bool = False
    values: Values = field(default_factory=dict, hash=False)
    #: how often each node was entered
    visits: Mapping[str, int] = field(default_factory=dict, hash=False)


class Turn:
    """Collects what a step changes; `goal` is the node that is to be entered next."""

    def __init__(self, menu: Menu, state: State, world: World) -> None:
        self.menu = menu
        self.state = state
        self.world = world
        self.actions: list[Action] = []
        self.facts: list[Happened] = []
        self.goal: str | None = None

    @property
    def node(self) -> Node:
        """Where the caller is."""
        return self.menu.nodes[self.state.node]

    def change(self, **changes: object) -> None:
        """The state is different in these fields."""
        self.state = dataclasses.replace(self.state, **changes)  # type: ignore[arg-type] # by name

    def learn(self, name: str | None, value: Value) -> None:
        """Keep a value under a name."""
        if name is not None:
            self.change(values={**self.state.values, name: value})

    # --- what is known

    @property
    def known(self) -> Knowledge:
        """Everything the menu may speak of now."""
        state = self.state
        return Knowledge(
            self.menu,
            self.world,
            language=state.language,
            reason=state.reason,
            learned=state.values,
            visits=state.visits,
        )

    def value(self, source: str) -> Value:
        """What an expression comes to now."""
        return evaluate(source, self.known)

    def holds(self, source: str) -> bool:
        """Whether an expression is true now."""
        return holds(source, self.known)

    # --- what is heard

    def words(self, prompts: Prompts) -> tuple[str, ...] | None:
        """The prompts' names; None when a value in them cannot be said."""
        return said(
            prompts,
            self.known,
            self.state.language,
            currency=self.menu.currency,
            names=self.world.recorded(self.state.language),
        )

    def tell(self, prompts: Prompts, onward: str, *, barge_in: bool = False) -> None:
        """Say something, then on to another node; what cannot be said is passed over."""
        played = self.words(prompts) or ()
        if not played or (barge_in and self.state.typed):
            self.goal = onward
            return
        phase = Phase.PLAYING if barge_in else Phase.TELLING
        self.change(phase=phase, onward=onward)
        self.actions.append(Play(played, barge_in))

    def ask(self, node: Asking, prompts: Prompts) -> None:
        """Say something, then listen; keys typed ahead make it superfluous."""
        barge_in = self.menu.barge_in(node)
        if not node.typed_ahead:
            # whoever asks for a person does so before any question
            last = self.state.typed[-1:]
            self.change(typed=last if last == (PERSON_KEY,) else ())
        if barge_in and self.state.typed:
            self.change(phase=Phase.LISTENING, onward="")
            return
        played = self.words(prompts)
        if played is None:
            played = tuple(each for each in prompts if isinstance(each, str))
        self.change(phase=Phase.PLAYING if barge_in else Phase.TELLING, onward="")
        self.actions.append(Play(played, barge_in))

    def listen(self, seconds: float) -> None:
        """A key is awaited."""
        self.change(phase=Phase.LISTENING)
        self.actions.append(Listen(seconds))

    # --- where it goes on

    def chosen(self, choice: str) -> None:
        """Tell what a key meant, unless it is nobody's business."""
        told = "private" if self.node.sensitive else choice
        self.facts.append(Chosen(self.state.node, told))

    def miss(self, node: Asking, kind: str, *before: str) -> None:
        """Whatever was typed ahead meant something else: it is forgotten."""
        self.facts.append(Missed(self.state.node, kind))
        patience = self.menu.patience(node)
        if kind == "no_input":
            self.change(typed=(), entry="", no_input=self.state.no_input + 1)
            count, most = self.state.no_input, patience.max_no_input
            escalation = patience.no_input_prompts
        else:
            self.change(typed=(), entry="", no_match=self.state.no_match + 1)
            count, most = self.state.no_match, patience.max_no_match
            escalation = patience.no_match_prompts
        if count >= most:
            self.give_up(patience.too_many)
        else:
            self.ask(node, (*before, *escalation[:count][-1:], *node.prompts))

    def give_up(self, to: Exhausted | None) -> None:
        """There were too many misses."""
        if isinstance(to, Onward):
            self.tell(to.prompts, to.goto)
        else:
            self.hand_over(to or self.menu.person)

    def hand_over(self, to: Handover) -> None:
        """To a person, unless the queue takes nobody now; who waits there already goes back."""
        if to.queue == self.state.waits_in:
            self.part(to.prompts, BackInLine(to.queue))
            return
        terms = self.menu.queues.get(to.queue)
        closed_with = self.world.queue(to.queue).closed_with
        if closed_with is not None:
            self._closed(to.queue, closed_with)
            return
        turned_away = self._turned_away(to.queue)
        if turned_away is not None:
            why, goal = turned_away
            self.facts.append(TurnedAway(to.queue, why))
            self.goal = goal
            return
        told: tuple[SayPosition | SayWait, ...] = ()
        if terms is not None and terms.say_wait:
            told = (SayWait(to.queue, to.priority),)
        elif to.say_position:
            told = (SayPosition(to.queue),)
        self.part(to.prompts, GoToQueue(to.queue, to.priority, self.state.reason), told)

    def _closed(self, queue: str, prompt: str) -> None:
        """A supervisor closed the queue: why, and then what the menu has for such callers."""
        self.facts.append(TurnedAway(queue, "closed"))
        terms = self.menu.queues.get(queue)
        goal = (terms.closed or terms.nobody) if terms is not None else None
        told = (prompt,) if prompt else ()
        if goal is not None:
            self.tell(told, goal)
        else:
            self.part(told or ("nobody_available",), HangUp())

    def _turned_away(self, queue: str) -> tuple[str, str] | None:
        """Why the queue takes nobody, and the node that follows."""
        terms = self.menu.queues.get(queue)
        if terms is None:
            return None
        if terms.schedule is not None and terms.closed is not None:
            schedule = self.menu.schedules[terms.schedule]
            if not schedule.is_open(self.world.now()):
                return "closed", terms.closed
        now = self.world.queue(queue)
        if terms.nobody is not None and now.staffed == 0:
            return "nobody", terms.nobody
        most = terms.most_waiting
        if most is not None and terms.full is not None and now.waiting >= most:
            return "full", terms.full
        return None

    def part(
        self, prompts: Prompts, leaving: Leaving, told: tuple[SayPosition | SayWait, ...] = ()
    ) -> None:
        """The last prompts, then out of the dialogue."""
        if self.state.phase is not Phase.DONE:
            self.marked(self.node)
        if self.state.muted:
            self.actions.append(MuteRecorders(muted=False))
        played = self.words(prompts) or ()
        heard: list[Action] = [Play(played, barge_in=False)] if played else []
        heard += told
        self.actions += heard
        self.change(phase=Phase.LEAVING, leaving=leaving, typed=(), muted=False)
        if not heard:
            self.leave()

    def leave(self) -> None:
        """Everything was heard: now the caller goes."""
        if self.state.leaving is not None:
            self.actions.append(self.state.leaving)
            self.change(phase=Phase.DONE)

    def marked(self, node: Node) -> None:
        """What the node says of a caller who goes on from it."""
        for task, step in ((node.completes, "done"), (node.fails, "failed")):
            if task is not None:
                self.facts.append(Moved(task, step))
