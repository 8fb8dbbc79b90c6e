"""Sound over HTTP: all of a file, or the one part of it that `Range` asks for."""

from __future__ import annotations

import re
from typing import Any

from starlette.responses import Response

from api.problem_texts import Kind
from api.problems import ProblemError, told

WAV = "audio/wav"
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


def sound_answers(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """What a route that serves sound may answer, for the API's description."""
    return {
        200: {"description": "The sound", "content": {WAV: {}}},
        206: {"description": "The part of it that `Range` asks for", "content": {WAV: {}}},
        **told(Kind.NO_SUCH_RANGE, *kinds),
    }


def part_of(header: str | None, size: int) -> range | None:
    """The bytes that are asked for; None: all. What is no single range may be passed over.

    Raises `ProblemError` for a part that is not there.
    """
    match = _RANGE.fullmatch(header or "")
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:  # so many at the end
        start, stop = max(0, size - int(match[2])), size
    else:
        start = int(match[1])
        stop = min(size, int(match[2]) + 1) if match[2] else size
        if match[2] and int(match[2]) < start:
            return None
    if start >= stop:
        raise ProblemError(
            Kind.NO_SUCH_RANGE, headers={"content-range": f"bytes */{size}"}, size=size
        )
    return range(start, stop)


def told_of(part: range | None) -> str:
    """Which bytes went out, for the audit."""
    return f"{part.start}-{part.stop - 1}" if part is not None else "all"


def sound_response(sound: bytes, part: range | None) -> Response:
    """The file, or that part of it."""
    headers = {"accept-ranges": "bytes"}
    if part is not None:
        headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/{len(sound)}"
    return Response(
        sound if part is None else sound[part.start : part.stop],
        status_code=200 if part is None else 206,
        headers=headers,
        media_type=WAV,
    )
