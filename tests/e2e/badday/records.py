"""What a person finds in the records of the bad day: the runbook's statements and every item of the checklists.

Asked as a person would, with sqlite3 on the command line where it is installed; what the answers
must be is counted here from the bare rows, by other means than SQL.
"""

import json
import re
import shutil
import subprocess
import textwrap
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.e2e.arena import Arena
from tests.unit.adapters.store.plain_sqlite import ask as ask_python

ROOT = Path(__file__).resolve().parents[3]
LISTS = {"daily": 11, "weekly": 3, "monthly": 7, "morning": 13}
"""Each checklist and how many items it has."""
AFTER_REJECTIONS = "2026-11-23 00:03:00"
"""Market time in UTC, a minute after the twenty rejections: asked then, the statements of five minutes count them."""
NOW = "'now'"
Row = dict[str, Any]


def ask(database: Path, sql: str) -> list[Row]:
    """Run one statement with sqlite3 of the command line, or with Python's where there is none."""
    program = shutil.which("sqlite3")
    if program is None:
        found = ask_python(database, sql)
        assert isinstance(found, list), found
        return found
    # Typed in, not given as a word: some of them begin with a comment, which would be taken for an option.
    words = [program, "-json", "-readonly", "-bail", str(database)]
    done = subprocess.run(words, input=sql, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, f"{sql}\n{done.stderr}"
    return list(json.loads(done.stdout)) if done.stdout.strip() else []


def statements() -> list[str]:
    """Return the SQL of the runbook, as it is written there."""
    text = (ROOT / "docs" / "RUNBOOK.md").read_text("utf-8")
    blocks = re.findall(r"^ *```sql\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block).strip() for block in blocks]


def statement(*words: str) -> str:
    """Return the one statement with these words."""
    [found] = {text for text in statements() if all(word in text for word in words)}
    return found


def check_statements(arena: Arena) -> None:
    """Every statement runs as it stands, and answers what the rows say."""
    database = arena.home / "hantu.db"
    for sql in statements():
        assert isinstance(ask(database, sql), list)
    rows = [
        dict(zip(("event_id", "event_type", "timestamp", "payload_json"), row, strict=True))
        for row in arena.rows("SELECT event_id, event_type, timestamp, payload_json FROM event_log")
    ]
    newest = sorted(rows, key=lambda row: str(row["timestamp"]), reverse=True)

    blocked = ask(database, statement("order_blocked_killswitch"))
    assert ids(blocked) == ids([row for row in newest if row["event_type"] == "order_blocked_killswitch"][:10])
    [switch] = ask(database, statement("FROM system_state"))
    assert (switch["kill_level"], switch["reason"]) == ("active", "나쁜 하루의 끝")
    last = ask(database, statement("LIMIT 20"))
    assert ids(last) == ids(newest[:20])
    for kind in ("order_filled", "connection_lost", "no_such_event"):
        found = ask(database, statement("<expected_event_type>").replace("<expected_event_type>", kind))
        assert ids(found) == ids([row for row in newest if row["event_type"] == kind])
    assert len([row for row in rows if row["event_type"] == "connection_lost"]) >= 2
    _check_rejections(database, newest)


def _check_rejections(database: Path, newest: list[Row]) -> None:
    """Twenty refusals of one program and one of the broker's: counted, and each with its reason."""
    for moment in (None, AFTER_REJECTIONS):
        asked_at = datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else datetime.now(UTC)
        since = f"{asked_at - timedelta(minutes=5):%Y-%m-%d %H:%M:%S}"
        refused = [row for row in newest if row["event_type"].startswith("order_rejected") and row["timestamp"] > since]
        named = f"'{moment}'" if moment else NOW
        counted = ask(database, statement("COUNT(*)").replace(NOW, named))
        assert {row["event_type"]: row["count"] for row in counted} == Counter(row["event_type"] for row in refused)
        told = ask(database, statement("SELECT event_type, payload_json").replace(NOW, named))
        assert [row["payload_json"] for row in told] == [row["payload_json"] for row in refused]
        if moment:
            reasons = Counter(json.loads(row["payload_json"])["reason"] for row in told)
            assert sum(reasons.values()) >= 21
            assert all(reasons)
            assert 20 in reasons.values()


def check_lists(arena: Arena) -> None:
    """Every item of every checklist says what it found and how to see that, and what it names shows it."""
    seen = set[str]()
    for kind, count in LISTS.items():
        done = arena.run("--json", "checklist", kind, "--confirm", "kim", "--note", "나쁜 하루", check=False)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        run = json.loads(done.stdout)
        assert len(run["items"]) == count, [item["name"] for item in run["items"]]
        assert run["confirmed_by"]
        for item in run["items"]:
            if item["how"] not in seen:
                _check_item(arena, item)
            seen.add(item["how"])
        named = {item["name"]: item for item in run["items"]}
        for name, value in EXPECTED.get(kind, {}).items():
            assert named[name]["result"] == value, named[name]
    assert {kind for (kind,) in arena.rows("SELECT kind FROM checklist_runs")} == set(LISTS)


EXPECTED = {
    "daily": {"events_24h": "warn", "rejections_24h": "warn", "kill_switch": "warn", "incidents": "fail",
              "services": "ok", "disk": "ok"},
    "weekly": {"rejections_7d": "warn", "db_size": "ok", "event_gaps": "ok"},
    "monthly": {"alerts_missed": "ok", "procedure_review": "fail", "checklists": "ok"},
    "morning": {"database": "ok", "audit": "ok", "kill_switch": "warn", "alert_round_trip": "ok"},
}  # fmt: skip
"""What that day must come to: incidents nobody has seen, many refusals, and no hole in the records."""


def _check_item(arena: Arena, item: Row) -> None:
    assert item["title"]
    assert item["value"]
    how = str(item["how"])
    if how.startswith("SELECT"):
        rows = ask(arena.home / "hantu.db", how)
        if item["name"] in ("events_24h", "rejections_24h", "faults", "alerts_missed", "rejections_7d", "event_gaps"):
            counts = [value for row in rows for value in list(row.values())[-1:] if isinstance(value, int)]
            # The same moment is not the same database: the guard goes on recording while a person reads.
            assert sum(counts) >= int(item["number"]), item
    elif how.startswith("hantu "):
        done = arena.run(*how.split()[1:], check=False)
        assert done.returncode in (0, 1), done.stderr
        assert done.stdout
    elif how.startswith("ls -l "):
        assert list(Path(how.rsplit(maxsplit=1)[-1].rstrip("*")).parent.glob(Path(how.rsplit(maxsplit=1)[-1]).name))
    else:
        assert how in (ROOT / "hantu.example.toml").read_text("utf-8") or how == "health.backup_dir"


def ids(rows: list[Row]) -> list[str]:
    """Return which events these are."""
    return [str(row["event_id"]) for row in rows]
