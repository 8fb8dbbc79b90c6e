"""How many RTP packets went each way, as Asterisk counts them: the proof of two-way audio."""

from __future__ import annotations

import re
from typing import NamedTuple

from local_asterisk.process import LocalAsterisk

_LINE = re.compile(
    r"^ *(?:[0-9a-f]{8} +)?(?P<channel>\S+-[0-9a-f]{8}) +[\d:]+ +\S+ +"
    r"(?P<received>\d+K?) +\d+K? +\d+ +[\d.]+ +(?P<sent>\d+K?) "
)


class RtpCount(NamedTuple):
    """Packets of one channel, seen from Asterisk; in thousands from 100 000 on."""

    received: int
    sent: int


def rtp_counts(asterisk: LocalAsterisk) -> dict[str, RtpCount]:
    """The counts of every SIP channel that is up, by name such as `PJSIP/trunk-00000001`."""
    return parse_channel_stats(asterisk.cli("pjsip show channelstats"))


def parse_channel_stats(shown: str) -> dict[str, RtpCount]:
    """The counts in what `pjsip show channelstats` printed."""
    return {
        f"PJSIP/{match['channel']}": RtpCount(_count(match["received"]), _count(match["sent"]))
        for line in shown.splitlines()
        if (match := _LINE.match(line))
    }


def _count(shown: str) -> int:
    return int(shown.removesuffix("K")) * (1000 if shown.endswith("K") else 1)
