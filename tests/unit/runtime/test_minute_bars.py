"""Minutes of what the stream showed: exact where the line stood, and marked where it did not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.quote import Trade
from hantu.engine.inputs import FeedClosed
from hantu.ports import BarRow
from hantu.runtime.guard import Guard
from hantu.runtime.minute_bars import GRACE, STOCKS_MAX, WAITING_MAX, MinuteBars
from tests.unit.engine.world import held
from tests.unit.runtime.test_end import Clock

OPEN = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
SAMSUNG = Symbol("005930")


class Tape:
    """Trades of one stock, one after the other, with their accumulated volume."""

    def __init__(self, symbol: Symbol = SAMSUNG) -> None:
        self.bars = MinuteBars()
        self.symbol, self.volume = symbol, 0

    def trade(self, at_s: float, price: int, quantity: int = 10, **changes: object) -> None:
        self.volume += quantity
        base = Trade(
            self.symbol, Price(price), Quantity(quantity), Price(price), Price(price), Price(0), Price(0), Price(0),
            Price(0), Quantity(self.volume), OPEN + timedelta(seconds=at_s), at_s,
        )  # fmt: skip
        self.bars.add(replace(base, **changes))

    def expected(self, at_s: float, price: int = 65_000) -> None:
        """An expected price of the opening auction: nothing has been traded at it."""
        self.trade(at_s, price, 0, auction=True)

    def taken(self, at_s: float) -> list[BarRow]:
        return self.bars.take(OPEN + timedelta(seconds=at_s))


def shown(row: BarRow) -> tuple[int, int, int, int, int, bool]:
    return row.open, row.high, row.low, row.close, row.after - row.before, row.whole


def test_a_minute_is_open_high_low_close_and_its_shares() -> None:
    tape = Tape()
    tape.expected(-30)
    for at_s, price in ((0, 65_000), (20, 65_300), (40, 64_800), (59, 65_100)):
        tape.trade(at_s, price)
    tape.trade(60, 65_200, 7)
    first, second = tape.taken(180)
    assert (first.symbol, first.minute) == (SAMSUNG, "2026-11-23 00:00:00.000000")
    assert shown(first) == (65_000, 65_300, 64_800, 65_100, 40, True)
    assert second.minute == "2026-11-23 00:01:00.000000"
    assert shown(second) == (65_200, 65_200, 65_200, 65_200, 7, True)


def test_a_minute_is_given_out_once_and_only_when_it_is_over() -> None:
    tape = Tape()
    tape.trade(5, 65_000)
    assert tape.taken(61) == [], "a trade of that minute may be on its way"
    assert len(tape.taken(60 + GRACE.total_seconds())) == 1
    assert tape.taken(120) == []
    tape.trade(300, 65_000)
    assert [row.minute[11:16] for row in tape.taken(400)] == ["00:05"], "minutes without trades are no rows"


def test_prices_nobody_traded_at_in_the_session_make_no_minute() -> None:
    tape = Tape()
    tape.expected(-30, 80_000)
    tape.trade(0, 65_000)
    tape.expected(20, 90_000)
    tape.trade(30, 64_000, regular=False)
    assert [shown(row) for row in tape.taken(100)] == [(65_000, 65_000, 65_000, 65_000, 20, True)]


def test_a_span_and_a_moved_extreme_of_the_day_belong_to_the_minute() -> None:
    """Executions are joined on their way here: a low that set off a stop must not be missing in the picture."""
    tape = Tape()
    tape.expected(-30)
    tape.trade(0, 65_000, day_low=Price(65_000), day_high=Price(65_000))
    tape.trade(10, 65_000, low=Price(64_900), high=Price(65_100), day_low=Price(64_900), day_high=Price(65_100))
    tape.trade(20, 65_000, day_low=Price(63_000), day_high=Price(66_000))
    tape.trade(60, 65_000, day_low=Price(63_000), day_high=Price(66_000))
    tape.trade(70, 65_000, day_low=Price(62_500), day_high=Price(66_500))
    assert [shown(row)[1:3] for row in tape.taken(180)] == [(66_000, 63_000), (66_500, 62_500)]


def test_extremes_of_hours_nobody_saw_are_not_put_into_the_first_minute() -> None:
    tape = Tape()
    tape.trade(3_600, 65_000, day_low=Price(60_000), day_high=Price(70_000))
    assert [shown(row)[1:3] for row in tape.taken(3_700)] == [(65_000, 65_000)]
    tape.bars.broken()
    tape.trade(7_200, 65_000, day_low=Price(59_000), day_high=Price(71_000))
    assert [shown(row)[1:3] for row in tape.taken(7_300)] == [(65_000, 65_000)]


def test_a_cut_marks_the_minutes_it_touches_and_no_other() -> None:
    tape = Tape()
    tape.expected(-30)
    tape.trade(0, 65_000)
    tape.trade(60, 65_000)
    tape.bars.broken()
    tape.volume += 500  # what others traded meanwhile
    tape.trade(90, 65_000)
    tape.trade(125, 65_000)
    tape.trade(185, 65_000)
    rows = tape.taken(400)
    assert [(row.minute[14:16], shown(row)[4], row.whole) for row in rows] == [
        ("00", 10, True), ("01", 10, False), ("01", 10, False), ("02", 10, True), ("03", 10, True)
    ]  # fmt: skip
    assert (rows[1].before, rows[2].after) == (10, 530), "the two parts of the minute span what was missed"


def test_the_first_minute_of_a_life_is_not_whole() -> None:
    tape = Tape()
    tape.trade(15, 65_000)
    tape.trade(65, 65_000)
    assert [row.whole for row in tape.taken(200)] == [False, True]


def test_another_day_begins_anew_though_nobody_told_of_it() -> None:
    tape = Tape()
    tape.trade(0, 65_000, 1_000, day_low=Price(60_000), day_high=Price(70_000))
    tape.taken(200)
    tape.volume = 0
    tape.trade(86_400, 50_000, 30, day_low=Price(50_000), day_high=Price(50_000))
    assert [shown(row) for row in tape.taken(86_500)] == [(50_000, 50_000, 50_000, 50_000, 30, False)]


def test_at_the_end_of_a_life_what_grows_is_given_out_as_far_as_it_came() -> None:
    tape = Tape()
    tape.expected(-30)
    tape.trade(0, 65_000)
    assert [shown(row) for row in tape.bars.take(None)] == [(65_000, 65_000, 65_000, 65_000, 10, False)]
    assert tape.bars.take(None) == []


@pytest.mark.parametrize("growing", [True, False])
def test_stocks_and_waiting_minutes_are_bounded(growing: bool) -> None:
    tape = Tape()
    for number in range(STOCKS_MAX + 5):
        tape.symbol = Symbol(f"{number:06d}")
        tape.trade(0, 65_000)
        if not growing:
            tape.bars.take(None)
    assert len(tape.bars.take(None)) == (STOCKS_MAX if growing else 0)
    tape.symbol = SAMSUNG
    for minute in range(WAITING_MAX + 50):
        tape.trade(60 * minute, 65_000)
    rows = tape.taken(1e9)
    assert len(rows) == WAITING_MAX
    assert rows[-1].minute > rows[0].minute


def test_a_guard_counts_what_it_handles_after_it_was_decided_upon() -> None:
    world = held()
    world.open()
    guard = Guard(engine=world.engine, clock=Clock(world), announce=lambda _: None, on_kill=lambda _: None)
    order: list[str] = []
    add = guard.minutes.add
    guard.minutes.add = lambda trade: (order.append("minute"), add(trade))  # type: ignore[method-assign,assignment]
    performer: Any = SimpleNamespace(perform=lambda *_: order.append("order"))
    guard.performer = performer
    stop = world.engine.book.positions[SAMSUNG].stop_price

    def trade(price: int, volume: int) -> None:
        guard.deliver(
            Trade(SAMSUNG, Price(price), Quantity(1), Price(price), Price(price), Price(0), Price(0), Price(0),
                  Price(0), Quantity(volume), world.wall.replace(microsecond=0), world.mono)
        )  # fmt: skip

    trade(stop - 100, 100)
    assert order[-1] == "minute"
    assert "order" in order
    guard.deliver(FeedClosed("closed", asked=False))
    trade(stop + 500, 101)
    first, second = guard.minutes.take(None)
    assert (first.close, second.close, first.whole) == (stop - 100, stop + 500, False)
