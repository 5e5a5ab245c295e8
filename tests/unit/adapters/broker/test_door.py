"""The last checks before the socket, one by one and together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.adapters.broker.door import (
    LEASE_MARGIN_S,
    Binding,
    Bounds,
    Door,
    Lease,
    Pace,
    PriceLimits,
    bound,
    kill_switch,
    lease_held,
    price_valid,
    quantity_sane,
    timely,
    value_sane,
)
from hantu.adapters.broker.orders import ANSWER_TIMEOUT_S
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.instant import Instant
from hantu.domain.instrument import Market, Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.order import CancelRequest, OrderRequest, OrderType, OutcomeKind, Purpose
from hantu.domain.price_step import is_on_step
from hantu.kis.environment import Credentials, EnvironmentName, local

NOW = Instant(datetime(2026, 11, 23, 1, 0, tzinfo=UTC), 100.0)
SELL = OrderRequest("i1", Symbol("005930"), Side.SELL, Quantity(10), Price(71_500), epoch=7)
CANCEL = CancelRequest("c1", "i1", Symbol("005930"), "85001", "03930", epoch=7)
LIMITS = PriceLimits(Market.KOSPI, 49_700, 92_300)
BOUNDS = Bounds(quantity_max=100, value_max=10_000_000, orders_per_second=2, orders_per_day=5, cancels_per_day=3)
ENVIRONMENT = local(Credentials(EnvironmentName.LOCAL, "12345678", "K", "S"), "http://127.0.0.1:1", "ws://127.0.0.1:1")

_PASSES = {
    KillLevel.OFF: {(side, purpose) for side in Side for purpose in Purpose},
    KillLevel.ACTIVE: {(Side.SELL, Purpose.STOP_LOSS), (Side.SELL, Purpose.TRAILING_STOP)},
    KillLevel.HARD: set(),
    KillLevel.FLATTEN: {(Side.SELL, Purpose.MANUAL)},
}


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("level", list(KillLevel))
def test_kill_levels(level: KillLevel, side: Side, purpose: Purpose) -> None:
    order = replace(SELL, side=side, purpose=purpose)
    assert (kill_switch(level, order) is None) is ((side, purpose) in _PASSES[level])
    assert kill_switch(level, CANCEL) is None


@pytest.mark.parametrize(
    ("lease", "code"),
    [
        (Lease(7, 60.0), None),
        (Lease(7, LEASE_MARGIN_S), None),
        (Lease(7, LEASE_MARGIN_S - 0.1), "lease"),
        (Lease(7, -5.0), "lease"),
        (Lease(8, 60.0), "epoch"),
        (Lease(6, 60.0), "epoch"),
    ],
)
def test_lease_must_be_ours_and_outlast_the_answer(lease: Lease, code: str | None) -> None:
    for request in (SELL, CANCEL):
        denied = lease_held(lease, request)
        assert (denied.code if denied else None) == code


def test_lease_margin_covers_the_answer() -> None:
    assert LEASE_MARGIN_S > ANSWER_TIMEOUT_S


@pytest.mark.parametrize(
    ("binding", "code"),
    [
        (Binding(EnvironmentName.LOCAL, "1234567801"), None),
        (Binding(EnvironmentName.REAL, "1234567801"), "environment"),
        (Binding(EnvironmentName.LOCAL, "1234567802"), "account"),
        (Binding(EnvironmentName.LOCAL, "8765432101"), "account"),
    ],
)
def test_binding(binding: Binding, code: str | None) -> None:
    denied = bound(binding, ENVIRONMENT)
    assert (denied.code if denied else None) == code
    assert "12345678" not in repr(binding)


@pytest.mark.parametrize(
    ("quantity", "code"), [(1, None), (100, None), (101, "quantity_max"), (0, "quantity"), (-1, "quantity")]
)
def test_quantity(quantity: int, code: str | None) -> None:
    denied = quantity_sane(BOUNDS, replace(SELL, quantity=Quantity(quantity)))
    assert (denied.code if denied else None) == code


@pytest.mark.parametrize(
    ("price", "code"),
    [
        (71_500, None),
        (49_700, None),
        (92_300, None),
        (71_550, "price_step"),
        (71_501, "price_step"),
        (0, "price_step"),
        (-100, "price_step"),
        (49_650, "price_limits"),
        (92_400, "price_limits"),
    ],
)
def test_price(price: int, code: str | None) -> None:
    denied = price_valid(LIMITS, replace(SELL, limit_price=Price(price)))
    assert (denied.code if denied else None) == code


def test_unknown_limits_stop_a_buy_but_not_a_protective_sell() -> None:
    for limits in (None, PriceLimits(Market.KOSPI)):
        assert price_valid(limits, SELL) is None
        denied = price_valid(limits, replace(SELL, side=Side.BUY))
        assert denied is not None
        assert denied.code == "price_limits"
    assert price_valid(None, replace(SELL, limit_price=Price(71_501))) is not None


def test_market_order_has_no_price() -> None:
    assert price_valid(LIMITS, replace(SELL, order_type=OrderType.MARKET, limit_price=Price(0))) is None
    assert price_valid(LIMITS, replace(SELL, order_type=OrderType.MARKET)) is not None


def test_value() -> None:
    assert value_sane(BOUNDS, LIMITS, SELL) is None
    assert value_sane(replace(BOUNDS, value_max=714_999), LIMITS, SELL) is not None
    market = replace(SELL, order_type=OrderType.MARKET, limit_price=Price(0))
    assert value_sane(replace(BOUNDS, value_max=922_999), LIMITS, market) is not None
    assert value_sane(replace(BOUNDS, value_max=923_000), LIMITS, market) is None


@given(st.integers(-10, 200_000), st.integers(-10, 1_000), st.sampled_from(Side))
def test_nothing_insane_passes(price: int, quantity: int, side: Side) -> None:
    order = replace(SELL, side=side, limit_price=Price(price), quantity=Quantity(quantity))
    if door().deny(order, ENVIRONMENT, NOW) is None:
        assert is_on_step(price)
        assert 49_700 <= price <= 92_300
        assert 0 < quantity <= 100
        assert price * quantity <= 10_000_000


def later(seconds: float) -> Instant:
    return NOW.after(seconds)


def door(**views: object) -> Door:
    kill = views.get("kill", KillLevel.OFF)
    lease = views.get("lease", Lease(7, 60.0))
    return Door(
        Binding(EnvironmentName.LOCAL, "1234567801"),
        BOUNDS,
        kill=lambda: kill,  # type: ignore[arg-type, return-value]
        lease=lambda: lease,  # type: ignore[arg-type, return-value]
        price_limits=lambda _: LIMITS,
    )


def order(number: int) -> OrderRequest:
    return replace(SELL, intent_id=f"i{number}")


def test_pace_of_a_second_is_waited_for_and_then_denied() -> None:
    here = door()
    assert here.leaves(order(1), NOW) is None
    assert here.leaves(order(2), later(0.2)) is None
    assert here.wait_s(order(3), later(0.5)) == pytest.approx(0.5)
    denied = here.leaves(order(3), later(0.5))
    assert denied is not None
    assert denied.code == "rate"
    assert here.deny(order(3), ENVIRONMENT, later(0.5)) is None
    assert here.leaves(order(3), later(1.0)) is None


def test_pace_of_a_day_ends_with_the_korean_day() -> None:
    here = door()
    for number in range(5):
        assert here.leaves(order(number), later(number)) is None
    for check in (here.deny(order(9), ENVIRONMENT, later(60)), here.leaves(order(9), later(60))):
        assert check is not None
        assert check.code == "day_count"
    # 15:00 UTC is midnight in Korea.
    midnight = Instant(NOW.wall + timedelta(hours=14), NOW.mono + 50_400)
    assert here.leaves(order(9), midnight) is None


def test_cancels_have_a_pace_of_their_own() -> None:
    here = door()
    for number in range(5):
        assert here.leaves(order(number), later(number)) is None
    for number in range(3):
        assert here.leaves(replace(CANCEL, intent_id=f"c{number}"), later(10 + number)) is None
    assert here.leaves(replace(CANCEL, intent_id="c9"), later(20)) is not None


def test_an_intent_leaves_once() -> None:
    here = door()
    assert here.leaves(SELL, NOW) is None
    for check in (here.leaves(SELL, later(10)), here.deny(SELL, ENVIRONMENT, later(10))):
        assert check is not None
        assert check.code == "repeated"


def test_denied_intent_was_not_counted() -> None:
    here = door(kill=KillLevel.HARD)
    for _ in range(10):
        assert here.leaves(SELL, NOW) is not None
    assert here.wait_s(SELL, NOW) == 0


@pytest.mark.parametrize(
    ("request_", "views", "code"),
    [
        (SELL, {}, None),
        (CANCEL, {"kill": KillLevel.HARD}, None),
        (SELL, {"kill": KillLevel.HARD}, "kill"),
        (SELL, {"lease": Lease(8, 60.0)}, "epoch"),
        (CANCEL, {"lease": Lease(7, 0.0)}, "lease"),
        (replace(SELL, quantity=Quantity(0)), {}, "quantity"),
        (replace(SELL, limit_price=Price(71_501)), {}, "price_step"),
        (replace(SELL, quantity=Quantity(100), limit_price=Price(92_300)), {}, None),
    ],
)
def test_all_checks_together(
    request_: OrderRequest | CancelRequest, views: dict[str, object], code: str | None
) -> None:
    denied = door(**views).deny(request_, ENVIRONMENT, NOW)
    assert (denied.code if denied else None) == code


def test_denied_is_an_outcome_that_was_not_sent_and_is_not_repeated() -> None:
    denied = kill_switch(KillLevel.HARD, SELL)
    assert denied is not None
    outcome = denied.outcome()
    assert (outcome.kind, outcome.code, outcome.retryable) == (OutcomeKind.NOT_SENT, "denied:kill", False)
    assert outcome.message


def test_pace_counts_within_a_second_only() -> None:
    pace = Pace(1, 10)
    pace.count(NOW)
    assert pace.second_full(later(0.999)) is not None
    assert pace.second_full(later(1.0)) is None


def test_order_held_up_on_its_way_does_not_leave() -> None:
    """A process frozen between commit and send must not sell at the price of a minute ago."""
    late = replace(SELL, not_after=100.0)
    assert timely(late, Instant(NOW.wall, 100.0)) is None
    denied = timely(late, Instant(NOW.wall, 100.1))
    assert denied is not None
    assert denied.outcome().retryable, "it is decided anew at the present price"
