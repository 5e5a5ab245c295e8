"""Wishes: what a person or program asks of the guard; it may be denied."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from hantu.domain.instrument import Symbol


class KillLevel(StrEnum):
    """How much the kill switch blocks; unreadable state counts as ``active``.

    active: everything but cancels and protective sells of a confirmed position.
    hard: everything but cancels. flatten: only the plan that leaves everything.
    """

    OFF = "off"
    ACTIVE = "active"
    HARD = "hard"
    FLATTEN = "flatten"


@dataclass(frozen=True, slots=True)
class StartMonitoring:
    """Connect and guard now, whatever the schedule says."""

    actor: str


@dataclass(frozen=True, slots=True)
class StopMonitoring:
    """Unsubscribe, close and wait for the next opening."""

    actor: str


@dataclass(frozen=True, slots=True)
class RestartMonitoring:
    """Leave sleep mode, or reconnect from scratch."""

    actor: str


@dataclass(frozen=True, slots=True)
class HaltOrders:
    """Pause all orders as if the market were halted; ``symbol`` empty = all."""

    actor: str
    symbol: Symbol = Symbol("")


@dataclass(frozen=True, slots=True)
class ResumeOrders:
    """End a pause set by hand."""

    actor: str
    symbol: Symbol = Symbol("")


@dataclass(frozen=True, slots=True)
class SetKill:
    """Set the kill switch; going up is always allowed, a release needs a clean reconciliation.

    ``flatten`` needs a ``second`` person; without one it counts as ``active``.
    """

    actor: str
    level: KillLevel
    reason: str
    second: str = ""
    """The other person who answers for it."""
    release_s: float = 0.0
    """Release for this long only, market seconds; 0 = until somebody sets it again."""


@dataclass(frozen=True, slots=True)
class RunRecovery:
    """Recover in five steps, or resume the recovery that stopped."""

    actor: str


class Verdict(StrEnum):
    """What a person found out about an order that needs one."""

    FILLED = "filled"
    ABSENT = "absent"
    ADOPTED = "adopted"


@dataclass(frozen=True, slots=True)
class ResolveOrder:
    """End the doubt about an escalated order; denied if the broker's own records say otherwise."""

    actor: str
    intent_id: str
    verdict: Verdict
    reason: str
    order_no: str = ""
    """Only for ``adopted``: its number at the broker."""


Command: TypeAlias = (
    StartMonitoring | StopMonitoring | RestartMonitoring | HaltOrders | ResumeOrders | SetKill | RunRecovery
    | ResolveOrder
)  # fmt: skip
