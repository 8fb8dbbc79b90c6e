"""Calls about complaints, cancellations, suggestions and their tickets: data only."""

from __future__ import annotations

from tests.soak.operator_scenes import Person, Script
from tests.soak.operator_ways import (
    CANCELS,
    COMPLAINT,
    LOOKS_UP,
    NO_ACCOUNT,
    OWES,
    SOPORTE,
    WRONG_NUMBER,
)

#: whoever these are has a ticket; they hang up while its number is told
TICKETS = tuple(
    Script(
        name=f"ticket {name}", keys="441", who=Person(name=name), left=True,
        path=f"{CANCELS} ticket_note cancel_ticket cancel_told", tasks="cancellation started",
    )
    for name in ("open", "in_progress", "solved", "late")
)  # fmt: skip

COMPLAINTS = (
    Script(
        name="complaint", who=OWES, keys="411# ~.3 # ~5 # ~1 1 ~6 2 ~5 # ~1 3 ~2 132",
        path=f"{COMPLAINT} complaint_service ticket_whose ticket_note complaint_note "
        "complaint_ticket complaint_told after_ticket ticket_again after_ticket anything_else "
        "farewell",
        tasks="complaint done",
    ),
    Script(
        name="complaint without words", who=OWES,
        keys="412# ~.3 # ~.6 # ~.7 # ~.6 #" + " ~2 2" * 14,
        path=f"{COMPLAINT} complaint_bill ticket_whose ticket_note complaint_note "
        "complaint_ticket complaint_told after_ticket ticket_person",
        queue=SOPORTE, tasks="complaint done",
    ),
    Script(
        name="complaint to a person", who=OWES, keys="413# ~.3 0", queue=SOPORTE,
        path=f"{COMPLAINT} complaint_people ticket_whose ticket_note complaint_note",
        tasks="complaint started",
    ),
    Script(
        name="complaint of nobody", keys="411# ~2 # ~1 # ~5 # ~1 3 ~3", left=True,
        path=f"{COMPLAINT} complaint_service ticket_whose {NO_ACCOUNT} complaint_who "
        "complaint_ticket complaint_told",
        tasks="complaint started",
    ),
    Script(
        name="complaint of nobody, no words", keys="411# ~2 # ~1 # ~.6 # ~.7 # ~.6 #", left=True,
        path=f"{COMPLAINT} complaint_service ticket_whose {NO_ACCOUNT} complaint_who "
        "complaint_ticket complaint_told",
        tasks="complaint started",
    ),
    Script(
        name="complaint of nobody, a person", keys="411# ~2 # ~1 0", queue=SOPORTE,
        path=f"{COMPLAINT} complaint_service ticket_whose {NO_ACCOUNT} complaint_who",
        tasks="complaint started",
    ),
    Script(
        name="cancels with the account", keys="441 ~2 {known}#", left=True,
        path=f"{CANCELS} ticket_account ticket_owner ticket_note cancel_ticket cancel_told",
        tasks="cancellation started",
    ),
    Script(
        name="cancels with no such account", keys="441 ~2 777777# ~2 777777# ~2 0",
        path=f"{CANCELS} ticket_account ticket_owner ticket_account_missing ticket_account_again "
        "ticket_account ticket_owner ticket_account_missing ticket_note cancel_who",
        queue=SOPORTE, tasks="cancellation started",
    ),
    Script(
        name="cancels, a name", keys="441 ~2 # ~1 # ~5 # ~1 3 ~3", left=True,
        path=f"{CANCELS} {NO_ACCOUNT} cancel_who cancel_ticket cancel_told",
        tasks="cancellation started",
    ),
    Script(
        name="cancels, no name", keys="441 ~2 # ~1 # ~.6 # ~.7 # ~.6 #", left=True,
        path=f"{CANCELS} {NO_ACCOUNT} cancel_who cancel_ticket cancel_told",
        tasks="cancellation started",
    ),
    Script(
        name="cancels, the account of a person", keys="441 ~2 0#", queue=SOPORTE,
        path=f"{CANCELS} ticket_account", tasks="cancellation started",
    ),
    Script(
        name="cancels, a person", keys="442", path="main complaints cancel_service",
        queue=SOPORTE, tasks="cancellation started",
    ),
    Script(
        name="after the ticket, a person", who=OWES, keys="4410", queue=SOPORTE,
        path=f"{CANCELS} ticket_note cancel_ticket cancel_told after_ticket",
        tasks="cancellation done",
    ),
    Script(
        name="after the ticket, trouble", who=OWES, keys="441" + " ~2 8" * 18, queue=SOPORTE,
        path=f"{CANCELS} ticket_note cancel_ticket cancel_told after_ticket",
        tasks="cancellation done",
    ),
    Script(
        name="suggestion", keys="43 ~.3 # ~5 # ~1 3 ~2 2",
        path="main complaints suggestion suggestion_sent anything_else farewell",
        tasks="suggestion done",
    ),
    Script(
        name="no suggestion", keys="43 ~.3 # ~.6 # ~.7 # ~.6 # ~3 0", queue=SOPORTE,
        path="main complaints suggestion anything_else", tasks="suggestion started",
    ),
    Script(
        name="suggestion to a person", keys="43 ~.3 0", queue=SOPORTE,
        path="main complaints suggestion", tasks="suggestion started",
    ),
)  # fmt: skip

#: the tickets of `TICKETS` have the states they are called by, by now
_WITH_A_TICKET = Person(name="open")
ABOUT_TICKETS = (
    Script(
        name="own ticket waits", keys="* ~.3 1 ~.7 2", who=_WITH_A_TICKET,
        path="open_ticket own_ticket ticket_state ticket_waiting anything_else farewell",
        tasks="ticket_state done",
    ),
    Script(
        name="own ticket, a person", keys="2", who=_WITH_A_TICKET,
        path="open_ticket ticket_person", queue=SOPORTE,
    ),
    Script(
        name="own ticket, main menu", keys="30", who=_WITH_A_TICKET, path="open_ticket main",
        queue=SOPORTE,
    ),
    Script(
        name="own ticket, complaints", keys="40", who=_WITH_A_TICKET,
        path="open_ticket complaints", queue=SOPORTE,
    ),
    Script(
        name="open ticket, person", keys="0", who=_WITH_A_TICKET, path="open_ticket",
        queue=SOPORTE,
    ),
    Script(
        name="open ticket, trouble", keys="~8 888", who=_WITH_A_TICKET, path="open_ticket",
        queue=SOPORTE,
    ),
    Script(
        name="ticket solved", keys="42 {solved}# ~1 0", queue=SOPORTE,
        path=f"{LOOKS_UP} ticket_state ticket_solved anything_else", tasks="ticket_state done",
    ),
    Script(
        name="ticket late", keys="42 {late_ticket}#", path=f"{LOOKS_UP} ticket_state ticket_late",
        queue=SOPORTE, tasks="ticket_state done",
    ),
    Script(
        name="ticket in progress", keys="42 {in_progress}# ~1 2",
        path=f"{LOOKS_UP} ticket_state ticket_in_progress anything_else farewell",
        tasks="ticket_state done",
    ),
    Script(
        name="no such ticket", keys="42 123456# ~.7 123456# ~.7 123456#",
        path=f"main complaints {WRONG_NUMBER} ticket_wrong {WRONG_NUMBER} ticket_wrong "
        f"{WRONG_NUMBER} ticket_given_up",
        queue=SOPORTE, tasks="ticket_state failed",
    ),
)  # fmt: skip
