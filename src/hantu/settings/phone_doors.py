"""The doors a phone's commands go through: the guard's control socket, the KILL file, rows; implements ``PhoneDoors``.

Methods block. Setting the kill switch falls back to file and row; releasing never does.
"""

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from hantu.adapters.clock import SystemClock
from hantu.adapters.guard_link import GuardLink, NotRunning
from hantu.adapters.second_factor import SecondFactors
from hantu.adapters.store import alert_words, approvals
from hantu.adapters.store.offline import record_operation
from hantu.adapters.store.phone_book import Shown
from hantu.adapters.store.queries import Queries
from hantu.alerting.phone.buttons import digest
from hantu.alerting.phone.replies import AlertLine, HeldLine, OrderLine
from hantu.alerting.rows import CATALOGUE
from hantu.alerting.silences import Silence
from hantu.domain.approval import Approval
from hantu.domain.commands import KillLevel
from hantu.domain.errors import BrokenError, DeniedError, HantuError, UsageError
from hantu.runtime.phone_ports import CodeJudged, How, ShownMessage, Stopped
from hantu.settings.kill_doors import ORDER, put_back, read_file, read_row, strictest, take_away, write_file, write_row
from hantu.settings.model import Settings
from hantu.settings.people import actor_of, name_of
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
MACHINE = SystemClock()
STOP_S = 2.5
"""Real seconds the guard may take to take a wish to stop; then file and row are written."""
FOLLOW_S = 2.0
"""Real seconds its status may take to show what was asked."""
LOOK_S = 0.05
RELEASE_S = 10.0
RECENT = 500
"""Alerts looked through for the one under a button."""
PENDING_MAX = 20
READ_ANYWAY_S = 10.0
AREAS = frozenset(f"OPS-0{number}" for number in range(1, 7))
PRIORITIES = frozenset({"high", "normal", "low"})


def machine_s() -> float:
    """Return the machine's time, seconds since 1970; a practice market's clock opens no lock."""
    return MACHINE.now().wall.timestamp()


