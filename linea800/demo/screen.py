"""The live board in a terminal, drawn from the same picture that the API's clients get."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from monitoring.board import Board, Things

_STATE_STYLES = {
    "ready": "green",
    "talking": "bold cyan",
    "offered": "yellow",
    "wrapping_up": "magenta",
    "paused": "dim",
    "signing_in": "yellow",
    "signed_out": "dim",
}


async def draw(board: Board, console: Console) -> None:
    """Draw what changes, at most five times a second, until cancelled."""
    with Live(picture(board.snapshot().things), console=console, auto_refresh=False) as live:
        while True:
            live.update(picture(board.snapshot().things), refresh=True)
            await asyncio.sleep(0.2)


def picture(things: Things) -> Group:
    """The board as tables."""
    return Group(
        _link(things),
        _queues(_of(things, "queues/")),
        _agents(_of(things, "agents/")),
        _campaigns(_of(things, "campaigns/")),
        _calls(_of(things, "calls/")),
    )


def _of(things: Things, prefix: str) -> list[dict[str, Any]]:
    return [thing for path, thing in things.items() if path.startswith(prefix) and thing]


def _link(things: Things) -> Text:
    link = things.get("link") or {}
    if link.get("up"):
        return Text("● Asterisk", style="green")
    return Text(f"● Asterisk: {link.get('reason')}", style="bold red")


def _queues(queues: list[dict[str, Any]]) -> Table:
    table = Table("cola / queue", "espera / waiting", "libres / free", "ofrecidas / offered",
                  "atendidas / answered", "abandonadas / abandoned", expand=True)  # fmt: skip
    for queue in queues:
        waiting = Text(str(queue["waiting"]), style="bold red" if queue["waiting"] else "")
        table.add_row(
            queue["name"], waiting, str(queue["agents_free"]), str(queue["offered"]),
            str(queue["answered"]), str(queue["abandoned"]),
        )  # fmt: skip
    return table


def _agents(agents: list[dict[str, Any]]) -> Table:
    table = Table("agente / agent", "estado / state", "desde / for", expand=True)
    for agent in agents:
        state = Text(agent["state"], style=_STATE_STYLES.get(agent["state"], ""))
        if agent["reason"]:
            state.append(f" · {agent['reason']}")
        table.add_row(f"{agent['number']} {agent['name']}", state, _age(agent["since"]))
    return table


def _campaigns(campaigns: list[dict[str, Any]]) -> Table:
    table = Table("campaña / campaign", "en curso / open", "resultados / outcomes", "ritmo / pace",
                  expand=True)  # fmt: skip
    for campaign in campaigns:
        outcomes = ", ".join(f"{name} {count}" for name, count in campaign["outcomes"].items())
        table.add_row(
            f"{campaign['id'][:8]} {campaign['state']}", str(campaign["open_attempts"]), outcomes,
            campaign["pacing"],
        )  # fmt: skip
    return table


def _calls(calls: list[dict[str, Any]]) -> Table:
    table = Table("llamada / call", "estado / state", "cola / queue", "agente / agent", expand=True)
    for call in calls[-8:]:
        number = call["caller_number"] or call["number_called"]
        arrow = "→" if call["direction"] == "inbound" else "←"
        table.add_row(f"{arrow} {number}", call["state"], call["queue"], call["agent"])
    return table


def _age(since: str | None) -> str:
    if since is None:
        return ""
    seconds = int((datetime.now(UTC) - datetime.fromisoformat(since)).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02d}"
