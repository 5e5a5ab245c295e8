"""A trend in one line for people."""

from hantu.adapters.checklist.trends import Series
from hantu.operations.trends import AHEAD, DAYS_MIN, trend_of


def words_of(series: Series) -> str:
    """Return one line for a person."""
    trend = trend_of(series.values)
    if trend is None:
        return f"{series.title}: 기록이 {len(series.values)}일뿐이어서 추세를 말할 수 없습니다({DAYS_MIN}일부터)."
    way = ("늘고 있음" if trend.slope > 0 else "줄고 있음") if trend.moves else "뚜렷한 변화 없음"
    low = trend.forecast_low if series.floor is None else max(series.floor, trend.forecast_low)
    forecast = trend.forecast if series.floor is None else max(series.floor, trend.forecast)
    return (
        f"{series.title}: {trend.days}일 평균 {_number(trend.mean)}{series.unit}, {way} - 하루에 {_number(trend.slope, '+')}"
        f"{series.unit} ({_number(trend.low, '+')} ~ {_number(trend.high, '+')}), {AHEAD}거래일 뒤 "
        f"{_number(forecast)}{series.unit} ({_number(low)} ~ {_number(trend.forecast_high)})"
    )


def _number(value: float, sign: str = "") -> str:
    digits = 0 if abs(value) >= 1_000 else 2 if abs(value) >= 1 else 3
    return f"{value:{sign},.{digits}f}"
