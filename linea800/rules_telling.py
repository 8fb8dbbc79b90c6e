"""Verdicts and presets as people read them, in Spanish and English: lines of text, pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dialer.rules.calling_rules import CallingRules
from dialer.rules.preset import Section
from dialer.rules.verdict import Verdict
from dialer.rules.verdict_words import SECTIONS, notes_sentences, reason_sentence
from linea800.rules_words import clock, said

_STATED = (
    Section.HOURS,
    Section.FREQUENCY,
    Section.ABANDONMENT,
    Section.RING,
    Section.MESSAGE,
    Section.CALLER_ID,
    Section.REGISTERS,
    Section.AMD,
    Section.RECORDING,
    Section.RETENTION,
)


def sentences(verdict: Verdict, language: str) -> Iterator[str]:
    """The answer, when it may be made else, and what else there is to know."""
    local, following = verdict.local_time, verdict.next_allowed_at
    when = said(language, "nowhere") if local is None else clock(local, language)
    told = {"when": when, "preset": verdict.preset, "version": verdict.version}
    if verdict.allowed:
        yield said(language, "allowed", **told)
    else:
        why = "; ".join(
            dict.fromkeys(reason_sentence(finding, language) for finding in verdict.findings)
        )
        yield said(language, "refused", why=why, **told)
        if following is not None and local is not None:
            there = clock(following.astimezone(local.tzinfo), language)
            yield said(language, "next", when=there)
    for note in notes_sentences(verdict.notes, language):
        yield f"- {note}"


def shown(rules: CallingRules, language: str) -> Iterator[str]:
    """A whole preset, with its sources first."""
    preset = rules.preset
    yield f"{preset.id}: {preset.name.sentence(language)}"
    yield ", ".join(
        (
            f"{said(language, 'country')}: {preset.country or said(language, 'any')}",
            f"{said(language, 'version')}: {preset.version}",
            f"{said(language, 'checked_on')}: {preset.checked_on}",
            f"{said(language, 'confidence')}: {said(language, preset.confidence)}",
            f"{said(language, 'fingerprint')}: {rules.fingerprint}",
        )
    )
    yield f"{said(language, 'sources')}:"
    yield from (f"  - {source}" for source in preset.sources)
    yield f"{said(language, 'purposes')}:"
    for purpose, rule in preset.purposes.items():
        yield f"  - {said(language, purpose)}: {said(language, rule.basis)}{_own(rule)}"
    yield f"{said(language, 'rules')}:"
    for section in _STATED:
        stated = getattr(preset, section)
        if stated is not None:
            mark = " (?)" if section in preset.uncertain else ""
            yield f"  - {SECTIONS[language][section]}{mark}: {_compact(_plain(stated))}"
    notes = {str(part): note for part, note in preset.uncertain.items()}
    for purpose, rule in preset.purposes.items():
        notes |= {f"{purpose}.{part}": note for part, note in rule.uncertain.items()}
    if notes:
        yield f"{said(language, 'uncertain')}:"
    for part, note in notes.items():
        yield f"  - {_section_name(part, language)}: {note.sentence(language)}"
    if preset.remarks:
        yield f"{said(language, 'remarks')}:"
    yield from (f"  - {remark.sentence(language)}" for remark in preset.remarks)
    yield said(language, "no_lawyer")


def _section_name(part: str, language: str) -> str:
    purpose, _, section = part.rpartition(".")
    name = SECTIONS[language][Section(section)]
    return f"{said(language, purpose)}, {name}" if purpose else name


def _own(rule: Any) -> str:
    own = rule.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"basis"})
    own.pop("uncertain", None)
    return f" ({_compact(own)})" if own else ""


def _plain(stated: Any) -> Any:
    if isinstance(stated, tuple):
        return [_plain(each) for each in stated]
    return stated.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)


def _compact(value: Any) -> str:
    """Settings on one line, by the names they have in the file."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_compact(each)}" for name, each in value.items())
    if isinstance(value, list):
        inner = "; ".join(_compact(each) for each in value)
        return f"[{inner}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value}"
