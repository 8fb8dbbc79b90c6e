"""Calls to the operator's line, as a table: what is pressed, where it leads, how it ends."""

from __future__ import annotations

from tests.soak.operator_scenes import Person, Script
from tests.soak.operator_tickets import ABOUT_TICKETS, COMPLAINTS
from tests.soak.operator_ways import (
    ACCOUNT,
    BALANCE,
    BALANCE_ASKED,
    BALANCE_FAILED,
    BALANCE_TOLD,
    COMPLAINT,
    FACTURACION,
    GIVEN_UP,
    OWES,
    PROMISE,
    PROMISED,
    PROVES,
    SIGNAL,
    SOPORTE,
    TO_BILLING,
    VENTAS,
)

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
    (
        "picture_helped",
        "22# ~3",
        "main support bad_picture picture_helped",
        "picture started",
        "888",
    ),
    (
        "internet_helped",
        "23# ~3",
        "main support internet internet_helped",
        "internet started",
        "888",
    ),
)
_PERSON_AND_TROUBLE_OF_CUSTOMERS = (
    ("suspended", "", "suspended", "", "~8 888", Person(status="suspended")),
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
    ("see_now", "21 ~10", f"{SIGNAL} see_now", "refresh_signal started", "888", OWES),
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
    Script(
        name="billing by name", keys="13", path="main billing billing_person", queue=FACTURACION
    ),
    Script(name="technician", keys="24", path="main support technician", queue=SOPORTE),
    Script(name="new plan", keys="31", path="main plans new_plan", queue=VENTAS),
    Script(name="renewal", keys="32", path="main plans renewal", queue=VENTAS),
    Script(name="premium", keys="33", path="main plans premium", queue=VENTAS),
    Script(name="callback", keys="5", path="main callback callback_support", queue=SOPORTE),
    Script(
        name="suspended", keys="* 1", who=Person(status="suspended", proof=""),
        path="suspended promise proof not_provable right_people promise_people",
        queue=FACTURACION, tasks="payment_promise failed",
    ),
    Script(
        name="suspended, billing", keys="2", who=Person(status="suspended"),
        path="suspended billing_person", queue=FACTURACION,
    ),
    Script(
        name="suspended, complaints", keys="40", who=Person(status="suspended"),
        path="suspended complaints", queue=SOPORTE,
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
        "after_balance promise proof proven bill_age bill_known promise_day promise_check "
        "promise_day promise_check promise_made promise_kept anything_else farewell",
        tasks=f"{BALANCE_TOLD}, {PROMISED}",
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
        name="promise of never", who=OWES, keys="12 1234 ~2 {never} ~.5 0#",
        path=PROMISE, queue=SOPORTE, tasks="payment_promise started",
    ),
    Script(
        name="promise of a stranger", keys="12 ~.5 {known}# ~1 1234 ~2 0#",
        path=f"main billing promise {ACCOUNT} account_known proof {PROVES} promise_day",
        queue=SOPORTE, tasks="payment_promise started",
    ),
    Script(
        name="no such account", keys="11 777777# ~.7 777777# ~.7 777777#",
        path=f"main billing balance {GIVEN_UP} {TO_BILLING}", queue=FACTURACION,
        tasks=BALANCE_FAILED,
    ),
    Script(
        name="balance of one of two", who=Person(accounts=2), keys="11 ~.5 {known}# ~1 0#",
        path=f"{BALANCE} {ACCOUNT} account_known proof enter_proof", queue=SOPORTE,
        tasks=BALANCE_ASKED,
    ),
    Script(
        name="not proved", who=OWES, keys="11 9999 ~.7 9999 ~.7 9999",
        path=f"{BALANCE} enter_proof proof_given proof_wrong proof_again enter_proof proof_given "
        f"proof_wrong proof_again enter_proof proof_given proof_wrong proof_given_up {TO_BILLING}",
        queue=FACTURACION, tasks=BALANCE_FAILED,
    ),
    Script(
        name="nothing owed", who=Person(tail="0"), keys="11 1234 ~2 2",
        path=f"{BALANCE} {PROVES} nothing_owed anything_else farewell", tasks=BALANCE_TOLD,
    ),
    Script(
        name="nothing to promise", who=Person(tail="0"), keys="12 1234 ~2 2",
        path=f"main billing promise proof {PROVES} nothing_to_promise anything_else farewell",
        tasks=f"{BALANCE_TOLD}, payment_promise failed",
    ),
    Script(
        name="billing does not know it", who=Person(head="9"), keys="11 1234",
        path=f"{BALANCE} enter_proof proof_given proven systems_away {TO_BILLING}",
        queue=FACTURACION, tasks=BALANCE_FAILED,
    ),
)  # fmt: skip

_SUPPORT = (
    Script(
        name="signal back", who=OWES, keys="212 ~10 12", path=f"{SIGNAL} see_now signal_back "
        "anything_else farewell", tasks="refresh_signal done",
    ),
    Script(
        name="signal gone", who=OWES, keys="21 ~10 2", path=f"{SIGNAL} see_now signal_gone",
        queue=SOPORTE, tasks="refresh_signal failed",
    ),
    Script(
        name="signal refused", who=Person(tail="7"), keys="21",
        path=f"{SIGNAL} refreshed_already", queue=SOPORTE, tasks="refresh_signal failed",
    ),
    Script(
        name="no decoder", who=Person(decoder=False), keys="21",
        path=f"{SIGNAL} refresh_failed", queue=SOPORTE, tasks="refresh_signal failed",
    ),
    Script(
        name="signal of a stranger", keys="21 ~.5 {known}# ~10 0",
        path=f"main support no_signal {ACCOUNT} account_known refresh_warning refresh see_now",
        queue=SOPORTE, tasks="refresh_signal started",
    ),
    Script(
        name="signal of nobody", keys="21 777777# ~.7 777777# ~.7 777777#",
        path=f"main support no_signal {GIVEN_UP} right_people signal_people", queue=SOPORTE,
        tasks="refresh_signal failed",
    ),
    Script(
        name="picture back", keys="22 1 ~3 12", tasks="picture done",
        path="main support bad_picture picture_helped picture_back anything_else farewell",
    ),
    Script(
        name="picture gone", keys="22 # ~3 2", tasks="picture failed", queue=SOPORTE,
        path="main support bad_picture picture_helped picture_gone",
    ),
    Script(
        name="internet back", keys="23 # ~3 1 ~1 8 ~.5 8 ~.5 8", tasks="internet done",
        path="main support internet internet_helped internet_back anything_else farewell",
    ),
    Script(
        name="internet gone", keys="23 # ~3 2", tasks="internet failed", queue=SOPORTE,
        path="main support internet internet_helped internet_gone",
    ),
)  # fmt: skip

#: an ordinary day: agents are at work, billing answers; the longest calls first
DAY = (*COMPLAINTS, *_SUPPORT, *_MONEY, *_person_and_trouble(), *_MENUS, *ABOUT_TICKETS)
