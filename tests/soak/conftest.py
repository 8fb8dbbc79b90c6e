"""The long proofs have the Asterisk of the system tests and the databases of the others."""

from __future__ import annotations

from tests.integration.conftest import (
    database,
    database_url,
    migrated_postgres,
    migrated_sqlite,
    postgres,
    postgres_url,
)
from tests.system.conftest import (
    asterisk_log,
    scene,
    short_folder,
    the_stage,
    what_services_need,
)

__all__ = [
    "asterisk_log", "database", "database_url", "migrated_postgres", "migrated_sqlite", "postgres",
    "postgres_url", "scene", "short_folder", "the_stage", "what_services_need",
]  # fmt: skip
