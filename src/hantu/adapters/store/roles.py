"""Roles beside the guard: who has one, and when it last showed that it lives.

A role is one row. Whoever has it renews it; a row that was not renewed for
``STALE_S``, or whose process on this machine is gone, may be taken by another.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hantu.adapters.store.sqlite import Connection, transaction
from hantu.adapters.store.timestamps import from_text, to_text
from hantu.domain.errors import DeniedError

NOTIFIER = "notifier"
BEAT_S = 1.0
"""Real seconds between two signs of life."""
STALE_S = 3.0
"""Real seconds without one after which a holder counts as gone."""


@dataclass(frozen=True, slots=True)
class Role:
    """One row; ``heartbeat`` is UTC text, empty after an end in order."""

    holder: str
    heartbeat: str
    beats: int

    def fresh(self, now: datetime) -> bool:
        """Whether the last sign of life is younger than ``STALE_S``; a moment ahead of ``now`` is none."""
        if not self.heartbeat:
            return False
        return timedelta(0) <= now - from_text(self.heartbeat) < timedelta(seconds=STALE_S)


def holder_name() -> str:
    """Return a name for this process that no later one has: host, process id, and when it began."""
    pid = os.getpid()
    return f"{_place()}:{pid}:{_began(pid) or 0}"


def read_role(connection: Connection, role: str) -> Role | None:
    """Return who has a role; None if nobody ever had it."""
    row = connection.execute("SELECT holder, heartbeat, beats FROM roles WHERE role = ?", (role,)).fetchone()
    return Role(*row) if row is not None else None


def take_role(connection: Connection, role: str, holder: str, now: datetime) -> None:
    """Give a role to ``holder``.

    Raises:
        DeniedError: Another process has it and lives.
    """
    with transaction(connection):
        found = read_role(connection, role)
        if found is not None and found.holder != holder and found.fresh(now) and not gone(found.holder):
            pid = found.holder.split(":")[1]
            raise DeniedError(
                f"알림 프로세스가 이미 실행 중입니다 (PID {pid}).",
                next_step="그 프로세스를 끝낸 뒤 다시 시작하세요. 알림은 한 프로세스만 보냅니다.",
            )
        connection.execute(
            """INSERT INTO roles (role, holder, heartbeat, beats, started_at) VALUES (?, ?, ?, 1, ?)
            ON CONFLICT (role) DO UPDATE SET holder = excluded.holder, heartbeat = excluded.heartbeat,
                beats = beats + 1, started_at = excluded.started_at""",
            (role, holder, to_text(now), to_text(now)),
        )


def renew_role(connection: Connection, role: str, holder: str, now: datetime) -> bool:
    """Show a sign of life; False when another process has the role by now."""
    with transaction(connection):
        return bool(
            connection.execute(
                "UPDATE roles SET heartbeat = ?, beats = beats + 1 WHERE role = ? AND holder = ?",
                (to_text(now), role, holder),
            ).rowcount
        )


def leave_role(connection: Connection, role: str, holder: str) -> None:
    """Mark an end in order; without effect once another process has the role."""
    with transaction(connection):
        connection.execute("UPDATE roles SET heartbeat = '' WHERE role = ? AND holder = ?", (role, holder))


def gone(holder: str) -> bool:
    """Whether a holder has surely ended; of another machine or container nobody here can tell."""
    place, _, rest = holder.rpartition(":")[0].rpartition(":")
    if place != _place() or not rest.isdigit():
        return False
    began = _began(int(rest))
    if began is not None:
        return began != holder.rpartition(":")[2]
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        # It exists and is another user's, whose processes this machine may hide.
        return False
    return False


def _place() -> str:
    """Name the machine and, for containers of one name, the space of process ids."""
    try:
        space = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        space = 0
    return f"{socket.gethostname()}/{space}"


def _began(pid: int) -> str | None:
    """Return when a process began, in the kernel's ticks; empty once it has ended, None where nothing is told."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    # A process that ended and was not collected yet does nothing any more.
    return "" if fields[0] in "ZX" else fields[19]
