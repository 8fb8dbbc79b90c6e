"""Calls to the operator's line, as a table: what is pressed, where it leads, how it ends."""

from __future__ import annotations

from tests.system.operator_scenes import Person, Script

_SOPORTE, _FACTURACION, _VENTAS = "soporte", "facturacion", "ventas"
_BALANCE = "main billing balance proof"
_PROVES = "enter_proof proof_given proven bill_known"
_PROMISE = f"main billing promise proof {_PROVES} promise_day"
_SIGNAL = "main support no_signal refresh_warning refresh"
_ACCOUNT = "account account_owner"
_MISSING = f"{_ACCOUNT} account_missing"
_COMPLAINT = "main complaints complaint"
_OWES = Person()
_LOOKS_UP = "main complaints ticket_number ticket_found"
_WRONG_NUMBER = "ticket_number ticket_found ticket_missing"
_BALANCE_ASKED, _BALANCE_TOLD = "balance started", "balance done"
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
    ("complaint", "41", _COMPLAINT, "complaint started", "888"),
    ("cancel_service", "44", "main complaints cancel_service", "cancellation started", "888"),
    ("ticket_number", "42", "main complaints ticket_number", "ticket_state started", "##"),
    ("account", "11", "main billing balance account", _BALANCE_ASKED, "##"),
    ("picture_helped", "22#", "main support bad_picture picture_helped", "picture started", "888"),
    ("internet_helped", "23#", "main support internet internet_helped", "internet started", "888"),
)
_PERSON_AND_TROUBLE_OF_CUSTOMERS = (
    ("suspended", "", "suspended", "", "888", Person(status="suspended")),
    ("enter_proof", "11", f"{_BALANCE} enter_proof", _BALANCE_ASKED, "##", _OWES),
    (
        "after_balance", "11 1234 ~2 #", f"{_BALANCE} {_PROVES} owed_until after_balance",
        _BALANCE_TOLD, "~.5 888", _OWES,
    ),
    ("promise_day", "12 1234 ~2", _PROMISE, "payment_promise started", "~.5 ##", _OWES),
    (
        "promise_check", "12 1234 ~2 {soon}", f"{_PROMISE} promise_check",
        "payment_promise started", "~.5 888", _OWES,
    ),
    ("see_now", "21", f"{_SIGNAL} see_now", "refresh_signal started", "~10 888", _OWES),
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
                    queue=_SOPORTE, tasks=tasks,
                )
            )  # fmt: skip
    return tuple(found)


_MENUS = (
    Script(name="languages", keys="* ~.3 9 ~.3 9 0", path="main main main", queue=_SOPORTE),
    Script(
        name="back and again", keys="1*# 2*# 3*# 4* 1*# 4*# # ~.5 0",
        path="main billing main support main plans main complaints complaint complaints "
        "cancel_service complaints main",
        queue=_SOPORTE, tasks="complaint started, cancellation started",
    ),
    Script(name="billing by name", keys="13", path="main billing", queue=_FACTURACION),
    Script(name="technician", keys="24", path="main support technician", queue=_SOPORTE),
    Script(name="new plan", keys="31", path="main plans new_plan", queue=_VENTAS),
    Script(name="renewal", keys="32", path="main plans renewal", queue=_VENTAS),
    Script(name="premium", keys="33", path="main plans premium", queue=_VENTAS),
    Script(name="callback", keys="5", path="main callback", queue=_SOPORTE),
    Script(
        name="suspended", keys="* 1", who=Person(status="suspended", proof=""),
        path="suspended promise proof not_provable", queue=_FACTURACION,
        tasks="payment_promise started",
    ),
    Script(
        name="suspended, billing", keys="2", who=Person(status="suspended"), path="suspended",
        queue=_FACTURACION,
    ),
    Script(
        name="suspended, main menu", keys="30", who=Person(status="suspended"),
        path="suspended main", queue=_SOPORTE,
    ),
)  # fmt: skip

