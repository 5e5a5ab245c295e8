"""Daily and minute bars, and the average true range computed from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.kis.quotations import KRX, day_of
from hantu.kis.rest import Row, whole

DAILY_BARS_MAX: Final = 100
ADJUSTED: Final = "0"
"""FID_ORG_ADJ_PRC of the itemchart call: 0 adjusted; the daily-price call means the opposite."""


@dataclass(frozen=True, slots=True)
class DailyBar:
    """One trading day of one issue, prices in won."""

    day: date
    open: Price
    high: Price
    low: Price
    close: Price
    volume: Quantity


@dataclass(frozen=True, slots=True)
class MinuteBar:
    """One minute of one issue, prices in won; a minute without trades has no volume."""

    day: date
    at: str
    """HHMMSS, Korean time."""
    open: Price
    high: Price
    low: Price
    close: Price
    volume: Quantity


def daily_bars_query(symbol: Symbol, start: date, end: date) -> dict[str, str]:
    """Return the query of adjusted daily bars, both days included; at most 100 come back."""
    return {
        "FID_COND_MRKT_DIV_CODE": KRX,
        "FID_INPUT_ISCD": symbol,
        "FID_INPUT_DATE_1": f"{start:%Y%m%d}",
        "FID_INPUT_DATE_2": f"{end:%Y%m%d}",
        "FID_PERIOD_DIV_CODE": "D",
        "FID_ORG_ADJ_PRC": ADJUSTED,
    }


def decode_daily_bars(rows: Iterable[Row]) -> tuple[DailyBar, ...]:
    """Return the bars, oldest first; today's is included while the session runs.

    Raises:
        MalformedAnswer: A row lacks its date or a price.
    """
    bars = (
        DailyBar(
            day_of(row, "stck_bsop_date"),
            Price(whole(row, "stck_oprc")),
            Price(whole(row, "stck_hgpr")),
            Price(whole(row, "stck_lwpr")),
            Price(whole(row, "stck_clpr")),
            Quantity(whole(row, "acml_vol")),
        )
        for row in rows
    )
    return tuple(sorted(bars, key=lambda bar: bar.day))


def minute_bars_query(symbol: Symbol, until: str) -> dict[str, str]:
    """Return the query of the thirty minutes that end at ``until`` (HHMMSS), today only."""
    return {
        "FID_COND_MRKT_DIV_CODE": KRX,
        "FID_INPUT_ISCD": symbol,
        "FID_INPUT_HOUR_1": until,
        "FID_PW_DATA_INCU_YN": "N",
        # Empty, but the call is refused without it.
        "FID_ETC_CLS_CODE": "",
    }


def decode_minute_bars(rows: Iterable[Row]) -> tuple[MinuteBar, ...]:
    """Return the bars, oldest first.

    Raises:
        MalformedAnswer: A row lacks its date or a price.
    """
    bars = (
        MinuteBar(
            day_of(row, "stck_bsop_date"),
            row.get("stck_cntg_hour", ""),
            Price(whole(row, "stck_oprc")),
            Price(whole(row, "stck_hgpr")),
            Price(whole(row, "stck_lwpr")),
            Price(whole(row, "stck_prpr")),
            Quantity(whole(row, "cntg_vol")),
        )
        for row in rows
    )
    return tuple(sorted(bars, key=lambda bar: (bar.day, bar.at)))


def average_true_range(bars: Sequence[DailyBar], period: int) -> int:
    """Return the mean true range of the last ``period`` bars, won; 0 = too few bars.

    Bars come oldest first. One bar more than ``period`` is needed, since a true
    range starts from the close before. Days without trades (all prices 0) make
    the result unusable.
    """
    if period < 1 or len(bars) <= period:
        return 0
    used = bars[-period - 1 :]
    if any(bar.low <= 0 or bar.close <= 0 for bar in used):
        return 0
    total = sum(
        max(
            bar.high - bar.low,
            abs(bar.high - before.close),
            abs(bar.low - before.close),
        )
        for before, bar in pairwise(used)
    )
    return (total * 2 + period) // (period * 2)
