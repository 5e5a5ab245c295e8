"""Who hears of an incident that nobody acknowledged, and that the guard outlives all of it."""

import asyncio
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from hantu.adapters.store.entries import AlertRow
from hantu.adapters.store.incident_rows import note_incident
from hantu.adapters.store.incidents import incident
from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.sqlite import connect, transaction
from hantu.alerting.rows import CATALOGUE
from hantu.domain.alert import Alert, Priority
from hantu.settings.incident_duty import IncidentDuty
from hantu.settings.model import HealthSettings, IncidentSettings, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path, database=tmp_path / "hantu.db", health=HealthSettings(interval_s=0.2),
        incidents=IncidentSettings(duty=("kim", "lee"), escalate_after_s=1.0),
    )  # fmt: skip


def open_one(database: Path) -> None:
    alert = AlertRow(
        1, "e1", "order_failed", "k", "CRITICAL", "emergency", "OPS-02", "주문 실패", "", "2026-11-23", "005930"
    )
    init_database(database)
    with closing(connect(database, wait_s=1)) as connection, transaction(connection):
        note_incident(connection, alert)


@pytest.mark.requirement("SVC-50")
async def test_the_next_on_duty_is_told_once_by_the_catalogue(settings: Settings) -> None:
    open_one(settings.database)
    told: list[Alert] = []
    task = asyncio.create_task(IncidentDuty(settings, told.append).run())
    await asyncio.sleep(0.5)
    assert (incident(settings.database, 1).assignee, told) == ("kim", [])
    await asyncio.sleep(1.4)
    task.cancel()
    [alert] = told
    assert (alert.event_type, alert.priority) == ("incident_escalated", Priority.EMERGENCY)
    assert "담당 lee" in alert.short
    assert "1초 동안" in alert.short
    assert alert.category == CATALOGUE["incident_escalated"].area
    assert incident(settings.database, 1).assignee == "lee"


async def test_records_that_cannot_be_read_are_told_once_and_end_nothing(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    duty = IncidentDuty(settings, lambda _alert: None)
    for _ in range(3):
        await duty.look()
    assert caplog.text.count("장애 담당을 확인하지 못함") == 1
    open_one(settings.database)
    await duty.look()
    assert incident(settings.database, 1).assignee == "kim"


async def test_nobody_on_duty_is_said_too(settings: Settings) -> None:
    open_one(settings.database)
    alone = msgspec.structs.replace(settings, incidents=IncidentSettings(escalate_after_s=1.0))
    told: list[Alert] = []
    await asyncio.sleep(1.05)
    await IncidentDuty(alone, told.append).look()
    assert [("담당 없음" in alert.short) for alert in told] == [True]
