"""What each kind of node does when a caller comes to it, presses a key, or an answer comes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from customers.surveys import in_turn
from ivr.choices import Back, ChangeLanguage, Choice, EndCall, Goto, Repeat
from ivr.digits import amount_of, date_of, is_right
from ivr.nodes import (
    NO_KEY,
    YES_KEY,
    ActionNode,
    CallbackNode,
    CollectNode,
    ConditionNode,
    ConfirmNode,
    HangUpNode,
    IncidentsNode,
    LanguageNode,
    LookUpNode,
    Marked,
    MenuNode,
    Question,
    QueueNode,
    RecordNode,
    SayNode,
    SurveyNode,
    TicketNode,
    TransferNode,
    WaitOnNode,
)
from ivr.outline import PERSON_KEY
from ivr.parts import Handover
from ivr.services import FAILED, OUTCOMES, Answer
from ivr.turn import Phase, Turn
from ivr.values import Value
from ivr.vocabulary import (
    Ask,
    BackInLine,
    HangUp,
    Known,
    OfferCallback,
    OpenTicket,
    Play,
    PlayRecording,
    Record,
    Sent,
    SetLanguage,
    Surveyed,
    Transfer,
)

N = TypeVar("N", bound=Marked)

END_KEY, AGAIN_KEY = "#", "*"
#: an answer that comes sooner needs no "one moment, please"
PATIENT_SECONDS = 0.7
#: shorter than this nothing was said
SHORTEST_SECONDS = 1.0
LISTEN_KEY, SPEAK_AGAIN_KEY, SEND_KEY = "1", "2", "3"


class Behaviour(Generic[N]):
    """One kind of node; what it does not say means nothing to it."""

    def enter(self, turn: Turn, node: N) -> None:
        """The caller is here."""

    def heard(self, turn: Turn, node: N) -> None:
        """What it said was heard to its end, and no key waits."""

    def key(self, turn: Turn, node: N, digit: str) -> None:
        """A key while it listens, or while it plays what a key stops."""

    def silent(self, turn: Turn, node: N) -> None:
        """Nothing was pressed in time."""

    def answered(self, turn: Turn, node: N, answer: Answer) -> None:
        """What was asked for is known."""

    def recorded(self, turn: Turn, node: N, seconds: float) -> None:
        """The caller is done speaking."""


class _Menu(Behaviour[MenuNode]):
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
                _speak(turn, after if wanted == "next" else wanted)
                turn.goal = state.node
            case EndCall(prompts=prompts):
                turn.part(prompts, HangUp())
            case Handover():
                turn.hand_over(choice)


class _Collect(Behaviour[CollectNode]):
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
                return date_of(entry, turn.known.local().date())
            case _:
                return entry


class _Confirm(Behaviour[ConfirmNode]):
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


class _Record(Behaviour[RecordNode]):
    """Stage 0 is before the caller has said anything, stage 1 the review."""

    def enter(self, turn: Turn, node: RecordNode) -> None:
        turn.change(stage=0, typed=())
        turn.ask(node, node.prompts)

    def heard(self, turn: Turn, node: RecordNode) -> None:
        if turn.state.stage == 0:
            self._begin(turn, node)
        else:
            turn.listen(turn.menu.patience(node).no_input_seconds)

    def key(self, turn: Turn, node: RecordNode, digit: str) -> None:
        if digit == PERSON_KEY:
            turn.chosen("person")
            turn.hand_over(turn.menu.person)
        elif turn.state.stage == 0 or digit == SPEAK_AGAIN_KEY:
            self._begin(turn, node)  # enough was heard: speak
        elif digit == LISTEN_KEY:
            turn.change(phase=Phase.PLAYING)
            turn.actions.append(PlayRecording(turn.state.recording))
            turn.actions.append(Play(turn.words(node.review_prompts) or (), barge_in=True))
        elif digit == SEND_KEY:
            turn.chosen("send")
            self._send(turn, node)
        else:
            self._review(turn, node)

    def silent(self, turn: Turn, node: RecordNode) -> None:
        """Who spoke and says nothing more meant to leave it."""
        self._send(turn, node)

    def recorded(self, turn: Turn, node: RecordNode, seconds: float) -> None:
        if seconds >= SHORTEST_SECONDS:
            turn.change(stage=1, recorded_seconds=seconds)
            self._review(turn, node)
            return
        turn.change(no_input=turn.state.no_input + 1)
        if turn.state.no_input >= turn.menu.patience(node).max_no_input:
            turn.tell(("record_nothing",), node.nothing)
        else:
            turn.change(phase=Phase.PLAYING)
            turn.actions.append(Play(("record_nothing",), barge_in=True))

    def _begin(self, turn: Turn, node: RecordNode) -> None:
        visit = turn.state.visits.get(turn.state.node, 0)
        call = re.sub(r"[^a-z0-9]+", "-", turn.world.call_id.lower())[:50]
        name = f"{node.purpose}-{call}-{visit}"
        turn.change(phase=Phase.RECORDING, stage=0, typed=(), recording=name)
        turn.actions.append(Record(name, node.most_seconds, node.silence_seconds))

    def _review(self, turn: Turn, node: RecordNode) -> None:
        turn.change(phase=Phase.PLAYING, typed=())
        turn.actions.append(Play(turn.words(node.review_prompts) or (), barge_in=True))

    def _send(self, turn: Turn, node: RecordNode) -> None:
        state = turn.state
        turn.facts.append(Sent(state.recording, node.purpose, state.recorded_seconds))
        turn.learn(node.into, state.recording)
        turn.change(recording="")
        turn.tell(("record_sent",), node.goto)


class _Say(Behaviour[SayNode]):
    def enter(self, turn: Turn, node: SayNode) -> None:
        turn.tell(node.prompts, node.goto, barge_in=turn.menu.barge_in(node))

    def key(self, turn: Turn, node: SayNode, digit: str) -> None:
        turn.change(typed=(digit, *turn.state.typed))
        turn.goal = node.goto


class _Asks(Behaviour[N]):
    """Stage 0 waits in silence, 1 while prompts play, 2 after them."""

    def silent(self, turn: Turn, node: N) -> None:
        prompts = node.prompts if isinstance(node, LookUpNode | ActionNode) else ()
        played = turn.words(prompts)
        if turn.state.stage == 0 and played:
            turn.change(stage=1)
            turn.actions.append(Play(played, barge_in=False))

    def heard(self, turn: Turn, node: N) -> None:
        held = turn.state.held
        turn.change(stage=2, held=None)
        if held is not None:
            self.goes_on(turn, node, held)

    def answered(self, turn: Turn, node: N, answer: Answer) -> None:
        if turn.state.stage == 1:
            turn.change(held=answer)
        else:
            self.goes_on(turn, node, answer)

    def goes_on(self, turn: Turn, node: N, answer: Answer) -> None:
        """The answer decides."""
        raise NotImplementedError


class _Service(_Asks[Any]):
    def enter(self, turn: Turn, node: LookUpNode | ActionNode) -> None:
        arguments = {name: turn.value(source) for name, source in node.arguments.items()}
        if None in arguments.values():
            self.goes_on(turn, node, Answer(FAILED))  # there is nothing to ask with
            return
        visit = turn.state.visits.get(turn.state.node, 0)
        key = f"{turn.world.call_id}-{turn.state.node}-{visit}"
        turn.change(phase=Phase.ASKING, stage=0, held=None)
        turn.actions.append(Ask(node.service, arguments, key))

    def goes_on(self, turn: Turn, node: LookUpNode | ActionNode, answer: Answer) -> None:
        if answer.outcome == "missing":
            turn.learn(node.into, None)
        elif answer.outcome != FAILED:
            asked = {name: turn.value(source) for name, source in node.arguments.items()}
            values = {**answer.values, "outcome": answer.outcome, "asked": asked}
            turn.learn(node.into, values)
        declared = answer.outcome in OUTCOMES[node.kind]
        turn.goal = getattr(node, answer.outcome) if declared else node.failed
        if answer.outcome == "found":
            self._know(turn, node, answer)

    def _know(self, turn: Turn, node: LookUpNode | ActionNode, answer: Answer) -> None:
        """Who calls is a fact of the call, not only of the menu."""
        if node.service in ("customer_by_number", "customer_by_account"):
            who, account = answer.values.get("id"), str(answer.values.get("account") or "")
            if isinstance(who, int):
                turn.facts.append(Known(who, account, proven=False))
        elif node.service == "prove_customer":
            who = turn.value(node.arguments["customer"]) if "customer" in node.arguments else None
            if isinstance(who, int):
                turn.facts.append(Known(who, "", proven=True))


class _Ticket(_Asks[TicketNode]):
    def enter(self, turn: Turn, node: TicketNode) -> None:
        note = turn.state.values.get(node.note) if node.note else None
        turn.change(phase=Phase.ASKING, stage=0, held=None)
        turn.actions.append(
            OpenTicket(
                node.ticket,
                turn.state.reason,
                note if isinstance(note, str) else "",
                node.working_days,
            )
        )

    def goes_on(self, turn: Turn, node: TicketNode, answer: Answer) -> None:
        turn.learn(node.into, {**answer.values, "outcome": answer.outcome})
        turn.goal = node.failed if answer.outcome == FAILED else node.goto


class _Condition(Behaviour[ConditionNode]):
    def enter(self, turn: Turn, node: ConditionNode) -> None:
        true = (case.goto for case in node.cases if turn.holds(case.when))
        turn.goal = next(true, node.otherwise)


class _Survey(Behaviour[SurveyNode]):
    """`stage` counts the questions that were put."""

    def enter(self, turn: Turn, node: SurveyNode) -> None:
        turn.change(stage=0)
        self._next(turn, node)

    def _next(self, turn: Turn, node: SurveyNode) -> None:
        questions = _asked(node, turn.world.call_id)
        if turn.state.stage == len(questions):
            turn.goal = node.goto
            return
        question = questions[turn.state.stage]
        turn.change(stage=turn.state.stage + 1, entry="", no_match=0, phase=Phase.PLAYING)
        turn.facts.append(Surveyed(question.name, None, question.low, question.high))
        turn.actions.append(Play(turn.words(question.prompts) or (), barge_in=True))

    def heard(self, turn: Turn, node: SurveyNode) -> None:
        turn.listen(turn.menu.defaults.no_input_seconds)

    def silent(self, turn: Turn, node: SurveyNode) -> None:
        if turn.state.entry:
            self._take(turn, node)
        else:
            self._next(turn, node)

    def key(self, turn: Turn, node: SurveyNode, digit: str) -> None:
        question = _asked(node, turn.world.call_id)[turn.state.stage - 1]
        if digit == END_KEY:
            self.silent(turn, node)
            return
        turn.change(entry=turn.state.entry + digit)
        # a one may be the beginning of ten
        if question.high == 10 and turn.state.entry == "1":
            turn.listen(2.0)
        else:
            self._take(turn, node)

    def _take(self, turn: Turn, node: SurveyNode) -> None:
        question = _asked(node, turn.world.call_id)[turn.state.stage - 1]
        entry = turn.state.entry
        if entry.isdecimal() and question.low <= int(entry) <= question.high:
            turn.facts.append(Surveyed(question.name, int(entry), question.low, question.high))
            self._next(turn, node)
        elif turn.state.no_match:
            self._next(turn, node)
        else:
            turn.change(no_match=1, entry="", phase=Phase.PLAYING)
            turn.actions.append(Play(turn.words(question.prompts) or (), barge_in=True))


def _asked(node: SurveyNode, call_id: str) -> tuple[Question, ...]:
    """All questions, or the one whose turn it is: decided by the call, so that it never changes."""
    if node.ask == "all":
        return node.questions
    drawn = in_turn(call_id, {each.name: each.weight for each in node.questions})
    return tuple(each for each in node.questions if each.name == drawn)


class _Incidents(Behaviour[IncidentsNode]):
    def enter(self, turn: Turn, node: IncidentsNode) -> None:
        area = turn.value(node.area) if node.area is not None else ""
        turn.tell(turn.world.incidents(area if isinstance(area, str) else ""), node.goto)


class _Language(Behaviour[LanguageNode]):
    def enter(self, turn: Turn, node: LanguageNode) -> None:
        wanted = turn.value(node.language)
        if isinstance(wanted, str) and wanted in turn.menu.languages:
            _speak(turn, wanted)
        turn.goal = node.goto


class _Queue(Behaviour[QueueNode]):
    def enter(self, turn: Turn, node: QueueNode) -> None:
        turn.hand_over(node)


class _WaitOn(Behaviour[WaitOnNode]):
    def enter(self, turn: Turn, node: WaitOnNode) -> None:
        if turn.state.waits_in:
            turn.part(node.prompts, BackInLine(turn.state.waits_in))
        else:
            turn.hand_over(turn.menu.person)


class _Callback(Behaviour[CallbackNode]):
    def enter(self, turn: Turn, node: CallbackNode) -> None:
        offer = OfferCallback(node.queue, node.priority, node.say_position)
        turn.part(node.prompts, offer)


class _Transfer(Behaviour[TransferNode]):
    def enter(self, turn: Turn, node: TransferNode) -> None:
        turn.part(node.prompts, Transfer(node.target))


class _HangUp(Behaviour[HangUpNode]):
    def enter(self, turn: Turn, node: HangUpNode) -> None:
        turn.part(node.prompts, HangUp())


def _speak(turn: Turn, language: str) -> None:
    turn.change(language=language)
    turn.actions.append(SetLanguage(language))


BEHAVIOURS: Mapping[type[Marked], Behaviour[Any]] = {
    MenuNode: _Menu(),
    CollectNode: _Collect(),
    ConfirmNode: _Confirm(),
    RecordNode: _Record(),
    SayNode: _Say(),
    LookUpNode: _Service(),
    ActionNode: _Service(),
    TicketNode: _Ticket(),
    ConditionNode: _Condition(),
    SurveyNode: _Survey(),
    IncidentsNode: _Incidents(),
    LanguageNode: _Language(),
    QueueNode: _Queue(),
    WaitOnNode: _WaitOn(),
    CallbackNode: _Callback(),
    TransferNode: _Transfer(),
    HangUpNode: _HangUp(),
}
