"""Draws one trading day from one integer: market, positions, rules, and everything that goes wrong.

Swarm drawing: each day first draws *which* kinds of trouble it has, then how
often; so some days have one rare fault often and others many at once. The last
stretch of every day is free of faults: what must be true in the end is judged
there.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from hantu.domain.commands import KillLevel
from hantu.domain.price_step import daily_limits, round_down
from hantu.domain.session import KST
from hantu.harness.disk import DiskFaults
from hantu.harness.forgery import forged_rate
from hantu.harness.network import NetFaults
from hantu.settings.model import ExitSettings, GuardSettings, PartialSettings, TrailingSettings
from hantu.simulator.scenario import (
    AccountSpec,
    CalendarSpec,
    ClockSpec,
    Fault,
    FaultKind,
    GatewaySpec,
    HoldingSpec,
    LiquiditySpec,
    RulesSpec,
    Scenario,
    Segment,
    StockSpec,
    Waypoint,
    Waypoints,
)

DAY = date(2026, 11, 23)
ACCOUNT = "12345678-01"
HTS_ID = "USER"
SYMBOLS = ("005930", "000660", "035420", "005380", "035720", "051910", "068270", "105560")
CALM_FROM = time(15, 15)
"""From here on nothing goes wrong any more; the guard must converge."""
LAST_LOOK = time(15, 19, 50)
"""Right before continuous trading ends: what is below its stop must be out by then, or on its way."""
MARKET_FAULTS: tuple[FaultKind, ...] = (
    "cut", "refuse", "refuse_ws", "delay", "silence", "token_expiry", "maintenance", "lost_response", "wrong_key",
    "rate_limit", "subscribe_refuse", "reject_order", "hold_notices", "drop_notices", "duplicate_notices", "halt",
    "stock_halt", "vi",
)  # fmt: skip
BOUNDARIES = (
    "before commit intent", "after commit intent", "before bytes", "mid bytes", "after bytes", "answer",
    "before commit answer", "after commit answer", "before commit fill", "after commit fill", "cancel bytes",
    "before commit cancel", "before commit other", "after commit other", "before spill", "after spill", "told",
)  # fmt: skip
"""Where a process may die: each side of every durable step of an order, and some in between."""
STRICT_CODES = ("APBK0400", "APBK0919", "APBK0952", "EGW00201", "EGW00123", "IGW00009", "ZZZZ9999")


@dataclass(frozen=True, slots=True)
class Crash:
    """One kill -9: at a moment, or at the n-th time a durable boundary is met."""

    at: float = 0.0
    boundary: str = ""
    nth: int = 0
    down_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Freeze:
    """One SIGSTOP and the SIGCONT after it: at a moment, or right between a commit and what follows it."""

    at: float
    lasts_s: float
    boundary: str = ""
    nth: int = 0


@dataclass(frozen=True, slots=True)
class KillAct:
    """Somebody uses the kill switch: at a moment, by a door, at a level; released later or never."""

    at: float
    door: str
    level: KillLevel
    released_at: float | None
    boundary: str = ""
    nth: int = 0
    """The n-th time a durable boundary is met, instead of a moment."""


@dataclass(frozen=True, slots=True)
class ManualOrder:
    """A person trades the same stock by hand, past hantu."""

    at: float
    symbol: str
    sell: bool
    share: float


@dataclass(frozen=True, slots=True)
class Day:
    """Everything one simulated day is made of; times are market seconds since its start."""

    seed: int
    scenario: Scenario
    guard: GuardSettings
    exits: ExitSettings
    net: NetFaults
    disk: DiskFaults
    crashes: tuple[Crash, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    kills: tuple[KillAct, ...] = ()
    manual: tuple[ManualOrder, ...] = ()
    mutes: tuple[tuple[float, float], ...] = ()
    """(at, for how long) the stream says nothing in either direction."""
    deaf: tuple[tuple[float, float], ...] = ()
    """(at, for how long) no answer of the exchange comes back, while requests still reach it."""
    list_lag_s: float = 0.0
    """So long the list of today's orders does not show a new one."""
    balance_lag_s: float = 0.0
    """So old the balance is that the exchange tells."""
    notifier_fails: float = 0.0
    clock_jumps: tuple[tuple[float, float], ...] = ()
    """(at, by how many seconds) the wall clock of the guard's machine is wrong from then on."""
    swarm: tuple[str, ...] = field(default=())
    """Which kinds of trouble this day has."""


