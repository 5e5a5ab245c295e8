"""Requests and moments the tests of the checks share."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from hantu.adapters.broker.checks.authority import Binding
from hantu.adapters.broker.checks.form import PriceLimits
from hantu.adapters.broker.checks.verdict import Denied
from hantu.domain.account import Side
from hantu.domain.instant import Instant
from hantu.domain.instrument import Market, Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.order import CancelRequest, OrderRequest, Purpose
from hantu.kis.environment import Credentials, EnvironmentName, local

NOW = Instant(datetime(2026, 11, 23, 1, 0, tzinfo=UTC), 100.0)
"""A Monday, 10:00 in Korea."""
SELL = OrderRequest(
    "i1", Symbol("005930"), Side.SELL, Quantity(10), Price(71_500), epoch=7, account="main", environment="local"
)
BUY = OrderRequest(
    "b1", Symbol("005930"), Side.BUY, Quantity(10), Price(71_500), purpose=Purpose.MANUAL, epoch=7, account="main",
    environment="local",
)  # fmt: skip
TARGET = OrderRequest(
    "t1", Symbol("005930"), Side.SELL, Quantity(10), Price(71_500), purpose=Purpose.TAKE_PROFIT, epoch=7,
    account="main", environment="local",
)  # fmt: skip
CANCEL = CancelRequest("c1", "i1", Symbol("005930"), "85001", "03930", epoch=7, account="main", environment="local")
LIMITS = PriceLimits(Market.KOSPI, 49_700, 92_300, 71_500, 99.0)
"""Previous close 71,000; last trade a second ago."""
ENVIRONMENT = local(
    Credentials(EnvironmentName.LOCAL, "12345678", "K", "S", alias="main"), "http://127.0.0.1:1", "ws://127.0.0.1:1"
)
BINDING = Binding(EnvironmentName.LOCAL, "1234567801")
ORDERS = st.builds(
    OrderRequest,
    intent_id=st.sampled_from([f"i{number}" for number in range(8)]),
    symbol=st.sampled_from([Symbol("005930"), Symbol("000660")]),
    side=st.sampled_from(Side),
    quantity=st.integers(-5, 200).map(Quantity),
    limit_price=st.integers(-10, 200_000).map(Price),
    purpose=st.sampled_from(Purpose),
    epoch=st.just(7),
    account=st.just("main"),
    environment=st.just("local"),
)


def code(denied: Denied | None) -> str | None:
    """Return the code of a denial."""
    return denied.code if denied else None
