"""Who goes through a checklist, and what may be asked on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hantu.adapters.clock import SystemClock
from hantu.adapters.guard_link import GuardLink
from hantu.settings.model import Settings

MACHINE: Final = SystemClock()


@dataclass(frozen=True, slots=True)
class Round:
    """One time a checklist is gone through."""

    settings: Settings
    guard: GuardLink
    """Asked in the name of who goes through it."""
    person: Callable[[str], str]
    """The name behind an actor of the records."""
