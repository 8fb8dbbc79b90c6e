"""Calls to the operator's line, as a table: what is pressed, where it leads, how it ends."""

from __future__ import annotations

from tests.soak.operator_scenes import Person, Script

SOPORTE, FACTURACION, VENTAS = "soporte", "facturacion", "ventas"
BALANCE = "main billing balance proof"
PROVES = "enter_proof proof_given proven bill_known"
PROMISE = f"main billing promise proof {PROVES} promise_day"
_SIGNAL = "main support no_signal refresh_warning refresh"
ACCOUNT = "account account_owner"
_MISSING = f"{ACCOUNT} account_missing"
COMPLAINT = "main complaints complaint"
OWES = Person()
LOOKS_UP = "main complaints ticket_number ticket_found"
_WRONG_NUMBER = "ticket_number ticket_found ticket_missing"
TO_BILLING = "right_people billing_people"
TO_SUPPORT = "right_people support_people"
BALANCE_ASKED, BALANCE_TOLD = "balance started", "balance done"
_PROMISED = "payment_promise done"

#: whoever these are has a ticket; they hang up while its number is told
TICKETS = tuple(
    Script(
        name=f"ticket {name}", keys="441", who=Person(name=name), left=True,
        path="main complaints cancel_service cancel_ticket cancel_told",
        tasks="cancellation started",
    )
    for name in ("open", "in_progress", "solved")
)  # fmt: skip

_PERSON_AND_TROUBLE = (
    # how one comes to the node, by which nodes, the tasks begun on the way, the keys that are wrong
    ("main", "", "main", "", "888"),
    ("billing", "1", "main billing", "", "888"),
    ("support", "2", "main support", "", "888"),
    ("plans", "3", "main plans", "", "888"),
    ("complaints", "4", "main complaints", "", "888"),
    ("complaint", "41", COMPLAINT, "complaint started", "888"),
    ("cancel_service", "44", "main complaints cancel_service", "cancellation started", "888"),
    ("ticket_number", "42", "main complaints ticket_number", "ticket_state started", "##"),
    ("account", "11", "main billing balance account", BALANCE_ASKED, "##"),
    ("picture_helped", "22#", "main support bad_picture picture_helped", "picture started", "888"),
    ("internet_helped", "23#", "main support internet internet_helped", "internet started", "888"),
)
_PERSON_AND_TROUBLE_OF_CUSTOMERS = (
    ("suspended", "", "suspended", "", "888", Person(status="suspended")),
    ("enter_proof", "11", f"{BALANCE} enter_proof", BALANCE_ASKED, "##", OWES),
    (
        "after_balance", "11 1234 ~2 #", f"{BALANCE} {PROVES} owed_until after_balance",
        BALANCE_TOLD, "~.5 888", OWES,
    ),
    ("promise_day", "12 1234 ~2", PROMISE, "payment_promise started", "~.5 ##", OWES),
    (
        "promise_check", "12 1234 ~2 {soon}", f"{PROMISE} promise_check",
        "payment_promise started", "~.5 888", OWES,
    ),
    ("see_now", "21", f"{_SIGNAL} see_now", "refresh_signal started", "~10 888", OWES),
)  # fmt: skip
_ENTRIES = {"ticket_number", "account", "enter_proof", "promise_day"}


def _person_and_trouble() -> tuple[Script, ...]:
    """0 leads to a person everywhere, and so do too many misses."""
    found = []
    rows = [(*row, None) for row in _PERSON_AND_TROUBLE]
    for node, keys, path, tasks, wrong, who in (*rows, *_PERSON_AND_TROUBLE_OF_CUSTOMERS):
        person = "0#" if node in _ENTRIES else "0"
        for name, last in (("person", person), ("trouble", wrong)):
            found.append(
                Script(
                    name=f"{node} {name}", keys=f"{keys} {last}", path=path, who=who,
                    queue=SOPORTE, tasks=tasks,
                )
            )  # fmt: skip
    return tuple(found)


