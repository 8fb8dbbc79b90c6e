"""What the proofs of this package are asked alike on the command line."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ivr.menu_file import MENUS

#: prompts are rendered once for all runs of this package
SOUNDS = Path(tempfile.gettempdir()) / "linea800-bench-sounds"


def parser(name: str, words: str | None) -> argparse.ArgumentParser:
    """A parser with what every proof takes."""
    made = argparse.ArgumentParser(prog=f"python -m bench.ivr.{name}", description=words)
    made.add_argument("--menu", type=Path, default=MENUS / "operator.yaml")
    made.add_argument("--sounds", type=Path, default=SOUNDS, help="rendered prompts, kept")
    made.add_argument("--seed", type=int, default=1)
    return made


def milliseconds(seconds: Sequence[float]) -> str:
    """p50, p95, p99 and the highest."""
    if not seconds:
        return "nothing"
    values = np.percentile(np.array(seconds) * 1000, [50, 95, 99, 100])
    told = zip(("p50", "p95", "p99", "max"), values, strict=True)
    return ", ".join(f"{name} {value:.1f}" for name, value in told) + " ms"
