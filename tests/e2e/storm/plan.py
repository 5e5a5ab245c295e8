"""What goes wrong on one seeded day, and when: pure, so that a day can be read, repeated and cut down."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

SPEED = 20.0
"""Market seconds per real second."""
STORM_S = 90.0
"""Market seconds in which things go wrong; after them the day is calm."""
STOP_BPS, TARGET_BPS = 300, 800
"""The product's default rule."""


@dataclass(frozen=True, slots=True)
class Stock:
    """A held stock; prices in won."""

    symbol: str
    name: str
    quantity: int
    average: int
    bid_depth: int

    def at(self, factor: float) -> int:
        """Return a price on the step at ``factor`` of the average price."""
        price = int(self.average * factor)
        step = 50 if price < 50_000 else 100 if price < 200_000 else 500
        return price // step * step


STOCKS = (
    Stock("005930", "삼성전자", 40, 70_000, 9),
    Stock("000660", "SK하이닉스", 20, 206_000, 200),
    Stock("035420", "NAVER", 30, 198_000, 7),
    Stock("035720", "카카오", 50, 41_200, 200),
    Stock("005380", "현대차", 10, 246_000, 4),
)


@dataclass(frozen=True, slots=True)
class Climate:
    """What holds for a whole day."""

    start: str = "08:59:58"
    """Market time at which the exchange begins; the guard is up about 15 market seconds later."""
    rules: dict[str, str] = field(default_factory=dict)
    """Settings of the guard, as environment variables."""
    stale_session: int = 0
    """Market seconds a cut session still occupies its key."""

    @property
    def evening(self) -> bool:
        """Whether the day ends in the storm or soon after it."""
        return self.start > "15:20"


@dataclass(frozen=True, slots=True)
class Gust:
    """One thing that happens at a market second of the storm."""

    at: float
    what: str
    """fault, price, kill9, terminate, freeze, lock, second, manual, phone or switch."""
    args: dict[str, Any] = field(default_factory=dict)


NETWORK: tuple[tuple[str, dict[str, Any]], ...] = (
    ("cut", {}),
    ("cut", {"params": {"clean": 1}}),
    ("refuse_ws", {"lasts": (1, 12)}),
    ("refuse_ws", {"lasts": (33, 40)}),
    ("refuse", {"target": "rest", "lasts": (1, 10)}),
    ("delay", {"target": "rest", "lasts": (2, 15), "params": {"seconds": 2.0}}),
    ("delay", {"target": "order-cash", "lasts": (5, 30), "params": {"seconds": 4.0, "after": 1}}),
    ("delay", {"target": "order-cash", "lasts": (5, 30), "params": {"seconds": 5.0}}),
    ("delay", {"target": "ws", "lasts": (2, 20), "params": {"seconds": 1.5}}),
    ("silence", {"target": "ws", "lasts": (3, 30)}),
    ("silence", {"target": "H0STCNI0", "lasts": (10, 40)}),
    ("silence", {"target": "rest", "lasts": (2, 12)}),
    ("garble", {"times": 3, "lasts": (5, 20)}),
    ("garble", {"target": "H0STCNI0", "times": 2, "lasts": (5, 30)}),
    ("lost_response", {"target": "order-cash", "times": 1, "lasts": (10, 60)}),
    ("lost_response", {"target": "order-rvsecncl", "times": 1, "lasts": (10, 60)}),
    ("rate_limit", {"times": 2, "lasts": (5, 20)}),
    ("rate_limit", {"target": "order-cash", "times": 1, "lasts": (10, 40)}),
    ("maintenance", {"target": "rest", "lasts": (2, 8)}),
    ("token_expiry", {}),
    ("wrong_key", {"times": 1, "lasts": (20, 40)}),
    ("wrong_key", {"times": 3, "lasts": (20, 40)}),
    ("subscribe_refuse", {"times": 2, "lasts": (10, 30)}),
    ("subscribe_refuse", {"times": 9, "lasts": (10, 40), "code": "OPSP0008"}),
    ("maintenance", {"target": "ws", "lasts": (3, 15)}),
    ("lost_response", {"times": 3, "lasts": (10, 60), "params": {"hang": 5}}),
    ("silence", {"target": "order-cash", "lasts": (3, 10)}),
    ("silence", {"target": "inquire-daily-ccld", "lasts": (5, 40)}),
    ("delay", {"target": "inquire-balance", "lasts": (10, 40), "params": {"seconds": 6.0, "after": 1}}),
    ("delay", {"target": "inquire-daily-ccld", "lasts": (10, 40), "params": {"seconds": 6.0, "after": 1}}),
    ("rate_limit", {"target": "order-rvsecncl", "times": 2, "lasts": (10, 60)}),
)
LEDGER: tuple[tuple[str, dict[str, Any]], ...] = (
    ("hold_notices", {"lasts": (5, 30)}),
    ("hold_notices", {"lasts": (10, 40), "params": {"seconds": 6}}),
    ("drop_notices", {"lasts": (5, 40)}),
    ("duplicate_notices", {"lasts": (10, 60)}),
    ("reject_order", {"target": "sell", "times": 1, "lasts": (10, 60), "code": "APBK0400"}),
    ("reject_order", {"target": "sell", "times": 2, "lasts": (10, 60), "code": "APBK0918"}),
    ("reject_order", {"target": "sell", "times": 1, "lasts": (10, 60), "code": "APBK0066"}),
    ("reject_order", {"target": "sell", "times": 1, "lasts": (10, 60), "code": "ZZZZ9999"}),
    ("reject_order", {"target": "sell", "times": 1, "lasts": (10, 60), "params": {"after": 1}}),
    ("reject_order", {"target": "sell", "times": 3, "lasts": (10, 60), "params": {"after": 1}}),
    ("drop_notices", {"target": "fill", "lasts": (30, 80)}),
    ("halt", {"lasts": (5, 25)}),
    ("halt", {"lasts": (5, 25), "params": {"late_trades": 3}}),
    ("halt", {"lasts": (5, 15), "params": {"auction": 5}}),
    ("stock_halt", {"target": "stock", "lasts": (5, 30)}),
    ("vi", {"target": "stock", "lasts": (5, 25)}),
)
PRICES = (0.962, 0.965, 0.969, 0.975, 0.99, 1.0, 1.03, 1.055, 1.083, 1.09)
"""Below the stop, around it, between, and above the target."""


