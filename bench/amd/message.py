"""A message left on the machine: whether it began after the beep, by how the end was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.amd.greetings import Greeting, Nature
from bench.amd.matrix import percentile
from bench.amd.settings import SETS
from bench.amd.switchboard import Placed, Switchboard

#: ways to find the end of the greeting: extensions of `amd-message` in `dialplan.conf`
WAYS = ("quiet_1000", "quiet_1500", "quiet_2000", "repeat_700", "repeat_1000")
#: a packet may be heard before Asterisk's event is stamped
_EARLY_SECONDS = 0.05
#: machines are judged as they would be; what matters here is what comes after
_SETTINGS = SETS["beside eager"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What came of one way; seconds from the end of the beep to the message's last beginning."""

    way: str
    judged_machine: int
    #: of the machines that beep; call screening and telephone menus do not
    after_seconds: list[float]

    @property
    def in_time(self) -> int:
        """Messages that began after the beep."""
        return sum(seconds >= 0 for seconds in self.after_seconds)

    def later(self, percent: float) -> float | None:
        """The percentile of the silence that the recording begins with, of those in time."""
        return percentile((seconds for seconds in self.after_seconds if seconds >= 0), percent)


async def leave_messages(
    board: Switchboard, numbers: Mapping[str, Greeting], way: str, at_once: int
) -> Left:
    """Call the machines, and leave a message with those that are judged machines."""
    machines = {
        number: greeting
        for number, greeting in numbers.items()
        if greeting.nature is Nature.MACHINE
    }
    variables = {"AMD_SETTINGS": _SETTINGS.arguments, "MESSAGE_AFTER": way}
    placed = await board.place(machines, "amd-message", variables, at_once)
    messages = [call for call in placed if call.all("MessageBegan")]
    return Left(
        way=way,
        judged_machine=len(messages),
        after_seconds=[after for call in messages if (after := _after_beep(call)) is not None],
    )


def _after_beep(call: Placed) -> float | None:
    """As the machine itself heard it, by one clock."""
    beep, sound_at = call.greeting.beep_over_at, call.answered.sound_at
    if beep is None or sound_at is None:
        return None
    told_at = call.all("MessageBegan")[-1].timestamp or 0.0
    heard_at = (at for at in call.answered.heard_at if at >= told_at - _EARLY_SECONDS)
    return next(heard_at, told_at) - sound_at - beep
