"""The few SIP messages a subscriber's phone needs, as text in and out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from bench.ivr.rtp import ALAW, EVENT, MULAW

_CODECS = {ALAW: "PCMA", MULAW: "PCMU"}
_AUDIO = re.compile(r"^m=audio (\d+) ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a reply; header names in lower case."""

    first: str
    headers: tuple[tuple[str, str], ...]
    body: str

    @classmethod
    def parsed(cls, data: bytes) -> Self | None:
        """None for what is no SIP, such as keep-alives."""
        head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        if "SIP/2.0" not in first:
            return None
        pairs = (line.partition(":") for line in lines)
        return cls(
            first, tuple((name.strip().lower(), value.strip()) for name, _, value in pairs), body
        )

    @property
    def status(self) -> int:
        """A reply's code; 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """A request's method, or the one a reply answers."""
        return self.get("cseq").rpartition(" ")[2]

    def get(self, name: str) -> str:
        """The first header of that name, or ""."""
        return next((value for known, value in self.headers if known == name), "")

    @property
    def contact(self) -> str:
        """Where the far end wants the requests of this call."""
        return self.get("contact").partition("<")[2].partition(">")[0]

    @property
    def audio_port(self) -> int:
        """Where the far end hears us; 0 when it does not say."""
        match = _AUDIO.search(self.body)
        return int(match[1]) if match else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The names one call goes by."""

    call_id: str
    number: str
    caller_number: str
    port: int
    asterisk_port: int
    tag: str

    @property
    def target(self) -> str:
        """Whom we call."""
        return f"sip:{self.number}@127.0.0.1:{self.asterisk_port}"

    def request(
        self, method: str, uri: str, to_tag: str, cseq: int, branch: str, body: str = ""
    ) -> bytes:
        """A request of ours."""
        me = f"sip:{self.caller_number}@127.0.0.1:{self.port}"
        to = f"<{self.target}>" + (f";tag={to_tag}" if to_tag else "")
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{branch};rport",
            "Max-Forwards: 70",
            f"From: <{me}>;tag={self.tag}",
            f"To: {to}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq} {method}",
            f"Contact: <{me}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def tag_of(header: str) -> str:
    """The tag of a To or From header, or ""."""
    return header.partition(";tag=")[2].partition(";")[0]


def reply(request: Message, status: str) -> bytes:
    """A reply to a request of the far end's."""
    kept = ("via", "from", "to", "call-id", "cseq")
    lines = [f"SIP/2.0 {status}", *(f"{n}: {v}" for n, v in request.headers if n in kept)]
    return ("\r\n".join([*lines, "Content-Length: 0"]) + "\r\n\r\n").encode()


def offer(rtp_port: int, codec: int) -> str:
    """Our side of the audio: one kind of G.711, and keys as RFC 4733 events."""
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        f"m=audio {rtp_port} RTP/AVP {codec} {EVENT}",
        f"a=rtpmap:{codec} {_CODECS[codec]}/8000",
        f"a=rtpmap:{EVENT} telephone-event/8000",
        f"a=fmtp:{EVENT} 0-16",
        "a=ptime:20",
        "a=sendrecv",
    ]
    return "\r\n".join(lines) + "\r\n"
