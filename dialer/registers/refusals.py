"""Why the file of a register is refused as a whole: a code that stays, a sentence in es and en."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from calls.errors import Linea800Error


class RegisterFault(StrEnum):
    """What is wrong with the file."""

    EMPTY = "empty"
    NOT_TEXT = "not_text"
    BLOCKS = "blocks"
    NO_COLUMN = "no_column"
    NO_DATE = "no_date"
    FUTURE_DATE = "future_date"
    TOO_MANY_REFUSED = "too_many_refused"


_SENTENCES: Mapping[str, Mapping[RegisterFault, str]] = {
    "es": {
        RegisterFault.EMPTY: "el archivo no tiene ningún número",
        RegisterFault.NOT_TEXT: "el archivo no es texto ({detail}); guárdelo como «CSV UTF-8»",
        RegisterFault.BLOCKS: (
            "el archivo lista rangos o prefijos ({detail}), y un registro se carga número por "
            "número; pida el archivo con los números"
        ),
        RegisterFault.NO_COLUMN: (
            "no se halla la columna de los números; nómbrela con «column». Columnas: {detail}"
        ),
        RegisterFault.NO_DATE: (
            "no se sabe de qué día es la copia; dígalo con «as_of», o en una línea de comentario "
            "del archivo, como «# 2026-11-20»"
        ),
        RegisterFault.FUTURE_DATE: "la copia sería del futuro ({detail})",
        RegisterFault.TOO_MANY_REFUSED: (
            "no se pueden leer {detail} filas, más de una de cada cien; revise el país, el formato "
            "y la columna"
        ),
    },
    "en": {
        RegisterFault.EMPTY: "the file has no number at all",
        RegisterFault.NOT_TEXT: "the file is not text ({detail}); save it as “CSV UTF-8”",
        RegisterFault.BLOCKS: (
            "the file lists ranges or prefixes ({detail}), and a register is loaded number by "
            "number; ask for the file with the numbers"
        ),
        RegisterFault.NO_COLUMN: (
            "the column of the numbers is not found; name it with “column”. Columns: {detail}"
        ),
        RegisterFault.NO_DATE: (
            "nobody knows of which day the copy is; say it with “as_of”, or in a line of comment "
            "in the file, such as “# 2026-11-20”"
        ),
        RegisterFault.FUTURE_DATE: "the copy would be of the future ({detail})",
        RegisterFault.TOO_MANY_REFUSED: (
            "{detail} rows cannot be read, more than one in a hundred; look at the country, the "
            "format and the column"
        ),
    },
}

_IN_LINE = {"es": "línea {line}: ", "en": "line {line}: "}


class RegisterRefusedError(Linea800Error):
    """The file as a whole is refused; `line` is 0 when no line is to blame."""

    def __init__(self, fault: RegisterFault, *, line: int = 0, detail: str = "") -> None:
        self.fault = fault
        self.line = line
        self.detail = detail
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """Where and why; raises `KeyError` unless `language` is es or en."""
        place = _IN_LINE[language].format(line=self.line) if self.line else ""
        return place + _SENTENCES[language][self.fault].format(detail=self.detail)
