"""What a strategy is made of: one class, its settings, its state, and what it may ask for.

A strategy is called with one thing at a time and returns; it never waits. It may
propose to buy and ask to leave. Both become proposals a person decides on; nothing
here is an order. Prices are won, quantities shares, moments aware UTC.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar, get_args, get_origin

from msgspec import Struct

from hantu.domain.account import Side
from hantu.domain.money import BPS
from hantu.domain.price_step import round_down, round_up


class Nothing(Struct):
    """Settings or state of a strategy that has none."""


P = TypeVar("P", bound=Struct)
S = TypeVar("S", bound=Struct)


class Trade(Struct, frozen=True, array_like=True):
    """One execution, or several of one stock in one record of the stream, newest price last."""

    symbol: str
    price: int
    quantity: int
    volume: int
    """Of the day so far."""
    at: datetime
    low: int = 0
    high: int = 0
    ask: int = 0
    bid: int = 0


class Bar(Struct, frozen=True, array_like=True):
    """One minute of a stock that traded in it; told when the minute is over."""

    symbol: str
    at: datetime
    """Its first moment."""
    open: int
    high: int
    low: int
    close: int
    quantity: int
    whole: bool = True
    """False when trades of it may be missing: the strategy began within it, or lost some."""


class Fill(Struct, frozen=True, array_like=True):
    """Shares that were bought or sold on the account, by whomever."""

    number: int
    symbol: str
    side: str
    quantity: int
    price: int
    at: str
    proposal: str = ""
    """The proposal of this strategy it came from; empty for everybody else's."""


class Decision(Struct, frozen=True, array_like=True):
    """What became of a proposal: approved, denied, expired, used, or void (never filed, ``reason`` says why)."""

    proposal: str
    status: str
    reason: str = ""


class Holding(Struct, frozen=True, array_like=True):
    """Shares of one stock on the account."""

    symbol: str
    quantity: int
    average_price: int


class Watch(Struct, frozen=True, array_like=True):
    """One stock of the watch list."""

    symbol: str
    name: str
    score: float
    support_price: int


class Proposal(Struct, frozen=True, array_like=True):
    """An order put before a person: at most so many shares inside a band of prices."""

    key: str
    side: str
    symbol: str
    quantity: int
    low: int
    high: int
    reason: str


class World(Struct, array_like=True):
    """What a strategy may look at; kept up to date before each call."""

    now: datetime
    watchlist: tuple[Watch, ...] = ()
    holdings: dict[str, Holding] = {}
    open: dict[str, Proposal] = {}
    """Proposals nobody has decided, or whose order has not been placed yet; by key."""


class Strategy(Generic[P, S]):
    """Base of every strategy: ``class Mine(Strategy[MySettings, MyState])``.

    Both type arguments are msgspec structs with a default for every field. State is
    kept by the supervisor and given back after a restart; keep everything in it that
    the next call needs.
    """

    params_type: ClassVar[type[Struct]] = Nothing
    state_type: ClassVar[type[Struct]] = Nothing
    timer_s: ClassVar[float] = 0.0
    """Market seconds between calls of ``on_timer``; 0 = never."""

    def __init_subclass__(cls, **words: Any) -> None:
        """Take the types of settings and state from the class line."""
        super().__init_subclass__(**words)
        for base in getattr(cls, "__orig_bases__", ()):
            if get_origin(base) is Strategy:
                params, state = get_args(base)
                cls.params_type = cls.params_type if isinstance(params, TypeVar) else params
                cls.state_type = cls.state_type if isinstance(state, TypeVar) else state

    def __init__(self, params: P, state: S, world: World, counter: int = 0, prefix: str = "") -> None:
        """Called by the runner; a strategy has no constructor of its own."""
        self.params = params
        self.state = state
        self.wishes: list[Proposal] = []
        self.notes: list[str] = []
        self.counter = counter
        self._world = world
        self._prefix = prefix

    # --- called by the runner; override what you need ---------------------------------

    def on_start(self) -> None:
        """Called once in each life, before everything else."""

    def on_trade(self, trade: Trade) -> None:
        """Called with each trade of a stock that is held or on the watch list."""

    def on_bar(self, bar: Bar) -> None:
        """Called when a minute of a stock is over."""

    def on_fill(self, fill: Fill) -> None:
        """Called once with each fill of the account, in order, also with those of the time it was away."""

    def on_decision(self, decision: Decision) -> None:
        """Called once with each change of a proposal."""

    def on_timer(self, missed: int) -> None:
        """Called every ``timer_s``; ``missed`` calls fell into a time it was away."""

    def on_gap(self, missed: int) -> None:
        """Called before the trades that follow a gap of ``missed`` frames; 0 when nobody can say how many."""

    # --- called by the strategy -------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The market's time of this call."""
        return self._world.now

    @property
    def watchlist(self) -> Sequence[Watch]:
        """The watch list of today."""
        return self._world.watchlist

    @property
    def holdings(self) -> Mapping[str, Holding]:
        """What the account holds, as last recorded."""
        return self._world.holdings

    @property
    def proposals(self) -> Mapping[str, Proposal]:
        """This strategy's proposals that are still open."""
        return self._world.open

    def propose(self, symbol: str, quantity: int, price: int, reason: str, *, band_bps: int = 100) -> str:
        """Propose to buy at about ``price``; return the proposal's key.

        While one for the stock is open its key is returned and nothing is added, so
        a condition that holds for a hundred trades is one question to a person.

        Raises:
            ValueError: No shares, or no price.
        """
        return self._ask(Side.BUY, symbol, quantity, price, reason, band_bps)

    def exit(self, symbol: str, quantity: int, price: int, reason: str, *, band_bps: int = 100) -> str:
        """Ask to sell at about ``price``; a person decides, the guard's door lets it out.

        Raises:
            ValueError: No shares, or no price.
        """
        return self._ask(Side.SELL, symbol, quantity, price, reason, band_bps)

    def note(self, text: str) -> None:
        """Say something in the log."""
        self.notes.append(text)

    def _ask(self, side: Side, symbol: str, quantity: int, price: int, reason: str, band_bps: int) -> str:
        if quantity <= 0 or price <= 0 or not 0 <= band_bps < BPS:
            raise ValueError(f"a proposal needs shares and a price: {quantity} at {price}, band {band_bps} bps")
        for known in self._world.open.values():
            if (known.side, known.symbol) == (side.value, symbol):
                return known.key
        low = max(round_up(price * (BPS - band_bps) // BPS), 1)
        high = max(round_down(price * (BPS + band_bps) // BPS), low)
        self.counter += 1
        wish = Proposal(f"{self._prefix}{self.counter}", side.value, symbol, quantity, low, high, reason)
        self.wishes.append(wish)
        self._world.open[wish.key] = wish
        return wish.key