_MONEY = (
    Script(
        name="balance, promise, goodbye", who=_OWES,
        keys="11 1234 ~2 * ~.5 1 ~1.5 {soon} 2 {soon} 1 ~2 2",
        path=f"{_BALANCE} {_PROVES} owed_until after_balance balance_again owed_until "
        f"after_balance promise proof proven bill_known promise_day promise_check promise_day "
        "promise_check promise_made promise_kept anything_else farewell",
        tasks=f"{_BALANCE_TOLD}, {_PROMISED}",
    ),
    Script(
        name="balance, a person", who=_OWES, keys="11 1234 ~2 2",
        path=f"{_BALANCE} {_PROVES} owed_until after_balance", queue=_FACTURACION,
        tasks=_BALANCE_TOLD,
    ),
    Script(
        name="balance, something else", who=_OWES, keys="11 1234 ~2 31 ~.5 0",
        path=f"{_BALANCE} {_PROVES} owed_until after_balance anything_else main",
        queue=_SOPORTE, tasks=_BALANCE_TOLD,
    ),
    Script(
        name="promise of too late", who=_OWES, keys="12 1234 ~2 {late} 1",
        path=f"{_PROMISE} promise_check promise_made promise_refused", queue=_FACTURACION,
        tasks="payment_promise failed",
    ),
    Script(
        name="promise of a stranger", keys="12 ~.5 {known}# ~1 1234 ~2 0#",
        path=f"main billing promise {_ACCOUNT} account_known proof {_PROVES} promise_day",
        queue=_SOPORTE, tasks="payment_promise started",
    ),
    Script(
        name="no such account", keys="11 777777# ~.7 777777# ~.7 777777#",
        path=f"main billing balance {_MISSING} account_again {_MISSING} account_again "
        f"{_MISSING} account_given_up",
        queue=_FACTURACION, tasks=_BALANCE_ASKED,
    ),
    Script(
        name="balance of one of two", who=Person(accounts=2), keys="11 ~.5 {known}# ~1 0#",
        path=f"{_BALANCE} {_ACCOUNT} account_known proof enter_proof", queue=_SOPORTE,
        tasks=_BALANCE_ASKED,
    ),
    Script(
        name="not proved", who=_OWES, keys="11 9999 ~.7 9999 ~.7 9999",
        path=f"{_BALANCE} enter_proof proof_given proof_wrong proof_again enter_proof proof_given "
        "proof_wrong proof_again enter_proof proof_given proof_wrong proof_given_up",
        queue=_FACTURACION, tasks=_BALANCE_ASKED,
    ),
    Script(
        name="nothing owed", who=Person(tail="0"), keys="11 1234 ~2 2",
        path=f"{_BALANCE} {_PROVES} nothing_owed anything_else farewell", tasks=_BALANCE_TOLD,
    ),
    Script(
        name="nothing to promise", who=Person(tail="0"), keys="12 1234 ~2 2",
        path=f"main billing promise proof {_PROVES} nothing_to_promise anything_else farewell",
        tasks=_PROMISED,
    ),
    Script(
        name="billing does not know it", who=Person(head="9"), keys="11 1234",
        path=f"{_BALANCE} enter_proof proof_given proven systems_away", queue=_FACTURACION,
        tasks=_BALANCE_ASKED,
    ),
)  # fmt: skip

