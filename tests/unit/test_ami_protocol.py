"""Bytes to messages: the same whatever the segments, and bounded whatever comes."""

import asyncio
import logging
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ami.errors import ValueRefusedError
from ami.message import RawMessage
from ami.protocol import MESSAGE_BYTES, Connection, Order, SteadyProtocol

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
STREAM = GREETING + (
    "Event: Newchannel\r\nCallerIDName: Ñandú Muñoz 😀\r\nUniqueid: 1\r\n\r\n"
    "Event: Hangup\r\nuniqueid: 2\r\nChanVariable: A=1\r\nChanVariable: B=ñ\r\n"
    "AccountCode: \r\n\r\n"
    "\r\nno message at all\r\n\r\n"
    "Event: OriginateResponse\r\nActionID: a1\r\nResponse: Success\r\nUniqueid: 3\r\n\r\n"
    "Event: Last\r\nUniqueid: 4\r\nName: "
).encode() + b"\xff\xfe\r\n\r\n"  # fmt: skip


class Pipe(asyncio.Transport):
    """A transport that keeps what is written and says when it is aborted."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def abort(self) -> None:
        self.aborted = True


class Heard:
    """A connection without a socket, and what came out of it."""

    def __init__(self, on_event: Callable[[RawMessage], None] | None = None) -> None:
        self.events: list[RawMessage] = []
        self.reasons: list[str] = []
        self.connection = Connection(
            "127.0.0.1",
            1,
            on_event=on_event or self.events.append,
            on_lost=self.reasons.append,
        )
        self.protocol = SteadyProtocol(self.connection)
        self.pipe = Pipe()
        self.protocol.connection_made(self.pipe)

    def feed(self, *chunks: bytes) -> list[tuple[str, str]]:
        for chunk in chunks:
            self.protocol.data_received(chunk)
        return [(event.event, event.get("Uniqueid")) for event in self.events]


EXPECTED = [("Newchannel", "1"), ("Hangup", "2"), ("OriginateResponse", "3"), ("Last", "4")]


async def test_every_place_to_split_gives_the_same_messages() -> None:
    for at in range(len(STREAM) + 1):
        heard = Heard()
        assert heard.feed(STREAM[:at], STREAM[at:]) == EXPECTED
        assert heard.events[0].get("CallerIDName") == "Ñandú Muñoz 😀"
        assert heard.events[3].get("Name") == "\ufffd\ufffd"
    assert Heard().feed(*(bytes([byte]) for byte in STREAM)) == EXPECTED


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_any_segments_give_the_same_messages(cuts: list[int]) -> None:
    async def check() -> None:
        places = [0, *sorted(cuts), len(STREAM)]
        chunks = [STREAM[a:b] for a, b in pairwise(places)]
        assert Heard().feed(*chunks) == EXPECTED

    asyncio.run(check())


async def test_headers_are_found_in_any_case_and_the_first_of_repeated_ones_counts() -> None:
    heard = Heard()
    heard.feed(STREAM)
    hangup = heard.events[1]
    assert hangup.get("UNIQUEID") == "2"
    assert hangup.get("ChanVariable") == "A=1"
    assert hangup.get("AccountCode", "?") == ""
    assert (hangup.get("Nothing"), hangup.get("Nothing", "-")) == ("", "-")
    assert hangup.timestamp is None
    assert RawMessage([("Timestamp", "12.5")]).timestamp == 12.5


async def test_a_message_that_cannot_be_handled_takes_no_other_with_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    names: list[str] = []

    def stumble(event: RawMessage) -> None:
        if event.event == "Hangup":
            raise LookupError("stumbled")
        names.append(event.event)

    heard = Heard(stumble)
    with caplog.at_level(logging.ERROR):
        heard.feed(STREAM)
    assert names == ["Newchannel", "OriginateResponse", "Last"]
    assert "stumbled" in caplog.text
    assert not heard.reasons


@pytest.mark.parametrize(
    "garbage",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\r\n",
        b"Asterisk\r\n",
        b"\x00\xff\xfe",
        b"x" * 1_000_000,
        b"Asterisk Call Manager/" + b"1" * 1_000_000,
    ],
)
async def test_what_is_no_asterisk_is_left_at_once(garbage: bytes) -> None:
    heard = Heard()
    heard.feed(*(garbage[at : at + 65_536] for at in range(0, len(garbage), 65_536)))
    assert heard.reasons == ["what answers there is not an Asterisk Manager Interface"]
    assert heard.pipe.aborted


@pytest.mark.parametrize("line_end", [b"", b"\r\n", b"\n\n"])
async def test_a_message_without_end_is_bounded(line_end: bytes) -> None:
    heard = Heard()
    heard.feed(GREETING)
    for _ in range(100):
        heard.feed((b"x" * 20_000) + line_end)
        assert len(heard.protocol._buffer) <= MESSAGE_BYTES + 20_002
    assert heard.reasons == [f"a message of more than {MESSAGE_BYTES} bytes, not an AMI"]
    assert heard.pipe.aborted


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=8))
def test_no_bytes_break_the_reader(chunks: list[bytes]) -> None:
    async def check() -> None:
        heard = Heard()
        heard.feed(GREETING, *chunks)
        assert not heard.reasons
        heard.feed(b"\r\n\r\nEvent: Last\r\n\r\n")
        assert heard.events[-1].event == "Last"

    asyncio.run(check())


async def test_nothing_is_handled_after_the_end() -> None:
    heard = Heard()
    heard.feed(STREAM)
    heard.connection.abort("enough")
    heard.feed(STREAM[len(GREETING) :])
    heard.protocol.connection_lost(None)
    assert len(heard.events) == len(EXPECTED)
    assert heard.reasons == ["enough"]


async def test_an_end_in_the_middle_of_a_segment_is_the_end() -> None:
    names: list[str] = []

    def hear_one(event: RawMessage) -> None:
        names.append(event.event)
        heard.connection.abort("enough")

    heard = Heard(hear_one)
    heard.feed(STREAM)
    assert names == ["Newchannel"]
    assert heard.reasons == ["enough"]


async def test_an_order_is_checked_before_it_exists_and_shows_no_value() -> None:
    with pytest.raises(ValueRefusedError, match="CallerID"):
        Order([("Action", "Originate"), ("CallerID", "x\r\n\r\nAction: Logoff")])
    with pytest.raises(ValueRefusedError, match="ActionID"):
        Order([("Action", "QueueStatus"), ("ActionID", "1")], "QueueStatusComplete")
    login = Order([("Action", "Login"), ("Secret", "open sesame"), ("ActionID", "a1")])
    assert repr(login) == "<Order Login a1>"
    assert str(login) == "Action: Login\r\nSecret: open sesame\r\nActionID: a1\r\n\r\n"


async def test_an_action_id_cannot_be_used_twice_at_once() -> None:
    heard = Heard()
    heard.feed(GREETING)
    heard.connection.post(Order([("Action", "Ping"), ("ActionID", "a1")]))
    with pytest.raises(ValueRefusedError, match="a1"):
        heard.connection.post(Order([("Action", "Ping"), ("ActionID", "a1")]))
    heard.feed(b"Response: Success\r\nActionID: a1\r\n\r\n")
    heard.connection.post(Order([("Action", "Ping"), ("ActionID", "a1")]))
    assert heard.pipe.written.count(b"Action: Ping\r\n") == 2
