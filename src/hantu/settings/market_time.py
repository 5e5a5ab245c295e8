"""Which moment and which day it is at the market, as the guard tells it: a practice market has a time of its own."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hantu.domain.session import KST, trading_date


def market_now(status: Mapping[str, Any] | None, now: datetime) -> datetime:
    """Return the market's moment; ``now``, the machine's, where no guard tells one."""
    text = str((status or {}).get("market_time", ""))
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=KST).astimezone(UTC)
    except ValueError:
        return now


def market_day(status: Mapping[str, Any] | None, now: datetime) -> str:
    """Return the Korean day of the market."""
    return trading_date(market_now(status, now)).isoformat()
