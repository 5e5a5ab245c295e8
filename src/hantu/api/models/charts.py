"""Bodies of pictures: one stock over one day, a few recent prices of every holding, daily numbers and where they lead."""

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


class TrendLine(View):
    """A straight line through the days; ``low`` and ``high`` bound the change a day with 95 % confidence."""

    days: int
    mean: float
    slope: float = Field(description="Change a day.")
    low: float
    high: float
    moves: bool = Field(description="Whether the interval leaves out a level line.")


class OutlookDay(View):
    """A trading day to come: it lies between ``low`` and ``high`` with 95 % probability if the line holds."""

    ahead: int = Field(description="Trading days after the last one.")
    value: float
    low: float
    high: float


class TrendView(View):
    """One number a day, oldest first; without a trend there are fewer than ``days_min`` days."""

    name: str = Field(examples=["rejections"])
    title: str
    unit: str
    days: list[str] = Field(description="Korean days on which a guard was at work.")
    values: list[float]
    too_few: bool
    days_min: int
    trend: TrendLine | None
    forecast: list[OutlookDay]
    method: str


class TrendList(View):
    items: list[TrendView]
