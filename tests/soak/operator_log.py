"""A run in which nobody logs an error that was not expected."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator


class _Errors(logging.Handler):
    """What a house says is wrong."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """As `logging.Handler`."""
        self.said.append(record.getMessage())


@contextlib.contextmanager
def no_errors(but: tuple[str, ...]) -> Iterator[None]:
    """Fails when a house said that something is wrong, `but` what begins so."""
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(errors)
    said = [each for each in errors.said if not each.startswith(but)]
    assert not said, said
