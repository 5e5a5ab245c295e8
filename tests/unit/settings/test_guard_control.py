"""What the control socket is wired to: a release that never reaches the engine is on record all the same."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.queries import Queries
from hantu.alerting.rules import Context, alerts_of
from hantu.domain.commands import KillLevel
from hantu.domain.errors import BrokenError, DeniedError, UsageError
from hantu.domain.events import ProcessGivenUp
from hantu.domain.instant import Instant
from hantu.settings.guard_control import DETAIL_MAX, control_socket, tell_call
from hantu.settings.model import Settings


@pytest.mark.requirement("OPS-06-4")
async def test_a_release_refused_for_want_of_a_second_person_is_one_row(tmp_path: Path) -> None:
    init_database(tmp_path / "hantu.db")
    settings = Settings(environment="real", home=tmp_path, database=tmp_path / "hantu.db")
    delivered: list[object] = []
    engine = SimpleNamespace(book=SimpleNamespace(kill=KillLevel.HARD), objection=None)
    guard = SimpleNamespace(engine=engine, deliver=delivered.append, end=None)
    wired = control_socket(
        settings, SimpleNamespace(speed=1.0), SimpleNamespace(set_level=None), guard, None, lambda *_, **parts: parts
    )
    with pytest.raises(DeniedError, match="두 번째 사람"):
        await wired["kill"]({"level": "off", "reason": "끝"}, "P-11111111")
    async with asyncio.timeout(5):
        while not Queries(settings.database).audit():
            await asyncio.sleep(0.01)
    [row] = Queries(settings.database).audit()
    assert (row.event_type, row.actor) == ("killswitch_release_refused", "P-11111111")
    told = json.loads(row.details_json)
    assert (told["reason"], told["level"], len(told["obstacles"])) == ("끝", "off", 1)
    assert delivered == [], "the engine, which records refusals of its own, was not asked"


class Keeper:
    """Puts facts on record, or says that it cannot."""

    def __init__(self) -> None:
        self.kept: list[Any] = []
        self.broken = False

    async def record(self, facts: tuple[Any, ...], now: Instant) -> None:
        if self.broken:
            raise BrokenError("disk full")
        self.kept += facts


NOW = Instant(datetime(2026, 11, 23, 1, 0, tzinfo=UTC), 0.0)


@pytest.mark.requirement("REL-26")
async def test_processes_beside_the_guard_have_their_own_events_recorded_and_no_others() -> None:
    keeper, posted = Keeper(), []
    tell = tell_call(keeper.record, lambda: NOW, posted.append)
    said = {"event_type": "strategy_given_up", "detail": "mine " + "x" * 5_000, "subject": "strategy_mine"}
    assert (await tell(said, "socket:0:jobs"))["recorded"] is True
    assert (await tell({"event_type": "process_given_up", "subject": "server"}, "socket:0:up"))["recorded"] is True
    given_up, process = keeper.kept
    [alert] = alerts_of(given_up, Context(NOW.wall))
    key = "strategy_given_up:strategy_mine"
    assert (alert.event_type, alert.key, alert.severity) == ("strategy_given_up", key, "CRITICAL")
    assert len(alert.short) < DETAIL_MAX + 40
    assert process == ProcessGivenUp("server", "")
    await tell({"event_type": "sign_in_locked", "detail": "otto (10.0.0.9)", "key": "k2"}, "socket:0:server")
    assert posted.pop().short == "🔒 로그인 막음: otto (10.0.0.9)"
    for foreign in ("killswitch_off", "", "take_profit_filled"):
        with pytest.raises(UsageError):
            await tell({"event_type": foreign}, "socket:0:jobs")
    assert (len(keeper.kept), posted) == (2, [])


@pytest.mark.requirement("REL-26")
async def test_without_records_people_are_told_all_the_same_and_the_answer_says_so() -> None:
    keeper, posted = Keeper(), list[Any]()
    keeper.broken = True
    tell = tell_call(keeper.record, lambda: NOW, posted.append)
    answer = await tell({"event_type": "strategy_given_up", "detail": "why", "subject": "s"}, "socket:0:jobs")
    assert answer["recorded"] is False
    assert [(one.key, one.priority) for one in posted] == [("strategy_given_up:s", "emergency")]
