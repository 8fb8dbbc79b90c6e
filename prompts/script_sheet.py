"""The script as a speaker reads it in the studio: a table for a spreadsheet, or a page to print."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from documents.spreadsheet import BYTE_ORDER_MARK, csv_rows
from prompts.script import Line

#: what must be short for a reason of its own, in seconds: the law wants this one at once
_AT_MOST_SECONDS = {"safe_harbour": 8}
_PIECE_SECONDS = 3
#: a slow reader
_WORDS_A_SECOND = 1.6


@dataclass(frozen=True, slots=True)
class _Words:
    """What the sheet itself says in one language."""

    title: str
    intro: str
    columns: tuple[str, ...]
    more_follows: str
    goes_on: str
    level: str
    falls: str
    name: str


_WORDS = {
    "es": _Words(
        "Guion de grabación",
        "Un archivo por línea, con el nombre que dice la tabla: WAV, PCM de 16 o 24 bits, mono. "
        "Sin música, sin efectos, sin saturar; el volumen se ajusta después.",
        ("Archivo", "Texto", "Cómo se dice", "Segundos como máximo"),
        "sigue un número, un monto, una fecha o un nombre: la voz queda arriba, sin pausa",
        "continúa una frase que ya empezó: sin arranque nuevo",
        "en medio de una frase: voz pareja, sin pausa",
        "final de frase: la voz baja",
        "nombre de quien llama, como en un saludo: voz pareja",
    ),
    "en": _Words(
        "Recording script",
        "One file for each line, named as the table says: WAV, PCM of 16 or 24 bits, mono. No "
        "music, no effects, no clipping; the volume is set afterwards.",
        ("File", "Text", "How to say it", "Seconds at most"),
        "a number, an amount, a date or a name follows: the voice stays up, no pause",
        "goes on with a sentence that has begun: no new start",
        "in the middle of a sentence: level voice, no pause",
        "end of a sentence: the voice falls",
        "the caller's name, as in a greeting, said in Spanish: level voice",
    ),
}


def seconds_at_most(line: Line) -> int:
    """How long a recording of the line may be."""
    if line.kind != "sentence":
        return _PIECE_SECONDS
    slow = math.ceil(len(line.text.split()) / _WORDS_A_SECOND) + 2
    return _AT_MOST_SECONDS.get(line.name, slow)


def script_as_csv(lines: Iterable[Line], language: str) -> bytes:
    """The script for a spreadsheet, with headings in the language."""
    return BYTE_ORDER_MARK + csv_rows((_WORDS[language].columns, *_rows(lines, language)))


def script_as_html(lines: Iterable[Line], language: str) -> bytes:
    """The script as one page to be printed, which needs nothing else and runs nothing."""
    words = _WORDS[language]
    rows = "\n".join(_row("td", row) for row in _rows(lines, language))
    page = _PAGE.format(
        language=language,
        title=html.escape(words.title),
        intro=html.escape(words.intro),
        head=_row("th", words.columns),
        rows=rows,
    )
    return page.encode("utf-8", "replace")


def _rows(lines: Iterable[Line], language: str) -> Iterable[tuple[str, ...]]:
    for line in lines:
        hint = "; ".join(_hints(line, _WORDS[language]))
        yield f"{line.name}.wav", line.text, hint, str(seconds_at_most(line))


def _hints(line: Line, words: _Words) -> Iterable[str]:
    match line.kind:
        case "name":
            yield words.name
        case "sentence":
            if line.text[:1].islower():
                yield words.goes_on
            if line.text.endswith(","):
                yield words.more_follows
        case _:
            yield words.level if line.said.piece else words.falls


def _row(kind: str, cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{kind}>{html.escape(cell)}</{kind}>' for cell in cells)}</tr>"


_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 12pt/1.4 serif; margin: 1.5cm; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border: 1px solid #888; padding: 0.3em 0.5em; text-align: left; vertical-align: top; }}
td:first-child {{ font-family: monospace; font-size: 9pt; }}
td:nth-child(2) {{ font-size: 14pt; }}
thead {{ display: table-header-group; }}
tr {{ break-inside: avoid; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{intro}</p>
<table>
<thead>{head}</thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""
