"""The answering-machine bench: its corpus, its matrix, and the verdict from reported talking."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bench.amd import sound, tables
from bench.amd.greetings import (
    BEEPING,
    LANGUAGES,
    SHARES,
    TAIL_SECONDS,
    Greeting,
    Nature,
    corpus,
    greeting,
)
from bench.amd.matrix import Judgement, Matrix, Share, Status, hung_up_on, percentile
from bench.amd.settings import CHOSEN, SETS, AmdSettings
from bench.amd.talk import Burst, TalkRules, judged
from bench.amd.texts import TEXTS, Kind
from bench.amd.voices import Voice
from prompts.audio import RATE, Samples
from traffic.voice import alaw

RULES = TalkRules(machine_talk=2.0, human_pause=1.0, longest=5.0, burst_pause=0.2)
#: of twenty greetings in each language every kind has had its share
TURNS = 20


def say(voice: Voice, text: str) -> Samples:
    """Nobody: a hum whose pitch is the voice's and whose length is the text's."""
    return sound.tone(100 + voice.pitch, 0.06 * len(text))


@pytest.fixture(scope="module")
def greetings() -> list[Greeting]:
    return corpus(say, count=2 * TURNS, tones=2 * TURNS, seed=7)


# --- the corpus


def test_pauses_do_not_count_for_loudness() -> None:
    speech = np.concatenate((sound.tone(500, 1), np.zeros(3 * RATE)))
    heard = sound.levelled(speech * 0.01)[:RATE]
    assert 20 * np.log10(np.sqrt(np.mean(heard**2))) == pytest.approx(sound.SPEECH_DBFS, abs=0.1)


def test_each_nature_and_language_has_its_number(greetings: list[Greeting]) -> None:
    assert Counter((one.nature, one.language) for one in greetings) == {
        (nature, language): TURNS for nature in Nature for language in LANGUAGES
    }


def test_kinds_come_in_their_shares(greetings: list[Greeting]) -> None:
    for nature, shares in SHARES.items():
        for language in LANGUAGES:
            some = [one for one in greetings if (one.nature, one.language) == (nature, language)]
            assert Counter(one.kind for one in some) == shares


def test_the_shares_are_of_twenty() -> None:
    assert {sum(shares.values()) for shares in SHARES.values()} == {TURNS}


def test_there_is_something_to_say_for_every_kind() -> None:
    spoken = {*SHARES[Nature.HUMAN], *SHARES[Nature.MACHINE]}
    assert all(set(texts) == spoken and all(texts.values()) for texts in TEXTS.values())


def test_a_seed_gives_the_same_greetings_however_many() -> None:
    few = corpus(say, count=4, tones=2, seed=7)
    assert few[1] == greeting(say, Nature.HUMAN, 1, 7)
    assert few[1].alaw != greeting(say, Nature.HUMAN, 1, 8).alaw


def test_machines_that_record_beep_before_the_tail(greetings: list[Greeting]) -> None:
    for one in greetings:
        assert (one.beep_over_at is not None) == (one.kind in BEEPING)
        if one.beep_over_at is not None:
            assert one.speech_at < one.beep_over_at < one.seconds - TAIL_SECONDS


def test_people_speak_when_it_is_said_and_wait_for_an_answer(greetings: list[Greeting]) -> None:
    for one in greetings:
        if one.kind is Kind.WORD:
            assert 0 < one.speech_at < 1.6
            assert one.seconds > 5


def test_silence_comes_before_a_late_person_and_a_silent_machine(
    greetings: list[Greeting],
) -> None:
    for one in greetings:
        if one.kind in (Kind.LATE, Kind.SILENT):
            assert one.speech_at >= 1.4


# --- sounds


def test_pieces_are_laid_out_in_a_row() -> None:
    tone = sound.tone(1000, 0.5)
    pieces = [
        sound.Piece.pause(1.0),
        sound.Piece(tone, speech=True),
        sound.Piece.pause(0.5),
        sound.Piece(tone, beep=True),
        sound.Piece.pause(1.0),
    ]
    samples, speech_at, beep_over_at = sound.laid_out(pieces)
    assert (len(samples) / RATE, speech_at, beep_over_at) == (3.5, 1.0, 2.5)


def test_a_tone_is_as_loud_as_asked() -> None:
    level = np.sqrt(np.mean(sound.tone(1000, 1.0, -20.0) ** 2))
    assert 20 * np.log10(level) == pytest.approx(-20.0, abs=0.1)


# --- the matrix


def _greeting(nature: Nature, language: str, kind: Kind = Kind.WORD) -> Greeting:
    return Greeting(
        name="one",
        nature=nature,
        kind=kind,
        language=language,
        alaw=alaw(np.zeros(RATE, dtype=np.int16)),
        speech_at=0.0,
        beep_over_at=None,
    )


def _matrix() -> Matrix:
    person, persona = _greeting(Nature.HUMAN, "en"), _greeting(Nature.HUMAN, "es")
    machine = _greeting(Nature.MACHINE, "es", Kind.CARRIER)
    return Matrix(
        [
            Judgement(greeting=person, status=Status.HUMAN, seconds=1.0),
            Judgement(greeting=person, status=Status.HUMAN, seconds=2.0),
            Judgement(greeting=persona, status=Status.MACHINE, seconds=4.0),
            Judgement(greeting=persona, status=Status.NOTSURE),
            Judgement(greeting=machine, status=Status.MACHINE, seconds=3.0),
            Judgement(greeting=machine, status=Status.NOTSURE, seconds=5.0),
        ]
    )


def test_the_matrix_counts_by_nature_and_language() -> None:
    matrix = _matrix()
    assert matrix.of(Nature.HUMAN) == {Status.HUMAN: 2, Status.MACHINE: 1, Status.NOTSURE: 1}
    assert matrix.of(Nature.HUMAN, "en") == {Status.HUMAN: 2}
    assert matrix.of(Nature.TONE).total() == 0
    assert matrix.by_kind(Nature.MACHINE) == {
        "carrier voicemail": {Status.MACHINE: 1, Status.NOTSURE: 1}
    }


def test_a_person_taken_for_a_machine_is_a_false_positive_and_not_sure_is_none() -> None:
    matrix = _matrix()
    assert matrix.false_positives == Share(1, 4)
    assert matrix.found == Share(1, 2)


def test_calls_without_a_verdict_have_no_time() -> None:
    matrix = _matrix()
    assert matrix.seconds(Nature.HUMAN, 50) == 2.0
    assert matrix.seconds(Nature.HUMAN, 95) == 4.0
    assert matrix.seconds(Nature.TONE, 50) is None


def test_percentiles_are_of_what_there_is() -> None:
    assert percentile([], 50) is None
    assert percentile([None, 3.0, 1.0, 2.0], 50) == 2.0
    assert percentile([1.0, 2.0], 0) == 1.0


@pytest.mark.parametrize(
    ("hits", "of", "upper"),
    # Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29
    [(81, 263, 0.3662), (15, 148, 0.1605), (0, 20, 0.1611), (1, 29, 0.1718)],
)
def test_the_upper_bound_is_wilsons(hits: int, of: int, upper: float) -> None:
    assert Share(hits, of).upper == pytest.approx(upper, abs=5e-5)


def test_the_upper_bound_stays_a_share() -> None:
    assert Share(0, 0).upper == 1.0
    assert Share(0, 0).value == 0.0
    assert Share(9, 9).upper == 1.0


def test_people_hung_up_on_are_estimated_from_those_who_were_not() -> None:
    # 2 % of all: 980 put through stand for 1000, and 20 were hung up on
    assert hung_up_on(980, 0.02) == pytest.approx(20)
    assert hung_up_on(980, 0.0) == 0
    with pytest.raises(ValueError, match="below 1"):
        hung_up_on(1, 1.0)


def test_the_tables_say_what_the_matrix_says() -> None:
    matrix = _matrix()
    assert "| human | es | 0 | 1 | 1 |" in tables.confusion(matrix)
    assert "| machine | carrier voicemail | 0 | 1 | 1 |" in tables.kinds(matrix)
    assert "1 of 4 (25.0%)" in tables.summary(matrix)
    assert "1 of 4 (25.0%)" in tables.curve({CHOSEN: matrix})


# --- AMD()'s parameters


def test_parameters_are_in_the_order_of_the_application() -> None:
    assert AmdSettings().arguments == "2500,1500,800,5000,100,50,3,256"


def test_nobody_waits_longer_than_the_budget_for_a_verdict_before_the_queue() -> None:
    before = [settings for name, settings in SETS.items() if name.startswith("before")]
    assert before
    assert all(settings.total_analysis_time < 2000 for settings in before)


def test_silence_alone_is_never_a_machine() -> None:
    ours = [settings for name, settings in SETS.items() if name != "asterisk"]
    assert all(one.initial_silence > one.total_analysis_time for one in ours)


def test_names_in_the_dialplans_patterns_have_no_letter_that_stands_for_digits() -> None:
    dialplan = Path(tables.__file__).with_name("dialplan.conf").read_text()
    patterns = [
        line.partition("=> _")[2].partition(",")[0]
        for line in dialplan.splitlines()
        if line.startswith("exten => _")
    ]
    assert patterns
    assert not [pattern for pattern in patterns if set(pattern.lower()) & set("nxz[]")]


# --- our own verdict from talking


def _bursts(*times: float | None) -> list[Burst]:
    return [
        Burst(began_at=began_at or 0.0, ended_at=ended_at)
        for began_at, ended_at in zip(times[::2], times[1::2], strict=True)
    ]


@pytest.mark.parametrize(
    ("bursts", "status", "seconds"),
    [
        # a word, and silence
        (_bursts(0.5, 0.9), Status.HUMAN, 1.9),
        # a word, a pause long enough, and again: known before the second word
        (_bursts(0.5, 0.9, 2.5, 2.9), Status.HUMAN, 1.9),
        # two words close together
        (_bursts(0.5, 0.9, 1.3, 1.8), Status.HUMAN, 2.8),
        # talk that adds up to a machine's
        (_bursts(0.5, 1.5, 1.9, 3.0), Status.MACHINE, 3.2),
        # one long sentence
        (_bursts(0.5, 3.0), Status.MACHINE, 3.2),
        # talk without an end: a line that sends nothing for silence
        (_bursts(0.5, None), Status.NOTSURE, 5.0),
        (_bursts(0.5, 0.9, 1.3, None), Status.NOTSURE, 5.0),
        # nobody says a word in time
        ([], Status.NOTSURE, 5.0),
        (_bursts(4.5, 4.9), Status.NOTSURE, 5.0),
    ],
)
def test_talk_is_judged(bursts: list[Burst], status: Status, seconds: float) -> None:
    found, found_at = judged(bursts, RULES)
    assert found is status
    assert found_at == pytest.approx(seconds)


def test_talk_detect_is_given_milliseconds_and_a_threshold() -> None:
    assert TalkRules(burst_pause=0.25, threshold=512).arguments == "250,512"
