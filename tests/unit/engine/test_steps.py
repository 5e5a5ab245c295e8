"""The documented journey step by step: what follows what, and how long it may take."""

import tracemalloc
from dataclasses import replace

import pytest

from hantu.domain import events as ev
from hantu.domain.commands import KillLevel, SetKill, StopMonitoring
from hantu.domain.instrument import Symbol
from hantu.domain.market import MarketOperation, OperationKind
from hantu.domain.order import NoticeKind
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.buffer import BYTES_MAX, POINT_BYTES, Buffer
from hantu.engine.config import ExitRule, RuleKind
from hantu.engine.guards import atr_levels, fixed_levels
from hantu.engine.inputs import FeedFailure, WatchItem
from hantu.engine.journey import State
from tests.unit.engine.test_accidents import stopped
from tests.unit.engine.test_buffer import trade
from tests.unit.engine.test_session import items
from tests.unit.engine.world import HYNIX, LEAPS, SAMSUNG, World, held

WATCHED = Symbol("000001")


@pytest.mark.requirement("MON-2.09")
@pytest.mark.parametrize(("stocks", "least_s", "most_s"), [(20, 10, 11.5), (30, 15, 16)])
def test_twenty_to_thirty_stocks_are_subscribed_in_ten_to_fifteen_seconds(
    stocks: int, least_s: float, most_s: float
) -> None:
    world = held()
    world.start(watch=items(stocks - 1))
    world.pass_time(31)
    world.give(inp.FeedOpened())
    began = world.mono
    while world.engine.book.state is not State.MONITORING:
        world.pass_time(0.05, step=0.05)
    assert least_s <= world.mono - began <= most_s


@pytest.mark.requirement("MON-2.12", "MON-E.17")
def test_rate_limit_is_waited_out_for_half_a_second_and_asked_again() -> None:
    world = held(accept_subscriptions=False)
    world.start()
    world.pass_time(31)
    world.give(inp.FeedOpened())
    price = act.SendSubscribe("H0STCNT0", SAMSUNG)
    while price not in world.actions:
        for sent in world.of(act.SendSubscribe):
            world.give(inp.Subscribed(sent.tr_id, sent.key))
        world.pass_time(0.05, step=0.05)
    asked = world.mono
    world.give(inp.SubscribeRefused("H0STCNT0", SAMSUNG, "EGW00201", "초당 거래건수를 초과하였습니다."))
    world.pass_time(0.4, step=0.05)
    assert world.actions.count(price) == 1
    while world.actions.count(price) == 1:
        # What else is wanted keeps the same pace.
        world.pass_time(0.05, step=0.05)
    assert 0.5 <= world.mono - asked <= 1.1
    assert "Rate limit 대기 중" in world.log
    assert not world.of(ev.SubscribeFailed)


@pytest.mark.requirement("MON-2.14")
def test_line_lost_while_subscribing_is_opened_again_and_everything_is_asked_for() -> None:
    world = held()
    world.start(watch=items(19))
    world.pass_time(31)
    world.give(inp.FeedOpened())
    while len([a for a in world.of(act.SendSubscribe) if a.tr_id == "H0STCNT0"]) < 7:
        world.pass_time(0.1)
    world.give(inp.FeedClosed("cut"))
    assert world.engine.book.state is State.RECONNECTING
    world.pass_time(1.1)
    mark = len(world.actions)
    world.give(inp.FeedOpened())
    world.pass_time(12)
    asked = [a.key for a in world.actions[mark:] if isinstance(a, act.SendSubscribe) and a.tr_id == "H0STCNT0"]
    assert len(set(asked)) == len(asked) == 20
    assert world.engine.book.state is State.MONITORING


