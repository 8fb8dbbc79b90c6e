"""/prometheus: how the floor and the service are, in the text format that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.responses import Response

from api.access import Needs, Owner
from api.parts import Parts, Rooms
from storage.scopes import Scope
from storage.tokens import TokenOwner

router = APIRouter(tags=["live"], dependencies=[Depends(Needs(Scope.LIVE_READ))])


@router.get(
    "/prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def prometheus(rooms: Rooms, owner: Owner) -> Response:
    """Gauges, counters and histograms, of the queues that the token sees; nobody is named."""
    registry = CollectorRegistry()
    registry.register(FloorCollector(rooms, owner))
    ProcessCollector(registry=registry)
    return Response(
        generate_latest(registry),
        headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4, "cache-control": "no-store"},
    )


class FloorCollector(Collector):
    """Reads the board, the counts and the campaigns in hand; asks no database."""

    def __init__(self, rooms: Parts, owner: TokenOwner) -> None:
        self._rooms = rooms
        self._sees = owner.sees
        self._sees_all = owner.queues is None
        self._hands = rooms.dialing.campaigns_in_hand()
        self._now = rooms.now()
        self._things = rooms.board.snapshot().things

    def collect(self) -> Iterator[Metric]:
        """Every metric but the process's own."""
        yield from self._queues()
        yield from self._queue_counts()
        yield from self._campaigns()
        yield self._menus()
        yield from self._service()
        yield from self._noticed()

    def _queues(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily(
            "linea800_queue_waiting", "Callers who wait in the queue", labels=["queue"]
        )
        oldest = GaugeMetricFamily(
            "linea800_queue_oldest_wait_seconds",
            "How long who waits longest has waited in the queue; 0: nobody waits",
            labels=["queue"],
        )
        expected = GaugeMetricFamily(
            "linea800_queue_expected_wait_seconds",
            "How long who joined the queue now would wait; absent: it cannot be told",
            labels=["queue"],
        )
        agents = GaugeMetricFamily(
            "linea800_queue_agents", "Agents of the queue by state", labels=["queue", "state"]
        )
        free = GaugeMetricFamily(
            "linea800_queue_agents_free", "Agents a call would reach at once", labels=["queue"]
        )
        for thing in self._of("queues"):
            name = thing["name"]
            if not self._sees(name):
                continue
            waiting.add_metric([name], thing["waiting"])
            oldest.add_metric([name], self._age_seconds(thing["oldest_waiting_since"]))
            if thing["expected_wait_seconds"] is not None:
                expected.add_metric([name], thing["expected_wait_seconds"])
            free.add_metric([name], thing["agents_free"])
            for state, count in thing["agents"].items():
                agents.add_metric([name, state], count)
        yield from (waiting, oldest, expected, agents, free)

    def _queue_counts(self) -> Iterator[Metric]:
        gauges = self._rooms.figures.gauges
        calls = CounterMetricFamily(
            "linea800_queue_calls",
            "Waits in the queue that are over, by how: those of talks as soon as they begin, "
            "others with the call",
            labels=["queue", "outcome"],
        )
        for (queue, outcome), count in gauges.calls.items():
            if self._sees(queue):
                calls.add_metric([queue, outcome], count)
        waits = HistogramMetricFamily(
            "linea800_queue_wait_seconds",
            "How long callers waited who were answered, or abandoned",
            labels=["queue", "outcome"],
        )
        for (queue, outcome), histogram in gauges.waits.items():
            if self._sees(queue):
                waits.add_metric([queue, outcome], histogram.cumulated(), histogram.total)
        handles = HistogramMetricFamily(
            "linea800_handle_seconds", "Talk, hold and wrap-up of a call", labels=["queue"]
        )
        for queue, histogram in gauges.handles.items():
            if self._sees(queue):
                handles.add_metric([queue], histogram.cumulated(), histogram.total)
        yield from (calls, waits, handles)

    def _campaigns(self) -> Iterator[Metric]:
        gauges = self._rooms.figures.gauges
        info = GaugeMetricFamily(
            "linea800_campaign_info",
            "What a campaign is called, and its state; always 1",
            labels=["campaign", "name", "queue", "state"],
        )
        ratio = GaugeMetricFamily(
            "linea800_campaign_abandonment_ratio",
            "Of the people who answered in the period that the cap counts: those without an agent",
            labels=["campaign"],
        )
        cap = GaugeMetricFamily(
            "linea800_campaign_abandonment_cap",
            "The greatest ratio that pacing and the calling rules allow",
            labels=["campaign"],
        )
        attempts = CounterMetricFamily(
            "linea800_campaign_attempts", "Attempts that ended", labels=["campaign", "outcome"]
        )
        under_way = GaugeMetricFamily(
            "linea800_campaign_open_attempts", "Attempts under way", labels=["campaign"]
        )
        for campaign_id, hand in self._hands.items():
            campaign, ledger = hand.campaign, hand.picture.ledger
            if not self._shows(campaign_id):
                continue
            info.add_metric([campaign_id, campaign.name, campaign.queue, campaign.state], 1)
            cap.add_metric([campaign_id], hand.abandonment_cap)
            if ledger.live_estimated:
                share = ledger.abandoned_estimated / ledger.live_estimated
                ratio.add_metric([campaign_id], share)
        for (campaign_id, outcome), count in gauges.attempts.items():
            if self._shows(campaign_id):
                attempts.add_metric([campaign_id, outcome], count)
        for campaign_id, count in gauges.open_attempts.items():
            if self._shows(campaign_id):
                under_way.add_metric([campaign_id], count)
        yield from (info, ratio, cap, attempts, under_way)

    def _menus(self) -> Metric:
        callers = GaugeMetricFamily(
            "linea800_menu_node_callers", "Callers who are at a node now", labels=["menu", "node"]
        )
        for menu in self._of("menus"):
            for node, counts in menu["nodes"].items():
                callers.add_metric([menu["name"], node], counts["callers"])
        return callers

    def _service(self) -> Iterator[Metric]:
        rooms = self._rooms
        link = self._things["link"]
        lag = HistogramMetricFamily(
            "linea800_event_lag_seconds",
            "From when something happened, by the switch's clock, to when we counted it",
        )
        lag.add_metric([], rooms.figures.gauges.lag.cumulated(), rooms.figures.gauges.lag.total)
        yield from (
            GaugeMetricFamily(
                "linea800_link_up", "1: linked to Asterisk", value=bool(link and link["up"])
            ),
            CounterMetricFamily(
                "linea800_link_reconnects",
                "How often the link came up again",
                value=rooms.figures.gauges.reconnects,
            ),
            lag,
            GaugeMetricFamily(
                "linea800_recorder_backlog",
                "Records and agents' moves that wait for the database",
                value=rooms.recorder.backlog,
            ),
            GaugeMetricFamily(
                "linea800_journal_ok",
                "1: every fact is written down as it comes",
                value=rooms.intake.healthy,
            ),
        )

    def _noticed(self) -> Iterator[Metric]:
        noticed, rooms = self._rooms.figures.noticed(), self._rooms
        unfit = CounterMetricFamily(
            "linea800_events_unfit",
            "Events of calls or agents that were not understood",
            labels=["event"],
        )
        for event, count in noticed.events_unfit.items():
            unfit.add_metric([event], count)
        surprises = CounterMetricFamily(
            "linea800_facts_unexpected",
            "Facts of a call that nobody knows, or that its state does not allow for",
            labels=["fact"],
        )
        for kind, count in rooms.tracker.surprises.items():
            surprises.add_metric([kind], count)
        yield from (
            GaugeMetricFamily(
                "linea800_events_waiting",
                "Events that came from Asterisk and were not looked at yet",
                value=noticed.events_waiting,
            ),
            unfit,
            surprises,
            GaugeMetricFamily(
                "linea800_journal_damaged_facts",
                "Facts of the journal that could not be read at the start",
                value=noticed.journal_damaged,
            ),
            CounterMetricFamily(
                "linea800_recorder_late_facts",
                "Facts that came after the record of their call was finished",
                value=rooms.recorder.late,
            ),
            GaugeMetricFamily(
                "linea800_loop_worst_lag_seconds",
                "How long the service stood still at worst since its start",
                value=noticed.loop_lag_seconds,
            ),
        )

    def _of(self, kind: str) -> Iterator[dict[str, Any]]:
        for path, thing in self._things.items():
            if path.startswith(f"{kind}/") and thing is not None:
                yield thing

    def _shows(self, campaign_id: str) -> bool:
        """One that is not in hand any more belongs to no queue we know."""
        hand = self._hands.get(campaign_id)
        return self._sees_all if hand is None else self._sees(hand.campaign.queue)

    def _age_seconds(self, since: str | None) -> float:
        if since is None:
            return 0.0
        return max(0.0, (self._now - datetime.fromisoformat(since)).total_seconds())
