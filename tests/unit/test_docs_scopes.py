"""The pages about who may do what tell what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from api.outside_claims import OutsideTrust
from documents.yaml_document import read_document
from storage.scopes import Scope, least_role

DOCS = Path(__file__).parents[2] / "docs"


def test_the_api_page_has_every_scope_and_its_least_role() -> None:
    page = (DOCS / "reference" / "api.md").read_text("utf-8")
    section = page.split("\n## Scopes\n", 1)[1].split("\n## ", 1)[0]
    told = dict(re.findall(r"^\| `([a-z_:]+)` \| ([a-z]+) \|", section, re.MULTILINE))
    assert told == {scope.value: least_role(scope).value for scope in Scope}


def test_the_page_of_users_shows_a_trust_that_can_be_held() -> None:
    page = (DOCS / "how-to" / "users-and-keys.md").read_text("utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    trust = read_document(example, OutsideTrust)
    assert trust.role.supervisor == {"supervisores"}
    assert (trust.queues, trust.agent, trust.jwks_url) == ("colas", "extension", None)
