"""The caller's dialogue as pure decisions: what happened in, what to do and what became true out.

What a listener of these steps does:

- a step with actions first stops what is still being played and any wait, then does its actions
  in order; a step without actions leaves both alone;
- `Played` is told once, when everything the last step wanted heard has been heard to its end
  (never for what was stopped), and `Waited` when the seconds of the last `Listen` are over;
- `GoToQueue`, `OfferCallback` and `HangUp` are always the last action of the last step that has
  any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from ivr.menu import Menu
from ivr.nodes import (
    Back,
    CallbackNode,
    ChangeLanguage,
    Choice,
    EndCall,
    Goto,
    Handover,
    HangUpNode,
    MenuNode,
    QueueNode,
    Repeat,
    SayNode,
)
from ivr.vocabulary import (
    Action,
    Chosen,
    Entered,
    Event,
    GoToQueue,
    HangUp,
    Happened,
    Listen,
    Missed,
    OfferCallback,
    Play,
    Played,
    Pressed,
    SayPosition,
    SetLanguage,
    Waited,
)

#: keys kept while prompts play that no key may stop; more are dropped
MAX_TYPED_AHEAD = 16


class Phase(StrEnum):
    """What the caller is living through."""

    PLAYING = "playing"  # prompts that a key stops
    TELLING = "telling"  # prompts that play to their end; keys are kept for after
    LISTENING = "listening"  # silence: a key is awaited
    LEAVING = "leaving"  # the last prompts before a queue or the end
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where the dialogue is. Only `TELLING` holds keys in `typed` from one event to the next."""

    phase: Phase
    node: str
    language: str
    trail: tuple[str, ...] = ()  # the menu nodes `back` leads through, nearest last
    no_input: int = 0  # misses of each kind since the node was entered
    no_match: int = 0
    typed: tuple[str, ...] = ()
    leaving: GoToQueue | OfferCallback | HangUp | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one event led to."""

    state: State
    actions: tuple[Action, ...] = ()
    facts: tuple[Happened, ...] = ()


def start(menu: Menu, language: str = "") -> Step:
    """The dialogue's first step; a language the menu does not offer means the menu's own."""
    language = language if language in menu.languages else menu.language
    turn = _Turn(menu, State(phase=Phase.TELLING, node=menu.start, language=language))
    turn.actions.append(SetLanguage(language))
    turn.goal = menu.start
    return turn.step()


def step(menu: Menu, state: State, event: Event) -> Step:
    """What the event leads to; an event that means nothing in the state changes nothing."""
    turn = _Turn(menu, state)
    TABLE[state.phase][type(event)](turn, event)
    return turn.step()


class _Turn:
    """The scratch paper of one step."""

    def __init__(self, menu: Menu, state: State) -> None:
        self.menu = menu
        self.state = state
        self.actions: list[Action] = []
        self.facts: list[Happened] = []
        self.goal: str | None = None

    def step(self) -> Step:
        # a loop, not a recursion: keys typed ahead may lead through many nodes in one step
        while self.goal is not None:
            goal, self.goal = self.goal, None
            self.enter(goal)
        return Step(self.state, tuple(self.actions), tuple(self.facts))

    # --- answers to events, named in the table

    def ignore(self, event: Event) -> None:
        pass

    def keep(self, event: Event) -> None:
        if isinstance(event, Pressed) and len(self.state.typed) < MAX_TYPED_AHEAD:
            self.state = replace(self.state, typed=(*self.state.typed, event.digit))

    def use_key(self, event: Event) -> None:
        self.keep(event)
        self.go_on(event)

    def go_on(self, event: Event | None = None) -> None:
        """The node's prompts are over, or a key makes them superfluous."""
        node = self.menu.nodes[self.state.node]
        if isinstance(node, SayNode):
            self.goal = node.goto
        elif isinstance(node, MenuNode) and self.state.typed:
            digit, *typed = self.state.typed
            self.state = replace(self.state, typed=tuple(typed))
            self.choose(node, digit)
        elif isinstance(node, MenuNode):
            self.state = replace(self.state, phase=Phase.LISTENING)
            self.actions.append(Listen(self.menu.patience(node).no_input_seconds))

    def time_over(self, event: Event) -> None:
        node = self.menu.nodes[self.state.node]
        if isinstance(node, MenuNode):
            self.miss(node, "no_input")

    def leave(self, event: Event | None = None) -> None:
        if self.state.leaving is not None:
            self.actions.append(self.state.leaving)
            self.state = replace(self.state, phase=Phase.DONE)

    # --- the ways through a menu

    def enter(self, name: str) -> None:
        self.facts.append(Entered(name, self.state.language))
        self.state = replace(self.state, node=name, no_input=0, no_match=0)
        node = self.menu.nodes[name]
        match node:
            case MenuNode():
                # a node met before is returned to: the trail never holds one twice
                trail = self.state.trail
                kept = trail[: trail.index(name)] if name in trail else trail
                self.state = replace(self.state, trail=kept)
                self.say(node, node.prompts)
            case SayNode():
                self.say(node, node.prompts)
            case QueueNode():
                self.hand_over(node)
            case CallbackNode():
                offer = OfferCallback(node.queue, node.priority, node.say_position)
                self.part(node.prompts, offer)
            case HangUpNode():
                self.part(node.prompts, HangUp())

    def say(self, node: MenuNode | SayNode, prompts: tuple[str, ...]) -> None:
        barge_in = self.menu.barge_in(node)
        if barge_in and self.state.typed:
            self.go_on()
            return
        self.state = replace(self.state, phase=Phase.PLAYING if barge_in else Phase.TELLING)
        self.actions.append(Play(prompts, barge_in))

    def choose(self, node: MenuNode, digit: str) -> None:
        choice = self.menu.choice(node, digit)
        if choice is None:
            self.miss(node, "no_match")
        else:
            self.facts.append(Chosen(self.state.node, choice.name))
            self.follow(node, choice)

    def follow(self, node: MenuNode, choice: Choice) -> None:
        state = self.state
        match choice:
            case Goto(goto=goal):
                self.state = replace(state, trail=(*state.trail, state.node))
                self.goal = goal
            case Back() if state.trail:
                self.goal = state.trail[-1]
            case Back() | Repeat():
                self.say(node, node.prompts)
            case ChangeLanguage(language=wanted):
                language = self.menu.language_after(state.language) if wanted == "next" else wanted
                self.state = replace(state, language=language)
                self.actions.append(SetLanguage(language))
                self.goal = state.node
            case EndCall(prompts=prompts):
                self.part(prompts, HangUp())
            case Handover():
                self.hand_over(choice)

    def miss(self, node: MenuNode, kind: str) -> None:
        """Whatever was typed ahead meant something else: it is forgotten."""
        self.facts.append(Missed(self.state.node, kind))
        patience = self.menu.patience(node)
        if kind == "no_input":
            self.state = replace(self.state, typed=(), no_input=self.state.no_input + 1)
            count, most = self.state.no_input, patience.max_no_input
            escalation = patience.no_input_prompts
        else:
            self.state = replace(self.state, typed=(), no_match=self.state.no_match + 1)
            count, most = self.state.no_match, patience.max_no_match
            escalation = patience.no_match_prompts
        if count >= most:
            self.hand_over(patience.too_many or self.menu.person)
        else:
            self.say(node, (*escalation[:count][-1:], *node.prompts))

    def hand_over(self, to: Handover) -> None:
        position = (SayPosition(to.queue),) if to.say_position else ()
        self.part(to.prompts, GoToQueue(to.queue, to.priority), position)

    def part(
        self,
        prompts: tuple[str, ...],
        leaving: GoToQueue | OfferCallback | HangUp,
        position: tuple[SayPosition, ...] = (),
    ) -> None:
        heard: list[Action] = [Play(prompts, barge_in=False)] if prompts else []
        heard += position
        self.actions += heard
        self.state = replace(self.state, phase=Phase.LEAVING, leaving=leaving, typed=())
        if not heard:
            self.leave()


_Answer: TypeAlias = Callable[[_Turn, Event], None]

#: what each event means in each phase
TABLE: dict[Phase, dict[type[Event], _Answer]] = {
    Phase.PLAYING: {Pressed: _Turn.use_key, Played: _Turn.go_on, Waited: _Turn.ignore},
    Phase.TELLING: {Pressed: _Turn.keep, Played: _Turn.go_on, Waited: _Turn.ignore},
    Phase.LISTENING: {Pressed: _Turn.use_key, Played: _Turn.ignore, Waited: _Turn.time_over},
    Phase.LEAVING: {Pressed: _Turn.ignore, Played: _Turn.leave, Waited: _Turn.ignore},
    Phase.DONE: {Pressed: _Turn.ignore, Played: _Turn.ignore, Waited: _Turn.ignore},
}