class _Swarm:
    """Which kinds of trouble a day has."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._share = rng.choice((0.0, 0.1, 0.3, 0.3, 0.6))
        self.chosen: list[str] = []

    def has(self, name: str, weight: float = 1.0) -> bool:
        found = self._rng.random() < self._share * weight
        if found:
            self.chosen.append(name)
        return found

    def rate(self, name: str, low: float, high: float) -> float:
        """Return a rate between ``low`` and ``high``, most often small, or 0."""
        if not self.has(name):
            return 0.0
        return float(low * (high / low) ** self._rng.random())


def draw(seed: int) -> Day:
    """Return the day of ``seed``; the same integer is the same day, on every machine."""
    rng = Random(f"hantu day {seed}")
    swarm = _Swarm(rng)
    # Kinds of trouble added later are drawn apart, so that the others stay what they were.
    later = Random(f"hantu later {seed}")
    added = _Swarm(later)
    segments = _segments(rng)
    stocks, holdings = _stocks(rng, segments)
    scenario = Scenario(
        name=f"seed {seed}",
        seed=seed,
        clock=ClockSpec(day=DAY, speed=1.0, segments=segments),
        calendar=CalendarSpec(always_open=True),
        accounts=(AccountSpec(ACCOUNT, HTS_ID, cash=50_000_000, holdings=holdings),),
        stocks=stocks,
        gateway=_gateway(rng, swarm),
        rules=RulesSpec(static_vi=swarm.has("static VI", 0.5), book_interval=2.0),
        faults=_market_faults(rng, swarm, segments, [one.symbol for one in stocks]),
    )
    length = _seconds(segments, CALM_FROM)
    return Day(
        seed=seed,
        scenario=scenario,
        guard=_guard(rng),
        exits=_exits(rng),
        net=_net(swarm, seed),
        disk=DiskFaults(
            fail_before=swarm.rate("D1", 0.002, 0.05),
            fail_after=swarm.rate("D2", 0.002, 0.05),
            slow=swarm.rate("D5", 0.005, 0.1),
            slow_s=rng.uniform(0.2, 5.0),
            spill_slow=added.rate("D1 spill too late", 0.05, 0.5),
        ),
        crashes=_crashes(rng, swarm, length),
        freezes=_freezes(rng, swarm, length),
        kills=_kills(rng, swarm, length) or _kills_between(later, added, length),
        manual=tuple(
            ManualOrder(rng.uniform(30, length), rng.choice(stocks).symbol, rng.random() < 0.7, rng.choice((0.3, 1.0)))
            for _ in range(rng.randint(1, 3) if swarm.has("B7 manual order") else 0)
        ),
        mutes=tuple(
            (rng.uniform(30, length), rng.uniform(5, 150))
            for _ in range(rng.randint(1, 3) if swarm.has("N5 half-open stream") else 0)
        ),
        deaf=tuple(
            (rng.uniform(10, length), rng.uniform(5, 60))
            for _ in range(rng.randint(1, 2) if swarm.has("N8 one-way loss") else 0)
        ),
        list_lag_s=rng.uniform(1, 12) if swarm.has("B1 list lags") else 0.0,
        balance_lag_s=rng.uniform(1, 12) if swarm.has("B9 balance lags") else 0.0,
        notifier_fails=swarm.rate("A1", 0.05, 0.9),
        clock_jumps=((rng.uniform(30, length), rng.choice((-30.0, -2.0, 2.0, 30.0))),)
        if swarm.has("C1 wall clock jump", 0.5)
        else (),
        swarm=(*swarm.chosen, *added.chosen),
    )


def _segments(rng: Random) -> tuple[Segment, ...]:
    parts = [Segment(time(8, 59, 40), time(9, rng.randint(2, 6), rng.randint(0, 59)))]
    if rng.random() < 0.6:
        minute = rng.randint(0, 50)
        parts.append(Segment(time(11, minute), time(11, minute + rng.randint(1, 3))))
    parts.append(Segment(time(15, 14, 20), time(15, 20, 10)))
    parts.append(Segment(time(15, 29, 45), time(15, 30, 40)))
    return tuple(parts)


def _seconds(segments: tuple[Segment, ...], until: time) -> float:
    """Return how many market seconds are played before ``until``."""
    total = 0.0
    for part in segments:
        end = min(part.end, until)
        if end > part.begin:
            total += (datetime.combine(DAY, end) - datetime.combine(DAY, part.begin)).total_seconds()
    return total


def _moments(rng: Random, segments: tuple[Segment, ...], count: int) -> list[time]:
    """Return moments inside the played stretches before the calm one."""
    found = []
    for _ in range(count):
        part = rng.choice(segments[:-2] if len(segments) > 2 else segments[:1])
        begin = datetime.combine(DAY, part.begin)
        length = (datetime.combine(DAY, part.end) - begin).total_seconds()
        found.append((begin + timedelta(seconds=round(rng.uniform(1, length), 1))).time())
    return sorted(found)


def _stocks(rng: Random, segments: tuple[Segment, ...]) -> tuple[tuple[StockSpec, ...], tuple[HoldingSpec, ...]]:
    stocks, holdings = [], []
    for symbol in rng.sample(SYMBOLS, rng.randint(2, 5)):
        base = int(round_down(rng.choice((2_345, 8_900, 24_700, 71_000, 198_500, 412_000))))
        lower, upper = daily_limits(base)
        average = int(base * rng.uniform(0.97, 1.02))
        points: list[Waypoint] = []
        levels = [rng.choice((0.93, 0.955, 0.965, 0.975, 0.99, 1.0, 1.01, 1.03, 1.06, 1.085, 1.1)) for _ in range(7)]
        # One day in six stays where it is, so that nothing happening is tried, too.
        if rng.random() < 1 / 6:
            levels = [1.0] * len(levels)
        for at, level in zip(sorted([*_moments(rng, segments, 5), time(9, 0), time(15, 15, 10)]), levels, strict=True):
            price = int(round_down(min(max(int(average * level), int(lower)), int(upper))))
            if not points or at > points[-1].at:
                points.append(Waypoint(at, price))
        points.append(Waypoint(time(15, 30), points[-1].price))
        thin = rng.random() < 0.3
        stocks.append(
            StockSpec(
                symbol=symbol,
                name=f"종목{symbol[:3]}",
                base_price=base,
                path=Waypoints(tuple(points)),
                liquidity=LiquiditySpec(
                    depth=rng.choice((40, 200, 1_000)),
                    bid_depth=rng.choice((1, 3, 8)) if thin else None,
                    trade_size=rng.choice((2, 10, 40)),
                    trades_per_second=rng.choice((0.05, 0.15, 0.4)),
                ),
            )
        )
        if rng.random() < 0.85:
            holdings.append(HoldingSpec(symbol, rng.choice((1, 3, 10, 37, 120)), average))
    return tuple(stocks), tuple(holdings)


def _gateway(rng: Random, swarm: _Swarm) -> GatewaySpec:
    return GatewaySpec(
        lenient_keys=True,
        stale_session=rng.uniform(1, 40) if swarm.has("P8 key still in use") else 0.0,
        conflation=rng.choice((0.2, 1.0)),
        ping_idle=rng.choice((20.0, 100.0)),
    )


def _market_faults(rng: Random, swarm: _Swarm, segments: tuple[Segment, ...], symbols: list[str]) -> tuple[Fault, ...]:
    found: list[Fault] = []
    for kind in MARKET_FAULTS:
        if not swarm.has(f"exchange: {kind}"):
            continue
        found += [_market_fault(rng, kind, at, symbols) for at in _moments(rng, segments, rng.randint(1, 3))]
    return tuple(found)


def _market_fault(rng: Random, kind: FaultKind, at: time, symbols: list[str]) -> Fault:
    duration = rng.choice((0.0, 5.0, 20.0, 60.0))
    if kind in ("refuse", "refuse_ws", "silence", "maintenance", "delay", "halt", "stock_halt", "vi", "hold_notices"):
        duration = rng.choice((3.0, 8.0, 30.0, 100.0))
    elif kind in ("duplicate_notices", "drop_notices"):
        # Notices are rare: what strikes them only for seconds strikes none.
        duration *= 10
    target = {
        "cut": "", "stock_halt": rng.choice(symbols), "vi": rng.choice(symbols), "delay": rng.choice(("", "rest", "ws")),
        "silence": rng.choice(("ws", "rest")), "reject_order": rng.choice((*symbols, "")),
        "maintenance": rng.choice(("rest", "ws")),
    }.get(kind, "")  # fmt: skip
    params = {"answers_pings": 1.0} if kind == "silence" and at.second % 2 else {}
    if kind == "delay":
        params = {"seconds": rng.choice((0.5, 2.0, 4.5)), "after": float(rng.random() < 0.5)}
    if kind == "lost_response":
        params = {"hang": rng.choice((0.0, 10.0))}
    if kind == "hold_notices":
        params = {"seconds": rng.choice((2.0, 20.0))}
    if kind == "halt":
        params = {"late_trades": rng.choice((0.0, 1.5)), "auction": rng.choice((0.0, 20.0))}
    code = ""
    if kind == "reject_order":
        code = rng.choice(STRICT_CODES)
        params = {"after": 1.0} if rng.random() < 0.2 else {}
    return Fault(at, kind, target, duration, rng.choice((0, 1, 3)), code, params)


def _guard(rng: Random) -> GuardSettings:
    return GuardSettings(
        default_rule=True, sell_while_sleeping=rng.random() < 0.3, reconcile_every_s=rng.choice((45.0, 120.0))
    )


def _exits(rng: Random) -> ExitSettings:
    return ExitSettings(
        kind="atr" if rng.random() < 0.15 else "fixed",
        trailing=TrailingSettings(enabled=rng.random() < 0.3),
        partial=PartialSettings(enabled=rng.random() < 0.4, at_bps=rng.choice((300, 500)), share_bps=5_000),
    )


def _net(swarm: _Swarm, seed: int) -> NetFaults:
    return NetFaults(
        forged=forged_rate(seed, swarm.chosen),
        request_lost=swarm.rate("N1", 0.01, 0.3),
        response_lost=swarm.rate("N2", 0.01, 0.3),
        reset=swarm.rate("N3", 0.01, 0.2),
        late=swarm.rate("N4", 0.05, 0.5),
        late_s=25.0,
        doubled=swarm.rate("N15", 0.05, 0.5),
        stranger=swarm.rate("N12", 0.01, 0.2),
        no_number=swarm.rate("P9", 0.05, 0.4),
        refused=swarm.rate("N7", 0.01, 0.3),
        slow=swarm.rate("N10", 0.01, 0.3),
        slow_s=4.0,
        idle_close=swarm.rate("N13", 0.05, 0.6),
        stream_cut=swarm.rate("N6", 0.000_5, 0.01),
        garbled=swarm.rate("P1", 0.001, 0.03),
    )


def _crashes(rng: Random, swarm: _Swarm, length: float) -> tuple[Crash, ...]:
    found = []
    if swarm.has("X1 killed at a moment"):
        found += [Crash(at=rng.uniform(2, length), down_s=rng.uniform(0.3, 20)) for _ in range(rng.randint(1, 3))]
    if swarm.has("X1 killed at a boundary", 1.5):
        for _ in range(rng.randint(1, 3)):
            where = rng.choice(BOUNDARIES)
            often = where in ("before commit other", "after commit other")
            found.append(Crash(boundary=where, nth=rng.randint(1, 40 if often else 4), down_s=rng.uniform(0.3, 8)))
    return tuple(found)


def _freezes(rng: Random, swarm: _Swarm, length: float) -> tuple[Freeze, ...]:
    found = []
    if swarm.has("X2 frozen process"):
        lasts = rng.choice((1.5, 5.0, 12.0, 40.0, 90.0))
        found += [Freeze(rng.uniform(5, length), lasts) for _ in range(rng.randint(1, 2))]
    if swarm.has("X2 frozen between commit and send"):
        lasts = rng.choice((0.5, 2.0, 5.0, 12.0, 40.0, 90.0))
        found.append(Freeze(0.0, lasts, "after commit intent", rng.randint(1, 4)))
    return tuple(found)


def _kills(rng: Random, swarm: _Swarm, length: float) -> tuple[KillAct, ...]:
    if not swarm.has("kill switch", 0.7):
        return ()
    at = rng.uniform(5, length)
    released = rng.uniform(at + 1, length + 1) if rng.random() < 0.6 else None
    level = rng.choice((KillLevel.ACTIVE, KillLevel.HARD))
    return (KillAct(at, rng.choice(("file", "wish")), level, released),)


def _kills_between(rng: Random, swarm: _Swarm, length: float) -> tuple[KillAct, ...]:
    """Somebody uses the kill switch when an intent is durable and its bytes have not left."""
    if not swarm.has("kill switch between commit and send", 0.7):
        return ()
    level, released = rng.choice((KillLevel.ACTIVE, KillLevel.HARD)), rng.uniform(length / 2, length)
    return (KillAct(0.0, rng.choice(("file", "wish")), level, released, "after commit intent", rng.randint(1, 3)),)


def wall_of(moment: time) -> datetime:
    """Return the aware moment of a Korean time of the day."""
    return datetime.combine(DAY, moment, KST)
