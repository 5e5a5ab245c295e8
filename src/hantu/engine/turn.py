"""One handling of one input: what is decided piles up here, in order."""

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

from hantu.domain.account import BrokerOrder
from hantu.domain.approval import Mandate
from hantu.domain.events import Fact, SessionStateChanged
from hantu.domain.instant import Instant, utc_text
from hantu.domain.instrument import Market, Symbol
from hantu.domain.order import Notice
from hantu.domain.session import trading_date
from hantu.engine.book import Book
from hantu.engine.buffer import Buffer
from hantu.engine.config import GuardConfig
from hantu.engine.decision import Action, Decision, Level
from hantu.engine.inputs import HeldOrigin, WatchItem
from hantu.engine.journey import State, check_move
from hantu.engine.recovery_state import Progress
from hantu.engine.sight import Doubt, Sight


@dataclass(slots=True)
class Line:
    """The connection as it is now: attempts, registrations, waits."""

    open: bool = False
    opening: bool = False
    lost_mono: float | None = None
    """When the stream was lost; None while it is not being restored."""
    blind_mono: float | None = None
    """Since when held stocks have not been streamed, in session."""
    blind_polls: int = 0
    """Price inquiries answered in that time; what stood in for the stream."""
    attempt: int = 0
    next_try_mono: float | None = None
    opening_mono: float = 0.0
    """When the attempt under way began."""
    watched_mono: float = 0.0
    """Since when every granted price is streamed."""
    silent_mono: float | None = None
    """When a trade was first known that this connection has not told of."""
    catch_up_mono: float | None = None
    """When to ask for prices that a gap may have hidden; None = nothing is missing."""
    key_renewed: bool = False
    in_use_seen: int = 0
    outages: list[float] = field(default_factory=list)
    connects: list[float] = field(default_factory=list)
    requests: deque[float] = field(default_factory=deque)
    """When subscribe messages went out, of the last hour."""
    wanted: list[tuple[str, str]] = field(default_factory=list)
    """Registrations still to be sent, in order."""
    waiting: dict[tuple[str, str], float] = field(default_factory=dict)
    """Registration → when it was sent, until it is answered."""
    active: list[tuple[str, str]] = field(default_factory=list)
    failures: dict[tuple[str, str], int] = field(default_factory=dict)
    refused: dict[Symbol, str] = field(default_factory=dict)
    releasing: list[tuple[str, str]] = field(default_factory=list)
    last_sent_mono: float = -1e9
    limit: int = 41
    prices_total: int = 0
    polled: tuple[Symbol, ...] = ()
    """Stocks without a registration, watched by REST."""


@dataclass(slots=True)
class Reads:
    """Inquiries under way and when the next ones are due (monotonic seconds)."""

    balance_asked: float | None = None
    orders_asked: float | None = None
    prices_asked: float | None = None
    balance_due: float | None = None
    orders_due: float | None = None
    poll_due: float | None = None
    quiet_due: float | None = None
    """When to look for held stocks of which nothing was heard."""
    balance_read_mono: float | None = None
    orders_read_mono: float | None = None
    balance_failures: int = 0
    orders_failures: int = 0
    doubt_asked: float | None = None
    """When orders and holdings were last asked for because of a doubt."""


@dataclass(slots=True)
class Watch:
    """What is known about one intent only while this process lives."""

    recorded_mono: float
    sent_mono: float = 0.0
    accepted_mono: float = 0.0
    warned: bool = False
    noticed: int = 0
    """Shares filled according to notices of this life, each counted once."""
    look_until: float = -1e9
    """The list is asked again and again: a notice said something only it can confirm."""
    complete_reads: list[float] = field(default_factory=list)
    """Times of complete order lists that did not show the order."""
    escalated: bool = False
    compared: bool = False
    """The order as listed was held against the order as sent."""

    @property
    def left_mono(self) -> float:
        """When the bytes left at the latest known, or might have: a process may freeze between record and socket."""
        return max(self.recorded_mono, self.sent_mono)


@dataclass(slots=True)
class Tally:
    """Shares against today's list of orders, both as the broker tells them; begins anew every day and every life."""

    begun_mono: float | None = None
    """When the first list was asked for."""
    net: dict[Symbol, int] = field(default_factory=dict)
    """Stock → shares bought less shares sold in today's list, whoever ordered."""
    moved: dict[Symbol, float] = field(default_factory=dict)
    """When that was first seen to change."""
    base: dict[Symbol, int] = field(default_factory=dict)
    """Stock → shares held less ``net``: what it began the day with, and the same all day."""
    complete: bool = False
    """Every stock held has been looked at: what appears now began the day with none."""
    late: set[Symbol] = field(default_factory=set)
    """Stocks that were still moving when the others were looked at."""
    odd: dict[Symbol, tuple[int, float]] = field(default_factory=dict)
    """Stock → shares too many (below zero: too few), and when the balance that showed it was asked for."""
    waiting: bool = False
    """A later balance and list are to be looked at."""


