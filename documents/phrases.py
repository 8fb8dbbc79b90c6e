"""Reasons in another language: sentences told in English are known again and said anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Self

_SLOT = re.compile(r"\\\{\w+\\\}")


class Phrases:
    """English patterns with `{slots}`, each with its sentence in one other language.

    What fills a slot is said in that language too if it is a pattern itself; else it stays.
    """

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._pairs = dict(pairs)
        self._patterns = [(_pattern(each), pairs[each]) for each in sorted(pairs, key=_breadth)]

    def with_more(self, pairs: Mapping[str, str]) -> Self:
        """These, and others."""
        return type(self)({**self._pairs, **pairs})

    def said(self, reason: str) -> str:
        """The reason in that language; as it came where no pattern knows it."""
        for pattern, sentence in self._patterns:
            if match := pattern.fullmatch(reason):
                slots = {name: self.said(value) for name, value in match.groupdict().items()}
                return sentence.format(**slots)
        return reason

    def unknown(self, reasons: Iterable[str]) -> tuple[str, ...]:
        """Those that no pattern knows."""
        return tuple(
            each for each in reasons if not any(p.fullmatch(each) for p, _ in self._patterns)
        )


def _breadth(english: str) -> tuple[bool, int]:
    """The narrow patterns are asked first: those that begin with words, and the longer ones."""
    return english.startswith("{"), -len(re.sub(r"\{\w+\}", "", english))


def _pattern(english: str) -> re.Pattern[str]:
    escaped = re.escape(english)
    return re.compile(_SLOT.sub(lambda slot: f"(?P<{slot[0][2:-2]}>.+)", escaped), re.DOTALL)


#: what this package says of documents, in Spanish
SPANISH = Phrases(
    {
        "is missing": "falta",
        "is no setting known here": "no es un dato que se conozca aquí",
        "has to be text": "tiene que ser texto",
        "does not fit the pattern {pattern}": "no cumple el patrón {pattern}",
        "needs at least {least} characters": "necesita al menos {least} caracteres",
        "may have at most {most} characters": "puede tener como máximo {most} caracteres",
        "has to be true or false": "tiene que ser true o false",
        "has to be a whole number": "tiene que ser un número entero",
        "is too large a number": "es un número demasiado grande",
        "has to be a number": "tiene que ser un número",
        "has to be a number that ends somewhere": "tiene que ser un número finito",
        "has to be more than {limit}": "tiene que ser mayor que {limit}",
        "has to be at least {limit}": "tiene que ser {limit} como mínimo",
        "has to be less than {limit}": "tiene que ser menor que {limit}",
        "has to be at most {limit}": "tiene que ser {limit} como máximo",
        "has to be one of: {expected}": "tiene que ser uno de: {expected}",
        "{field} has to be one of: {expected}": "{field} tiene que ser uno de: {expected}",
        "{field} is missing": "falta {field}",
        "has to be a list": "tiene que ser una lista",
        "needs entries: at least {least}": "necesita elementos: al menos {least}",
        "has too many entries: at most {most}": "tiene demasiados elementos: como máximo {most}",
        "has to be a map of names and values": "tiene que ser un mapa de nombres y valores",
        "this name {rest}": "este nombre {rest}",
        "has no value: it {rest}": "no tiene valor: {rest}",
        "cannot be read: {why}": "no se puede leer: {why}",
        "is larger than {most} bytes": "ocupa más de {most} bytes",
        "is not UTF-8 text: save the file as UTF-8": (
            "no es texto UTF-8: guarde el archivo como UTF-8"
        ),
        "is empty": "está vacío",
        "a second document begins here: one file holds one": (
            "aquí empieza un segundo documento: un archivo contiene uno solo"
        ),
        "a character that cannot be printed: remove it": (
            "un carácter que no se puede imprimir: quítelo"
        ),
        "is nested deeper than {most} levels": "tiene más de {most} niveles, unos dentro de otros",
        "refers to another part (*): write it out": "remite a otra parte (*): escríbala entera",
        "carries an anchor (&): leave it out": "lleva un ancla (&): quítela",
        "carries a tag (!): leave it out": "lleva una etiqueta (!): quítela",
        "a name has to be plain text": "un nombre tiene que ser texto simple",
        "is given twice; first in line {line}": "está dos veces; la primera, en la línea {line}",
        "a tab: YAML is indented with spaces": "un tabulador: YAML se sangra con espacios",
        '* and & mean something to YAML: put them in quotes: "*"': (
            '* y & significan algo en YAML: póngalos entre comillas: "*"'
        ),
        "a colon out of place: check the indentation, and put text with a colon in quotes": (
            "dos puntos fuera de lugar: revise la sangría, y ponga entre comillas el texto que "
            "lleve dos puntos"
        ),
        "the file ends inside a quoted text": "el archivo termina dentro de comillas",
        "the file ends before everything is closed": "el archivo termina sin que todo esté cerrado",
        "text cannot begin with this character: put it in quotes": (
            "un texto no puede empezar con este carácter: póngalo entre comillas"
        ),
    }
)
