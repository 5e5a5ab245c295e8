"""``hantu trends`` on the records of simulated days: numbers that are the records', and honesty about few of them."""

import logging
import sqlite3
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import pytest

from hantu.adapters.store.maintenance import init_database
from hantu.harness.workload import draw
from hantu.harness.world import World

SEEDS = (7, 8, 9, 1, 0, 11)
FIRST = date(2026, 11, 16)
SIMULATED = date(2026, 11, 23)
TABLES = ("event_log", "intents", "orders")


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The records of six simulated days, each played by the real guard and store."""
    found = []
    logging.disable(logging.CRITICAL)
    try:
        for seed in SEEDS:
            home = tmp_path_factory.mktemp(f"day{seed}")
            World(draw(seed), home).play()
            found.append(home / "hantu.db")
    finally:
        logging.disable(logging.NOTSET)
    return found


def put(target: Path, sources: list[Path]) -> None:
    """Put the days one after the other into one database, each moved to a weekday of its own."""
    init_database(target)
    with sqlite3.connect(target) as one:
        for number, source in enumerate(sources):
            day = FIRST + timedelta(days=number + 2 * (number // 5))
            shift = f"{(day - SIMULATED).days:+d} days"
            for table in TABLES:
                copy(one, source, table, f"{number}-", shift, day.isoformat())


def copy(one: sqlite3.Connection, source: Path, table: str, prefix: str, shift: str, day: str) -> None:
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as other:
        columns = [row[1] for row in other.execute(f"PRAGMA table_info({table})")]
        marks = []
        for name in columns:
            if name in ("event_id", "intent_id", "order_no"):
                marks.append(f"'{prefix}' || {name}")
            elif name == "trade_date":
                marks.append(f"'{day}'")
            elif name in ("timestamp", "sent_at", "accepted_at"):
                marks.append(f"CASE WHEN {name} = '' THEN '' ELSE strftime('%Y-%m-%d %H:%M:%f', {name}, '{shift}') END")
            else:
                marks.append(name)
        rows = other.execute(f"SELECT {', '.join(marks)} FROM {table}").fetchall()
    one.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows)


@pytest.fixture
def moment(guard):
    guard.status["market_time"] = "2026-11-23 16:00:00"
    return guard


@pytest.mark.requirement("ALR-70", "ALR-61")
def test_six_simulated_days_have_trends_of_their_own_numbers(hantu, hantu_json, home, days, moment):
    put(home / "hantu.db", days)
    code, value = hantu_json("trends")
    found = {one["name"]: one for one in value["series"]}
    assert code == 0
    assert set(found) == {"rejections", "latency", "pnl", "growth"}
    assert not found["growth"]["too_few"]
    assert len(found["growth"]["days"]) == 6
    for number, source in enumerate(days):
        with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as own:
            size = own.execute("SELECT sum(length(CAST(payload_json AS BLOB))) FROM event_log").fetchone()[0]
            refused = own.execute("SELECT count(*) FROM event_log WHERE event_type LIKE 'order_rejected%'").fetchone()[
                0
            ]
        assert found["growth"]["values"][number] == size
        assert found["rejections"]["values"][number] == refused
    with sqlite3.connect(f"file:{days[0]}?mode=ro", uri=True) as own:
        waits = own.execute(
            "SELECT (julianday(accepted_at) - julianday(sent_at)) * 86400 FROM orders WHERE sent_at <> ''"
        )
        first = median(row[0] for row in waits)
    assert found["latency"]["values"][0] == pytest.approx(first, abs=0.002)
    trend = found["growth"]["trend"]
    assert trend["low"] <= trend["slope"] <= trend["high"]
    out = hantu("trends")[1]
    assert "방법: 날마다 한 값에 최소제곱 직선" in out
    assert "늘어난 이벤트 기록: 6일 평균" in out


@pytest.mark.requirement("ALR-70")
def test_few_days_are_said_to_be_too_few(hantu, hantu_json, home, days, moment):
    put(home / "hantu.db", days[:2])
    value = hantu_json("trends", "--days", "90")[1]
    assert all(one["too_few"] and one["trend"] is None for one in value["series"])
    out = hantu("trends")[1]
    assert "기록이 2일뿐이어서 추세를 말할 수 없습니다(5일부터)" in out
    month = {item["name"]: item for item in hantu_json("checklist", "monthly")[1]["items"]}["trends"]
    assert (month["result"], month["value"]) == ("ok", "2일")
    assert "추세를 말할 수 없습니다" in month["detail"]
