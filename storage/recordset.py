"""Many rows as one parameter: a JSON array that the database itself takes apart.

One statement for a whole batch costs the loop of live calls next to nothing, where a statement or
a parameter list for each row would; and it is the fastest way that both databases know.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, Text, bindparam, cast, column, func, select
from sqlalchemy.sql import literal_column
from sqlalchemy.types import TypeEngine

from storage.columns import clean

#: the parameter of every statement made here
ROWS = "rows"


def as_rows(rows: Iterable[Sequence[Any]]) -> dict[str, str]:
    """The parameter: each row a sequence of plain values."""
    return {ROWS: clean(json.dumps(list(rows), ensure_ascii=False))}


def recordset(dialect: str, columns: Mapping[str, TypeEngine[Any]]) -> Select[Any]:
    """A select of the rows, their values called and typed by `columns` in this order."""
    if dialect == "sqlite":
        element = func.json_each(bindparam(ROWS, type_=Text)).table_valued(column("value", Text))
        values: list[ColumnElement[Any]] = [
            func.json_extract(element.c.value, literal_column(f"'$[{at}]'"), type_=type_)
            for at, type_ in enumerate(columns.values())
        ]
    else:
        array = cast(bindparam(ROWS, type_=Text), JSON)
        element = func.json_array_elements(array).table_valued(column("value", JSON))
        values = [_typed(element.c.value, at, type_) for at, type_ in enumerate(columns.values())]
    named = zip(values, columns, strict=True)
    return select(*(value.label(name) for value, name in named)).select_from(element)


def _typed(value: ColumnElement[Any], at: int, type_: TypeEngine[Any]) -> ColumnElement[Any]:
    place: ColumnElement[Any] = literal_column(str(at))
    if isinstance(type_, JSON):
        return value.op("->", return_type=JSON())(place)
    text = value.op("->>", return_type=Text())(place)
    return text if isinstance(type_, Text) else cast(text, type_)
