"""The records as the jobs process uses them: one filing, fills by number, the strictest kill level, alerts that arrive."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hantu.adapters.store.approvals import decide, listed
from hantu.adapters.store.maintenance import import_watchlist, init_database, writing
from hantu.adapters.store.offline import record_kill
from hantu.cli.watchlist_file import WatchRow
from hantu.domain.commands import KillLevel
from hantu.domain.errors import BrokenError
from hantu.domain.instant import Instant
from hantu.settings.model import Settings, TelegramSettings
from hantu.settings.secret import Secret
from hantu.settings.strategy_records import StrategyRecords
from hantu.strategies.records import Told
from hantu.strategies.sdk import Proposal
from tests.receivers import telegram
from tests.receivers.journal import Journal

AT = Instant(datetime(2026, 11, 23, 1, 0, tzinfo=UTC), 0.0)
WISH = Proposal("Sab12-1", "buy", "005930", 3, 70_000, 71_000, "rising")


@pytest.fixture
def settings(tmp_path) -> Settings:
    init_database(tmp_path / "hantu.db")
    return Settings(home=tmp_path, database=tmp_path / "hantu.db")


def records_of(settings: Settings) -> StrategyRecords:
    return StrategyRecords(settings, lambda: AT, lambda: 0.0)


def test_a_proposal_filed_again_is_still_the_first_whatever_became_of_it(settings):
    records = records_of(settings)
    for _ in range(3):
        records.file(WISH, "mine")
    (approval,) = listed(settings.database)
    assert (approval.approval_id, approval.proposed_by, approval.note) == ("Sab12-1", "strategy:mine", "rising")
    decide(settings.database, "Sab12-1", approve=False, actor="kim")
    records.file(WISH, "mine")
    assert records.snapshot(["Sab12-1", "other"]).statuses == {"Sab12-1": "denied"}
    with writing(settings.database) as connection:
        acts = connection.execute("SELECT event_type FROM ops_audit_log ORDER BY audit_id").fetchall()
    assert [act for (act,) in acts] == ["approval_proposed", "approval_denied"]


def test_the_strictest_of_records_and_file_is_the_kill_level(settings):
    records = records_of(settings)
    assert records.snapshot([]).kill == "off"
    record_kill(settings.database, level=KillLevel.ACTIVE, reason="drill", actor="kim")
    assert records.snapshot([]).kill == "active"
    settings.kill_file.write_text("{not json")
    assert records.snapshot([]).kill == "active"
    settings.kill_file.write_text('{"level": "hard", "reason": "x", "actor": "kim"}')
    assert records.snapshot([]).kill == "hard"


def test_the_watch_list_of_the_markets_day_is_told(settings):
    rows = [WatchRow("005930", "삼성전자", 80.0, 70_000)]
    import_watchlist(settings.database, AT.wall.date(), rows)
    assert [(one.symbol, one.support_price) for one in records_of(settings).snapshot([]).watchlist] == [
        ("005930", 70_000)
    ]


def test_fills_come_by_the_number_of_their_writing_with_the_proposal_they_belong_to(settings):
    records = records_of(settings)
    records.file(WISH, "mine")
    fill = """INSERT INTO fills (event_id, trade_date, account, intent_id, order_no, symbol, name, side, quantity, price,
        cumulative, filled_at, received_at, source) VALUES (?, '2026-11-23', ?, NULL, '1', '005930', 'x', 'buy', 1, 70000,
        1, '2026-11-23 01:00:00', '', 'notice')"""
    with writing(settings.database) as connection:
        # Filed late: its event is the oldest, its number the newest.
        for event, account in (("e2", "main"), ("e3", "other"), ("e1", "main")):
            connection.execute(fill, (event, account))
    assert [one.number for one in records.fills_after(0)] == [1, 3]
    assert [one.number for one in records.fills_after(1)] == [3]
    assert records.snapshot([]).newest_fill == 3


def test_records_that_are_away_are_said(tmp_path: Path):
    with pytest.raises(BrokenError):
        records_of(Settings(home=tmp_path, database=tmp_path / "none.db")).snapshot([])


@pytest.mark.requirement("REL-26")
async def test_without_a_guard_people_are_told_directly_and_a_failure_is_no_success(settings):
    journal = Journal()
    receiver = telegram.TelegramReceiver(journal)
    await receiver.start()
    try:
        chat = TelegramSettings(chat_id=telegram.CHAT, api_url=receiver.url, token=Secret(telegram.TOKEN))
        own = Settings(home=settings.home, database=settings.database, telegram=chat)
        tell = records_of(own).tell
        assert await tell("strategy_given_up", "mine - why", "strategy_mine", told=False) is Told.DIRECTLY
        assert await tell("strategy_given_up", "mine - why", "strategy_mine", told=True) is Told.NOT
        assert len(journal.texts()) == 1, "who was told is not told again past the guard"
        assert "전략 중단: mine - why" in journal.texts()[0]
    finally:
        await receiver.stop()
    assert await records_of(own).tell("strategy_given_up", "again", "strategy_mine", told=False) is Told.NOT
    assert await records_of(own).guard_state() == ""
