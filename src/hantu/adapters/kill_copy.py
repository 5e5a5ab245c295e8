"""The kill level once more, in a file beside the database: what holds when the records are gone or unreadable."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from hantu.domain.commands import KillLevel

COPY_NAME = "kill.state"


@dataclass(frozen=True, slots=True)
class KillState:
    """A level with who and why."""

    level: KillLevel
    reason: str = ""
    actor: str = ""


def copy_of(database: Path) -> Path:
    """Return where the copy lies."""
    return database.with_name(COPY_NAME)


def read_copy(path: Path) -> KillState | None:
    """Return the state in the copy, None if there is no copy; what cannot be read counts as ``active``."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return KillState(KillLevel(found["level"]), str(found.get("reason", "")), str(found.get("actor", "")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return KillState(KillLevel.ACTIVE, f"킬 스위치 사본을 읽을 수 없음: {path.name}", "hantu")


def write_copy(path: Path, state: KillState) -> None:
    """Put the state there in one step; survives a power loss.

    Raises:
        OSError: The folder does not take it.
    """
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as target:
        text = {"level": state.level.value, "reason": state.reason, "actor": state.actor}
        target.write(json.dumps(text, ensure_ascii=False) + "\n")
        target.flush()
        os.fsync(target.fileno())
    fresh.replace(path)
