"""Every SQL statement of the runbook, on the records of a scripted day, in a process of its own."""

import json
import re
import textwrap
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from hantu.adapters.store.store import SqliteStore
from hantu.domain import events as ev
from hantu.domain.commands import KillLevel
from hantu.domain.instrument import Symbol
from hantu.domain.order import Purpose
from tests.contract.lives import HandClock, accepted, batch, filled, guarded, intent, reached, stop_loss_filled
from tests.unit.adapters.store.conftest import PATIENT, make_store
from tests.unit.adapters.store.plain_sqlite import ask
from tests.unit.adapters.store.test_appendix_sql import SQL_1, SQL_2, SQL_3, SQL_4, SQL_5, SQL_6

ROOT = Path(__file__).parents[4]
RUNBOOK = (ROOT / "docs" / "RUNBOOK.md").read_text("utf-8")
STATEMENTS = [
    textwrap.dedent(block).strip() for block in re.findall(r"^ *```sql\n(.*?)^ *```", RUNBOOK, re.MULTILINE | re.DOTALL)
]
SQL_7 = """UPDATE selection_results
SET
    exit_price = ?,
    exit_time = ?,
    realized_pnl = ?,
    realized_return = ?,
    exit_reason = ?,
    is_executed = true
WHERE stock_code = ? AND selection_date = CURRENT_DATE;"""
"""The braces of the document are bound parameters."""


def statement(*words: str) -> str:
    """Return the one statement of the runbook with these words."""
    [found] = {text for text in STATEMENTS if all(word in text for word in words)}
    return found


@pytest_asyncio.fixture
async def day(tmp_path: Path) -> AsyncIterator[Path]:
    """A day: an exit, twelve blocked orders, six rejections (two of them old), the switch on, off and on again."""
    # Of the moment the test runs: the statements ask for the last five minutes.
    now = datetime.now(UTC)
    clock = HandClock(now - timedelta(hours=3))
    store: SqliteStore = make_store(tmp_path, clock, PATIENT)
    await store.open()

    async def keep(age_s: float, *facts: ev.Fact) -> None:
        clock.turn_to(now - timedelta(seconds=age_s))
        await store.record(batch(clock.now(), *facts))

    await keep(10_000, guarded(), reached(), intent())
    await keep(9_999, accepted())
    await keep(9_998, filled(), stop_loss_filled())
    await keep(900, ev.KillswitchOn(KillLevel.ACTIVE, "kim", "점검", automatic=False))
    for number in range(12):
        name = f"{number:02d}"
        await keep(
            800 - number, ev.OrderBlockedKillswitch(Symbol("005930"), name, Purpose.MANUAL, KillLevel.ACTIVE, "cli")
        )
    # On, off and on within one second.
    await keep(700.3, ev.KillswitchOff("kim", "끝"))
    await keep(700.1, ev.KillswitchOn(KillLevel.HARD, "risk", "하루 손실", automatic=True))
    for age, reason in (
        (400, "오래됨"),
        (302, "5분 지남"),
        (200, "장종료"),
        (100, "장종료"),
        (50, "한도"),
        (2, "하한가"),
    ):
        rejected = ev.OrderRejectedBroker("20261123-0001", Symbol("005930"), "삼성전자", "APBK0919", reason, False, "")
        await keep(age, rejected)
    await keep(1, ev.AuthFailed("EGW00123", "키 거부"))
    await store.close()
    yield tmp_path / "hantu.db"


def test_the_statements_are_those_of_the_documents_letter_by_letter() -> None:
    for wanted in (SQL_1, SQL_2, SQL_3, SQL_4, SQL_5, SQL_6.format(expected_event_type="<expected_event_type>")):
        assert wanted in STATEMENTS


@pytest.mark.requirement("ALR-4", "SQL-1", "SQL-2", "SQL-3", "SQL-4", "SQL-5", "SQL-6")
@pytest.mark.parametrize("number", range(len(STATEMENTS)))
async def test_every_statement_of_the_runbook_runs_as_it_stands(day: Path, number: int) -> None:
    assert isinstance(ask(day, STATEMENTS[number]), list)


@pytest.mark.requirement("ALR-10", "SQL-1")
async def test_the_ten_newest_blocked_orders(day: Path) -> None:
    rows = ask(day, statement("order_blocked_killswitch"))
    names = [json.loads(row["payload_json"])["name"] for row in rows]
    assert names == [f"{number:02d}" for number in range(11, 1, -1)]


@pytest.mark.requirement("ALR-11", "SQL-2")
async def test_the_latest_state_of_the_switch(day: Path) -> None:
    [row] = ask(day, statement("system_state"))
    assert (row["kill_level"], row["actor"], row["reason"], row["automatic"]) == ("hard", "risk", "하루 손실", 1)


@pytest.mark.requirement("ALR-16", "SQL-3")
async def test_rejections_of_five_minutes_and_none_older(day: Path) -> None:
    assert ask(day, statement("COUNT(*)")) == [{"event_type": "order_rejected_broker", "count": 4}]


@pytest.mark.requirement("ALR-17", "SQL-4")
async def test_each_rejection_with_its_reason_newest_first(day: Path) -> None:
    rows = ask(day, statement("SELECT event_type, payload_json"))
    assert [json.loads(row["payload_json"])["reason"] for row in rows] == ["하한가", "한도", "장종료", "장종료"]


@pytest.mark.requirement("ALR-32", "SQL-5")
async def test_the_twenty_newest_events(day: Path) -> None:
    rows = ask(day, statement("LIMIT 20"))
    assert len(rows) == 20
    assert rows[0]["event_type"] == "auth_failed"
    assert [row["timestamp"] for row in rows] == sorted((row["timestamp"] for row in rows), reverse=True)


@pytest.mark.requirement("ALR-33", "SQL-6")
@pytest.mark.parametrize(("event_type", "count"), [("order_filled", 1), ("killswitch_on", 2), ("no_such_event", 0)])
async def test_events_of_any_one_type(day: Path, event_type: str, count: int) -> None:
    rows = ask(day, statement("<expected_event_type>").replace("<expected_event_type>", event_type))
    assert [row["event_type"] for row in rows] == [event_type] * count


@pytest.mark.requirement("SQL-7")
async def test_the_update_of_a_selection_with_bound_parameters(day: Path) -> None:
    ask(
        day,
        "INSERT INTO selection_results (stock_code, stock_name, selection_date) VALUES (?, ?, CURRENT_DATE)",
        ("005930", "삼성전자"),
        ("000660", "SK하이닉스"),
    )
    quote = "stop_loss'; DROP TABLE selection_results; --"
    ask(day, SQL_7, (64_400, "2026-11-23 00:12:32.000000", -21_000, -3.16, quote, "005930"))

    rows = ask(day, "SELECT stock_code, exit_price, exit_reason, is_executed FROM selection_results ORDER BY id DESC")
    assert rows[:2] == [
        {"stock_code": "000660", "exit_price": None, "exit_reason": None, "is_executed": 0},
        {"stock_code": "005930", "exit_price": 64_400, "exit_reason": quote, "is_executed": 1},
    ]


@pytest.mark.requirement("DM-5")
async def test_names_the_specification_fixes_are_columns(day: Path) -> None:
    text = (ROOT / "docs" / "PHASE0_SPEC.md").read_text("utf-8")
    tables = re.findall(r"^\| `(\w+)` \| (`.*`) \|$", text, re.MULTILINE)
    assert len(tables) == 6
    for table, columns in tables:
        there = {row["name"] for row in ask(day, f"PRAGMA table_info({table})")}
        assert set(re.findall(r"`(\w+)`", columns)) <= there, table
