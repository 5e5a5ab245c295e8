"""What the jobs process reads and files: fills by their number, holdings, watch list, proposals, who did what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hantu.adapters.store.loading import read_watchlist
from hantu.adapters.store.maintenance import NOW, reading
from hantu.domain.commands import KillLevel
from hantu.engine.inputs import WatchItem

FILLS_AT_ONCE = 200
IDS_AT_ONCE = 500
_FILLS = """SELECT f.fill_id, f.symbol, f.side, f.quantity, f.price, f.filled_at, coalesce(a.approval_id, '')
FROM fills f LEFT JOIN approvals a ON a.intent_id = f.intent_id AND f.intent_id <> ''
WHERE f.fill_id > ? AND f.account = ? ORDER BY f.fill_id LIMIT ?"""


@dataclass(frozen=True, slots=True)
class FillRow:
    """One fill; ``number`` grows with the order of writing, also of what was filed late."""

    number: int
    symbol: str
    side: str
    quantity: int
    price: int
    filled_at: str
    approval_id: str


@dataclass(frozen=True, slots=True)
class StrategyRows:
    """The records at one moment, as far as strategies look at them."""

    kill: str
    watchlist: tuple[WatchItem, ...]
    holdings: tuple[tuple[str, int, int], ...]
    """Symbol, shares, average price in won."""
    statuses: dict[str, str]
    newest_fill: int
    records: str
    """First event there is: names these records."""


def read_strategy_rows(
    database: Path, environment: str, account: str, day: date, approvals: Sequence[str]
) -> StrategyRows:
    """Read everything in one short look.

    Raises:
        BrokenError: The records cannot be read.
    """
    with reading(database) as connection:
        one = connection.execute(
            """SELECT (SELECT kill_level FROM system_state ORDER BY timestamp DESC LIMIT 1),
                (SELECT coalesce(max(fill_id), 0) FROM fills), (SELECT min(event_id) FROM event_log)"""
        ).fetchone()
        held = connection.execute(
            """SELECT symbol, quantity, average_price FROM positions
            WHERE environment = ? AND account = ? AND quantity > 0 ORDER BY symbol""",
            (environment, account),
        ).fetchall()
        statuses: dict[str, str] = {}
        for start in range(0, len(approvals), IDS_AT_ONCE):
            some = approvals[start : start + IDS_AT_ONCE]
            marks = ", ".join("?" * len(some))
            statuses |= dict(
                connection.execute(
                    f"""SELECT approval_id, CASE WHEN status IN ('pending', 'approved') AND expires_at <= {NOW}
                        THEN 'expired' ELSE status END FROM approvals WHERE approval_id IN ({marks})""",  # noqa: S608 - marks only
                    tuple(some),
                ).fetchall()
            )
        watched = read_watchlist(connection, day)
    kill = one[0] if one[0] is None or one[0] in set(KillLevel) else KillLevel.ACTIVE.value
    return StrategyRows(kill or KillLevel.OFF.value, watched, tuple(held), statuses, int(one[1]), str(one[2] or ""))


def read_fills(database: Path, account: str, after: int) -> tuple[FillRow, ...]:
    """Return the next fills after number ``after``, in the order they were written.

    Raises:
        BrokenError: The records cannot be read.
    """
    with reading(database) as connection:
        rows = connection.execute(_FILLS, (after, account, FILLS_AT_ONCE)).fetchall()
    return tuple(FillRow(*row) for row in rows)
