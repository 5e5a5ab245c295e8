"""Bars: the minutes of today and an invented history of earlier days."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from random import Random

from hantu.domain.price_step import daily_limits, round_down
from hantu.domain.session import Calendar
from hantu.simulator.scenario import StockSpec
from hantu.simulator.venue.day_record import Bar, DayRecord

HISTORY_DAYS = 250
_DAILY_MOVE = 0.012
_DAILY_RANGE = 0.008


@dataclass(frozen=True, slots=True)
class DayBar:
    """One trading day, with the close before it."""

    day: date
    bar: Bar
    previous_close: int


def history(spec: StockSpec, today: date, calendar: Calendar, seed: int) -> list[DayBar]:
    """Return the trading days before ``today``, newest first.

    The walk runs backwards from the base price, so the newest close is the
    previous close everything else is measured against.
    """
    rng = Random(f"{seed}:{spec.symbol}:history")
    found: list[DayBar] = []
    close, day = spec.base_price, today
    while len(found) < HISTORY_DAYS:
        day -= timedelta(days=1)
        if not calendar.is_trading_day(day):
            continue
        previous = max(int(round_down(round(close * exp(rng.gauss(0.0, _DAILY_MOVE))), spec.market)), 1)
        lower, upper = daily_limits(previous, spec.market)
        opened = int(round_down(round(previous * exp(rng.gauss(0.0, _DAILY_MOVE / 3))), spec.market))
        above, below = abs(rng.gauss(0.0, _DAILY_RANGE)), abs(rng.gauss(0.0, _DAILY_RANGE))
        high = min(int(round_down(round(max(opened, close) * (1 + above)), spec.market)), int(upper))
        low = max(int(round_down(round(min(opened, close) * (1 - below)), spec.market)), int(lower))
        volume = round(spec.previous_volume * rng.uniform(0.6, 1.4)) if found else spec.previous_volume
        bar = Bar(opened, max(high, opened, close), min(low, opened, close), close, volume, volume * close)
        found.append(DayBar(day, bar, previous))
        close = previous
    return found


def minutes(record: DayRecord, first: str, last: str, count: int) -> list[tuple[str, Bar]]:
    """Return up to ``count`` minutes ending at ``last`` (HHMM), newest first.

    Minutes without trades are flat at the price before them; none lie before
    ``first``, the opening minute.
    """
    earlier = [key for key in record.minutes if key < first]
    price = record.minutes[max(earlier)].close if earlier else record.open or record.price
    found: list[tuple[str, Bar]] = []
    for minute in range(_minute(first), _minute(last) + 1):
        key = f"{minute // 60:02d}{minute % 60:02d}"
        bar = record.minutes.get(key) or Bar(price, price, price, price)
        price = bar.close
        found.append((key, bar))
    return found[::-1][:count]


def _minute(hhmm: str) -> int:
    return int(hhmm[:2]) * 60 + int(hhmm[2:4])
