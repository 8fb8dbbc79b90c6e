"""The long proofs have the same Asterisk as the system tests."""

from __future__ import annotations

from tests.system.conftest import asterisk_log, scene, short_folder, the_stage

__all__ = ["asterisk_log", "scene", "short_folder", "the_stage"]
