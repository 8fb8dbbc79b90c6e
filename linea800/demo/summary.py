"""What the demonstration did, counted in SQL and by SIPp, which knows nothing of SQL."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from calls.events import TaskMoved
from linea800.main import House
from storage.call_list import CallFilter
from traffic.sip_log import SipCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Figures of one demonstration; delays in milliseconds, None when there were none."""

    seconds: float
    first_answer_seconds: float | None
    calls_offered: int
    calls_answered: int
    calls_abandoned: int
    calls_by_outcome: dict[str, int]
    #: by task and what became of it: what callers got done without a person
    tasks: dict[str, int]
    attempts_by_outcome: dict[str, int]
    carrier_by_outcome: dict[str, int]
    rows: dict[str, int]
    connect_delay_ms: dict[str, float | int | None]
    address: str
    home: str

    def as_dict(self) -> dict[str, Any]:
        """The summary as plain data."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


async def summarize(
    house: House,
    carrier_calls: list[SipCall],
    *,
    since: datetime,
    seconds: float,
    first_answer_seconds: float | None,
) -> Summary:
    """Count what is in SQL since the start, and put SIPp's own account beside it."""
    counts = await house.calls.counts(since)
    tasks: Counter[str] = Counter()
    delays, records, cursor = [], 0, None
    answered_at = {call.number: call.answered_at for call in carrier_calls if call.answered_at}
    while True:
        page = await house.calls.find(CallFilter(arrived_from=since), cursor, 200)
        for call in page.calls:
            for fact in await house.calls.facts(call.pbx, call.call_id):
                if isinstance(fact, TaskMoved) and fact.step == "done":
                    tasks[fact.task] += 1
        records += len(page.calls)
        for record in page.calls:
            answer = answered_at.get(record.number_called)
            connected = [stay.connected_at for stay in record.stays if stay.connected_at]
            if record.direction == "dialed" and answer is not None and connected:
                delays.append((connected[0] - answer).total_seconds() * 1000)
        cursor = page.next_cursor
        if cursor is None:
            break
    settings = house.settings
    return Summary(
        seconds=round(seconds, 1),
        first_answer_seconds=first_answer_seconds,
        calls_offered=counts.offered,
        calls_answered=counts.answered,
        calls_abandoned=counts.abandoned,
        calls_by_outcome=counts.by_outcome,
        tasks=dict(sorted(tasks.items())),
        attempts_by_outcome=counts.attempts,
        carrier_by_outcome=dict(Counter(call.outcome for call in carrier_calls)),
        rows={"calls": records, "attempts": sum(counts.attempts.values())},
        connect_delay_ms={
            "count": len(delays),
            "p50": percentile(delays, 50),
            "p95": percentile(delays, 95),
        },
        address=f"http://{settings.http_host}:{settings.http_port}",
        home=str(settings.home),
    )


def percentile(values: list[float], percent: float) -> float | None:
    """The nearest-rank percentile, to a tenth; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    rank = max(0, -(-len(ordered) * percent // 100) - 1)
    return round(ordered[int(rank)], 1)


def print_summary(summary: Summary, out: Console) -> None:
    """The summary as a table, and where to look next."""
    table = Table(title="linea800 · demo", show_header=False, title_justify="left")
    table.add_row("llamadas al 0800 / calls to the 0800 line", str(summary.calls_offered))
    table.add_row("atendidas por agente / answered by an agent", str(summary.calls_answered))
    table.add_row("abandonadas en cola / abandoned in queue", str(summary.calls_abandoned))
    for outcome, count in sorted(summary.calls_by_outcome.items()):
        table.add_row(f"   {outcome}", str(count))
    for task, count in summary.tasks.items():
        table.add_row(f"   {task} ✓", str(count))
    table.add_row("intentos marcados / attempts dialed", str(summary.rows["attempts"]))
    for outcome, count in sorted(summary.attempts_by_outcome.items()):
        table.add_row(f"   {outcome}", str(count))
    first = summary.first_answer_seconds
    table.add_row(
        "primera conversación / first talk with an agent",
        f"{first} s" if first is not None else "—",
    )
    delay = summary.connect_delay_ms
    table.add_row(
        "respuesta → agente, p50 / p95 (answer → agent)",
        f"{delay['p50']} ms / {delay['p95']} ms ({delay['count']})",
    )
    table.add_row("filas en SQL / rows in SQL", f"{summary.rows['calls']} calls")
    out.print(table)
    out.print(f"Registros / records: [bold]sqlite3 {summary.home}/linea800.db[/] · table calls")
    out.print("Siguiente / next: [bold]linea800 run[/] · docs/ · README.md")
