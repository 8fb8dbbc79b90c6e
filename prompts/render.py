"""Every sound as a file Asterisk can play, made at build time and only where something changed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from calls.errors import Linea800Error
from prompts.catalog import CATALOG
from prompts.finishing import Finished
from prompts.piper import find_piper
from prompts.recipes import (
    Recipe,
    finished_recording,
    mark_of,
    spoken_recipes,
    unspoken_recipes,
)
from prompts.recordings import Stale, Takes, take_file, write_notes
from prompts.script import Line
from prompts.sounds import known_sounds, prompt_file, wide_file
from prompts.speech import Speaker
from prompts.spoken import LANGUAGES
from prompts.studio import Studio
from prompts.wav_file import RecordingRefusedError

MANIFEST = "rendered.json"


class SoundsError(Linea800Error):
    """The folder of sounds cannot be written; the message says where."""


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What a rendering did; files are named relative to the sounds, each with its wide sister."""

    #: by language, the names of the prompts that can be played now
    sounds: Mapping[str, frozenset[str]]
    rendered: tuple[str, ...]
    removed: tuple[str, ...]
    kept: int
    #: recordings not played because their text has changed since
    stale: tuple[Stale, ...] = ()
    #: what else somebody has to look at: recordings that cannot be used, voices that do not speak
    notices: tuple[str, ...] = ()


def render_all(
    sounds: Path,
    *,
    espeak_ng: Path,
    espeak_data: Path | None = None,
    catalog: Path = CATALOG,
    studio: Studio | None = None,
) -> RenderReport:
    """Make every sound that is missing or changed, remove what is no longer wanted.

    A recording of the studio goes before speech, unless it is stale or cannot be used: then the
    text is spoken, and the report says so. Raises `Linea800Error` for the catalog and the lists of
    the studio, `SpeechError` for a sound that could not be made and `SoundsError` for one that
    could not be written; all others are made all the same.
    """
    studio = studio or Studio()
    piper, notices = find_piper(studio.voices)
    lines = studio.scripts(catalog)
    wanted = spoken_recipes(lines, Speaker(espeak_ng, espeak_data), piper) | unspoken_recipes()
    manifest = read_manifest(sounds)
    there = _files_in(sounds)
    found = {language: studio.takes(language, lines[language]) for language in LANGUAGES}
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        recorded, refused = _recorded(studio, lines, found, there, manifest, pool)
        wanted |= recorded
        due = {
            name: recipe
            for name, recipe in wanted.items()
            if manifest.get(name) != recipe.mark or not _is_there(name, there, recipe.wide)
        }
        gone = sorted(name for name in manifest if name not in wanted)
        making: dict[str, list[str]] = {}
        for name, recipe in due.items():
            making.setdefault(recipe.mark, []).append(name)
        writing = {
            mark: pool.submit(_write, [sounds / name for name in names], due[names[0]])
            for mark, names in making.items()
        }
    failed = {mark: error for mark, future in writing.items() if (error := future.exception())}
    for name in gone:
        for file in (sounds / name, wide_file(sounds / name)):
            file.unlink(missing_ok=True)
        del manifest[name]
    if due or gone:
        manifest |= {name: recipe.mark for name, recipe in due.items() if recipe.mark not in failed}
        _write_bytes(sounds / MANIFEST, json.dumps(manifest, indent=0, sort_keys=True).encode())
    if studio.recordings is not None:
        for language in LANGUAGES:
            write_notes(studio.recordings, language, found[language].notes)
    for error in failed.values():
        raise error
    return RenderReport(
        sounds={language: known_sounds(sounds, language) for language in LANGUAGES},
        rendered=tuple(sorted(due)),
        removed=tuple(gone),
        kept=len(wanted) - len(due),
        stale=tuple(stale for language in LANGUAGES for stale in found[language].stale.values()),
        notices=(*notices, *refused),
    )


def _recorded(
    studio: Studio,
    lines: Mapping[str, tuple[Line, ...]],
    found: Mapping[str, Takes],
    there: Set[str],
    manifest: Mapping[str, str],
    pool: ThreadPoolExecutor,
) -> tuple[dict[str, Recipe], list[str]]:
    """What people have recorded, by the file's name; and why some of it cannot be used.

    Whether a recording can be used is known when it was finished: that is done here, for those
    that were not yet.
    """
    wanted: dict[str, Recipe] = {}
    told: list[str] = []
    if studio.recordings is None:
        return wanted, told
    for language, of_language in lines.items():
        files = {line.name: line.files for line in of_language}
        told += [f"{language}/{file}: {why}" for file, why in found[language].refused.items()]
        waiting = {}
        for name, content_mark in found[language].fitting.items():
            names = [str(file) for file in files.get(name, (prompt_file(language, name),))]
            make = partial(finished_recording, take_file(studio.recordings, language, name))
            recipe = Recipe(mark_of("recording", content_mark), make)
            if all(
                manifest.get(file) == recipe.mark and _is_there(file, there, wide=True)
                for file in names
            ):
                wanted |= dict.fromkeys(names, recipe)
            else:
                waiting[name] = (names, recipe, pool.submit(make))
        for name, (names, recipe, future) in waiting.items():
            try:
                done = future.result()
            except RecordingRefusedError as error:
                told.append(f"{language}/{name}.wav cannot be used: {error}")
            else:
                wanted |= dict.fromkeys(names, Recipe(recipe.mark, partial(_as_is, done)))
    return wanted, told


def _as_is(done: Finished) -> Finished:
    return done


def _files_in(sounds: Path) -> Set[str]:
    """The names of all files, relative to the sounds; asking for each one takes far longer."""
    found: set[str] = set()
    for here, _, names in os.walk(sounds):
        folder = os.path.relpath(here, sounds)
        found.update(names if folder == os.curdir else (f"{folder}/{name}" for name in names))
    return found


def _is_there(name: str, there: Set[str], wide: bool) -> bool:
    return name in there and (not wide or str(wide_file(Path(name))) in there)


def _write(files: Iterable[Path], recipe: Recipe) -> None:
    made = recipe.make()
    for file in files:
        _write_bytes(file, made.narrow)
        if made.wide is not None:
            _write_bytes(wide_file(file), made.wide)


def _write_bytes(file: Path, content: bytes) -> None:
    """Write a file at once or not at all: Asterisk may be playing the old one."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_bytes(content)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise SoundsError(
            f"{file}: cannot be written: {error.strerror}; the sounds have to lie where they can "
            "be made anew"
        ) from error


def read_manifest(sounds: Path) -> dict[str, str]:
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
