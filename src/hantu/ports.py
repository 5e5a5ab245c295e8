"""What the runtime needs of the world; adapters and the harness provide it.

Every method that reports an outcome of an order returns it as a value and never
raises for what the broker or the network did. Nothing here retries an order.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from hantu.alerting.silences import People
from hantu.domain.account import Balance, BrokerOrder
from hantu.domain.alert import Alert
from hantu.domain.approval import ApprovalFound, MandateRow
from hantu.domain.delivery import ChannelHealth, Message, Receipt
from hantu.domain.events import Fact
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.order import CancelRequest, OrderRequest, Outcome
from hantu.domain.quote import PolledPrice
from hantu.engine.decision import Decision
from hantu.engine.inputs import Input, Started, StreamInput, WatchItem
from hantu.engine.turn import Desk


class Clock(Protocol):
    """Time of the market; a practice exchange may run it faster or skip stretches."""

    def now(self) -> Instant:
        """Return the present moment."""
        ...

    def real_delay(self, market_s: float) -> float:
        """Return real seconds that ``market_s`` of market time will take."""
        ...


class Feed(Protocol):
    """The real-time stream of one app key; results arrive at the sink, in order."""

    def open(self, approval_key: str) -> None:
        """Begin to connect; ends in FeedOpened or FeedFailed within 2 s."""
        ...

    def subscribe(self, tr_id: str, key: str) -> None:
        """Send one subscribe message; ends in Subscribed or SubscribeRefused, or silence."""
        ...

    def unsubscribe(self, tr_id: str, key: str) -> None:
        """Send one unsubscribe message."""
        ...

    async def close(self) -> None:
        """Close with a handshake, bounded in time; ends in FeedClosed(asked=True)."""
        ...


FeedSink = Callable[[StreamInput], None]


class Broker(Protocol):
    """The broker's REST side. Reads raise RetryableError or BrokenError."""

    async def submit(self, order: OrderRequest) -> Outcome:
        """Send one order exactly once and say what became of it."""
        ...

    async def cancel(self, cancel: CancelRequest) -> Outcome:
        """Send one cancel exactly once and say what became of it."""
        ...

    async def approval_key(self, *, renew: bool = False) -> str:
        """Return the stream's approval key, issued at most as often as allowed."""
        ...

    async def balance(self) -> Balance:
        """Read every page of the holdings."""
        ...

    async def orders_today(self) -> tuple[BrokerOrder, ...]:
        """Read every page of today's orders on all venues."""
        ...

    async def prices(self, symbols: Sequence[Symbol], *, urgent: bool) -> tuple[PolledPrice, ...]:
        """Read current prices, many per call where the environment allows it."""
        ...

    async def average_range(self, symbol: Symbol, period: int) -> int:
        """Return the average true range of ``period`` finished daily bars, won; 0 = unusable."""
        ...

    async def closed_days(self, start: date) -> frozenset[date] | None:
        """Return the exchange's closed weekdays from ``start``; None where not offered (paper)."""
        ...

    async def warm(self) -> None:
        """Fetch a token and open the order connections before they are needed."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


@dataclass(frozen=True, slots=True)
class Batch:
    """What one decision records, in one transaction.

    ``epoch`` is compared with the lease in the same transaction when the batch
    contains an intent; a guard that lost its lease records nothing.
    """

    at: Instant
    facts: tuple[Fact, ...]
    alerts: tuple[tuple[int, Alert], ...] = ()
    """(index of the fact that raised it, alert)"""
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class HealthRow:
    """One check of one component; ``checked_at`` UTC text as stored."""

    component: str
    status: str
    checked_at: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One measured value; ``label`` names the order, endpoint or other part it belongs to."""

    name: str
    value: float
    recorded_at: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class BarRow:
    """One minute of one stock as the stream showed it; prices in won."""

    symbol: Symbol
    minute: str
    """When it began, UTC text."""
    open: int
    high: int
    low: int
    close: int
    before: int
    """Shares of the day before its first trade."""
    after: int
    """And after its last; the difference is its volume."""
    whole: bool
    """Whether the line stood all through it."""


class Store(Protocol):
    """Durable memory of the guard. One writer thread; callers never wait inside it."""

    def record(self, batch: Batch) -> Awaitable[None]:
        """Commit a batch durably; under way from here on where the store can, done when awaited.

        Raises:
            FencedError: The lease belongs to a newer guard.
            DeniedError: An order for the stock is open on record, whatever the caller believes.
            BrokenError: The database does not take the write now.
        """
        ...

    async def load(self, trade_date: date) -> Started:
        """Return what the last life left behind."""
        ...

    async def watchlist(self, trade_date: date) -> tuple[WatchItem, ...]:
        """Return the watch list valid on ``trade_date``."""
        ...

    async def close(self, *, clean: bool = True) -> None:
        """Finish writing, mark a clean end unless it was none, release the lease."""
        ...


