"""The self-test before the open, run by the guard on every trading day; what fails is told to people.

It is a process of its own (``hantu checklist morning``): what it looks at, signs and waits for costs the guard
nothing. It runs once in the half hour before the opening, also where the guard starts within it.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hantu.adapters.clock import SystemClock
from hantu.adapters.store.checklist_rows import runs
from hantu.adapters.store.timestamps import from_text
from hantu.alerting.rules import operations_alert
from hantu.domain.alert import Alert
from hantu.domain.errors import HantuError
from hantu.domain.session import KST, Calendar
from hantu.ports import Clock
from hantu.settings.model import Settings
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
MACHINE = SystemClock()
"""Runs on record carry this machine's time."""
BEFORE = timedelta(minutes=30)
"""Market time before the opening from which the test is due."""
LOOK_S = 20.0
"""Market seconds between two looks at the calendar."""
LIMIT_S = 120.0
"""Real seconds the test may take beside its wait for an acknowledgement."""
WORDS = ("-m", "hantu.cli.main", "checklist", "morning", "--json")


def wanted(settings: Settings) -> bool:
    """Tell whether the guard runs the test by itself: with a real or paper account, elsewhere when asked for."""
    return settings.health.morning_check == "on" or (
        settings.health.morning_check == "auto" and settings.environment != "local"
    )


class MorningDuty:
    """Runs the test; ``tell`` sends an alert to people and returns at once."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        calendar: Callable[[], Calendar],
        tell: Callable[[Alert], None],
        command: Sequence[str] = (sys.executable, *WORDS),
    ) -> None:
        self._settings, self._clock, self._calendar, self._tell = settings, clock, calendar, tell
        self._command = command
        self._done: datetime | None = None

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(self._clock.real_delay(LOOK_S))

    async def look(self) -> None:
        """Run the test if it is due and nobody has run it for this opening."""
        now = self._clock.now().wall
        try:
            opening = self._calendar().next_opening(now)
        except LookupError:
            return
        if opening - now > BEFORE or opening == self._done:
            return
        self._done = opening
        try:
            if not await asyncio.to_thread(self._ran_lately):
                await self._test(f"{opening.astimezone(KST):%Y-%m-%d}")
        except (HantuError, OSError) as error:
            self._fail("run", f"점검을 실행하지 못함: {error}", f"{opening:%Y-%m-%d}")

    def _ran_lately(self) -> bool:
        last = next(iter(runs(self._settings.database, 1, "morning")), None)
        return last is not None and MACHINE.now().wall - from_text(last.run_at) < BEFORE

    async def _test(self, day: str) -> None:
        wait_s = self._settings.health.morning_ack_s
        # Its own session of settings: the same home, file and variables as ours.
        child = await asyncio.create_subprocess_exec(
            *self._command, "--ack-wait", f"{wait_s:g}", env=dict(os.environ),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(LIMIT_S + wait_s):
                out, err = await child.communicate()
        except TimeoutError:
            self._fail("run", f"점검이 {LIMIT_S + wait_s:.0f}초 안에 끝나지 않음", day)
            return
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        try:
            value: dict[str, Any] = msgspec.json.decode(out)
            items = value["items"]
        except (msgspec.DecodeError, KeyError, TypeError):
            words = err.decode(errors="replace").strip().splitlines()
            self._fail("run", f"점검이 결과 없이 끝남: {words[-1] if words else child.returncode}", day)
            return
        SystemLog.info("개장 전 점검 %s번: %s", value.get("run_id"), value.get("result"))
        for item in items:
            if item["result"] == "fail":
                detail = f" ({item['detail']})" if item.get("detail") else ""
                self._fail(item["name"], f"{item['title']}: {item['value']}{detail}", day)

    def _fail(self, name: str, text: str, day: str) -> None:
        SystemLog.error("개장 전 점검 실패: %s", text)
        self._tell(operations_alert("morning_check_failed", text, key=f"morning_check_failed:{name}:{day}"))
