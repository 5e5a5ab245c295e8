"""The standing approval as the guard sees it: read, verified and handed to the engine, again and again."""

import asyncio
from collections.abc import Callable
from typing import Final

from hantu.domain.approval import Mandate, MandateRow
from hantu.domain.errors import BrokenError
from hantu.domain.order_token import InvalidToken, TokenKey
from hantu.engine.inputs import MandateRead
from hantu.ports import Approvals
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
LOOK_EVERY_S: Final = 5.0
"""Real seconds between two looks; a person who signs or revokes does not have to find the guard."""
REVIEW_DAYS: Final = 30


class MandateWatch:
    """Looks at the records and tells the engine what changed."""

    def __init__(
        self, key: TokenKey, rules_hash: str, approvals: Approvals, deliver: Callable[[MandateRead], None]
    ) -> None:
        self._key = key
        self._rules_hash = rules_hash
        self._approvals = approvals
        self._deliver = deliver
        self._told: MandateRead | None = None

    async def look(self) -> None:
        """Read the mandate once and deliver it if it is not what the engine knows.

        Raises:
            BrokenError: The records cannot be read; what was known stays in force.
        """
        found = judged(await self._approvals.mandate(), self._key, self._rules_hash)
        if found != self._told:
            self._told = found
            self._deliver(found)

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except BrokenError as error:
                # The store reports its own trouble; the mandate of before stays in force.
                SystemLog.debug("상시 승인 확인 불가: %s", error)


def judged(row: MandateRow | None, key: TokenKey, rules_hash: str) -> MandateRead:
    """Return what a recorded mandate is worth now: signature, revocation, rules."""
    if row is None:
        return MandateRead(None, "none")
    try:
        mandate: Mandate = key.read_mandate(row.document)
    except InvalidToken:
        return MandateRead(None, "invalid_signature")
    if row.revoked_at:
        return MandateRead(None, "revoked")
    if mandate.rules_hash != rules_hash:
        return MandateRead(None, "rules_changed")
    return MandateRead(mandate, "", row.days if row.days >= REVIEW_DAYS else 0)
