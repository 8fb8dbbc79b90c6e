"""When a campaign stands back for those who call the line."""

from __future__ import annotations

from dialer.blending import Blend, BlendRule, left_waiting, with_kept_free
from dialer.pacing.decision import Rules
from dialer.pacing.picture import Picture
from dialer.pacing.progressive import Progressive


def test_it_stands_back_when_so_many_wait_and_goes_on_after_a_calm() -> None:
    blend = Blend(BlendRule(stop_at_waiting=2, calm_seconds=10))
    assert not blend.look([100.0], 100.0)
    assert blend.look([100.0, 101.0], 101.0)
    assert blend.look([], 105.0), "calm has not lasted"
    assert blend.look_again_at([], 105.0) == 111.0
    assert not blend.look([], 111.0)
    assert blend.look_again_at([], 111.0) is None


def test_it_stands_back_when_somebody_has_waited_so_long() -> None:
    blend = Blend(BlendRule(stop_at_wait_seconds=5, calm_seconds=0))
    assert not blend.look([100.0], 102.0)
    assert blend.look_again_at([100.0], 102.0) == 105.0
    assert blend.look([100.0], 105.0)
    assert not blend.look([104.0], 106.0)


def test_a_rule_without_thresholds_never_stands_back() -> None:
    blend = Blend(BlendRule(keep_free=1))
    assert not blend.look([0.0] * 50, 1000.0)
    assert blend.look_again_at([0.0], 1000.0) is None


def test_agents_kept_free_are_not_dialed_for() -> None:
    picture = Picture(ready={"1": 0.0, "2": 0.0, "3": 0.0}, lines_free=10, leads_due=10)
    pacing = Progressive(Rules())
    assert pacing.decide(with_kept_free(picture, 0, 5.0), 5.0).dial == 3
    assert pacing.decide(with_kept_free(picture, 2, 5.0), 5.0).dial == 1
    assert pacing.decide(with_kept_free(picture, 3, 5.0), 5.0).dial == 0
    assert len(picture.ready) == 3, "the picture itself stays"


def test_who_is_not_free_yet_will_be_kept_free() -> None:
    seen = with_kept_free(Picture(ready={"1": 0.0}, talking={"2": 0.0}), 3, 5.0)
    assert (len(seen.ready), seen.asking) == (0, 2)


def test_whom_a_free_agent_is_about_to_serve_does_not_wait() -> None:
    callers = [(103.0, "soporte"), (101.0, "soporte"), (102.0, "ventas")]
    assert left_waiting(callers, []) == [101.0, 102.0, 103.0]
    assert left_waiting(callers, [("soporte", "salida")]) == [102.0, 103.0]
    assert left_waiting(callers, [("ventas",), ("ventas",)]) == [101.0, 103.0]
    assert left_waiting(callers, [("soporte", "ventas")] * 3) == []


def test_a_call_of_which_nothing_is_known_but_that_it_waits_is_nobodys() -> None:
    assert left_waiting([(101.0, "")], [("soporte",)]) == [101.0]
