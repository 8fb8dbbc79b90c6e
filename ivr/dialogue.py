"""The caller's dialogue as pure decisions: what happened in, what to do and what became true out.

What a listener of these steps does:

- a step with actions first stops what is still being played and any wait, then does its actions
  in order; a step without actions leaves both alone;
- `Played` is told once, when everything the last step wanted heard has been heard to its end
  (never for what was stopped), and `Waited` when the seconds of the last `Listen` are over;
- `Answered` follows every `Ask` and `OpenTicket`, `Recorded` every `Record`;
- `GoToQueue`, `BackInLine`, `OfferCallback`, `Transfer` and `HangUp` are always the last action of
  the last step that has any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ivr.behaviours import BEHAVIOURS, PATIENT_SECONDS, Behaviour
from ivr.menu import Menu
from ivr.parts import Handover
from ivr.turn import Phase, State, Turn
from ivr.values import Values
from ivr.vocabulary import (
    Action,
    Answered,
    Ask,
    Declined,
    Entered,
    Event,
    GoToQueue,
    Happened,
    Listen,
    Moved,
    MuteRecorders,
    Played,
    Pressed,
    Reasoned,
    Recorded,
    SetLanguage,
    Waited,
)
from ivr.world import World

__all__ = ["TABLE", "Phase", "State", "Step", "start", "step"]

#: keys kept while prompts play that no key may stop; more are dropped
MAX_TYPED_AHEAD = 16
#: nodes passed in one step; a menu that has more between two prompts is lost, and its caller is not
MOST_AT_ONCE = 60


@dataclass(frozen=True, slots=True)
class Step:
    """What one event led to."""

    state: State
    actions: tuple[Action, ...] = ()
    facts: tuple[Happened, ...] = ()


def start(
    menu: Menu,
    language: str = "",
    world: World | None = None,
    *,
    node: str = "",
    values: Values | None = None,
    reason: str = "",
    waits_in: str = "",
    visits: Mapping[str, int] | None = None,
) -> Step:
    """The dialogue's first step; a language the menu does not offer means the menu's own.

    `node`: where a caller goes on who comes back from a queue or a talk, with what was learned and
    where they were before (`visits`); `waits_in`: the queue where they have a place.
    """
    language = language if language in menu.languages else menu.language
    begin = node if node in menu.nodes else menu.start
    state = State(
        phase=Phase.TELLING, node=begin, language=language, values=values or {}, reason=reason,
        waits_in=waits_in, visits=visits or {},
    )  # fmt: skip
    turn = Turn(menu, state, world or World())
    turn.actions.append(SetLanguage(language))
    turn.goal = begin
    return _worked_out(turn)


def step(menu: Menu, state: State, event: Event, world: World | None = None) -> Step:
    """What the event leads to; an event that means nothing in the state changes nothing."""
    turn = Turn(menu, state, world or World())
    TABLE[state.phase][type(event)](turn, event)
    return _worked_out(turn)


def go_on(menu: Menu, state: State, declined: Declined, world: World | None = None) -> Step:
    """The step of a caller who left the menu for the offer of a call back, and declined it."""
    turn = Turn(menu, state, world or World())
    turn.hand_over(
        Handover(
            queue=declined.queue, priority=declined.priority, say_position=declined.say_position
        )
    )
    return _worked_out(turn)


def _worked_out(turn: Turn) -> Step:
    # a loop, not a recursion: keys typed ahead may lead through many nodes in one step
    passed = 0
    while True:
        state = turn.state
        if turn.goal is not None:
            goal, turn.goal = turn.goal, None
            passed += 1
            if passed > MOST_AT_ONCE:
                person = turn.menu.person
                turn.part(person.prompts, GoToQueue(person.queue, person.priority, state.reason))
                break
            _enter(turn, goal)
        elif state.phase is Phase.LISTENING and state.typed:
            digit, *typed = state.typed
            turn.change(typed=tuple(typed))
            _behaviour(turn).key(turn, turn.node, digit)
        else:
            break
    return Step(turn.state, tuple(turn.actions), tuple(turn.facts))


def _behaviour(turn: Turn) -> Behaviour[Any]:
    return BEHAVIOURS[type(turn.node)]


def _enter(turn: Turn, name: str) -> None:
    visits = turn.state.visits
    if visits and name != turn.state.node:
        turn.marked(turn.node)
    turn.facts.append(Entered(name, turn.state.language))
    counted = {**visits, name: visits.get(name, 0) + 1}
    turn.change(
        node=name, no_input=0, no_match=0, entry="", stage=0, onward="", held=None, recording="",
        recorded_seconds=0.0, visits=counted,
    )  # fmt: skip
    node = turn.node
    if node.starts is not None:
        turn.facts.append(Moved(node.starts, "started"))
    if node.reason is not None and node.reason != turn.state.reason:
        turn.change(reason=node.reason)
        turn.facts.append(Reasoned(node.reason))
    if node.sensitive != turn.state.muted:
        turn.change(muted=node.sensitive)
        turn.actions.append(MuteRecorders(muted=node.sensitive))
    _behaviour(turn).enter(turn, node)
    asks = any(isinstance(action, Ask) for action in turn.actions)
    if asks and turn.state.phase is Phase.ASKING:
        turn.actions.append(Listen(PATIENT_SECONDS))


# --- answers to events, named in the table ----------------------------------------------------


def _ignore(turn: Turn, event: Event) -> None:
    pass


def _keep(turn: Turn, event: Event) -> None:
    if isinstance(event, Pressed) and len(turn.state.typed) < MAX_TYPED_AHEAD:
        turn.change(typed=(*turn.state.typed, event.digit))


def _use_key(turn: Turn, event: Event) -> None:
    """A key stops the prompts, and is the node's."""
    if isinstance(event, Pressed):
        turn.change(phase=Phase.LISTENING)
        _behaviour(turn).key(turn, turn.node, event.digit)


