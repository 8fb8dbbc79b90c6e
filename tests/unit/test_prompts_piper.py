"""Piper speaks whole sentences where its program and a voice are there.

The real Piper is not here: a program stands in for it that takes the options and the input both
of its versions document, and refuses everything else.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from prompts.piper import Piper, find_piper
from prompts.speech import SpeechError, Utterance
from tests.made_wavs import recording

_STAND_IN = """#!{python} -S
import sys
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
assert len(sys.argv) == 5 and options.keys() == {{"--model", "--output_file"}}, sys.argv
text = sys.stdin.buffer.read().decode()
assert text.endswith("\\n") and text.count("\\n") == 1, text
if text.startswith("Ronco"):
    sys.exit("no voice today")
if not text.startswith("Mudo"):
    open(options["--output_file"], "wb").write(open({speech!r}, "rb").read())
open(options["--model"] + ".said", "a").write(text)
print(options["--output_file"])
"""


@pytest.fixture
def voices(tmp_path: Path) -> Path:
    folder = tmp_path / "voices"
    folder.mkdir()
    (folder / "es.onnx").write_bytes(b"a voice")
    (folder / "es.onnx.json").write_text("{}")
    return folder


def stand_in(folder: Path) -> Path:
    speech = folder / "speech.bin"
    folder.mkdir(parents=True, exist_ok=True)
    speech.write_bytes(recording())
    program = folder / "piper"
    program.write_text(_STAND_IN.format(python=sys.executable, speech=str(speech)))
    program.chmod(0o755)
    return program


def found(voices: Path, path: Path | None = None) -> Piper:
    piper, told = find_piper(voices, {"PATH": str(path or "")})
    assert piper is not None
    assert told == ()
    return piper


def test_it_is_found_on_the_path_or_among_its_voices(voices: Path, tmp_path: Path) -> None:
    assert find_piper(voices, {"PATH": ""})[0] is None
    assert found(voices, stand_in(tmp_path / "bin").parent).program == tmp_path / "bin" / "piper"
    unpacked = stand_in(voices / "piper")
    for path in (None, tmp_path / "bin"):
        assert found(voices, path).program == unpacked, "what lies beside the voices goes first"


def test_what_keeps_it_from_speaking_is_told(voices: Path, tmp_path: Path) -> None:
    assert find_piper(None) == (None, ())
    assert find_piper(tmp_path / "nowhere", {"PATH": ""}) == (None, ())
    assert "no program piper" in find_piper(voices, {"PATH": ""})[1][0]
    stand_in(voices)
    (voices / "es.onnx.json").unlink()
    piper, told = find_piper(voices, {"PATH": ""})
    assert piper is None
    assert "es.onnx.json is missing" in told[0]


def test_it_speaks_whole_sentences_of_its_language(voices: Path) -> None:
    stand_in(voices)
    piper = found(voices)
    assert piper.speaks(Utterance("es", "¿Tiene señal?"))
    assert piper.speaks(Utterance("es", "Gracias por llamar."))
    for other in (
        Utterance("es", "Su saldo es de,"),
        Utterance("es", "personas delante de usted."),
        Utterance("es", "Veinte.", piece=True),
        Utterance("en", "Thank you."),
    ):
        assert not piper.speaks(other), other


def test_the_text_goes_in_by_standard_input_and_the_sound_comes_back(voices: Path) -> None:
    stand_in(voices)
    piper = found(voices)
    for text in ("Gracias.", "--help", "$(touch x); `touch x`", "<b>Hola</b>"):
        assert piper.say(Utterance("es", text)) == recording()
        assert (voices / "es.onnx.said").read_text().splitlines()[-1] == text


def test_a_failure_is_quoted(voices: Path) -> None:
    stand_in(voices)
    piper = found(voices)
    with pytest.raises(SpeechError, match=r"failed on 'Ronco.*no voice today"):
        piper.say(Utterance("es", "Ronco."))
    with pytest.raises(SpeechError, match=r"wrote nothing for 'Mudo\.'"):
        piper.say(Utterance("es", "Mudo."))


def test_another_voice_is_told_from_the_one_before(voices: Path) -> None:
    stand_in(voices)
    marks = [found(voices).marks["es"]]
    (voices / "es.onnx").write_bytes(b"another voice")
    marks.append(found(voices).marks["es"])
    (voices / "es.onnx.json").write_text('{"length_scale": 2}')
    marks.append(found(voices).marks["es"])
    assert len(set(marks)) == 3
