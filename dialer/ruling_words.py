"""A ruling that was kept, as a sentence in Spanish or English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dialer.judging import GUARDED, NO_CALLER_NUMBER
from dialer.rules.verdict import Finding, Reason
from dialer.rules.verdict_words import reason_sentence

_ALLOWED = {"es": "se podía llamar", "en": "might be called"}

#: reasons that no preset knows
_OURS: Mapping[str, Mapping[str, str]] = {
    "es": {
        GUARDED: "un tope de gasto no deja pasar llamadas a ese destino",
        NO_CALLER_NUMBER: "cada número que se podría mostrar ya se mostró hoy cuanto se permite",
    },
    "en": {
        GUARDED: "a spending guard lets no calls to this destination pass",
        NO_CALLER_NUMBER: "every number that could be shown was shown today as often as may be",
    },
}

#: our own lists among the registers
_LISTS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "own": "propia",
        "campaign": "de la campaña",
        "customer": "de los clientes que no quieren llamadas",
    },
    "en": {
        "own": "of our own",
        "campaign": "of the campaign",
        "customer": "of customers who want no calls",
    },
}


def ruling_sentence(reasons: Iterable[str], evidence: Mapping[str, object], language: str) -> str:
    """Why a number might not be dialed, or that it might; `language` is es or en.

    A reason that only another version knows is told by its code.
    """
    told = [
        words for reason in reasons for words in dict.fromkeys(_words(reason, evidence, language))
    ]
    return "; ".join(told) or _ALLOWED[language]


def _words(reason: str, evidence: Mapping[str, object], language: str) -> list[str]:
    if reason in _OURS[language]:
        return [_OURS[language][reason]]
    found = evidence.get("findings")
    kept = [str(one).partition(" ") for one in found] if isinstance(found, list) else []
    details = [detail for code, _, detail in kept if code == reason] or [""]
    if reason == Reason.DNC_LISTED:
        details = [_LISTS[language].get(each, each) for each in details]
    try:
        return [reason_sentence(Finding(Reason(reason), each), language) for each in details]
    except ValueError:
        return [reason]
