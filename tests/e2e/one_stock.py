"""A day with one holding of Samsung, 40 shares at 70,500 won, whose price follows a few waypoints."""

from collections.abc import Sequence

SAMSUNG = "005930"
HELD = 40
STILL = (("09:00:00", 70_500), ("15:30:00", 70_500))
"""A price that stays between stop and target."""


def one_stock(
    name: str,
    start: str,
    *,
    speed: float,
    bid_depth: int,
    trades_per_second: int,
    depth: int = 200,
    points: Sequence[tuple[str, int]] = STILL,
) -> str:
    """Return the scenario as YAML; ``points`` are Korean times of the day and won, ``speed`` market seconds a second."""
    path = "\n".join(f"        - {{at: {at}, price: {price}}}" for at, price in points)
    return f"""
name: {name}
extends: quiet
clock: {{date: 2026-11-23, start: "{start}", speed: {speed:g}}}
accounts:
  - number: 12345678-01
    hts_id: USER
    cash: 20000000
    holdings:
      - {{symbol: {SAMSUNG}, quantity: {HELD}, average_price: 70500}}
stocks:
  - symbol: {SAMSUNG}
    liquidity: {{depth: {depth}, bid_depth: {bid_depth}, trade_size: 4, trades_per_second: {trades_per_second}}}
    path:
      kind: waypoints
      points:
{path}
"""
