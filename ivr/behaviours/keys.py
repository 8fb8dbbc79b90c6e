"""Nodes that ask for keys: a menu, an entry, a confirmation."""

from __future__ import annotations

from ivr.behaviours.behaviour import Behaviour, speak
from ivr.choices import Back, ChangeLanguage, Choice, EndCall, Goto, Repeat
from ivr.digits import amount_of, date_of, is_right
from ivr.nodes import (
    NO_KEY,
    YES_KEY,
    CollectNode,
    ConfirmNode,
    MenuNode,
)
from ivr.outline import PERSON_KEY
from ivr.parts import Handover
from ivr.turn import Turn
from ivr.values import Value
from ivr.vocabulary import (
    HangUp,
)

END_KEY, AGAIN_KEY = "#", "*"


class MenuBehaviour(Behaviour[MenuNode]):
    def enter(self, turn: Turn, node: MenuNode) -> None:
        # a node met before is returned to: the trail never holds one twice
        trail, name = turn.state.trail, turn.state.node
        turn.change(trail=trail[: trail.index(name)] if name in trail else trail)
        turn.ask(node, node.prompts)

    def heard(self, turn: Turn, node: MenuNode) -> None:
        turn.listen(turn.menu.patience(node).no_input_seconds)

    def silent(self, turn: Turn, node: MenuNode) -> None:
        turn.miss(node, "no_input")

    def key(self, turn: Turn, node: MenuNode, digit: str) -> None:
        choice = turn.menu.choice(node, digit)
        if choice is None:
            turn.miss(node, "no_match")
        else:
            turn.chosen(choice.name)
            self._follow(turn, node, choice)

    def _follow(self, turn: Turn, node: MenuNode, choice: Choice) -> None:
        state = turn.state
        match choice:
            case Goto(goto=goal):
                turn.change(trail=(*state.trail, state.node))
                turn.goal = goal
            case Back() if state.trail:
                turn.goal = state.trail[-1]
            case Back() | Repeat():
                turn.ask(node, node.prompts)
            case ChangeLanguage(language=wanted):
                after = turn.menu.language_after(state.language)
                speak(turn, after if wanted == "next" else wanted)
                turn.goal = state.node
            case EndCall(prompts=prompts):
                turn.part(prompts, HangUp())
            case Handover():
                turn.hand_over(choice)


class CollectBehaviour(Behaviour[CollectNode]):
    def enter(self, turn: Turn, node: CollectNode) -> None:
        turn.ask(node, node.prompts)

    def heard(self, turn: Turn, node: CollectNode) -> None:
        turn.listen(turn.menu.patience(node).no_input_seconds)

    def silent(self, turn: Turn, node: CollectNode) -> None:
        if turn.state.entry:
            self._take(turn, node)
        else:
            turn.miss(node, "no_input")

    def key(self, turn: Turn, node: CollectNode, digit: str) -> None:
        if digit == END_KEY:
            self.silent(turn, node)
        elif digit == AGAIN_KEY:
            turn.change(entry="")
            self.heard(turn, node)
        else:
            turn.change(entry=turn.state.entry + digit)
            if len(turn.state.entry) == node.most:
                self._take(turn, node)
            else:
                turn.listen(node.next_key_seconds)

    def _take(self, turn: Turn, node: CollectNode) -> None:
        entry = turn.state.entry
        if entry == PERSON_KEY and node.fewest > 1:
            turn.chosen("person")
            turn.hand_over(turn.menu.person)
            return
        value = self._meant(turn, node, entry)
        if value is None:
            turn.miss(node, "no_match")
            return
        turn.chosen("entered")
        turn.change(entry="")
        turn.learn(node.into, value)
        turn.goal = node.goto

    def _meant(self, turn: Turn, node: CollectNode, entry: str) -> Value:
        digits = entry.isascii() and entry.isdigit()  # phones have keys A to D as well
        if not digits or len(entry) < node.fewest or not is_right(entry, node.check):
            return None
        match node.what:
            case "amount":
                return amount_of(entry)
            case "date":
                today = turn.known.local().date()
                return date_of(entry, today, within_days=node.within_days)
            case _:
                return entry


class ConfirmBehaviour(Behaviour[ConfirmNode]):
    def enter(self, turn: Turn, node: ConfirmNode) -> None:
        turn.ask(node, node.prompts)

    def heard(self, turn: Turn, node: ConfirmNode) -> None:
        turn.listen(turn.menu.patience(node).no_input_seconds)

    def silent(self, turn: Turn, node: ConfirmNode) -> None:
        turn.miss(node, "no_input")

    def key(self, turn: Turn, node: ConfirmNode, digit: str) -> None:
        if digit in (YES_KEY, NO_KEY):
            turn.chosen("yes" if digit == YES_KEY else "no")
            turn.goal = node.yes if digit == YES_KEY else node.no
        elif digit == PERSON_KEY:
            turn.chosen("person")
            turn.hand_over(turn.menu.person)
        elif digit == AGAIN_KEY:
            turn.ask(node, node.prompts)
        else:
            turn.miss(node, "no_match")
