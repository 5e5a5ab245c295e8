"""The latest recovery, put together from its events for people, and whether records were left stopped."""

from pathlib import Path
from typing import Any

import msgspec

from hantu.adapters.store.maintenance import reading

_LATEST = """SELECT correlation_id, timestamp, payload_json FROM event_log
WHERE event_type IN ('recovery_began', 'recovery_completed') ORDER BY event_id DESC LIMIT 1"""
_PARTS = """SELECT event_type, timestamp, payload_json FROM event_log
WHERE event_type LIKE 'recovery\\_%' ESCAPE '\\' AND json_extract(payload_json, '$.flow') = ? ORDER BY event_id"""
_STOPPED = """SELECT event_type FROM event_log
WHERE event_type IN ('event_log_failed', 'event_log_resumed') ORDER BY timestamp DESC, event_id DESC LIMIT 1"""


def left_stopped(path: Path) -> bool:
    """Tell whether the records' last word is that they stopped: the life that said so ended before they went on.

    Raises:
        BrokenError: The file is missing or unusable.
    """
    with reading(path) as connection:
        row = connection.execute(_STOPPED).fetchone()
    return row is not None and row[0] == "event_log_failed"


def latest_recovery(path: Path) -> dict[str, Any] | None:
    """Return state, times, steps, differences and what remains; None if there was none.

    ``state`` is completed, running or stopped; a plain start has no steps.

    Raises:
        BrokenError: The file is missing or unusable.
    """
    with reading(path) as connection:
        latest = connection.execute(_LATEST).fetchone()
        if latest is None:
            return None
        newest: dict[str, Any] = msgspec.json.decode(latest[2])
        flow = newest.get("flow", "")
        rows = connection.execute(_PARTS, (flow,)).fetchall() if flow else [("recovery_completed", *latest[1:])]
    found: dict[str, Any] = {
        "flow": flow, "state": "running", "cause": "start", "actor": "guard", "began_at": "", "ended_at": "",
        "duration_s": 0.0, "steps": [], "differences": [], "remaining": [], "reason": "",
    }  # fmt: skip
    for event_type, timestamp, payload in rows:
        _take(found, event_type, timestamp, msgspec.json.decode(payload))
    return found


def _take(found: dict[str, Any], event_type: str, timestamp: str, fact: dict[str, Any]) -> None:
    if event_type == "recovery_began":
        found |= {"cause": fact["cause"], "actor": fact["actor"], "began_at": fact["began_at"]}
    elif event_type == "recovery_step_done":
        found["steps"].append({**fact, "ok": True})
    elif event_type == "recovery_stopped":
        found["steps"].append({**fact, "result": fact["reason"], "differences": [], "ok": False})
        found |= {"state": "stopped", "reason": fact["reason"], "ended_at": timestamp}
    elif event_type == "recovery_resumed":
        found |= {"state": "running", "reason": "", "ended_at": ""}
    elif event_type == "recovery_completed":
        kept = ("cause", "actor", "began_at", "duration_s", "differences", "remaining")
        found |= {name: fact[name] for name in kept if name in fact}
        found |= {"state": "completed", "ended_at": timestamp}
