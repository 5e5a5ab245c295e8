"""Bodies of pictures: one stock over one day, and a few recent prices of every holding."""

from typing import Literal

from pydantic import Field

from hantu.api.models.shapes import View


class Bar(View):
    """One minute of the regular session; a minute without trades is not there."""

    at: str = Field(description="When it began, UTC.")
    open: int
    high: int
    low: int
    close: int
    volume: int
    whole: bool = Field(description="False: the line did not stand all through it, or the guard began in it.")


class LevelStep(View):
    """What holds from ``at`` until the next step; 0 = no level."""

    at: str
    stop_price: int
    target_price: int
    average_price: int
    reason: str = Field(
        examples=["before"],
        description="before (what the day began with), bought, average_changed, trailing_stop_raised, position_closed …",
    )


class ChartMark(View):
    """One point: ``fill`` (one execution), ``order`` (an intent), ``exit`` (complete) and what led there."""

    at: str
    kind: Literal[
        "fill", "order", "exit", "stop_reached", "target_reached", "held_back", "simulated", "refused", "failed", "unresolved",
        "foreign_fill", "price_rejected", "opportunity",
    ]  # fmt: skip
    side: Literal["", "buy", "sell"] = ""
    price: int | None = None
    quantity: int | None = None
    text: str = ""
    pnl: int | None = Field(default=None, description="Of an exit, after fees and tax.")
    intent_id: str | None = None
    event_id: str


class ChartGap(View):
    """A time in which nobody saw the price, or nobody might trade; ``until`` empty: it lasts."""

    kind: Literal["cut", "blind", "sleep", "stopped", "restart", "halt"]
    since: str
    until: str
    reason: str


class ChartView(View):
    """One stock on one Korean day, everything oldest first; times are UTC."""

    symbol: str
    name: str
    day: str
    bar_s: int
    bars: list[Bar]
    levels: list[LevelStep]
    marks: list[ChartMark]
    gaps: list[ChartGap]
    price: int | None = Field(
        default=None, description="The newest price a running guard has; the minute of it is not over."
    )
    price_age_s: float | None = None
    truncated: bool = Field(description="More happened than an answer holds; the oldest are shown.")


class Spark(View):
    """The newest minutes of one holding, oldest first: when each began, and its last price."""

    symbol: str
    at: list[str]
    prices: list[int]


class SparkList(View):
    items: list[Spark]
