"""What happened to one stock on one day, for a picture of it: prices, levels, marks, and where nobody looked.

Everything is read from what is on record anyway; nothing here asks the market.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from hantu.adapters.store.chart_gaps import TOLD, gaps_of
from hantu.adapters.store.pages import Row, limited, named
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.store.timestamps import day_bounds, from_text
from hantu.domain.errors import NotThereError, UsageError
from hantu.domain.session import trading_date

BAR_S: Final = 60
BARS_MAX: Final = 1_440
"""Minutes of a day."""
FACTS_MAX: Final = 1_000
FILLS_MAX: Final = 500
SPARKS_MAX: Final = 100
"""Stocks of one answer."""
_LEVELS: Final = ("position_guarded", "trailing_stop_raised", "position_closed", "position_unguarded")
_MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "stop_loss_reached": ("stop_reached", "price"),
    "take_profit_reached": ("target_reached", "price"),
    "exit_held": ("held_back", ""),
    "exit_simulated": ("simulated", "limit_price"),
    "intent_recorded": ("order", "limit_price"),
    "order_rejected_broker": ("refused", ""),
    "order_failed": ("failed", ""),
    "order_unresolved": ("unresolved", ""),
    "foreign_fill": ("foreign_fill", "price"),
    "price_rejected": ("price_rejected", "price"),
    "stop_loss_filled": ("exit", "exit_price"),
    "take_profit_filled": ("exit", "exit_price"),
    "manual_sell_filled": ("exit", "exit_price"),
    "add_buy_opportunity": ("opportunity", "price"),
}
"""Facts that are one point of the picture: what the point is called, and which of its prices it stands at."""
_BARS: Final = """SELECT minute AS at, open, high, low, close, shares_after - shares_before AS volume, whole
FROM minute_bars WHERE symbol = ? AND minute >= ? AND minute < ? ORDER BY minute LIMIT ?"""
_NEWEST_BARS: Final = "SELECT minute, close FROM minute_bars WHERE symbol = ? ORDER BY minute DESC LIMIT ?"
_FACTS: Final = """SELECT event_id, event_type, timestamp, payload_json FROM event_log
WHERE event_type IN ({marks}) AND timestamp >= ? AND timestamp < ? AND {of} ORDER BY timestamp LIMIT ?"""
_SYMBOL: Final = "payload_json ->> '$.symbol' = ?"
_BEFORE: Final = f"""SELECT event_id, event_type, timestamp, payload_json FROM event_log
WHERE event_type = ? AND timestamp < ? AND {_SYMBOL} ORDER BY timestamp DESC LIMIT 1"""  # noqa: S608 - our own words
_FILLS: Final = """SELECT filled_at AS at, side, price, quantity, intent_id, event_id FROM fills
WHERE symbol = ? AND trade_date = ? ORDER BY fill_id LIMIT ?"""
_NAMES: Final = """SELECT name FROM positions WHERE symbol = ?1 AND name <> ''
UNION ALL SELECT stock_name FROM selection_results WHERE stock_code = ?1 AND stock_name <> '' LIMIT 1"""
_SIGN_OF_LIFE: Final = """SELECT max(coalesce((SELECT max(timestamp) FROM event_log WHERE timestamp < ?1), ''),
    coalesce((SELECT max(minute) FROM minute_bars WHERE minute < ?1), ''))"""


class Charts:
    """Opens the database for each question and closes it again; every method raises BrokenError when it cannot."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of_day(self, symbol: str, day: str) -> Row:
        """Return bars, levels, marks and gaps of one stock on a Korean day, each oldest first.

        Raises:
            UsageError: Not a day.
            NotThereError: Nothing is known of that stock.
        """
        try:
            start, end = day_bounds(date.fromisoformat(day))
        except (ValueError, OverflowError):
            raise UsageError(f"날짜를 읽을 수 없습니다: {day}", next_step="2026-11-23 처럼 적어 주세요.") from None
        with limited(self._path) as connection:
            bars = named(connection.execute(_BARS, (symbol, start, end, BARS_MAX)))
            levels = _levels(connection, symbol, start, end)
            facts = _facts(connection, tuple(_MARKS), start, end, symbol)
            fills = named(connection.execute(_FILLS, (symbol, day, FILLS_MAX)))
            told = _facts(connection, TOLD, start, end)
            gaps = gaps_of(told, symbol, lambda at: _last_sign(connection, at))
            name = connection.execute(_NAMES, (symbol,)).fetchone()
        if not (bars or levels or facts or fills or name):
            raise NotThereError(f"종목 {symbol} 이(가) 없습니다.", next_step="보유나 관심 종목의 코드를 쓰세요.")
        marks = [_mark(row) for row in facts if _is_mark(row)] + [{**row, "kind": "fill"} for row in fills]
        return {
            "symbol": symbol, "name": name[0] if name else "", "day": day, "bar_s": BAR_S,
            "bars": [{**row, "whole": bool(row["whole"])} for row in bars], "levels": levels,
            "marks": sorted(marks, key=lambda row: str(row["at"])), "gaps": gaps,
            "truncated": max(len(facts), len(told)) == FACTS_MAX or len(fills) == FILLS_MAX,
        }  # fmt: skip

    def sparks(self, symbols: Sequence[str], minutes: int) -> Sequence[Row]:
        """Return the newest minutes of several stocks, oldest first, of the last day each was traded."""
        found = []
        with limited(self._path) as connection:
            for symbol in symbols[:SPARKS_MAX]:
                rows = connection.execute(_NEWEST_BARS, (symbol, minutes)).fetchall()
                day = trading_date(from_text(rows[0][0])) if rows else None
                rows = [row for row in reversed(rows) if trading_date(from_text(row[0])) == day]
                found.append(
                    {"symbol": symbol, "at": [str(row[0]) for row in rows], "prices": [row[1] for row in rows]}
                )
        return found


