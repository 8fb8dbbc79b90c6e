"""What callers live through when something is not as on an ordinary day: data only."""

from __future__ import annotations

from tests.soak.operator_scenes import Person, Script
from tests.soak.operator_ways import (
    ACCOUNT,
    BALANCE,
    BALANCE_FAILED,
    BALANCE_TOLD,
    CANCELS,
    COMPLAINT,
    FACTURACION,
    LOOKS_UP,
    NO_ACCOUNT,
    OWES,
    PROVES,
    SOPORTE,
    TO_BILLING,
    VENTAS,
)

#: billing does not answer: what it told some day is told with the day
_KNOWS = PROVES.replace("bill_age", "bill_age bill_as_of")

#: no agent is at work
NOBODY = (
    Script(
        name="nobody anywhere", keys="0 ~.5 * ~.5 1 13 ~.5 1 31 ~.5 0 ~.5 888",
        path="main nobody_there main billing billing_person nobody_there main plans new_plan "
        "nobody_there nobody_there farewell",
    ),
    Script(name="nobody, goodbye", keys="0 ~.5 #", path="main nobody_there"),
    Script(
        name="nobody, message", keys="0 ~.5 2", path="main nobody_there message",
        tasks="message started", left=True,
    ),
    Script(
        name="nobody, callback", keys="0 ~.5 3 ~3 #",
        path="main nobody_there callback callback_support nobody_there",
    ),
)  # fmt: skip

#: soporte is there always, the others are closed; billing cannot be asked
_CLOSED = "main billing billing_person closed closed_menu"
CLOSED = (
    Script(
        name="closed", keys="13 ~.5 * ~.5 1 31 ~.5 0", queue=SOPORTE,
        path=f"{_CLOSED} closed closed_menu main plans new_plan closed closed_menu",
    ),
    Script(name="closed, trouble", keys="13 ~.5 888", path=f"{_CLOSED} farewell"),
    Script(name="closed, goodbye", keys="13 ~.5 #", path=_CLOSED),
    Script(
        name="closed, message", keys="13 ~.5 2 ~.3 # ~5 # ~1 3 ~2 2", tasks="message done",
        path=f"{_CLOSED} message message_sent anything_else farewell",
    ),
    Script(
        name="closed, no message", keys="13 ~.5 2 ~.3 # ~.6 # ~.7 # ~.6 # ~3 2",
        path=f"{_CLOSED} message anything_else farewell", tasks="message started",
    ),
    Script(
        name="closed, a person all the same", keys="13 ~.5 2 ~.3 0", path=f"{_CLOSED} message",
        queue=SOPORTE, tasks="message started",
    ),
    Script(
        name="closed, callback", keys="13 ~.5 3 ~3 #",
        path=f"{_CLOSED} callback callback_billing closed closed_menu",
    ),
    Script(
        name="closed, callback of sales", keys="31 ~.5 3 ~3 #",
        path="main plans new_plan closed closed_menu callback callback_sales closed closed_menu",
    ),
    Script(
        name="in favour", who=Person(balance="-1021.01"), keys="11 1234 ~1 2", tasks=BALANCE_TOLD,
        path=f"{BALANCE} {_KNOWS} in_favour anything_else farewell",
    ),
    Script(
        name="owed since ever", who=Person(balance="2021.01"), keys="11 1234 ~1 * ~.5 # ~.5 0",
        path=f"{BALANCE} {_KNOWS} owed after_balance balance_again owed after_balance",
        queue=SOPORTE, tasks=BALANCE_TOLD,
    ),
    Script(
        name="promise that is not taken", who=Person(balance="2021.01"), keys="12 1234 ~1 {soon} 1",
        path=f"main billing promise proof {_KNOWS} promise_day promise_check promise_made "
        "promise_failed closed closed_menu", left=True,
        tasks="payment_promise failed",
    ),
)  # fmt: skip

