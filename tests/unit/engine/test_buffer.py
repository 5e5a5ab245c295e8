"""The last minute in memory."""

from datetime import UTC, datetime

import pytest

from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.quote import Trade
from hantu.engine.buffer import Buffer

AT = datetime(2026, 2, 1, 1, 30, 15, tzinfo=UTC)


def trade(symbol: str, mono: float, price: int = 65_000) -> Trade:
    return Trade(
        Symbol(symbol), Price(price), Quantity(1), Price(price), Price(price), Price(0), Price(0), Price(65_100),
        Price(64_900), Quantity(1_000), AT, mono,
    )  # fmt: skip


@pytest.mark.requirement("MON-D.01", "MON-D.02", "MON-3.07")
def test_snapshot_has_the_documented_form() -> None:
    buffer = Buffer()
    buffer.add(trade("005930", 1.0))
    assert buffer.snapshot(Symbol("005930")) == {
        "price": 65_000,
        "timestamp": "2026-02-01T10:30:15",
        "volume": 1_000,
        "ask_price": 65_100,
        "bid_price": 64_900,
    }


@pytest.mark.requirement("MON-D.03", "MON-C.04", "MON-3.13")
@pytest.mark.requirement("MON-E.13", "MON-I.02", "MON-I.09", "MON-B.04")
def test_point_when_a_minute_old_then_gone_with_and_without_new_ones() -> None:
    buffer = Buffer()
    buffer.add(trade("005930", 0.0))
    buffer.add(trade("000660", 0.0))
    buffer.add(trade("005930", 59.0))
    assert len(buffer.series(Symbol("005930"))) == 2
    buffer.add(trade("005930", 61.0))
    assert [at for at, _ in buffer.series(Symbol("005930"))] == [59.0, 61.0]
    assert buffer.purge(59.0) == 0
    assert buffer.snapshot(Symbol("000660")) is not None
    buffer.purge(61.0)
    assert buffer.snapshot(Symbol("000660")) is None
    assert buffer.points == 2


@pytest.mark.requirement("MON-D.04", "MON-C.08", "MON-3.23")
@pytest.mark.requirement("MON-B.04")
def test_limit_removes_the_oldest_first_and_says_how_many() -> None:
    buffer = Buffer(points_max=5)
    for at in range(8):
        buffer.add(trade("005930" if at % 2 else "000660", float(at)))
    assert buffer.purge(8.0) == 3
    kept = sorted(at for symbol in ("005930", "000660") for at, _ in buffer.series(Symbol(symbol)))
    assert kept == [3.0, 4.0, 5.0, 6.0, 7.0]


@pytest.mark.requirement("MON-D.05", "MON-C.01")
def test_stock_number_101_has_no_room() -> None:
    buffer = Buffer()
    assert all(buffer.add(trade(f"{code:06d}", 1.0)) for code in range(100))
    assert not buffer.add(trade("999999", 1.0))
    assert len(buffer) == 100


@pytest.mark.requirement("MON-7.1.05")
def test_clear_leaves_nothing() -> None:
    buffer = Buffer()
    buffer.add(trade("005930", 1.0))
    buffer.clear()
    assert (len(buffer), buffer.points) == (0, 0)
