"""`linea800 prompts list|check|script|import`: prompts measured, sent to a studio, taken back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from linea800.campaign_cli import AskedError, Language
from linea800.settings import Settings
from linea800.telling import telling_errors
from prompts.importing import Outcome, import_recordings
from prompts.inspection import Inspected, inspected
from prompts.names import add_names, read_names
from prompts.script_sheet import script_as_csv, script_as_html
from prompts.spoken import LANGUAGES
from prompts.studio import Studio

AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
Spoken = Annotated[Language | None, typer.Option(help="es or en; by default both.")]


class SheetFormat(StrEnum):
    """How a script is written."""

    CSV = "csv"
    HTML = "html"


def list_prompts(language: Spoken = None, as_json: AsJson = False) -> None:
    """Every prompt: who speaks it, how loud (LUFS), its peak (dBFS), how long (seconds)."""
    with telling_errors():
        _tell(list(_inspected(language)), as_json=as_json)


def check_prompts(language: Spoken = None, as_json: AsJson = False) -> None:
    """The prompts that somebody has to look at, and why; exit 1 when there are any."""
    with telling_errors():
        found = list(_inspected(language))
        bad = [each for each in found if each.problems]
        _tell(bad, as_json=as_json)
        if not as_json:
            typer.echo(f"{len(found)} prompts, {len(bad)} to be looked at")
        if bad:
            raise typer.Exit(1)


def write_script(
    language: Annotated[Language, typer.Option(help="es or en.")] = Language.SPANISH,
    sheet_format: Annotated[
        SheetFormat, typer.Option("--format", help="csv, or html to print.")
    ] = SheetFormat.CSV,
    output: Annotated[Path | None, typer.Option(help="A file; by default the screen.")] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="Only what has no recording that fits its text.")
    ] = False,
) -> None:
    """The script for a recording studio: file, text, how to say it, seconds at most."""
    with telling_errors():
        studio = Studio.at(Settings.from_environment().home)
        lines = studio.scripts()[language]
        if missing:
            fitting = studio.takes(language, lines).fitting
            lines = tuple(line for line in lines if line.name not in fitting)
        write = script_as_csv if sheet_format is SheetFormat.CSV else script_as_html
        sheet = write(lines, language)
        if output is None:
            sys.stdout.buffer.write(sheet)
            sys.stdout.buffer.flush()
            return
        try:
            output.write_bytes(sheet)
        except OSError as error:
            raise AskedError(f"{output}: cannot be written: {error.strerror}") from error
        typer.echo(f"{len(lines)} lines: {output}")


def import_what_came(
    source: Annotated[
        Path, typer.Argument(metavar="FOLDER_OR_ZIP", help="What the studio sent, or one WAV.")
    ],
    language: Annotated[Language, typer.Option(help="es or en.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look, take nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take recordings in, by the names of the script; exit 1 when one was refused."""
    with telling_errors():
        home = Settings.from_environment().home
        studio = Studio.at(home)
        recordings = home / "recordings"
        lines = studio.scripts()[language]
        outcomes = []
        for outcome in import_recordings(source, recordings, language, lines, dry_run=dry_run):
            outcomes.append(outcome)
            if not as_json:
                typer.echo(_told(outcome), err=outcome.refused is not None)
        refused = sum(outcome.refused is not None for outcome in outcomes)
        if as_json:
            typer.echo(json.dumps([asdict(each) for each in outcomes], ensure_ascii=False))
        else:
            _tell_the_end(len(outcomes) - refused, refused, recordings, dry_run=dry_run)
        if refused or not outcomes:
            raise typer.Exit(1)


def add_first_names(settings: Settings, file: Path) -> None:
    """Add the names of a file to those of the home; raises `NamesRefusedError`."""
    if not file.is_file():
        raise AskedError(f"--names: there is no file {file}")
    own = Studio.at(settings.home).names or settings.home / "names.txt"
    added = add_names(read_names(file), own)
    typer.echo(f"{len(added)} names added: {own}")


def _inspected(language: Language | None) -> Iterator[Inspected]:
    settings = Settings.from_environment()
    studio = Studio.at(settings.home)
    lines = studio.scripts()
    for each in (language,) if language else LANGUAGES:
        yield from inspected(settings.sounds_folder, studio, each, lines[each])


def _tell(found: list[Inspected], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([_plain(each) for each in found], indent=1, ensure_ascii=False))
        return
    for each in found:
        figures = " ".join(
            f"{'-':>6}" if figure is None else f"{figure:6.1f}"
            for figure in (each.lufs, each.peak_dbfs, each.seconds)
        )
        told = "; ".join(each.problems)
        typer.echo(f"{each.language} {each.name:<34} {each.source:<9} {figures}  {told}".rstrip())


def _plain(found: Inspected) -> dict[str, object]:
    told = asdict(found)
    for figure, digits in (("lufs", 1), ("peak_dbfs", 1), ("seconds", 2)):
        if told[figure] is not None:
            # silence is minus infinity, which JSON does not know
            told[figure] = round(max(told[figure], -120.0), digits)
    return told


def _told(outcome: Outcome) -> str:
    if outcome.refused is not None:
        return f"refused  {outcome.file}: {outcome.refused}"
    again = ", instead of the one before" if outcome.replaces else ""
    return f"taken    {outcome.file}{again}"


def _tell_the_end(taken: int, refused: int, recordings: Path, *, dry_run: bool) -> None:
    would = " would be" if dry_run else ""
    typer.echo(f"{taken}{would} taken, {refused} refused: {recordings}")
    if taken and not dry_run:
        typer.echo("They are played after `linea800 prompts render`.")
