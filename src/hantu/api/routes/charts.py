"""Pictures of prices, from what the guard has recorded: a day of one stock, the last hours of every holding."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Path, Query

from hantu.api.models.charts import ChartView, Spark, SparkList
from hantu.api.routes.answer import Answer, Inside
from hantu.api.routes.records import Day

Stock = Annotated[str, Path(max_length=7, pattern=r"^[0-9A-Z]+$", examples=["005930"])]
Minutes = Annotated[int, Query(ge=2, le=390)]


def position_chart(symbol: Stock, house: Inside, day: Day = "") -> ChartView:
    """Show one stock over a Korean day, held, watched or sold: minutes, levels, marks, gaps; today by default."""
    return ChartView.model_validate(house.records.chart(symbol, day))


def position_sparks(house: Inside, minutes: Minutes = 60) -> SparkList:
    """Show the newest minutes of everything held, of the last day each was traded."""
    return SparkList(items=[Spark.model_validate(row) for row in house.records.sparks(minutes)])


HANDLERS: Final[Mapping[str, Answer]] = {
    "position_chart": Answer(position_chart, ChartView),
    "position_sparks": Answer(position_sparks, SparkList),
}
