"""`linea800 prompts …`: makes the sounds, tells how numbers, money, dates and times are said.

What goes to and comes from a recording studio is in `prompts_studio_cli.py`.
"""

from __future__ import annotations

import datetime
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from linea800 import local
from linea800 import prompts_studio_cli as studio_cli
from linea800.campaign_cli import AskedError, Language
from linea800.settings import Settings
from linea800.telling import telling_errors
from prompts import spoken
from prompts.pieces import Gender

prompts_app = typer.Typer(help="What callers hear. Alone it does what `render` does.")

#: what a shell is told when something cannot be said
CANNOT_SAY = 2

_KINDS = "--number, --ordinal, --money, --date, --time or --digits"


@prompts_app.callback(invoke_without_command=True)
def prompts(context: typer.Context) -> None:
    """What callers hear: the files, and how numbers, money, dates and times are said."""
    if context.invoked_subcommand is None:
        render_what_is_due()


prompts_app.command("list")(studio_cli.list_prompts)
prompts_app.command("check")(studio_cli.check_prompts)
prompts_app.command("script")(studio_cli.write_script)
prompts_app.command("import")(studio_cli.import_what_came)


@prompts_app.command()
def render(
    names: Annotated[
        Path | None,
        typer.Option(help="First names to be added to those that are said, one a line."),
    ] = None,
) -> None:
    """Render the prompts that are missing or whose text or recording changed."""
    if names is not None:
        with telling_errors():
            studio_cli.add_first_names(Settings.from_environment(), names)
    render_what_is_due()


def render_what_is_due() -> None:
    """Make the files and tell how many; exit 1 when one could not be made."""
    with telling_errors():
        settings = Settings.from_environment()
        report = local.render_prompts(settings, local.installed())
        typer.echo(
            f"{len(report.rendered)} rendered, {report.kept} kept, {len(report.removed)} removed: "
            f"{settings.sounds_folder}"
        )
        if own := settings.told_of_own_sentences():
            typer.echo(own)
        for told in (*report.stale, *report.notices):
            typer.echo(f"linea800: {told}", err=True)


@prompts_app.command()
def say(
    number: Annotated[str | None, typer.Option(help="A whole number, as 1021 or -21.")] = None,
    ordinal: Annotated[str | None, typer.Option(help="From 1 to 99, as 3 for third.")] = None,
    gender: Annotated[
        str | None,
        typer.Option(help="Of what is counted: masculine, feminine, or alone (nothing follows)."),
    ] = None,
    money: Annotated[str | None, typer.Option(help="As 1021.01; with --currency.")] = None,
    currency: Annotated[str | None, typer.Option(help="Its ISO 4217 code, as ARS.")] = None,
    date: Annotated[str | None, typer.Option(help="As 2026-11-22.")] = None,
    no_year: Annotated[bool, typer.Option("--no-year", help="Of a date, day and month.")] = False,
    time: Annotated[str | None, typer.Option(help="As 15:30.")] = None,
    by_24_hours: Annotated[
        bool, typer.Option("--24-hour", help="The time by the 24-hour clock.")
    ] = False,
    digits: Annotated[str | None, typer.Option(help="One by one, as 12345678.")] = None,
    groups: Annotated[str | None, typer.Option(help="Of digits, as 3,3,2.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Words and prompts as JSON.")] = False,
    language: Annotated[Language, typer.Option(help="es or en.")] = Language.SPANISH,
) -> None:
    """How one thing is said, and by which prompts; exit 2 when it cannot be said."""
    given = {"number": number, "ordinal": ordinal, "money": money, "date": date, "time": time}
    asked = [
        (kind, text) for kind, text in (*given.items(), ("digits", digits)) if text is not None
    ]
    try:
        if len(asked) != 1:
            raise AskedError(f"one thing is said at a time: give one of {_KINDS}")
        ((kind, text),) = asked
        _refuse_what_does_not_belong(
            kind,
            {
                "--gender": (gender is not None, ("number", "ordinal")),
                "--currency": (currency is not None, ("money",)),
                "--no-year": (no_year, ("date",)),
                "--24-hour": (by_24_hours, ("time",)),
                "--groups": (groups is not None, ("digits",)),
            },
        )
        counted = _counted(gender or "alone")
        match kind:
            case "number":
                said = spoken.say_number(_whole(kind, text), language, counted)
            case "ordinal":
                said = spoken.say_ordinal(_whole(kind, text), language, counted)
            case "money":
                said = spoken.say_amount(_amount(text), _currency(currency), language)
            case "date":
                said = spoken.say_date(_date(text), language, year=not no_year)
            case "time":
                said = spoken.say_time(_time(text), language, by_24_hours=by_24_hours)
            case _:
                said = spoken.say_digits(text, language, _sizes(groups))
    except (AskedError, ValueError) as error:
        typer.echo(f"linea800: {error}", err=True)
        raise typer.Exit(CANNOT_SAY) from None
    words = spoken.words(said, language)
    if as_json:
        told = {"language": language, "words": words, "prompts": list(said)}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        typer.echo(words)


def _refuse_what_does_not_belong(kind: str, given: dict[str, tuple[bool, tuple[str, ...]]]) -> None:
    for option, (is_given, kinds) in given.items():
        if is_given and kind not in kinds:
            belongs = " or ".join(f"--{each}" for each in kinds)
            raise AskedError(f"{option} says nothing about --{kind}: it goes with {belongs}")


def _whole(kind: str, text: str) -> int:
    # fifteen figures are beyond what is said, and short enough to be read at once
    if not re.fullmatch("-?[0-9]{1,15}", text):
        raise AskedError(
            f"--{kind} {text!r} is no whole number that can be said: write 1021 or -21"
        )
    return int(text)


def _counted(text: str) -> Gender:
    genders: tuple[Gender, ...] = ("masculine", "feminine", "alone")
    for gender in genders:
        if text == gender:
            return gender
    raise AskedError(f"--gender {text!r} is none of masculine, feminine, alone")


def _amount(text: str) -> Decimal:
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", text):
        raise AskedError(
            f"--money {text!r} is no amount that can be said: write 1021.01, with a point before "
            "the cents and nothing between thousands"
        )
    return Decimal(text)


def _currency(code: str | None) -> str:
    if code is None:
        raise AskedError("--money needs --currency, as ARS or COP")
    return code.upper()


def _date(text: str) -> datetime.date:
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass  # the thirtieth of February
    raise AskedError(f"--date {text!r} is no day of the calendar: write 2026-11-22")


def _time(text: str) -> datetime.time:
    if not re.fullmatch("([01]?[0-9]|2[0-3]):[0-5][0-9]", text):
        raise AskedError(f"--time {text!r} is no time from 00:00 to 23:59: write 15:30")
    hour, minute = text.split(":")
    return datetime.time(int(hour), int(minute))


def _sizes(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    if not re.fullmatch("[0-9]{1,3}(,[0-9]{1,3})*", text):
        raise AskedError(f"--groups {text!r} are no sizes of groups: write 3,3,2")
    return tuple(int(size) for size in text.split(","))
