"""Numbers that cost money or carry commands: each refused, with the reason that fits."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.lists.refusals import NumberRefusedError, RowFault
from dialer.phone_rules import PhoneRules
from dialer.rules.catalog import PresetCatalog
from dialer.rules.check import check
from dialer.rules.number import judged
from dialer.rules.preset import Purpose
from dialer.rules.verdict import Question, Reason

AT = dt.datetime(2026, 11, 24, 15, tzinfo=dt.UTC)
F, R = RowFault, Reason

#: as written, the country it is read in, the countries allowed, what is wrong, the reason given
HOSTILE: list[tuple[str, str, str, RowFault, Reason]] = [
    # S3: injection into the dialplan and AMI
    ("+5511999990000&PJSIP/x@itsp", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("+5511999990000;ext=1&Local/1", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("+5511999990000\r\nAction: Logoff", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("+5511999990000\n", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("+5511999990000@evil", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("+5511999990000${SHELL(id)}", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("${SHELL(id)}", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("+5511999990000,,1234#", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("5511&PJSIP/x@trunk", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("+5511999990000|1", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("+5511999990000^1", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("+5511999990000!", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("+5511999990000/1", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("1-800-FLOWERS", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("+５５11999990000", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("+55١١999990000", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("+5511²99990000", "BR", "BR", F.PHONE_CHARACTERS, R.NUMBER_INVALID),
    ("", "BR", "BR", F.PHONE_MISSING, R.NUMBER_INVALID),
    ("5.51E+12", "BR", "BR", F.PHONE_QUANTITY, R.NUMBER_INVALID),
    # S4: premium, satellite, shared cost, abroad, short and emergency numbers
    ("+19005551234", "CO", "CO", F.PHONE_COUNTRY, R.COUNTRY_NOT_ALLOWED),
    ("+19002345678", "US", "US", F.PHONE_KIND, R.NUMBER_KIND_NOT_ALLOWED),
    ("+37190012345", "CO", "CO", F.PHONE_COUNTRY, R.COUNTRY_NOT_ALLOWED),
    ("+37190012345", "LV", "LV", F.PHONE_KIND, R.NUMBER_KIND_NOT_ALLOWED),
    ("+447012345678", "CO", "CO", F.PHONE_COUNTRY, R.COUNTRY_NOT_ALLOWED),
    ("+447012345678", "GB", "GB", F.PHONE_KIND, R.NUMBER_KIND_NOT_ALLOWED),
    ("+55900123456", "CO", "CO", F.PHONE_COUNTRY, R.COUNTRY_NOT_ALLOWED),
    ("+55900123456", "BR", "BR", F.PHONE_KIND, R.NUMBER_KIND_NOT_ALLOWED),
    ("+558001234567", "BR", "BR", F.PHONE_KIND, R.NUMBER_KIND_NOT_ALLOWED),
    ("+881612345678", "CO", "CO", F.PHONE_COUNTRY, R.COUNTRY_NOT_ALLOWED),
    ("+8821600000000", "CO", "CO", F.PHONE_COUNTRY, R.COUNTRY_NOT_ALLOWED),
    ("+883510000000", "CO", "CO", F.PHONE_COUNTRY, R.COUNTRY_NOT_ALLOWED),
    ("+870773111632", "CO", "CO", F.PHONE_COUNTRY, R.COUNTRY_NOT_ALLOWED),
    ("+979123456789", "CO", "CO", F.PHONE_COUNTRY, R.COUNTRY_NOT_ALLOWED),
    ("+5351234567", "CO", "CO", F.PHONE_COUNTRY, R.COUNTRY_NOT_ALLOWED),
    ("+18095551234", "US", "US", F.PHONE_COUNTRY, R.COUNTRY_NOT_ALLOWED),
    ("190", "BR", "BR", F.PHONE_SHORT, R.NUMBER_INVALID),
    ("911", "CO", "CO", F.PHONE_SHORT, R.NUMBER_INVALID),
    ("112", "ES", "ES", F.PHONE_SHORT, R.NUMBER_INVALID),
    ("00155512345678", "BR", "BR", F.PHONE_INVALID, R.NUMBER_INVALID),
    ("+573001234", "CO", "CO", F.PHONE_INVALID, R.NUMBER_INVALID),
]
IDS = [f"{written!r} in {home}" for written, home, *_ in HOSTILE]


@pytest.mark.parametrize(("written", "home", "allowed", "fault", "reason"), HOSTILE, ids=IDS)
def test_the_number_rules_refuse_it(
    written: str, home: str, allowed: str, fault: RowFault, reason: Reason
) -> None:
    with pytest.raises(NumberRefusedError) as refused:
        PhoneRules(home, {allowed}).dialable(written)
    assert refused.value.fault is fault
    assert judged(written, home, frozenset({allowed})).refusal is not None


PRESETS = {"BR": "br-anatel-2025", "CO": "co-2300", "US": "us-tsr", "GB": "uk-ofcom-2016",
           "ES": "es-lgtel66"}  # fmt: skip


@pytest.mark.parametrize(("written", "home", "allowed", "fault", "reason"), HOSTILE, ids=IDS)
def test_the_check_refuses_it_with_its_reason(
    written: str, home: str, allowed: str, fault: RowFault, reason: Reason
) -> None:
    rules = PresetCatalog.read().rules(PRESETS.get(home, "house-strict"))
    question = Question(
        number=written, purpose=Purpose.SERVICE, at=AT, countries=frozenset({allowed})
    )
    verdict = check(rules, question, facts_required=False)
    assert not verdict.allowed
    expected = reason
    if rules.preset.country is None and not written.startswith("+"):
        expected = R.NUMBER_INVALID
    assert verdict.reasons[0] is expected
    assert verdict.next_allowed_at is None
    assert str(fault) in verdict.findings[0].detail or rules.preset.country is None


@pytest.mark.parametrize("written", ["+881612345678", "+979123456789", "+80012345678", "911", "x"])
def test_a_preset_for_any_country_refuses_what_has_none(written: str) -> None:
    rules = PresetCatalog.read().rules("house-strict")
    question = Question(number=written, purpose=Purpose.SERVICE, at=AT)
    verdict = check(rules, question, facts_required=False)
    assert verdict.reasons[0] in {R.COUNTRY_NOT_ALLOWED, R.NUMBER_INVALID}


@given(st.text(alphabet="0123456789+-() .&@;,|/^!$%{}\r\n５٣²", max_size=24))
def test_whatever_is_written_only_digits_come_out(written: str) -> None:
    for home, countries in (("CO", frozenset({"CO", "US", "BR"})), (None, None)):
        found = judged(written, home, countries)
        if found.refusal is None:
            assert found.e164.startswith("+")
            assert found.e164[1:].isascii()
            assert found.e164[1:].isdigit()
        else:
            assert found.e164 == ""
