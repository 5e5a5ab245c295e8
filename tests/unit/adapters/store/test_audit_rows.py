"""Every operation leaves exactly one row, with actor, time and the flow it belongs to."""

import json
from pathlib import Path
from typing import Any

import pytest

from hantu.adapters.store.chain_check import check_trail
from hantu.adapters.store.config_rows import ConfigValue, record_config
from hantu.adapters.store.queries import Queries
from hantu.adapters.store.store import SqliteStore
from hantu.domain import events as ev
from hantu.domain.commands import KillLevel
from tests.contract.lives import MORNING, HandClock, alert, batch, stop_loss_filled
from tests.unit.adapters.store.conftest import PATIENT, make_store


def trail(queries: Queries, *kinds: str) -> list[tuple[str, str, dict[str, Any]]]:
    rows = [row for row in reversed(queries.audit(1_000)) if not kinds or row.event_type in kinds]
    return [(row.event_type, row.actor, json.loads(row.details_json)) for row in rows]


@pytest.mark.requirement("OPS-06-2", "OPS-06-1")
async def test_starts_and_ends_clean_and_unclean(tmp_path: Path, queries: Queries, clock: HandClock) -> None:
    for clean in (True, False, True):
        life = make_store(tmp_path, clock, PATIENT)
        await life.open()
        await life.close(clean=clean)
    assert [kind for kind, _, _ in trail(queries)] == [
        "guard_started", "guard_ended", "guard_started", "unclean_end_found", "guard_started", "guard_ended",
    ]  # fmt: skip
    assert {row.event_ts[:10] for row in queries.audit()} == {MORNING.date().isoformat()}
    assert check_trail(tmp_path / "hantu.db", []).finding is None


@pytest.mark.requirement("OPS-06-4", "OPS-06-1", "PR-4")
async def test_kill_switch_on_refused_and_off(store: SqliteStore, queries: Queries, clock: HandClock) -> None:
    await store.record(batch(clock.now(), ev.KillswitchOn(KillLevel.ACTIVE, "kim", "점검", automatic=False)))
    refused = ev.KillswitchReleaseRefused("lee", "끝", KillLevel.ACTIVE, ("미체결 주문",))
    await store.record(batch(clock.advance(1), refused))
    await store.record(batch(clock.advance(1), ev.KillswitchOff("lee", "확인")))

    found = trail(queries, "killswitch_on", "killswitch_release_refused", "killswitch_off")
    assert [(kind, actor, details["reason"]) for kind, actor, details in found] == [
        ("killswitch_on", "kim", "점검"),
        ("killswitch_release_refused", "lee", "끝"),
        ("killswitch_off", "lee", "확인"),
    ]
    assert found[1][2]["obstacles"] == ["미체결 주문"]
    for row in queries.audit():
        if row.event_type.startswith("killswitch"):
            [link] = queries.explain(row.correlation_id)
            assert (link.event_id, link.event_type) == (row.event_id, row.event_type)


@pytest.mark.requirement("OPS-06-5", "OPS-06-1", "PR-4")
async def test_every_attempt_to_tell_is_one_row(store: SqliteStore, queries: Queries, clock: HandClock) -> None:
    await store.record(batch(clock.now(), stop_loss_filled(), alerts=((0, alert()),)))
    await store.failed(1, "telegram", "timeout", retry_s=3)
    clock.advance(3)
    await store.failed(1, "telegram", "400", retry_s=None)
    await store.delivered(1, "log")
    await store.delivered(1, "log")

    found = trail(queries, "alert_sent", "alert_failed", "alert_given_up")
    assert [(kind, told["channel"], told["attempt"], told.get("reason")) for kind, _, told in found] == [
        ("alert_failed", "telegram", 1, "timeout"),
        ("alert_given_up", "telegram", 2, "400"),
        ("alert_sent", "log", 1, None),
    ]
    rows = [row for row in queries.audit() if row.event_type.startswith("alert_")]
    assert {queries.explain(row.correlation_id)[0].event_type for row in rows} == {"stop_loss_filled"}


@pytest.mark.requirement("OPS-06-3", "OPS-06-1")
def test_each_changed_setting_is_one_row_and_secrets_are_masked(database: Path, queries: Queries) -> None:
    first = {"guard.mode": ConfigValue("sell"), "kis.app_key": ConfigValue("m1", secret=True), "old": ConfigValue("1")}
    assert record_config(database, first, actor="kim") == ()
    assert record_config(database, first, actor="kim") == ()
    second = {"guard.mode": ConfigValue("watch"), "kis.app_key": ConfigValue("m2", secret=True)}
    assert record_config(database, second, actor="lee") == ("guard.mode", "kis.app_key", "old")
    assert record_config(database, second, actor="lee") == ()

    assert trail(queries) == [
        ("config_recorded", "kim", {"keys": 3}),
        ("config_changed", "lee", {"key": "guard.mode", "old": "sell", "new": "watch"}),
        ("config_changed", "lee", {"key": "kis.app_key", "old": "***", "new": "***"}),
        ("config_changed", "lee", {"key": "old", "old": "1", "new": ""}),
    ]
