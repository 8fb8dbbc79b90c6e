"""First names as recorded prompts, so that a caller is greeted by name and nothing is synthesised.

The list that comes along is `first_names.txt`; a call center's own names stand in `names.txt` of
its home, one a line.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence, Set
from pathlib import Path

from calls.errors import Linea800Error
from prompts.spoken import LANGUAGES

#: the list that comes with linea800
FIRST_NAMES = Path(__file__).with_name("first_names.txt")

_MOST_LETTERS = 40
_MOST_WORDS = 4
_MOST_NAMES = 5000
_MOST_BYTES = 1_000_000
_FAULTS_TOLD = 10


class NamesRefusedError(Linea800Error):
    """A list of names cannot be used; the message has the lines and the reasons."""


def say_name(first_name: str, language: str, known: Set[str]) -> tuple[str, ...] | None:
    """The prompts that say a first name, as "María José"; None when they are not all recorded.

    `known` are the prompts that exist in the language. Accents and capitals do not matter, what
    was recorded as one ("María del Carmen") goes before its parts. Raises `ValueError` for a
    language that is not spoken.
    """
    if language not in LANGUAGES:
        raise ValueError(f"cannot speak the language {language!r}")
    words = _words(first_name)
    if words is None:
        return None
    said: list[str] = []
    while words:
        for count in range(len(words), 0, -1):
            prompt = _prompt(words[:count])
            if prompt in known:
                said.append(prompt)
                words = words[count:]
                break
        else:
            return None
    return tuple(said)


def name_prompt(first_name: str) -> str:
    """The prompt of a name, such as `name_maria`; raises `ValueError` for what is no name."""
    words = _words(first_name)
    if words is None:
        raise ValueError(
            f"{first_name!r} is no first name: write Latin letters, at most {_MOST_LETTERS}, in at "
            f"most {_MOST_WORDS} words"
        )
    return _prompt(words)


@functools.cache
def first_names() -> tuple[str, ...]:
    """The names that come with linea800, each once."""
    return read_names(FIRST_NAMES)


def read_names(file: Path) -> tuple[str, ...]:
    """The names of a list, in its order, each prompt once; none when there is no such file.

    Lines that are empty or begin with # say nothing. Raises `NamesRefusedError` with the lines
    that are no names.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError:
        raise NamesRefusedError(f"{file}: is no UTF-8 text: save it as UTF-8") from None
    except OSError as error:
        raise NamesRefusedError(f"{file}: cannot be read: {error.strerror}") from error
    found: dict[str, str] = {}
    faults: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        name = " ".join(line.split())
        if not name or name.startswith("#"):
            continue
        try:
            found.setdefault(name_prompt(name), name)
        except ValueError as error:
            faults.append(f"{file}:{number}: {error}")
    if len(content) > _MOST_BYTES or len(found) > _MOST_NAMES:
        faults = [f"{file}: has too many names: {_MOST_NAMES} at most"]
    if faults:
        more = [f"and {len(faults) - _FAULTS_TOLD} more"] if len(faults) > _FAULTS_TOLD else []
        raise NamesRefusedError("\n".join([*faults[:_FAULTS_TOLD], *more]))
    return tuple(found.values())


def add_names(names: Iterable[str], file: Path) -> tuple[str, ...]:
    """Add those that are neither in the list nor came along, and tell which; the list is kept.

    Raises `NamesRefusedError` when the list in `file` cannot be read, or grows too long.
    """
    own = read_names(file)
    known = {name_prompt(name) for name in (*first_names(), *own)}
    added = {name_prompt(name): name for name in names}
    new = tuple(name for prompt, name in added.items() if prompt not in known)
    if len(own) + len(new) > _MOST_NAMES:
        raise NamesRefusedError(f"{file}: would have too many names: {_MOST_NAMES} at most")
    if new:
        file.parent.mkdir(parents=True, exist_ok=True)
        old = file.read_text(encoding="utf-8-sig") if file.exists() else ""
        beside = file.with_name(f".{file.name}.new")
        lines = (*old.splitlines(), *new, "")
        beside.write_text("\n".join(lines), encoding="utf-8")
        beside.replace(file)
    return new


def _words(first_name: str) -> tuple[str, ...] | None:
    """The words of a name, without accents and capitals; None when it is no name."""
    if not 0 < len(first_name) <= _MOST_LETTERS:
        return None
    apart = unicodedata.normalize("NFKD", first_name.casefold())
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    words = tuple(re.split("[ -]+", plain.strip()))
    fits = len(words) <= _MOST_WORDS and all(re.fullmatch("[a-z]+", word) for word in words)
    return words if fits else None


def _prompt(words: Sequence[str]) -> str:
    return "_".join(("name", *words))
