"""The kill level as the door asks for it, last before the socket."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hantu.adapters.kill_file import read_kill_file
from hantu.domain.commands import KillLevel
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
STRICTNESS: Final = {KillLevel.OFF: 0, KillLevel.ACTIVE: 1, KillLevel.FLATTEN: 2, KillLevel.HARD: 3}
"""Which of two levels forbids more."""


@dataclass(slots=True)
class Switch:
    """The kill level as the door sees it: the strictest of engine and file."""

    file: Path
    level: KillLevel = KillLevel.OFF
    fenced: bool = False

    def now(self) -> KillLevel:
        """Return the level at this very moment; reads the file's presence."""
        try:
            os.stat(self.file)  # noqa: PTH116 - asked several times before every order, and the cheapest way to ask
        except FileNotFoundError:
            return self.level
        except OSError as error:
            SystemLog.error("킬 파일 확인 불가 - 있는 것으로 봄: %s", error)
        order = read_kill_file(self.file)
        asked = order.level if order else KillLevel.OFF
        return max(self.level, asked, key=STRICTNESS.__getitem__)