@pytest.mark.requirement("MON-0.04", "MON-3.06")
def test_quiet_hours_keep_their_stream_and_asks_for_what_nobody_trades_without_haste() -> None:
    world = held()
    world.open()
    world.pass_time(2 * 3_600, step=1.0)
    assert world.engine.book.state is State.MONITORING
    assert len(world.of(act.OpenFeed)) == 1
    asked = world.of(act.ReadPrices)
    assert {(ask.symbols, ask.urgent) for ask in asked} == {((SAMSUNG,), False)}
    assert len(asked) <= 2 * 3_600 / 30, "a look for what is silent, no more"
    assert not world.of(ev.ConnectionLost)


@pytest.mark.requirement("MON-3.08")
def test_each_position_has_levels_of_its_own() -> None:
    world = World(
        holdings={SAMSUNG: (10, 70_000, 10), HYNIX: (5, 70_000, 5)},
        config=replace(LEAPS, rules={HYNIX: ExitRule(stop_bps=1_000, target_bps=2_000)}),
    )
    world.open()
    world.trade(HYNIX, 67_000)
    world.trade(HYNIX, 76_000)
    assert not world.of(act.Submit)
    world.trade(SAMSUNG, 67_000)
    world.trade(HYNIX, 63_000)
    assert [submit.order.symbol for submit in world.of(act.Submit)] == [SAMSUNG, HYNIX]


@pytest.mark.requirement("MON-0.16", "MON-4.05", "MON-4.12")
def test_sale_goes_from_order_to_fill_to_record_to_the_end_of_guarding() -> None:
    world, number = stopped()
    world.give(replace(world.notice(number, NoticeKind.FILL, 10, 67_800), order_no="4711", symbol=HYNIX))
    assert not world.of(ev.OrderFilled), "a notice of another order"
    world.fill(number, 10, 67_800)
    steps = (ev.IntentRecorded, ev.OrderAccepted, ev.OrderFilled, ev.StopLossFilled, ev.PositionClosed)
    assert [type(fact) for fact in world.facts if isinstance(fact, steps)] == list(steps)
    assert world.engine.book.state is State.MONITORING


@pytest.mark.requirement("MON-4.1.11", "MON-C.05", "MON-E.19")
def test_order_unfilled_for_a_minute_is_looked_up_and_told_once() -> None:
    world, _ = stopped()
    world.pass_time(59)
    assert not world.of(ev.FillUnconfirmed)
    asked = len(world.of(act.ReadOrders))
    world.pass_time(3)
    assert len(world.of(act.ReadOrders)) > asked
    world.pass_time(30)
    (told,) = world.of(ev.FillUnconfirmed)
    assert (told.filled, told.ordered) == (0, 10)


@pytest.mark.requirement("MON-P.05", "MON-0.13")
def test_network_that_returns_for_the_fifth_try_is_used_within_31_seconds() -> None:
    world = held()
    world.open()
    lost = world.mono
    world.give(inp.FeedClosed("cut"))
    for attempt in range(1, 6):
        count = len(world.of(act.OpenFeed))
        while len(world.of(act.OpenFeed)) == count:
            world.pass_time(0.1, step=0.1)
        world.give(inp.FeedFailed(FeedFailure.NETWORK, "refused") if attempt < 5 else inp.FeedOpened())
    assert world.mono - lost <= 31.2
    world.pass_time(8)
    assert world.engine.book.state is State.MONITORING
    assert world.of(ev.Reconnected)[0].attempt == 5


@pytest.mark.requirement("MON-1.12", "MON-6.14")
def test_maintenance_leads_to_sleep_without_using_up_tries() -> None:
    world = held()
    world.open()
    world.give(inp.FeedClosed("cut"))
    world.pass_time(1.1)
    opened = len(world.of(act.OpenFeed))
    world.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "서버 점검"))
    world.pass_time(60, step=1.0)
    assert world.engine.book.state is State.SLEEPING
    assert len(world.of(act.OpenFeed)) == opened
    assert world.of(ev.ServerMaintenance)
    assert not world.of(ev.ReconnectFailed)


