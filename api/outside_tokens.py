"""Tokens of somebody else's sign-in (OIDC), with the keys of its issuer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from api.outside_claims import (
    OutsideTrust,
    TokenExpiredError,
    TokenRefusedError,
    claims,
    key_id,
    owner_of,
)
from backoffice.key_set import KeySet
from storage.tokens import TokenOwner

log = logging.getLogger(__name__)


class OutsideTokens:
    """Knows whose such a token is; `known_agent` tells whether the floor has a number."""

    def __init__(
        self, trust: OutsideTrust, keys: KeySet, known_agent: Callable[[str], bool]
    ) -> None:
        self._trust = trust
        self._keys = keys
        self._known_agent = known_agent

    async def find(self, plain: str, *, now: datetime) -> TokenOwner | None:
        """Whose token this is, None when it is not good.

        Raises `TokenExpiredError` for one that was, and `KeysAwayError`.
        """
        try:
            key = await self._keys.key(key_id(plain), now)
            if key is None:
                raise TokenRefusedError("its issuer has no such key")
            return owner_of(claims(plain, key, self._trust, now), self._trust, self._known_agent)
        except TokenExpiredError:
            raise
        except TokenRefusedError as error:
            log.warning("a token of %s is refused: %s", self._trust.issuer, error)
            return None
