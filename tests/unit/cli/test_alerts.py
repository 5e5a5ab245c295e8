"""``hantu alerts``: list, show, explain, acknowledge, silence, count."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from hantu.adapters.store.sqlite import connect_readonly
from hantu.adapters.store.store import SqliteStore
from hantu.domain import events as ev
from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.instant import Instant
from hantu.ports import Batch
from hantu.runtime.dispatcher import Dispatcher
from tests.contract.lives import HandClock
from tests.unit.runtime.delivery import FakeChannel

AT = datetime(2026, 11, 23, 0, 12, 31, tzinfo=UTC)
KINDS = ("killswitch_on", "health_degraded", "health_degraded", "stop_loss_filled", "connection_lost")


def of(number, kind):
    priority = Priority.EMERGENCY if kind == "killswitch_on" else Priority.HIGH
    return Alert(kind, f"{kind}:k", Severity.WARN, priority, "OPS-01", f"{kind} {number}", symbol="005930")


async def opened(home, clock):
    store = SqliteStore(
        home / "hantu.db", clock, holder="test", account_alias="main", environment="local", spill_dir=home / "spill"
    )
    await store.open()
    return store


@pytest.fixture(autouse=True)
def recorded(home):
    async def record():
        clock = HandClock(AT)
        store = await opened(home, clock)
        for number, kind in enumerate(KINDS, start=1):
            at = Instant(AT + timedelta(hours=7 * number), 0.0)
            await store.record(Batch(at, (ev.SubscribeDone(1),), ((0, of(number, kind)),), epoch=store.epoch))
        clock.advance(7 * 3_600)
        await Dispatcher(store, FakeChannel(), clock, desk=store.desk).step()
        await store.close()

    asyncio.run(record())


def test_alerts_are_listed_with_their_numbers(hantu, hantu_json):
    assert "killswitch_on 1" in hantu("alerts")[1]
    assert [row["alert_id"] for row in hantu_json("alerts", "list", "--limit", "2")[1]] == [5, 4]
    assert hantu_json("alerts", "list", "--unsent")[1][-1]["alert_id"] == 2


def test_one_alert_is_shown_with_every_channel(hantu, hantu_json):
    code, rows = hantu_json("alerts", "show", "1")
    assert (code, [row["channel"] for row in rows]) == (0, ["telegram"])
    assert "killswitch_on 1" in hantu("alerts", "show", "1")[1]
    assert hantu("alerts", "show", "99")[0] == 2


def test_the_story_of_an_alert_says_what_was_decided_and_why(hantu, hantu_json):
    code, value = hantu_json("alerts", "explain", "2")
    assert code == 0
    assert [step["code"] for step in value["steps"]] == ["quiet_hours"]
    assert "장 시간이 아니어서 기다립니다 - 다음 확인 2026-11-24 08:00:00" in value["text"][0]
    told = hantu("alerts", "explain", "1")[1]
    assert "바로 알립니다" in told
    assert "telegram 채널이 받았습니다" in told
    assert hantu("alerts", "explain", "99")[0] == 2


def test_an_emergency_is_acknowledged_and_nothing_else_needs_it(hantu, hantu_json, home):
    assert hantu_json("alerts", "ack", "1", "--for", "10m")[1]["seconds"] == 600
    assert "끝난 일" in hantu("alerts", "ack", "1", "--done")[1]
    assert hantu("alerts", "ack", "2")[0] == 3
    assert hantu("alerts", "ack", "99")[0] == 2
    assert hantu("alerts", "ack", "1", "--for", "soon")[0] == 2
    assert "님이 확인했습니다" in hantu("alerts", "explain", "1")[1]
    acks = asyncio.run(words(home)).acks
    assert [(one.key, one.done, 590 < one.until <= 600) for one in acks] == [
        ("killswitch_on:k", False, True), ("killswitch_on:k", True, False),
    ]  # fmt: skip
    assert all(-60 < one.at <= 0 for one in acks)


async def words(home):
    store = await opened(home, HandClock(AT))
    try:
        return await store.desk.words()
    finally:
        await store.close()


def test_a_silence_reaches_the_guard_and_ends_when_it_is_told_to(hantu, hantu_json, home):
    made = hantu_json("alerts", "silence", "--type", "health_*", "--symbol", "005930", "--for", "2h", "-c", "line")
    assert made == (0, {"ok": True, "silence_id": 1})
    (heard,) = asyncio.run(words(home)).silences
    assert (heard.event_type, heard.symbol, heard.comment, heard.emergency) == ("health_*", "005930", "line", False)
    assert 7_190 < heard.until <= 7_200
    assert "health_* 005930" in hantu("alerts", "silences")[1]
    assert hantu("alerts", "unsilence", "1")[0] == 0
    assert hantu("alerts", "unsilence", "1")[0] == 3
    assert hantu("alerts", "unsilence", "9")[0] == 2
    assert "침묵이 없습니다" in hantu("alerts", "silences")[1]
    assert hantu_json("alerts", "silences", "--all")[1][0]["active"] == 0
    assert asyncio.run(words(home)).silences == ()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["--for", "1h", "-c", "x"], 3),
        (["--for", "31d", "-c", "x", "--type", "data_delay"], 3),
        (["--for", "2h", "-c", "x", "--type", "order_failed", "--emergency"], 3),
        (["--for", "1h", "-c", "x", "--type", "order_failed", "--emergency"], 0),
        (["--for", "1h", "-c", "x", "--maintenance"], 0),
        (["--for", "1h", "-c", "x", "--type", "dta_delay"], 2),
        (["--for", "1h", "-c", "x", "--priority", "loud"], 2),
        (["--for", "1h", "-c", "x", "--category", "OPS-09"], 2),
        (["--for", "1 hour", "-c", "x", "--type", "data_delay"], 2),
        (["--type", "data_delay"], 2),
    ],
)
def test_what_may_be_silenced_and_what_not(hantu, given, code):
    assert hantu("alerts", "silence", *given)[0] == code


@pytest.mark.requirement("ALR-7")
def test_counts_equal_the_table(hantu, hantu_json, home):
    connection = connect_readonly(home / "hantu.db")
    rows = dict(connection.execute("SELECT alert_id, event_type || '|' || event_at FROM alert_events").fetchall())
    connection.close()
    kinds = Counter(row.partition("|")[0] for row in rows.values())
    moments = [
        datetime.fromisoformat(row.partition("|")[2]).replace(tzinfo=UTC) + timedelta(hours=9) for row in rows.values()
    ]
    code, found = hantu_json("alerts", "stats")
    assert (code, found["total"], found["per_type"]) == (0, 5, kinds)
    assert found["per_hour"] == Counter(f"{moment:%H}" for moment in moments)
    assert found["per_weekday"] == Counter(f"{moment:%w}" for moment in moments)
    assert "알림 5건" in hantu("alerts", "stats")[1]
    assert hantu_json("alerts", "stats", "--since", "2026-11-24 20:00")[1]["total"] == 1
