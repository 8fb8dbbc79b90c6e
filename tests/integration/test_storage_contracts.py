"""The stores are what the rooms below ask for; mypy is the one who checks, this names the pairs."""

from __future__ import annotations

import calls.intake
from dialer.book import AttemptBook, BookError
from monitoring.recorder import AgentLog, RecordStore, RecordStoreError, Shipped
from storage.agent_states import AgentStateStore
from storage.calls import CallStore
from storage.campaigns import CampaignStore
from storage.errors import DatabaseRefusedError, DatabaseUnavailableError
from storage.journal import Journal, JournalDamagedError, JournalFullError

book: type[AttemptBook] = CampaignStore
records: type[RecordStore] = CallStore
agent_log: type[AgentLog] = AgentStateStore
shipped: type[Shipped] = Journal
journal: type[calls.intake.Journal] = Journal


def test_rooms_below_know_a_failing_database_by_their_own_names() -> None:
    for error in (DatabaseUnavailableError, DatabaseRefusedError):
        assert issubclass(error, BookError)
        assert issubclass(error, RecordStoreError)
    for failure in (JournalFullError, JournalDamagedError):
        assert issubclass(failure, calls.intake.JournalError)
