"""Which processes of this home run, each asked at its own door: lock, socket, row or address.

Nothing here starts, ends or waits long; a process that does not answer is one line, not an error.
"""

import fcntl
import json
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hantu.adapters.guard_link import GuardLink, NotRunning
from hantu.domain.errors import HantuError

if TYPE_CHECKING:
    from hantu.settings.model import Settings

ROLES: Final = ("guard", "notifier", "server", "jobs")
LOOK_S: Final = 1.5
"""Real seconds a process may take to answer."""
HEALTH: Final = "/api/v1/health"


@dataclass(frozen=True, slots=True)
class Running:
    """One process of this home; ``state`` is running, silent, absent, or what ``hantu up`` says of it."""

    role: str
    state: str
    pid: int = 0
    detail: str = ""
    restarts: int = 0
    by_up: bool = False
    """Whether ``hantu up`` looks after it."""


def up_lock(home: Path) -> Path:
    """Return the file held by the ``hantu up`` of a home."""
    return home / "up.lock"


def up_file(home: Path) -> Path:
    """Return where the ``hantu up`` of a home says what it looks after."""
    return home / "up.json"


def owner_of(lock: Path) -> int:
    """Return the process that holds a lock file; 0 if none does."""
    try:
        with lock.open("r", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                text = file.read().strip()
                return int(text) if text.isdigit() else -1
    except OSError:
        return 0
    return 0


def running(settings: "Settings", guard: Mapping[str, Any] | None = None) -> list[Running]:
    """Return every role with what is known of its process; ``guard`` is its status where it was asked already.

    An empty status says that it was asked and did not answer.
    """
    told = _told_by_up(settings.home)
    looked = (_guard(settings, guard), _notifier(settings), _server(settings), _jobs(settings))
    return [_merged(found, told.get(found.role)) for found in looked]


def up_owner(home: Path) -> int:
    """Return the process id of the ``hantu up`` of this home; 0 if none runs."""
    return owner_of(up_lock(home))


# --- leaves ---------------------------------------------------------------------------


def _told_by_up(home: Path) -> Mapping[str, Any]:
    if not up_owner(home):
        return {}
    try:
        found = json.loads(up_file(home).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found.get("processes", {}) if isinstance(found, dict) else {}


def _merged(found: Running, told: Mapping[str, Any] | None) -> Running:
    """Put together what was seen and what ``hantu up`` says: its pid and count, and why there is none."""
    if told is None:
        return found
    restarts, pid = int(told.get("restarts", 0)), int(told.get("pid", 0))
    if found.state == "absent":
        return Running(
            found.role, str(told.get("state", "absent")), pid, str(told.get("detail", "")), restarts, by_up=True
        )
    ours = found.pid in (0, pid)
    return Running(found.role, found.state, found.pid or pid, found.detail, restarts if ours else 0, by_up=ours)


def _guard(settings: "Settings", known: Mapping[str, Any] | None) -> Running:
    if known is None:
        try:
            known = GuardLink(settings.socket, "status", timeout_s=LOOK_S).request("status")
        except NotRunning:
            pid = owner_of(settings.lock_file)
            # It holds the lock before it can be asked, and still while it ends.
            return Running("guard", "silent" if pid else "absent", max(pid, 0))
        except HantuError as error:
            return Running("guard", "silent", max(owner_of(settings.lock_file), 0), str(error))
    if not known:
        return Running("guard", "silent", max(owner_of(settings.lock_file), 0))
    return Running("guard", "running", int(known.get("pid", 0)), str(known.get("state_ko", "")))


def _jobs(settings: "Settings") -> Running:
    try:
        told = GuardLink(settings.jobs_socket, "status", timeout_s=LOOK_S).request("list")
    except NotRunning:
        pid = owner_of(settings.home / "jobs.lock")
        return Running("jobs", "silent" if pid else "absent", max(pid, 0))
    except HantuError as error:
        return Running("jobs", "silent", max(owner_of(settings.home / "jobs.lock"), 0), str(error))
    alive = sum(job.get("state") == "running" for job in told["jobs"])
    return Running("jobs", "running", int(told.get("pid", 0)), f"{alive}/{len(told['jobs'])}")


def _notifier(settings: "Settings") -> Running:
    if not settings.database.exists():
        return Running("notifier", "absent")
    from hantu.adapters.store.maintenance import reading
    from hantu.adapters.store.roles import NOTIFIER, gone, read_role

    try:
        with reading(settings.database) as connection:
            role = read_role(connection, NOTIFIER)
    except HantuError as error:
        return Running("notifier", "absent", detail=str(error))
    if role is None or not role.heartbeat or gone(role.holder):
        return Running("notifier", "absent")
    pid = role.holder.split(":")[1]
    state = "running" if role.fresh(datetime.now(UTC)) else "silent"
    return Running("notifier", state, int(pid) if pid.isdigit() else 0)


def _server(settings: "Settings") -> Running:
    """Ask the address that is configured; another home's server at the same address is taken for this one's."""
    host, _, port = settings.server.address.rpartition(":")
    host = host.strip("[]")
    if not port.isdigit():
        return Running("server", "absent")
    # A server for every address of the machine is asked on this one.
    asked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    folder = settings.server.tls_dir or settings.home / "tls"
    secure = (folder / "server.pem").is_file() if settings.server.tls is None else settings.server.tls
    url = f"{'https' if secure else 'http'}://{host}:{port}"
    try:
        status = _ask(asked, int(port), folder / "ca.pem" if secure else None)
    except (ConnectionRefusedError, FileNotFoundError):
        return Running("server", "absent")
    except (OSError, HTTPException, ValueError) as error:
        return Running("server", "silent", detail=f"{url}: {str(error) or type(error).__name__}")
    return Running("server", "running", detail=url) if status else Running("server", "absent")


def _ask(host: str, port: int, authority: Path | None) -> str:
    """Return what a server of hantu calls itself; empty for a server of somebody else."""
    line: HTTPConnection
    if authority is None:
        line = HTTPConnection(host, port, timeout=LOOK_S)
    else:
        line = HTTPSConnection(host, port, timeout=LOOK_S, context=ssl.create_default_context(cafile=authority))
    try:
        line.request("GET", HEALTH, headers={"Host": f"{host}:{port}", "User-Agent": f"hantu-status/{os.getpid()}"})
        answer = line.getresponse()
        found = json.loads(answer.read(65_536))
        return str(found.get("status", "")) if answer.status == 200 and "guard" in found else ""
    finally:
        line.close()
