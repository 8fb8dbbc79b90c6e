"""What can go wrong with the database, each error named for what happened.

The dialer and the recorder stand below and know a failing database by their own names for it; the
errors here are those, too, so that each of them can go on when the database comes back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy import exc

from calls.errors import Linea800Error
from dialer.book import BookError, BookRefusedError
from monitoring.recorder import RecordRefusedError, RecordStoreError


class StorageError(Linea800Error):
    """Something the database could not do."""


class DatabaseUrlError(StorageError):
    """The address of the database cannot be used; the message never repeats it (passwords)."""


class FileInUseError(StorageError):
    """Another process holds the file; exactly one may write it."""


class DatabaseVersionError(StorageError):
    """The database's tables were made by a newer linea800 than this one."""


class DanglingRowError(StorageError):
    """The database's tables cannot be changed: a row refers to one that is not there."""


class DatabaseUnavailableError(StorageError, BookError, RecordStoreError):
    """The database did not do it, or not in time; the same may succeed later.

    Whether a write had its effect is then unknown: every write here may be repeated, except
    `CampaignStore.reserve`, whose attempts show in `open_attempts`.
    """


class DatabaseRefusedError(StorageError, BookRefusedError, RecordRefusedError):
    """The database will never take this, however often it is tried (a fault in the data)."""


class CursorError(StorageError):
    """A page's cursor is not one that was handed out."""


#: SQLSTATE classes that speak of the data or the statement, not of the database's health
_REFUSALS = ("22", "23")


@contextmanager
def named_errors(name: str) -> Iterator[None]:
    """Turn what the libraries raise inside into errors of this house; `name` says which database.

    Only this room may know the libraries, so nobody above could catch their errors by name.
    """
    try:
        yield
    except exc.DBAPIError as error:
        if _refused(error):
            # not chained: a driver's detail lines quote the row, and rows hold people's numbers
            reason = str(error.orig).partition("\n")[0]
            raise DatabaseRefusedError(f"{name} refused the data: {reason}") from None
        raise _unavailable(name, error.orig) from error
    except exc.StatementError as error:  # a value was refused before it left
        raise DatabaseRefusedError(f"{name}: {error.orig}") from error
    except (exc.TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise _unavailable(name, error) from error
    except OSError as error:  # TimeoutError is one, too
        raise _unavailable(name, error) from error


def _refused(error: exc.DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_REFUSALS)
    return isinstance(error, exc.IntegrityError | exc.DataError | exc.ProgrammingError)


def _unavailable(name: str, error: BaseException | None) -> DatabaseUnavailableError:
    reason = str(error).partition("\n")[0] or type(error).__name__
    return DatabaseUnavailableError(
        f"{name} did not answer as it should: {reason}; check that it runs and has room"
    )
