"""`linea800 ivr …`: a menu's file checked, walked by keys, held to its flows, and drawn."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dialer.rules.preset import HOUSE
from documents.faults import DocumentRefusedError
from ivr.checks.check import Finding, check_file
from ivr.checks.inbound import inbound_rules
from ivr.flow_run import Difference, first_difference
from ivr.flows import read_flows
from ivr.menu import Menu
from ivr.picture import menu_picture
from ivr.picture_svg import menu_svg
from ivr.walking import Promises
from linea800.campaign_cli import Language
from linea800.ivr_files import (
    FINE,
    WRONG,
    MenuFile,
    Rules,
    Spoken,
    floor_of,
    found,
    menu_of,
    promises_by,
    prompts_known,
    refuse,
    services_known,
    stop,
    texts_known,
)
from linea800.ivr_try_cli import try_
from linea800.ivr_words import said

ivr_app = typer.Typer(no_args_is_help=True, help="The menus of the 0800 line.")
ivr_app.command("try")(try_)

AsJson = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]


@ivr_app.command()
def check(
    file: MenuFile,
    floor: Annotated[
        Path | None, typer.Option(help="A floor file: no other queues and targets are there.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="As CO: warn of what it asks of menus.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as faults.")] = False,
    as_json: AsJson = False,
    language: Spoken = Language.SPANISH,
) -> None:
    """Everything wrong in a menu, with its line. Exit 0: nothing, 1: something, 2: no such file."""
    path = found(file, language)
    place = (country or "").upper()
    rules = inbound_rules().countries
    if place and place not in rules:
        known = ", ".join(sorted(rules))
        stop(said(language, "no_country", country=place, known=known))
    house = None if floor is None else floor_of(floor, language)
    findings = check_file(
        path,
        queues=None if house is None else {queue.name for queue in house.queues},
        targets=None if house is None else {target.name for target in house.targets},
        prompts=prompts_known(language),
        texts=texts_known(language),
        services=services_known(language),
        country=place,
    )
    if language is Language.SPANISH:
        findings = tuple(each.in_spanish() for each in findings)
    faults = [each for each in findings if not each.warning]
    fine = not (findings if strict else faults)
    if as_json:
        answer = {
            "file": path.name,
            "fine": fine,
            "country": place or None,
            "country_rules": len(rules.get(place, ())),
            "findings": [_plain(each) for each in findings],
        }
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        _show(path.name, findings, language)
        if place and not rules[place]:
            typer.echo(said(language, "no_rules", country=place))
    raise typer.Exit(FINE if fine else WRONG)


def _plain(finding: Finding) -> dict[str, object]:
    fault = finding.fault
    return {
        "severity": "warning" if finding.warning else "fault",
        "rule": finding.rule,
        "line": fault.line,
        "column": fault.column,
        "place": fault.place,
        "reason": fault.reason,
    }


def _show(name: str, findings: tuple[Finding, ...], language: str) -> None:
    for each in findings:
        mark = f"{said(language, 'warning')}: " if each.warning else ""
        typer.echo(f"{mark}{each.fault}")
    if findings:
        warnings = sum(each.warning for each in findings)
        typer.echo(said(language, "counts", faults=len(findings) - warnings, warnings=warnings))
    else:
        typer.echo(said(language, "fine", file=name))


@ivr_app.command("test")
def hold_to_flows(
    path: Annotated[
        Path, typer.Argument(metavar="FOLDER|FILE", help="A flow file, or a folder of them.")
    ],
    rules: Rules = HOUSE,
    language: Spoken = Language.SPANISH,
) -> None:
    """Hold menus to their *.flow files. Exit 1: the first difference of each is shown."""
    files = sorted(path.rglob("*.flow")) if path.is_dir() else [path]
    if not all(file.is_file() for file in files):
        stop(said(language, "not_there", file=path))
    if not files:
        stop(said(language, "no_flows", file=path))
    promises = promises_by(rules, language)
    flows, wrong = 0, 0
    for file in files:
        tried, differences = _held(file, promises, language)
        flows, wrong = flows + tried, wrong + len(differences)
        for each in differences:
            typer.echo(
                said(
                    language,
                    "difference",
                    file=each.file,
                    line=each.line,
                    flow=each.flow,
                    expected=each.expected,
                    seen=each.seen,
                )
            )
    word = "failed" if wrong else "passed"
    typer.echo(said(language, word, flows=flows, failed=wrong))
    raise typer.Exit(WRONG if wrong else FINE)


def _held(file: Path, promises: Promises, language: str) -> tuple[int, list[Difference]]:
    """How many flows a file has, and what is different of them."""
    try:
        flows = read_flows(file)
    except DocumentRefusedError as error:
        refuse(error, language)
    menus: dict[str, Menu] = {}
    differences = []
    for flow in flows:
        if flow.menu not in menus:
            menus[flow.menu] = menu_of(found(file.parent / flow.menu, language), language)
        if difference := first_difference(flow, menus[flow.menu], language, promises):
            differences.append(difference)
    return len(flows), differences


class Picture(StrEnum):
    """How a menu is drawn."""

    MERMAID = "mermaid"
    SVG = "svg"


@ivr_app.command()
def graph(
    file: MenuFile,
    form: Annotated[
        Picture, typer.Option("--format", help="mermaid: for Markdown pages; svg: for a browser.")
    ] = Picture.MERMAID,
    language: Spoken = Language.SPANISH,
) -> None:
    """A menu as a picture. Exit 1: the file has faults."""
    draw = menu_svg if form is Picture.SVG else menu_picture
    typer.echo(draw(menu_of(found(file, language), language)), nl=False)
