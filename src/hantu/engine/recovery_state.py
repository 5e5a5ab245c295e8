"""How far a recovery has come: what is remembered of it, and what is seen of it in this life."""

from dataclasses import dataclass, field
from typing import assert_never

from hantu.domain import events as ev
from hantu.domain.events import RecoveryStep


@dataclass(slots=True)
class Recovery:
    """A recovery in five steps, as recorded."""

    flow: str
    cause: str
    actor: str
    began_at: str
    step: RecoveryStep | None = RecoveryStep.DETECT
    """The one that is done next; None after the last."""
    stopped: str = ""
    """Why it stopped; empty while it goes on."""
    differences: list[str] = field(default_factory=list)
    ended: bool = False

    @property
    def running(self) -> bool:
        """Whether it goes on by itself."""
        return not self.ended and not self.stopped

    def apply(self, fact: ev.RecoveryStepDone | ev.RecoveryStopped | ev.RecoveryResumed | ev.RecoveryCompleted) -> None:
        """Take one fact of this recovery into account."""
        match fact:
            case ev.RecoveryStepDone():
                self.step = fact.step.following
                self.differences += fact.differences
            case ev.RecoveryStopped():
                self.stopped = fact.reason
            case ev.RecoveryResumed():
                self.stopped = ""
            case ev.RecoveryCompleted():
                self.ended = True
            case _ as unreachable:
                assert_never(unreachable)


@dataclass(slots=True)
class Progress:
    """What this life has seen of the recovery under way; begins anew with every step."""

    since_mono: float | None = None
    since_wall: str = ""
    canceled: dict[str, str] = field(default_factory=dict)
    """Order number → what is being taken back."""
    fills: list[str] = field(default_factory=list)
    """Fills found by inquiry since the start."""
    holdings: list[str] = field(default_factory=list)
    """Differences of the holdings found since the start."""
