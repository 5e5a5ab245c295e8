"""The server's way to the guard: its control socket, and the file and the row for the safe direction.

What browsers see is one picture, refreshed by the hub's watch line; a guard that
does not answer is shown as that, with what is on record.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from hantu.adapters.guard_link import GuardLink, NotRunning
from hantu.adapters.store.pages import Pages
from hantu.adapters.store.queries import Queries
from hantu.domain.access import Caller
from hantu.domain.commands import KillLevel
from hantu.domain.errors import BrokenError, DeniedError, HantuError, SilentError
from hantu.domain.instant import utc_text
from hantu.operations.safety import dangers, verdict
from hantu.ports import Clock
from hantu.settings.kill_doors import ORDER, put_back, read_file, read_row, strictest, take_away, write_file, write_row
from hantu.settings.model import Settings
from hantu.telemetry import get_logger

DoorLog = get_logger(__name__, "system")
FRESH_S: Final = 2.0
"""A picture of that age is good enough; older, the guard is asked itself."""
ASK_S: Final = 2.0
COMMAND_S: Final = 10.0
FOLLOW_S: Final = 2.0
LOOK_S: Final = 0.01
SILENT: Final = "감시가 답하지 않음"
LIVE: Final = (
    "environment", "account", "mode", "version", "speed", "state", "market_time", "unguarded", "unprotected_s",
    "connection", "subscriptions", "halted", "latency_ms", "notice_delay_ms", "day_pnl", "exits_today", "needs_person",
    "recovery", "storage_ok", "counts", "alerts", "watch", "stopped",
)  # fmt: skip


class SocketDoor:
    """Implements the guard's door of the interface for one home."""

    def __init__(self, settings: Settings, clock: Clock, pairs_waiting: Callable[[], int]) -> None:
        self._settings = settings
        self._clock = clock
        self._pairs_waiting = pairs_waiting
        self._pages = Pages(settings.database)
        self._seen: tuple[dict[str, Any], float] | None = None

    def saw(self, status: dict[str, Any]) -> None:
        """Take what the watch line said."""
        self._seen = (status, self._clock.now().mono)

    @property
    def age_s(self) -> float | None:
        """Seconds since the guard said something; None: never."""
        return None if self._seen is None else self._clock.now().mono - self._seen[1]

    @property
    def unsafe(self) -> bool:
        """Whether the newest picture shows a danger; false without one."""
        return self._seen is not None and bool(dangers(self._seen[0]))

    def status(self) -> dict[str, Any] | None:
        """Return what the guard says of itself; None when it does not answer."""
        age = self.age_s
        if age is None or age > FRESH_S:
            try:
                found = self._link("server", ASK_S).status()
            except HantuError as error:
                DoorLog.debug("감시가 답하지 않음: %s", error)
                return None
            if found is None:
                return None
            self.saw(found)
        return self._seen[0] if self._seen else None

    def state(self) -> dict[str, Any]:
        """Return everything the first page shows."""
        status = self.status()
        kill = self.kill_view(status, asked=True)
        told = {
            "time": utc_text(self._clock.now().wall), "running": status is not None, "age_s": _rounded(self.age_s),
            "kill": kill, "waiting": self._waiting(),
        }  # fmt: skip
        if status is None:
            held = self._recorded()
            return {
                **told, "safe": False, "verdict": f"안전하지 않음 - {SILENT}", "dangers": [SILENT],
                "environment": self._settings.environment, "account": self._settings.account.alias, "positions": held,
            }  # fmt: skip
        return {
            **told, "safe": not dangers(status), "verdict": verdict(status), "dangers": dangers(status),
            **{name: status[name] for name in LIVE if status.get(name) is not None},
            "guarded": len(status.get("positions", ())), "positions": self._live(status),
            "components": (status.get("health") or {}).get("components", {}),
        }  # fmt: skip

    def kill_view(self, status: Mapping[str, Any] | None = None, *, asked: bool = False) -> dict[str, Any]:
        """Return the strictest of all doors; what cannot be read counts as ``active``."""
        status = status if asked else self.status()
        doors: dict[str, dict[str, Any] | None] = {
            "guard": None if status is None else dict(status.get("kill") or {}),
            "file": read_file(self._settings.kill_file),
            "row": read_row(self._settings),
        }
        if doors["guard"] is not None:
            doors["guard"].setdefault("level", "active")
        told = [state for state in (doors["file"], doors["row"], doors["guard"]) if state is not None]
        worst = strictest(told)
        seen = {name: str(state["level"]) if state else "none" for name, state in doors.items()}
        return {**{name: value for name, value in worst.items() if value is not None}, "seen": seen}

    def kill_set(self, level: str, reason: str, *, by: Caller) -> dict[str, Any]:
        """Block orders; the file and the row stand in for a guard that does not answer.

        Raises:
            DeniedError: No door took it.
        """
        began = self._clock.now().mono
        reason = reason or "대시보드에서 작동"
        try:
            now = self.request("status", by.actor, ASK_S)
            stricter = ORDER.index(_level_of(now)) > ORDER.index(KillLevel(level))
            # Asking for less than what holds would be a release; that has a door of its own.
            found = _level_of(now).value if stricter else self._follow(KillLevel(level), reason, by, {}, ASK_S)
        except (SilentError, BrokenError) as error:
            DoorLog.error("킬스위치를 감시에 알리지 못해 파일과 기록에 씁니다: %s", error)
        else:
            return {"status": "taken", "level": found, "doors": ["guard"], "elapsed_ms": self._since_ms(began)}
        doors, failed = [], []
        for name, write in (("file", write_file), ("row", write_row)):
            place: Any = self._settings.kill_file if name == "file" else self._settings
            try:
                if write(place, level, reason, by.actor):
                    doors.append(name)
            except (OSError, HantuError) as error:
                failed.append(f"{name}: {error}")
        if not doors:
            raise DeniedError(
                f"킬스위치를 작동하지 못했습니다({'; '.join(failed)}).",
                next_step="서버에서 `hantu kill on` 을 실행하세요.",
            )
        return {
            "status": "asked", "level": level, "doors": doors, "elapsed_ms": self._since_ms(began),
            "message": "감시가 답하지 않아 파일과 기록에 썼습니다. 감시는 주문 전에 파일을 봅니다.",
        }  # fmt: skip

    def kill_ask(self, level: str, reason: str, *, by: Caller, second: str = "", release_s: int = 0) -> dict[str, Any]:
        """Have the guard release the switch, or leave everything; only a running guard can.

        Raises:
            DeniedError: It refuses; says what is open.
            SilentError: It does not answer.
        """
        began = self._clock.now().mono
        extra: dict[str, Any] = {"second": second} if second else {}
        if release_s:
            extra["release_s"] = release_s
        # The file goes first: a guard that sees it would set the switch again.
        releasing = level == KillLevel.OFF
        taken = take_away(self._settings.kill_file) if releasing else None
        try:
            found = self._follow(KillLevel(level), reason, by, extra, COMMAND_S)
        except HantuError:
            if releasing:
                put_back(self._settings.kill_file, taken)
            raise
        return {"status": "taken", "level": found, "doors": ["guard"], "elapsed_ms": self._since_ms(began)}

    def command(self, name: str, *, by: Caller, **args: Any) -> dict[str, Any]:
        """Have the guard carry out one command of its control socket.

        Raises:
            UsageError: It does not understand.
            DeniedError: It refuses.
            SilentError: It does not answer.
        """
        return dict(self.request(name, by.actor, COMMAND_S, **args) or {})

    def request(self, name: str, actor: str, wait_s: float, **args: Any) -> Any:
        """Send one line and return its answer.

        Raises:
            SilentError: Nobody listens, or no answer came.
        """
        try:
            return self._link(actor, wait_s).request(name, **args)
        except NotRunning as error:
            raise SilentError(str(error), next_step=error.next_step, reached=False) from error
        except BrokenError as error:
            raise SilentError(str(error), next_step=error.next_step) from error

    # --- leaves -----------------------------------------------------------------------

    def _follow(self, level: KillLevel, reason: str, by: Caller, extra: Mapping[str, Any], wait_s: float) -> str:
        """Ask for a level and see that the guard has taken it."""
        found = self.request("kill", by.actor, wait_s, level=level.value, reason=reason, **extra)
        end = self._clock.now().mono + FOLLOW_S
        while not _reached(level, found):
            if self._clock.now().mono > end:
                raise SilentError("감시가 킬스위치를 아직 반영하지 않았습니다.")
            time.sleep(LOOK_S)  # noqa: TID251  (a worker thread of the server; the guard has no events for this)
            found = self.request("status", by.actor, wait_s)
        self.saw(found)
        return str(found["kill"]["level"])

    def _link(self, actor: str, wait_s: float) -> GuardLink:
        return GuardLink(self._settings.socket, actor, timeout_s=wait_s)

    def _waiting(self) -> dict[str, int]:
        try:
            return {**self._pages.waiting(), "requests": self._pairs_waiting()}
        except HantuError as error:
            DoorLog.warning("기다리는 일을 셀 수 없음: %s", error)
            return {}

    def _recorded(self) -> list[dict[str, Any]]:
        try:
            rows = Queries(self._settings.database).positions()
        except HantuError as error:
            DoorLog.warning("보유를 읽을 수 없음: %s", error)
            return []
        return [
            {name: getattr(row, name) for name in row.__slots__} | {"source": "records", "guarded": bool(row.guarded)}
            for row in rows
        ]

    def _live(self, status: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
        kept = {row["symbol"]: row for row in self._recorded()}
        unguarded = [
            {**kept[one["symbol"]], **one, "guarded": False, "source": "guard", "state": "unguarded"}
            for one in status.get("unguarded", ())
            if one["symbol"] in kept
        ]
        live = [
            {**{name: kept.get(one["symbol"], {}).get(name, "") for name in ("held_since", "updated_at")}, **one,
             "cost": one["average_price"] * one["quantity"], "source": "guard"}
            for one in status.get("positions", ())
        ]  # fmt: skip
        return [*live, *unguarded]

    def _since_ms(self, began: float) -> float:
        return round((self._clock.now().mono - began) * 1_000, 1)


def _reached(level: KillLevel, found: Mapping[str, Any]) -> bool:
    now = _level_of(found)
    return now is level or (level is not KillLevel.OFF and ORDER.index(now) > ORDER.index(level))


def _level_of(found: Mapping[str, Any]) -> KillLevel:
    return KillLevel((found.get("kill") or {}).get("level", "active"))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
