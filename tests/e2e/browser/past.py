"""Days that never were, for the pictures of pages that look back: five weeks of results, orders and refusals."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hantu.adapters.store.maintenance import init_database, writing
from hantu.adapters.store.timestamps import to_text

TODAY = datetime(2026, 11, 23, tzinfo=UTC)
DAYS = 35
CLOSED_AT_H = 6.8
"""A little after the close, in hours of UTC."""
STOCKS = (("000270", "기아", 100_400), ("105560", "KB금융", 88_300), ("066570", "LG전자", 97_600))
SEED = 20261123


def fill(home: Path) -> None:
    """Put these days into a new database."""
    init_database(home / "hantu.db")
    chance = random.Random(SEED)
    with writing(home / "hantu.db") as connection:
        for back in range(DAYS, 0, -1):
            day = TODAY - timedelta(days=back)
            if day.weekday() < 5:
                for fact in day_of(day, back, chance):
                    put(connection, "event_log", fact)
                order(connection, day, back, chance)


def day_of(day: datetime, back: int, chance: random.Random) -> list[dict[str, Any]]:
    """Return the facts of one day: a summary, refusals now and then, and what else makes the records grow."""
    pnl = round(chance.gauss(4_000 - 60 * back, 21_000))
    summary = {"trade_date": f"{day:%Y-%m-%d}", "total_trades": 3, "total_pnl": pnl, "day_return": pnl / 5_400_000}
    found = [fact_of(day + timedelta(hours=CLOSED_AT_H), "daily_summary", summary, chance)]
    found += [
        fact_of(day + timedelta(hours=2 + number), "order_rejected_limit", {"reason": "limit"}, chance)
        for number in range(chance.choice((0, 0, 0, 0, 1, 2)))
    ]
    for number in range(30 + (DAYS - back) // 2 + chance.randrange(9)):
        at = day + timedelta(minutes=11 * number)
        found.append(fact_of(at, "measure_crossed", {"name": "rest_latency", "text": "." * 400}, chance))
    return found


def fact_of(at: datetime, kind: str, payload: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return one row of the records; its id begins with its time, as all do."""
    number = f"{int(at.timestamp() * 1_000):012x}"
    return {
        "event_id": f"{number[:8]}-{number[8:]}-7{chance.randrange(16**3):03x}-8000-{chance.randrange(16**12):012x}",
        "event_type": kind, "timestamp": to_text(at), "payload_json": json.dumps(payload), "environment": "local",
    }  # fmt: skip


def order(connection: Any, day: datetime, back: int, chance: random.Random) -> None:
    """Put one order that was filled on record."""
    symbol, name, price = STOCKS[back % len(STOCKS)]
    sent = day + timedelta(hours=1 + chance.random() * 4)
    number, shares = f"{4_000 + back}", 5 + back % 7
    both = {
        "intent_id": f"{day:%Y%m%d}-{number}", "account": "main", "symbol": symbol, "name": name, "side": "sell",
        "purpose": "take_profit" if back % 3 else "stop_loss", "quantity": shares, "limit_price": price,
        "filled": shares, "state": "filled", "trade_date": f"{day:%Y-%m-%d}", "order_no": number, "branch_no": "00950",
        "sent_at": to_text(sent),
    }  # fmt: skip
    intent = {
        "flow": f"past-{back}", "kind": "order", "environment": "local", "target": shares, "order_type": "limit",
        "venue": "KRX", "attempt": 1, "parent": "", "held": shares, "average_price": price, "epoch": 1,
        "baseline_json": "{}", "recorded_at": to_text(sent), "updated_at": to_text(sent),
    }  # fmt: skip
    accepted = sent + timedelta(milliseconds=52 + chance.gauss(0, 5) + back / 5)
    placed = {
        "average_fill_price": price,
        "ordered_at": to_text(sent),
        "accepted_at": to_text(accepted),
        "how": "answer",
    }
    put(connection, "intents", both | intent)
    put(connection, "orders", both | placed)


def put(connection: Any, table: str, row: dict[str, Any]) -> None:
    """Insert one row; columns of another table are left out."""
    columns = {str(one[1]) for one in connection.execute(f"PRAGMA table_info({table})")}
    kept = {name: value for name, value in row.items() if name in columns}
    marks = ", ".join("?" * len(kept))
    connection.execute(f"INSERT INTO {table} ({', '.join(kept)}) VALUES ({marks})", tuple(kept.values()))