@dataclass(slots=True)
class SwitchWork:
    """What the kill switch remembers only while this process lives."""

    set_mono: float = -1e9
    """When the level in force was set, or this life began."""
    clean_mono: float = -1e9
    """When the latest balance without a difference was asked for."""
    told_mono: float = -1e9
    """When unprotected holdings were last listed."""
    sell_mono: float = -1e9
    """When the flatten plan last sent a sell."""
    refusals: deque[float] = field(default_factory=lambda: deque(maxlen=10))
    """Times of the latest refusals by the broker."""
    tally: Tally = field(default_factory=Tally)
    compared_on: str = ""
    """The date of the latest look at what is held."""
    twins: set[str] = field(default_factory=set)
    """Order numbers reported as sent twice."""
    prices_mono: float = -1e9
    """When the flatten plan last asked for prices."""


@dataclass(slots=True)
class Desk:
    """Everything the engine has at hand; volatile beside the book."""

    config: GuardConfig
    book: Book = field(default_factory=Book)
    sights: dict[Symbol, Sight] = field(default_factory=dict)
    doubts: dict[Symbol, Doubt] = field(default_factory=dict)
    """Held stocks with a price that waits for a confirmation."""
    buffer: Buffer = field(default_factory=Buffer)
    line: Line = field(default_factory=Line)
    reads: Reads = field(default_factory=Reads)
    watches: dict[str, Watch] = field(default_factory=dict)
    watchlist: dict[Symbol, WatchItem] = field(default_factory=dict)
    origins: dict[Symbol, HeldOrigin] = field(default_factory=dict)
    ranges: dict[Symbol, int] = field(default_factory=dict)
    orphans: list[Notice] = field(default_factory=list)
    known_orders: dict[tuple[Symbol, str], set[str]] = field(default_factory=dict)
    """Order numbers seen at the broker per (stock, side)."""
    listing: tuple[BrokerOrder, ...] = ()
    """The latest complete list of today's orders."""
    progress: Progress = field(default_factory=Progress)
    """Of the recovery under way."""
    suspects: dict[Symbol, tuple[float, tuple[int, int]]] = field(default_factory=dict)
    """Balances that do not add up: since when, and the (held, sellable) that were shown."""
    jumps: dict[Symbol, tuple[float, int]] = field(default_factory=dict)
    """Holdings far from what we knew: when first shown, and how many shares."""
    foreign_locked: dict[Symbol, int] = field(default_factory=dict)
    sellable: dict[Symbol, int] = field(default_factory=dict)
    listed_held: dict[Symbol, int] = field(default_factory=dict)
    """Shares the latest balance shows, also of stocks that are not compared now."""
    rest_until: dict[Symbol, float] = field(default_factory=dict)
    """Stocks not to be ordered before this moment."""
    last_sell: dict[Symbol, str] = field(default_factory=dict)
    """Intent id of the newest exit order of each stock."""
    retries: dict[Symbol, tuple[float, str]] = field(default_factory=dict)
    """A second attempt due at (mono) for intent id."""
    corrections: dict[Symbol, str] = field(default_factory=dict)
    """Refused for quantity; the balance decides the second attempt."""
    told: set[tuple[str, ...]] = field(default_factory=set)
    """What has been said once and is not said again until it ends."""
    marked: set[str] = field(default_factory=set)
    """Stocks about which something was said once."""
    add_buy_armed: dict[Symbol, bool] = field(default_factory=dict)
    settle_until: dict[Symbol, float] = field(default_factory=dict)
    raise_until: dict[Symbol, float] = field(default_factory=dict)
    fall_until: dict[Symbol, float] = field(default_factory=dict)
    shown: dict[Symbol, tuple[float, int]] = field(default_factory=dict)
    """When a balance last changed a position, and by how many shares no notice has told of since."""
    cancel_rest: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Intent id → cancels asked for so far, and the moment before which none is asked for again."""
    pending: set[Symbol] = field(default_factory=set)
    """Held stocks whose level was reached without a sale; polled, so that no trade is needed."""
    halted_at: dict[Symbol, Instant] = field(default_factory=dict)
    notices_seen: set[tuple[object, ...]] = field(default_factory=set)
    next_intent: int = 1
    equity: int = 0
    epoch: int = 1
    switch: SwitchWork = field(default_factory=SwitchWork)
    storage_ok: bool = True
    mandate: Mandate | None = None
    """The standing approval exits run under."""
    opened_on: str = ""
    closing: bool = False
    close_deadline: float | None = None
    close_started: float = 0.0
    held_open: bool = False
    """Started by hand outside trading hours: the calendar does not close it."""
    day_over: bool = False
    """The market closed, early or not."""
    start_asked: str = ""
    """Who asked for a start while the session was still being closed."""
    recovered: bool = False
    differences: tuple[str, ...] = ()
    """Between the records and the broker, found while recovering."""
    balance_known: bool = False

    @property
    def equity_start(self) -> int:
        """What the account was worth at the day's first balance, won; 0 before it."""
        return self.book.day_start.equity if self.book.day_start is not None else 0

    def __post_init__(self) -> None:
        self.line.limit = self.config.streams.max_registrations

    def sight(self, symbol: Symbol) -> Sight:
        """Return the look at a stock, an empty one at first."""
        found = self.sights.get(symbol)
        if found is None:
            found = self.sights[symbol] = Sight()
        return found

    def market_of(self, symbol: Symbol) -> Market:
        """Return the listing market, KOSPI unless told otherwise."""
        return self.config.markets.get(symbol, Market.KOSPI)


