"""What the engine decides: facts to record and, after that, actions to take."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from hantu.domain.events import Fact
from hantu.domain.instrument import Symbol
from hantu.domain.order import CancelRequest, OrderRequest


@dataclass(frozen=True, slots=True)
class OpenFeed:
    """Connect the stream; ``new_key`` asks for a fresh approval key first."""

    new_key: bool = False


@dataclass(frozen=True, slots=True)
class CloseFeed:
    """Close the stream with a proper handshake."""


@dataclass(frozen=True, slots=True)
class SendSubscribe:
    """Ask for one registration."""

    tr_id: str
    key: str


@dataclass(frozen=True, slots=True)
class SendUnsubscribe:
    """Give one registration back."""

    tr_id: str
    key: str


@dataclass(frozen=True, slots=True)
class Submit:
    """Send an order whose intent is in this decision's facts."""

    order: OrderRequest


@dataclass(frozen=True, slots=True)
class Cancel:
    """Send a cancel whose intent is in this decision's facts."""

    cancel: CancelRequest


@dataclass(frozen=True, slots=True)
class ReadBalance:
    """Ask the broker what is held, from the reserved share of the call budget."""


@dataclass(frozen=True, slots=True)
class ReadOrders:
    """Ask the broker for today's orders, from the reserved share."""


@dataclass(frozen=True, slots=True)
class ReadPrices:
    """Poll prices; ``urgent`` uses the reserved share (held stocks)."""

    symbols: tuple[Symbol, ...]
    urgent: bool


@dataclass(frozen=True, slots=True)
class ReadRanges:
    """Compute average true ranges from finished daily bars before the open."""

    symbols: tuple[Symbol, ...]
    period: int


Action: TypeAlias = (
    OpenFeed | CloseFeed | SendSubscribe | SendUnsubscribe | Submit | Cancel | ReadBalance | ReadOrders
    | ReadPrices | ReadRanges
)  # fmt: skip

Level: TypeAlias = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


@dataclass(frozen=True, slots=True)
class Decision:
    """Facts are recorded before any action starts; both may be empty."""

    facts: tuple[Fact, ...] = ()
    actions: tuple[Action, ...] = ()
    log: tuple[tuple[Level, str], ...] = ()
    """(level, text) lines for the operator's log that are not facts."""


NOTHING = Decision()
