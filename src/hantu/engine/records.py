"""What the book is made of: a guarded holding, an order or cancel as recorded, an exit over all its attempts."""

from dataclasses import dataclass, field

from hantu.domain import events as ev
from hantu.domain.instrument import Symbol
from hantu.domain.order import MAY_BE_LIVE, TERMINAL, IntentState, Purpose


@dataclass(slots=True)
class Position:
    """A guarded holding with the levels at which it is left."""

    symbol: Symbol
    name: str
    quantity: int
    cost: int
    stop_price: int
    target_price: int
    rule: str
    selection_id: int = 0
    held_since: str = ""
    trailing: bool = False
    """The stop has been raised by the trailing rule."""
    high: int = 0
    partial_done: bool = False

    @property
    def average_price(self) -> int:
        """Won per share, rounded to the nearest won."""
        return (self.cost + self.quantity // 2) // self.quantity if self.quantity else 0


@dataclass(slots=True)
class Intent:
    """One attempt at one order or cancel, as recorded."""

    record: ev.IntentRecorded
    state: IntentState
    order_no: str = ""
    branch_no: str = ""
    filled: int = 0
    amount: int = 0
    """Won received for the filled shares, before costs."""
    canceled: int = 0
    sent_at: str = ""

    @property
    def open(self) -> bool:
        """Whether it still blocks another order of its stock and side."""
        return self.state not in TERMINAL

    @property
    def remaining(self) -> int:
        """Shares that may still be filled."""
        return self.record.quantity - self.filled - self.canceled

    @property
    def committed(self) -> int:
        """Shares that are sold or may be: a doubtful order counts in full."""
        live = self.remaining if self.state in MAY_BE_LIVE else 0
        return self.filled + live


@dataclass(slots=True)
class Flow:
    """One exit from its trigger to its last share, over all attempts."""

    flow: str
    symbol: Symbol
    name: str
    purpose: Purpose
    entry_price: int
    held: int
    target: int
    attempts: list[str] = field(default_factory=list)
    done: bool = False
    """Its result has been told."""
