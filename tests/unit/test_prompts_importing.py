"""What comes back from a studio: the right files are taken, hostile ones told and left out."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from prompts.importing import Outcome, import_recordings
from prompts.recordings import take_file, takes
from prompts.script import scripts
from prompts.wav_file import RecordingRefusedError
from tests.made_wavs import recording, wav_of

LINES = scripts()["es"]
GOOD = recording()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "recordings"


def came(source: Path, home: Path, *, dry_run: bool = False) -> dict[str, Outcome]:
    found = list(import_recordings(source, home, "es", LINES, dry_run=dry_run))
    assert len({outcome.file for outcome in found}) == len(found)
    return {outcome.file: outcome for outcome in found}


def folder_of(tmp_path: Path, files: dict[str, bytes]) -> Path:
    folder = tmp_path / "from_studio"
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def zip_of(tmp_path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = tmp_path / "from_studio.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return path


def test_a_folder_is_taken_in_as_it_came(tmp_path: Path, home: Path) -> None:
    files = {"welcome.wav": GOOD, "takes/GOODBYE.WAV": GOOD, ".DS_Store": b"x", "n_mil.wav": GOOD}
    found = came(folder_of(tmp_path, files), home)
    assert {outcome.prompt for outcome in found.values()} == {"welcome", "goodbye", "n_mil"}
    assert not any(outcome.refused or outcome.replaces for outcome in found.values())
    assert take_file(home, "es", "goodbye").read_bytes() == GOOD
    texts = {line.name: line.text for line in LINES}
    assert takes(home, "es", texts).fitting.keys() == {"welcome", "goodbye", "n_mil"}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_and_one_file_are_taken_too(tmp_path: Path, home: Path, method: int) -> None:
    files = {"es/": b"", "es/welcome.wav": GOOD, "__MACOSX/es/._welcome.wav": b"x"}
    found = came(zip_of(tmp_path, files, method), home)
    assert found == {"es/welcome.wav": Outcome("es/welcome.wav", "welcome")}
    again = came(take_file(home, "es", "welcome"), home)
    assert again["welcome.wav"].replaces


def test_a_dry_run_takes_nothing(tmp_path: Path, home: Path) -> None:
    found = came(folder_of(tmp_path, {"welcome.wav": GOOD, "x.wav": GOOD}), home, dry_run=True)
    assert found["welcome.wav"].prompt == "welcome"
    assert not home.exists()


@pytest.mark.parametrize("zipped", [False, True])
def test_each_refused_file_is_told_with_its_reason_and_the_others_are_taken(
    tmp_path: Path, home: Path, zipped: bool
) -> None:
    bad = {
        "welcom.wav": (GOOD, "no prompt has its name: is it welcome.wav?"),
        "zzzzzzzz.wav": (GOOD, "no prompt has its name"),
        "welcome.mp3": (b"ID3", "is no .wav"),
        "main_menu.wav": (b"#EXTM3U\nhttp://127.0.0.1:9/x.ts", "a playlist (m3u8)"),
        "no_input_1.wav": (b"ffconcat version 1.0\nfile '/etc/passwd'", "ffconcat"),
        "no_input_2.wav": (b"fLaC\0\0\0\x22", "FLAC"),
        "no_match_1.wav": (GOOD[:4] + b"\xff\xff\xff\xff" + GOOD[8:], "header claims 4294967303"),
        "no_match_2.wav": (b"", "is empty"),
        "sorry_trouble.wav": (GOOD[:-999], "is cut off"),
        "balance_is.wav": (b"PK\x03\x04", "a zip"),
        "due_on.wav": (b"<svg/>", "SVG"),
        "please_hold.wav": (wav_of(b"\0" * 256, rate=384_000, channels=64), "64 channels"),
        "safe_harbour.wav": (wav_of(b"\0" * 44_100), "no sound in the speech"),
        "opted_out.wav": (recording(level=0.001), "nothing is heard"),
        "agent_ready.wav": (b"\0" * 10_000_001, "larger than 10 MB"),
        "tip_internet.wav\r\nrefused: x.wav": (GOOD, "control characters"),
    }
    files = {name: content for name, (content, _) in bad.items()} | {"welcome.wav": GOOD}
    source = (zip_of if zipped else folder_of)(tmp_path, files)
    found = came(source, home)
    assert found.pop("welcome.wav").prompt == "welcome"
    for name, (_, why) in bad.items():
        shown = name if name.isprintable() else repr(name)
        assert why in (found[shown].refused or ""), name
    assert not any("\n" in shown or "\r" in shown for shown in found)
    assert {file.name for file in home.rglob("*.wav")} == {"welcome.wav"}


def test_names_in_a_zip_lead_nowhere(tmp_path: Path, home: Path) -> None:
    hostile = ["../welcome.wav", "/welcome.wav", "a/../welcome.wav", "a\\welcome.wav"]
    hostile += ["C:welcome.wav", "..\\..\\welcome.wav"]
    found = came(zip_of(tmp_path, dict.fromkeys(hostile, GOOD)), home)
    assert found.keys() == set(hostile)
    for outcome in found.values():
        assert outcome.refused == "its name leads out of its folder"
    assert not home.exists()
    assert not list(tmp_path.parent.glob("welcome.wav"))


def test_the_same_prompt_twice_is_taken_once(tmp_path: Path, home: Path) -> None:
    files = {"a/welcome.wav": GOOD, "b/welcome.wav": recording(0.2)}
    found = came(folder_of(tmp_path, files), home)
    assert found["a/welcome.wav"].prompt == "welcome"
    assert "a/welcome.wav is the same prompt" in (found["b/welcome.wav"].refused or "")


def test_what_is_no_plain_file_is_not_opened(tmp_path: Path, home: Path) -> None:
    folder = folder_of(tmp_path, {"elsewhere.txt": GOOD})
    os.mkfifo(folder / "welcome.wav")
    (folder / "goodbye.wav").symlink_to("/etc/passwd")
    found = came(folder, home)
    for name in ("welcome.wav", "goodbye.wav"):
        assert found[name].refused == "it is no plain file"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_packed_unusually_is_refused_file_by_file(
    tmp_path: Path, home: Path, method: int
) -> None:
    (outcome,) = came(zip_of(tmp_path, {"welcome.wav": GOOD}, method), home).values()
    assert "use a plain zip" in (outcome.refused or "")


def _patched(path: Path, mark: bytes, offset: int, content: bytes) -> None:
    """Change what a zip says of its first file in one of its headers."""
    whole = path.read_bytes()
    at = whole.index(mark) + offset
    path.write_bytes(whole[:at] + content + whole[at + len(content) :])


def test_a_file_of_a_zip_that_is_encrypted_or_broken_is_refused(tmp_path: Path, home: Path) -> None:
    path = zip_of(tmp_path, {"welcome.wav": GOOD})
    _patched(path, b"PK\x01\x02", 8, b"\x01\x00")
    assert "encrypted" in (came(path, home)["welcome.wav"].refused or "")
    path = zip_of(tmp_path, {"welcome.wav": GOOD})
    _patched(path, b"welcome.wav", 60, b"\xff" * 40)
    assert "cannot be unpacked" in (came(path, home)["welcome.wav"].refused or "")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is no zip"),
        (b"x" * 100, "is no zip"),
        (b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 60_000, 60_000, 0, 0, 0), "more than 10000"),
        (b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 1, 1, 2**31, 0, 0), "more than 10000"),
        (b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 1, 1, 90, 0, 0), "no zip that can be read"),
        (
            b"PK\x06\x07" + b"\0" * 16 + b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 1, 1, 9, 0, 0),
            "more than 10000",
        ),
    ],
)
def test_what_is_no_zip_is_refused_whole(
    tmp_path: Path, home: Path, content: bytes, complaint: str
) -> None:
    path = tmp_path / "from_studio.zip"
    path.write_bytes(content)
    with pytest.raises(RecordingRefusedError, match=complaint):
        came(path, home)


def test_a_zip_cut_off_is_refused(tmp_path: Path, home: Path) -> None:
    path = zip_of(tmp_path, {"welcome.wav": GOOD})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(RecordingRefusedError, match="is cut off"):
        came(path, home)


def test_what_is_not_there_is_named(tmp_path: Path, home: Path) -> None:
    with pytest.raises(RecordingRefusedError, match=r"no folder, zip or file .*nowhere"):
        came(tmp_path / "nowhere", home)
    with pytest.raises(RecordingRefusedError, match="cannot be read"):
        came(tmp_path / "nowhere.zip", home)


_BOMB = """
import resource, sys
from pathlib import Path
from prompts.importing import import_recordings
from prompts.script import scripts
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
source, home = map(Path, sys.argv[1:])
for outcome in import_recordings(source, home, "es", scripts()["es"]):
    print(outcome.file, outcome.refused)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1000)