def plan(seed: int) -> tuple[Gust, ...]:
    """Return the storm of one day; the same seed gives the same storm."""
    rng = Random(seed)
    gusts = [
        Gust(rng.uniform(12, STORM_S), "price", {"symbol": s.symbol, "price": s.at(rng.choice(PRICES))})
        for s in STOCKS
        for _ in range(rng.randrange(1, 4))
    ]
    gusts += [
        Gust(rng.uniform(0, STORM_S - 5), "fault", _fault(rng, rng.choice(NETWORK + LEDGER)))
        for _ in range(rng.randrange(2, 9))
    ]
    for _ in range(rng.randrange(0, 4)):
        # Trouble at the very moment of an exit.
        stock, at = rng.choice(STOCKS), rng.uniform(14, STORM_S - 20)
        gusts.append(Gust(at, "price", {"symbol": stock.symbol, "price": stock.at(rng.choice((0.962, 1.085)))}))
        then = at + rng.uniform(0, 2.5)
        what = rng.choice(("kill9", "kill9", "terminate", "freeze", "lock", "fault", "fault", "fault"))
        args = _fault(rng, rng.choice(NETWORK + LEDGER)) if what == "fault" else {"lasts": rng.uniform(2, 25)}
        gusts.append(Gust(at - 0.5 if what in ("fault", "lock") else then, what, args))
    for what, chance in (
        ("kill9", 0.4),
        ("terminate", 0.2),
        ("freeze", 0.25),
        ("lock", 0.3),
        ("second", 0.15),
        ("phone", 0.2),
    ):
        if rng.random() < chance:
            gusts.append(Gust(rng.uniform(8, STORM_S - 10), what, {"lasts": rng.uniform(2, 25)}))
    for _ in range(rng.choice((0, 0, 1, 2, 3))):
        stock = rng.choice(STOCKS)
        wish = {
            "symbol": stock.symbol, "side": rng.choice(("sell", "sell", "buy")),
            "price": stock.at(rng.choice((0.98, 1.0, 1.05))), "quantity": rng.choice((1, 3, stock.quantity)),
        }  # fmt: skip
        gusts.append(Gust(rng.uniform(8, STORM_S), "manual", wish))
    if rng.random() < 0.12:
        gusts.append(Gust(rng.uniform(20, STORM_S), "switch", {"level": rng.choice(("active", "hard"))}))
    return tuple(sorted(gusts, key=lambda gust: gust.at))


def climate(seed: int) -> Climate:
    """Return what holds for one day; most are plain."""
    rng = Random(seed + 2_000_003)
    rules: dict[str, str] = {}
    if rng.random() < 0.3:
        rules |= {"HANTU_EXITS_PARTIAL_ENABLED": "true", "HANTU_EXITS_TRAILING_ENABLED": "true"}
    if rng.random() < 0.2:
        rules |= {"HANTU_GUARD_SELL_WHILE_SLEEPING": "true"}
    start = rng.choice(("08:59:58", "08:59:58", "08:59:30", "15:17:30", "15:28:10"))
    return Climate(start, rules, rng.choice((0, 0, 0, 20)))


def calm_prices(seed: int) -> dict[str, int]:
    """Return the prices at which the day becomes calm: some below the stop."""
    rng = Random(seed + 1_000_003)
    return {stock.symbol: stock.at(rng.choice((0.96, 0.965, 1.0))) for stock in STOCKS}


def scenario(climate: Climate, speed: float = SPEED) -> str:
    """Return the scenario file of every stormy day."""
    holdings = "\n".join(
        f"      - {{symbol: {s.symbol}, quantity: {s.quantity}, average_price: {s.average}}}" for s in STOCKS
    )
    stocks = "\n".join(
        f"  - symbol: {s.symbol}\n    name: {s.name}\n    base_price: {s.average}\n"
        f"    liquidity: {{depth: 300, bid_depth: {s.bid_depth}, trade_size: 5, trades_per_second: 2}}\n"
        f"    path: {{kind: drawn, volatility: 0.002, band: 0.002}}"
        for s in STOCKS
    )
    return (
        f'name: storm\nclock: {{date: 2026-11-23, start: "{climate.start}", speed: {speed}}}\n'
        f"gateway: {{lenient_keys: true, stale_session: {climate.stale_session}}}\n"
        "accounts:\n  - number: 12345678-01\n    hts_id: USER\n    cash: 90000000\n    holdings:\n"
        f"{holdings}\nstocks:\n{stocks}\n"
    )


def _fault(rng: Random, chosen: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    kind, details = chosen
    fault: dict[str, Any] = {"kind": kind}
    for key, value in details.items():
        if key == "lasts":
            fault["duration"] = round(rng.uniform(*value), 1)
        elif value == "stock":
            fault[key] = rng.choice(STOCKS).symbol
        else:
            fault[key] = value
    return fault