class Tape(Protocol):
    """Every input the engine handled, in order, for ``hantu replay``; it never slows or stops the guard."""

    def begin(self, day: date, desk: Desk, *, fresh: bool) -> None:
        """Begin the part of one trading day; what is at hand is kept with it unless the engine is ``fresh``."""
        ...

    def keep(self, got: Input, now: Instant, came: Decision | Exception) -> None:
        """Note one input and what the engine made of it; returns at once."""
        ...

    def close(self) -> None:
        """Write what is waiting, bounded in time."""
        ...


class Notifier(Protocol):
    """One channel to a person."""

    name: str

    async def send(self, alert: Alert) -> None:
        """Deliver one alert.

        Raises:
            RetryableError: Not delivered, may be tried again.
            BrokenError: Refused for good (bad token, unknown chat).
        """
        ...


class Sender(Protocol):
    """One channel to a person that says what came of every send."""

    @property
    def name(self) -> str:
        """Name in records: ``telegram``, ``slack`` …"""
        ...

    async def send(self, message: Message) -> Receipt:
        """Send one message, bounded in time by the channel itself.

        No failure of the network or the channel raises. A cancellation passes through;
        whether the message was taken is then unknown.
        """
        ...

    async def check(self) -> ChannelHealth:
        """Look whether the channel would work, without a message to anybody; never raises for a failure."""
        ...

    async def aclose(self) -> None:
        """Close what is open; may be called more than once."""
        ...


@dataclass(frozen=True, slots=True)
class PendingAlert:
    """One alert waiting in the outbox, written with the fact that raised it."""

    alert_id: int
    alert: Alert
    event_at: str
    """UTC text of the fact's time."""
    attempts: int
    delivered_to: tuple[str, ...] = ()
    """Channels that have it already; only the others are tried again."""


class Outbox(Protocol):
    """Alerts that wait for delivery; at least once, marked only after success."""

    async def pending(self, limit: int) -> tuple[PendingAlert, ...]:
        """Return undelivered alerts that are due, most urgent first, then oldest."""
        ...

    async def delivered(self, alert_id: int, channel: str) -> None:
        """Mark one alert as accepted by a channel."""
        ...

    async def failed(self, alert_id: int, channel: str, reason: str, *, retry_s: float | None) -> None:
        """Note a failed attempt; ``retry_s`` None gives the alert up for this channel."""
        ...


class Presence(StrEnum):
    """What is known of the process that delivers alerts for the guard."""

    NEVER = "never"
    """None was ever started here."""
    ENDED = "ended"
    """It ended in order."""
    HERE = "here"
    SILENT = "silent"
    """It lived and shows no sign of life any more."""


class Charge(Protocol):
    """Which of the processes on one outbox delivers what; each dispatcher has its own."""

    @property
    def whole(self) -> bool:
        """Whether this process delivers everything, and so keeps the policy's memory."""
        ...

    @property
    def turn(self) -> int:
        """Another number whenever this process has taken over from another one."""
        ...

    async def ours(self, waiting: Sequence[PendingAlert], wake: Callable[[], None]) -> tuple[PendingAlert, ...]:
        """Return what this process is to deliver now; calls ``wake`` later when more may be. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class JudgedAlert:
    """One step of an alert's story: a verdict with its reason, or a channel that took it."""

    alert_id: int
    verdict: str
    """send, wait, drop; told when ``about`` names a channel that accepted it."""
    code: str
    about: str
    reason: str
    wait_s: float = 0.0
    """Seconds of market time until it is looked at again; 0 when something changes."""


@dataclass(frozen=True, slots=True)
class ToldAlert:
    """An alert some channel has accepted, ``age_s`` seconds ago."""

    alert_id: int
    alert: Alert
    age_s: float


class AlertDesk(Protocol):
    """What outlives a life of the alert policy; every method raises BrokenError when it cannot do it now."""

    async def policy_state(self) -> str:
        """Return the text saved last; empty if there is none."""
        ...

    async def judged(self, notes: tuple[JudgedAlert, ...], state: str) -> None:
        """File new steps of alerts and the policy's memory, together; an empty ``state`` leaves that as it is."""
        ...

    async def told_lately(self, within_s: float) -> tuple[ToldAlert, ...]:
        """Return alerts accepted within the last seconds of market time, oldest first."""
        ...

    async def words(self) -> People:
        """Return what people have said and still holds; ``until`` and ``at`` are real seconds from now."""
        ...


class Approvals(Protocol):
    """What people have allowed, as recorded; every read raises BrokenError when the records cannot be read."""

    async def find(self, approval_id: str, jti: str) -> ApprovalFound:
        """Return the approval, and whether it or the token is spent."""
        ...

    async def mandate(self) -> MandateRow | None:
        """Return the newest standing approval of the account, revoked or not."""
        ...

    async def latest_decision_s(self) -> float:
        """Return the newest moment on record of a decision, seconds since 1970; 0 if there is none."""
        ...
