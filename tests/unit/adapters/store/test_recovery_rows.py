"""What a recovery, a notice and a raised stop leave in the tables."""

import json
from datetime import date
from pathlib import Path

import pytest

from hantu.adapters.store.queries import Queries
from hantu.adapters.store.recoveries import latest_recovery
from hantu.adapters.store.store import SqliteStore
from hantu.domain import events as ev
from hantu.domain.delays import notice_delay_ms
from hantu.domain.order import Purpose
from tests.contract.lives import SAMSUNG, HandClock, accepted, batch, filled, guarded, intent, stop_loss_filled
from tests.unit.adapters.store.test_records import rows

TODAY = date(2026, 11, 23)
BEGAN = ev.RecoveryBegan("R-1", "unclean_end", "guard", "2026-11-23 00:12:31.000000")


def step(which: ev.RecoveryStep, *differences: str) -> ev.RecoveryStepDone:
    return ev.RecoveryStepDone("R-1", which, "guard", "2026-11-23 00:12:31.000000", 1.5, "끝", differences)


@pytest.mark.requirement("OPS-05-8", "OPS-06-1", "DM-4")
async def test_every_step_is_one_audit_row_with_time_result_and_differences(
    store: SqliteStore, database: Path, queries: Queries, clock: HandClock
) -> None:
    facts = [BEGAN, *(step(which, "차이") for which in ev.RecoveryStep)]
    done = ev.RecoveryCompleted(1, 1, ("차이",), "R-1", "unclean_end", "guard", BEGAN.began_at, 7.1, ("남은 일",))
    await store.record(batch(clock.now(), *facts, done))
    await store.record(batch(clock.advance(1), ev.RecoveryCompleted(0, 0, ())))

    found = [row for row in queries.audit() if row.event_type.startswith("recovery")]
    assert [row.event_type for row in reversed(found)] == [
        "recovery_began", *["recovery_step_done"] * 5, "recovery_completed",
    ]  # fmt: skip
    assert {row.actor for row in found} == {"guard"}
    told = json.loads(found[1].details_json)
    assert (told["duration_s"], told["result"], told["differences"]) == (1.5, "끝", ["차이"])
    assert rows(database, "SELECT count(*) FROM ops_audit_log WHERE event_type = 'recovery_completed'") == [(1,)]


@pytest.mark.requirement("OPS-05-8", "OPS-05-7")
async def test_the_latest_recovery_is_told_as_one(store: SqliteStore, database: Path, clock: HandClock) -> None:
    assert latest_recovery(database) is None
    stopped = ev.RecoveryStopped("R-1", ev.RecoveryStep.KILL_SWITCH, "guard", "", 60.0, "왜")
    await store.record(batch(clock.now(), BEGAN, step(ev.RecoveryStep.DETECT)))
    found = latest_recovery(database)
    assert found is not None
    assert (found["state"], len(found["steps"])) == ("running", 1)
    await store.record(batch(clock.advance(1), stopped))
    found = latest_recovery(database)
    assert found is not None
    assert (found["state"], found["reason"], found["steps"][-1]["ok"]) == ("stopped", "왜", False)
    await store.record(batch(clock.advance(1), ev.RecoveryResumed("R-1", ev.RecoveryStep.KILL_SWITCH, "op")))
    done = ev.RecoveryCompleted(1, 1, ("차이",), "R-1", "unclean_end", "guard", BEGAN.began_at, 7.1, ("남은 일",))
    await store.record(batch(clock.advance(1), step(ev.RecoveryStep.KILL_SWITCH), done))
    found = latest_recovery(database)
    assert found is not None
    assert (found["state"], found["duration_s"], found["remaining"]) == ("completed", 7.1, ["남은 일"])
    assert [part["ok"] for part in found["steps"]] == [True, False, True]


@pytest.mark.requirement("MON-4.1.04", "DM-2")
async def test_the_delay_of_a_notice_is_a_metric(store: SqliteStore, database: Path, clock: HandClock) -> None:
    await store.record(batch(clock.now(), guarded()))
    await store.record(batch(clock.advance(0.1), intent(epoch=1), epoch=1))
    await store.record(batch(clock.advance(0.1), accepted()))
    fill = filled(quantity=4, cumulative=4, price=64_500)
    await store.record(batch(clock.advance(1), fill))
    expected = notice_delay_ms(fill.filled_at, fill.received_at)
    found = rows(database, "SELECT metric_name, metric_value FROM monitoring_metrics")
    assert found == ([("fill_notice_delay_ms", expected)] if fill.source == "notice" and expected is not None else [])
    assert found


@pytest.mark.parametrize(
    ("filled_at", "received_at", "delay"),
    [
        ("2026-11-23 00:00:01.000000", "2026-11-23 00:00:03.250000", 2_250.0),
        ("2026-11-23 00:00:02.000000", "2026-11-23 00:00:01.900000", 0.0),
        ("", "2026-11-23 00:00:01.900000", None),
    ],
)
@pytest.mark.requirement("MON-4.1.04")
def test_a_delay_is_never_below_zero_and_unknown_without_a_time(
    filled_at: str, received_at: str, delay: float | None
) -> None:
    assert notice_delay_ms(filled_at, received_at) == delay


@pytest.mark.requirement("OPS-05-6")
async def test_a_raised_stop_and_a_taken_profit_are_there_on_another_day(store: SqliteStore, clock: HandClock) -> None:
    await store.record(batch(clock.now(), guarded(), ev.TrailingStopRaised(SAMSUNG, 74_000, 72_520)))
    part = stop_loss_filled()
    taken = ev.TakeProfitFilled(
        part.flow, SAMSUNG, part.name, 70_000, part.entry_price, 4, 1, 0.1, 0, part.exit_at, 0, Purpose.PARTIAL_PROFIT
    )
    await store.record(batch(clock.advance(1), taken))
    [origin] = (await store.load(date(2026, 11, 24))).origins
    assert (origin.trailing, origin.high, origin.stop_price, origin.partial_done) == (True, 74_000, 72_520, True)
    assert origin.average_price == guarded().average_price
    await store.record(batch(clock.advance(1), guarded()))
    [origin] = (await store.load(date(2026, 11, 24))).origins
    assert (origin.trailing, origin.high, origin.partial_done) == (False, 0, False), "a fresh purchase begins anew"


@pytest.mark.requirement("OPS-05-1")
async def test_a_life_that_a_bug_ended_is_not_a_clean_end(store: SqliteStore, database: Path, clock: HandClock) -> None:
    await store.record(batch(clock.now(), guarded()))
    await store.close(clean=False)
    assert rows(database, "SELECT clean FROM lease") == [(0,)]
