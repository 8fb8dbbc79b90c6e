"""What became true in a dialogue, as facts of one call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from calls.events import (
    CallbackAsked,
    CustomerKnown,
    Fact,
    MenuChosen,
    MenuEntered,
    MenuMissed,
    MessageRecorded,
    QueueRefused,
    ReasonGiven,
    SurveyAnswered,
    SurveyAsked,
    TaskMoved,
)
from ivr.vocabulary import (
    Asked,
    Chosen,
    Entered,
    Happened,
    Known,
    Missed,
    Moved,
    Reasoned,
    Sent,
    Surveyed,
    TurnedAway,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Of which call, in which menu."""

    pbx: str
    call_id: str
    menu: str
    version: str
    now: Callable[[], datetime]
    #: the caller's place in a queue, as a moment
    place: Callable[[str], datetime]

    def fact(self, happened: Happened) -> Fact:
        """The fact, as of now."""
        at, pbx, call_id = self.now(), self.pbx, self.call_id
        match happened:
            case Known(customer_id=customer_id, account=account, proven=proven):
                return CustomerKnown(
                    at=at, pbx=pbx, call_id=call_id, customer_id=customer_id, account=account,
                    proven=proven,
                )  # fmt: skip
            case Moved(task=task, step=step):
                return TaskMoved(at=at, pbx=pbx, call_id=call_id, task=task, step=step)
            case Reasoned(reason=reason):
                return ReasonGiven(at=at, pbx=pbx, call_id=call_id, reason=reason)
            case Sent(recording=recording, purpose=purpose, seconds=seconds):
                return MessageRecorded(
                    at=at, pbx=pbx, call_id=call_id, recording=recording, purpose=purpose,
                    seconds=seconds,
                )  # fmt: skip
            case Surveyed(question=question, answer=None):
                return SurveyAsked(at=at, pbx=pbx, call_id=call_id, question=question)
            case Surveyed(question=question, answer=int() as answer, low=low, high=high):
                return SurveyAnswered(
                    at=at, pbx=pbx, call_id=call_id, question=question, answer=answer, low=low,
                    high=high,
                )  # fmt: skip
            case TurnedAway(queue=queue, why=why):
                return QueueRefused(at=at, pbx=pbx, call_id=call_id, queue=queue, why=why)
            case Asked(queue=queue, number=number):
                return CallbackAsked(
                    at=at, pbx=pbx, call_id=call_id, queue=queue, number=number,
                    waiting_since=self.place(queue),
                )  # fmt: skip
            case _:
                return self._of_the_menu(happened)

    def _of_the_menu(self, happened: Happened) -> Fact:
        at, pbx, call_id, menu = self.now(), self.pbx, self.call_id, self.menu
        match happened:
            case Entered(node=node, language=language):
                return MenuEntered(
                    at=at, pbx=pbx, call_id=call_id, menu=menu, node=node, language=language,
                    version=self.version,
                )  # fmt: skip
            case Chosen(node=node, choice=choice):
                return MenuChosen(
                    at=at, pbx=pbx, call_id=call_id, menu=menu, node=node, choice=choice
                )
            case Missed(node=node, kind=kind):
                return MenuMissed(at=at, pbx=pbx, call_id=call_id, menu=menu, node=node, kind=kind)
            case _:
                raise TypeError(f"{happened} becomes no fact: say in ivr/becoming.py which")
