"""Why something told of a customer is refused: a code that stays and a sentence in es and en."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from calls.errors import Linea800Error


class CustomerFault(StrEnum):
    """What is wrong with a field of a customer."""

    TEXT_UNPRINTABLE = "text_unprintable"
    TEXT_TOO_LONG = "text_too_long"
    NOBODY = "nobody"
    PHONE_FORM = "phone_form"
    PHONES_TOO_MANY = "phones_too_many"
    ACCOUNT_FORM = "account_form"
    ACCOUNT_TAKEN = "account_taken"
    ACCOUNT_NEEDED = "account_needed"
    ACCOUNTS_SEVERAL = "accounts_several"
    ACCOUNTS_TOO_MANY = "accounts_too_many"
    STATUS_UNKNOWN = "status_unknown"
    LANGUAGE_UNKNOWN = "language_unknown"
    ZONE_UNKNOWN = "zone_unknown"
    PROOF_FORM = "proof_form"
    AMOUNT_FORM = "amount_form"
    CURRENCY_FORM = "currency_form"
    CURRENCY_NEEDED = "currency_needed"
    DAY_FORM = "day_form"
    GIVEN_TWICE = "given_twice"


_SENTENCES: dict[str, dict[CustomerFault, str]] = {
    "es": {
        CustomerFault.TEXT_UNPRINTABLE: "el texto tiene un carácter que no se puede mostrar",
        CustomerFault.TEXT_TOO_LONG: "el texto pasa de {detail} caracteres",
        CustomerFault.NOBODY: "falta external_id o una cuenta: sin eso no se reconoce a nadie",
        CustomerFault.PHONE_FORM: "debe ser un número internacional de 7 a 15 dígitos",
        CustomerFault.PHONES_TOO_MANY: "hay más de {detail} teléfonos",
        CustomerFault.ACCOUNT_FORM: "la cuenta debe tener de 4 a 16 dígitos ({detail})",
        CustomerFault.ACCOUNT_TAKEN: "la cuenta es de otro cliente ({detail})",
        CustomerFault.ACCOUNT_NEEDED: "esto se dice de una cuenta, y falta la cuenta",
        CustomerFault.ACCOUNTS_SEVERAL: (
            "esto se dice de una sola cuenta: dé a cada cuenta su propia fila"
        ),
        CustomerFault.ACCOUNTS_TOO_MANY: "hay más de {detail} cuentas",
        CustomerFault.STATUS_UNKNOWN: "debe ser active, suspended o closed ({detail})",
        CustomerFault.LANGUAGE_UNKNOWN: "debe ser es o en ({detail})",
        CustomerFault.ZONE_UNKNOWN: (
            "no existe esa zona horaria ({detail}); escriba una como America/Bogota"
        ),
        CustomerFault.PROOF_FORM: "debe tener de 3 a 8 dígitos: los últimos del documento",
        CustomerFault.AMOUNT_FORM: "debe ser un importe como 1021.01 ({detail})",
        CustomerFault.CURRENCY_FORM: "debe ser una moneda de ISO 4217, como COP ({detail})",
        CustomerFault.CURRENCY_NEEDED: "falta la moneda del saldo",
        CustomerFault.DAY_FORM: "debe ser un día, como 2026-11-30 o 30/11/2026 ({detail})",
        CustomerFault.GIVEN_TWICE: "está dos veces ({detail})",
    },
    "en": {
        CustomerFault.TEXT_UNPRINTABLE: "the text holds a character that cannot be shown",
        CustomerFault.TEXT_TOO_LONG: "the text has more than {detail} characters",
        CustomerFault.NOBODY: "give external_id or an account: else nobody is known again by it",
        CustomerFault.PHONE_FORM: "has to be an international number of 7 to 15 digits",
        CustomerFault.PHONES_TOO_MANY: "there are more than {detail} phone numbers",
        CustomerFault.ACCOUNT_FORM: "an account has to have 4 to 16 digits ({detail})",
        CustomerFault.ACCOUNT_TAKEN: "the account is another customer's ({detail})",
        CustomerFault.ACCOUNT_NEEDED: "this is told of an account, and there is no account",
        CustomerFault.ACCOUNTS_SEVERAL: (
            "this is told of a single account: give each account a row of its own"
        ),
        CustomerFault.ACCOUNTS_TOO_MANY: "there are more than {detail} accounts",
        CustomerFault.STATUS_UNKNOWN: "has to be active, suspended or closed ({detail})",
        CustomerFault.LANGUAGE_UNKNOWN: "has to be es or en ({detail})",
        CustomerFault.ZONE_UNKNOWN: (
            "there is no such time zone ({detail}); write one as in America/Bogota"
        ),
        CustomerFault.PROOF_FORM: "has to have 3 to 8 digits: the document's last ones",
        CustomerFault.AMOUNT_FORM: "has to be an amount as 1021.01 ({detail})",
        CustomerFault.CURRENCY_FORM: "has to be a currency of ISO 4217, such as COP ({detail})",
        CustomerFault.CURRENCY_NEEDED: "the balance's currency is missing",
        CustomerFault.DAY_FORM: "has to be a day as 2026-11-30 or 30/11/2026 ({detail})",
        CustomerFault.GIVEN_TWICE: "is there twice ({detail})",
    },
}
_SHOWN = 40


class CustomerRefusedError(Linea800Error):
    """A field of a customer is not as it has to be; `field` is its name here."""

    def __init__(self, field: str, fault: CustomerFault, detail: str = "") -> None:
        self.field = field
        self.fault = fault
        self.detail = detail
        super().__init__(f"{field}: {self.reason('en')}")

    def reason(self, language: str) -> str:
        """Why; anything but `en` is told in Spanish."""
        return reason_of(self.fault, self.detail, language)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row of a file that does not become a customer. `line` is where it begins, from 1."""

    line: int
    field: str
    fault: CustomerFault
    detail: str = ""

    def reason(self, language: str) -> str:
        """Why; anything but `en` is told in Spanish."""
        return reason_of(self.fault, self.detail, language)


def reason_of(fault: CustomerFault, detail: str, language: str) -> str:
    """The sentence of a fault; what was sent is shown short, and in characters that show."""
    shown = "".join(mark if mark.isprintable() else "�" for mark in detail[:_SHOWN])
    sentences = _SENTENCES["en" if language == "en" else "es"]
    return sentences[fault].format(detail=shown).replace(" ()", "")
