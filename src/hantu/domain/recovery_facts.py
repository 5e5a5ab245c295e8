"""Facts of a recovery after a failure, and of doubts that only a person or the broker can end.

See ``hantu.domain.events`` for the rules all facts follow. A recovery is a flow
of its own: everything it did carries the same ``flow``.
"""

from dataclasses import dataclass
from enum import StrEnum

from hantu.domain.instrument import Symbol


class RecoveryStep(StrEnum):
    """The five steps, in the only order there is (OPS-05)."""

    DETECT = "detect"
    KILL_SWITCH = "kill_switch"
    CLEAN_UP = "clean_up"
    RESTART = "restart"
    SYNCHRONISE = "synchronise"

    @property
    def following(self) -> "RecoveryStep | None":
        """The step after this one; None after the last."""
        steps = list(RecoveryStep)
        place = steps.index(self) + 1
        return steps[place] if place < len(steps) else None


@dataclass(frozen=True, slots=True)
class RecoveryBegan:
    """A failure was found, or a person asked for a recovery."""

    flow: str
    cause: str
    """unclean_end or command"""
    actor: str
    began_at: str


@dataclass(frozen=True, slots=True)
class RecoveryStepDone:
    flow: str
    step: RecoveryStep
    actor: str
    started_at: str
    duration_s: float
    result: str
    """One sentence for people."""
    differences: tuple[str, ...] = ()
    """What was found otherwise than recorded, or was done about an order; one line each."""


@dataclass(frozen=True, slots=True)
class RecoveryStopped:
    """A step failed: the kill switch stays on until a person resumes from this step."""

    flow: str
    step: RecoveryStep
    actor: str
    started_at: str
    duration_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class RecoveryResumed:
    flow: str
    step: RecoveryStep
    actor: str


@dataclass(frozen=True, slots=True)
class RecoveryCompleted:
    """Start is recovery: what the guard believed was held against the broker.

    ``flow`` is empty for a plain start; the rest belongs to a recovery in five steps.
    """

    open_intents: int
    adopted: int
    differences: tuple[str, ...]
    flow: str = ""
    cause: str = "start"
    actor: str = "guard"
    began_at: str = ""
    duration_s: float = 0.0
    remaining: tuple[str, ...] = ()
    """What remains open, one line each."""


@dataclass(frozen=True, slots=True)
class OrderResolvedByPerson:
    """A person said what became of an order nobody could find out about, or tried to."""

    intent_id: str
    symbol: Symbol
    name: str
    actor: str
    verdict: str
    """filled, absent, adopted"""
    order_no: str
    reason: str
    denied: str = ""
    """Why the word was not taken; empty if it was."""


@dataclass(frozen=True, slots=True)
class DoubtOutlivedDay:
    """An order of an earlier day whose fate never became known; a person has to look before the opening."""

    intent_id: str
    symbol: Symbol
    name: str
    trade_date: str
    quantity: int
    held_before: int
    held_now: int


@dataclass(frozen=True, slots=True)
class PositionJumped:
    """The balance shows far other than our fills explain; believed only when it is shown again."""

    symbol: Symbol
    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class HoldingMismatch:
    """For a while now, shares held have not equalled sellable ones plus what visible sells lock."""

    symbol: Symbol
    name: str
    held: int
    sellable: int
    locked: int


@dataclass(frozen=True, slots=True)
class HoldingMismatchEnded:
    symbol: Symbol
    name: str
