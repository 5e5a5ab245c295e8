"""Trends of daily numbers: how much more or less each day, where it leads, and how sure that is.

Pure. Method: a straight line through the days by least squares. The slope comes with its 95 % confidence
interval, the forecast with its 95 % prediction interval, both by Student's t. That is right where days scatter
independently and evenly about a line; it is no promise of what happens, and fewer than ``DAYS_MIN`` days give none.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

DAYS_MIN: Final = 5
AHEAD: Final = 5
"""Days ahead of the last one that are forecast: a trading week."""
METHOD: Final = (
    f"방법: 날마다 한 값에 최소제곱 직선, 기울기는 95% 신뢰구간, {AHEAD}거래일 뒤 예측은 95% 예측구간(스튜던트 t). "
    "날들이 직선 둘레에 서로 무관하게 흩어질 때 맞는 값이며 약속이 아닙니다."
)
"""What stands below every trend that is shown."""
_T95: Final = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110,
    2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""97.5 % quantiles of Student's t for 1 to 30 degrees of freedom."""
_NORMAL95: Final = 1.96


@dataclass(frozen=True, slots=True)
class Trend:
    """What a straight line says of daily numbers; ``slope`` is the change a day, ``low`` and ``high`` bound it."""

    days: int
    mean: float
    slope: float
    low: float
    high: float
    forecast: float
    """For ``AHEAD`` days after the last one."""
    forecast_low: float
    forecast_high: float

    @property
    def moves(self) -> bool:
        """Whether the interval of the slope leaves out a level line."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the line says of a day to come, and between what the day lies if the line holds."""

    ahead: int
    """Days after the last one."""
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Line:
    """A straight line through one number a day."""

    count: int
    mean: float
    slope: float
    spread: float
    error: float
    """Half the width of the intervals where nothing else widens them."""

    def ahead(self, days: int) -> Outlook:
        away = self.count - 1 + days - (self.count - 1) / 2
        value = self.mean + self.slope * away
        around = self.error * math.sqrt(1 + 1 / self.count + away**2 / self.spread)
        return Outlook(days, value, value - around, value + around)


def trend_of(values: Sequence[float]) -> Trend | None:
    """Return the trend of one number a day, oldest first; None for fewer than ``DAYS_MIN`` days."""
    line = _line_of(values)
    if line is None:
        return None
    of_slope, last = line.error / math.sqrt(line.spread), line.ahead(AHEAD)
    return Trend(
        line.count, line.mean, line.slope, line.slope - of_slope, line.slope + of_slope, last.value, last.low, last.high
    )


def outlook_of(values: Sequence[float]) -> tuple[Outlook, ...]:
    """Return the forecast of each of the next ``AHEAD`` days; nothing for fewer than ``DAYS_MIN`` days."""
    line = _line_of(values)
    return () if line is None else tuple(line.ahead(days) for days in range(1, AHEAD + 1))


def _line_of(values: Sequence[float]) -> _Line | None:
    count = len(values)
    if count < DAYS_MIN:
        return None
    middle, mean = (count - 1) / 2, math.fsum(values) / count
    spread = math.fsum((day - middle) ** 2 for day in range(count))
    slope = math.fsum((day - middle) * (value - mean) for day, value in enumerate(values)) / spread
    left = math.fsum((value - mean - slope * (day - middle)) ** 2 for day, value in enumerate(values))
    return _Line(count, mean, slope, spread, _quantile(count - 2) * math.sqrt(left / (count - 2)))


def _quantile(freedom: int) -> float:
    # Beyond the table the first correction of the normal quantile is exact to the third digit.
    return _T95[freedom - 1] if freedom <= len(_T95) else _NORMAL95 + (_NORMAL95**3 + _NORMAL95) / (4 * freedom)
