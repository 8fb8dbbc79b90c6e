"""Rules for what callers hear: sentences that break off, values without one, options told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from documents.faults import Misfit, Place
from ivr.checks.case import Case
from ivr.nodes import MenuNode
from ivr.outline import below
from ivr.parts import Prompts, Spoken

#: how a sentence names a key, in every language there is
_KEYS: dict[str, tuple[str, ...]] = {
    "0": ("cero", "zero"),
    "1": ("uno", "one"),
    "2": ("dos", "two"),
    "3": ("tres", "three"),
    "4": ("cuatro", "four"),
    "5": ("cinco", "five"),
    "6": ("seis", "six"),
    "7": ("siete", "seven"),
    "8": ("ocho", "eight"),
    "9": ("nueve", "nine"),
    "*": ("asterisco", "estrella", "star", "asterisk"),
    "#": ("numeral", "almohadilla", "pound", "hash"),
}


def broken_off(case: Case) -> Iterator[Misfit]:
    """Sentences that end in a comma where no value follows."""
    for place, prompts, together in _lists(case):
        for position, prompt in enumerate(prompts):
            after = prompts[position + 1 : position + 2] if together else ()
            if not isinstance(prompt, str) or isinstance((*after, None)[0], Spoken):
                continue
            if after and not _texts(case, str(after[0])):
                continue  # of a recording of one's own nobody knows the words
            if any(text.endswith(",") for text in _texts(case, prompt).values()):
                reason = f'"{prompt}" ends in a comma, and no value follows'
                yield Misfit((*place, position), reason)


def unannounced(case: Case) -> Iterator[Misfit]:
    """Values that no sentence leads up to."""
    for place, prompts, together in _lists(case):
        for position, prompt in enumerate(prompts):
            if not together or isinstance(prompt, str):
                continue
            before = prompts[position - 1] if position else None
            texts = _texts(case, before) if isinstance(before, str) else {}
            full = any(not text.endswith(",") for text in texts.values())
            # a name may come first: "Ana, ..."
            if full or (before is None and prompt.first_name is None):
                reason = "no sentence leads up to this value: one that ends in a comma does"
                yield Misfit((*place, position), reason)


def is_told(case: Case, node: MenuNode, key: str) -> bool:
    """Whether callers hear of the key; where nobody knows what they hear, they do."""
    prompts = [each for each in node.prompts if isinstance(each, str)]
    words = set(_KEYS[key]) | {key}
    for language in case.draft.menu.languages:
        known = (case.texts or {}).get(language, {})
        texts = [known.get(prompt) for prompt in prompts]
        if not texts or None in texts:
            return True
        heard = re.findall(r"\w+|[*#]", " ".join(filter(None, texts)).lower())
        if words & set(heard):
            return True
    return False


def _texts(case: Case, prompt: str) -> dict[str, str]:
    """What a prompt says in each language, as far as that is known."""
    known = case.texts or {}
    return {
        language: known[language][prompt].strip()
        for language in case.draft.menu.languages
        if prompt in known.get(language, {})
    }


def _lists(case: Case) -> Iterator[tuple[Place, Prompts, bool]]:
    """Every list of prompts, and whether they are heard one after the other, or one of them."""
    yield from _lists_in(case.draft.menu, ())


def _lists_in(part: object, place: Place) -> Iterator[tuple[Place, Prompts, bool]]:
    for name, value in below(part):
        here = (*place, name)
        if isinstance(value, tuple) and (name == "prompts" or str(name).endswith("_prompts")):
            yield here, value, str(name) not in ("no_input_prompts", "no_match_prompts")
        else:
            yield from _lists_in(value, here)
