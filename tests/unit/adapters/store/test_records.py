"""What facts leave in the tables, as the read-only questions answer it."""

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from hantu.adapters.store.maintenance import import_watchlist
from hantu.adapters.store.queries import Queries
from hantu.adapters.store.sqlite import driver
from hantu.adapters.store.store import SqliteStore
from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.order import IntentState, Purpose
from tests.contract.lives import (
    HYNIX,
    SAMSUNG,
    HandClock,
    accepted,
    alert,
    batch,
    filled,
    guarded,
    intent,
    reached,
    stop_loss_filled,
)
from tests.unit.adapters.store.conftest import PATIENT, make_store

TODAY = date(2026, 11, 23)


class Row:
    """One stock of a watch list."""

    def __init__(self, symbol: str, name: str = "", score: float = 80.0, support_price: int = 60_000) -> None:
        self.symbol, self.name, self.score, self.support_price = symbol, name, score, support_price


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(driver.connect(str(database))) as other:
        return other.execute(sql).fetchall()


async def whole_exit(store: SqliteStore, clock: HandClock, selection_id: int = 0) -> None:
    await store.record(batch(clock.now(), guarded(selection_id=selection_id)))
    told = ((0, alert()),)
    await store.record(batch(clock.advance(0.1), reached(), intent(epoch=1), alerts=told, epoch=1))
    await store.record(batch(clock.advance(0.1), accepted()))
    await store.record(batch(clock.advance(1), filled(quantity=4, cumulative=4, price=64_500)))
    last = filled(quantity=6, cumulative=10, price=64_300)
    closed = ev.PositionClosed(SAMSUNG, "삼성전자", "sold")
    await store.record(batch(clock.advance(1), last, closed, stop_loss_filled(selection_id=selection_id)))


@pytest.mark.requirement("PR-4", "MON-D.06", "MON-D.07")
async def test_an_exit_can_be_told_from_its_trigger_to_its_last_fill(
    store: SqliteStore, queries: Queries, clock: HandClock
) -> None:
    await whole_exit(store, clock)

    [found] = queries.exits()
    assert (found.symbol, found.purpose, found.level, found.trigger_price) == (SAMSUNG, "stop_loss", 64_500, 64_400)
    assert (found.traded_at, found.received_at) == (reached().traded_at, reached().received_at)
    assert found.decided_at == "2026-11-23 00:12:31.100000"
    assert (found.sent_at, found.accepted_at) == (accepted().sent_at, accepted().accepted_at)
    assert (found.quantity, found.filled, found.average_fill_price) == (10, 10, 64_380)
    assert (found.slippage, found.slippage_bps) == (-120, -19)
    assert (found.attempts, found.pnl, found.return_rate) == (1, -22_000, -3.31)


@pytest.mark.requirement("PR-4")
async def test_any_id_of_an_exit_leads_to_its_whole_chain(
    store: SqliteStore, queries: Queries, clock: HandClock
) -> None:
    await store.record(batch(clock.now(), reached("other", HYNIX), ev.ExitHeld("other", HYNIX, "SK", "halt")))
    await whole_exit(store, clock)

    chain = queries.explain("f1")
    assert [link.event_type for link in chain][:4] == [
        "stop_loss_reached", "intent_recorded", "order_accepted", "order_filled",
    ]  # fmt: skip
    assert [link.event_type for link in chain][4:7] == ["order_filled", "position_closed", "stop_loss_filled"]
    assert [link.causation_id for link in chain[1:7]] == [link.event_id for link in chain[:6]]
    assert [item.message for item in chain[0].alerts] == ["⚠️ stop:005930"]
    for any_id in ("20261123-0001", "117058", chain[2].event_id, "1", SAMSUNG):
        assert queries.explain(any_id) == chain
    assert queries.explain("nothing") == ()


async def test_causes_are_found_across_a_restart(
    store: SqliteStore, tmp_path: Path, queries: Queries, clock: HandClock
) -> None:
    await store.record(batch(clock.now(), reached(), intent()))
    next_life = make_store(tmp_path, clock, PATIENT)
    await next_life.open()
    await next_life.record(batch(clock.advance(1), accepted()))
    await next_life.close()

    trigger, recorded, answer = queries.explain("f1")
    assert (recorded.causation_id, answer.causation_id) == (trigger.event_id, recorded.event_id)


