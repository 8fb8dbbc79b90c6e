"""Recorded talks for tests of the API: told as facts, laid as files, kept as the keeper does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from calls.events import (
    AgentConnected,
    AgentReleased,
    AttemptStarted,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallFact,
    CallRecordingStarted,
    QueueJoined,
)
from storage.recording_settling import RecordingSettling
from tests.integration.api_house import ApiHouse
from tests.made_talks import lay, wav
from tests.unit.facts import PBX, at


def call_of(number: int, *, dialed: bool = False) -> str:
    """The id of a call."""
    return f"attempt-{number:032x}" if dialed else f"pbx1-1772366400.{number}"


def name_of(number: int, take: int = 1, *, dialed: bool = False) -> str:
    """The recording of a call, as the dialplan names it."""
    return f"20260301_{call_of(number, dialed=dialed)}_{take}"


def talks_in(folder: Path) -> Path:
    """Where the house looks for recorded talks."""
    return folder / "talks"


def settling(house: ApiHouse, folder: Path) -> RecordingSettling:
    """Who keeps them."""
    return RecordingSettling(house.database, house.parts.calls, talks_in(folder), PBX, house.clock)


async def talking(
    house: ApiHouse, number: int, *, queue: str = "soporte", agent: str = "1001",
    campaign: str = "", recorded: bool = True,
) -> None:  # fmt: skip
    """A talk that goes on; it began at the second `10 * number`."""
    moment = at(10 * number)
    call: dict[str, Any] = {
        "at": moment, "pbx": PBX, "call_id": call_of(number, dialed=bool(campaign)),
    }  # fmt: skip
    first: CallFact = CallArrived(**call, number_called="08001234567", caller_number="573001234567")
    if campaign:
        first = AttemptStarted(
            **call, campaign_id=campaign, lead_id=1, number_called="573001234567"
        )
    started = CallRecordingStarted(
        **call, recording=name_of(number, dialed=bool(campaign)), queue=queue,
        announced="agent" if campaign else "caller",
    )  # fmt: skip
    await house.happen(
        first,
        CallAnswered(**call),
        *([started] if recorded else []),
        QueueJoined(**call, queue=queue, position=1),
        AgentConnected(**call, queue=queue, agent=agent),
    )


async def over(
    house: ApiHouse, number: int, *, queue: str = "soporte", agent: str = "1001",
    dialed: bool = False,
) -> None:  # fmt: skip
    """The talk is over after five seconds, and in the database."""
    call: dict[str, Any] = {
        "at": at(10 * number + 5), "pbx": PBX, "call_id": call_of(number, dialed=dialed),
    }  # fmt: skip
    await house.happen(
        AgentReleased(**call, queue=queue, agent=agent, ended_by="customer"),
        CallEnded(**call, cause=16, sip_code=200),
    )
    await house.parts.recorder.ship_now()


async def kept(
    house: ApiHouse, folder: Path, number: int, *, queue: str = "soporte", agent: str = "1001",
    campaign: str = "",
) -> str:  # fmt: skip
    """A recorded talk that is kept; its name."""
    await talking(house, number, queue=queue, agent=agent, campaign=campaign)
    name = name_of(number, dialed=bool(campaign))
    lay(talks_in(folder), name, wav(5, sample=number))
    await over(house, number, queue=queue, agent=agent, dialed=bool(campaign))
    house.clock.time = max(house.clock.time, at(10 * number + 20))
    assert await settling(house, folder).settle() == 1
    return name


# --- how the routes are brought to change something


async def paused(house: ApiHouse) -> httpx.Response:
    await talking(house, 1)
    return await house.ask("POST", f"/calls/{call_of(1)}/recording/pause")


async def resumed(house: ApiHouse) -> httpx.Response:
    await paused(house)
    return await house.ask("POST", f"/calls/{call_of(1)}/recording/resume")
