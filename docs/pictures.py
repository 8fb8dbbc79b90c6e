"""Draws the state tables into their pages: `python -m docs.pictures`."""

from __future__ import annotations

from pathlib import Path

from agents import states as agent_states
from calls import states as call_states

PAGES = {
    "call-states.md": ("The life of a call", "calls/states.py", call_states.diagram()),
    "agent-states.md": ("The working day of an agent", "agents/states.py", agent_states.diagram()),
}


def draw() -> None:
    """Write the pages."""
    for name, (title, source, diagram) in PAGES.items():
        text = f"# {title}\n\nDrawn from the table in `{source}`; a test keeps it so.\n\n"
        page = Path(__file__).with_name(name)
        page.write_text(f"{text}```mermaid\n{diagram}```\n")


if __name__ == "__main__":
    draw()