def _go_on(turn: Turn, event: Event) -> None:
    """The prompts are over."""
    state = turn.state
    if state.onward:
        turn.goal = state.onward
    elif state.typed:
        turn.change(phase=Phase.LISTENING)
    else:
        _behaviour(turn).heard(turn, turn.node)


def _time_over(turn: Turn, event: Event) -> None:
    _behaviour(turn).silent(turn, turn.node)


def _answer(turn: Turn, event: Event) -> None:
    if isinstance(event, Answered):
        _behaviour(turn).answered(turn, turn.node, event.answer)


def _told(turn: Turn, event: Event) -> None:
    """What was said while a service is asked was heard."""
    _behaviour(turn).heard(turn, turn.node)


def _spoken(turn: Turn, event: Event) -> None:
    if isinstance(event, Recorded):
        _behaviour(turn).recorded(turn, turn.node, event.seconds)


def _leave(turn: Turn, event: Event) -> None:
    turn.leave()


_Answer: TypeAlias = Callable[[Turn, Event], None]
_NOTHING: dict[type[Event], _Answer] = dict.fromkeys(
    (Pressed, Played, Waited, Answered, Recorded), _ignore
)

#: what each event means in each phase
TABLE: dict[Phase, dict[type[Event], _Answer]] = {
    Phase.PLAYING: {**_NOTHING, Pressed: _use_key, Played: _go_on},
    Phase.TELLING: {**_NOTHING, Pressed: _keep, Played: _go_on},
    Phase.LISTENING: {**_NOTHING, Pressed: _use_key, Waited: _time_over},
    Phase.ASKING: {
        **_NOTHING, Pressed: _keep, Played: _told, Waited: _time_over, Answered: _answer
    },
    Phase.RECORDING: {**_NOTHING, Recorded: _spoken},
    Phase.LEAVING: {**_NOTHING, Played: _leave},
    Phase.DONE: _NOTHING,
}  # fmt: skip
