"""Menus made in tests, from as few words as will do."""

from __future__ import annotations

from typing import Any

from ivr.menu import Menu


def menu_of(nodes: dict[str, Any], **rest: Any) -> Menu:
    raw = {"name": "m", "language": "es", "languages": ["es", "en"], "person": {"queue": "people"}}
    return Menu.model_validate({**raw, "start": next(iter(nodes)), "nodes": nodes, **rest})


def say(goto: str, **rest: Any) -> dict[str, Any]:
    return {"kind": "say", "prompts": [f"before_{goto}"], "goto": goto, **rest}


def ask(choices: dict[str, dict[str, Any]], **rest: Any) -> dict[str, Any]:
    words = {"*": "star", "#": "hash"}
    named = {key: {"name": f"key_{words.get(key, key)}", **way} for key, way in choices.items()}
    return {"kind": "menu", "prompts": ["ask"], "choices": named, **rest}
