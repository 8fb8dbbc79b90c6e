"""One campaign on a real Asterisk and in virtual time: what the simulator says is what happens.

Every call must end the same way, lead by lead. That it takes as long, too, is a long proof
(`tests/soak`): a machine that does other things at the same time takes longer.
"""

from __future__ import annotations

from pathlib import Path

from bench.course import Course, ended_otherwise
from dialer.attempt import Outcome
from tests.system.honest_campaign import LEADS, called_people, played_twice
from tests.system.scene import Scene


async def test_two_hundred_leads_go_as_the_simulator_says(scene: Scene, tmp_path: Path) -> None:
    real, told = await played_twice(scene, tmp_path)
    people = called_people()
    at_the_carrier = [call.number for call in scene.stage.carrier.calls()]
    for dialed in (at_the_carrier, _dialed(real), _dialed(told)):
        assert {number: dialed.count(number) for number in people} == dict.fromkeys(people, 1)
    assert ended_otherwise(real, told) == {}
    assert real.outcomes == told.outcomes
    assert set(told.outcomes) == {
        Outcome.CONNECTED, Outcome.BUSY, Outcome.NO_ANSWER, Outcome.INVALID, Outcome.CONGESTION,
        Outcome.REJECTED,
    }  # fmt: skip
    assert {end.ended_by for end in told.ends.values()} == {"agent", "customer", "service"}
    assert real.connect_seconds.keys() == told.connect_seconds.keys()
    assert len(real.ring_seconds(*Outcome)) == len(told.ring_seconds(*Outcome)) == LEADS


def _dialed(course: Course) -> list[str]:
    return [attempt.number for attempt in course.attempts]