_SUPPORT = (
    Script(
        name="signal back", who=_OWES, keys="21 12", path=f"{_SIGNAL} see_now signal_back "
        "anything_else farewell", tasks="refresh_signal done",
    ),
    Script(
        name="signal gone", who=_OWES, keys="21 2", path=f"{_SIGNAL} see_now signal_gone",
        queue=_SOPORTE, tasks="refresh_signal failed",
    ),
    Script(
        name="signal refused", who=Person(tail="7"), keys="21",
        path=f"{_SIGNAL} refreshed_already", queue=_SOPORTE, tasks="refresh_signal failed",
    ),
    Script(
        name="no decoder", who=Person(decoder=False), keys="21",
        path=f"{_SIGNAL} refresh_failed", queue=_SOPORTE, tasks="refresh_signal failed",
    ),
    Script(
        name="signal of a stranger", keys="21 ~.5 {known}# 0",
        path=f"main support no_signal {_ACCOUNT} account_known refresh_warning refresh see_now",
        queue=_SOPORTE, tasks="refresh_signal started",
    ),
    Script(
        name="picture back", keys="22 12", tasks="picture done",
        path="main support bad_picture picture_helped picture_back anything_else farewell",
    ),
    Script(
        name="picture gone", keys="22 2", tasks="picture failed", queue=_SOPORTE,
        path="main support bad_picture picture_helped picture_gone",
    ),
    Script(
        name="internet back", keys="23 1 ~1 8 ~.5 8 ~.5 8", tasks="internet done",
        path="main support internet internet_helped internet_back anything_else farewell",
    ),
    Script(
        name="internet gone", keys="23 2", tasks="internet failed", queue=_SOPORTE,
        path="main support internet internet_helped internet_gone",
    ),
)  # fmt: skip

_COMPLAINTS = (
    Script(
        name="complaint", keys="411# ~.3 # ~5 # ~1 1 ~6 2 ~5 # ~1 3 ~2 132",
        path=f"{_COMPLAINT} complaint_service complaint_note complaint_ticket complaint_told "
        "after_ticket ticket_again after_ticket anything_else farewell",
        tasks="complaint done",
    ),
    Script(
        name="complaint without words", keys="412# ~.3 # ~.6 # ~.7 # ~.6 # ~3 2", queue=_SOPORTE,
        path=f"{_COMPLAINT} complaint_bill complaint_note complaint_ticket complaint_told "
        "after_ticket ticket_person",
        tasks="complaint done",
    ),
    Script(
        name="complaint to a person", keys="413# ~.3 0", queue=_SOPORTE,
        path=f"{_COMPLAINT} complaint_people complaint_note", tasks="complaint started",
    ),
    Script(
        name="cancels, a person", keys="442", path="main complaints cancel_service",
        queue=_SOPORTE, tasks="cancellation started",
    ),
    Script(
        name="after the ticket, a person", keys="4410", queue=_SOPORTE,
        path="main complaints cancel_service cancel_ticket cancel_told after_ticket",
        tasks="cancellation done",
    ),
    Script(
        name="after the ticket, trouble", keys="441" + " ~2 8" * 18, queue=_SOPORTE,
        path="main complaints cancel_service cancel_ticket cancel_told after_ticket",
        tasks="cancellation done",
    ),
    Script(
        name="suggestion", keys="43 ~.3 # ~5 # ~1 3 ~2 2",
        path="main complaints suggestion suggestion_sent anything_else farewell",
        tasks="suggestion done",
    ),
    Script(
        name="no suggestion", keys="43 ~.3 # ~.6 # ~.7 # ~.6 # ~3 0", queue=_SOPORTE,
        path="main complaints suggestion anything_else", tasks="suggestion started",
    ),
    Script(
        name="suggestion to a person", keys="43 ~.3 0", queue=_SOPORTE,
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
        path="open_ticket ticket_person", queue=_SOPORTE,
    ),
    Script(
        name="own ticket, main menu", keys="30", who=_WITH_A_TICKET, path="open_ticket main",
        queue=_SOPORTE,
    ),
    Script(
        name="open ticket, person", keys="0", who=_WITH_A_TICKET, path="open_ticket",
        queue=_SOPORTE,
    ),
    Script(
        name="open ticket, trouble", keys="888", who=_WITH_A_TICKET, path="open_ticket",
        queue=_SOPORTE,
    ),
    Script(
        name="ticket solved", keys="42 {solved}# ~1 0", queue=_SOPORTE,
        path=f"{_LOOKS_UP} ticket_state ticket_solved anything_else", tasks="ticket_state done",
    ),
    Script(
        name="ticket in progress", keys="42 {in_progress}# ~1 2",
        path=f"{_LOOKS_UP} ticket_state ticket_in_progress anything_else farewell",
        tasks="ticket_state done",
    ),
    Script(
        name="no such ticket", keys="42 123456# ~.7 123456# ~.7 123456#",
        path=f"main complaints {_WRONG_NUMBER} ticket_wrong {_WRONG_NUMBER} ticket_wrong "
        f"{_WRONG_NUMBER} ticket_given_up",
        queue=_SOPORTE, tasks="ticket_state failed",
    ),
)  # fmt: skip

