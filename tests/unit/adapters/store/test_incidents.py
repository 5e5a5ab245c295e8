"""A critical alert opens an incident in its own transaction; equal ones join it while it is open."""

import json
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hantu.adapters.store import incidents as desk
from hantu.adapters.store.chain_check import check_trail
from hantu.adapters.store.sqlite import connect
from hantu.adapters.store.store import SqliteStore
from hantu.alerting.rules import Context, alerts_of
from hantu.domain import events as ev
from hantu.domain.commands import KillLevel
from hantu.domain.errors import BrokenError, DeniedError, UsageError
from hantu.domain.instrument import Symbol
from tests.contract.lives import HandClock, accepted, batch, intent, reached
from tests.unit.adapters.store.plain_sqlite import ask
from tests.unit.alerting.samples import SAMPLES


def failed(symbol: str = "005930", intent_id: str = "20261123-0001") -> ev.OrderFailed:
    made = next(fact for fact in SAMPLES if isinstance(fact, ev.OrderFailed))
    flow = "f1" if symbol == "005930" else "f2"
    return replace(made, symbol=Symbol(symbol), intent_id=intent_id, flow=flow)


async def keep(store: SqliteStore, clock: HandClock, *facts: ev.Fact) -> None:
    context = Context(clock.now().wall)
    alerts = tuple((index, alert) for index, fact in enumerate(facts) for alert in alerts_of(fact, context))
    await store.record(batch(clock.now(), *facts, alerts=alerts))


def written(found: desk.Incident, moments: object, summary: str) -> str:
    return f"{found.incident_id}: {summary}"


