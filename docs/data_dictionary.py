"""Writes the page of the data dictionary: `python -m docs.data_dictionary`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from api.export_dictionary import Described, dictionary

PAGE = Path(__file__).with_name("reference") / "data-dictionary.md"
_HEAD = """# Data dictionary

Made from `api/export_columns.yaml` by `python -m docs.data_dictionary`; what the exports say of
themselves is the same (`GET /exports/dictionary`, `GET /exports/dictionary.csv`). How to get them:
[Exports](../how-to/exports.md).

| Type | CSV | JSON Lines | Parquet |
|---|---|---|---|
| `text` | as it is | string | string |
| `phone`, `name` | masked for who has not `pii:read` | likewise | likewise |
| `whole`, `number` | digits, a point before decimals | number | int64, double |
| `truth` | `true`, `false` | boolean | boolean |
| `moment` | RFC 3339 on the clock of `tz` | likewise | timestamp in microseconds, with the zone |
| `data` | JSON | object or list | JSON as a string |

What is not known is an empty cell in CSV and null elsewhere; a text that says nothing is empty
everywhere.
"""


def page() -> str:
    """The page as it has to be."""
    return _HEAD + "".join(map(_section, dictionary().values()))


def _section(export: Described) -> str:
    return f"\n## {export.what}\n\n{export.es}\n\n{export.en}\n\n" + "".join(_rows(export))


def _rows(export: Described) -> Iterator[str]:
    yield f"Scopes: `exports:create` and `{export.scope}`.\n\n"
    yield "| Column | Type | Unit | Español | English |\n|---|---|---|---|---|\n"
    for column in export.columns:
        yield f"| `{column.name}` | {column.type} | {column.unit} | {column.es} | {column.en} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
