"""The two doors of the kill switch that work without a running guard: a file and a row."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hantu.adapters.clock import SystemClock
from hantu.domain.commands import KillLevel
from hantu.settings.model import Settings

ORDER = (KillLevel.OFF, KillLevel.ACTIVE, KillLevel.FLATTEN, KillLevel.HARD)
"""From the mildest to the strictest."""
OFF: dict[str, Any] = {"level": "off", "reason": "", "actor": "", "timestamp": "", "automatic": False}


def write_file(path: Path, level: str, reason: str, actor: str) -> bool:
    """Put the file there; survives a power loss. Always true.

    Raises:
        OSError: The folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    state = {"level": level, "reason": reason, "actor": actor, "timestamp": _now()}
    fresh = path.with_name(path.name + ".new")
    try:
        with fresh.open("w", encoding="utf-8") as target:
            target.write(json.dumps(state, ensure_ascii=False) + "\n")
            target.flush()
            os.fsync(target.fileno())
        fresh.replace(path)
    except OSError:
        if level != KillLevel.ACTIVE:
            raise
        # On a full disk an empty file still fits, and it means the same.
        path.touch()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def take_away(path: Path) -> bytes | None:
    """Remove the file; return what it said, None if there was none.

    Raises:
        OSError: The folder cannot be written.
    """
    try:
        said = path.read_bytes()
    except FileNotFoundError:
        return None
    path.unlink(missing_ok=True)
    return said


def put_back(path: Path, said: bytes | None) -> None:
    """Put a file back that was taken away for a release that did not come.

    Raises:
        OSError: The folder cannot be written.
    """
    if said is not None:
        path.write_bytes(said)


def read_file(path: Path) -> dict[str, Any] | None:
    """Return what the file says, None if there is none; nonsense counts as ``active``."""
    from hantu.adapters.kill_file import read_kill_file

    found = read_kill_file(path)
    if found is None:
        return None
    return {
        **OFF, "level": found.level.value, "reason": found.reason, "actor": found.actor, "timestamp": found.timestamp,
    }  # fmt: skip


def strictest(states: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the state that blocks most; nothing at all means off."""
    worst = dict(OFF)
    for state in states:
        if ORDER.index(KillLevel(state["level"])) > ORDER.index(KillLevel(worst["level"])):
            worst = {**OFF, **state}
    return worst if worst["level"] != "off" or not states else {**OFF, **states[-1]}


def _now() -> str:
    return f"{SystemClock().now().wall:%Y-%m-%d %H:%M:%S.%f}"


def read_row(settings: Settings) -> dict[str, Any] | None:
    """Return the newest row, None without a database; an unreadable one counts as ``active``."""
    if not settings.database.exists():
        return None
    from hantu.adapters.store.queries import Queries

    row = Queries(settings.database).kill_state()
    return {
        "level": row.level.value,
        "reason": row.reason,
        "actor": row.actor,
        "timestamp": row.timestamp,
        "automatic": row.automatic,
    }


def write_row(settings: Settings, level: str, reason: str, actor: str) -> bool:
    """Add a row to ``system_state``; false when there is no database to tell.

    Raises:
        HantuError: The database does not take it.
    """
    from hantu.adapters.store.offline import record_kill

    if not settings.database.exists():
        return False
    record_kill(settings.database, level=KillLevel(level), reason=reason, actor=actor)
    return True


def note_refusal(settings: Settings, reason: str, actor: str) -> None:
    """Record that a release was refused because no guard runs; nothing to do without a database.

    Raises:
        HantuError: The database does not take it.
    """
    from hantu.adapters.store.offline import record_operation

    if settings.database.exists():
        details = {"reason": reason, "obstacles": ["감시가 실행 중이 아님"]}
        record_operation(settings.database, "killswitch_release_refused", details, actor=actor)
