"""What was told to people and what they say about it: alerts, silences, incidents."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from hantu.alerting.catalogue import SCOPE_WORDS, Row
from hantu.alerting.rows import CATALOGUE
from hantu.api.models.records import AlertView
from hantu.api.models.shapes import Done, Page
from hantu.api.models.told import (
    AlertAck,
    AlertRow,
    AlertStats,
    AlertStory,
    Catalogue,
    CatalogueRow,
    IncidentAck,
    IncidentAssign,
    IncidentClose,
    IncidentDecide,
    IncidentList,
    IncidentStory,
    IncidentView,
    SilenceAdd,
    SilenceList,
    SilenceMade,
    SilenceView,
)
from hantu.api.routes.answer import Answer, Cursor, Inside, Limit, Moment, Number, Who, Word


def alerts(
    house: Inside, type: Word = "", priority: Literal["", "emergency", "high", "normal", "low"] = "",  # noqa: A002
    waiting: bool = False, since: Moment = "", limit: Limit = 50, cursor: Cursor = "",
) -> Page[AlertRow]:  # fmt: skip
    """List alerts, newest first, each once with what came of it."""
    where = {"event_type": type, "priority": priority, "since": since, "waiting": "1" if waiting else ""}
    rows, following = house.notices.alerts(where, limit, cursor)
    return Page[AlertRow](items=[AlertRow.model_validate(row) for row in rows], next_cursor=following)


def alert(alert_id: Number, house: Inside) -> AlertStory:
    """Show one alert: every delivery, and why it came when it came."""
    return AlertStory.model_validate(house.notices.alert(alert_id))


def deliveries(
    house: Inside, channel: Word = "", failed: bool = False, limit: Limit = 50, cursor: Cursor = ""
) -> Page[AlertView]:
    """List deliveries and failures by channel, newest first."""
    rows, following = house.notices.deliveries({"channel": channel, "failed": "1" if failed else ""}, limit, cursor)
    return Page[AlertView](items=[AlertView.model_validate(row) for row in rows], next_cursor=following)


def alert_stats(house: Inside, since: Moment = "") -> AlertStats:
    """Count alerts per type, Korean hour and weekday (0 = Sunday)."""
    return AlertStats.model_validate(house.notices.stats(since))


def alert_catalogue() -> Catalogue:
    """List every type of event people may be told of: what it means, what to look at and do."""
    return Catalogue(items=[_row(one) for one in CATALOGUE.values()])


def _row(one: Row) -> CatalogueRow:
    return CatalogueRow(
        event_type=one.event_type, area=one.area, severity=one.severity, priority=one.priority,
        delivery=one.delivery.value, condition=one.condition, check=one.check, action=one.action, runbook=one.runbook,
        stops=SCOPE_WORDS.get(one.scope, ""), ends=list(one.ends),
    )  # fmt: skip


def alert_ack(alert_id: Number, caller: Who, house: Inside, asked: AlertAck | None = None) -> Done:
    """Note that somebody has seen an emergency, or that it is over: it is not repeated."""
    wanted = asked or AlertAck()
    text = house.notices.acknowledge(alert_id, length_s=wanted.length_s, done=wanted.done, by=caller)
    return Done(status="done", message=text)


def silences(house: Inside, every: bool = False) -> SilenceList:
    """List the silences that hold."""
    return SilenceList(items=[SilenceView.model_validate(row) for row in house.notices.silences(every=every)])


def silence_add(asked: SilenceAdd, caller: Who, house: Inside) -> SilenceMade:
    """Do not tell matching alerts for a while; measuring and recording go on."""
    return SilenceMade(silence_id=house.notices.silence(asked, by=caller))


def silence_end(silence_id: Number, caller: Who, house: Inside) -> Done:
    """End a silence now."""
    house.notices.end_silence(silence_id, by=caller)
    return Done(status="done")


def incidents(house: Inside, every: bool = False, limit: Limit = 50) -> IncidentList:
    """List open incidents, or all, newest first."""
    found = house.notices.incidents(every=every, limit=limit)
    return IncidentList(items=[IncidentView.model_validate(row) for row in found])


def incident(number: Number, house: Inside) -> IncidentStory:
    """Show one incident with its time line."""
    return IncidentStory.model_validate(house.notices.incident(number))


def incident_ack(number: Number, caller: Who, house: Inside, asked: IncidentAck | None = None) -> IncidentView:
    """Note that a person has seen it."""
    return _acted(house.notices.incident_act(number, "ack", by=caller, text=asked.note if asked else ""))


def incident_assign(number: Number, asked: IncidentAssign, caller: Who, house: Inside) -> IncidentView:
    """Give it to a person."""
    return _acted(house.notices.incident_act(number, "assign", by=caller, text=asked.assignee))


def incident_decide(number: Number, asked: IncidentDecide, caller: Who, house: Inside) -> IncidentView:
    """Record what is done about it."""
    return _acted(house.notices.incident_act(number, "decide", by=caller, text=asked.reason, choice=asked.decision))


def incident_close(number: Number, asked: IncidentClose, caller: Who, house: Inside) -> IncidentView:
    """End it with a report."""
    return _acted(house.notices.incident_act(number, "close", by=caller, text=asked.summary))


def _acted(found: Any) -> IncidentView:
    return IncidentView.model_validate(found)


HANDLERS: Final[Mapping[str, Answer]] = {
    "alerts": Answer(alerts, Page[AlertRow]),
    "alert": Answer(alert, AlertStory),
    "alert_stats": Answer(alert_stats, AlertStats),
    "alert_catalogue": Answer(alert_catalogue, Catalogue),
    "alert_ack": Answer(alert_ack, Done),
    "deliveries": Answer(deliveries, Page[AlertView]),
    "silences": Answer(silences, SilenceList),
    "silence_add": Answer(silence_add, SilenceMade, 201),
    "silence_end": Answer(silence_end, Done),
    "incidents": Answer(incidents, IncidentList),
    "incident": Answer(incident, IncidentStory),
    "incident_ack": Answer(incident_ack, IncidentView),
    "incident_assign": Answer(incident_assign, IncidentView),
    "incident_decide": Answer(incident_decide, IncidentView),
    "incident_close": Answer(incident_close, IncidentView),
}
