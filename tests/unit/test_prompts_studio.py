"""A small house's prompts: recordings before speech, stale ones told, Piper, names, and a check.

Speech is a tone here, and the script has a few lines, so that a rendering takes no time.
"""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from prompts.inspection import BY_HAND, Inspected, inspected
from prompts.loudness import TARGET_LUFS
from prompts.recordings import take_in
from prompts.render import MANIFEST, RenderReport, SoundsError, render_all
from prompts.sounds import known_sounds, prompt_file, wide_file
from prompts.speech import Speaker, Utterance
from prompts.studio import Studio
from tests.made_wavs import pcm, recording, tone, wav_of
from tests.unit.test_prompts_piper import stand_in

WELCOME = "Bienvenido."


class House:
    """A home with a catalog of two sentences, and an espeak-ng that speaks in tones."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.sounds = home / "sounds"
        self.studio = Studio.at(home)
        self.said: list[str] = []
        self.write({"welcome": WELCOME, "balance_is": "Su saldo es de,"})

    def write(self, texts: dict[str, str]) -> None:
        (self.home / "catalog").mkdir(exist_ok=True)
        for language in ("es", "en"):
            content = "".join(f"{name}: {json.dumps(text)}\n" for name, text in texts.items())
            (self.home / "catalog" / f"{language}.yaml").write_text(content, encoding="utf-8")

    def speak(self, _: Speaker, said: Utterance) -> bytes:
        self.said.append(said.text)
        return recording(hertz=300 + 10 * len(said.text))

    def render(self) -> RenderReport:
        self.said.clear()
        return render_all(
            self.sounds,
            espeak_ng=Path("espeak-ng"),
            catalog=self.home / "catalog",
            studio=self.studio,
        )

    def record(self, name: str, content: bytes, text: str, language: str = "es") -> None:
        take_in(self.home / "recordings", language, name, content, text)

    def pitch(self, name: str, language: str = "es", *, wide: bool = False) -> int:
        """The tone heard in a prompt, in hertz."""
        file = self.sounds / prompt_file(language, name)
        with wave.open(str(wide_file(file) if wide else file)) as sound:
            assert sound.getframerate() == (16_000 if wide else 8000)
            samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float64)
            spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
            hertz = float(np.argmax(spectrum)) * sound.getframerate() / len(samples)
            return 10 * round(float(hertz) / 10)

    def look(self) -> dict[str, Inspected]:
        lines = self.studio.scripts(self.home / "catalog")["es"]
        found = inspected(self.sounds, self.studio, "es", lines)
        return {each.name: each for each in found}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    house = House(tmp_path)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(Speaker, "version", lambda _: "tones 1")
    monkeypatch.setattr(Speaker, "say", lambda speaker, said: house.speak(speaker, said))
    monkeypatch.setattr("prompts.recipes.hold_tune", lambda: np.zeros(80))
    monkeypatch.setattr("prompts.script.pieces", lambda _: ())
    monkeypatch.setattr("prompts.script.asterisk_digits", lambda _: {"star": "asterisco"})
    monkeypatch.setattr("prompts.script.first_names", lambda: ("Ana",))
    house.render()
    return house


def test_both_rates_are_made_and_a_lost_sister_is_made_again(house: House) -> None:
    assert house.pitch("welcome") == house.pitch("welcome", wide=True)
    assert known_sounds(house.sounds, "es") == {
        *("welcome", "balance_is", "name_ana", "pause", "silence_20ms")
    }
    wide_file(house.sounds / prompt_file("es", "welcome")).unlink()
    assert house.render().rendered == ("es/linea800/welcome.wav",)
    assert house.render().rendered == ()


def test_a_name_is_spoken_once_for_both_languages(house: House) -> None:
    (house.home / "names.txt").write_text("Xóchitl\nAna\n", encoding="utf-8")
    files = ("en/linea800/name_xochitl.wav", "es/linea800/name_xochitl.wav")
    assert house.render().rendered == files
    assert house.said == ["Xóchitl,"]
    (house.home / "names.txt").unlink()
    assert house.render().removed == files
    assert not list(house.sounds.rglob("name_xochitl*"))


def test_a_recording_goes_before_speech_until_it_is_removed(house: House) -> None:
    house.record("welcome", recording(hertz=2000), WELCOME)
    report = house.render()
    assert (report.rendered, report.notices) == (("es/linea800/welcome.wav",), ())
    assert house.said == []
    assert house.pitch("welcome") == house.pitch("welcome", wide=True) == 2000
    assert house.pitch("welcome", "en") < 2000
    assert house.render().rendered == ()
    (house.home / "recordings" / "es" / "welcome.wav").unlink()
    assert house.render().rendered == ("es/linea800/welcome.wav",)
    assert house.pitch("welcome") < 2000


def test_a_changed_text_makes_its_recording_stale(house: House) -> None:
    house.record("welcome", recording(hertz=2000), WELCOME)
    house.render()
    house.write({"welcome": "Marque uno.", "balance_is": "Su saldo es de,"})
    report = house.render()
    assert house.pitch("welcome") < 2000, "callers hear the right words, in another voice"
    assert [str(stale) for stale in report.stale] == [
        "es/welcome: the recording says 'Bienvenido.', the prompt is now 'Marque uno.': record it "
        "again, or import it again if it still fits"
    ]
    assert house.render().stale, "told again and again until somebody looks"
    house.record("welcome", recording(hertz=2000), "Marque uno.")
    assert house.render().stale == ()
    assert house.pitch("welcome") == 2000


def test_a_recording_dropped_in_by_hand_is_bound_to_the_text_of_now(house: House) -> None:
    folder = house.home / "recordings" / "es"
    folder.mkdir(parents=True)
    (folder / "welcome.wav").write_bytes(recording(hertz=2000))
    (folder / "our_own.wav").write_bytes(recording(hertz=1500))
    house.render()
    assert (house.pitch("welcome"), house.pitch("our_own")) == (2000, 1500)
    assert "our_own" in known_sounds(house.sounds, "es")
    house.write({"welcome": "Otra.", "balance_is": "Su saldo es de,"})
    report = house.render()
    assert [stale.name for stale in report.stale] == ["welcome"]
    (folder / "our_own.wav").unlink()
    assert house.render().removed == ("es/linea800/our_own.wav",)


def test_what_asterisk_says_can_be_recorded_too(house: House) -> None:
    house.record("digits_star", recording(hertz=2000), "asterisco")
    assert house.render().rendered == ("es/digits/star.wav",)


def test_a_recording_that_cannot_be_used_is_told_and_spoken_instead(house: House) -> None:
    clipped = wav_of(pcm(np.clip(tone() * 2, -1, 1)))
    house.record("welcome", clipped, WELCOME)
    for _ in range(2):
        report = house.render()
        (notice,) = report.notices
        assert notice.startswith("es/welcome.wav cannot be used: it is clipped")
        assert report.rendered == ()
    assert house.look()["welcome"].problems == (
        "its recording cannot be used: it is clipped, more than one sample in a thousand is at "
        "full scale: record it softer",
    )


def test_piper_speaks_whole_sentences_and_espeak_ng_the_rest(house: House) -> None:
    voices = house.home / "voices"
    stand_in(voices)
    (voices / "es.onnx").write_bytes(b"a voice")
    (voices / "es.onnx.json").write_text("{}")
    assert house.render().rendered == ("es/linea800/welcome.wav",)
    assert house.pitch("welcome") == 700
    sources = {name: found.source for name, found in house.look().items()}
    assert sources["welcome"] == "piper"
    assert {source for name, source in sources.items() if name != "welcome"} == {"espeak-ng"}
    (voices / "es.onnx").write_bytes(b"another voice")
    assert house.render().rendered == ("es/linea800/welcome.wav",)
    (voices / "piper").unlink()
    report = house.render()
    assert report.rendered == ("es/linea800/welcome.wav",)
    assert "no program piper" in report.notices[0]
    assert house.look()["welcome"].source == "espeak-ng"


def test_every_prompt_is_measured(house: House) -> None:
    house.record("welcome", recording(), WELCOME)
    house.render()
    found = house.look()
    assert found.keys() == {"welcome", "balance_is", "digits_star", "name_ana"}
    assert found["welcome"].source == "recording"
    for each in found.values():
        assert each.problems == ()
        assert each.lufs == pytest.approx(TARGET_LUFS, abs=0.3)
        assert each.peak_dbfs is not None
        assert -30 < each.peak_dbfs <= -3.5
        assert each.seconds == pytest.approx(1.05, abs=0.05)


def test_a_check_tells_what_is_wrong(house: House) -> None:
    house.record("welcome", recording(hertz=2000), WELCOME)
    assert "run `linea800 prompts render`" in house.look()["welcome"].problems[0]
    house.render()
    house.write({"welcome": "Otra.", "balance_is": "Su saldo es de,", "goodbye": "Adiós."})
    found = house.look()
    assert found["welcome"].problems[0].startswith("stale: its recording says 'Bienvenido.'")
    assert "is gone or stale" in found["welcome"].problems[1]
    assert (found["goodbye"].source, found["goodbye"].lufs) == ("none", None)
    assert "has no file" in found["goodbye"].problems[0]
    loud = house.sounds / prompt_file("es", "balance_is")
    loud.write_bytes(wav_of(pcm(tone(rate=8000, seconds=9) * 0.9), rate=8000))
    (house.sounds / prompt_file("es", "name_ana")).write_bytes(b"nothing")
    wide_file(house.sounds / prompt_file("es", "name_ana")).unlink()
    found = house.look()
    told = " ".join(found["balance_is"].problems)
    for part in ("LUFS, the others at -23", "peaks of -0.9 dBFS", "takes 9.0 s"):
        assert part in told
    assert "cannot be heard" in found["name_ana"].problems[0]


def test_what_no_rendering_made_is_there_by_hand(house: House) -> None:
    (house.sounds / MANIFEST).unlink()
    assert {each.source for each in house.look().values()} == {BY_HAND}


def test_sounds_that_cannot_be_written_are_named(house: House) -> None:
    (house.sounds / prompt_file("es", "welcome")).unlink()
    (house.sounds / prompt_file("es", "welcome")).mkdir()
    with pytest.raises(SoundsError, match=r"welcome\.wav: cannot be written"):
        house.render()