class PhoneDoorsOf:
    """The doors of one home."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = settings.database
        self._queries = Queries(settings.database)
        self._factors = SecondFactors(
            settings.home, settings.audit_dir, machine_s, previous=settings.telegram.previous_code
        )
        self._seen: tuple[int, int] = (0, 0)
        self._read_s = 0.0

    # --- the guard -----------------------------------------------------------------

    def status(self) -> Mapping[str, Any] | None:
        """Return the guard's status, None when no guard runs."""
        return self._guard("", STOP_S).status()

    def kill(self, level: KillLevel, reason: str, actor: str) -> Stopped:
        """Set the kill switch, never lowering it; without an answer of the guard by file and row."""
        guard = self._guard(actor, STOP_S)
        try:
            guard.request("kill", level=level.value, reason=reason, only_up=True)
        except NotRunning:
            return self._written(How.STORED, level, reason, actor)
        except DeniedError as error:
            return self._stricter(error)
        except HantuError as error:
            SystemLog.warning("감시가 킬 스위치 요청에 답하지 않음 - 파일과 행에 기록: %s", error)
            return self._written(How.WRITTEN, level, reason, actor)
        return self._followed(level, lambda found: bool(found["kill"]["level"] == level))

    def halt(self, symbol: str, actor: str) -> bool:
        """Pause orders; tell whether the guard's status shows it."""
        self._guard(actor, STOP_S).request("halt", symbol=symbol)
        return self._shows(lambda found: _is_halted(found, symbol))

    def resume(self, symbol: str, actor: str) -> bool:
        """End a pause; tell whether the guard's status shows it."""
        self._guard(actor, STOP_S).request("resume", symbol=symbol)
        return self._shows(lambda found: not _is_halted(found, symbol))

    def release(self, reason: str, actor: str) -> str:
        """Release the kill switch through the guard, which compares with the broker first; return its level then."""
        taken = take_away(self._settings.kill_file)
        try:
            found = self._guard(actor, RELEASE_S).request("kill", level="off", reason=reason)
        except HantuError:
            put_back(self._settings.kill_file, taken)
            raise
        return str(found["kill"]["level"])

    # --- records -------------------------------------------------------------------

    def held(self) -> tuple[HeldLine, ...]:
        """Return holdings as last recorded; nothing without records."""
        if not self._database.exists():
            return ()
        rows = self._queries.positions()
        return tuple(HeldLine(row.name, row.symbol, row.quantity, row.average_price) for row in rows)

    def orders(self, limit: int) -> tuple[OrderLine, ...]:
        """Return the newest orders, newest first."""
        rows = [row for row in self._queries.orders(limit * 2) if row.kind == "order"][:limit]
        return tuple(
            OrderLine(row.recorded_at, row.name or row.symbol, row.side, row.quantity, row.limit_price, row.state,
                      row.filled)
            for row in rows
        )  # fmt: skip

    def alerts(self, limit: int) -> tuple[AlertLine, ...]:
        """Return the newest alerts, newest first, each once."""
        found: dict[int, AlertLine] = {}
        for row in self._queries.alerts(limit * 3):
            told = bool(row.sent_at) or (row.alert_id in found and found[row.alert_id].told)
            message = row.message.splitlines()[0] if row.message else row.event_type
            found[row.alert_id] = AlertLine(row.alert_id, row.event_at, message, row.priority, told)
        return tuple(found.values())[:limit]

    def alert_of(self, named: str) -> int:
        """Return the newest emergency whose key has this digest, 0 if there is none."""
        for alert_id, key in alert_words.newest_keys(self._database, RECENT):
            if digest(key) == named:
                return alert_id
        return 0

    def kind_of(self, named: str) -> str:
        """Return the kind of alert with this digest, empty if there is none."""
        return next((kind for kind in sorted(CATALOGUE) if digest(kind) == named), "")

    def acknowledge(self, alert_id: int, actor: str, *, done: bool) -> None:
        """Acknowledge an emergency."""
        alert_words.acknowledge(self._database, alert_id, actor=actor, done=done)

    def silence(self, what: str, actor: str, length_s: int, comment: str) -> int:
        """Mute a kind, a stock, an area or a priority; never emergencies."""
        kind, symbol, category, priority = "", "", "", ""
        if what.upper() in AREAS:
            category = what.upper()
        elif what in PRIORITIES:
            priority = what
        elif what in CATALOGUE or (what.endswith("*") and any(one.startswith(what[:-1]) for one in CATALOGUE)):
            kind = what
        elif what.isalnum() and len(what) in (6, 7) and any(char.isdigit() for char in what):
            symbol = what.upper()
        else:
            raise UsageError(
                f"끌 수 있는 알림이 아닙니다: {what}.", next_step="`hantu alerts stats` 로 종류를 확인하세요."
            )
        wanted = Silence(0, 0.0, actor, comment, kind, symbol, category, priority)
        return alert_words.add_silence(self._database, wanted, length_s)

    def pending(self) -> tuple[Approval, ...]:
        """Return the order proposals that wait."""
        return approvals.listed(self._database, limit=PENDING_MAX, status="pending")

    def approval(self, ident: str) -> Approval | None:
        """Return one approval, None if there is none."""
        return approvals.found(self._database, ident)

    def decide(self, ident: str, actor: str, *, approve: bool, order_hash: str = "") -> Approval:
        """Approve or deny; with ``order_hash`` only the very order that was shown."""
        return approvals.decide(self._database, ident, approve=approve, actor=actor, shown_hash=order_hash)

    def stock_name(self, symbol: str) -> str:
        """Return the name of a stock, empty where neither holdings nor orders know it."""
        known = [(row.symbol, row.name) for row in self._queries.positions()]
        known += [(row.symbol, row.name) for row in self._queries.orders(RECENT)]
        return next((name for one, name in known if one == symbol and name), "")

    def changed(self) -> bool:
        """Tell whether somebody wrote into the records since the last call; now and then all the same."""
        stamp, now_s = self._stamp(), machine_s()
        if stamp == self._seen and 0.0 <= now_s - self._read_s < READ_ANYWAY_S:
            return False
        self._seen, self._read_s = stamp, now_s
        return self._database.exists()

    def note(self, operation: str, details: Mapping[str, object], actor: str) -> None:
        """Add a row to the audit trail."""
        if not self._database.exists():
            raise BrokenError(f"데이터베이스 파일이 없습니다: {self._database}")
        record_operation(self._database, operation, details, actor=actor)

    # --- people --------------------------------------------------------------------

    def enrolled(self, actor: str) -> bool:
        """Tell whether a person has a second factor."""
        return any(one.person == actor for one in self._factors.book.factors())

    def judge(self, actor: str, code: str) -> CodeJudged:
        """Judge a code; a right one is used up."""
        found = self._factors.judge(actor, code)
        return CodeJudged(found.came, found.failures, found.before, found.locked_s)

    def use(self, *keys: str) -> bool:
        """Mark keys as used; False when one was."""
        return self._factors.book.use(*keys, now_s=machine_s())

    def used(self, *keys: str) -> bool:
        """Tell whether one of the keys was used."""
        return self._factors.book.used(*keys)

    def shown(self) -> tuple[ShownMessage, ...]:
        """Return the messages about proposals."""
        found = self._factors.book.shown()
        return tuple(ShownMessage(one.subject, one.chat_id, one.message_id, one.text) for one in found)

    def show(self, message: ShownMessage) -> None:
        """Note a message with buttons."""
        self._factors.book.show(_row(message), machine_s())

    def close(self, message: ShownMessage) -> None:
        """Note that its buttons are gone."""
        self._factors.book.close(_row(message))

    def actor_of(self, name: str) -> str:
        """Return how the records name somebody."""
        return actor_of(self._settings, name)

    def name_of(self, actor: str) -> str:
        """Return the name behind an actor of the records."""
        return name_of(self._settings, actor)

    # --- leaves --------------------------------------------------------------------

    def _guard(self, actor: str, timeout_s: float) -> GuardLink:
        return GuardLink(self._settings.socket, actor, timeout_s=timeout_s)

    def _stricter(self, error: DeniedError) -> Stopped:
        found = self.status()
        level = KillLevel(found["kill"]["level"]) if found is not None else KillLevel.ACTIVE
        return Stopped(How.STRICTER, level, detail=str(error))

    def _followed(self, level: KillLevel, check: Callable[[Mapping[str, Any]], bool]) -> Stopped:
        if self._shows(check):
            return Stopped(How.CONFIRMED, level)
        return Stopped(How.ASKED, level, detail="상태에 아직 보이지 않음")

    def _shows(self, check: Callable[[Mapping[str, Any]], bool]) -> bool:
        """Look at the guard's status until it shows what was asked; an answer that fails shows nothing."""
        end = MACHINE.now().mono + FOLLOW_S
        while True:
            try:
                found = self.status()
            except HantuError as error:
                SystemLog.warning("감시의 상태를 확인하지 못함: %s", error)
                return False
            if found is not None and check(found):
                return True
            if found is None or MACHINE.now().mono >= end:
                return False
            time.sleep(LOOK_S)  # noqa: TID251 - in a thread of its own, on a status that cannot wake anybody

    def _written(self, how: How, level: KillLevel, reason: str, actor: str) -> Stopped:
        """Write both lasting doors; one of them is enough. A stricter level that stands there stays.

        Raises:
            DeniedError: Neither takes it.
        """
        standing = [one for one in (read_file(self._settings.kill_file), read_row(self._settings)) if one is not None]
        worst = KillLevel(strictest(standing)["level"])
        if ORDER.index(worst) > ORDER.index(level):
            return Stopped(How.STRICTER, worst)
        doors, failed = [], []
        writers: Mapping[str, Callable[[], bool]] = {
            "file": lambda: write_file(self._settings.kill_file, level.value, reason, actor),
            "row": lambda: write_row(self._settings, level.value, reason, actor),
        }
        for name, write in writers.items():
            try:
                if write():
                    doors.append(name)
            except (OSError, HantuError) as error:
                failed.append(f"{name}: {error}")
        if not doors:
            raise DeniedError("; ".join(failed) or "KILL")
        return Stopped(how, level, tuple(doors), "; ".join(failed))

    def _stamp(self) -> tuple[int, int]:
        try:
            found = os.stat(f"{self._database}-wal")  # noqa: PTH116 - asked once a second, the cheapest way
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)


def _is_halted(found: Mapping[str, Any], symbol: str) -> bool:
    halted = found["halted"]
    return symbol in halted["symbols"] if symbol else bool(halted["market"])


def _row(message: ShownMessage) -> Shown:
    return Shown(message.subject, message.chat_id, message.message_id, message.text)