async def test_practice_never_reaches_a_real_account(store: SqliteStore, tmp_path: Path, clock: HandClock) -> None:
    await store.record(batch(clock.now(), guarded(selection_id=7), reached(), intent()))
    await store.close()
    real = SqliteStore(
        tmp_path / "hantu.db", clock, holder="test", account_alias="main", environment="real",
        spill_dir=tmp_path / "spill", timing=PATIENT,
    )  # fmt: skip
    await real.open()
    started = await real.load(TODAY)
    assert (started.facts, started.origins) == ((), ())
    await real.record(batch(clock.now(), intent("20261123-0002")))
    assert (await real.load(TODAY)).facts == (intent("20261123-0002"),)
    await real.close()


@pytest.mark.requirement("MON-4.10")
async def test_orders_show_how_far_each_attempt_got(store: SqliteStore, queries: Queries, clock: HandClock) -> None:
    await store.record(batch(clock.now(), reached(), intent()))
    refusal = ev.OrderRejectedBroker("20261123-0001", SAMSUNG, "삼성전자", "APBK0919", "장종료", True, "s")
    await store.record(batch(clock.advance(1), refusal))
    second = intent("20261123-0002")
    await store.record(batch(clock.advance(1), second, accepted("20261123-0002"), filled("20261123-0002", 4, 4)))

    newest, oldest = queries.orders()
    assert (oldest.state, oldest.code, oldest.reason, oldest.order_no) == ("refused", "APBK0919", "장종료", "")
    assert (newest.state, newest.filled, newest.average_fill_price) == ("partial", 4, 64_400)
    assert [row.intent_id for row in queries.orders(state="partial")] == ["20261123-0002"]
    assert queries.orders(limit=1) == (newest,)
    assert queries.order("117058") == queries.order("20261123-0002") == newest
    assert queries.order("nothing") is None


async def test_a_late_fill_of_a_finished_order_raises_the_total_and_reopens_nothing(
    store: SqliteStore, queries: Queries, clock: HandClock
) -> None:
    await store.record(batch(clock.now(), intent(), accepted(), filled(quantity=4, cumulative=4)))
    await store.record(batch(clock.now(), ev.OrderCanceled("20261123-0001", SAMSUNG, 6, "answer")))
    await store.record(batch(clock.now(), filled(quantity=6, cumulative=10), accepted()))

    found = queries.order("20261123-0001")
    assert found is not None
    assert (found.state, found.filled, found.canceled) == ("canceled", 10, 0)


async def test_positions_follow_the_guard(store: SqliteStore, queries: Queries, clock: HandClock) -> None:
    await store.record(batch(clock.now(), guarded(selection_id=7, held_since="2026-11-20"), guarded(HYNIX)))
    await store.record(batch(clock.now(), ev.PositionUnguarded(HYNIX, "SK하이닉스", 5, "no rule")))
    await store.record(batch(clock.now(), ev.TrailingStopRaised(SAMSUNG, 70_000, 68_600), intent(), accepted()))
    await store.record(batch(clock.now(), filled(quantity=4, cumulative=4)))

    hynix, samsung = queries.positions()
    assert (hynix.symbol, hynix.quantity, hynix.guarded, hynix.stop_price) == (HYNIX, 5, 0, 0)
    assert (samsung.quantity, samsung.cost, samsung.stop_price, samsung.guarded) == (6, 399_000, 68_600, 1)
    assert (samsung.selection_id, samsung.held_since) == (7, "2026-11-20")
    await store.record(batch(clock.now(), ev.PositionChanged(SAMSUNG, "삼성전자", 6, 2, "balance")))
    await store.record(batch(clock.now(), ev.PositionClosed(HYNIX, "SK하이닉스", "sold by hand")))
    assert [(row.symbol, row.quantity, row.cost) for row in queries.positions()] == [(SAMSUNG, 2, 133_000)]


async def test_the_newest_events_come_in_order(store: SqliteStore, queries: Queries, clock: HandClock) -> None:
    await store.record(batch(clock.now(), *(ev.SubscribeDone(n) for n in range(5)), ev.SleepLeft("kim")))

    assert [row.payload.get("count") for row in queries.events(limit=3)] == [3, 4, None]
    second = queries.events(kind="subscribe_done", limit=4)[0].timestamp
    assert len(queries.events(since=second, limit=99)) == 5
    assert {row.environment for row in queries.events()} == {"local"}
    assert {row.category for row in queries.events()} == {"OPS-02"}


