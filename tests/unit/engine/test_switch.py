"""The kill switch in the engine: who sets it, what releases it, what it repeats, what it lets through."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hantu.domain import events as ev
from hantu.domain.account import BrokerOrder, Side
from hantu.domain.commands import KillLevel, RestartMonitoring, SetKill
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity, Won
from hantu.domain.order import Outcome, OutcomeKind
from hantu.domain.session import KST
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.switch import READING, obstacles
from tests.unit.engine.world import CONFIG, HYNIX, SAMSUNG, World, held


def opened(world: World | None = None) -> World:
    world = world or held()
    world.open()
    return world


def kill(world: World, level: KillLevel, *, second: str = "", release_s: float = 0.0) -> None:
    world.give(SetKill("kim", level, "점검", second, release_s))


def level(world: World) -> KillLevel:
    return world.engine.book.kill


@pytest.mark.requirement("DEC-2", "ALR-12")
def test_setting_needs_nothing_and_says_who_when_why() -> None:
    world = opened()
    kill(world, KillLevel.ACTIVE)
    on = world.of(ev.KillswitchOn)[0]
    assert (on.level, on.actor, on.reason, on.automatic, on.cause) == (KillLevel.ACTIVE, "kim", "점검", False, "")
    assert on.at.startswith("2026-11-23 00:00")


@pytest.mark.requirement("ALR-9", "DEC-2")
def test_active_lets_a_stop_go_and_says_so_and_blocks_profit_once() -> None:
    world = opened(World(holdings={SAMSUNG: (10, 70_000, 10), HYNIX: (10, 70_000, 10)}))
    kill(world, KillLevel.ACTIVE)
    for _ in range(3):
        world.trade(HYNIX, 75_600)
    assert not world.of(act.Submit)
    blocked = world.of(ev.OrderBlockedKillswitch)
    assert [(fact.symbol, fact.level) for fact in blocked] == [(HYNIX, KillLevel.ACTIVE)]
    world.trade(SAMSUNG, 67_900)
    (submit,) = world.of(act.Submit)
    assert [fact.intent_id for fact in world.of(ev.OrderAllowedProtective)] == [submit.order.intent_id]


@pytest.mark.requirement("DEC-2")
def test_hard_blocks_the_stop_pages_and_repeats_the_list_every_five_minutes() -> None:
    world = opened()
    kill(world, KillLevel.HARD)
    assert len(world.of(ev.PositionsUnprotected)) == 1, "entering it pages"
    world.trade(SAMSUNG, 67_900)
    assert not world.of(act.Submit)
    assert [fact.level for fact in world.of(ev.OrderBlockedKillswitch)] == [KillLevel.HARD]
    world.pass_time(299, step=5.0)
    assert len(world.of(ev.PositionsUnprotected)) == 1
    world.pass_time(302, step=5.0)
    listed = world.of(ev.PositionsUnprotected)
    assert len(listed) == 3
    assert listed[-1].positions == ("N005930 (005930) 10주, 손절가 67,900원",)


@pytest.mark.requirement("DEC-3", "DEC-36")
def test_a_release_needs_a_reconciliation_newer_than_the_cause() -> None:
    world = opened()
    world.answer_reads = False
    kill(world, KillLevel.ACTIVE)
    kill(world, KillLevel.OFF)
    assert level(world) is KillLevel.ACTIVE
    assert obstacles(world.engine.desk) == (READING,)
    world.pass_time(0.5)
    world.give(inp.BalanceRead(world.balance(), world.mono))
    kill(world, KillLevel.OFF)
    assert level(world) is KillLevel.ACTIVE, "the orders have not been read"
    world.give(inp.OrdersRead((), world.mono))
    kill(world, KillLevel.OFF)
    off = world.of(ev.KillswitchOff)[0]
    assert (level(world), off.actor, off.reason, off.before) == (KillLevel.OFF, "kim", "점검", KillLevel.ACTIVE)


@pytest.mark.requirement("DEC-3")
def test_an_order_in_doubt_stands_against_a_release_and_the_refusal_is_recorded() -> None:
    world = opened()
    world.trade(SAMSUNG, 67_900)
    (submit,) = world.of(act.Submit)
    world.give(inp.SubmitEnded(submit.order.intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout")))
    kill(world, KillLevel.ACTIVE)
    world.pass_time(3)
    kill(world, KillLevel.OFF)
    assert level(world) is KillLevel.ACTIVE
    (refused,) = world.of(ev.KillswitchReleaseRefused)
    assert submit.order.intent_id in refused.obstacles[0]


@pytest.mark.requirement("DEC-3")
def test_what_is_not_recorded_stands_against_a_release() -> None:
    world = opened()
    kill(world, KillLevel.ACTIVE)
    world.pass_time(3)
    world.give(inp.StorageHealth(ok=False, reason="disk full"))
    kill(world, KillLevel.OFF)
    assert level(world) is KillLevel.ACTIVE
    assert world.of(ev.KillswitchReleaseRefused)[0].obstacles == ("데이터베이스에 기록하지 못하고 있습니다",)
    world.give(inp.StorageHealth(ok=True))
    kill(world, KillLevel.OFF)
    assert level(world) is KillLevel.OFF


def test_lowering_hard_is_a_release_too() -> None:
    world = opened()
    world.answer_reads = False
    kill(world, KillLevel.HARD)
    kill(world, KillLevel.ACTIVE)
    assert level(world) is KillLevel.HARD


@pytest.mark.requirement("ALR-13")
def test_a_temporary_release_ends_by_itself_also_after_a_restart() -> None:
    world = opened()
    kill(world, KillLevel.ACTIVE)
    world.pass_time(3)
    kill(world, KillLevel.OFF, release_s=600)
    assert level(world) is KillLevel.OFF
    assert world.of(ev.KillswitchOff)[0].until_at
    facts = tuple(fact for fact in world.facts if isinstance(fact, ev.Fact.__args__))
    again = World(holdings=world.holdings, wall=world.wall, mono=world.mono)
    again.start(*facts)
    for one in (world, again):
        one.pass_time(595, step=5.0)
        assert level(one) is KillLevel.OFF
        one.pass_time(10)
        assert level(one) is KillLevel.ACTIVE
        last = one.of(ev.KillswitchOn)[-1]
        assert (last.automatic, last.cause) == (True, "release_expired")


@pytest.mark.requirement("OPS-05-3", "DEC-3")
def test_a_breach_sets_it_once_with_its_cause_and_never_lowers() -> None:
    world = opened()
    for _ in range(2):
        world.give(inp.SafetyBreach("repeats_hour", SAMSUNG, "한 시간에 4번"))
    (on,) = world.of(ev.KillswitchOn)
    assert (on.level, on.automatic, on.cause, on.actor) == (KillLevel.ACTIVE, True, "repeats_hour", "hantu")
    kill(world, KillLevel.HARD)
    world.give(inp.SafetyBreach("repeats_hour", SAMSUNG, "한 시간에 5번"))
    assert level(world) is KillLevel.HARD


@pytest.mark.requirement("OPS-05-3", "DEC-3", "OPS-IF-1")
def test_shares_that_no_order_explains_set_it() -> None:
    world = opened()
    world.pass_time(120, step=5.0)
    world.holdings[SAMSUNG] = (7, 70_000, 7)
    world.pass_time(310, step=5.0)
    (on,) = world.of(ev.KillswitchOn)
    assert (on.cause, on.automatic) == ("position_mismatch", True)
    assert "-3주" in on.reason


def stranger(number: str, quantity: int, **changes: object) -> BrokerOrder:
    base = BrokerOrder(
        number, "", "00950", SAMSUNG, Side.SELL, Quantity(quantity), Price(68_000), Quantity(quantity), Price(68_000),
        Quantity(0), Quantity(0), Quantity(0), "090500",
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def test_shares_a_person_sold_elsewhere_are_explained_by_their_order() -> None:
    world = opened()
    world.pass_time(120, step=5.0)
    world.holdings[SAMSUNG] = (7, 70_000, 7)
    world.orders["900"] = stranger("900", 3)
    world.pass_time(310, step=5.0)
    assert world.engine.book.positions[SAMSUNG].quantity == 7
    assert not world.of(ev.KillswitchOn)
    assert not world.engine.desk.switch.tally.odd


def started_with_an_exit_under_way(world: World, *facts: object) -> tuple[World, str]:
    """A second life on the books of ``world``, whose stop was just sent and taken; what is left follows ``facts``."""
    world.trade(SAMSUNG, 67_900)
    number = world.accept(world.of(act.Submit)[0])
    again = World(holdings=world.holdings, orders=world.orders, wall=world.wall, mono=world.mono)
    again.start(*(fact for fact in world.facts if isinstance(fact, facts or ev.Fact.__args__)), next_intent=2)
    return again, number


def test_a_purchase_seen_first_after_a_start_with_an_exit_under_way_is_expected() -> None:
    """The first balance passes over a stock whose order is open; the purchase before it must not be held against it."""
    world = opened()
    world.holdings[SAMSUNG] = (11, 70_000, 1)
    world.orders["900"] = stranger("900", 1, side=Side.BUY)
    again, number = started_with_an_exit_under_way(world)
    again.fill(number, 10, 67_900)
    again.pass_time(310, step=5.0)
    assert [position.quantity for position in again.engine.book.positions.values()] == [1]
    assert not again.of(ev.KillswitchOn)


@pytest.mark.requirement("OPS-05-3", "DEC-3")
def test_a_position_told_by_the_balance_only_is_expected_once_its_order_is_over() -> None:
    """On a second day a life may know of an order and not of the holding; shares from nowhere later are a mismatch."""
    again, number = started_with_an_exit_under_way(
        opened(), ev.StopLossReached, ev.IntentRecorded, ev.SessionStateChanged
    )
    again.orders[number] = replace(again.orders[number], remaining=Quantity(0), canceled=Quantity(10))
    again.give(inp.OrdersRead(tuple(again.orders.values()), again.mono))
    again.pass_time(310, step=5.0)
    assert again.engine.book.positions[SAMSUNG].quantity == 10
    assert not again.of(ev.KillswitchOn)
    again.holdings[SAMSUNG] = (12, 70_000, 12)
    again.pass_time(310, step=5.0)
    assert [on.cause for on in again.of(ev.KillswitchOn)] == ["position_mismatch"]


def looks(world: World, symbol: Symbol, held: int, *, times: int = 2, apart_s: float = 31.0) -> None:
    """Balances and lists of ``held`` shares, so far apart that neither lags any more."""
    world.holdings[symbol] = (held, 70_000, held)
    for _ in range(times):
        world.pass_time(apart_s, step=5.0)
        world.give(inp.BalanceRead(world.balance(), world.mono))
        world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))


@pytest.mark.requirement("OPS-05-3", "DEC-3")
def test_shares_in_place_of_a_stock_never_held_are_a_mismatch_and_bought_ones_are_not() -> None:
    world = opened()
    looks(world, SAMSUNG, 10)
    world.orders["900"] = stranger("900", 4, symbol=HYNIX, side=Side.BUY)
    looks(world, HYNIX, 4, times=4)
    assert not world.of(ev.KillswitchOn)
    looks(world, HYNIX, 6, times=1)
    assert not world.of(ev.KillswitchOn), "one balance proves nothing"
    assert obstacles(world.engine.desk) == ("000660 보유 수량 +2주의 이유를 모릅니다",)
    looks(world, HYNIX, 6)
    (on,) = world.of(ev.KillswitchOn)
    assert "000660 보유 수량이 +2주" in on.reason


def test_a_difference_that_changes_or_goes_is_no_mismatch() -> None:
    """Balance and list lag behind each other: what is shown must stay the same for a while."""
    world = opened()
    looks(world, SAMSUNG, 10)
    for held_now in (9, 8, 10):
        looks(world, SAMSUNG, held_now, times=1)
    assert not world.of(ev.KillswitchOn)
    assert not world.engine.desk.switch.tally.odd


def test_a_stock_that_still_moves_at_the_first_look_is_taken_as_it_comes_to_rest() -> None:
    world = held()
    world.start()
    world.pass_time(10)
    world.orders["900"] = stranger("900", 3)
    world.holdings[SAMSUNG] = (7, 70_000, 7)
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    world.pass_time(21)
    tally = world.engine.desk.switch.tally
    assert (tally.complete, tally.late, tally.base) == (True, {SAMSUNG}, {})
    looks(world, SAMSUNG, 7)
    assert (tally.late, tally.base) == (set(), {SAMSUNG: 10})
    assert not world.of(ev.KillswitchOn)


@pytest.mark.requirement("OPS-05-3", "DEC-3")
def test_an_order_like_ours_that_nobody_intended_sets_it_once() -> None:
    world = opened()
    world.trade(SAMSUNG, 67_900)
    (submit,) = world.of(act.Submit)
    number = world.accept(submit)
    twin = replace(world.orders[number], order_no="901")
    world.orders["901"] = twin
    for _ in range(3):
        world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    (on,) = world.of(ev.KillswitchOn)
    assert on.cause == "duplicate_order"
    assert "901" in on.reason


@pytest.mark.requirement("OPS-05-3", "DEC-3")
@pytest.mark.parametrize("before", [KillLevel.ACTIVE, KillLevel.HARD])
def test_a_double_is_told_though_the_switch_is_on_for_something_else(before: KillLevel) -> None:
    world = opened()
    world.trade(SAMSUNG, 67_900)
    number = world.accept(world.of(act.Submit)[0])
    kill(world, before)
    world.orders["901"] = replace(world.orders[number], order_no="901")
    for _ in range(3):
        world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    by_hand, double = world.of(ev.KillswitchOn)
    assert (by_hand.cause, double.cause, double.level) == ("", "duplicate_order", before)
    assert not world.engine.book.kill_automatic, "it stays the switch of the person who set it"


@pytest.mark.parametrize("ordered_at", ["090230", "", "09:01:"], ids=["90 s later", "no time", "no time of day"])
def test_an_order_like_ours_of_another_time_is_a_persons(ordered_at: str) -> None:
    world = opened()
    world.trade(SAMSUNG, 67_900)
    number = world.accept(world.of(act.Submit)[0])
    world.orders["901"] = replace(world.orders[number], order_no="901", ordered_at=ordered_at)
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    assert not world.of(ev.KillswitchOn)


def entered(submit: act.Submit, ordered_at: str) -> BrokerOrder:
    """The order as the broker lists it, though its answer said otherwise or has not come."""
    order = submit.order
    return BrokerOrder(
        "902", "", "00950", order.symbol, order.side, order.quantity, order.limit_price, Quantity(0), Price(0),
        order.quantity, Quantity(0), Quantity(0), ordered_at,
    )  # fmt: skip


@pytest.mark.requirement("OPS-05-3", "DEC-3", "MON-4.17")
@pytest.mark.parametrize(
    ("after_s", "causes"), [(0, ["duplicate_order"]), (30, [])], ids=["at once", "by hand, half a minute later"]
)
def test_a_refused_order_that_lives_at_the_broker_all_the_same_is_told(after_s: int, causes: list[str]) -> None:
    """The network doubled the request: one was refused, its double was taken and rested all day unseen."""
    world = opened()
    world.trade(SAMSUNG, 67_900)
    (submit,) = world.of(act.Submit)
    refused = Outcome(OutcomeKind.REFUSED, code="APBK0919", sent_mono=world.mono)
    world.give(inp.SubmitEnded(submit.order.intent_id, refused))
    ordered_at = f"{(world.wall + timedelta(seconds=after_s)).astimezone(KST):%H%M%S}"
    world.give(inp.OrdersRead((entered(submit, ordered_at),), world.mono))
    assert [on.cause for on in world.of(ev.KillswitchOn)] == causes


@pytest.mark.requirement("OPS-05-3", "DEC-3", "MON-4.17")
def test_an_order_that_was_not_sent_and_lives_all_the_same_is_told() -> None:
    world = opened()
    world.trade(SAMSUNG, 67_900)
    (submit,) = world.of(act.Submit)
    world.give(inp.SubmitEnded(submit.order.intent_id, Outcome(OutcomeKind.NOT_SENT, code="connect_refused")))
    world.give(inp.OrdersRead((entered(submit, f"{world.wall.astimezone(KST):%H%M%S}"),), world.mono))
    assert [on.cause for on in world.of(ev.KillswitchOn)] == ["duplicate_order"]


def test_a_refused_order_like_one_without_a_time_is_a_persons() -> None:
    world = opened()
    world.trade(SAMSUNG, 67_900)
    (submit,) = world.of(act.Submit)
    world.give(inp.SubmitEnded(submit.order.intent_id, Outcome(OutcomeKind.REFUSED, code="APBK0919")))
    world.give(inp.OrdersRead((entered(submit, "09"),), world.mono))
    assert not world.of(ev.KillswitchOn)


@pytest.mark.requirement("MON-4.17")
def test_an_order_listed_before_its_answer_is_not_the_double_of_the_attempt_before() -> None:
    world = opened()
    world.trade(SAMSUNG, 67_900)
    (first,) = world.of(act.Submit)
    world.give(inp.SubmitEnded(first.order.intent_id, Outcome(OutcomeKind.NOT_SENT, code="connect_refused")))
    world.pass_time(61, step=1.0)
    world.trade(SAMSUNG, 67_900)
    *_, second = world.of(act.Submit)
    assert second is not first
    world.give(inp.OrdersRead((entered(second, f"{world.wall.astimezone(KST):%H%M%S}"),), world.mono))
    assert not world.of(ev.KillswitchOn)


@pytest.mark.requirement("OPS-05-3", "DEC-3")
@pytest.mark.parametrize(("count", "every_s", "fires"), [(9, 10.0, False), (10, 10.0, True), (10, 40.0, False)])
def test_ten_refusals_in_five_minutes_set_it(count: int, every_s: float, fires: bool) -> None:
    symbols = [Symbol(f"{number:06d}") for number in range(100, 100 + count)]
    world = opened(World(holdings=dict.fromkeys(symbols, (10, 70_000, 10))))
    for symbol in symbols:
        world.trade(symbol, 67_900)
        submit = world.of(act.Submit)[-1]
        assert submit.order.symbol == symbol
        world.give(inp.SubmitEnded(submit.order.intent_id, Outcome(OutcomeKind.REFUSED, code="APBK0919")))
        world.pass_time(every_s, step=5.0)
    assert [on.cause for on in world.of(ev.KillswitchOn)] == ["rejection_burst"] * fires


def valued(world: World, price: int) -> None:
    """A balance whose holdings are worth ``price`` a share."""
    balance = world.balance()
    lines = tuple(replace(line, price=Price(price)) for line in balance.holdings)
    world.give(inp.BalanceRead(replace(balance, holdings=lines), world.mono))


@pytest.mark.requirement("OPS-05-3", "DEC-3")
def test_the_days_loss_sets_it_once_a_day() -> None:
    world = opened(held(config=replace(CONFIG, day_loss_bps=3)))
    assert world.engine.desk.equity_start == 100_000_000
    world.pass_time(60, step=5.0)
    valued(world, 67_001)
    assert not world.of(ev.KillswitchOn)
    valued(world, 67_000)
    valued(world, 66_900)
    (on,) = world.of(ev.KillswitchOn)
    assert on.cause == "day_loss"
    assert "30,000원" in on.reason


@pytest.mark.requirement("OPS-05-3", "DEC-3")
def test_a_restart_and_a_new_session_do_not_begin_the_days_loss_anew() -> None:
    """Two falls of two thousand won with a restart in between are one of four thousand."""
    first = opened(held(config=replace(CONFIG, day_loss_bps=3)))
    valued(first, 68_000)
    assert not first.of(ev.KillswitchOn)
    facts = [fact for fact in first.facts if isinstance(fact, ev.Fact.__args__)]
    again = held(config=first.config, wall=first.wall, mono=first.mono, answer_reads=False)
    again.start(*facts)
    valued(again, 67_500)
    assert not again.of(ev.DayStartValued), "told once a day"
    again.give(RestartMonitoring("op"))
    again.answer_reads = True
    again.pass_time(20)
    valued(again, 67_000)
    assert [on.cause for on in again.of(ev.KillswitchOn)] == ["day_loss"]


def test_an_empty_balance_is_no_beginning_of_a_day() -> None:
    world = held(answer_reads=False)
    world.start()
    balance = world.balance()
    world.give(inp.BalanceRead(replace(balance, equity=Won(0)), world.mono))
    assert not world.of(ev.DayStartValued)
    world.give(inp.BalanceRead(balance, world.mono))
    assert world.of(ev.DayStartValued) == [ev.DayStartValued("2026-11-23", 100_000_000, 0)]
