"""Somebody else's sign-in, when the settings name one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from agents.floor import Floor
from api.outside_claims import OutsideTrust
from api.outside_tokens import OutsideTokens
from backoffice.key_set import KeySet


@contextlib.asynccontextmanager
async def outside_tokens(
    trust: OutsideTrust | None, floor: Floor
) -> AsyncIterator[OutsideTokens | None]:
    """What knows its tokens, None when nobody else's are accepted; closes its connections."""
    if trust is None:
        yield None
        return
    keys = KeySet(trust.issuer, trust.jwks_url)
    try:
        yield OutsideTokens(trust, keys, lambda number: floor.agent(number) is not None)
    finally:
        await keys.close()
