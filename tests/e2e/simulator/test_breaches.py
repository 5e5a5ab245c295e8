"""Breaches through the whole broker adapter: the exchange itself counts what reached it."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hantu.adapters.broker.checks.authority import Binding, Lease
from hantu.adapters.broker.checks.form import Bounds, PriceLimits
from hantu.adapters.broker.checks.losses import DayResult
from hantu.adapters.broker.checks.repeats import Repeats
from hantu.adapters.broker.checks.values import DayValues
from hantu.adapters.broker.door import Door, Rules
from hantu.adapters.broker.gateway import KisBroker
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.instant import Instant
from hantu.domain.instrument import Market, Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.order import CancelRequest, OrderRequest, OutcomeKind, Purpose
from hantu.domain.session import Calendar
from hantu.kis.environment import Credentials, EnvironmentName, local
from tests.e2e.simulator.client import KEY, SECRET, Client
from tests.e2e.simulator.conftest import Start

# So high above the market a sell rests and is not filled.
SELL = OrderRequest(
    "i1", Symbol("005930"), Side.SELL, Quantity(3), Price(80_000), epoch=1, account="main", environment="local"
)
BUY = replace(SELL, intent_id="b1", side=Side.BUY, limit_price=Price(70_000), purpose=Purpose.MANUAL)


class TenInTheMorning:
    """Market time that runs as fast as real time, from Monday 10:00 in Korea."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def now(self) -> Instant:
        mono = time.monotonic()
        return Instant(datetime(2026, 11, 23, 1, tzinfo=UTC) + timedelta(seconds=mono - self._start), mono)

    def real_delay(self, market_s: float) -> float:
        return market_s


class Bench:
    """One adapter in front of one exchange; a test turns the views."""

    def __init__(self, client: Client, folder: Path, rules: Rules) -> None:
        self.client = client
        self.views: dict[str, Any] = {
            "kill": KillLevel.OFF,
            "lease": Lease(1, 60.0),
            "limits": PriceLimits(Market.KOSPI, 49_700, 92_300, 71_000, float("inf")),
            "calendar": Calendar(),
            "result": DayResult(10_000_000, 10_000_000),
        }
        self.breaches: list[str] = []
        keys = Credentials(EnvironmentName.LOCAL, "12345678", KEY, SECRET, "01", "USER", "main")
        door = Door(
            Binding(EnvironmentName.LOCAL, "1234567801"),
            Bounds(),
            kill=lambda: self.views["kill"],
            lease=lambda: self.views["lease"],
            price_limits=lambda _: self.views["limits"],
            calendar=lambda: self.views["calendar"],
            day_result=lambda: self.views["result"],
            rules=rules,
            on_breach=lambda code, _request, _reason: self.breaches.append(code),
        )
        environment = local(keys, client.server.rest_url, client.server.ws_url)
        self.broker = KisBroker(environment, door, TenInTheMorning(), folder)

    async def orders(self) -> int:
        """Return how many orders the exchange has."""
        return len(await self.broker.orders_today())


@pytest.fixture
async def bench(start: Start, tmp_path: Path) -> AsyncIterator[Bench]:
    found = Bench(await start(token=False, rate=0), tmp_path, Rules(repeats=Repeats(60.0, 3)))
    yield found
    await found.broker.close()


@pytest.fixture
async def small_day(start: Start, tmp_path: Path) -> AsyncIterator[Bench]:
    """500,000 won of orders a day and stock, 800,000 in all."""
    found = Bench(await start(token=False, rate=0), tmp_path, Rules(values=DayValues(500_000, 800_000)))
    yield found
    await found.broker.close()


@pytest.fixture
async def half_a_billion(start: Start, tmp_path: Path) -> AsyncIterator[Bench]:
    """Won of orders a day: room for one sell of more shares than are held, and no second."""
    found = Bench(await start(token=False, rate=0), tmp_path, Rules(values=DayValues(500_000_000, 500_000_000)))
    yield found
    await found.broker.close()


WRONG: list[tuple[OrderRequest, dict[str, Any], str]] = [
    (SELL, {"kill": KillLevel.HARD}, "denied:kill"),
    (SELL, {"lease": Lease(2, 60.0)}, "denied:epoch"),
    (replace(SELL, environment="real"), {}, "denied:environment"),
    (replace(SELL, account="other"), {}, "denied:account"),
    (SELL, {"calendar": Calendar(closed=frozenset({datetime(2026, 11, 23, tzinfo=UTC).date()}))}, "denied:session"),
    (replace(SELL, limit_price=Price(60_000)), {}, "denied:collar_last"),
    (BUY, {"limits": None}, "denied:price_limits"),
    (BUY, {"limits": PriceLimits(Market.KOSPI, 49_700, 92_300, 71_000, -1e9)}, "denied:stale_price"),
    (BUY, {"result": DayResult(10_000_000, 9_000_000)}, "denied:day_loss"),
]


@pytest.mark.e2e
@pytest.mark.requirement("DEC-2")
async def test_nothing_that_is_denied_reaches_the_exchange(bench: Bench) -> None:
    views = dict(bench.views)
    for number, (order, changed, expected) in enumerate(WRONG):
        bench.views = {**views, **changed}
        outcome = await bench.broker.submit(replace(order, intent_id=f"w{number}"))
        assert (outcome.kind, outcome.code) == (OutcomeKind.NOT_SENT, expected)
        assert outcome.sent_mono == 0
    bench.views = views
    assert bench.breaches == ["day_loss"]
    assert await bench.orders() == 0
    assert (await bench.broker.submit(SELL)).kind is OutcomeKind.ACCEPTED
    assert await bench.orders() == 1