#: these wait until it is too long; three of them in soporte, which is full by then
WAITING = (
    Script(
        name="waits on", keys="0", path="main long_wait wait_on", queue=SOPORTE, joins=2,
    ),
    Script(
        name="waits on by key", keys="24 ~18 3", path="main support technician long_wait wait_on",
        queue=SOPORTE, joins=2,
    ),
    Script(
        name="wants a person", keys="20 ~18 0", path="main support long_wait", queue=SOPORTE,
        joins=2,
    ),
    Script(
        name="callback in the end", keys="13 ~18 1",
        path="main billing billing_person long_wait callback callback_billing",
        queue=FACTURACION, joins=2,
    ),
    Script(
        name="message in the end", keys="31 ~18 2", queue=VENTAS, left=True,
        path="main plans new_plan long_wait message", tasks="message started",
    ),
)  # fmt: skip
FULL = (
    Script(
        name="full", keys="0 ~.5 * ~.5 1 13 ~.5 1 31 ~.5 0 ~.5 888",
        path="main too_many_wait main billing billing_person too_many_wait main plans new_plan "
        "too_many_wait too_many_wait farewell",
    ),
    Script(name="full, goodbye", keys="0 ~.5 #", path="main too_many_wait"),
    Script(
        name="full, message", keys="0 ~.5 2", path="main too_many_wait message",
        tasks="message started", left=True,
    ),
    Script(
        name="full, callback", keys="0 ~.5 3 ~3 #",
        path="main too_many_wait callback callback_support too_many_wait",
    ),
)  # fmt: skip

#: the database is lost while these are in the menu; of `gone` the ticket, which it had
LOSES_A_TICKET = tuple(
    Script(
        name=f"ticket {name}", keys="441", who=Person(name=name), left=True,
        path=f"{CANCELS} ticket_note cancel_ticket cancel_told", tasks="cancellation started",
    )
    for name in ("gone", "unfindable")
)  # fmt: skip
LOSES = (
    Script(
        name="own ticket is gone", keys="~7 1", who=Person(name="gone"), left=True,
        path="open_ticket own_ticket ticket_missing ticket_wrong ticket_number",
        tasks="ticket_state started",
    ),
    Script(
        name="own ticket cannot be found", keys="~14 1", who=Person(name="unfindable"),
        path="open_ticket own_ticket ticket_away", queue=SOPORTE, tasks="ticket_state failed",
    ),
    Script(
        name="proof cannot be looked at", keys="11 ~14 1234", who=OWES,
        path=f"{BALANCE} enter_proof proof_given systems_away {TO_BILLING}",
        queue=FACTURACION, tasks=BALANCE_FAILED,
    ),
    Script(
        name="nobody knows the balance", keys="11 1234", who=OWES,
        path=f"{BALANCE} enter_proof proof_given proven systems_away {TO_BILLING}",
        queue=FACTURACION, tasks=BALANCE_FAILED,
    ),
)  # fmt: skip
#: billing's own answer is nothing that can be compared
ODD = (
    Script(
        name="a balance that is no number", keys="11 1234", who=OWES, queue=FACTURACION,
        path=f"{BALANCE} {PROVES} systems_away {TO_BILLING}", tasks=BALANCE_FAILED,
    ),
)  # fmt: skip
#: these call when it is away
AWAY = (
    Script(
        name="account cannot be found", keys="11 ~.5 123456#", queue=FACTURACION,
        path=f"main billing balance {ACCOUNT} systems_away {TO_BILLING}", tasks=BALANCE_FAILED,
    ),
    Script(
        name="ticket cannot be found", keys="42 2600000062#", queue=SOPORTE,
        path=f"{LOOKS_UP} ticket_away", tasks="ticket_state failed",
    ),
    Script(
        name="a ticket all the same", keys="441 ~2 123456# ~2 # ~.6 # ~.7 # ~.6 #", left=True,
        path=f"{CANCELS} ticket_account ticket_owner ticket_note cancel_who cancel_ticket "
        "cancel_told", tasks="cancellation started",
    ),
)  # fmt: skip
#: and when it was away for so long that no number is left
NO_TICKET = (
    Script(
        name="no ticket to cancel", keys="441 ~2 # ~1 # ~.6 # ~.7 # ~.6 #", queue=SOPORTE,
        path=f"{CANCELS} {NO_ACCOUNT} cancel_who cancel_ticket cancel_failed",
        tasks="cancellation failed",
    ),
    Script(
        name="no ticket for a complaint", keys="411# ~2 # ~1 # ~.6 # ~.7 # ~.6 #",
        path=f"{COMPLAINT} complaint_service ticket_whose {NO_ACCOUNT} complaint_who "
        "complaint_ticket complaint_person", queue=SOPORTE,
        tasks="complaint failed",
    ),
)  # fmt: skip

#: an agent ends the talk; pressed afterwards are a satisfied 5, a yes, and a 10 that recommends
TALKS = tuple(
    Script(
        name=f"talks in {queue}", keys=f"{keys} ~11 5 ~1.5 1 ~1.5 10", queue=queue,
        path=f"{path} survey survey_thanks farewell",
    )
    for queue, keys, path in (
        (SOPORTE, "0", "main"),
        (FACTURACION, "13", "main billing billing_person"),
        (VENTAS, "31", "main plans new_plan"),
    )
)  # fmt: skip
