"""Which version of the code made a result: a digest of the modules it depends on.

Comments and documentation do not count, so that a result survives their being written.
"""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.pacing import told
from bench.pacing.told import TOLD
from dialer.pacing.policies import POLICIES

_HOUSE = Path(__file__).parents[2]
#: what every shift depends on
_WORLD = ("simulator.shift", "simulator.scenarios")


@functools.cache
def version(policy: str) -> str:
    """A digest of all that a shift with this policy runs; raises `KeyError`."""
    seen: dict[str, str] = {}
    waiting = [_module_of(policy), *_WORLD]
    while waiting:
        name = waiting.pop()
        path = _path(name)
        if path is None or name in seen:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        waiting.extend(_imported(tree))
        seen[name] = ast.dump(_without_words(tree))
    text = "\n".join(f"{name} {seen[name]}" for name in sorted(seen))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _module_of(policy: str) -> str:
    if policy == TOLD:
        return told.__name__
    maker = POLICIES[policy].maker
    while isinstance(maker, partial):
        maker = maker.func
    return maker.__module__


def _path(name: str) -> Path | None:
    """The module's file, if the module is of this house."""
    path = _HOUSE.joinpath(*name.split("."))
    files = (path.with_name(f"{path.name}.py"), path / "__init__.py")
    return next((file for file in files if file.exists()), None)


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _without_words(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            del node.body[0]
    return tree
