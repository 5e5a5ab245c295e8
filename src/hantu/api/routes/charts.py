"""Pictures from what the guard has recorded: a day of one stock, the last hours of every holding, weeks of daily numbers."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Path, Query

from hantu.api.models.charts import ChartView, Spark, SparkList, TrendList, TrendView
from hantu.api.problems import absent
from hantu.api.routes.answer import Answer, Ident, Inside
from hantu.api.routes.records import Day

Stock = Annotated[str, Path(max_length=7, pattern=r"^[0-9A-Z]+$", examples=["005930"])]
Days = Annotated[int, Query(ge=5, le=366, examples=[30, 90])]
Minutes = Annotated[int, Query(ge=2, le=390)]


def position_chart(symbol: Stock, house: Inside, day: Day = "") -> ChartView:
    """Show one stock over a Korean day, held, watched or sold: minutes, levels, marks, gaps; today by default."""
    return ChartView.model_validate(house.records.chart(symbol, day))


def position_sparks(house: Inside, minutes: Minutes = 60) -> SparkList:
    """Show the newest minutes of everything held, of the last day each was traded."""
    return SparkList(items=[Spark.model_validate(row) for row in house.records.sparks(minutes)])


def trends(house: Inside, days: Days = 30) -> TrendList:
    """Show every daily number of the last days with its trend, its interval and its forecast."""
    return TrendList(items=[TrendView.model_validate(row) for row in house.keeping.trends(days)])


def trend(metric_name: Ident, house: Inside, days: Days = 30) -> TrendView:
    """Show one of them."""
    found = next((row for row in house.keeping.trends(days) if row["name"] == metric_name), None)
    if found is None:
        raise absent(f"추세 {metric_name}")
    return TrendView.model_validate(found)


HANDLERS: Final[Mapping[str, Answer]] = {
    "position_chart": Answer(position_chart, ChartView),
    "position_sparks": Answer(position_sparks, SparkList),
    "trends": Answer(trends, TrendList),
    "trend": Answer(trend, TrendView),
}
