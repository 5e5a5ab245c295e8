"""Facts around the kill switch: refused releases, unprotected holdings, the plan that leaves everything.

See ``hantu.domain.events`` for the rules all facts follow.
"""

from dataclasses import dataclass

from hantu.domain.commands import KillLevel


@dataclass(frozen=True, slots=True)
class KillswitchReleaseRefused:
    """Somebody wanted orders back while something was still open."""

    actor: str
    reason: str
    level: KillLevel
    """What stays in force."""
    obstacles: tuple[str, ...]
    """What is open, one Korean sentence each."""


@dataclass(frozen=True, slots=True)
class PositionsUnprotected:
    """Stops are blocked; said on entering ``hard`` and again every five minutes of a session."""

    level: KillLevel
    reason: str
    positions: tuple[str, ...]
    """One line a holding: name, code, shares, stop."""


@dataclass(frozen=True, slots=True)
class FlattenStarted:
    """Everything held is being sold, one ordinary order at a time."""

    actor: str
    reason: str
    positions: tuple[str, ...]
    """One line a holding: name, code, shares."""


@dataclass(frozen=True, slots=True)
class FlattenCompleted:
    """The plan has ended: everything is sold, or the market closed first."""

    sold: int
    """Shares sold since it began, as far as this day knows."""
    remains: tuple[str, ...]
    """One line a holding left: name, code, shares, why."""
