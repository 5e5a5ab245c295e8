"""When the morning's test runs, and what is told of a test that fails or cannot run."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hantu.adapters.store.checklist_rows import save_run
from hantu.adapters.store.maintenance import init_database
from hantu.domain.alert import Alert, Priority
from hantu.domain.krx_calendar import KRX_CALENDAR
from hantu.settings.model import HealthSettings, Settings
from hantu.settings.morning_duty import MorningDuty, wanted
from tests.contract.lives import HandClock

AT_0829 = datetime(2026, 11, 22, 23, 29, tzinfo=UTC)
AT_0831 = datetime(2026, 11, 22, 23, 31, tzinfo=UTC)
AT_0901 = datetime(2026, 11, 23, 0, 1, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 20, 23, 31, tzinfo=UTC)
ITEMS = (
    '{"run_id": 1, "result": "fail", "items": ['
    '{"name": "backup", "title": "백업", "result": "fail", "value": "없음", "detail": "2일 지남"},'
    '{"name": "clock", "title": "시계", "result": "ok", "value": "0.1초", "detail": ""}]}'
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    init_database(tmp_path / "hantu.db")
    return Settings(home=tmp_path, database=tmp_path / "hantu.db", health=HealthSettings(morning_ack_s=0))


def duty(settings: Settings, at: datetime, told: list[Alert], script: str) -> MorningDuty:
    clock = HandClock(at)
    return MorningDuty(settings, clock, lambda: KRX_CALENDAR, told.append, (sys.executable, "-c", script))


@pytest.mark.parametrize(("at", "runs"), [(AT_0829, 0), (AT_0831, 1), (AT_0901, 0), (SATURDAY, 0)])
async def test_it_runs_once_in_the_half_hour_before_an_opening(settings: Settings, at: datetime, runs: int) -> None:
    told: list[Alert] = []
    mark = settings.home / "ran"
    script = f"open({str(mark)!r}, 'a').write('x'); print('{{\"items\": []}}')"
    here = duty(settings, at, told, script)
    for _ in range(3):
        await here.look()
    assert (mark.read_text() if mark.exists() else "") == "x" * runs
    assert told == []


async def test_an_item_that_fails_is_an_alert_and_one_that_is_well_is_none(settings: Settings) -> None:
    told: list[Alert] = []
    await duty(settings, AT_0831, told, f"print({ITEMS!r})").look()
    [alert] = told
    assert (alert.event_type, alert.priority) == ("morning_check_failed", Priority.HIGH)
    assert alert.short == "⚠️ 개장 전 점검 실패: 백업: 없음 (2일 지남)"
    assert alert.key == "morning_check_failed:backup:2026-11-23"


@pytest.mark.parametrize("script", ["raise SystemExit('데이터베이스가 없습니다')", "print('no json')"])
async def test_a_test_without_a_result_is_told(settings: Settings, script: str) -> None:
    told: list[Alert] = []
    await duty(settings, AT_0831, told, script).look()
    [alert] = told
    assert "점검이 결과 없이 끝남" in alert.short


async def test_a_test_that_hangs_is_ended_and_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hantu.settings.morning_duty.LIMIT_S", 0.3)
    told: list[Alert] = []
    await duty(settings, AT_0831, told, "import time; time.sleep(60)").look()
    assert ["안에 끝나지 않음" in one.short for one in told] == [True]


async def test_what_a_person_ran_in_this_half_hour_is_not_run_again(settings: Settings) -> None:
    save_run(settings.database, "morning", "ok", [], actor="kim", confirmed_by="", note="")
    told: list[Alert] = []
    await duty(settings, AT_0831, told, "raise SystemExit('ran')").look()
    assert told == []


@pytest.mark.parametrize(
    ("environment", "check", "expected"),
    [
        ("real", "auto", True),
        ("paper", "auto", True),
        ("local", "auto", False),
        ("local", "on", True),
        ("real", "off", False),
    ],
)
def test_it_runs_by_itself_where_money_or_an_account_is(environment: str, check: str, expected: bool) -> None:
    found = Settings(environment=environment, health=HealthSettings(morning_check=check))  # type: ignore[arg-type]
    assert wanted(found) is expected
