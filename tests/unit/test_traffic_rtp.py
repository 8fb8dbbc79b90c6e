"""Asterisk's table of RTP counts, read."""

from __future__ import annotations

from traffic.rtp import RtpCount, parse_channel_stats

SHOWN = """
                                             ...........Receive......... .........Transmit..........
 BridgeId ChannelId ........ UpTime.. Codec.   Count    Lost Pct  Jitter   Count    Lost Pct  Jitter RTT....
 ===========================================================================================================

 6c1ab8f2 1001-00000000      00:00:10 alaw      479       2    0   0.000    478       0    0   0.001   0.000
          trunk-0000000a     00:00:02 alaw       72       0    0   0.000     76       0    0   0.001   0.000
          trunk-0000000b     00:05:02 alaw      130K      0    0   0.000    129K      0    0   0.001   0.000

Objects found: 3
"""  # noqa: E501 - as Asterisk prints it


def test_every_channel_has_its_counts() -> None:
    assert parse_channel_stats(SHOWN) == {
        "PJSIP/1001-00000000": RtpCount(received=479, sent=478),
        "PJSIP/trunk-0000000a": RtpCount(received=72, sent=76),
        "PJSIP/trunk-0000000b": RtpCount(received=130000, sent=129000),
    }


def test_no_channel_is_no_count() -> None:
    assert parse_channel_stats("No objects found.\n") == {}
