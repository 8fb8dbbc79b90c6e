"""Everything rendered by the real espeak-ng, and rendered again when something changed."""

from __future__ import annotations

import json
import shutil
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from local_asterisk.install import default_cache, install
from prompts.asterisk_digits import asterisk_digits
from prompts.audio import RATE, WIDE_RATE, Samples
from prompts.beep import BEEP
from prompts.catalog import CATALOG, prompt_names
from prompts.finishing import Finished
from prompts.loudness import TARGET_LUFS, lufs
from prompts.render import MANIFEST, RenderReport, render_all
from prompts.sounds import HOLD_TUNE, known_sounds, played_as, prompt_file, wide_file
from prompts.speech import Speaker, SpeechError, Utterance
from prompts.spoken import LANGUAGES, PAUSE, SILENCE

#: the machine's own, or the one that `make setup` brought
_HERE = install(default_cache(), with_traffic=False)
ESPEAK_NG, ESPEAK_DATA = _HERE.espeak_ng, _HERE.espeak_data


#: what has no sister at 16 kHz: nobody would hear more of it
UNSPOKEN = {PAUSE, SILENCE, HOLD_TUNE.stem, BEEP.stem}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RenderReport]:
    sounds = tmp_path_factory.mktemp("sounds")
    return sounds, render_all(sounds, espeak_ng=ESPEAK_NG, espeak_data=ESPEAK_DATA)


@pytest.fixture
def sounds(rendered: tuple[Path, RenderReport], tmp_path: Path) -> Path:
    """A copy of its own, with a catalog of its own beside it."""
    shutil.copytree(CATALOG, tmp_path / "catalog")
    return Path(shutil.copytree(rendered[0], tmp_path / "sounds", copy_function=_copied))


def _copied(source: str, target: str) -> None:
    """A sound is replaced, never written into, so both may be one; there are 100 MB of them."""
    if Path(source).suffix.startswith(".wav"):
        Path(target).hardlink_to(source)
    else:
        shutil.copy2(source, target)


def again(sounds: Path) -> RenderReport:
    return render_all(
        sounds, espeak_ng=ESPEAK_NG, espeak_data=ESPEAK_DATA, catalog=sounds.parent / "catalog"
    )


def heard(file: Path, rate: int = RATE) -> Samples:
    with wave.open(str(file)) as sound:
        assert sound.getframerate() == rate, file
        assert sound.getnchannels() == 1, file
        assert sound.getsampwidth() == 2, file
        assert sound.getcomptype() == "NONE", file
        samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
    return samples.astype(np.float64) / 32768


def decibels(value: float) -> float:
    return float(20 * np.log10(value))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_prompt_has_its_file(rendered: tuple[Path, RenderReport], language: str) -> None:
    sounds, report = rendered
    assert report.sounds[language] == known_sounds(sounds, language) == prompt_names(language)
    digits = {file.stem for file in (sounds / language / "digits").glob("*.wav")}
    assert digits == set(asterisk_digits(language))
    assert len(list(sounds.rglob("*.wav"))) == len(report.rendered)
    spoken = {file for file in sounds.rglob("*.wav") if file.stem not in UNSPOKEN}
    assert set(sounds.rglob("*.wav16")) == {wide_file(file) for file in spoken}


def test_a_prompt_is_played_by_the_name_of_its_file() -> None:
    assert str(prompt_file("es", "welcome")) == f"es/{played_as('welcome')}.wav"


