"""The kill switch's file door: works with database, server and socket dead.

``touch var/KILL`` is enough. A file that cannot be read or understood counts
as ``active``: going to safety must never fail on a typing error.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from hantu.domain.commands import KillLevel

REASON_LIMIT = 200


@dataclass(frozen=True, slots=True)
class KillOrder:
    """What the file asks for."""

    level: KillLevel
    reason: str
    actor: str = "KILL file"
    timestamp: str = ""
    second: str = ""
    """The other person ``flatten`` needs."""


def read_kill_file(path: Path) -> KillOrder | None:
    """Return what the file asks for, or None if there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        return KillOrder(KillLevel.ACTIVE, f"KILL 파일을 읽을 수 없음: {error}")
    try:
        found = json.loads(text)
        level = KillLevel(found["level"])
    except (ValueError, KeyError, TypeError):
        return KillOrder(KillLevel.ACTIVE, text.strip()[:REASON_LIMIT] or "KILL 파일이 있음")
    if level is KillLevel.OFF:
        return None
    return KillOrder(
        level,
        str(found.get("reason", "")),
        str(found.get("actor", "KILL file")),
        str(found.get("timestamp", "")),
        str(found.get("second", "")),
    )
