"""Everything that can reach the engine, one class each; all enter by ``handle``."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from hantu.domain.account import Balance, BrokerOrder
from hantu.domain.approval import Approval, Mandate, OrderAsked
from hantu.domain.approval_facts import OrderTokenIssued
from hantu.domain.commands import Command, KillLevel
from hantu.domain.events import Fact
from hantu.domain.instrument import Symbol
from hantu.domain.market import MarketOperation
from hantu.domain.order import Notice, Outcome
from hantu.domain.order_token import Claims
from hantu.domain.quote import BookTop, PolledPrice, Trade


class FeedFailure(StrEnum):
    """Why a connection could not be made or kept."""

    NETWORK = "network"
    AUTH = "auth"
    MAINTENANCE = "maintenance"
    IN_USE = "in_use"


@dataclass(frozen=True, slots=True)
class FeedOpened:
    """The stream is connected; nothing is subscribed yet."""


@dataclass(frozen=True, slots=True)
class FeedClosed:
    """An open stream ended, by either side or by silence."""

    reason: str
    asked: bool = False
    """True when we closed it."""


@dataclass(frozen=True, slots=True)
class FeedFailed:
    """A connection attempt failed, or the server refused the session."""

    kind: FeedFailure
    reason: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The server confirmed one registration."""

    tr_id: str
    key: str


@dataclass(frozen=True, slots=True)
class SubscribeRefused:
    """The server refused one registration."""

    tr_id: str
    key: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """The server confirmed the end of one registration."""

    tr_id: str
    key: str


@dataclass(frozen=True, slots=True)
class FrameUnparsable:
    """A message that could not be read; already masked and bounded."""

    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class SubmitEnded:
    """What became of a submitted order."""

    intent_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class CancelEnded:
    """What became of a cancel request."""

    intent_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class BalanceRead:
    """The broker's holdings, complete; None when the inquiry failed."""

    balance: Balance | None
    asked_mono: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class OrdersRead:
    """The broker's complete list of today's orders; None when it failed."""

    orders: tuple[BrokerOrder, ...] | None
    asked_mono: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class PricesRead:
    """Prices polled over REST; None when the inquiry failed."""

    prices: tuple[PolledPrice, ...] | None
    asked_mono: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class RangesRead:
    """Average true range per symbol, won, from finished daily bars (0 = unusable)."""

    ranges: tuple[tuple[Symbol, int], ...]


@dataclass(frozen=True, slots=True)
class WatchItem:
    """One stock of the watch list (Phase 2 result)."""

    selection_id: int
    symbol: Symbol
    name: str
    score: float
    support_price: int
    selection_date: str


@dataclass(frozen=True, slots=True)
class HeldOrigin:
    """Where a held stock came from (selection row, day bought), and how far its exit had come."""

    symbol: Symbol
    selection_id: int
    bought_on: str
    average_price: int = 0
    """At which the rest was recorded; 0 if nothing was."""
    stop_price: int = 0
    trailing: bool = False
    high: int = 0
    partial_done: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    """First input of a life: what the store remembers.

    ``facts`` are today's, oldest first, plus those of intents still open from
    earlier days. ``clean`` is false when the last life did not end by itself.
    """

    facts: tuple[Fact, ...] = ()
    watchlist: tuple[WatchItem, ...] = ()
    origins: tuple[HeldOrigin, ...] = ()
    next_intent: int = 1
    epoch: int = 1
    clean: bool = True


@dataclass(frozen=True, slots=True)
class WatchlistChanged:
    """The watch list was imported anew while running."""

    watchlist: tuple[WatchItem, ...] = ()


@dataclass(frozen=True, slots=True)
class StorageHealth:
    """Whether the database takes writes; new risk is refused while it does not."""

    ok: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SafetyBreach:
    """A check found what must stop new orders: the kill switch goes to ``active`` by itself."""

    check: str
    """Name of the check, for example day_loss, duplicate, repeats_hour, unclean_restart."""
    symbol: Symbol
    """Empty = the whole account."""
    reason: str
    """For people, Korean."""


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """A client asks for one order under a token; what the shell found out about it.

    Moments are seconds since 1970 by the machine's clock: a practice market's
    wall clock may jump, a token's may not. The token itself stays in the shell.
    """

    request_id: str
    client: str
    asked: OrderAsked
    claims: Claims | None
    """None: the token is not ours; ``flaw`` says in what way."""
    flaw: str
    approval: Approval | None
    """The record the token names, if there is one."""
    approval_left_s: float
    """Seconds the approval still holds."""
    spent: bool
    """The records know the token, or its approval, as used."""
    at_s: float
    kill: KillLevel = KillLevel.OFF
    """Strictest level of all doors when the request arrived."""


@dataclass(frozen=True, slots=True)
class TokenIssued:
    """A one-time token was handed out; recorded, decides nothing."""

    fact: OrderTokenIssued


@dataclass(frozen=True, slots=True)
class MandateRead:
    """The standing approval of exits as it is now; None: none holds, ``reason`` says why."""

    mandate: Mandate | None
    reason: str = ""
    review_days: int = 0
    """Days since it was signed or last reminded of, when that is due; else 0."""


@dataclass(frozen=True, slots=True)
class Woken:
    """The deadline the engine asked for has come."""


StreamInput: TypeAlias = (
    FeedOpened | FeedClosed | FeedFailed | Subscribed | SubscribeRefused | Unsubscribed
    | FrameUnparsable | Trade | BookTop | Notice | MarketOperation
)  # fmt: skip
BrokerInput: TypeAlias = SubmitEnded | CancelEnded | BalanceRead | OrdersRead | PricesRead | RangesRead
ApprovalInput: TypeAlias = OrderPlaced | TokenIssued | MandateRead
Input: TypeAlias = (
    StreamInput
    | BrokerInput
    | Command
    | Started
    | WatchlistChanged
    | StorageHealth
    | SafetyBreach
    | ApprovalInput
    | Woken
)
