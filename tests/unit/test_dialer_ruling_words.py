"""A kept ruling as a sentence, also when another version kept it."""

from __future__ import annotations

import pytest

from dialer.judging import GUARDED, NO_CALLER_NUMBER
from dialer.rules.verdict import Reason
from dialer.ruling_words import ruling_sentence

DETAILS = {
    Reason.NUMBER_INVALID: "phone_invalid:+57 1",
    Reason.COUNTRY_NOT_ALLOWED: "phone_country:+1",
    Reason.NUMBER_KIND_NOT_ALLOWED: "phone_kind:premium rate",
    Reason.ABANDON_CAP: "0.03",
    Reason.FACT_MISSING: "history",
}


@pytest.mark.parametrize("reason", [*Reason, GUARDED, NO_CALLER_NUMBER])
def test_every_reason_has_words_in_both_languages(reason: str) -> None:
    detail = DETAILS.get(Reason(reason), "x") if reason in set(Reason) else ""
    evidence = {"findings": [f"{reason} {detail}".strip()]}
    spanish, english = (ruling_sentence([reason], evidence, each) for each in ("es", "en"))
    assert spanish != english
    assert reason not in (spanish, english)


def test_what_was_allowed_says_so() -> None:
    assert ruling_sentence([], {}, "es") == "se podía llamar"
    assert ruling_sentence([], {}, "en") == "might be called"


def test_several_reasons_are_one_sentence_each_with_what_it_is_about() -> None:
    evidence = {"findings": ["dnc_listed own", "dnc_listed RNE", "outside_hours"]}
    told = ruling_sentence(["dnc_listed", "outside_hours"], evidence, "es")
    assert told == (
        "está en la lista de no llamar propia; está en la lista de no llamar RNE; "
        "fuera del horario permitido"
    )
    told = ruling_sentence(["dnc_listed"], {"findings": ["dnc_listed campaign"]}, "en")
    assert told == "is on the do-not-call list of the campaign"


@pytest.mark.parametrize("evidence", [{}, {"findings": "?"}, {"findings": ["abandon_cap x"]}])
def test_what_only_another_version_knows_is_told_by_its_code(evidence: dict[str, object]) -> None:
    assert ruling_sentence(["moon_phase"], evidence, "es") == "moon_phase"
    assert ruling_sentence(["abandon_cap"], evidence, "en") == "abandon_cap"
