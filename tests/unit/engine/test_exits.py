"""How a position is left: what holds an order back, how many shares, at which price."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hantu.domain import events as ev
from hantu.domain.account import BrokerOrder, Side
from hantu.domain.commands import KillLevel, SetKill
from hantu.domain.instrument import Market
from hantu.domain.money import Price, Quantity
from hantu.domain.order import Outcome, OutcomeKind, Purpose
from hantu.domain.quote import BookTop
from hantu.engine import decision as act
from hantu.engine import exits
from hantu.engine import inputs as inp
from hantu.engine.config import ExitRule, Mode, Partial
from hantu.engine.turn import Turn
from tests.unit.engine.test_accidents import RATE, canceled_at_broker, stopped
from tests.unit.engine.world import CONFIG, OPEN, SAMSUNG, World, held

CLOSE = OPEN + timedelta(hours=6, minutes=30)


def turn(world: World) -> Turn:
    return Turn(world.engine.desk, world.now)


def by_hand(number: str, remaining: int) -> BrokerOrder:
    return BrokerOrder(
        number, "", "00950", SAMSUNG, Side.SELL, Quantity(remaining), Price(80_000), Quantity(0), Price(0),
        Quantity(remaining), Quantity(0), Quantity(0), "090030",
    )  # fmt: skip


@pytest.mark.requirement("MON-4.09")
@pytest.mark.parametrize(
    ("changes", "purpose", "limit"),
    [
        # a protective sell goes to the best bid, but never above the price seen
        ({}, Purpose.STOP_LOSS, 67_800),
        ({}, Purpose.TRAILING_STOP, 67_800),
        ({"bid": 68_500}, Purpose.STOP_LOSS, 67_900),
        ({"bid": 0}, Purpose.STOP_LOSS, 67_900),
        # any other goes to the price itself
        ({}, Purpose.TAKE_PROFIT, 67_900),
        # prices on a step, inside the limits of the day
        ({"price": 67_950, "bid": 0}, Purpose.STOP_LOSS, 67_900),
        ({"lower_limit": 68_000}, Purpose.STOP_LOSS, 68_000),
        ({"lower_limit": 68_050}, Purpose.STOP_LOSS, 68_100),
        ({"lower_limit": 67_800}, Purpose.STOP_LOSS, 67_800),
        ({"upper_limit": 67_000}, Purpose.STOP_LOSS, 67_000),
        ({"upper_limit": 66_990}, Purpose.STOP_LOSS, 66_900),
        ({"upper_limit": 67_800}, Purpose.STOP_LOSS, 67_800),
        # a quote of a minute ago still counts, an older one does not
        ({"quote_mono": 60.0}, Purpose.STOP_LOSS, 67_800),
        ({"quote_mono": 60.1}, Purpose.STOP_LOSS, 67_900),
        # without a price seen in this life, the one the level was reached by
        ({"price": 0, "bid": 0}, Purpose.STOP_LOSS, 66_600),
        ({"price": 0}, Purpose.STOP_LOSS, 66_600),
    ],
)
def test_limit_price(changes: dict[str, Any], purpose: Purpose, limit: int) -> None:
    world = held()
    world.open()
    sight = world.engine.desk.sight(SAMSUNG)
    sight.price, sight.bid, sight.ask, sight.quote_mono = 67_900, 67_800, 68_000, world.mono
    for name, value in changes.items():
        setattr(sight, name, world.mono - value if name == "quote_mono" else value)
    assert exits.exit_price(turn(world), SAMSUNG, purpose, 66_650) == limit


def test_best_bid_stands_in_where_no_price_is_known_at_all() -> None:
    world = held()
    world.open()
    world.give(BookTop(SAMSUNG, Price(68_000), Price(67_800), world.mono))
    assert exits.exit_price(turn(world), SAMSUNG, Purpose.STOP_LOSS, 0) == 67_800


def test_price_steps_are_those_of_the_listing_market() -> None:
    world = held(config=replace(CONFIG, markets={SAMSUNG: Market.ETF}))
    world.open()
    assert exits.exit_price(turn(world), SAMSUNG, Purpose.TAKE_PROFIT, 67_957) == 67_955


@pytest.mark.requirement("MON-4.06", "MON-4.08", "MON-4.10")
def test_order_and_intent_say_the_same() -> None:
    world = held()
    world.start(next_intent=42)
    world.to_monitoring()
    world.orders["77"] = replace(by_hand("77", 0), canceled=Quantity(1), quantity=Quantity(1))
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    world.trade(SAMSUNG, 67_900)
    (order,) = [submit.order for submit in world.of(act.Submit)]
    (intent,) = world.of(ev.IntentRecorded)
    (reached,) = world.of(ev.StopLossReached)
    assert (intent.intent_id, intent.flow) == ("20261123-0042", f"20261123-{SAMSUNG}-stop_loss-42")
    assert reached.flow == intent.flow
    assert (reached.price, reached.level, reached.basis) == (67_900, 67_900, "trade")
    assert (reached.quantity, reached.average_price, reached.name) == (10, 70_000, f"N{SAMSUNG}")
    assert (intent.kind, intent.side, intent.purpose, intent.target) == ("order", Side.SELL, Purpose.STOP_LOSS, 0)
    assert (intent.attempt, intent.parent, intent.held, intent.average_price) == (1, "", 10, 70_000)
    assert (intent.baseline, intent.trade_date, intent.epoch) == (("77",), "2026-11-23", 1)
    assert (order.intent_id, order.symbol, order.side) == (intent.intent_id, SAMSUNG, Side.SELL)
    assert (order.quantity, order.limit_price) == (intent.quantity, intent.limit_price) == (10, 67_800)
    assert (order.purpose, order.epoch, order.venue) == (Purpose.STOP_LOSS, 1, "KRX")
    assert order.not_after == world.mono + 15.0


@pytest.mark.requirement("MON-3.02", "MON-4.08")
def test_profit_is_told_as_one() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 75_600)
    assert not world.of(ev.StopLossReached)
    assert [fact.purpose for fact in world.of(ev.TakeProfitReached)] == [Purpose.TAKE_PROFIT]


@pytest.mark.parametrize("level", [KillLevel.ACTIVE, KillLevel.HARD])
@pytest.mark.parametrize(("price", "protective"), [(67_000, True), (76_000, False)])
def test_kill_switch_lets_only_protective_sells_pass_and_only_at_its_first_level(
    level: KillLevel, price: int, protective: bool
) -> None:
    world = held()
    world.open()
    world.give(SetKill("op", level, "x"))
    world.trade(SAMSUNG, price)
    passes = protective and level is KillLevel.ACTIVE
    assert len(world.of(act.Submit)) == len(world.of(ev.OrderAllowedProtective)) == passes
    blocked = world.of(ev.OrderBlockedKillswitch)
    assert [(fact.level, fact.sender) for fact in blocked] == ([] if passes else [(level, "guard")])
    assert [fact.reason for fact in world.of(ev.ExitHeld)] == ([] if passes else ["kill"])


def test_nothing_is_sold_before_the_broker_was_asked_what_is_held_and_ordered() -> None:
    first = held()
    first.open()
    world = held(wall=first.wall, answer_reads=False)
    world.start(*first.facts)
    world.engine.book.state = first.engine.book.state
    world.trade(SAMSUNG, 67_000)
    assert not world.of(act.Submit)
    assert [fact.reason for fact in world.of(ev.ExitHeld)] == ["recovering"]
    assert SAMSUNG in world.engine.desk.pending
    world.answer_reads = True
    world.give(inp.OrdersRead((), world.mono))
    world.give(inp.BalanceRead(world.balance(), world.mono))
    world.trade(SAMSUNG, 67_000)
    assert len(world.of(act.Submit)) == 1
    assert SAMSUNG not in world.engine.desk.pending


def test_price_after_the_close_sells_nothing() -> None:
    world = held()
    world.open()
    world.wall = CLOSE
    world.trade(SAMSUNG, 67_000)
    assert not world.of(act.Submit)
    assert [fact.reason for fact in world.of(ev.ExitHeld)] == ["session"]


@pytest.mark.requirement("MON-4.1.12")
def test_sale_asks_for_no_more_than_is_free_beyond_the_target() -> None:
    world = held(config=replace(CONFIG, default_rule=ExitRule(partial=Partial(enabled=True, share_bps=3_000))))
    world.open()
    world.orders["9"] = by_hand("9", 6)
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    world.trade(SAMSUNG, 73_500)
    assert not world.of(act.Submit), "seven shares stay, four are free"
    assert [fact.reason for fact in world.of(ev.ExitHeld)] == ["not_sellable"]
    world.orders["9"] = by_hand("9", 2)
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    world.trade(SAMSUNG, 73_600)
    assert [submit.order.quantity for submit in world.of(act.Submit)] == [1]


def test_what_locks_the_shares_is_asked_about_every_two_seconds_and_not_at_every_trade() -> None:
    world = held()
    world.open()
    world.orders["9"] = by_hand("9", 10)
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    asked = len(world.of(act.ReadOrders))
    for _ in range(10):
        world.trade(SAMSUNG, 67_000)
        world.pass_time(0.1)
    assert len(world.of(act.ReadOrders)) == asked
    world.pass_time(1.1)
    world.trade(SAMSUNG, 67_000)
    world.pass_time(0.1)
    assert len(world.of(act.ReadOrders)) == asked + 1


def test_watch_mode_tells_again_after_the_price_came_back() -> None:
    world = held(config=replace(CONFIG, mode=Mode.WATCH, default_rule=ExitRule(partial=Partial(enabled=True))))
    world.open()
    world.trade(SAMSUNG, 73_500)
    assert [(fact.quantity, fact.limit_price, fact.purpose) for fact in world.of(ev.ExitSimulated)] == [
        (5, 73_500, Purpose.PARTIAL_PROFIT)
    ]
    world.trade(SAMSUNG, 67_000)
    world.trade(SAMSUNG, 70_000)
    world.trade(SAMSUNG, 67_000)
    assert len(world.of(ev.ExitSimulated)) == 3
    assert not world.of(ev.IntentRecorded)


# --- second attempts -----------------------------------------------------------------------


@pytest.mark.requirement("MON-4.13")
def test_second_attempt_names_the_first_and_takes_the_price_of_its_own_moment() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    first = world.of(act.Submit)[0].order
    world.give(inp.SubmitEnded(first.intent_id, RATE))
    world.trade(SAMSUNG, 66_000)
    world.pass_time(1.1)
    second = world.of(ev.IntentRecorded)[1]
    assert (second.attempt, second.parent, second.flow) == (2, first.intent_id, world.of(ev.IntentRecorded)[0].flow)
    assert second.limit_price == 65_900


def test_second_attempt_is_not_made_for_shares_that_are_gone() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    world.give(inp.SubmitEnded(world.of(act.Submit)[0].order.intent_id, RATE))
    world.engine.book.apply(ev.PositionClosed(SAMSUNG, "N", "elsewhere"))
    world.pass_time(2)
    assert len(world.of(act.Submit)) == 1
    assert not world.of(ev.ExitHeld)


def test_second_attempt_after_the_close_is_held_and_told_once() -> None:
    world = held()
    world.open()
    world.wall = CLOSE - timedelta(seconds=0.5)
    world.trade(SAMSUNG, 67_900)
    world.give(inp.SubmitEnded(world.of(act.Submit)[0].order.intent_id, RATE))
    world.pass_time(3)
    assert len(world.of(act.Submit)) == 1
    assert [fact.reason for fact in world.of(ev.ExitHeld)] == ["session"]


@pytest.mark.requirement("MON-4.1.12")
def test_second_attempt_finds_its_shares_on_sale_by_hand_and_waits() -> None:
    world, number = stopped()
    canceled_at_broker(world, number)
    world.orders["9"] = by_hand("9", 10)
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    assert len(world.of(act.Submit)) == 1
    assert [fact.reason for fact in world.of(ev.ExitHeld)] == ["not_sellable"]
    assert SAMSUNG in world.engine.desk.pending


def test_exit_waits_while_an_order_of_the_stock_is_in_doubt() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 75_600)
    intent_id = world.of(act.Submit)[0].order.intent_id
    world.answer_reads = False
    world.give(inp.SubmitEnded(intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout", sent_mono=world.mono)))
    world.trade(SAMSUNG, 67_000)
    assert len(world.of(act.Submit)) == 1
    assert [(fact.reason, fact.symbol) for fact in world.of(ev.ExitHeld)] == [("unresolved", SAMSUNG)]


def test_second_attempt_is_not_made_beside_an_order_that_is_open() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    refused = world.engine.book.intents[world.of(act.Submit)[0].order.intent_id]
    world.give(inp.SubmitEnded(refused.record.intent_id, RATE))
    again = turn(world)
    assert exits.send_again(again, refused)
    assert not exits.send_again(again, refused)
    facts = again.decision().facts
    assert [fact.reason for fact in facts if isinstance(fact, ev.ExitHeld)] == ["unresolved"]
    assert sum(isinstance(fact, ev.IntentRecorded) for fact in facts) == 1
