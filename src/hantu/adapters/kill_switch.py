"""The kill level as the door asks for it, last before the socket."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hantu.adapters.kill_file import read_kill_file
from hantu.domain.commands import KillLevel
from hantu.domain.order import CancelRequest, OrderRequest
from hantu.engine.inputs import SafetyBreach
from hantu.engine.switch import STRICTNESS
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")


@dataclass(slots=True)
class Switch:
    """The kill level as the door sees it: the strictest of engine, file and records."""

    file: Path
    level: KillLevel = KillLevel.OFF
    fenced: bool = False
    unreadable: KillLevel = KillLevel.OFF
    """What the records count as while they cannot be read; off while they can."""
    records_existed: bool = True
    """Whether there was a database before this life."""
    deliver: Callable[[SafetyBreach], None] | None = None
    """Where breaches of the door go; None before there is a guard."""

    def now(self) -> KillLevel:
        """Return the level at this very moment; reads the file's presence."""
        level = self.level
        if self.unreadable is not KillLevel.OFF:
            level = max(level, self.unreadable, key=STRICTNESS.__getitem__)
        try:
            os.stat(self.file)  # noqa: PTH116 - asked several times before every order, and the cheapest way to ask
        except FileNotFoundError:
            return level
        except OSError as error:
            SystemLog.error("킬 파일 확인 불가 - 있는 것으로 봄: %s", error)
        order = read_kill_file(self.file)
        asked = order.level if order else KillLevel.OFF
        return max(level, asked, key=STRICTNESS.__getitem__)

    def breached(self, check: str, request: OrderRequest | CancelRequest, reason: str) -> None:
        """Hand on what a check of the order door found: the engine sets the switch."""
        SystemLog.error("주문 한도 위반 %s - %s: %s", check, request.symbol, reason)
        if self.deliver is not None:
            self.deliver(SafetyBreach(check, request.symbol, reason))
