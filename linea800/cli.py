"""The command line: `linea800 run`, `demo`, `simulate`, `doctor`, `prompts`, `asterisk …`, …"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import signal
import sys
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from linea800 import doctor as examination
from linea800 import local, main
from linea800.campaign_cli import Language, campaign_app
from linea800.customers_cli import customers_app
from linea800.demo import print_summary, show
from linea800.do_not_call_cli import do_not_call_app
from linea800.example_cli import example_backoffice
from linea800.ivr_cli import ivr_app
from linea800.ivr_measures_cli import measures
from linea800.ivr_reload_cli import reload
from linea800.measures_cli import measures_app
from linea800.prompts_cli import prompts_app
from linea800.queue_log_cli import queue_log
from linea800.retention_cli import retention
from linea800.rules_cli import rules_app
from linea800.settings import Settings
from linea800.simulate import run as simulation
from linea800.telling import telling_errors
from local_asterisk.process import LocalAsterisk

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
asterisk_app = typer.Typer(no_args_is_help=True, help="The local Asterisk.")
app.add_typer(asterisk_app, name="asterisk")
app.add_typer(campaign_app, name="campaign")
app.add_typer(rules_app, name="rules")
app.add_typer(do_not_call_app, name="do-not-call")
app.add_typer(customers_app, name="customers")
app.add_typer(prompts_app, name="prompts")
app.add_typer(measures_app, name="measures")
ivr_app.command()(measures)
ivr_app.command()(reload)
app.add_typer(ivr_app, name="ivr")
app.command()(retention)
app.command("queue-log")(queue_log)
app.command("example-backoffice")(example_backoffice)
out = Console()
T = TypeVar("T")

Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more in the log.")]


def _log(*, verbose: bool) -> None:
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)


@app.command()
def run(verbose: Verbose = False) -> None:
    """Run linea800, with a local Asterisk unless LINEA800_AMI_… names another."""
    _log(verbose=verbose)
    with telling_errors():
        settings = Settings.from_environment()
        if settings.ami_host is None:
            local.started(settings, settings.read_floor())
        asyncio.run(_until_signalled(_serve(settings)))


async def _serve(settings: Settings) -> None:
    async with main.built(settings) as house:
        setup_token = await house.tokens.ensure_setup_token(now=datetime.now(UTC))
        if setup_token is not None:
            # on the terminal only, never in the log: whoever reads it becomes the administrator
            typer.echo(f"No administrator yet. One-time setup token: {setup_token}", err=True)
        # a quarter of a million objects are there for good: looking through them all, as the
        # collector does every now and then, would hold every call up for 0.15 s
        gc.collect()
        gc.freeze()
        address = f"http://{settings.http_host}:{settings.http_port}"
        typer.echo(f"linea800 listens at {address} (records: {house.database.name})", err=True)
        await main.run(house)


async def _until_signalled(work: Awaitable[T]) -> T | None:
    """Do the work until SIGTERM or SIGINT ends it in order, which is None."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        return await task
    return None


@app.command()
def demo(
    seconds: Annotated[int, typer.Option(min=10, max=3600, help="How long traffic runs.")] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    home: Annotated[Path, typer.Option(help="Where the demonstration keeps everything.")] = Path(
        ".linea800"
    ),
) -> None:
    """Asterisk, linea800 and simulated people: a call center at work, with real calls."""
    with telling_errors():
        shown = show(home.absolute(), seconds=seconds, watch=not as_json)
        summary = asyncio.run(_until_signalled(shown))
        if summary is None:
            return
        if as_json:
            typer.echo(json.dumps(summary.as_dict(), indent=2))
        else:
            print_summary(summary, out)


@app.command()
def simulate(
    file: Annotated[Path, typer.Argument(metavar="CAMPAIGN.YAML", help="The campaign's plan.")],
    seeds: Annotated[
        int | None, typer.Option(min=1, max=100, help="How often each policy plays it.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Once, with every part of linea800 and a database.")
    ] = False,
    svg: Annotated[Path | None, typer.Option(help="Draw the course into this file.")] = None,
    language: Annotated[Language, typer.Option(help="es or en.")] = Language.SPANISH,
) -> None:
    """What staffing, list and hours will give before one call is made, by pacing policy."""
    with telling_errors():
        simulation.simulate(file, out, language=language, seeds=seeds, whole=whole, picture=svg)


@app.command()
def doctor() -> None:
    """Look at everything with other eyes; exit 1 when something is wrong."""
    with telling_errors():
        findings = examination.examine(Settings.from_environment())
    table = Table("", "", "", box=None, show_header=False)
    for finding in findings:
        table.add_row("[green]ok" if finding.ok else "[red]no", finding.what, finding.detail)
    out.print(table)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


@asterisk_app.command()
def install(
    traffic: Annotated[bool, typer.Option(help="SIPp as well, for simulated calls.")] = False,
) -> None:
    """Bring Asterisk into this user's cache, without root and beside what is installed."""
    with telling_errors():
        found = local.installed(with_traffic=traffic)
        typer.echo(f"{found.version}: {found.asterisk}")


@asterisk_app.command()
def start() -> None:
    """Start it with the floor and the prompts as they are now."""
    with telling_errors():
        settings = Settings.from_environment()
        asterisk = local.started(settings, settings.read_floor())
        typer.echo(_described(asterisk))


@asterisk_app.command()
def stop() -> None:
    """Stop it; calls are hung up."""
    with telling_errors():
        asterisk = _asterisk()
        asterisk.stop()
        typer.echo(_described(asterisk))


@asterisk_app.command()
def status() -> None:
    """Say whether it runs; exit 1 when it does not."""
    with telling_errors():
        asterisk = _asterisk()
        typer.echo(_described(asterisk))
        if not asterisk.status().ready:
            raise typer.Exit(1)


def _asterisk() -> LocalAsterisk:
    return LocalAsterisk(local.installed(), Settings.from_environment().asterisk_folder)


def _described(asterisk: LocalAsterisk) -> str:
    state = asterisk.status()
    if state.pid is None:
        return "Asterisk does not run"
    ports = asterisk.folder.ports()
    ready = "is ready" if state.ready else "is starting"
    return f"Asterisk {ready}: process {state.pid}, SIP {ports.sip}/udp, AMI {ports.ami}/tcp"