async def test_the_kill_switch_is_off_until_set_and_active_when_unreadable(
    store: SqliteStore, queries: Queries, clock: HandClock, tmp_path: Path
) -> None:
    assert queries.kill_state().level is KillLevel.OFF
    await store.record(batch(clock.now(), ev.KillswitchOn(KillLevel.FLATTEN, "kim", "끝", automatic=False)))
    state = queries.kill_state()

    assert (state.level, state.actor, state.reason, state.known) == (KillLevel.FLATTEN, "kim", "끝", True)
    assert not Queries(tmp_path / "none.db").kill_state().known
    assert Queries(tmp_path / "none.db").kill_state().level is KillLevel.ACTIVE


@pytest.mark.requirement("MON-D.08")
async def test_a_day_has_one_summary(store: SqliteStore, queries: Queries, clock: HandClock) -> None:
    first = ev.DailySummary("2026-11-23", 4, 3, 1, 120_000, 50_000, -30_000, 1.2, 1, ("삼성전자 005930 10",), "next")
    again = ev.DailySummary("2026-11-23", 5, 4, 1, 170_000, 50_000, -30_000, 1.7, 1, ("삼성전자 005930 10",), "next")
    await store.record(batch(clock.now(), first))
    await store.record(batch(clock.now(), again))

    found = queries.summary(TODAY)
    assert found is not None
    assert (found.total_trades, found.total_pnl, found.positions) == (5, 170_000, ("삼성전자 005930 10",))
    assert queries.summary(TODAY - timedelta(days=1)) is None


