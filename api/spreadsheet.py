"""CSV as an answer; `documents.spreadsheet` writes it so that no cell is a formula."""

from __future__ import annotations

from documents.spreadsheet import csv_rows

__all__ = ["MEDIA_TYPE", "csv_rows"]

MEDIA_TYPE = "text/csv; charset=utf-8"
