"""What the catalogue says of recorded rows: which types are how bad, and which emergencies are over by themselves."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from hantu.adapters.store.sqlite import Connection
from hantu.alerting.rows import CATALOGUE

ENDERS: Final[Mapping[str, frozenset[str]]] = {
    one: frozenset(name for name, row in CATALOGUE.items() if one in row.ends)
    for one in {ended for row in CATALOGUE.values() for ended in row.ends}
}
"""Types of events that end a type."""
LOOKED_AT_MAX: Final = 5_000
"""Endings looked at in one question; what ended after so many others still counts as lasting."""


def of_severity(severity: str) -> tuple[str, ...]:
    """Return the types of events that are as bad as that, in order."""
    return tuple(sorted(name for name, row in CATALOGUE.items() if row.severity.value == severity))


def ended_at(connection: Connection, alerts: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Return when alerts ended, by their number; those that last, and those nothing ends, are missing."""
    found = [one for one in alerts if one["priority"] == "emergency" and one["event_type"] in ENDERS]
    if not found:
        return {}
    types = sorted(frozenset().union(*(ENDERS[one["event_type"]] for one in found)))
    marks = ", ".join("?" * len(types))
    endings = connection.execute(
        f"""SELECT DISTINCT alert_id, event_type, symbol, event_at FROM alert_events
        WHERE alert_id > ? AND event_type IN ({marks}) ORDER BY alert_id LIMIT ?""",  # noqa: S608 - our own words
        (min(one["alert_id"] for one in found), *types, LOOKED_AT_MAX),
    ).fetchall()
    ended: dict[int, str] = {}
    for one in found:
        for number, kind, symbol, at in endings:
            # As the alert policy does: an ending without a stock ends it for all of them.
            same = symbol == one["symbol"] or not symbol or not one["symbol"]
            if number > one["alert_id"] and kind in ENDERS[one["event_type"]] and same:
                ended[one["alert_id"]] = str(at)
                break
    return ended
