"""Sets of parameters for AMD(), the application of Asterisk, and the ones that are compared."""

from __future__ import annotations

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
    maximum_number_of_words: int = 3
    #: the mean amplitude, of 32768, below which 20 ms count as silence
    silence_threshold: int = 256

    @property
    def arguments(self) -> str:
        """As the dialplan takes them."""
        return ",".join(str(value) for value in astuple(self))