"""


def _nested_zeros(size: int) -> bytes:
    """Zeros deflated, the way no zip program would do it: by repeating one packed block."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("welcome.wav", bytes(size))
    return packed.getvalue()


def test_a_zip_bomb_takes_no_memory(tmp_path: Path, home: Path) -> None:
    """A gigabyte that weighs a megabyte, with a header that tells the truth and one that lies."""
    path = tmp_path / "bomb.zip"
    honest = _nested_zeros(200_000_000)
    lying = honest
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = lying.index(mark) + offset
        lying = lying[:at] + struct.pack("<I", 1000) + lying[at + 4 :]
    for content in (honest, lying):
        path.write_bytes(content)
        done = subprocess.run(
            [sys.executable, "-c", _BOMB, path, home],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        told, grown_mb = done.stdout.splitlines()
        assert told.startswith("welcome.wav it "), told
        assert int(grown_mb) < 100
    assert not home.exists()


@pytest.mark.parametrize(
    "content",
    [
        # the most samples a file may hold, and the longest there may be
        pytest.param(
            wav_of(bytes(range(60, 200)) * 71_000, rate=192_000, bits=8), id="ten million samples"
        ),
        pytest.param(
            wav_of(bytes(range(150, 250)) * 48_000, rate=8000, bits=8, tag=7), id="ten minutes"
        ),
    ],
)
def test_the_largest_recording_stays_below_half_a_gigabyte(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "large.wav"
    file.write_bytes(content)
    code = (
        "import sys, resource\nfrom pathlib import Path\nfrom prompts.recipes import "
        "finished_recording\nfinished_recording(Path(sys.argv[1]))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, file],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 512


def test_every_line_can_be_recorded_under_its_name() -> None:
    for lines in scripts().values():
        names = [line.name for line in lines]
        assert len(set(names)) == len(names)
        assert all(line.files for line in lines)
