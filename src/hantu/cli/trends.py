"""``hantu trends``: where the daily numbers of weeks and months lead, with how sure that is."""

from dataclasses import asdict
from datetime import UTC, datetime
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
    from hantu.settings.checklist.trend_words import words_of
    from hantu.settings.market_time import market_now

    shell: Shell = ctx.obj
    found = daily_series(shell.settings.database, market_now(shell.guard.status(), datetime.now(UTC)), days)
    value = {"days": days, "ahead": AHEAD, "series": [_value(one) for one in found]}
    shell.show(
        value, lambda out: out.print("\n".join([*map(words_of, found), "", METHOD]), markup=False, soft_wrap=True)
    )


def _value(series: "Series") -> dict[str, Any]:
    trend: Trend | None = trend_of(series.values)
    return {
        **asdict(series), "trend": None if trend is None else {**asdict(trend), "moves": trend.moves},
        "too_few": trend is None,
    }  # fmt: skip
