"""How hantu is: alive, in detail, over time; its trail, its checklists, its settings."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from fastapi import Query

from hantu.api.models.house import (
    Alive,
    AuditVerdict,
    ChecklistRun,
    ChecklistRuns,
    Detailed,
    HealthRow,
    HealthRows,
    JobCount,
    MetricsView,
    Sample,
    Series,
    SeriesName,
    SeriesNames,
    SettingList,
    SettingView,
    StrategyCount,
)
from hantu.api.routes.answer import Answer, Ident, Inside, Limit, Moment, Word
from hantu.api.routes.strategies import jobs, strategies

Points = Annotated[int, Query(ge=1, le=5_000)]


async def health(house: Inside) -> Alive:
    """Say that the server lives; 200 as long as it does."""
    return Alive.model_validate(house.keeping.alive())


def health_detailed(house: Inside) -> Detailed:
    """Show machine, components, strategies and jobs."""
    works, tasks = strategies(house), jobs(house)
    return Detailed.model_validate(
        {
            **house.keeping.detailed(),
            "strategies": StrategyCount(total_running=works.total_running, strategies=works.strategies),
            "jobs": JobCount(total=tasks.total, running=tasks.running, paused=tasks.paused, failed=tasks.failed),
        }
    )


def metrics(house: Inside) -> MetricsView:
    """Show the machine and this process."""
    return MetricsView.model_validate(house.keeping.metrics())


def health_history(house: Inside, component: Word = "", since: Moment = "", limit: Points = 500) -> HealthRows:
    """Show what the checks found, newest first."""
    rows = house.keeping.health_rows(component, since, limit)
    return HealthRows(items=[HealthRow.model_validate(row) for row in rows])


def metric_names(house: Inside) -> SeriesNames:
    """List the measured series and what they were measured of."""
    return SeriesNames(items=[SeriesName.model_validate(row) for row in house.keeping.series_names()])


def metric_history(
    metric_name: Ident, house: Inside, label: Word = "", since: Moment = "", limit: Points = 500
) -> Series:
    """Show one series, oldest first."""
    rows = house.keeping.series(metric_name, label, since, limit)
    return Series(name=metric_name, items=[Sample.model_validate(row) for row in rows])


def audit_verify(house: Inside) -> AuditVerdict:
    """Check every row of the trail against the chain and the signed heads."""
    return AuditVerdict.model_validate(house.keeping.audit_verdict())


def checklists(
    house: Inside, kind: Literal["", "daily", "weekly", "monthly", "morning"] = "", limit: Limit = 20
) -> ChecklistRuns:
    """Show what was gone through and who confirmed it, newest first."""
    return ChecklistRuns(items=[ChecklistRun.model_validate(row) for row in house.keeping.checklists(kind, limit)])


def settings(house: Inside) -> SettingList:
    """Show the effective configuration of this server and where each value came from."""
    return SettingList(items=[SettingView.model_validate(row) for row in house.keeping.settings()])


HANDLERS: Final[Mapping[str, Answer]] = {
    "health": Answer(health, Alive),
    "health_detailed": Answer(health_detailed, Detailed),
    "health_metrics": Answer(metrics, MetricsView),
    "system_metrics": Answer(metrics, MetricsView),
    "health_history": Answer(health_history, HealthRows),
    "metric_names": Answer(metric_names, SeriesNames),
    "metric_history": Answer(metric_history, Series),
    "audit_verify": Answer(audit_verify, AuditVerdict),
    "checklists": Answer(checklists, ChecklistRuns),
    "settings": Answer(settings, SettingList),
}