#: an ordinary day: agents are at work, billing answers; the longest calls first
DAY = (*_COMPLAINTS, *_SUPPORT, *_MONEY, *_person_and_trouble(), *_MENUS, *_TICKETS)

#: no agent is at work
NOBODY = (
    Script(
        name="nobody anywhere", keys="0 ~.5 * ~.5 1 13 ~.5 1 31 ~.5 0 ~.5 888",
        path="main nobody_there main billing nobody_there main plans new_plan nobody_there "
        "nobody_there farewell",
    ),
    Script(name="nobody, goodbye", keys="0 ~.5 #", path="main nobody_there"),
    Script(
        name="nobody, message", keys="0 ~.5 2", path="main nobody_there suggestion",
        tasks="suggestion started", left=True,
    ),
    Script(
        name="nobody, callback", keys="0 ~.5 3 ~3 #",
        path="main nobody_there callback nobody_there",
    ),
)  # fmt: skip

#: soporte is there always, the others are closed; billing cannot be asked
CLOSED = (
    Script(
        name="closed", keys="13 ~.5 * ~.5 1 31 ~.5 0", queue=_SOPORTE,
        path="main billing closed main plans new_plan closed",
    ),
    Script(name="closed, trouble", keys="13 ~.5 888", path="main billing closed farewell"),
    Script(name="closed, goodbye", keys="13 ~.5 #", path="main billing closed"),
    Script(
        name="closed, message", keys="13 ~.5 2", path="main billing closed suggestion",
        tasks="suggestion started", left=True,
    ),
    Script(
        name="closed, callback", keys="13 ~.5 3", path="main billing closed callback",
        queue=_SOPORTE,
    ),
    Script(
        name="in favour", who=Person(balance="-1021.01"), keys="11 1234 ~1 2", tasks=_BALANCE_TOLD,
        path=f"{_BALANCE} {_PROVES} in_favour anything_else farewell",
    ),
    Script(
        name="owed since ever", who=Person(balance="2021.01"), keys="11 1234 ~1 * ~.5 # ~.5 0",
        path=f"{_BALANCE} {_PROVES} owed after_balance balance_again owed after_balance",
        queue=_SOPORTE, tasks=_BALANCE_TOLD,
    ),
    Script(
        name="promise that is not taken", who=Person(balance="2021.01"), keys="12 1234 ~1 {soon} 1",
        path=f"{_PROMISE} promise_check promise_made promise_failed closed", left=True,
        tasks="payment_promise failed",
    ),
)  # fmt: skip

