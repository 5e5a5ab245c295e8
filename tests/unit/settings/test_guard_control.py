"""What the control socket is wired to: a release that never reaches the engine is on record all the same."""

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.queries import Queries
from hantu.domain.commands import KillLevel
from hantu.domain.errors import DeniedError, UsageError
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


@pytest.mark.requirement("REL-26")
async def test_the_jobs_process_has_its_own_events_told_and_no_others() -> None:
    posted: list[Any] = []
    tell = tell_call(posted.append)
    await tell({"event_type": "strategy_given_up", "detail": "mine " + "x" * 5_000, "key": "k"}, "socket:0:jobs")
    [alert] = posted
    assert (alert.event_type, alert.key, alert.severity) == ("strategy_given_up", "k", "CRITICAL")
    assert len(alert.short) < DETAIL_MAX + 40
    await tell({"event_type": "sign_in_locked", "detail": "otto (10.0.0.9)", "key": "k2"}, "socket:0:server")
    assert posted.pop().short == "🔒 로그인 막음: otto (10.0.0.9)"
    for foreign in ("killswitch_off", "", "take_profit_filled"):
        with pytest.raises(UsageError):
            await tell({"event_type": foreign}, "socket:0:jobs")
    assert len(posted) == 1
