"""Sets of parameters for AMD(), the application of Asterisk, and those that are compared.

They were found on a corpus of another seed than the one the bench measures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AmdSettings:
    """AMD()'s own parameters in its own order, milliseconds; the defaults are Asterisk's."""

    initial_silence: int = 2500
    greeting: int = 1500
    after_greeting_silence: int = 800
    total_analysis_time: int = 5000
    min_word_length: int = 100
    between_words_silence: int = 50
    #: one word more than this is a machine
    maximum_number_of_words: int = 3
    #: the mean amplitude, of 32768, below which 20 ms count as silence
    silence_threshold: int = 256

    @property
    def arguments(self) -> str:
        """As the dialplan takes them."""
        return ",".join(str(value) for value in astuple(self))


def _before(greeting: int, after: int, word: int, words: int, threshold: int) -> AmdSettings:
    """In time for a person to have an agent within 2 s; silence is no machine."""
    return AmdSettings(
        initial_silence=1900,
        greeting=greeting,
        after_greeting_silence=after,
        total_analysis_time=1800,
        min_word_length=word,
        maximum_number_of_words=words,
        silence_threshold=threshold,
    )


def _beside(greeting: int, words: int, threshold: int) -> AmdSettings:
    """With patience, because nobody waits for the verdict; silence is no machine."""
    return AmdSettings(
        initial_silence=6600,
        greeting=greeting,
        after_greeting_silence=1200,
        total_analysis_time=6500,
        maximum_number_of_words=words,
        silence_threshold=threshold,
    )


SETS: Mapping[str, AmdSettings] = {
    "asterisk": AmdSettings(),
    "before strict": _before(1000, 500, 60, 5, 1536),
    "before cautious": _before(1000, 300, 100, 4, 1024),
    "before balanced": _before(1100, 300, 60, 4, 1024),
    "before eager": _before(1000, 400, 60, 3, 1024),
    "before most": _before(700, 500, 60, 3, 768),
    "beside strict": _beside(3200, 30, 1024),
    "beside cautious": _beside(2800, 30, 1024),
    "beside balanced": _beside(3200, 8, 1024),
    "beside eager": _beside(3600, 8, 512),
    "beside most": _beside(2400, 6, 512),
}
#: the one that linea800 should use
CHOSEN = "beside cautious"
