"""Flow files: what callers do and hear, as text a call center keeps beside its menu.

    menu: tienda.yaml
    flow: Somebody who wants to buy
      hears: welcome, main_menu
      presses: 3
      ends: queue ventas

The lines before the first flow count for all of them. Every word may be Spanish as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Never, TypeAlias

from documents.faults import DocumentRefusedError, Fault
from ivr import flow_said
from ivr.flow_caller import with_setting
from ivr.flow_words import Word, meaning
from ivr.walked import CalledBack, Caller, End, HungUp, Queued, Transferred

_LINE = re.compile(r"(?P<word>\w+)\s*(?::\s*(?P<rest>.*))?")
_KEYS = re.compile(r"[0-9*#]+")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SETTINGS = {
    Word.LANGUAGE, Word.NUMBER, Word.WAITING, Word.CALLED_BACK, Word.TIME, Word.CUSTOMER,
    Word.ANSWERS, Word.TICKETS, Word.STAFFED, Word.WAIT, Word.INCIDENT, Word.SPEAKS, Word.FROM,
}  # fmt: skip
_EXPECTED = {Word.HEARS, Word.PRESSES, Word.SILENT, Word.DOES, Word.ENDS}
_STEPS = {Word.STARTED, Word.DONE, Word.FAILED}


@dataclass(frozen=True, slots=True)
class Hears:
    """These prompts and no others since the last key."""

    line: int
    prompts: tuple[flow_said.Expected, ...]


@dataclass(frozen=True, slots=True)
class Presses:
    """Keys in quick succession."""

    line: int
    keys: str


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing is pressed until the menu gives up."""

    line: int


@dataclass(frozen=True, slots=True)
class Does:
    """How a task stands now."""

    line: int
    task: str
    step: Word


@dataclass(frozen=True, slots=True)
class Ends:
    """Where the caller is then."""

    line: int
    end: End


Expected: TypeAlias = Hears | Presses | Silent | Does | Ends


@dataclass(frozen=True, slots=True)
class Flow:
    """One caller's way, as it should be."""

    file: str
    line: int
    title: str
    menu: str
    caller: Caller
    expected: tuple[Expected, ...] = ()


def read_flows(source: Path) -> tuple[Flow, ...]:
    """The flows of a file; raises `DocumentRefusedError` with the first line that cannot be read.

    A file that names no menu is about the one that has its name.
    """
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise DocumentRefusedError([Fault(source.name, 0, 0, "", "is no text to read")]) from None
    return parse_flows(text, source.name)


def parse_flows(text: str, file: str) -> tuple[Flow, ...]:
    """As `read_flows`, of a text."""
    reader = _Reader(file)
    for number, line in enumerate(text.splitlines(), start=1):
        if (line := line.strip()) and not line.startswith("#"):
            reader.read(number, line)
    if not reader.flows:
        reader.refuse(0, "has no flow: begin one with a line like `flow: what is tried`")
    return tuple(reader.flows)


class _Reader:
    def __init__(self, file: str) -> None:
        self.flows: list[Flow] = []
        self._file = file
        self._menu = f"{Path(file).stem}.yaml"
        self._caller = Caller()

    def refuse(self, line: int, reason: str) -> Never:
        raise DocumentRefusedError([Fault(self._file, line, 1 if line else 0, "", reason)])

    def read(self, line: int, text: str) -> None:
        found = _LINE.fullmatch(text)
        word = meaning(found["word"]) if found else None
        rest = ((found["rest"] if found else "") or "").strip()
        if word is Word.MENU and not self.flows and rest:
            self._menu = rest
        elif word is Word.FLOW and rest:
            self.flows.append(Flow(self._file, line, rest, self._menu, self._caller))
        elif word in _SETTINGS:
            self._set(line, word, rest)
        elif word in _EXPECTED:
            self._expect(line, word, rest)
        else:
            self.refuse(line, "is no line of a flow: see the menus page for those there are")

    def _set(self, line: int, word: Word, rest: str) -> None:
        caller = self.flows[-1].caller if self.flows else self._caller
        if self.flows and self.flows[-1].expected:
            self.refuse(line, "comes too late: say it before what the caller hears and presses")
        if (told := with_setting(caller, word, rest)) is None:
            self.refuse(line, "has no value that makes sense here")
        caller = told
        if self.flows:
            self.flows[-1] = replace(self.flows[-1], caller=caller)
        else:
            self._caller = caller

    def _expect(self, line: int, word: Word, rest: str) -> None:
        if not self.flows:
            self.refuse(line, "stands before the first flow: begin one with a line like `flow: …`")
        flow = self.flows[-1]
        if flow.expected and isinstance(flow.expected[-1], Ends):
            self.refuse(line, "comes after the end of its flow")
        if (one := _expected(line, word, rest)) is None:
            self.refuse(line, "has no value that makes sense here")
        self.flows[-1] = replace(flow, expected=(*flow.expected, one))


def _expected(line: int, word: Word, rest: str) -> Expected | None:
    names = re.split(r"\s*,\s*|\s+", rest)
    if word is Word.SILENT and not rest:
        return Silent(line)
    if word is Word.PRESSES and _KEYS.fullmatch(rest):
        return Presses(line, rest)
    if word is Word.HEARS and meaning(rest) is Word.NOTHING:
        return Hears(line, ())
    if word is Word.HEARS and (prompts := flow_said.read_prompts(rest)):
        return Hears(line, prompts)
    if word is Word.DOES and len(names) == 2 and (step := meaning(names[1])) in _STEPS:
        return Does(line, names[0], step) if _NAME.fullmatch(names[0]) else None
    if word is Word.ENDS and (end := _end(*names)) is not None:
        return Ends(line, end)
    return None


def _end(word: str, *rest: str) -> End | None:
    match meaning(word), rest:
        case Word.QUEUE, (name,):
            return Queued(name)
        case Word.QUEUE, (name, how, figure) if meaning(how) is Word.PRIORITY:
            return Queued(name, int(figure)) if figure.isdecimal() else None
        case Word.CALLBACK, (number,):
            return CalledBack("", number)
        case Word.TRANSFER, (target,):
            return Transferred(target)
        case Word.HANG_UP, ():
            return HungUp()
        case _:
            return None
