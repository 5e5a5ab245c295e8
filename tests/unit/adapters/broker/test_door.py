"""The door: every check in its place, asked at the right moment, and what a breach tells."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hantu.adapters.broker.checks.authority import Binding, Lease
from hantu.adapters.broker.checks.form import Bounds, PriceLimits
from hantu.adapters.broker.checks.losses import DayResult
from hantu.adapters.broker.checks.repeats import Repeats
from hantu.adapters.broker.checks.values import DayValues
from hantu.adapters.broker.checks.verdict import Request, protective
from hantu.adapters.broker.door import Door, Rules
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.instant import Instant
from hantu.domain.money import Price, Quantity
from hantu.domain.order import OrderRequest, OrderType, Outcome, OutcomeKind, Purpose
from hantu.domain.session import Calendar
from hantu.kis.environment import EnvironmentName
from tests.unit.adapters.broker.checks.cases import (
    BINDING,
    BUY,
    CANCEL,
    ENVIRONMENT,
    LIMITS,
    NOW,
    ORDERS,
    SELL,
    TARGET,
    code,
)

BOUNDS = Bounds(100, 10_000_000, orders_per_second=2, orders_per_day=5, cancels_per_day=3, exits_per_day=6)
RULES = Rules(repeats=Repeats(60.0, 4))
EVEN = DayResult(10_000_000, 10_000_000)
NIGHT = Instant(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), 100.0)


class Told:
    """What the door told others."""

    def __init__(self) -> None:
        self.breaches: list[tuple[str, str]] = []
        self.notes: list[str] = []


def door(told: Told | None = None, **views: Any) -> Door:
    told = told or Told()

    def view(name: str, default: Any) -> Callable[..., Any]:
        return lambda *_: views.get(name, default)

    return Door(
        views.get("binding", BINDING),
        views.get("bounds", BOUNDS),
        kill=view("kill", KillLevel.OFF),
        lease=view("lease", Lease(7, 60.0)),
        price_limits=view("limits", replace(LIMITS, seen_mono=math.inf)),
        calendar=view("calendar", Calendar(always_open=True)),
        day_result=view("result", EVEN),
        rules=views.get("rules", RULES),
        on_breach=lambda code_, request, _: told.breaches.append((code_, request.symbol)),
        on_note=lambda _, note: told.notes.append(note),
    )


def numbered(number: int, order: OrderRequest = SELL) -> OrderRequest:
    """An order unlike the others."""
    return replace(order, intent_id=f"n{number}", limit_price=Price(71_500 + 100 * number))


def later(seconds: float) -> Instant:
    return NOW.after(seconds)


BREACHES: list[tuple[Request, dict[str, Any], str | None]] = [
    (SELL, {}, None),
    (BUY, {}, None),
    (TARGET, {}, None),
    (CANCEL, {"kill": KillLevel.HARD}, None),
    (SELL, {"kill": KillLevel.HARD}, "kill"),
    (BUY, {"kill": KillLevel.ACTIVE}, "kill"),
    (SELL, {"lease": Lease(8, 60.0)}, "epoch"),
    (CANCEL, {"lease": Lease(7, 0.0)}, "lease"),
    (SELL, {"binding": Binding(EnvironmentName.PAPER, "1234567801")}, "environment"),
    (replace(SELL, environment="real"), {}, "environment"),
    (replace(CANCEL, environment="paper"), {}, "environment"),
    (SELL, {"binding": Binding(EnvironmentName.LOCAL, "1234567899")}, "account"),
    (replace(SELL, account="other"), {}, "account"),
    (replace(SELL, quantity=Quantity(0)), {}, "quantity"),
    (replace(SELL, quantity=Quantity(101)), {}, "quantity_max"),
    (SELL, {"bounds": replace(BOUNDS, value_max=700_000)}, "value_max"),
    (replace(SELL, limit_price=Price(71_501)), {}, "price_step"),
    (replace(SELL, limit_price=Price(92_400)), {}, "price_limits"),
    (replace(SELL, order_type=OrderType.MARKET), {}, "price"),
    (replace(SELL, limit_price=Price(60_000)), {}, "collar_last"),
    (replace(BUY, limit_price=Price(74_000)), {}, "collar_last"),
    (replace(BUY, limit_price=Price(86_000)), {"limits": replace(LIMITS, last=86_000)}, "collar_close"),
    (BUY, {"limits": replace(LIMITS, last=0)}, "no_reference"),
    (TARGET, {"limits": None}, "no_reference"),
    (BUY, {"limits": replace(LIMITS, seen_mono=96.0)}, "stale_price"),
    (SELL, {"limits": replace(LIMITS, seen_mono=-50.0)}, "stale_price"),
    (replace(SELL, price_mono=99.0), {"limits": None}, None),
    (BUY, {"result": DayResult(10_000_000, 9_700_000)}, "day_loss"),
    (SELL, {"result": DayResult(10_000_000, 5_000_000)}, None),
    (BUY, {"result": None}, "day_result"),
    (SELL, {"calendar": Calendar(closed=frozenset({NOW.wall.date()}))}, "session"),
    (replace(SELL, venue="NXT"), {"rules": Rules(krx_only=True)}, "venue"),
    (replace(TARGET, venue="NXT", order_type=OrderType.MARKET, limit_price=Price(0)), {}, "order_type"),
    (SELL, {"bounds": replace(BOUNDS, exits_per_day=0)}, "day_count"),
    (BUY, {"rules": Rules(values=DayValues(per_stock=714_999))}, "value_stock_day"),
    (TARGET, {"rules": Rules(values=DayValues(per_day=714_999))}, "value_day"),
    (SELL, {"rules": Rules(values=DayValues(0, 0))}, None),
    (replace(SELL, purpose=Purpose.FLATTEN), {"rules": Rules(values=DayValues(0, 0)), "kill": KillLevel.FLATTEN}, None),
    (CANCEL, {"rules": Rules(values=DayValues(0, 0))}, None),
]


@pytest.mark.requirement("DEC-2")
@pytest.mark.parametrize(("request_", "views", "expected"), BREACHES)
def test_every_breach_is_denied(request_: Request, views: dict[str, Any], expected: str | None) -> None:
    assert code(door(**views).deny(request_, ENVIRONMENT, NOW)) == expected


@given(ORDERS)
def test_nothing_insane_passes(order: OrderRequest) -> None:
    if door().deny(order, ENVIRONMENT, NOW) is None:
        assert 0 < order.quantity <= 100
        assert order.limit_price * order.quantity <= 10_000_000
        assert 49_700 <= order.limit_price <= 92_300
        assert order.limit_price >= 71_500 * 0.85
        assert order.side is Side.SELL or abs(order.limit_price - 71_500) <= 71_500 * 0.03


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ORDERS, st.floats(0, 30)), max_size=40))
def test_what_leaves_stays_within_every_count(sends: list[tuple[OrderRequest, float]]) -> None:
    here, mono, left = door(), 0.0, list[tuple[float, OrderRequest]]()
    for order, pause in sends:
        mono += pause
        now = later(mono)
        if here.deny(order, ENVIRONMENT, now) is None and here.leaves(order, now) is None:
            left.append((mono, order))
    assert len({order.intent_id for _, order in left}) == len(left)
    assert sum(1 for _, order in left if protective(order)) <= 6
    assert sum(1 for _, order in left if not protective(order)) <= 5
    for at, _ in left:
        assert sum(1 for other, _ in left if at <= other < at + 1.0 - 1e-6) <= 2


def test_pace_of_a_second_is_waited_for_and_then_denied() -> None:
    here = door()
    assert here.leaves(numbered(1), NOW) is None
    assert here.leaves(numbered(2), later(0.2)) is None
    assert here.wait_s(numbered(3), later(0.5)) == pytest.approx(0.5)
    assert code(here.leaves(numbered(3), later(0.5))) == "rate"
    assert here.deny(numbered(3), ENVIRONMENT, later(0.5)) is None
    assert here.leaves(numbered(3), later(1.0)) is None


def test_a_full_day_of_targets_leaves_room_for_stops() -> None:
    here = door(rules=Rules(repeats=Repeats(60.0, 100)))
    for number in range(5):
        assert here.leaves(numbered(number, TARGET), later(number)) is None
    for check in (here.deny(numbered(9, TARGET), ENVIRONMENT, later(60)), here.leaves(numbered(9, TARGET), later(60))):
        assert code(check) == "day_count"
    assert here.deny(numbered(10), ENVIRONMENT, later(60)) is None
    for number in range(3):
        assert here.leaves(replace(CANCEL, intent_id=f"c{number}"), later(61 + number)) is None
    assert code(here.leaves(replace(CANCEL, intent_id="c9"), later(70))) == "day_count"


def test_the_days_value_is_asked_twice_is_no_breach_and_leaves_room_for_stops() -> None:
    told = Told()
    here = door(told, rules=Rules(repeats=Repeats(60.0, 100), values=DayValues(1_500_000, 10_000_000)))
    first, second, third = (numbered(number, BUY) for number in range(3))
    for waiting in (first, second, third):
        assert here.deny(waiting, ENVIRONMENT, NOW) is None, "nothing has left yet"
    assert here.leaves(first, NOW) is None
    assert here.leaves(second, later(1)) is None
    assert code(here.leaves(third, later(2))) == "value_stock_day"
    assert code(here.deny(third, ENVIRONMENT, later(3))) == "value_stock_day"
    assert here.deny(numbered(4), ENVIRONMENT, later(3)) is None
    assert here.leaves(numbered(4), later(3)) is None
    here.ended(first, Outcome(OutcomeKind.ACCEPTED))
    here.ended(second, Outcome(OutcomeKind.UNKNOWN))
    here.ended(numbered(4), Outcome(OutcomeKind.REFUSED))
    assert code(here.deny(third, ENVIRONMENT, later(4))) == "value_stock_day"
    assert told.breaches == []


def test_an_order_the_broker_refused_gives_its_value_back() -> None:
    here = door(rules=Rules(values=DayValues(1_000_000, 1_000_000)))
    assert here.leaves(numbered(1, BUY), NOW) is None
    assert code(here.leaves(numbered(2, BUY), later(1))) == "value_stock_day"
    here.ended(numbered(1, BUY), Outcome(OutcomeKind.REFUSED))
    assert here.leaves(numbered(2, BUY), later(2)) is None


def test_a_market_order_counts_at_the_upper_limit_of_the_moment_it_leaves() -> None:
    here = door(rules=Rules(values=DayValues(1_700_000, 1_700_000)), limits=replace(LIMITS, seen_mono=math.inf))
    market = replace(BUY, order_type=OrderType.MARKET, limit_price=Price(0))
    assert here.leaves(market, NOW) is None
    # 923,000 won have gone.
    assert code(here.leaves(numbered(1, BUY), later(1))) is None
    assert code(here.leaves(numbered(2, BUY), later(2))) == "value_stock_day"


def test_an_intent_leaves_once() -> None:
    here = door()
    assert here.leaves(SELL, NOW) is None
    for check in (here.leaves(SELL, later(100)), here.deny(SELL, ENVIRONMENT, later(100))):
        assert code(check) == "repeated"


def test_denied_intent_was_not_counted() -> None:
    here = door(kill=KillLevel.HARD)
    for _ in range(10):
        assert code(here.leaves(SELL, NOW)) == "kill"
    assert here.wait_s(SELL, NOW) == 0


def test_the_close_may_come_while_an_order_waits() -> None:
    here = door()
    assert here.deny(SELL, ENVIRONMENT, NOW) is None
    assert code(here.leaves(SELL, NIGHT)) == "session"


def test_kill_and_lease_are_asked_last() -> None:
    """Whatever else was asked before: nothing stands between these two answers and the write."""
    asked: list[str] = []

    def noted(name: str, answer: Any) -> Callable[..., Any]:
        def view(*_: Any) -> Any:
            asked.append(name)
            return answer

        return view

    here = Door(
        BINDING, BOUNDS, kill=noted("kill", KillLevel.OFF), lease=noted("lease", Lease(7, 60.0)),
        price_limits=noted("limits", LIMITS), calendar=noted("calendar", Calendar()), day_result=noted("result", EVEN),
    )  # fmt: skip
    for look in (lambda: here.deny(SELL, ENVIRONMENT, NOW), lambda: here.leaves(SELL, NOW)):
        asked.clear()
        assert look() is None
        assert asked[-2:] == ["kill", "lease"]


def test_a_double_tells_and_a_confirmed_second_attempt_passes() -> None:
    told = Told()
    here = door(told)
    assert here.leaves(SELL, NOW) is None
    here.ended(SELL, Outcome(OutcomeKind.ACCEPTED))
    double = replace(SELL, intent_id="i2")
    for seconds in (5, 6):
        assert code(here.deny(double, ENVIRONMENT, later(seconds))) == "duplicate"
    assert told.breaches == [("duplicate", SELL.symbol)]
    assert here.deny(replace(double, replaces="i1"), ENVIRONMENT, later(7)) is None
    assert here.leaves(replace(double, replaces="i1"), later(7)) is None


def test_an_order_sent_too_often_tells_once_a_day() -> None:
    told = Told()
    here = door(told)
    for number in range(4):
        assert here.leaves(numbered(number), later(number)) is None
    for seconds in (10, 20):
        assert code(here.deny(numbered(8), ENVIRONMENT, later(seconds))) == "repeats_hour"
    assert told.breaches == [("repeats_hour", SELL.symbol)]


@pytest.mark.requirement("DEC-3")
@pytest.mark.parametrize("order", [SELL, BUY, TARGET])
def test_the_days_loss_is_told_whatever_the_order(order: OrderRequest) -> None:
    told = Told()
    here = door(told, result=DayResult(10_000_000, 9_000_000))
    for _ in range(3):
        assert (here.deny(order, ENVIRONMENT, NOW) is None) is (order.side is Side.SELL)
    assert [each for each, _ in told.breaches] == ["day_loss"]


def test_a_stop_without_a_reference_goes_with_a_note() -> None:
    told = Told()
    blind = PriceLimits(LIMITS.market)
    here = door(told, limits=blind)
    for purpose in (Purpose.STOP_LOSS, Purpose.TRAILING_STOP):
        assert here.deny(replace(SELL, purpose=purpose, price_mono=99.0), ENVIRONMENT, NOW) is None
    assert len(told.notes) == 2
    assert here.deny(CANCEL, ENVIRONMENT, NOW) is None
    assert len(told.notes) == 2


def test_cancels_pass_whatever_the_market_is_like() -> None:
    here = door(limits=None, result=None, kill=KillLevel.HARD)
    assert here.deny(CANCEL, ENVIRONMENT, NIGHT) is None