@pytest.mark.e2e
async def test_a_double_is_stopped_a_refused_order_and_a_confirmed_second_attempt_are_not(bench: Bench) -> None:
    first = await bench.broker.submit(SELL)
    assert first.kind is OutcomeKind.ACCEPTED
    assert (await bench.broker.submit(replace(SELL, intent_id="i2"))).code == "denied:duplicate"
    assert bench.breaches == ["duplicate"]
    cancel = CancelRequest(
        "c1", "i1", SELL.symbol, first.order_no, first.branch_no, "KRX", 1, account="main", environment="local"
    )
    assert (await bench.broker.cancel(cancel)).kind is OutcomeKind.ACCEPTED
    again = await bench.broker.submit(replace(SELL, intent_id="i3", replaces="i1"))
    assert again.kind is OutcomeKind.ACCEPTED
    too_many = replace(SELL, quantity=Quantity(5_000))
    for number in (4, 5):
        refused = await bench.broker.submit(replace(too_many, intent_id=f"i{number}"))
        assert refused.kind is OutcomeKind.REFUSED, "what was refused is no double"


@pytest.mark.e2e
async def test_orders_of_one_stock_end_with_the_hours_count(bench: Bench) -> None:
    outcomes = [
        await bench.broker.submit(replace(SELL, intent_id=f"i{number}", limit_price=Price(80_000 + number * 100)))
        for number in range(5)
    ]
    assert [outcome.kind for outcome in outcomes[:3]] == [OutcomeKind.ACCEPTED] * 3
    assert [outcome.code for outcome in outcomes[3:]] == ["denied:repeats_hour"] * 2
    assert bench.breaches == ["repeats_hour"]
    assert await bench.orders() == 3


@pytest.mark.e2e
async def test_orders_that_can_wait_end_with_the_days_value_and_stops_go_on(small_day: Bench) -> None:
    """A fault that takes profit again and again: each order another, each small, and the day has an end."""
    target = replace(SELL, purpose=Purpose.TAKE_PROFIT)
    refused = await small_day.broker.submit(replace(target, intent_id="r", quantity=Quantity(5_000)))
    assert (refused.kind, refused.code) == (OutcomeKind.NOT_SENT, "denied:value_stock_day")
    outcomes = [
        await small_day.broker.submit(replace(target, intent_id=f"t{number}", limit_price=Price(80_000 + number * 100)))
        for number in range(4)
    ]
    assert [outcome.kind for outcome in outcomes[:2]] == [OutcomeKind.ACCEPTED] * 2
    assert [outcome.code for outcome in outcomes[2:]] == ["denied:value_stock_day"] * 2
    assert "500,000원" in outcomes[2].message
    assert await small_day.orders() == 2
    stops = [
        await small_day.broker.submit(replace(SELL, intent_id=f"s{number}", limit_price=Price(81_000 + number * 100)))
        for number in range(2)
    ]
    assert [outcome.kind for outcome in stops] == [OutcomeKind.ACCEPTED] * 2
    elsewhere = replace(BUY, intent_id="e", symbol=Symbol("000660"), quantity=Quantity(1))
    assert (await small_day.broker.submit(elsewhere)).code == "denied:value_day"
    assert await small_day.orders() == 4
    assert small_day.breaches == []


@pytest.mark.e2e
async def test_value_the_exchange_refused_is_given_back(half_a_billion: Bench) -> None:
    too_many = replace(SELL, purpose=Purpose.TAKE_PROFIT, quantity=Quantity(5_000))
    for number in range(3):
        refused = await half_a_billion.broker.submit(replace(too_many, intent_id=f"x{number}"))
        assert refused.kind is OutcomeKind.REFUSED, "400,000,000 won each, one at a time"
    assert await half_a_billion.orders() == 0


@pytest.mark.e2e
async def test_value_of_a_cancelled_order_and_of_one_without_a_clear_answer_counts(small_day: Bench) -> None:
    bought = replace(BUY, limit_price=Price(69_000), quantity=Quantity(6))
    first = await small_day.broker.submit(bought)
    assert first.kind is OutcomeKind.ACCEPTED
    cancel = CancelRequest(
        "c1", "b1", BUY.symbol, first.order_no, first.branch_no, "KRX", 1, account="main", environment="local"
    )
    assert (await small_day.broker.cancel(cancel)).kind is OutcomeKind.ACCEPTED
    again = await small_day.broker.submit(replace(bought, intent_id="b2", limit_price=Price(69_100)))
    assert again.code == "denied:value_stock_day", "414,000 won count though cancelled"
    # The exchange does not know this stock; its code is on nobody's list of refusals.
    elsewhere = replace(bought, intent_id="b3", symbol=Symbol("000660"), quantity=Quantity(5))
    assert (await small_day.broker.submit(elsewhere)).kind is OutcomeKind.UNKNOWN
    last = replace(elsewhere, intent_id="b4", quantity=Quantity(1), limit_price=Price(69_100))
    assert (await small_day.broker.submit(last)).code == "denied:value_day"
