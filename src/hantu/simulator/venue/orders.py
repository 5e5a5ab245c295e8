"""Orders as the ledger knows them, and the numbers they get."""

from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias

from hantu.domain.account import Side
from hantu.simulator.venue.matching import Resting

OrderKind: TypeAlias = Literal["new", "amend", "cancel"]

MARKET_TYPES = frozenset({"01", "13", "14"})
BEST_TYPES = frozenset({"03", "15", "16"})
SAME_SIDE_TYPES = frozenset({"04"})
IOC_TYPES = frozenset({"11", "13", "15"})
FOK_TYPES = frozenset({"12", "14", "16"})
LIMIT_TYPES = frozenset({"00", "02", "11", "12"})
KNOWN_TYPES = MARKET_TYPES | BEST_TYPES | SAME_SIDE_TYPES | LIMIT_TYPES
AUCTION_TYPES = frozenset({"00", "01", "02"})


@dataclass(slots=True)
class OrderRecord:
    """One numbered request of an account; an amend or cancel is a record of its own."""

    number: int
    account: str
    symbol: str
    side: Side
    order_type: str
    quantity: int
    price: int
    """The limit asked for; 0 for market and best orders."""
    reserve_price: int
    """Highest price a buy may cost per share."""
    venue: str
    received: float
    kind: OrderKind = "new"
    original: int = 0
    filled: int = 0
    amount: int = 0
    """Won of all fills."""
    canceled: int = 0
    """Cancelled, amended away or expired shares."""
    rejected: int = 0
    resting: Resting | None = None

    @property
    def remaining(self) -> int:
        """Shares that may still be executed; 0 for a cancel."""
        if self.kind == "cancel":
            return 0
        return self.quantity - self.filled - self.canceled - self.rejected

    @property
    def average_price(self) -> int:
        """Mean price of its fills, whole won; 0 without fills."""
        return self.amount // self.filled if self.filled else 0

    @property
    def wire_number(self) -> str:
        """Ten digits as on the wire."""
        return f"{self.number:010d}"


class OrderNumbers:
    """Broker-wide numbers: unique, growing roughly, not in the order of time."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(f"{seed}:order numbers")
        self._last = 1_000 + self._rng.randrange(9_000)
        self._pool: list[int] = []

    def take(self) -> int:
        """Return a number that was never returned before."""
        while len(self._pool) < 3:
            self._last += 1 + self._rng.randrange(20)
            self._pool.append(self._last)
        return self._pool.pop(self._rng.randrange(len(self._pool)))
