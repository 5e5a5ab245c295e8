"""What a simulated market is made of: the scenario file as typed values.

Times of day are Korean, durations are market seconds, prices and money are won,
rates are basis points unless a name says otherwise. See docs/simulator.md.
"""

from datetime import UTC, date, datetime, time
from typing import Any, Literal, TypeAlias

import msgspec

from hantu.domain.instrument import Market
from hantu.domain.market_clock import MarketClock
from hantu.domain.session import KST, Calendar, Hours

FaultKind: TypeAlias = Literal[
    # the network and the gateway (servers)
    "cut",
    "refuse",
    "refuse_ws",
    "delay",
    "silence",
    "garble",
    "token_expiry",
    "maintenance",
    "lost_response",
    "wrong_key",
    "rate_limit",
    "subscribe_refuse",
    # the market and the ledger (exchange)
    "reject_order",
    "hold_notices",
    "drop_notices",
    "duplicate_notices",
    "halt",
    "stock_halt",
    "vi",
]
EXCHANGE_FAULTS = frozenset(
    {"reject_order", "hold_notices", "drop_notices", "duplicate_notices", "halt", "stock_halt", "vi"}
)
"""Kinds the exchange itself carries out; all others belong to the servers."""


class Segment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"begin": "from", "end": "to"}):
    """A stretch of market time that is played."""

    begin: time
    end: time


class ClockSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"day": "date"}):
    """Which day is played, from when, how fast and which parts of it."""

    day: date = date(2026, 11, 23)
    start: time = time(8, 59, 50)
    """Ignored when there are segments: they say it."""
    speed: float = 1.0
    segments: tuple[Segment, ...] = ()

    def moments(self) -> tuple[tuple[datetime, datetime], ...]:
        """Return the played stretches as aware UTC moments."""
        return tuple((self.moment(part.begin), self.moment(part.end)) for part in self.segments)

    def moment(self, clock: time) -> datetime:
        """Return the aware UTC moment of a Korean time on the scenario's day."""
        return datetime.combine(self.day, clock, KST).astimezone(UTC)

    def begin(self) -> datetime:
        """Return the first market moment of the scenario, aware UTC."""
        return self.moments()[0][0] if self.segments else self.moment(self.start)

    def clock(self, start_real: float) -> MarketClock:
        """Return the clock that starts now, ``start_real`` on the monotonic clock."""
        return MarketClock(start_real=start_real, start_wall=self.begin(), speed=self.speed, segments=self.moments())


class CalendarSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Closed days and the hours of the regular session."""

    closed: tuple[date, ...] = ()
    always_open: bool = False
    open: time = time(9, 0)
    closing_auction: time = time(15, 20)
    close: time = time(15, 30)

    def calendar(self, days: tuple[date, ...]) -> Calendar:
        """Return the calendar; the unusual hours hold on each of ``days``."""
        hours = Hours(self.open, self.closing_auction, self.close)
        special = {} if hours == Hours() else dict.fromkeys(days, hours)
        return Calendar(frozenset(self.closed), special, self.always_open)


class KeyPair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An app key and its secret; an account without pairs accepts any."""

    app_key: str
    app_secret: str


class HoldingSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shares an account starts with."""

    symbol: str
    quantity: int
    average_price: int


class AccountSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One account at the broker."""

    number: str
    """Ten digits: account number and product code, a dash between them allowed."""
    hts_id: str = "USER"
    name: str = "홍길동"
    cash: int = 10_000_000
    keys: tuple[KeyPair, ...] = ()
    holdings: tuple[HoldingSpec, ...] = ()

    @property
    def plain_number(self) -> str:
        """The number as the wire of notices writes it, ten digits."""
        return self.number.replace("-", "")


class Drawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="drawn"):
    """A random walk around the base price, the same for the same seed."""

    volatility: float = 0.02
    """Standard deviation of a whole session, as a fraction of the price."""
    band: float = 0.02
    """The walk never leaves the start price by more than this fraction."""


class Waypoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A price that is traded exactly at a time."""

    at: time
    price: int


class Waypoints(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="waypoints"):
    """Straight lines between given prices; each point is traded on time."""

    points: tuple[Waypoint, ...]


class Replay(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="replay"):
    """Trades taken from captured H0STCNT0 frames, at their own times of day."""

    file: str = ""
    """Relative to the scenario file; read by ``load_scenario``."""
    frames: str = ""
    """The captured text itself, one frame per line."""


PathSpec: TypeAlias = Drawn | Waypoints | Replay


class LiquiditySpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much there is to trade with; sizes in shares."""

    depth: int = 500
    """Shares the market maker shows at each of ten levels, roughly."""
    bid_depth: int | None = None
    ask_depth: int | None = None
    trade_size: int = 20
    trades_per_second: float = 1.0
    spread: float = 0.5
    """How far sizes and pauses vary around their mean, as a fraction."""


class StockSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A listed stock."""

    symbol: str
    name: str
    base_price: int
    """Previous close, from which daily limits and changes are counted."""
    market: Market = Market.KOSPI
    path: PathSpec = Drawn()
    liquidity: LiquiditySpec | None = None
    listed_shares: int = 100_000_000
    previous_volume: int = 1_000_000
    nxt: bool = True
    """Whether the alternative venue trades it."""


class TaxRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """Sales tax from a day on, parts per million of the amount sold."""

    since: date
    kospi_ppm: int = 2_000
    kosdaq_ppm: int = 2_000
    etf_ppm: int = 0


DEFAULT_TAXES = (
    TaxRate(date(1, 1, 1), 1_800, 1_800),
    TaxRate(date(2025, 1, 1), 1_500, 1_500),
    TaxRate(date(2026, 1, 1), 2_000, 2_000),
)


class FeeSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What trading costs, in parts per million of the amount."""

    commission_ppm: int = 150
    taxes: tuple[TaxRate, ...] = DEFAULT_TAXES


class RulesSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of the exchange."""

    static_vi: bool = False
    """Interrupt a stock for an auction when it moves 10 % from the opening price."""
    vi_seconds: float = 120.0
    book_interval: float = 0.5
    """At least this long between two book messages of one stock."""
    paper: bool = False
    """Refusals and numbers in the style of the paper host."""


class GatewaySpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How strict the servers in front of the exchange are; all times in market seconds."""

    lenient_keys: bool = False
    """Take any non-empty key pair, not only well-formed ones (36 and 180 characters)."""
    token_issue_limit: bool = True
    """Refuse a second token within a minute with EGW00133."""
    calls_per_second: int | None = None
    """Per app key; by default 18, or 1 in the style of the paper host."""
    ledger_calls_per_second: int = 0
    """Second limit for balance and order calls; 0 means none."""
    ping_idle: float = 100.0
    """A session that hears nothing for so long is asked with PINGPONG."""
    ping_answer: float = 30.0
    """An unanswered PINGPONG ends the session after so long."""
    stale_session: float = 0.0
    """How long a session that ended without a close frame still occupies its key."""
    storm_per_minute: int = 20
    """More connections of one key within a minute than this block it."""
    storm_block: float = 60.0
    conflation: float = 0.2
    """Trades of a stock are gathered for so long, of its book only the latest is sent."""


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that goes wrong, when, for whom and for how long."""

    at: time
    kind: FaultKind
    target: str = ""
    """Whom it hits, see the table in docs/simulator.md; empty means everything."""
    duration: float = 0.0
    """Market seconds; 0 means once, or until the end where once makes no sense."""
    times: int = 0
    """At most so often; 0 means no limit while it lasts (once if it has no duration)."""
    code: str = ""
    """Message code to answer with, where the kind answers."""
    params: dict[str, float] = {}


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole simulated market day."""

    stocks: tuple[StockSpec, ...] = ()
    name: str = "scenario"
    extends: str = ""
    """Built-in scenario this one changes: stocks merge by symbol, other keys are replaced."""
    description: str = ""
    seed: int = 1
    clock: ClockSpec = ClockSpec()
    calendar: CalendarSpec = CalendarSpec()
    accounts: tuple[AccountSpec, ...] = ()
    liquidity: LiquiditySpec = LiquiditySpec()
    fees: FeeSpec = FeeSpec()
    rules: RulesSpec = RulesSpec()
    gateway: GatewaySpec = GatewaySpec()
    faults: tuple[Fault, ...] = ()

    def stock(self, symbol: str) -> StockSpec | None:
        """Return the listed stock with this code, if any."""
        return next((stock for stock in self.stocks if stock.symbol == symbol), None)


def scenario_schema() -> dict[str, Any]:
    """Return the JSON schema of a scenario file."""
    return msgspec.json.schema(Scenario)
