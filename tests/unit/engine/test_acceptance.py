"""The order as listed against the order as sent, once, when it is first listed."""

from dataclasses import replace

import pytest

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.commands import ResolveOrder, ResumeOrders, Verdict
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.order import IntentState, Outcome, OutcomeKind
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from tests.unit.engine.test_orders import stranger
from tests.unit.engine.world import HYNIX, SAMSUNG, World, held


def accepted(**changes: object) -> tuple[World, str]:
    """A world whose stop order was accepted; the broker lists it with ``changes``."""
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    number = world.accept(world.of(act.Submit)[0])
    world.orders[number] = replace(world.orders[number], **changes)  # type: ignore[arg-type]
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    return world, number


@pytest.mark.requirement("MON-4.06")
def test_order_listed_as_it_was_sent_is_nothing_to_tell() -> None:
    world, _ = accepted()
    assert not world.of(ev.AcceptanceMismatch)
    assert not world.engine.book.halts


@pytest.mark.requirement("MON-4.06", "MON-4.1.05")
@pytest.mark.parametrize(
    "changes",
    [{"symbol": HYNIX}, {"side": Side.BUY}, {"quantity": Quantity(100)}, {"limit_price": Price(6_780)}],
    ids=str,
)
def test_order_listed_otherwise_is_told_once_and_its_stock_waits_for_a_person(changes: dict[str, object]) -> None:
    world, number = accepted(**changes)
    for _ in range(2):
        world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    (told,) = world.of(ev.AcceptanceMismatch)
    assert (told.symbol, told.order_no) == (SAMSUNG, number)
    assert told.sent == "005930 매도 10주 @ 67,800원"
    assert told.listed != told.sent
    halt = world.engine.book.halted(SAMSUNG)
    assert halt is not None
    assert halt.source == "acceptance"
    world.pass_time(70)
    world.trade(SAMSUNG, 67_000)
    world.poll(SAMSUNG, 67_000)
    assert world.engine.book.halted(SAMSUNG) is not None, "no price ends it"
    assert len(world.of(act.Submit)) == 1
    world.give(ResumeOrders("op", SAMSUNG))
    assert world.engine.book.halted(SAMSUNG) is None


@pytest.mark.parametrize("changes", [{"symbol": HYNIX}, {"side": Side.BUY}], ids=str)
def test_fills_of_another_stock_or_side_are_none_of_ours(changes: dict[str, object]) -> None:
    world, _ = accepted(filled=Quantity(10), remaining=Quantity(0), average_fill_price=Price(67_800), **changes)
    assert not world.of(ev.OrderFilled)


def test_cancels_strangers_and_orders_that_are_over_are_not_compared() -> None:
    world, number = accepted()
    listed = world.orders[number]
    others = (
        stranger("900", symbol=Symbol("000660")),
        replace(listed, order_no="901", original_order_no=number, is_cancel=True, quantity=Quantity(1)),
    )
    world.give(inp.OrdersRead((listed, *others), world.mono))
    over = replace(listed, filled=Quantity(10), remaining=Quantity(0), average_fill_price=Price(67_800))
    world.give(inp.OrdersRead((over,), world.mono))
    world.engine.desk.watches.clear()
    world.give(inp.OrdersRead((replace(over, quantity=Quantity(99)),), world.mono))
    assert not world.of(ev.AcceptanceMismatch)


def test_order_adopted_by_a_person_has_been_looked_at() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    intent_id = world.of(act.Submit)[0].order.intent_id
    world.give(inp.SubmitEnded(intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout", sent_mono=world.mono)))
    world.holdings[SAMSUNG] = (10, 70_000, 0)
    world.orders["700"] = stranger("700", limit_price=Price(67_500))
    world.pass_time(60)
    assert world.engine.book.intents[intent_id].state is IntentState.ESCALATED
    world.give(ResolveOrder("op", intent_id, Verdict.ADOPTED, "증권사 확인", "700"))
    world.pass_time(5)
    assert world.engine.book.intents[intent_id].order_no == "700"
    assert not world.of(ev.AcceptanceMismatch)
