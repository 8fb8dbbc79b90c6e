"""A caller's session with a menu: from its first node to the last, and where it led. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from monitoring.menu_counts import MISROUTED_SECONDS
from monitoring.menu_steps import How, MenuStep
from monitoring.record import CallRecord, QueueStay
from monitoring.stays import waited_in

#: what a choice is called that leads to a person, as the key 0 does where it means nothing else
ASKED_PERSON = "person"

#: the first of these decides what a session came to, whatever follows (a survey after the talk)
_DECISIVE = (How.QUEUE, How.CALLBACK, How.LOST)


_SOON = timedelta(seconds=MISROUTED_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuSession:
    """One call's whole time in one menu."""

    menu: str
    #: of the menu as it was at the beginning; the language is the one at the end
    version: str
    language: str
    began_at: datetime
    #: of the last node; None: the caller is there still
    left_at: datetime | None
    #: how it ended, see `How`; never `on`, "" while it lasts
    how: str
    asked_person: bool
    #: of the whole call: why, the first task done, the first queue, whether an agent talked
    reason: str
    done_at: datetime | None
    queued_at: datetime | None
    talked: bool
    #: soon after a talk began its agent transferred it, or the caller was in another queue
    passed_on: bool


def sessions_of(record: CallRecord) -> list[MenuSession]:
    """The call's sessions, one for each menu it came through."""
    waits = waited_in(record)
    queued_at = min((stay.joined_at for stay in waits), default=None)
    done_at = min((task.done_at for task in record.tasks if task.done_at), default=None)
    talked = any(stay.connected_at for stay in record.stays)
    passed_on = _passed_on(waits)
    found = []
    by_menu = attrgetter("menu")
    for menu, group in groupby(sorted(record.menu_path, key=by_menu), by_menu):
        steps = list(group)
        session = MenuSession(
            menu=menu,
            version=steps[0].version,
            language=steps[-1].language,
            began_at=steps[0].at,
            left_at=steps[-1].left_at,
            how=_how(steps, queued_at, ended=record.ended_at is not None),
            asked_person=any(step.choice == ASKED_PERSON for step in steps),
            reason=record.reason,
            done_at=done_at,
            queued_at=queued_at,
            talked=talked,
            passed_on=passed_on,
        )
        found.append(session)
    return found


def _passed_on(stays: Sequence[QueueStay]) -> bool:
    for place, talk in enumerate(stays):
        if talk.connected_at is None:
            continue
        latest = talk.connected_at + _SOON
        later = (stay for stay in stays[place + 1 :] if stay.queue != talk.queue)
        if any(stay.joined_at <= latest for stay in later):
            return True
        if talk.ended_by == "transfer" and talk.released_at and talk.released_at <= latest:
            return True
    return False


def _how(steps: Sequence[MenuStep], queued_at: datetime | None, *, ended: bool) -> str:
    if queued_at is not None and queued_at < steps[0].at:
        return How.QUEUE  # the menu came after a wait
    decisive = next((step.how for step in steps if step.how in _DECISIVE), None)
    if decisive is not None:
        return decisive
    if queued_at is not None:
        return How.QUEUE  # by way of another menu, or of a target outside
    last = steps[-1].how
    if last == How.ON:
        return ""  # on to another menu: the call goes on
    return How.LOST if ended and not last else last
