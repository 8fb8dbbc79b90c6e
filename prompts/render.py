"""Every sound as a file Asterisk can play, made at build time and only where something changed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from prompts.asterisk_digits import asterisk_digits
from prompts.audio import silence, telephone_speech, wav
from prompts.catalog import CATALOG, sentences
from prompts.hold_tune import hold_tune
from prompts.sounds import HOLD_TUNE, digit_file, known_sounds, prompt_file
from prompts.speech import Speaker, SpeechError, Utterance
from prompts.spoken import LANGUAGES, PAUSE, SILENCE, pieces

#: raise it whenever the same text would sound different than before
RENDERING = 1

MANIFEST = "rendered.json"


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What a rendering did; files are named relative to the sounds."""

    #: by language, the names of the prompts that can be played now
    sounds: Mapping[str, frozenset[str]]
    rendered: tuple[str, ...]
    removed: tuple[str, ...]
    kept: int


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How one file is made; files with the same fingerprint sound the same."""

    fingerprint: str
    make: Callable[[], bytes]


def render_all(
    sounds: Path,
    *,
    espeak_ng: Path,
    espeak_data: Path | None = None,
    catalog: Path = CATALOG,
) -> RenderReport:
    """Make every sound that is missing or changed, remove what is no longer wanted.

    A file put in place of a rendered one by hand (a studio's recording) stays until its text, the
    version of espeak-ng or `RENDERING` changes: keep the original elsewhere.
    Raises `DocumentRefusedError` for the catalog and `SpeechError` for a sound that could not be
    made; all others are made all the same.
    """
    speaker = Speaker(espeak_ng, espeak_data)
    wanted = _wanted(speaker, catalog)
    manifest = _read_manifest(sounds)
    due = {
        name: recipe
        for name, recipe in wanted.items()
        if manifest.get(name) != recipe.fingerprint or not (sounds / name).is_file()
    }
    gone = sorted(name for name in manifest if name not in wanted)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        writing = {name: pool.submit(_write, sounds / name, due[name]) for name in due}
    failed = {name: error for name, future in writing.items() if (error := future.exception())}
    for name in gone:
        (sounds / name).unlink(missing_ok=True)
        del manifest[name]
    if due or gone:
        manifest |= {name: due[name].fingerprint for name in due if name not in failed}
        _write_bytes(sounds / MANIFEST, json.dumps(manifest, indent=0, sort_keys=True).encode())
    for error in failed.values():
        raise error
    return RenderReport(
        sounds={language: known_sounds(sounds, language) for language in LANGUAGES},
        rendered=tuple(sorted(due)),
        removed=tuple(gone),
        kept=len(wanted) - len(due),
    )


def _wanted(speaker: Speaker, catalog: Path) -> dict[str, _Recipe]:
    """Every file's recipe by its name relative to the sounds."""
    utterances: dict[PurePosixPath, Utterance] = {}
    for language, texts in sentences(catalog).items():
        for name, text in texts.items():
            utterances[prompt_file(language, name)] = Utterance(language, text)
        for piece in pieces(language):
            said = Utterance(language, piece.text, piece=not piece.closing)
            utterances[prompt_file(language, piece.name)] = said
        for name, text in asterisk_digits(language).items():
            utterances[digit_file(language, name)] = Utterance(language, f"{text},", piece=True)
    version = speaker.version()
    wanted = {
        str(file): _Recipe(
            _fingerprint(version, said.voice, said.text, str(said.piece)),
            partial(_speak, speaker, said),
        )
        for file, said in utterances.items()
    }
    wanted[str(HOLD_TUNE)] = _Recipe(_fingerprint("tune"), lambda: wav(hold_tune()))
    for name, seconds in ((PAUSE, 0.25), (SILENCE, 0.02)):
        recipe = _Recipe(_fingerprint("silence", str(seconds)), partial(silence, seconds))
        wanted |= {str(prompt_file(language, name)): recipe for language in LANGUAGES}
    return wanted


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join((str(RENDERING), *parts)).encode()).hexdigest()[:32]


def _speak(speaker: Speaker, said: Utterance) -> bytes:
    try:
        return telephone_speech(speaker.say(said))
    except ValueError as error:
        raise SpeechError(f"{said.text!r} in {said.voice} cannot be heard: {error}") from error


def _write(file: Path, recipe: _Recipe) -> None:
    _write_bytes(file, recipe.make())


def _write_bytes(file: Path, content: bytes) -> None:
    """Write a file at once or not at all: Asterisk may be playing the old one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _read_manifest(sounds: Path) -> dict[str, str]:
    """What was rendered before; an unreadable manifest means that nothing is known of it."""
    try:
        content = json.loads((sounds / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    # names are removed when no longer wanted, so a name must not lead out of the sounds
    return {
        str(name): str(mark)
        for name, mark in content.items()
        if not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts
    }