_MENUS = (
    Script(name="languages", keys="* ~.3 9 ~.3 9 0", path="main main main", queue=SOPORTE),
    Script(
        name="back and again", keys="1*# 2*# 3*# 4* 1*# 4*# # ~.5 0",
        path="main billing main support main plans main complaints complaint complaints "
        "cancel_service complaints main",
        queue=SOPORTE, tasks="complaint started, cancellation started",
    ),
    Script(name="billing by name", keys="13", path="main billing", queue=FACTURACION),
    Script(name="technician", keys="24", path="main support technician", queue=SOPORTE),
    Script(name="new plan", keys="31", path="main plans new_plan", queue=VENTAS),
    Script(name="renewal", keys="32", path="main plans renewal", queue=VENTAS),
    Script(name="premium", keys="33", path="main plans premium", queue=VENTAS),
    Script(name="callback", keys="5", path="main callback", queue=SOPORTE),
    Script(
        name="suspended", keys="* 1", who=Person(status="suspended", proof=""),
        path="suspended promise proof not_provable", queue=FACTURACION,
        tasks="payment_promise started",
    ),
    Script(
        name="suspended, billing", keys="2", who=Person(status="suspended"), path="suspended",
        queue=FACTURACION,
    ),
    Script(
        name="suspended, main menu", keys="30", who=Person(status="suspended"),
        path="suspended main", queue=SOPORTE,
    ),
)  # fmt: skip

_MONEY = (
    Script(
        name="balance, promise, goodbye", who=OWES,
        keys="11 1234 ~2 * ~.5 1 ~1.5 {soon} 2 {soon} 1 ~2 2",
        path=f"{BALANCE} {PROVES} owed_until after_balance balance_again owed_until "
        f"after_balance promise proof proven bill_known promise_day promise_check promise_day "
        "promise_check promise_made promise_kept anything_else farewell",
        tasks=f"{BALANCE_TOLD}, {_PROMISED}",
    ),
    Script(
        name="balance, a person", who=OWES, keys="11 1234 ~2 2",
        path=f"{BALANCE} {PROVES} owed_until after_balance", queue=FACTURACION,
        tasks=BALANCE_TOLD,
    ),
    Script(
        name="balance, something else", who=OWES, keys="11 1234 ~2 31 ~.5 0",
        path=f"{BALANCE} {PROVES} owed_until after_balance anything_else main",
        queue=SOPORTE, tasks=BALANCE_TOLD,
    ),
    Script(
        name="promise of too late", who=OWES, keys="12 1234 ~2 {late} 1",
        path=f"{PROMISE} promise_check promise_made promise_refused", queue=FACTURACION,
        tasks="payment_promise failed",
    ),
    Script(
        name="promise of a stranger", keys="12 ~.5 {known}# ~1 1234 ~2 0#",
        path=f"main billing promise {ACCOUNT} account_known proof {PROVES} promise_day",
        queue=SOPORTE, tasks="payment_promise started",
    ),
    Script(
        name="no such account", keys="11 777777# ~.7 777777# ~.7 777777#",
        path=f"main billing balance {_MISSING} account_again {_MISSING} account_again "
        f"{_MISSING} account_given_up {TO_BILLING}",
        queue=FACTURACION, tasks=BALANCE_ASKED,
    ),
    Script(
        name="balance of one of two", who=Person(accounts=2), keys="11 ~.5 {known}# ~1 0#",
        path=f"{BALANCE} {ACCOUNT} account_known proof enter_proof", queue=SOPORTE,
        tasks=BALANCE_ASKED,
    ),
    Script(
        name="not proved", who=OWES, keys="11 9999 ~.7 9999 ~.7 9999",
        path=f"{BALANCE} enter_proof proof_given proof_wrong proof_again enter_proof proof_given "
        "proof_wrong proof_again enter_proof proof_given proof_wrong proof_given_up",
        queue=FACTURACION, tasks=BALANCE_ASKED,
    ),
    Script(
        name="nothing owed", who=Person(tail="0"), keys="11 1234 ~2 2",
        path=f"{BALANCE} {PROVES} nothing_owed anything_else farewell", tasks=BALANCE_TOLD,
    ),
    Script(
        name="nothing to promise", who=Person(tail="0"), keys="12 1234 ~2 2",
        path=f"main billing promise proof {PROVES} nothing_to_promise anything_else farewell",
        tasks=_PROMISED,
    ),
    Script(
        name="billing does not know it", who=Person(head="9"), keys="11 1234",
        path=f"{BALANCE} enter_proof proof_given proven systems_away {TO_BILLING}",
        queue=FACTURACION, tasks=BALANCE_ASKED,
    ),
)  # fmt: skip

