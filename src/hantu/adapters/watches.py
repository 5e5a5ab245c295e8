"""What a guard looks at again and again because nobody tells it: the file door and the watch list."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Protocol

from hantu.adapters.kill_file import read_kill_file
from hantu.adapters.kill_watch import COPY_S, LOOK_S, READ_ANYWAY_S
from hantu.domain.commands import KillLevel, SetKill
from hantu.domain.errors import HantuError
from hantu.domain.instrument import Symbol
from hantu.engine.inputs import WatchItem, WatchlistChanged
from hantu.engine.switch import STRICTNESS
from hantu.runtime.dispatcher import POLL_S

KILL_FILE_POLL_S: Final = 0.1
WATCHLIST_POLL_S: Final = 2.0
"""Real seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Looks:
    """How often a life looks at what nobody tells it; real seconds."""

    kill_file_s: float = KILL_FILE_POLL_S
    watchlist_s: float = WATCHLIST_POLL_S
    outbox_s: float = POLL_S
    kill_rows_s: float = LOOK_S
    kill_rows_anyway_s: float = READ_ANYWAY_S
    kill_copy_s: float = COPY_S


class Watchlist(Protocol):
    """Where the watch list is kept."""

    async def watchlist(self, trade_date: date) -> tuple[WatchItem, ...]:
        """Return the watch list valid on ``trade_date``."""
        ...


async def watch_kill_file(
    path: Path, level: Callable[[], KillLevel], deliver: Callable[[SetKill], None], *, every_s: float = KILL_FILE_POLL_S
) -> None:
    """Take the file door: as long as the file is there it holds; ``level`` tells what is in force."""
    while True:
        order = read_kill_file(path)
        if order is not None and STRICTNESS[order.level] > STRICTNESS[level()]:
            deliver(SetKill(order.actor, order.level, order.reason, order.second))
        await asyncio.sleep(every_s)


async def watch_watchlist(
    store: Watchlist,
    today: Callable[[], date],
    known: dict[Symbol, WatchItem],
    deliver: Callable[[WatchlistChanged], None],
    *,
    every_s: float = WATCHLIST_POLL_S,
) -> None:
    """Take in a watch list imported while running; ``known`` is what the guard has."""
    while True:
        await asyncio.sleep(every_s)
        try:
            found = await store.watchlist(today())
        except HantuError:
            # The store reports its own trouble; the list of before stays in force.
            continue
        if {item.symbol: item for item in found} != known:
            known = {item.symbol: item for item in found}
            deliver(WatchlistChanged(found))
