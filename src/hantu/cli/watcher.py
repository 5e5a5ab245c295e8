"""The loop of ``hantu health watch``: asks the guard for a sign of progress and tells people when there is none."""

import asyncio
import os
import signal
import time
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from hantu.adapters.guard_link import GuardLink, NotRunning
from hantu.adapters.notify.last_word import last_word
from hantu.adapters.store.day_counts import ended_clean
from hantu.adapters.store.samples import write_samples
from hantu.alerting.rules import operations_alert
from hantu.alerting.wording import component_word, health_word
from hantu.cli.shell import Shell
from hantu.domain.errors import HantuError
from hantu.domain.krx_calendar import KRX_CALENDAR
from hantu.domain.session import Calendar
from hantu.operations import machine
from hantu.operations.components import NEW, Judgement, judge
from hantu.operations.outside import Answer, observe
from hantu.operations.supervisor import Supervisor
from hantu.ports import HealthRow
from hantu.settings.calendar_file import load_calendar
from hantu.settings.model import Settings

COMPONENT = "guard_process"
PATIENCE, PATIENCE_MIN_S = 0.8, 0.3
"""Share of an interval an answer may take, and the least real seconds: a frozen guard shows within two intervals."""
STEP_S = 0.2
"""Longest nap; a signal ends the watch within it."""


class Watcher:
    """Looks at one guard once an interval, from a process of its own."""

    def __init__(self, shell: Shell, interval_s: float) -> None:
        self._shell, self._settings, self._interval_s = shell, shell.settings, interval_s
        self._standing = NEW
        self._wakes: int | None = None
        self._pid = 0
        self._ended = False
        self._supervisor = Supervisor(os.environ, time.monotonic)
        self._calendar = _calendar(shell.settings)

    def run(self, *, once: bool = False) -> bool:
        """Look until a signal ends it; return whether all was well at the end."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._end)
        self._supervisor.ready("watching the guard")
        due = time.monotonic()
        while not self._ended:
            judged = self.look()
            # After the look, so that a watcher that hangs in one is noticed too.
            self._supervisor.alive()
            if once:
                return not judged.standing.state.trouble
            due = max(due + self._interval_s, time.monotonic())
            while not self._ended and time.monotonic() < due:
                time.sleep(min(STEP_S, max(0.0, due - time.monotonic())))
                self._supervisor.alive()
        self._supervisor.stopping()
        return not self._standing.state.trouble

    def look(self) -> Judgement:
        """Ask once, judge, and tell what is news."""
        answer = self._ask()
        observed = observe(answer, self._wakes, in_session=self._calendar.in_session(datetime.now(UTC)))
        self._wakes = answer.wakes
        judged = judge(self._standing, (observed,), time.monotonic())
        self._standing = judged.standing
        self._keep(judged)
        if judged.changed:
            self._say(judged)
        if judged.event:
            self._tell(judged)
        return judged

    # --- leaves --------------------------------------------------------------------

    def _ask(self) -> Answer:
        patience = max(PATIENCE_MIN_S, self._interval_s * PATIENCE)
        link = GuardLink(self._settings.socket, "health watch", timeout_s=patience)
        try:
            found: dict[str, Any] = link.request("status")
        except NotRunning:
            return Answer(listening=False, ended_clean=self._ended_clean())
        except HantuError:
            return Answer(listening=True, process=machine.state_of(self._pid) if self._pid else "")
        self._pid = int(found.get("pid", 0))
        components = (found.get("health") or {}).get("components", {})
        down = [component_word(name) for name, one in sorted(components.items()) if one.get("state") == "down"]
        return Answer(listening=True, wakes=int(found["counts"].get("wakes", 0)), degraded=", ".join(down))

    def _ended_clean(self) -> bool:
        try:
            return ended_clean(self._settings.database)
        except HantuError:
            # Without records nobody can say that it ended on purpose.
            return False

    def _keep(self, judged: Judgement) -> None:
        now = datetime.now(UTC)
        one = judged.standing
        row = HealthRow(COMPONENT, one.state.value, machine.now_text(now.timestamp()), one.reason)
        try:
            write_samples(self._settings.database, (row,), (), now, self._settings.health.keep_days)
        except HantuError as error:
            self._shell.note(f"점검 결과를 저장하지 못했습니다: {error}")

    def _say(self, judged: Judgement) -> None:
        one = judged.standing
        at = datetime.now(UTC)
        if self._shell.json:
            self._shell.emit(
                {"at": at.isoformat(), "component": COMPONENT, "before": judged.before.state.value,
                 "state": one.state.value, "reason": one.reason}
            )  # fmt: skip
        else:
            self._shell.out.print(
                f"{at:%Y-%m-%d %H:%M:%S}Z {component_word(COMPONENT)} {health_word(one.state)} - {one.reason}"
            )

    def _tell(self, judged: Judgement) -> None:
        """Send it past the guard: whoever is dead sends nothing."""
        from hantu.settings.channels import notifiers_of

        one = judged.standing
        kind = "health_degraded" if one.state.trouble else "health_recovered"
        text = f"{component_word(COMPONENT)} {health_word(one.state)} - {one.reason}"
        alert = operations_alert(kind, text, key=f"{kind}:{COMPONENT}")
        asyncio.run(last_word(notifiers_of(self._settings)[0], alert))

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._ended = True


def _calendar(settings: Settings) -> Calendar:
    """Return the trading days as far as they are known without the broker."""
    given = load_calendar(settings.calendar.override_file, always_open=settings.calendar.always_open)
    special = {**(KRX_CALENDAR.special or {}), **(given.special or {})}
    return Calendar(KRX_CALENDAR.closed | given.closed, special, always_open=given.always_open)
