"""Ways through the operator's menu that many calls share, and how their tasks stand then."""

from __future__ import annotations

from tests.soak.operator_scenes import Person

SOPORTE, FACTURACION, VENTAS = "soporte", "facturacion", "ventas"
BALANCE = "main billing balance proof"
PROVES = "enter_proof proof_given proven bill_age bill_known"
PROMISE = f"main billing promise proof {PROVES} promise_day"
SIGNAL = "main support no_signal refresh_warning refresh"
ACCOUNT = "account account_owner"
MISSING = f"{ACCOUNT} account_missing"
COMPLAINT = "main complaints complaint"
OWES = Person()
LOOKS_UP = "main complaints ticket_number ticket_found"
WRONG_NUMBER = "ticket_number ticket_found ticket_missing"
GIVEN_UP = f"{MISSING} account_again {MISSING} account_again {MISSING} account_given_up"
TO_BILLING = "right_people balance_people"
BALANCE_ASKED, BALANCE_TOLD = "balance started", "balance done"
BALANCE_FAILED = "balance failed"
PROMISED = "payment_promise done"
CANCELS = "main complaints cancel_service ticket_whose"
#: nobody knows whose account it is, and the caller has no number at hand
NO_ACCOUNT = "ticket_account ticket_note"
