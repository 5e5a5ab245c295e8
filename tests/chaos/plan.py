"""What a chaotic day is made of: stocks, their parts in it, and the settings of the guard. Pure."""

import random
from dataclasses import dataclass

SPEED = 20.0
"""Market seconds per real second."""
STOP, PARTIAL, TARGET = 0.968, 1.052, 1.083
"""Factors of the average price that touch the default rule's levels."""


@dataclass(frozen=True, slots=True)
class Stock:
    """A held stock; prices in won. ``part`` says what happens to it."""

    symbol: str
    name: str
    quantity: int
    average: int
    bid_depth: int
    part: str = "busy"
    """busy: sold and bought all day; partial: only ever reaches the first profit; calm: touches nothing."""

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
    Stock("005380", "현대차", 24, 246_000, 4),
    Stock("000270", "기아", 36, 98_000, 300),
    Stock("068270", "셀트리온", 28, 182_000, 6),
    Stock("051910", "LG화학", 16, 320_000, 100),
    Stock("105560", "KB금융", 31, 88_000, 5, "partial"),
    Stock("055550", "신한지주", 44, 52_000, 100, "calm"),
)
MOST_SOLD = {"105560": 15, "055550": 0}
"""Half of 31, whole shares; and nothing."""
SETTINGS = {
    "HANTU_EXITS_PARTIAL_ENABLED": "true",
    # So short that cancels and replacements happen all day between two deaths.
    "HANTU_GUARD_FILL_WAIT_S": "12",
    "HANTU_GUARD_COOLDOWN_S": "8",
    "HANTU_GUARD_SUBSCRIBE_PACE_S": "0.2",
    "HANTU_GUARD_RECONCILE_EVERY_S": "30",
}


@dataclass(frozen=True, slots=True)
class Climate:
    """What holds for one whole day."""

    seed: int
    start: str
    weather: str
    """clear, slow or rough: what the network between guard and exchange does."""
    switch: str
    """Level of the kill switch thrown before the day's last deaths; empty = none."""

    @property
    def evening(self) -> bool:
        """Whether the market closes while it is played."""
        return self.start > "15"


def climate(seed: int) -> Climate:
    """Return what holds for the day of a seed; most begin in the morning under a clear sky."""
    rng = random.Random(seed + 5_000_011)
    start = rng.choice(("08:59:57", "08:59:57", "10:30:00", "13:00:00", "15:08:00"))
    weather = rng.choice(("clear", "clear", "slow", "rough"))
    return Climate(seed, start, weather, rng.choice(("", "", "", "active", "hard")))


def scenario(day: Climate) -> str:
    """Return the scenario file of a day."""
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
        f'name: chaos\nclock: {{date: 2026-11-23, start: "{day.start}", speed: {SPEED}}}\n'
        "gateway: {lenient_keys: true}\n"
        "accounts:\n  - number: 12345678-01\n    hts_id: USER\n    cash: 900000000\n    holdings:\n"
        f"{holdings}\nstocks:\n{stocks}\n"
    )
