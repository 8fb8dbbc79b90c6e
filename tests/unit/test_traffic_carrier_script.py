"""The carrier's script as a simulated switch plays it; tests/system holds it against SIPp."""

from __future__ import annotations

import math

import pytest

from simulator.called import Reaction
from simulator.lines import BUSY, DECLINED, NO_SUCH_NUMBER, NO_TRUNK
from traffic.carrier_script import CarrierScript


@pytest.mark.parametrize(
    ("number", "reaction"),
    [
        ("573101234560", Reaction(seconds=0.0)),
        ("573101234561", Reaction(seconds=1.0)),
        ("573101234562", Reaction(seconds=3.0)),
        ("573101234563", Reaction(seconds=0.0, refusal=BUSY, rings=False)),
        ("573101234564", Reaction(seconds=math.inf)),
        ("573101234565", Reaction(seconds=0.0, refusal=NO_SUCH_NUMBER, rings=False)),
        ("573101234566", Reaction(seconds=0.0, refusal=NO_TRUNK, rings=False)),
        ("573101234567", Reaction(seconds=2.0, rings=False)),
        ("573101234568", Reaction(seconds=0.0)),
        ("573101234569", Reaction(seconds=0.0, refusal=DECLINED, rings=False)),
        ("573500700000", Reaction(seconds=3.5)),
        ("573500000001", Reaction(seconds=0.5)),
        ("573500700008", Reaction(seconds=3.5)),
        ("573500700004", Reaction(seconds=math.inf)),
        ("573500700007", Reaction(seconds=2.0, rings=False)),
    ],
)
def test_what_a_number_does_is_written_in_it(number: str, reaction: Reaction) -> None:
    assert CarrierScript().called(number, 0.0) == reaction


def test_only_a_brief_person_hangs_up() -> None:
    assert CarrierScript().talk_seconds("573101234568") == 5.0
    assert CarrierScript().talk_seconds("573101234560") == math.inf
