"""How leads are shown: the bounds of the rule, and what a campaign of before reads as."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from dialer.options import Options
from dialer.showing import PreviewRule, WhenOver


def test_by_itself_who_does_not_decide_is_paused_and_nobody_is_passed_over() -> None:
    rule = Options().preview
    assert (rule.seconds, rule.when_over) == (30.0, WhenOver.PAUSE)
    assert (rule.look, rule.away) == (timedelta(seconds=30), timedelta(hours=1))
    assert rule.most_skips == 3


def test_only_what_was_set_is_kept() -> None:
    assert Options().model_dump(exclude_defaults=True) == {}
    kept = Options(preview=PreviewRule(seconds=45)).model_dump(mode="json", exclude_defaults=True)
    assert kept == {"preview": {"seconds": 45.0}}
    assert Options.model_validate(kept).preview.seconds == 45.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"seconds": 4.9}, {"seconds": 601}, {"when_over": "wait"}, {"skip_minutes": 0.5},
        {"most_skips": 0}, {"most_skips": 101}, {"minutes": 3},
    ],
)  # fmt: skip
def test_what_nobody_can_mean_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Options.model_validate({"preview": wrong})
