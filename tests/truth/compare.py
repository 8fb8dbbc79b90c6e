"""Every answer of `/metrics/*` beside what the world's own book says: each difference is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.truth import formulas, recount
from tests.truth.house import World
from tests.truth.ledger import LONGEST_CALL, Ledger
from tests.truth.recount import Counts
from tests.truth.recount_customers import Customers, in_any
from tests.truth.views import View, stretches, views

_MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)
#: means, in seconds
MEANS_APART = 0.2
_THOUSAND = 1000
#: units that are told in seconds
_IN_SECONDS = frozenset(
    {
        "asa", "longest_wait", "average_abandon_time", "aht", "average_talk", "average_hold",
        "average_wrap_up", "average_wait_after_answer", "ewt_error", "ewt_absolute_error",
    }
)  # fmt: skip
#: of counts, what only the formulas need
_OWN = ("answered_waits", "abandoned_waits", "parts", "signed_in")


@dataclass(slots=True)
class Verdict:
    """What was compared, and how far apart it was."""

    items: int = 0
    counts: int = 0
    kpis: int = 0
    #: the greatest difference of a mean
    apart_seconds: float = 0.0
    differences: list[str] = field(default_factory=list)


class Comparison:
    """Asks the API, counts again, and notes what differs."""

    def __init__(self, world: World, *, whole: timedelta = timedelta(days=1)) -> None:
        """What is asked begins and ends with a whole day, or what is given for it."""
        self.world, self.ledger = world, world.ledger
        self.verdict = Verdict()
        self.since = world.plan.begins - (world.plan.begins - _MIDNIGHT) % whole
        self.until = world.clock() + -(world.clock() - _MIDNIGHT) % whole
        self._customers = Customers(self.ledger)
        self._sliced: tuple[tuple[datetime, datetime], Ledger] | None = None
        for call in self.ledger.calls.values():
            last = max([call.arrived_at, *(end for _, end in call.wrap_ups)])
            assert max(last, call.ended_at or last) - call.arrived_at < LONGEST_CALL
        self._queues = sorted(
            {wait.queue for call in self.ledger.calls.values() for wait in call.waits}
            | {queue.name for queue in world.floor.queues}
        )
        self._agents = [agent.number for agent in world.floor.agents]

    @property
    def period(self) -> tuple[datetime, datetime]:
        """Whole days, in which all of it was."""
        return self.since, self.until

    async def queues(self, view: View, basis: str) -> None:
        """`/metrics/queues`."""

        def again(names: Sequence[str], since: datetime, until: datetime) -> Counts:
            book, event = self._slice(since, until), basis == "event"
            counts = recount.queue_counts(book, names, in_any((since, until)), by_event=event)
            # each queue by its setting, each quarter by the one in force when it began
            parts = [
                formulas.queue_kpis(
                    recount.queue_counts(book, [name], in_any(piece), by_event=event), *setting
                )
                for name in names
                for piece, setting in self.world.settings_in(name, since, until)
            ]
            return counts | {"parts": parts}

        def kpis(_: Sequence[str], counts: Counts) -> formulas.Ratios:
            return formulas.queue_kpis(counts) | {
                name: (
                    sum(part[name][0] for part in counts["parts"]),
                    sum(part[name][1] for part in counts["parts"]),
                )
                for name in ("service_level", "abandonment_rate")
            }

        await self._ask("queues", "queue", view, self._queues, again, kpis, basis=basis)

    async def agents(self, view: View) -> None:
        """`/metrics/agents`."""

        def again(names: Sequence[str], since: datetime, until: datetime) -> Counts:
            book = self._slice(since, until)
            return recount.agent_counts(book, names, since, min(until, self.world.clock()))

        await self._ask(
            "agents", "agent", view, self._agents, again,
            lambda _, counts: formulas.agent_kpis(counts),
        )  # fmt: skip

    async def campaigns(self, view: View) -> None:
        """`/metrics/campaigns`."""
        dialed = sorted({one.campaign for one in self.ledger.tries.values()})

        def again(names: Sequence[str], since: datetime, until: datetime) -> Counts:
            book = self._slice(since, until)
            mine = [one for one in book.tries.values() if one.campaign in names]
            counts = recount.campaign_counts(mine, in_any((since, until)))
            serve = [one.number for one in self.world.floor.agents if "salida" in one.queues]
            now = self.world.clock()
            spent = recount.agent_counts(book, serve, since, min(until, now))
            return counts | {"signed_in": formulas.signed_in_ms(spent)}

        def kpis(names: Sequence[str], counts: Counts) -> formulas.Ratios:
            return formulas.campaign_kpis(counts, counts["signed_in"])

        await self._ask("campaigns", "campaign_id", view, dialed, again, kpis)

    async def customers(self, view: View) -> None:
        """`/metrics/customers`; the queue "" is no queue."""

        def again(names: Sequence[str], since: datetime, until: datetime) -> Counts:
            book = self._slice(since, until)
            return self._customers.counts(book, names, in_any((since, until)))

        await self._ask(
            "customers", "queue", view, ["", *self._queues], again,
            lambda _, counts: formulas.customer_kpis(counts),
        )  # fmt: skip

    # --- inside

    def _slice(self, since: datetime, until: datetime) -> Ledger:
        """Asked for one subject after the other: the last one is kept."""
        if self._sliced is None or self._sliced[0] != (since, until):
            self._sliced = (since, until), self.ledger.slice(since, until)
        return self._sliced[1]

    async def _ask(
        self,
        what: str,
        key: str,
        view: View,
        names: Sequence[str],
        again: Callable[[Sequence[str], datetime, datetime], Counts],
        kpis: Callable[[Sequence[str], Counts], formulas.Ratios],
        **more: str,
    ) -> None:
        zone = ZoneInfo(view.zone)
        for since, until in self._parts(view, len(names)):
            asked = {
                "from": since.isoformat(), "until": until.isoformat(), "interval": view.interval,
                "tz": view.zone, "by": view.by, **more,
            }  # fmt: skip
            told = await self.world.house.get(f"/metrics/{what}", **asked)
            found = {
                (item[key], datetime.fromisoformat(item["since"]),
                 datetime.fromisoformat(item["until"])): item
                for item in told["items"]
            }  # fmt: skip
            for begins, ends in stretches(since, until, view.interval, zone):
                for name in [None] if view.by == "all" else names:
                    mine = names if name is None else [name]
                    where = f"{what} {more} {view} {name} {begins:%d %H:%M}-{ends:%d %H:%M}"
                    counts = again(mine, begins, ends)
                    item = found.pop((name, begins, ends), None)
                    if item is not None:
                        self._same(where, item, counts, kpis(mine, counts))
                    elif _anything(counts):
                        self.verdict.differences.append(f"{where}: not told; {counts}")
            for left in found:
                self.verdict.differences.append(f"{what} {view}: told and not counted: {left}")

    def _parts(self, view: View, names: int) -> Iterator[tuple[datetime, datetime]]:
        since = self.since
        while since < self.until:
            until = min(since + view.longest(names), self.until)
            yield since, until
            since = until

    def _same(
        self, where: str, item: Mapping[str, Any], counts: Counts, kpis: formulas.Ratios
    ) -> None:
        self.verdict.items += 1
        told = item["counts"]
        if "results" in item:
            told = {**told, "results": item["results"]}
        if left := {_bare(name) for name in told} - {_bare(name) for name in counts}:
            self.verdict.differences.append(f"{where}: told and not counted: {left}")
        for name, ours in counts.items():
            if name not in _OWN:
                self._same_count(f"{where}: {name}", told, name, ours)
        if set(item["kpis"]) != set(kpis):
            missing = set(item["kpis"]) ^ set(kpis)
            self.verdict.differences.append(f"{where}: KPIs of one side only: {missing}")
        for name, (above, below) in kpis.items():
            self._same_kpi(f"{where}: {name}", name, item["kpis"].get(name), above, below)

    def _same_count(self, where: str, told: Mapping[str, Any], name: str, ours: Any) -> None:
        self.verdict.counts += 1
        if name == "pauses":
            theirs, ours = told["pauses_seconds"], {k: v / _THOUSAND for k, v in ours.items()}
        elif name.endswith("_ms"):
            theirs, ours = told[f"{name.removesuffix('_ms')}_seconds"], ours / _THOUSAND
        else:
            theirs = told[name]
        if theirs != ours:
            self.verdict.differences.append(f"{where}: told {theirs}, counted {ours}")

    def _same_kpi(
        self, where: str, name: str, told: Mapping[str, Any] | None, above: float, below: float
    ) -> None:
        if told is None:
            return
        self.verdict.kpis += 1
        value = above / below if below > 0 else None
        if value is not None and name in _IN_SECONDS:
            value /= _THOUSAND
        elif value is not None and name == "talk_per_agent_hour":
            value *= 3600
        if value is None or told["value"] is None:
            if value is not told["value"]:
                self.verdict.differences.append(f"{where}: told {told}, counted {value}")
            return
        apart = abs(value - told["value"])
        seconds = name in _IN_SECONDS or name == "talk_per_agent_hour"
        if seconds:
            self.verdict.apart_seconds = max(self.verdict.apart_seconds, apart)
        if apart > (MEANS_APART if seconds else 1e-9) or told["denominator"] < 0:
            self.verdict.differences.append(f"{where}: told {told}, counted {value}")


def _bare(name: str) -> str:
    """A count by whatever unit it is told in."""
    return name.removesuffix("_seconds").removesuffix("_ms")


def _anything(counts: Counts) -> bool:
    """Whether the book has something there that an answer has to tell."""
    return any(_some(value) for name, value in counts.items() if name not in _OWN)


def _some(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_some(one) for one in value.values())
    if isinstance(value, list):
        return any(value)
    return bool(value)


async def compared(world: World, *, thorough: bool) -> Verdict:
    """Everything that is answered, in every view."""
    comparison = Comparison(world, whole=timedelta(days=1) if thorough else timedelta(hours=1))
    for view in views(thorough=thorough):
        for basis in ("offered", "event"):
            await comparison.queues(view, basis)
        await comparison.agents(view)
        await comparison.campaigns(view)
        await comparison.customers(view)
    return comparison.verdict
