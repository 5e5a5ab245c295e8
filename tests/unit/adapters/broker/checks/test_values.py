"""Won of a day's orders, per stock and of the account."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hantu.adapters.broker.checks.form import PriceLimits
from hantu.adapters.broker.checks.values import DayValues, Values, day_value_free, stock_value_free, worth
from hantu.adapters.broker.checks.verdict import protective
from hantu.domain.account import Side
from hantu.domain.instant import Instant
from hantu.domain.instrument import Market, Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.order import OrderRequest, OrderType, Outcome, OutcomeKind, Purpose
from hantu.domain.session import trading_date
from tests.unit.adapters.broker.checks.cases import BUY, CANCEL, LIMITS, NOW, SELL, TARGET, code

FLATTEN = replace(SELL, purpose=Purpose.FLATTEN)
TRAILING = replace(SELL, purpose=Purpose.TRAILING_STOP)
PARTIAL = replace(TARGET, purpose=Purpose.PARTIAL_PROFIT)
BY_HAND = replace(SELL, purpose=Purpose.MANUAL)
OTHER = Symbol("000660")
WON = 715_000
"""Of each of these orders."""


def order(number: int, like: OrderRequest = BUY, **changes: object) -> OrderRequest:
    return replace(like, intent_id=f"v{number}", **changes)  # type: ignore[arg-type]


def market(like: OrderRequest) -> OrderRequest:
    return replace(like, order_type=OrderType.MARKET, limit_price=Price(0))


@given(st.integers(1, 1_000), st.integers(0, 1_200), st.integers(0, 1_200))
def test_an_order_that_can_wait_fits_up_to_the_last_won(limit: int, used: int, value: int) -> None:
    for request in (BUY, TARGET, PARTIAL, BY_HAND):
        fits = used + value <= limit
        assert code(stock_value_free(limit, used, value, request)) == (None if fits else "value_stock_day")
        assert code(day_value_free(limit, used, value, request)) == (None if fits else "value_day")
    for request in (SELL, TRAILING, FLATTEN, CANCEL):
        assert stock_value_free(limit, used, value, request) is None
        assert day_value_free(limit, used, value, request) is None


def test_a_buy_is_never_protective_whatever_it_calls_itself() -> None:
    for purpose in Purpose:
        assert code(day_value_free(1, 0, 2, replace(BUY, purpose=purpose))) == "value_day"


def test_a_person_reads_limit_what_has_gone_and_this_order() -> None:
    stock = stock_value_free(20_000_000_000, 15_000_000_000, 6_000_000_000, BUY)
    account = day_value_free(50_000_000_000, 49_000_000_000, 6_000_000_000, BUY)
    assert stock is not None
    assert account is not None
    assert stock.reason == (
        "이 종목의 하루 주문 금액 한도 20,000,000,000원을 넘습니다"
        "(오늘 보낸 주문 15,000,000,000원, 이번 주문 6,000,000,000원)."
    )
    assert account.reason.startswith("계좌 전체의 하루 주문 금액 한도 50,000,000,000원을 넘습니다")
    assert not stock.outcome().retryable


def test_worth_is_shares_times_the_limit_and_never_0_for_what_can_wait() -> None:
    assert worth(LIMITS, BUY) == worth(None, BUY) == WON
    assert worth(LIMITS, market(BUY)) == 923_000
    assert worth(PriceLimits(Market.KOSPI, last=71_000), market(TARGET)) == 710_000
    assert worth(None, market(SELL)) == 0


def test_stocks_are_counted_apart_and_together() -> None:
    values = Values(DayValues(2 * WON, 3 * WON))
    for number in range(2):
        values.note(LIMITS, order(number), NOW)
    assert code(values.deny(LIMITS, order(9), NOW)) == "value_stock_day"
    elsewhere = order(2, TARGET, symbol=OTHER)
    assert values.deny(LIMITS, elsewhere, NOW) is None
    values.note(LIMITS, elsewhere, NOW)
    assert code(values.deny(LIMITS, order(9, symbol=OTHER), NOW)) == "value_day"


def test_stops_count_and_are_never_stopped_and_cancels_do_neither() -> None:
    values = Values(DayValues(WON, WON))
    values.note(LIMITS, CANCEL, NOW)
    assert values.deny(LIMITS, BUY, NOW) is None
    for number, like in enumerate((SELL, TRAILING, FLATTEN)):
        assert values.deny(LIMITS, order(number, like), NOW) is None
        values.note(LIMITS, order(number, like), NOW)
    assert code(values.deny(LIMITS, replace(BUY, quantity=Quantity(1)), NOW)) == "value_stock_day"
    values.ended(CANCEL, Outcome(OutcomeKind.REFUSED))
    assert values.deny(LIMITS, CANCEL, NOW) is None
    assert values.deny(LIMITS, order(9, SELL), NOW) is None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (OutcomeKind.REFUSED, None),
        (OutcomeKind.NOT_SENT, None),
        (OutcomeKind.ACCEPTED, "value_stock_day"),
        (OutcomeKind.UNKNOWN, "value_stock_day"),
    ],
)
def test_only_an_order_that_provably_never_lived_gives_its_value_back(kind: OutcomeKind, expected: str | None) -> None:
    values = Values(DayValues(WON, WON))
    values.note(LIMITS, BUY, NOW)
    assert code(values.deny(LIMITS, order(1), NOW)) == "value_stock_day", "while the answer is awaited"
    values.ended(BUY, Outcome(kind))
    assert code(values.deny(LIMITS, order(1), NOW)) == expected
    # Told again, whatever it is told, gives nothing back.
    values.ended(BUY, Outcome(OutcomeKind.REFUSED))
    assert code(values.deny(LIMITS, order(1), NOW)) == expected


def test_a_refused_market_order_gives_back_what_it_took_not_what_it_would_take_now() -> None:
    values = Values(DayValues(923_000, 923_000))
    values.note(LIMITS, market(BUY), NOW)
    values.ended(market(BUY), Outcome(OutcomeKind.REFUSED))
    assert values.deny(replace(LIMITS, upper=92_300), order(1, market(BUY)), NOW) is None
    assert code(values.deny(replace(LIMITS, upper=92_400), order(1, market(BUY)), NOW)) == "value_stock_day"


def test_a_day_ends_in_korea_and_late_answers_take_nothing_off_the_next() -> None:
    values = Values(DayValues(WON, 10 * WON))
    # 15:00 UTC is midnight in Korea.
    before, after = (Instant(NOW.wall + timedelta(hours=14, seconds=s), NOW.mono + 50_400 + s) for s in (-1, 0))
    values.note(LIMITS, order(1), NOW)
    assert code(values.deny(LIMITS, order(2), before)) == "value_stock_day"
    assert values.deny(LIMITS, order(2), after) is None
    values.note(LIMITS, order(2), after)
    values.ended(order(1), Outcome(OutcomeKind.REFUSED))
    assert code(values.deny(LIMITS, order(3), after)) == "value_stock_day"


SENDS = st.lists(
    st.tuples(
        st.floats(0, 20_000),
        st.sampled_from([Symbol("005930"), OTHER]),
        st.sampled_from(Side),
        st.sampled_from(Purpose),
        st.integers(1, 40),
        st.sampled_from(OutcomeKind),
        st.booleans(),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 60), st.integers(0, 90), SENDS)
def test_no_day_holds_more_value_than_its_limits_by_orders_that_can_wait(
    per_stock: int, per_day: int, sends: list[tuple[float, Symbol, Side, Purpose, int, OutcomeKind, bool]]
) -> None:
    """Against a plain list of what lived: same verdicts, whatever the days, answers and kinds."""
    values, mono = Values(DayValues(per_stock * 1_000, per_day * 1_000)), 0.0
    lived: Counter[tuple[object, Symbol]] = Counter()
    for number, (pause, symbol, side, purpose, quantity, kind, answered) in enumerate(sends):
        mono += pause
        now = Instant(NOW.wall + timedelta(seconds=mono), NOW.mono + mono)
        sent = order(
            number, symbol=symbol, side=side, purpose=purpose, quantity=Quantity(quantity), limit_price=Price(1_000)
        )
        day = trading_date(now.wall)
        stock = lived[day, symbol] + quantity
        total = sum(count for (date, _), count in lived.items() if date == day) + quantity
        expected = "value_stock_day" if stock > per_stock else "value_day" if total > per_day else None
        denied = values.deny(LIMITS, sent, now)
        assert code(denied) == (None if protective(sent) else expected)
        if denied is not None:
            continue
        values.note(LIMITS, sent, now)
        never_lived = answered and kind in (OutcomeKind.REFUSED, OutcomeKind.NOT_SENT)
        lived[day, symbol] += 0 if never_lived else quantity
        if answered:
            values.ended(sent, Outcome(kind))
