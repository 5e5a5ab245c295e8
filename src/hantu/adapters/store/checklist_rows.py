"""What checklists showed, and who confirmed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from hantu.adapters.store.incident_rows import NOW
from hantu.adapters.store.maintenance import reading, writing
from hantu.adapters.store.state_rows import audit

_json = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Run:
    """One time a checklist was gone through; ``run_at`` is UTC text."""

    run_id: int
    kind: str
    run_at: str
    result: str
    items: tuple[dict[str, Any], ...]
    actor: str
    confirmed_by: str
    note: str


def save_run(
    database: Path, kind: str, result: str, items: Sequence[Any], *, actor: str, confirmed_by: str, note: str
) -> int:
    """File one run; return its number.

    Raises:
        BrokenError: The database does not take the write.
    """
    with writing(database) as connection:
        at = str(connection.execute(f"SELECT {NOW}").fetchone()[0])
        number = connection.execute(
            """INSERT INTO checklist_runs (kind, run_at, result, items_json, actor, confirmed_by, note)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (kind, at, result, _json.encode(items).decode(), actor, confirmed_by, note),
        ).lastrowid
        told = {"run": number, "kind": kind, "result": result, "confirmed_by": confirmed_by, "note": note}
        audit(connection, "checklist_run", confirmed_by or actor, at, _json.encode(told).decode())
    return int(number or 0)


def runs(database: Path, limit: int = 20, kind: str = "") -> tuple[Run, ...]:
    """Return what was gone through, newest first."""
    with reading(database) as connection:
        rows = connection.execute(
            """SELECT run_id, kind, run_at, result, items_json, actor, confirmed_by, note FROM checklist_runs
            WHERE kind = ?1 OR ?1 = '' ORDER BY run_id DESC LIMIT ?2""",
            (kind, limit),
        ).fetchall()
    return tuple(
        Run(number, of, at, result, _items(text), actor, confirmed_by, note)
        for number, of, at, result, text, actor, confirmed_by, note in rows
    )


def earlier_number(database: Path, kind: str, name: str, days: float) -> tuple[str, float, float] | None:
    """Return when an item was last seen at least ``days`` real days ago, how many days that is, and its number."""
    with reading(database) as connection:
        rows = connection.execute(
            """SELECT run_at, julianday('now') - julianday(run_at) AS age, items_json FROM checklist_runs
            WHERE kind = ? AND age >= ? ORDER BY run_id DESC LIMIT 10""",
            (kind, days),
        ).fetchall()
    for at, age, text in rows:
        for item in _items(text):
            if item["name"] == name and item["number"] is not None:
                return str(at), float(age), float(item["number"])
    return None


def _items(text: str) -> tuple[dict[str, Any], ...]:
    return msgspec.json.decode(text, type=tuple[dict[str, Any], ...])
