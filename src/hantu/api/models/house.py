"""Bodies about hantu itself: health, series, audit, checklists, settings."""

from typing import Any, Literal

from pydantic import Field

from hantu.api.models.acts import StrategyView
from hantu.api.models.shapes import View


class Alive(View):
    """``healthy`` or ``degraded``; answered with 200 as long as the server lives."""

    status: Literal["healthy", "degraded"]
    version: str = Field(examples=["v1"])
    uptime_s: float
    guard: Literal["running", "silent"]
    time: str


class Uptime(View):
    seconds: float
    started_at: str


class MachineView(View):
    """Shares are between 0 and 1."""

    cpu: dict[str, float]
    memory: dict[str, float]
    disk: dict[str, float]


class StrategyCount(View):
    total_running: int
    strategies: list[StrategyView]


class JobCount(View):
    total: int
    running: int
    paused: int
    failed: int


class Detailed(View):
    status: Literal["healthy", "degraded"]
    version: str
    uptime: Uptime
    system: MachineView
    strategies: StrategyCount
    jobs: JobCount
    components: dict[str, Any] = {}


class MetricsView(View):
    time: str
    system: MachineView
    process: dict[str, float]


class HealthRow(View):
    component: str
    status: str
    checked_at: str
    detail: str


class HealthRows(View):
    items: list[HealthRow]


class SeriesName(View):
    name: str
    labels: list[str]


class SeriesNames(View):
    items: list[SeriesName]


class Sample(View):
    at: str
    value: float
    label: str


class Series(View):
    """Oldest first; more than ``limit`` samples are thinned evenly in time by their mean."""

    name: str
    items: list[Sample]


class AuditView(View):
    audit_id: int
    event_type: str
    actor: str
    event_ts: str
    details: dict[str, Any]
    event_id: str
    correlation_id: str


class AuditVerdict(View):
    """Whether every row is as it was written."""

    ok: bool
    rows: int
    head: str
    signed: int
    finding: str = ""
    checked_at: str


class ChecklistRun(View):
    run_id: int
    kind: str
    run_at: str
    result: str
    items: list[dict[str, Any]]
    actor: str
    confirmed_by: str
    note: str


class ChecklistRuns(View):
    items: list[ChecklistRun]


class SettingView(View):
    """One setting, secrets masked, and where its value came from."""

    name: str = Field(examples=["guard.mode"])
    value: str
    source: str


class SettingList(View):
    items: list[SettingView]