def _facts(connection: Connection, kinds: Sequence[str], start: str, end: str, symbol: str = "") -> list[Row]:
    query = _FACTS.format(marks=", ".join("?" * len(kinds)), of=_SYMBOL if symbol else "1")
    values = (*kinds, start, end, *((symbol,) if symbol else ()), FACTS_MAX)
    return [_decoded(row) for row in named(connection.execute(query, values))]


def _decoded(row: Row) -> Row:
    return {**row, "payload": msgspec.json.decode(row.pop("payload_json"))}


def _levels(connection: Connection, symbol: str, start: str, end: str) -> list[Row]:
    """Return the steps of stop and target; the first is what the day began with, at its beginning."""
    found = (connection.execute(_BEFORE, (kind, start, symbol)) for kind in _LEVELS)
    before = [_decoded(row) for cursor in found for row in named(cursor)]
    steps: list[Row] = []
    stands = {"stop_price": 0, "target_price": 0, "average_price": 0}
    for row in sorted(before, key=lambda one: str(one["timestamp"])):
        stands = _moved(stands, row)
    if any(stands.values()):
        steps.append({"at": start, "reason": "before", **stands})
    for row in _facts(connection, _LEVELS, start, end, symbol):
        after = _moved(stands, row)
        if after != stands:
            reason = str(row["payload"].get("reason") or row["event_type"])
            steps.append({"at": row["timestamp"], "reason": reason, **after})
        stands = after
    return steps


def _moved(stands: Mapping[str, int], row: Row) -> dict[str, int]:
    told = row["payload"]
    match row["event_type"]:
        case "position_guarded":
            return {name: int(told[name]) for name in stands}
        case "trailing_stop_raised":
            return {**stands, "stop_price": int(told["stop_price"])}
        case _:
            return dict.fromkeys(stands, 0)


def _is_mark(row: Row) -> bool:
    # A cancel has an intent, too, and no price of its own.
    return bool(row["event_type"] != "intent_recorded" or row["payload"].get("kind") == "order")


def _mark(row: Row) -> Row:
    kind, price = _MARKS[row["event_type"]]
    told = row["payload"]
    side = told.get("side") or ("sell" if kind in {"exit", "stop_reached", "target_reached", "simulated"} else "")
    return {
        "at": row["timestamp"], "kind": kind, "side": side, "price": told.get(price) or None,
        "quantity": told.get("quantity"), "text": str(told.get("reason") or told.get("purpose") or ""),
        "pnl": told.get("pnl"), "intent_id": told.get("intent_id") or "", "event_id": row["event_id"],
    }  # fmt: skip


def _last_sign(connection: Connection, at: str) -> str:
    """Return the newest moment before ``at`` at which something was recorded; ``at`` itself if nothing was."""
    return str(connection.execute(_SIGN_OF_LIFE, (at,)).fetchone()[0] or at)
