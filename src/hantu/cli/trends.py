"""``hantu trends``: where the daily numbers of weeks and months lead, with how sure that is."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hantu.cli.shell import Shell
from hantu.operations.trends import AHEAD, DAYS_MIN, METHOD, Trend, trend_of

if TYPE_CHECKING:
    from hantu.adapters.checklist.trends import Series


def trends(
    ctx: typer.Context,
    days: Annotated[int, typer.Option("--days", min=DAYS_MIN, max=366, show_default=False)] = 30,
) -> None:
    """Show rejections, latency, result and growth day by day as a trend with its interval."""
    from hantu.adapters.checklist.trends import daily_series
    from hantu.cli.checklist_live import market_now

    shell: Shell = ctx.obj
    found = daily_series(shell.settings.database, market_now(shell.guard.status()), days)
    value = {"days": days, "ahead": AHEAD, "series": [_value(one) for one in found]}
    shell.show(
        value, lambda out: out.print("\n".join([*map(words_of, found), "", METHOD]), markup=False, soft_wrap=True)
    )


def words_of(series: "Series") -> str:
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


def _value(series: "Series") -> dict[str, Any]:
    trend: Trend | None = trend_of(series.values)
    return {
        **asdict(series), "trend": None if trend is None else {**asdict(trend), "moves": trend.moves},
        "too_few": trend is None,
    }  # fmt: skip


def _number(value: float, sign: str = "") -> str:
    digits = 0 if abs(value) >= 1_000 else 2 if abs(value) >= 1 else 3
    return f"{value:{sign},.{digits}f}"