_SUPPORT = (
    Script(
        name="signal back", who=OWES, keys="21 12", path=f"{_SIGNAL} see_now signal_back "
        "anything_else farewell", tasks="refresh_signal done",
    ),
    Script(
        name="signal gone", who=OWES, keys="21 2", path=f"{_SIGNAL} see_now signal_gone",
        queue=SOPORTE, tasks="refresh_signal failed",
    ),
    Script(
        name="signal refused", who=Person(tail="7"), keys="21",
        path=f"{_SIGNAL} refreshed_already", queue=SOPORTE, tasks="refresh_signal failed",
    ),
    Script(
        name="no decoder", who=Person(decoder=False), keys="21",
        path=f"{_SIGNAL} refresh_failed", queue=SOPORTE, tasks="refresh_signal failed",
    ),
    Script(
        name="signal of a stranger", keys="21 ~.5 {known}# 0",
        path=f"main support no_signal {ACCOUNT} account_known refresh_warning refresh see_now",
        queue=SOPORTE, tasks="refresh_signal started",
    ),
    Script(
        name="picture back", keys="22 12", tasks="picture done",
        path="main support bad_picture picture_helped picture_back anything_else farewell",
    ),
    Script(
        name="picture gone", keys="22 2", tasks="picture failed", queue=SOPORTE,
        path="main support bad_picture picture_helped picture_gone",
    ),
    Script(
        name="internet back", keys="23 1 ~1 8 ~.5 8 ~.5 8", tasks="internet done",
        path="main support internet internet_helped internet_back anything_else farewell",
    ),
    Script(
        name="internet gone", keys="23 2", tasks="internet failed", queue=SOPORTE,
        path="main support internet internet_helped internet_gone",
    ),
)  # fmt: skip

_COMPLAINTS = (
    Script(
        name="complaint", keys="411# ~.3 # ~5 # ~1 1 ~6 2 ~5 # ~1 3 ~2 132",
        path=f"{COMPLAINT} complaint_service complaint_note complaint_ticket complaint_told "
        "after_ticket ticket_again after_ticket anything_else farewell",
        tasks="complaint done",
    ),
    Script(
        name="complaint without words", keys="412# ~.3 # ~.6 # ~.7 # ~.6 #" + " ~2 2" * 14,
        path=f"{COMPLAINT} complaint_bill complaint_note complaint_ticket complaint_told "
        "after_ticket ticket_person",
        queue=SOPORTE, tasks="complaint done",
    ),
    Script(
        name="complaint to a person", keys="413# ~.3 0", queue=SOPORTE,
        path=f"{COMPLAINT} complaint_people complaint_note", tasks="complaint started",
    ),
    Script(
        name="cancels, a person", keys="442", path="main complaints cancel_service",
        queue=SOPORTE, tasks="cancellation started",
    ),
    Script(
        name="after the ticket, a person", keys="4410", queue=SOPORTE,
        path="main complaints cancel_service cancel_ticket cancel_told after_ticket",
        tasks="cancellation done",
    ),
    Script(
        name="after the ticket, trouble", keys="441" + " ~2 8" * 18, queue=SOPORTE,
        path="main complaints cancel_service cancel_ticket cancel_told after_ticket",
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
_TICKETS = (
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
        name="open ticket, person", keys="0", who=_WITH_A_TICKET, path="open_ticket",
        queue=SOPORTE,
    ),
    Script(
        name="open ticket, trouble", keys="888", who=_WITH_A_TICKET, path="open_ticket",
        queue=SOPORTE,
    ),
    Script(
        name="ticket solved", keys="42 {solved}# ~1 0", queue=SOPORTE,
        path=f"{LOOKS_UP} ticket_state ticket_solved anything_else", tasks="ticket_state done",
    ),
    Script(
        name="ticket in progress", keys="42 {in_progress}# ~1 2",
        path=f"{LOOKS_UP} ticket_state ticket_in_progress anything_else farewell",
        tasks="ticket_state done",
    ),
    Script(
        name="no such ticket", keys="42 123456# ~.7 123456# ~.7 123456#",
        path=f"main complaints {_WRONG_NUMBER} ticket_wrong {_WRONG_NUMBER} ticket_wrong "
        f"{_WRONG_NUMBER} ticket_given_up",
        queue=SOPORTE, tasks="ticket_state failed",
    ),
)  # fmt: skip

#: an ordinary day: agents are at work, billing answers; the longest calls first
DAY = (*_COMPLAINTS, *_SUPPORT, *_MONEY, *_person_and_trouble(), *_MENUS, *_TICKETS)