@pytest.mark.requirement("MON-6.1.07")
def test_releases_are_sent_into_a_half_open_line_and_skipped_without_one() -> None:
    """The exchange answers no release here; a sleeping session has nothing to send one through."""
    world = held()
    world.open()
    world.give(StopMonitoring("op"))
    world.pass_time(60)
    assert {a.tr_id for a in world.of(act.SendUnsubscribe)} >= {"H0STCNT0", "H0STCNI0"}
    assert world.engine.book.state is State.IDLE

    asleep = held()
    asleep.open()
    asleep.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "서버 점검"))
    asleep.give(StopMonitoring("op"))
    asleep.pass_time(60)
    assert not asleep.of(act.SendUnsubscribe)
    assert asleep.engine.book.state is State.IDLE


@pytest.mark.requirement("MON-8.04")
def test_halt_survives_a_restart_of_the_process_within_the_day() -> None:
    world = held()
    world.open()
    world.give(MarketOperation(SAMSUNG, OperationKind.HALT, True, "174"))
    again = held(wall=world.wall)
    again.start(*world.facts)
    kept = again.engine.book.halts[Symbol("")]
    assert (kept.source, kept.code) == ("stream", "174")
    again.pass_time(1)
    again.give(inp.FeedOpened())
    again.pass_time(5)
    assert again.states()[-1] == "market_halted"
    again.trade(SAMSUNG, 67_000)
    assert not again.of(act.Submit)
    again.give(MarketOperation(SAMSUNG, OperationKind.RESUME, True, "175"))
    again.trade(SAMSUNG, 67_000)
    assert len(again.of(act.Submit)) == 1


@pytest.mark.requirement("MON-B.02", "MON-B.09", "MON-5.05")
@pytest.mark.parametrize(
    ("score", "price", "before", "told"),
    [
        (70.0, 10_000, None, 1),
        (70.0, 10_100, None, 1),
        (69.9, 10_000, None, 0),
        (70.0, 10_110, None, 0),
        (70.0, 9_990, None, 0),
        (70.0, 10_000, SetKill("op", KillLevel.ACTIVE, "x"), 0),
        (70.0, 10_000, MarketOperation(WATCHED, OperationKind.HALT, True, "174"), 0),
    ],
)
def test_add_buy_needs_score_and_nearness_and_a_market_to_buy_in(
    score: float, price: int, before: inp.Input | None, told: int
) -> None:
    world = held()
    world.start(watch=(WatchItem(1, WATCHED, "W", score, 10_000, "2026-11-20"),))
    world.to_monitoring()
    if before is not None:
        world.give(before)
    world.trade(WATCHED, price)
    assert len(world.of(ev.AddBuyOpportunity)) == told


@pytest.mark.requirement("MON-B.01", "MON-B.08")
def test_levels_are_fixed_by_default_and_follow_the_range_where_chosen() -> None:
    assert ExitRule().kind is RuleKind.FIXED
    levels = fixed_levels(700_000, 10, ExitRule())
    assert (levels.stop_price, levels.target_price) == (67_900, 75_600)
    ranged = atr_levels(700_000, 10, ExitRule(kind=RuleKind.ATR), 1_500)
    assert ranged is not None
    assert (ranged.stop_price, ranged.target_price) == (67_000, 74_500)
    assert atr_levels(700_000, 10, ExitRule(kind=RuleKind.ATR), 0) is None
    assert atr_levels(700_000, 10, ExitRule(kind=RuleKind.ATR), 14_001) is None, "no range is a fifth of the price"


@pytest.mark.requirement("MON-P.06", "MON-I.16", "MON-B.04", "MON-B.10")
def test_a_hundred_stocks_at_peak_rate_stay_far_under_the_limit() -> None:
    buffer = Buffer()
    sample = [trade(f"{code:06d}", 0.0) for code in range(100)]
    tracemalloc.start()
    try:
        for tenth in range(650):
            for one in sample:
                buffer.add(replace(one, received_at=tenth / 10))
        size, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert buffer.points == 100 * 600, "a minute of ten trades a second, and no more"
    assert peak < 100 * 2**20
    assert size / buffer.points <= POINT_BYTES, "what the limit in points is reckoned from"
    assert BYTES_MAX == 100 * 2**20