def test_speech_is_level_clear_and_in_the_band(rendered: tuple[Path, RenderReport]) -> None:
    spoken = [
        file
        for language in LANGUAGES
        for file in (rendered[0] / language).rglob("*.wav")
        if file.stem not in (PAUSE, SILENCE)
    ]
    assert len(spoken) > 500
    for file in spoken:
        samples = heard(file)
        assert 0.2 < len(samples) / 8000 < 25, file
        assert decibels(np.abs(samples).max()) < -3, file
        loudness = lufs(samples, RATE)
        assert loudness == pytest.approx(TARGET_LUFS, abs=1), file
        sister = heard(wide_file(file), WIDE_RATE)
        assert len(sister) / WIDE_RATE == pytest.approx(len(samples) / RATE, abs=0.001), file
        assert lufs(sister, WIDE_RATE) == pytest.approx(TARGET_LUFS, abs=1), file
        assert decibels(np.abs(sister).max()) < -3, file
        frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
        levels = np.sqrt(np.mean(frames**2, axis=1))
        quiet_before = np.argmax(levels > levels.max() / 100) * 0.02
        # a first "th" may lie above what 8 kHz carries
        assert quiet_before < 0.1, file
        power = np.abs(np.fft.rfft(samples)) ** 2
        hertz = np.arange(len(power)) * 8000 / len(samples)
        assert power[(hertz > 150) & (hertz < 3800)].sum() > 0.85 * power.sum(), file
        assert np.abs(samples[[0, -1]]).max() < 0.01, file


def test_different_prompts_sound_different(rendered: tuple[Path, RenderReport]) -> None:
    for language in LANGUAGES:
        # names may be written in two ways and said in one: Marta, Martha
        files = list((rendered[0] / language / "linea800").glob("*.wav"))
        files = [file for file in files if not file.stem.startswith("name_")]
        assert len({file.read_bytes() for file in files}) == len(files)


def test_the_safe_harbour_message_is_short(rendered: tuple[Path, RenderReport]) -> None:
    for language in LANGUAGES:
        assert len(heard(rendered[0] / prompt_file(language, "safe_harbour"))) < 8 * 8000


def test_silence_and_tune(rendered: tuple[Path, RenderReport]) -> None:
    for name, length in (("silence_20ms", 160), ("pause", 2000)):
        nothing = heard(rendered[0] / "es" / "linea800" / f"{name}.wav")
        assert (len(nothing), np.abs(nothing).max()) == (length, 0)
    tune = heard(rendered[0] / "moh" / "hold_tune.wav")
    assert 30 <= len(tune) / 8000 <= 60
    assert decibels(np.sqrt(np.mean(tune**2))) == pytest.approx(-27, abs=0.5)


def test_files_can_be_read_by_the_switch(rendered: tuple[Path, RenderReport]) -> None:
    """Asterisk runs as another user."""
    probe = rendered[0] / "probe"
    probe.touch()
    wanted = probe.stat().st_mode
    probe.unlink()
    assert {file.stat().st_mode for file in rendered[0].rglob("*.wav*")} == {wanted}


def test_a_second_run_renders_nothing_and_is_quick(sounds: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in sounds.rglob("*")}
    took: list[float] = []
    for _ in range(3):  # the quickest counts, and only our own work: others use this machine too
        begin = time.process_time()
        report = again(sounds)
        took.append(time.process_time() - begin)
    assert (report.rendered, report.removed) == ((), ())
    assert report.kept == len(list(sounds.rglob("*.wav")))
    assert {file: file.stat().st_mtime_ns for file in sounds.rglob("*")} == before
    assert min(took) < 0.3


def test_a_changed_text_renders_only_itself(sounds: Path) -> None:
    catalog = sounds.parent / "catalog" / "es.yaml"
    text = catalog.read_text(encoding="utf-8")
    catalog.write_text(text.replace("Está en pausa.", "Está en descanso."), encoding="utf-8")
    file = sounds / "es" / "linea800" / "agent_paused.wav"
    old = file.read_bytes()
    report = again(sounds)
    assert report.rendered == ("es/linea800/agent_paused.wav",)
    assert file.read_bytes() != old
    assert again(sounds).rendered == ()


def test_a_prompt_no_longer_wanted_is_removed(sounds: Path) -> None:
    for language in LANGUAGES:
        catalog = sounds.parent / "catalog" / f"{language}.yaml"
        lines = catalog.read_text(encoding="utf-8").splitlines()
        catalog.write_text("\n".join(x for x in lines if not x.startswith("goodbye:")), "utf-8")
    report = again(sounds)
    assert report.removed == ("en/linea800/goodbye.wav", "es/linea800/goodbye.wav")
    assert "goodbye" not in known_sounds(sounds, "es")
    assert again(sounds).removed == ()


