"""What the jobs process needs of the records and of people; put together in ``hantu.settings``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from hantu.strategies.sdk import Fill, Holding, Proposal, Watch


class Told(StrEnum):
    """What became of an alert."""

    NOT = "not"
    """Nobody took it now."""
    DIRECTLY = "directly"
    """People were told, and it is on no record."""
    RECORDED = "recorded"
    """The guard has it on record and tells people."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The records at one moment."""

    kill: str = "active"
    """Strictest level known; what cannot be read counts as ``active``."""
    watchlist: tuple[Watch, ...] = ()
    holdings: tuple[Holding, ...] = ()
    statuses: Mapping[str, str] = field(default_factory=dict)
    """Of the approvals asked about, those there are."""
    newest_fill: int = 0
    records: str = ""
    """Names the database, so that another one is noticed."""


class Records(Protocol):
    """The database and the guard, seen from beside; each call is short."""

    def snapshot(self, approvals: Sequence[str]) -> Snapshot:
        """Read what strategies look at.

        Raises:
            BrokenError: The records cannot be read.
        """
        ...

    def fills_after(self, number: int) -> tuple[Fill, ...]:
        """Return fills newer than ``number`` in the order they were written; some of them at a time.

        Raises:
            BrokenError: The records cannot be read.
        """
        ...

    def file(self, proposal: Proposal, strategy: str) -> None:
        """Put a proposal before people; once, however often it is called.

        Raises:
            BrokenError: The records do not take it now.
            UsageError: Its terms allow no order.
        """
        ...

    def audit(self, operation: str, details: Mapping[str, object], actor: str) -> None:
        """File who did what.

        Raises:
            BrokenError: The records do not take it now.
        """
        ...

    async def guard_state(self) -> str:
        """Return the guard's state word; empty where no guard answers."""
        ...

    async def tell(self, event_type: str, detail: str, key: str, *, told: bool) -> Told:
        """Have people told; with ``told`` they were, and only the guard is asked to put it on record."""
        ...
