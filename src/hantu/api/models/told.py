"""Bodies of alerts, silences, incidents."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from hantu.api.models.records import AlertView
from hantu.api.models.shapes import Ask, Note, Reason, SymbolText, View

EventTypeText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{0,60}\*?$")]


class AlertRow(View):
    """One alert with what came of it on every channel."""

    alert_id: int
    severity: str = Field(examples=["CRITICAL"])
    priority: str = Field(examples=["emergency"])
    category: str
    message: str
    event_type: str
    event_at: str
    event_id: str
    symbol: str
    delivered_to: list[str]
    attempts: int
    waiting: bool = Field(description="No channel has taken it and it has not been given up.")
    given_up: bool
    last_error: str
    withheld: str = Field(description="Why the alert policy did not tell it by itself; empty: it did.")
    acked_by: str
    acked_at: str
    ack_until: str = Field(description="Until then an acknowledged emergency is not repeated.")
    done: bool
    ended_at: str = Field(
        description="When a later alert ended what an emergency told of; empty: it lasts, or nothing ends it."
    )


class CatalogueRow(View):
    """What one type of event means to people: how bad, when it comes, what to look at and do."""

    event_type: str
    area: str = Field(examples=["OPS-01"])
    severity: str
    priority: str
    delivery: Literal["at_once", "batch", "closing", "log"]
    condition: str
    check: str = Field(description="The command that shows it.", examples=["hantu monitor status"])
    action: str
    runbook: str = Field(description="Page of docs/runbooks.", examples=["connection"])
    stops: str = Field(description="What it stops, in words; empty: nothing.")
    ends: list[str]


class Catalogue(View):
    items: list[CatalogueRow]


class AlertStory(View):
    """An alert, its deliveries, and why it came when it came."""

    alert: AlertRow
    deliveries: list[AlertView]
    steps: list[dict[str, Any]]
    text: list[str]


class AlertStats(View):
    total: int
    per_type: dict[str, int]
    per_hour: dict[str, int]
    per_weekday: dict[str, int]


class AlertAck(Ask):
    length_s: int = Field(default=1_800, ge=60, le=86_400)
    done: bool = False


class SilenceAdd(Ask):
    """What shall not be told for a while; at least one field says what."""

    length_s: int = Field(ge=60, le=604_800, examples=[1_800])
    comment: Reason
    event_type: EventTypeText = ""
    symbol: SymbolText | Literal[""] = ""
    category: Literal["", "OPS-01", "OPS-02", "OPS-03", "OPS-04", "OPS-05", "OPS-06"] = ""
    priority: Literal["", "emergency", "high", "normal", "low"] = ""
    emergency: bool = False
    maintenance: bool = False


class SilenceView(View):
    silence_id: int
    event_type: str
    symbol: str
    category: str
    priority: str
    emergency: bool
    maintenance: bool
    author: str
    comment: str
    created_at: str
    expires_at: str
    active: bool
    muted: int


class SilenceList(View):
    items: list[SilenceView]


class SilenceMade(View):
    silence_id: int


class IncidentView(View):
    """What needs a person until it is closed; empty text = not yet."""

    incident_id: int
    state: str = Field(examples=["open"], description="open, acknowledged, escalated, decided or closed")
    cause: str
    event_type: str
    symbol: str
    title: str
    event_id: str
    alert_id: int
    correlation_id: str
    opened_at: str
    recorded_at: str
    last_at: str
    occurrences: int
    assignee: str
    acked_by: str
    acked_at: str
    escalated_at: str
    decision: str
    decided_by: str
    decided_at: str
    closed_by: str
    closed_at: str
    report: str


class IncidentList(View):
    items: list[IncidentView]


class Moment(View):
    """One line of the time line; ``source`` is fact, ended, kill, recovery, alert, ack or person."""

    at: str
    source: str
    kind: str
    who: str
    text: str
    event_id: str
    correlation_id: str


class IncidentStory(View):
    incident: IncidentView
    moments: list[Moment]


class IncidentAck(Ask):
    note: Note = ""


class IncidentAssign(Ask):
    assignee: Annotated[str, StringConstraints(min_length=1, max_length=80)]


class IncidentDecide(Ask):
    decision: Literal["hotfix", "rollback", "restart", "observe", "none"]
    reason: Reason


class IncidentClose(Ask):
    summary: Reason
