"""Why a lead list, or a row of it, is refused: a code that stays and a sentence in es and en."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from calls.errors import Linea800Error


class RowFault(StrEnum):
    """What is wrong with one row."""

    ROW_TOO_LONG = "row_too_long"
    BROKEN_QUOTES = "broken_quotes"
    TOO_FEW_FIELDS = "too_few_fields"
    TOO_MANY_FIELDS = "too_many_fields"
    FIELD_TOO_LONG = "field_too_long"
    CONTROL_CHARACTER = "control_character"
    PHONE_MISSING = "phone_missing"
    PHONE_CHARACTERS = "phone_characters"
    PHONE_QUANTITY = "phone_quantity"
    PHONE_INVALID = "phone_invalid"
    PHONE_SHORT = "phone_short"
    PHONE_COUNTRY = "phone_country"
    PHONE_KIND = "phone_kind"
    DUPLICATE = "duplicate"
    ALREADY_THERE = "already_there"
    ZONE_UNKNOWN = "zone_unknown"
    PRIORITY_INVALID = "priority_invalid"
    SCORE_INVALID = "score_invalid"


class ListFault(StrEnum):
    """What is wrong with the file as a whole."""

    EMPTY = "empty"
    NOT_CSV = "not_csv"
    NO_HEADER = "no_header"
    NO_PHONE_COLUMN = "no_phone_column"
    NO_SUCH_COLUMN = "no_such_column"
    COLUMN_TWICE = "column_twice"
    TOO_MANY_PHONES = "too_many_phones"
    BAD_HEADER = "bad_header"
    DOUBLE_COLUMN = "double_column"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_BIG = "too_big"
    TOO_MANY_ROWS = "too_many_rows"
    READER_ENDED = "reader_ended"


_SENTENCES: dict[str, dict[str, str]] = {
    "es": {
        RowFault.ROW_TOO_LONG: "la fila pasa de 64 kB",
        RowFault.BROKEN_QUOTES: "hay comillas sin cerrar o mal puestas",
        RowFault.TOO_FEW_FIELDS: "la fila tiene menos campos que el encabezado ({detail})",
        RowFault.TOO_MANY_FIELDS: "la fila tiene más campos que el encabezado ({detail})",
        RowFault.FIELD_TOO_LONG: "el campo pasa de 1000 caracteres",
        RowFault.CONTROL_CHARACTER: "el campo tiene un carácter de control ({detail})",
        RowFault.PHONE_MISSING: "falta el teléfono",
        RowFault.PHONE_CHARACTERS: (
            "el teléfono solo puede llevar dígitos, +, espacios, guiones, puntos y paréntesis "
            "({detail})"
        ),
        RowFault.PHONE_QUANTITY: (
            "la hoja de cálculo tomó el teléfono por una cantidad ({detail}); "
            "dé a la columna formato de texto"
        ),
        RowFault.PHONE_INVALID: "ese número no existe ({detail})",
        RowFault.PHONE_SHORT: "es un número corto o incompleto ({detail})",
        RowFault.PHONE_COUNTRY: "el número es de un país no permitido ({detail})",
        RowFault.PHONE_KIND: "a esa clase de número no se llama ({detail})",
        RowFault.DUPLICATE: "el número ya está en la línea {detail}",
        RowFault.ALREADY_THERE: "la campaña ya tiene el número ({detail})",
        RowFault.ZONE_UNKNOWN: (
            "no existe esa zona horaria ({detail}); escriba una como America/Bogota"
        ),
        RowFault.PRIORITY_INVALID: (
            "la prioridad debe ser un número entero de -1000 a 1000 ({detail})"
        ),
        RowFault.SCORE_INVALID: "el puntaje debe ser un número de -1000000 a 1000000 ({detail})",
        ListFault.EMPTY: "el archivo no tiene filas con datos",
        ListFault.NOT_CSV: "el archivo no es CSV ({detail}); guárdelo como «CSV UTF-8»",
        ListFault.NO_HEADER: "falta el encabezado: la primera fila ya trae datos",
        ListFault.NO_PHONE_COLUMN: (
            "ninguna columna es de teléfono; nombre una «telefono». Columnas: {detail}"
        ),
        ListFault.NO_SUCH_COLUMN: "el archivo no tiene esa columna: {detail}",
        ListFault.COLUMN_TWICE: "una columna se pidió para dos cosas: {detail}",
        ListFault.TOO_MANY_PHONES: "hay más de 10 columnas de teléfono ({detail})",
        ListFault.BAD_HEADER: "el encabezado no se puede leer ({detail})",
        ListFault.DOUBLE_COLUMN: "dos columnas tienen el mismo nombre: {detail}",
        ListFault.TOO_MANY_COLUMNS: "hay más de 30 columnas de datos propios ({detail})",
        ListFault.TOO_BIG: "el archivo pasa de {detail} MB; divídalo",
        ListFault.TOO_MANY_ROWS: "hay más de 1 000 000 de filas; divida el archivo",
        ListFault.READER_ENDED: (
            "el lector del archivo terminó antes de tiempo ({detail}); el registro del servicio "
            "dice por qué"
        ),
    },
    "en": {
        RowFault.ROW_TOO_LONG: "the row is longer than 64 kB",
        RowFault.BROKEN_QUOTES: "a quote is not closed or not where it may be",
        RowFault.TOO_FEW_FIELDS: "the row has fewer fields than the header ({detail})",
        RowFault.TOO_MANY_FIELDS: "the row has more fields than the header ({detail})",
        RowFault.FIELD_TOO_LONG: "the field is longer than 1000 characters",
        RowFault.CONTROL_CHARACTER: "the field holds a control character ({detail})",
        RowFault.PHONE_MISSING: "there is no phone number",
        RowFault.PHONE_CHARACTERS: (
            "a phone number may only hold digits, +, spaces, hyphens, dots and parentheses "
            "({detail})"
        ),
        RowFault.PHONE_QUANTITY: (
            "the spreadsheet took the phone number for a quantity ({detail}); "
            "format the column as text"
        ),
        RowFault.PHONE_INVALID: "there is no such number ({detail})",
        RowFault.PHONE_SHORT: "this is a short or incomplete number ({detail})",
        RowFault.PHONE_COUNTRY: "the number is of a country that is not allowed ({detail})",
        RowFault.PHONE_KIND: "this kind of number is not called ({detail})",
        RowFault.DUPLICATE: "the number is in line {detail} already",
        RowFault.ALREADY_THERE: "the campaign has the number already ({detail})",
        RowFault.ZONE_UNKNOWN: (
            "there is no such time zone ({detail}); write one as in America/Bogota"
        ),
        RowFault.PRIORITY_INVALID: (
            "the priority has to be a whole number from -1000 to 1000 ({detail})"
        ),
        RowFault.SCORE_INVALID: "the score has to be a number from -1000000 to 1000000 ({detail})",
        ListFault.EMPTY: "the file holds no rows",
        ListFault.NOT_CSV: "the file is not CSV ({detail}); save it as “CSV UTF-8”",
        ListFault.NO_HEADER: "there is no header: the first row holds data",
        ListFault.NO_PHONE_COLUMN: (
            "no column is a phone number's; name one “phone”. Columns: {detail}"
        ),
        ListFault.NO_SUCH_COLUMN: "the file has no such column: {detail}",
        ListFault.COLUMN_TWICE: "a column was asked for as two things: {detail}",
        ListFault.TOO_MANY_PHONES: "there are more than 10 phone columns ({detail})",
        ListFault.BAD_HEADER: "the header cannot be read ({detail})",
        ListFault.DOUBLE_COLUMN: "two columns have the same name: {detail}",
        ListFault.TOO_MANY_COLUMNS: "there are more than 30 columns of data of your own ({detail})",
        ListFault.TOO_BIG: "the file is bigger than {detail} MB; split it",
        ListFault.TOO_MANY_ROWS: "there are more than 1,000,000 rows; split the file",
        ListFault.READER_ENDED: (
            "the reader of the file ended before its time ({detail}); the service's log says why"
        ),
    },
}

#: the place of a fault, before its sentence
_PLACES = {
    "es": ("línea {line}", "columna «{column}»"),
    "en": ("line {line}", "column “{column}”"),
}

#: details that are words and not figures: what a kind of number is called
KINDS_IN_SPANISH = {
    "premium rate": "tarifa con recargo",
    "toll free": "gratuito",
    "shared cost": "costo compartido",
    "personal number": "número personal",
    "pager": "buscapersonas",
    "company number": "número de empresa",
    "voicemail": "buzón de voz",
}


def _sentence(language: str, fault: str, line: int, column: str, detail: str) -> str:
    if language not in _SENTENCES:
        raise ValueError(f"language {language!r}: refusals are told in es and en")
    if language == "es":
        detail = KINDS_IN_SPANISH.get(detail, detail)
    in_line, in_column = _PLACES[language]
    places = [in_line.format(line=line)] if line else []
    places += [in_column.format(column=column)] if column else []
    told = _SENTENCES[language][fault].format(detail=detail)
    return f"{', '.join(places)}: {told}" if places else told


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that does not become a lead. `line` is where the row begins in the file, from 1."""

    line: int
    #: the column as its header calls it; "" when the row as a whole is at fault
    column: str
    fault: RowFault
    detail: str = ""
    #: the row is a lead all the same: only this number of several is left out
    kept: bool = False
    #: the row as it was in the file; "" when it was too long, or is not kept
    row: str = field(default="", compare=False)

    def sentence(self, language: str) -> str:
        """Where and why; raises `ValueError` unless `language` is es or en."""
        return _sentence(language, self.fault, self.line, self.column, self.detail)

    def reason(self, language: str) -> str:
        """Why, without the place; raises `ValueError` unless `language` is es or en."""
        return _sentence(language, self.fault, 0, "", self.detail)


class ListRefusedError(Linea800Error):
    """The file as a whole is refused; `line` is 0 when no line is to blame."""

    def __init__(self, fault: ListFault, *, line: int = 0, detail: str = "") -> None:
        self.fault = fault
        self.line = line
        self.detail = detail
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """Where and why; raises `ValueError` unless `language` is es or en."""
        return _sentence(language, self.fault, self.line, "", self.detail)


class NumberRefusedError(Linea800Error):
    """A phone number is not dialed; `fault` is one of the PHONE faults."""

    def __init__(self, fault: RowFault, detail: str = "") -> None:
        self.fault = fault
        self.detail = detail
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """Why; raises `ValueError` unless `language` is es or en."""
        return _sentence(language, self.fault, 0, "", self.detail)
