"""Orders go first: what tells people waits while one is between its decision and its bytes.

Both share a thread and the interpreter with the disk's: whatever turns meanwhile makes the
order's commit later. Nobody notices a message that is some milliseconds late.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

LIMIT_S = 0.05
"""Real seconds anything waits for orders; a disk that takes longer has stopped, and people must hear of it."""


class RightOfWay:
    """Knows whether an order is on its way; for one loop."""

    def __init__(self) -> None:
        self._orders = 0
        self._until = 0.0
        self._free = asyncio.Event()

    def taken(self, then: Callable[[], None]) -> Callable[[], None]:
        """Say that an order is decided; call what is returned, once, when its bytes have left or cannot: it calls ``then``."""
        self._orders += 1
        self._until = asyncio.get_running_loop().time() + LIMIT_S
        self._free.clear()

        def left() -> None:
            self._orders -= 1
            if not self._orders:
                self._free.set()
            then()

        return left

    async def pause(self) -> None:
        """Let the loop turn, and wait while an order is on its way."""
        await asyncio.sleep(0)
        wait_s = self._until - asyncio.get_running_loop().time() if self._orders else 0.0
        if wait_s > 0.0:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._free.wait()