class Turn:
    """Collects the decision; recording a fact applies it to the book at once."""

    __slots__ = ("_actions", "_facts", "_log", "_today", "desk", "now")

    def __init__(self, desk: Desk, now: Instant) -> None:
        self.desk = desk
        self.now = now
        self._facts: list[Fact] = []
        self._actions: list[Action] = []
        self._log: list[tuple[Level, str]] = []
        self._today = ""

    @property
    def book(self) -> Book:
        """The book, for reading."""
        return self.desk.book

    @property
    def stamp(self) -> str:
        """This moment as stored: UTC text with microseconds."""
        return utc_text(self.now.wall)

    def wall_text(self, mono: float) -> str:
        """Return the wall time of a monotonic moment close to now, as stored; empty for none."""
        return utc_text(self.now.wall + timedelta(seconds=mono - self.now.mono)) if mono else ""

    @property
    def today(self) -> str:
        """The Korean date, by which orders are filed."""
        if not self._today:
            self._today = trading_date(self.now.wall).isoformat()
        return self._today

    def new_intent_id(self) -> str:
        """Return an id no intent has had."""
        number = self.desk.next_intent
        self.desk.next_intent += 1
        return f"{self.today.replace('-', '')}-{number:04d}"

    def ask_balance(self, wait_s: float = 0.0) -> None:
        """Have the holdings read after ``wait_s``, or sooner; a wait after a failure stands."""
        reads, at = self.desk.reads, self.now.mono + wait_s
        if reads.balance_failures and reads.balance_due is not None:
            return
        reads.balance_due = at if reads.balance_due is None else min(reads.balance_due, at)

    def ask_orders(self, wait_s: float = 0.0) -> None:
        """Have the orders read after ``wait_s``, or sooner; a wait after a failure stands."""
        reads, at = self.desk.reads, self.now.mono + wait_s
        if reads.orders_failures and reads.orders_due is not None:
            return
        reads.orders_due = at if reads.orders_due is None else min(reads.orders_due, at)

    def poll_by(self, mono: float) -> None:
        """Have the stocks whose level was reached asked for at ``mono``, or sooner."""
        reads = self.desk.reads
        reads.poll_due = mono if reads.poll_due is None else min(reads.poll_due, mono)

    def record(self, fact: Fact) -> None:
        """Decide a fact; it takes effect at once."""
        self.desk.book.apply(fact)
        self._facts.append(fact)

    def record_once(self, key: tuple[str, ...], fact: Fact) -> bool:
        """Record ``fact`` unless the same was said since ``forget``; tell whether it was."""
        if key in self.desk.told:
            return False
        self.desk.told.add(key)
        self.desk.marked.update(key[1:2])
        self.record(fact)
        return True

    def forget(self, *prefix: str) -> None:
        """Let everything said under ``prefix`` be said again."""
        if not self.desk.told:
            return
        size = len(prefix)
        self.desk.told = {key for key in self.desk.told if key[:size] != prefix}

    def do(self, action: Action) -> None:
        """Decide an action; it starts after the facts are durable."""
        self._actions.append(action)

    def say(self, level: Level, text: str) -> None:
        """Add a line for the operator's log that is not a fact."""
        self._log.append((level, text))

    def move(self, after: State, cause: str) -> None:
        """Move the session, if it is not there already.

        Raises:
            IllegalMove: The move does not exist.
        """
        before = self.book.state
        if before is after:
            return
        check_move(before, after)
        self.record(SessionStateChanged(before.value, after.value, cause))

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What was decided so far in this turn."""
        return tuple(self._facts)

    def decision(self) -> Decision:
        """Return what was decided."""
        return Decision(tuple(self._facts), tuple(self._actions), tuple(self._log))