@pytest.mark.requirement("MON-D.09")
class TestSelectionResults:
    SQL = (
        "SELECT id, stock_code, selection_date, entry_price, quantity, exit_reason, is_executed FROM selection_results"
    )

    async def test_the_positions_own_selection_is_filed_even_from_an_earlier_day(
        self, store: SqliteStore, database: Path, clock: HandClock
    ) -> None:
        import_watchlist(database, TODAY - timedelta(days=3), [Row(SAMSUNG)])
        import_watchlist(database, TODAY, [Row(SAMSUNG)])
        await whole_exit(store, clock, selection_id=1)

        assert [(row[0], row[5], row[6]) for row in rows(database, self.SQL)] == [(1, "stop_loss", 1), (2, None, 0)]

    async def test_no_row_is_an_error_that_is_recorded_and_tried_again_at_the_summary(
        self, store: SqliteStore, database: Path, queries: Queries, clock: HandClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        await store.record(batch(clock.now(), stop_loss_filled()))
        [failed] = queries.events(kind="trade_save_failed")
        assert failed.payload["reason"] == "selection_results: 0 rows for 005930 (2026-11-23)"
        assert failed.correlation_id == "f1"
        assert "거래 기록 저장 실패" in caplog.text

        import_watchlist(database, TODAY, [Row(SAMSUNG)])
        await store.record(batch(clock.advance(1), ev.DailySummary("2026-11-23", 1, 0, 1, 0, 0, 0, 0.0, 0, (), "")))
        assert [(row[5], row[6]) for row in rows(database, self.SQL)] == [("stop_loss", 1)]
        assert rows(database, "SELECT * FROM unsaved_exits") == []

    async def test_a_stock_bought_elsewhere_gets_a_row_for_its_exit(
        self, store: SqliteStore, database: Path, queries: Queries, clock: HandClock
    ) -> None:
        """Every exit of a holding nobody selected used to end as a record that could not be saved."""
        await store.record(batch(clock.now(), guarded()))
        await whole_exit(store, clock)

        assert queries.events(kind="trade_save_failed") == ()
        assert [(row[1], row[5], row[6]) for row in rows(database, self.SQL)] == [(SAMSUNG, "stop_loss", 1)]

    async def test_an_exit_is_filed_once(self, store: SqliteStore, database: Path, clock: HandClock) -> None:
        import_watchlist(database, TODAY, [Row(SAMSUNG)])
        await store.record(batch(clock.now(), stop_loss_filled(selection_id=1)))
        await store.record(batch(clock.now(), stop_loss_filled(selection_id=1)))

        assert len(rows(database, "SELECT * FROM unsaved_exits")) == 1

    async def test_a_partial_exit_waits_for_the_whole(
        self, store: SqliteStore, database: Path, clock: HandClock
    ) -> None:
        import_watchlist(database, TODAY, [Row(SAMSUNG)])
        await store.record(batch(clock.now(), stop_loss_filled(purpose=Purpose.PARTIAL_PROFIT)))

        assert [row[6] for row in rows(database, self.SQL)] == [0]
        assert rows(database, "SELECT * FROM unsaved_exits") == []

    async def test_a_quote_in_a_value_does_no_harm(self, store: SqliteStore, database: Path, clock: HandClock) -> None:
        import_watchlist(database, TODAY, [Row("00'930", "a'; DROP TABLE orders; --")])
        await store.record(batch(clock.now(), stop_loss_filled(symbol="00'930")))

        assert [row[6] for row in rows(database, self.SQL)] == [1]

    async def test_a_buy_fills_its_selection_or_makes_a_row(
        self, store: SqliteStore, database: Path, clock: HandClock
    ) -> None:
        import_watchlist(database, TODAY, [Row(SAMSUNG)])
        buy = intent(side=Side.BUY)
        first = filled(quantity=4, cumulative=4, side=Side.BUY, price=60_000)
        await store.record(batch(clock.now(), buy, accepted(), first, guarded(quantity=4)))
        rest = filled(quantity=6, cumulative=10, side=Side.BUY, price=61_000)
        await store.record(batch(clock.now(), rest))
        by_hand = ev.ForeignFill(HYNIX, "SK하이닉스", Side.BUY, 3, 180_000, "9")
        await store.record(batch(clock.now(), by_hand))

        assert [row[1:5] for row in rows(database, self.SQL)] == [
            (SAMSUNG, "2026-11-23", 60_600, 10),
            (HYNIX, "2026-11-23", 180_000, 3),
        ]
        await store.record(batch(clock.now(), stop_loss_filled(symbol=HYNIX)))
        assert [row[6] for row in rows(database, self.SQL)] == [0, 1]

    async def test_origins_name_the_selection_and_the_day_of_the_buy(
        self, store: SqliteStore, database: Path, clock: HandClock
    ) -> None:
        import_watchlist(database, TODAY - timedelta(days=3), [Row(SAMSUNG), Row(HYNIX)])
        await store.record(batch(clock.now(), guarded(selection_id=1, held_since="2026-11-19")))
        bought = ev.ForeignFill(HYNIX, "SK하이닉스", Side.BUY, 3, 180_000, "9")
        await store.record(batch(clock.now(), bought))

        origins = (await store.load(TODAY)).origins
        assert [(item.symbol, item.selection_id, item.bought_on) for item in origins] == [
            (HYNIX, 3, "2026-11-23"),
            (SAMSUNG, 1, "2026-11-19"),
        ]


@pytest.mark.requirement("MON-D.09")
@pytest.mark.requirement("MON-5.04")
async def test_a_watch_list_is_replaced_but_bought_stocks_stay(
    store: SqliteStore, queries: Queries, database: Path, clock: HandClock
) -> None:
    assert import_watchlist(database, TODAY, [Row(SAMSUNG, "삼성전자", 70), Row(HYNIX, "SK", 90), Row("035420")]) == 3
    await store.record(batch(clock.now(), ev.ForeignFill(HYNIX, "SK", Side.BUY, 1, 180_000, "9")))
    import_watchlist(database, TODAY, [Row(SAMSUNG, "삼성전자", 85, 61_000)])

    found = queries.watchlist(TODAY)
    assert [(item.symbol, item.score, item.support_price) for item in found] == [
        (HYNIX, 90, 60_000),
        (SAMSUNG, 85, 61_000),
    ]
    assert await store.watchlist(TODAY) == found
    assert (await store.load(TODAY)).watchlist == found
    assert queries.audit(1)[0].event_type == "watchlist_imported"


async def test_a_row_that_does_not_fit_costs_its_table_and_not_the_event(
    store: SqliteStore, queries: Queries, clock: HandClock
) -> None:
    too_large = ev.OrderFilled(
        "20261123-0001", "1", SAMSUNG, "삼성전자", Side.SELL, 2**70, 1, 1, 1, "", "", "notice"
    )  # fmt: skip
    await store.record(batch(clock.now(), intent(), accepted()))
    await store.record(batch(clock.now(), too_large))

    assert [row.event_type for row in queries.events()][-1] == "order_filled"
    assert queries.audit(1)[0].event_type == "projection_failed"
    assert store.healthy


async def test_open_intents_are_found_by_the_small_index(store: SqliteStore, database: Path) -> None:
    plan = rows(
        database,
        "EXPLAIN QUERY PLAN SELECT intent_id, flow FROM intents WHERE state IN "
        "('triggered', 'prepared', 'sending', 'working', 'partial', 'unknown', 'escalated')",
    )
    assert "intents_one_open_order" in str(plan)
    assert {state.value for state in IntentState} > {"triggered", "escalated"}