def test_a_lost_file_is_made_again(sounds: Path) -> None:
    (sounds / "en" / "linea800" / "welcome.wav").unlink()
    assert again(sounds).rendered == ("en/linea800/welcome.wav",)


def test_a_recording_put_there_by_hand_stays(sounds: Path) -> None:
    recorded = sounds / "es" / "linea800" / "welcome.wav"
    recorded.unlink()
    shutil.copy(sounds / "es" / "linea800" / "goodbye.wav", recorded)
    own = sounds / "es" / "linea800" / "our_own.wav"
    shutil.copy(recorded, own)
    kept = recorded.read_bytes()
    assert again(sounds).rendered == ()
    assert recorded.read_bytes() == kept
    assert own.exists()


@pytest.mark.parametrize("content", ["", "[]", "{", "\x00"])
def test_a_broken_manifest_only_costs_time(
    sounds: Path, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prompts.recipes._speak", lambda *_: Finished(b"x", b"x"))
    (sounds / MANIFEST).write_text(content)
    assert again(sounds).kept == 0
    assert again(sounds).rendered == ()


def test_a_manifest_cannot_remove_what_is_not_a_sound(sounds: Path) -> None:
    victim = sounds.parent / "victim.wav"
    victim.touch()
    manifest = json.loads((sounds / MANIFEST).read_text())
    (sounds / MANIFEST).write_text(
        json.dumps({**manifest, "../victim.wav": "x", str(victim): "x", "es/../../victim.wav": "x"})
    )
    assert again(sounds).removed == ()
    assert victim.exists()


def test_one_failure_is_told_and_the_rest_is_made(
    sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("goodbye", "welcome"):
        (sounds / "es" / "linea800" / f"{name}.wav").unlink()
    say = Speaker.say

    def say_some(speaker: Speaker, utterance: Utterance) -> bytes:
        if utterance.text.startswith("Bienvenido"):
            raise SpeechError("the voice is hoarse")
        return say(speaker, utterance)

    monkeypatch.setattr(Speaker, "say", say_some)
    with pytest.raises(SpeechError, match="hoarse"):
        again(sounds)
    monkeypatch.undo()
    assert again(sounds).rendered == ("es/linea800/welcome.wav",)
    assert not [file for file in sounds.rglob(".*") if file.is_file()]


def test_a_missing_espeak_ng_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match=r"no espeak-ng at .*/nowhere/espeak-ng: install it"):
        render_all(tmp_path, espeak_ng=tmp_path / "nowhere" / "espeak-ng")
    assert not list(tmp_path.iterdir())


def test_an_espeak_ng_that_fails_is_quoted(tmp_path: Path) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text(
        "#!/bin/sh\ntest $# = 1 && echo 'eSpeak 9' && exit\necho hoarse >&2\nexit 1\n"
    )
    program.chmod(0o755)
    with pytest.raises(SpeechError, match=r"failed on .*: hoarse"):
        Speaker(program).say(Utterance("es", "hola"))
    program.write_text("no program")
    with pytest.raises(SpeechError, match="could not be run"):
        Speaker(program).say(Utterance("es", "hola"))


def test_the_data_path_reaches_espeak_ng(tmp_path: Path) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text('#!/bin/sh\necho "$ESPEAK_DATA_PATH"\n')
    program.chmod(0o755)
    assert Speaker(program, tmp_path / "data").version() == str(tmp_path / "data")


def test_text_is_never_markup_nor_an_option(tmp_path: Path) -> None:
    speaker = Speaker(ESPEAK_NG, ESPEAK_DATA)
    for text in ('<break time="20s"/>hola', "--help", "$(touch x); `touch x` & hola", "-w x.wav"):
        for piece in (False, True):
            speech = speaker.say(Utterance("es", text, piece=piece))
            assert speech.startswith(b"RIFF"), text
            assert len(speech) < 15 * 44_100, text
