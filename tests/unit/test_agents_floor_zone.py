"""By which clock a queue's days begin."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from agents.floor import Floor
from tests.unit.facts import FLOOR


def _floor(queue: dict[str, Any], **values: Any) -> Floor:
    written = FLOOR.model_dump(mode="json") | values
    written["queues"][0] |= queue
    return Floor.model_validate(written)


def test_a_queue_has_the_floors_clock_or_its_own() -> None:
    assert FLOOR.zone_of("soporte").key == "America/Bogota"
    floor = _floor({"zone": "America/Lima"}, zone="America/Guayaquil")
    assert floor.zone_of("soporte").key == "America/Lima"
    assert floor.zone_of("salida").key == "America/Guayaquil"
    # of what the floor does not have, and of agents' own queues
    assert floor.zone_of("nowhere").key == "America/Guayaquil"
    assert floor.zone_of("own_1001").key == "America/Guayaquil"


@pytest.mark.parametrize("name", ["Bogota", "America", "../etc/passwd", ""])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="no time zone"):
        _floor({"zone": name})
    with pytest.raises(ValidationError, match="no time zone"):
        _floor({}, zone=name)