@pytest.mark.requirement("SVC-50")
async def test_one_incident_for_each_cause_while_it_is_open(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    await keep(store, clock, reached(), intent(), accepted())
    for _ in range(3):
        clock.advance(1)
        await keep(store, clock, failed())
    await keep(store, clock, failed("000660", "20261123-0002"))
    await keep(store, clock, ev.SubscribeDone(1), ev.ConnectionFlapping(3, 300))

    found = desk.incidents(database)
    assert [(one.cause, one.occurrences) for one in found] == [("order_failed:000660", 1), ("order_failed:005930", 3)]
    first = found[1]
    assert first.last_at > first.opened_at
    assert first.state == "open"
    [event] = ask(database, f"SELECT * FROM event_log WHERE event_id = '{first.event_id}'")
    assert (event["event_type"], event["correlation_id"]) == ("order_failed", first.correlation_id)
    opened = ask(database, "SELECT * FROM ops_audit_log WHERE event_type = 'incident_opened' ORDER BY audit_id")
    assert [json.loads(row["details_json"])["incident"] for row in opened] == [1, 2]
    assert opened[0]["correlation_id"] == first.correlation_id


async def test_a_cause_that_comes_back_after_the_end_is_a_new_incident(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    await keep(store, clock, failed())
    desk.decide(database, 1, "none", "시험", actor="kim")
    desk.close(database, 1, "끝", actor="kim", write=written)
    clock.advance(1)
    await keep(store, clock, failed())

    assert [(one.incident_id, one.state, one.occurrences) for one in desk.incidents(database, every=True)] == [
        (2, "open", 1),
        (1, "closed", 1),
    ]


async def test_an_incident_that_cannot_be_filed_costs_neither_fact_nor_order(
    store: SqliteStore, database: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(connect(database, wait_s=1)) as connection:
        connection.execute("DROP TABLE incidents")
    await keep(store, clock, reached(), intent(), failed())

    kinds = [row["event_type"] for row in ask(database, "SELECT event_type FROM event_log ORDER BY event_id")]
    assert kinds == ["stop_loss_reached", "intent_recorded", "order_failed"]
    assert len(ask(database, "SELECT * FROM intents")) == 1
    assert len(ask(database, "SELECT * FROM alert_events WHERE severity = 'CRITICAL'")) == 1
    assert "장애를 기록하지 못했습니다" in caplog.text


async def test_ten_thousand_events_are_one_incident_and_a_page_one_can_read(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    for _ in range(100):
        clock.advance(1)
        await keep(store, clock, *(failed() for _ in range(100)))

    began = time.monotonic()
    found, moments = desk.story(database, 1)
    assert found.occurrences == 10_000
    assert 200 <= len(moments) <= 1_000
    assert time.monotonic() - began < 5
    assert len(ask(database, "SELECT * FROM incident_log")) == 1


@pytest.mark.requirement("SVC-50", "SVC-51")
async def test_every_act_is_logged_and_audited(store: SqliteStore, database: Path, clock: HandClock) -> None:
    await keep(store, clock, failed())
    desk.assign(database, 1, "lee", actor="kim")
    desk.acknowledge(database, 1, actor="lee", note="보는 중")
    desk.decide(database, 1, "rollback", "새 버전 오류", actor="park")
    ended = desk.close(database, 1, "되돌림", actor="lee", write=written)

    assert (ended.assignee, ended.acked_by, ended.decided_by, ended.closed_by) == ("lee", "lee", "park", "lee")
    assert (ended.decision, ended.report) == ("rollback: 새 버전 오류", "1: 되돌림")
    log = ask(database, "SELECT kind, actor FROM incident_log ORDER BY entry_id")
    audit = ask(
        database, "SELECT event_type, actor FROM ops_audit_log WHERE event_type LIKE 'incident%' ORDER BY audit_id"
    )
    wanted = [("opened", "guard"), ("assigned", "kim"), ("acknowledged", "lee"), ("decided", "park"), ("closed", "lee")]
    assert [tuple(row.values()) for row in log] == wanted
    assert [tuple(row.values()) for row in audit] == [(f"incident_{kind}", who) for kind, who in wanted]
    assert "append-only" in ask(database, "UPDATE incident_log SET actor = 'nobody'")
    assert "append-only" in ask(database, "DELETE FROM incident_log")
    assert check_trail(database, []).finding is None


async def test_what_is_over_stays_over(store: SqliteStore, database: Path, clock: HandClock) -> None:
    await keep(store, clock, failed())
    with pytest.raises(DeniedError, match="결정"):
        desk.close(database, 1, "x", actor="kim", write=written)
    desk.acknowledge(database, 1, actor="kim")
    with pytest.raises(DeniedError, match="이미 확인"):
        desk.acknowledge(database, 1, actor="lee")
    with pytest.raises(UsageError):
        desk.decide(database, 1, "pray", "x", actor="kim")
    with pytest.raises(UsageError):
        desk.decide(database, 1, "none", "  ", actor="kim")
    desk.decide(database, 1, "none", "x", actor="kim")
    with pytest.raises(UsageError):
        desk.close(database, 1, " ", actor="kim", write=written)
    desk.close(database, 1, "x", actor="kim", write=written)
    for act in (
        lambda: desk.close(database, 1, "x", actor="kim", write=written),
        lambda: desk.acknowledge(database, 1, actor="kim"),
        lambda: desk.assign(database, 1, "lee", actor="kim"),
        lambda: desk.decide(database, 1, "none", "x", actor="kim"),
    ):
        with pytest.raises(DeniedError, match="이미 닫"):
            act()
    with pytest.raises(UsageError, match="없습니다"):
        desk.acknowledge(database, 99, actor="kim")


def test_without_a_database_none_is_made(tmp_path: Path) -> None:
    for act in (
        lambda: desk.incidents(tmp_path / "none.db"),
        lambda: desk.acknowledge(tmp_path / "none.db", 1, actor="kim"),
        lambda: desk.look_after(tmp_path / "none.db", ("kim",), 1.0),
    ):
        with pytest.raises(BrokenError):
            act()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.requirement("SVC-50")
async def test_duty_gets_what_is_new_and_the_next_what_nobody_saw_once(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    await keep(store, clock, failed())
    duty = ("kim", "lee")
    assert desk.look_after(database, duty, 3_600.0) == ()
    assert desk.incident(database, 1).assignee == "kim"
    time.sleep(0.02)
    [one] = desk.look_after(database, duty, 0.001)
    assert (one.incident_id, one.assignee) == (1, "lee")
    assert desk.look_after(database, duty, 0.001) == ()
    assert desk.incident(database, 1).state == "escalated"
    rows = ask(database, "SELECT text FROM incident_log WHERE kind = 'escalated'")
    assert [row["text"] for row in rows] == ["lee"]
    assert len(ask(database, "SELECT * FROM ops_audit_log WHERE event_type = 'incident_escalated'")) == 1


async def test_acknowledged_and_closed_ones_are_left_alone(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    await keep(store, clock, failed(), failed("000660", "20261123-0002"))
    desk.acknowledge(database, 1, actor="kim")
    desk.decide(database, 2, "none", "x", actor="kim")
    desk.close(database, 2, "x", actor="kim", write=written)
    time.sleep(0.02)
    assert desk.look_after(database, (), 0.001) == ()


@pytest.mark.requirement("SVC-51")
async def test_the_time_line_tells_facts_alerts_acks_switch_recovery_and_people(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    await keep(store, clock, reached(), intent(), accepted())
    clock.advance(1)
    await keep(store, clock, failed())
    clock.advance(1)
    await keep(store, clock, ev.KillswitchOn(KillLevel.ACTIVE, "kim", "실패", automatic=False))
    await keep(store, clock, ev.KillswitchOff("kim", "끝"), ev.SubscribeDone(1))
    await keep(store, clock, next(fact for fact in SAMPLES if isinstance(fact, ev.RecoveryBegan)))
    await store.delivered(1, "telegram")
    with closing(connect(database, wait_s=1)) as connection:
        connection.execute(
            "INSERT INTO alert_acks (alert_id, alert_key, author, acked_at, expires_at) VALUES (1, 'k', 'lee', ?, '9')",
            ((clock.now().wall + timedelta(seconds=5)).strftime("%Y-%m-%d %H:%M:%S.%f"),),
        )
    desk.acknowledge(database, 1, actor="lee")

    found, moments = desk.story(database, 1)
    kinds = {(one.source, one.kind) for one in moments}
    assert {
        ("fact", "order_failed"), ("kill", "killswitch_on"), ("kill", "killswitch_off"), ("recovery", "recovery_began"),
        ("alert", "order_failed"), ("ack", "alert_acknowledged"), ("person", "opened"), ("person", "acknowledged"),
    } <= kinds  # fmt: skip
    assert ("fact", "subscribe_done") not in kinds
    assert [one.at for one in moments] == sorted(one.at for one in moments)
    told = next(one for one in moments if one.source == "alert" and one.who == "telegram")
    assert "보냄(telegram)" in told.text
    assert found.correlation_id in {one.correlation_id for one in moments}
