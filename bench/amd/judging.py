"""The verdict on each greeting, by each way of reaching it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bench.amd.greetings import Greeting
from bench.amd.matrix import Judgement, Matrix, Status
from bench.amd.settings import AmdSettings
from bench.amd.switchboard import Placed, Switchboard
from bench.amd.talk import Burst, TalkRules, judged


class Design(StrEnum):
    """How a verdict is reached; the values are contexts of `dialplan.conf`."""

    #: nobody judges
    OFF = "amd-off"
    #: AMD() in the dialplan, before the queue
    BEFORE = "amd-before"
    #: AMD() beside the call, on audio that ChanSpy takes
    BESIDE = "amd-beside"
    #: TALK_DETECT tells when the called person talks, and we judge
    TALK = "amd-talk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of calling everybody once; the costs are Asterisk's, for one call."""

    matrix: Matrix
    placed: list[Placed]
    cpu_seconds: float
    events: float


async def judge(
    board: Switchboard,
    numbers: Mapping[str, Greeting],
    design: Design,
    settings: AmdSettings,
    *,
    at_once: int,
) -> Run:
    """Call everybody and judge them."""
    rules = TalkRules()
    variables = {"AMD_SETTINGS": settings.arguments, "TALK_SETTINGS": rules.arguments}
    cpu_seconds, heard = board.cpu_seconds, board.heard
    placed = await board.place(numbers, design.value, variables, at_once)
    spent, told = board.cpu_seconds - cpu_seconds, board.heard - heard
    if design is Design.TALK:
        judgements = [_by_talk(call, rules) for call in placed]
    else:
        judgements = [_by_amd(call) for call in placed]
    return Run(
        matrix=Matrix(judgements),
        placed=placed,
        cpu_seconds=spent / len(placed),
        events=told / len(placed),
    )


def _by_amd(call: Placed) -> Judgement:
    verdicts = call.all("AmdVerdict")
    if not verdicts:
        return Judgement(greeting=call.greeting, status=Status.NOTSURE)
    first = verdicts[0]
    told = first.get("Status")
    return Judgement(
        greeting=call.greeting,
        status=Status(told) if told in Status.__members__ else Status.NOTSURE,
        cause=first.get("Cause"),
        seconds=call.seconds_to(first),
    )


def _by_talk(call: Placed, rules: TalkRules) -> Judgement:
    status, seconds = judged(bursts(call, rules), rules)
    return Judgement(greeting=call.greeting, status=status, seconds=seconds)


def bursts(call: Placed, rules: TalkRules) -> list[Burst]:
    """The talking that Asterisk reported; it tells of an end only after the pause."""
    begun = [call.seconds_to(event) for event in call.all("ChannelTalkingStart")]
    ended = [call.seconds_to(event) - rules.burst_pause for event in call.all("ChannelTalkingStop")]
    open_ends = [None] * (len(begun) - len(ended))
    return [
        Burst(began_at=began_at, ended_at=ended_at)
        for began_at, ended_at in zip(begun, [*ended, *open_ends], strict=True)
    ]
