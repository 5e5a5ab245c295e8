"""Before the opening the guard tests everything by itself, asks a person to say so, and tells what fails."""

import json
from typing import Any

import pytest

from tests.e2e.arena import Arena
from tests.e2e.test_kill_switch import SCENARIO

MORNING = "\n".join(
    'clock: {date: 2026-11-23, start: "08:40:00", speed: 1}' if line.startswith("clock:") else line
    for line in SCENARIO.splitlines()
)


def begun(arena: Arena, **environ: str) -> Arena:
    path = arena.home / "morning.yaml"
    path.write_text(MORNING)
    arena.start_exchange(str(path))
    arena.extra_env = {"HANTU_HEALTH_INTERVAL_S": "1", "HANTU_HEALTH_MORNING_CHECK": "on", **environ}
    arena.start_guard("--start")
    return arena


def run_of(arena: Arena) -> dict[str, dict[str, Any]]:
    def found() -> Any:
        rows = arena.rows("SELECT items_json FROM checklist_runs WHERE kind = 'morning'")
        return json.loads(rows[0][0]) if rows else None

    return {item["name"]: item for item in arena.wait(found, "the morning's run", 40)}


def told_tests(arena: Arena) -> list[tuple[Any, ...]]:
    return arena.rows("SELECT alert_id FROM alert_events WHERE event_type = 'alert_test' AND sent_at <> ''")


@pytest.mark.requirement("ALR-54", "SVC-52", "OPS-04-9")
def test_the_guard_tests_itself_and_a_person_acknowledges_the_alert(arena: Arena) -> None:
    begun(arena, HANTU_HEALTH_MORNING_ACK_S="25")
    ((number,),) = arena.wait(lambda: told_tests(arena), "the test alert", 30)
    assert any("알림 시험: 개장 전 점검" in text for text in arena.phone.texts())
    arena.run("alerts", "ack", str(number))
    items = run_of(arena)
    assert items["alert_round_trip"]["result"] == "ok"
    assert (items["alert_ack"]["result"], "만에 확인" in items["alert_ack"]["value"]) == ("ok", True)
    assert items["tr_ids"]["result"] == "ok"
    assert "order_sell TTTC0011U" in items["tr_ids"]["detail"]
    assert len(arena.rows("SELECT 1 FROM checklist_runs")) == 1


@pytest.mark.requirement("ALR-54", "OPS-04-9")
def test_what_fails_is_told_also_that_nobody_acknowledged(arena: Arena) -> None:
    (arena.home / "empty").mkdir()
    begun(arena, HANTU_HEALTH_MORNING_ACK_S="1", HANTU_HEALTH_BACKUP_DIR=str(arena.home / "empty"))
    items = run_of(arena)
    failed = {name for name, item in items.items() if item["result"] == "fail"}
    assert {"alert_ack", "backup"} <= failed
    arena.wait(lambda: sum("개장 전 점검 실패" in text for text in arena.phone.texts()), "the failures to be told", 20)
    text = "\n".join(arena.phone.texts())
    for name in failed:
        assert f"개장 전 점검 실패: {items[name]['title']}" in text
