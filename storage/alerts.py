"""Alerts: what went wrong, from when to when. One row for as long as it lasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Text,
    and_,
    insert,
    literal,
    or_,
    select,
    update,
)

from dialer.alarm_words import alarm_sentence
from dialer.alarms import Alarm, AlarmKind, Overdue
from dialer.callbacks import KEPT_WITHIN, CallbackState
from monitoring.target_words import target_sentence
from storage.database import Database
from storage.pages import newest_first
from storage.tables import alerts, callbacks
from storage.targets import Within
from storage.webhook_news import News, NewsKind, moment, tell
from storage.within_queues import campaigns_of

#: a call that was made too late is still told so for so long: no look misses it
_JUST_TRIED = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One row; `ended_at` None: it is so still."""

    id: int
    pbx: str
    kind: str
    subject: str
    details: dict[str, Any]
    began_at: datetime
    ended_at: datetime | None

    def sentence(self, language: str) -> str:
        """What is wrong, as it was when it began, in `es` or `en`."""
        if self.kind == AlarmKind.TARGET:
            return target_sentence(self.details, language)
        return alarm_sentence(self.kind, self.subject, self.details, language)


@dataclass(frozen=True, slots=True)
class AlertPage:
    """Alerts, the latest to begin first, and the cursor with which the list goes on."""

    alerts: list[Alert]
    next_cursor: str | None


class AlertStore:
    """Begins alerts, ends them, and reads them again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, pbx: str) -> list[Alert]:
        """One switch's alerts that are not over, oldest first."""
        statement = (
            select(alerts)
            .where(alerts.c.pbx == pbx, alerts.c.ended_at.is_(None))
            .order_by(alerts.c.began_at, alerts.c.id)
        )
        return [_alert(row) for row in await self._database.rows(statement)]

    async def change(
        self,
        pbx: str,
        begun: Sequence[Alarm],
        over: Mapping[tuple[str, str], datetime],
        now: datetime,
        how: Mapping[tuple[str, str], str] = MappingProxyType({}),
    ) -> None:
        """Begin some, end others (by kind and subject, each at its moment), in one transaction.

        One that is on already is not begun again. `how` is what there is to say of ends: it becomes
        `details.ended`. Webhooks are told in the same transaction.
        """

        def write(connection: Connection) -> None:
            news: list[News] = []
            for (kind, subject), ended_at in over.items():
                ends = update(alerts).where(*_on(pbx, kind, subject)).returning(alerts)
                for row in connection.execute(ends.values(ended_at=ended_at)).all():
                    ended = _alert(row)
                    if (kind, subject) in how:
                        details = {**ended.details, "ended": how[kind, subject]}
                        mine = update(alerts).where(alerts.c.id == ended.id)
                        connection.execute(mine.values(details=details))
                        ended = replace(ended, details=details)
                    news.append(_news(NewsKind.ALERT_CLEARED, ended, now))
            for alarm in begun:
                if connection.execute(select(alerts.c.id).where(*_on(pbx, *alarm.key))).first():
                    continue
                values = {
                    "pbx": pbx, "kind": alarm.kind.value, "subject": alarm.subject,
                    "details": dict(alarm.details), "began_at": now,
                }  # fmt: skip
                new = connection.execute(insert(alerts).values(values).returning(alerts)).one()
                news.append(_news(NewsKind.ALERT_RAISED, _alert(new), now))
            tell(connection, news)

        await self._database.write(write)

    async def page(
        self,
        *,
        kind: str | None = None,
        subject: str | None = None,
        since: datetime | None = None,
        within: Within = None,
        seen_queues: frozenset[str] | None = None,
        is_open: bool | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> AlertPage:
        """A page of alerts; raises `CursorError`, and `ValueError` unless `limit` is 1 to 1000.

        `since`: on at that moment or later. The id of a target is the subject of all its alerts,
        of whomever they are. Alerts of targets are only those of `within`, those of campaigns only
        of campaigns that dial for `seen_queues`.
        """
        where: list[ColumnElement[bool]] = []
        if subject is not None:
            of_each = alerts.c.subject.startswith(f"{subject}/", autoescape=True)
            of_target = and_(alerts.c.kind == AlarmKind.TARGET, of_each)
            where.append(or_(alerts.c.subject == subject, of_target))
        if since is not None:
            where.append(or_(alerts.c.ended_at.is_(None), alerts.c.ended_at >= since))
        if within is not None:
            of = [alerts.c.details[name].as_string() for name in ("subject_kind", "subject")]
            where.append(or_(alerts.c.kind != AlarmKind.TARGET, within.holds(*of)))
        if seen_queues is not None:
            where.append(_of_seen_campaigns(seen_queues))
        if kind is not None:
            where.append(alerts.c.kind == kind)
        if is_open is not None:
            ended = alerts.c.ended_at
            where.append(ended.is_(None) if is_open else ended.is_not(None))

        def read(connection: Connection) -> AlertPage:
            rows, following = newest_first(
                connection, alerts, alerts.c.began_at, where, cursor, limit
            )
            return AlertPage([_alert(row) for row in rows], following)

        return await self._database.read(read)

    async def overdue(self, now: datetime) -> list[Overdue]:
        """How each campaign that breaks its promises does so.

        Who gave up a place in a queue was promised no moment.
        """
        late = or_(
            callbacks.c.state == CallbackState.OPEN,
            (callbacks.c.state == CallbackState.TRIED) & (callbacks.c.tried_at > now - _JUST_TRIED),
        )
        statement = (
            select(callbacks.c.campaign_id, callbacks.c.promised_at, callbacks.c.tried_at)
            .where(
                callbacks.c.promised_at < now - KEPT_WITHIN,
                callbacks.c.queue.is_(None),
                late,
            )
            .order_by(callbacks.c.campaign_id, callbacks.c.promised_at)
        )
        found: dict[str, list[datetime]] = {}
        for row in await self._database.rows(statement):
            if row.tried_at is None or row.tried_at > row.promised_at + KEPT_WITHIN:
                found.setdefault(row.campaign_id, []).append(row.promised_at)
        return [
            Overdue(campaign_id=name, calls=len(moments), oldest_promised_at=moments[0])
            for name, moments in found.items()
        ]


def _of_seen_campaigns(queues: frozenset[str]) -> ColumnElement[bool]:
    theirs = campaigns_of(queues).subquery()
    subjects = select(literal("campaigns/", Text) + theirs.c.id)
    return or_(alerts.c.kind != AlarmKind.PROMISE_BROKEN, alerts.c.subject.in_(subjects))


def _on(pbx: str, kind: str, subject: str) -> tuple[ColumnElement[bool], ...]:
    return (
        alerts.c.pbx == pbx,
        alerts.c.kind == kind,
        alerts.c.subject == subject,
        alerts.c.ended_at.is_(None),
    )


def _news(kind: NewsKind, alert: Alert, now: datetime) -> News:
    data = {
        "id": alert.id,
        "pbx": alert.pbx,
        "kind": alert.kind,
        "subject": alert.subject,
        "sentence": {language: alert.sentence(language) for language in ("es", "en")},
        "details": alert.details,
        "began_at": moment(alert.began_at),
        "ended_at": moment(alert.ended_at),
    }
    return News(kind=kind, key=str(alert.id), at=now, data=data)


def _alert(row: Row[Any]) -> Alert:
    return Alert(**{name: row._mapping[name] for name in Alert.__slots__})
