"""Spanish or English: what a client asked for, else what the floor speaks."""

from __future__ import annotations

_SPOKEN = ("es", "en")


def preferred_language(accepted: str, default: str) -> str:
    """The language of an `Accept-Language` header that we speak, else `default`."""
    best, language = 0.0, default
    for part in accepted[:500].split(","):
        tag, _, parameters = part.partition(";")
        spoken = tag.strip().lower().partition("-")[0]
        quality = _quality(parameters)
        if spoken in _SPOKEN and quality > best:
            best, language = quality, spoken
    return language


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
