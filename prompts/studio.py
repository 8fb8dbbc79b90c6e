"""What a call center adds to the prompts that come along: sentences, recordings, voices, names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from prompts.catalog import CATALOG, OWN
from prompts.names import read_names
from prompts.recordings import Takes, takes
from prompts.script import Line, scripts


@dataclass(frozen=True, slots=True)
class Studio:
    """What a call center adds to what comes along; a folder or file need not be there."""

    #: human recordings, `<language>/<prompt>.wav`
    recordings: Path | None = None
    #: voices of Piper, `<language>.onnx`
    voices: Path | None = None
    #: first names, one a line
    names: Path | None = None
    #: sentences in its own words, `<language>.yaml`
    catalog: Path | None = None

    @classmethod
    def at(cls, home: Path) -> Studio:
        """Everything where it belongs below a home."""
        return cls(home / "recordings", home / "voices", home / "names.txt", home / OWN)

    def scripts(self, catalog: Path = CATALOG) -> dict[str, tuple[Line, ...]]:
        """Every line by language, the names added here too; raises `Linea800Error`."""
        names = read_names(self.names) if self.names else ()
        return scripts(catalog, names, self.catalog)

    def takes(self, language: str, lines: Iterable[Line]) -> Takes:
        """The recordings of a language held against its lines; raises `RecordingsError`."""
        if self.recordings is None:
            return Takes()
        return takes(self.recordings, language, {line.name: line.text for line in lines})