#: these wait until it is too long; three of them in soporte, which is full by then
WAITING = (
    Script(
        name="waits on", keys="0", path="main long_wait wait_on", queue=_SOPORTE, joins=2,
    ),
    Script(
        name="waits on by key", keys="24 ~18 3", path="main support technician long_wait wait_on",
        queue=_SOPORTE, joins=2,
    ),
    Script(
        name="wants a person", keys="20 ~18 0", path="main support long_wait", queue=_SOPORTE,
        joins=2,
    ),
    Script(
        name="callback in the end", keys="13 ~18 1", path="main billing long_wait callback",
        queue=_SOPORTE, joins=2,
    ),
    Script(
        name="message in the end", keys="31 ~18 2", queue=_VENTAS, left=True,
        path="main plans new_plan long_wait suggestion", tasks="suggestion started",
    ),
)  # fmt: skip
FULL = (
    Script(
        name="full", keys="0 ~.5 * ~.5 1 13 ~.5 1 31 ~.5 0 ~.5 888",
        path="main too_many_wait main billing too_many_wait main plans new_plan too_many_wait "
        "too_many_wait farewell",
    ),
    Script(name="full, goodbye", keys="0 ~.5 #", path="main too_many_wait"),
    Script(
        name="full, message", keys="0 ~.5 2", path="main too_many_wait suggestion",
        tasks="suggestion started", left=True,
    ),
    Script(
        name="full, callback", keys="0 ~.5 3 ~3 #",
        path="main too_many_wait callback too_many_wait",
    ),
)  # fmt: skip

#: the database is lost while these are in the menu; of `gone` the ticket, which it had
LOSES_A_TICKET = tuple(
    Script(
        name=f"ticket {name}", keys="441", who=Person(name=name), left=True,
        path="main complaints cancel_service cancel_ticket cancel_told",
        tasks="cancellation started",
    )
    for name in ("gone", "unfindable")
)  # fmt: skip
LOSES = (
    Script(
        name="own ticket is gone", keys="~4 1", who=Person(name="gone"), left=True,
        path="open_ticket own_ticket ticket_missing ticket_wrong ticket_number",
        tasks="ticket_state started",
    ),
    Script(
        name="own ticket cannot be found", keys="~9 1", who=Person(name="unfindable"),
        path="open_ticket own_ticket systems_away", queue=_FACTURACION,
        tasks="ticket_state started",
    ),
    Script(
        name="proof cannot be looked at", keys="11 ~9 1234", who=_OWES,
        path=f"{_BALANCE} enter_proof proof_given systems_away", queue=_FACTURACION,
        tasks=_BALANCE_ASKED,
    ),
    Script(
        name="nobody knows the balance", keys="11 1234", who=_OWES,
        path=f"{_BALANCE} enter_proof proof_given proven systems_away", queue=_FACTURACION,
        tasks=_BALANCE_ASKED,
    ),
)  # fmt: skip
#: these call when it is away
AWAY = (
    Script(
        name="account cannot be found", keys="11 ~.5 123456#", queue=_FACTURACION,
        path=f"main billing balance {_ACCOUNT} systems_away", tasks=_BALANCE_ASKED,
    ),
    Script(
        name="ticket cannot be found", keys="42 2600000062#", queue=_FACTURACION,
        path=f"{_LOOKS_UP} systems_away", tasks="ticket_state started",
    ),
    Script(
        name="a ticket all the same", keys="441", left=True, tasks="cancellation started",
        path="main complaints cancel_service cancel_ticket cancel_told",
    ),
)  # fmt: skip
#: and when it was away for so long that no number is left
NO_TICKET = (
    Script(
        name="no ticket to cancel", keys="441", queue=_SOPORTE, tasks="cancellation started",
        path="main complaints cancel_service cancel_ticket complaint_person",
    ),
    Script(
        name="no ticket for a complaint", keys="411# ~.3 # ~.6 # ~.7 # ~.6 #", queue=_SOPORTE,
        path=f"{_COMPLAINT} complaint_service complaint_note complaint_ticket complaint_person",
        tasks="complaint started",
    ),
)  # fmt: skip

#: an agent ends the talk; pressed afterwards are a satisfied 5, a yes, and a 10 that recommends
TALKS = tuple(
    Script(
        name=f"talks in {queue}", keys=f"{keys} ~11 5 ~1.5 1 ~1.5 10", queue=queue,
        path=f"{path} survey survey_thanks farewell",
    )
    for queue, keys, path in (
        (_SOPORTE, "0", "main"),
        (_FACTURACION, "13", "main billing"),
        (_VENTAS, "31", "main plans new_plan"),
    )
)  # fmt: skip
