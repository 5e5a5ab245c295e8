"""From settings, and what the engine knows, to the last checks before the socket."""

import asyncio
from collections.abc import Callable

from hantu.adapters.broker.checks.authority import Binding, Lease
from hantu.adapters.broker.checks.form import Bounds, PriceLimits
from hantu.adapters.broker.checks.losses import DayResult
from hantu.adapters.broker.checks.prices import Collar, Freshness
from hantu.adapters.broker.checks.repeats import Repeats
from hantu.adapters.broker.checks.values import DayValues
from hantu.adapters.broker.checks.verdict import Request
from hantu.adapters.broker.door import Door, OnBreach, Rules
from hantu.domain.commands import KillLevel
from hantu.domain.instrument import Symbol
from hantu.domain.session import Calendar
from hantu.engine.turn import Desk
from hantu.kis.environment import EnvironmentName, KisEnvironment
from hantu.settings.model import LimitSettings, Settings
from hantu.telemetry import get_logger

OrderLog = get_logger(__name__, "order")
CLOSED = Calendar()
"""Before there is an engine nothing is sent; weekends are closed at least."""


def order_door(
    settings: Settings,
    environment: KisEnvironment,
    *,
    kill: Callable[[], KillLevel],
    lease: Callable[[], Lease],
    desk: Callable[[], Desk | None],
    on_breach: OnBreach | None = None,
) -> Door:
    """Return the door of one guard.

    Args:
        settings: Limits and the account that was configured.
        environment: The sealed bundle orders go out with.
        kill: The kill level at this moment.
        lease: The right to act at this moment.
        desk: What the engine has at hand; None before there is one.
        on_breach: Told when a limit is broken; by default only the log is.
    """

    def calendar() -> Calendar:
        here = desk()
        return here.config.calendar if here is not None else CLOSED

    return Door(
        Binding(EnvironmentName(settings.environment), settings.account.number.reveal().replace("-", "")),
        bounds_of(settings.limits),
        kill=kill,
        lease=lease,
        price_limits=lambda symbol: _price_limits(desk(), symbol),
        calendar=calendar,
        day_result=lambda: _day_result(desk()),
        rules=rules_of(settings.limits, krx_only=environment.paper_rules),
        on_breach=on_breach or _log_breach,
        on_note=_log_note,
    )


def bounds_of(limits: LimitSettings) -> Bounds:
    """Return size and pace of orders as configured."""
    return Bounds(
        limits.max_order_quantity,
        limits.max_order_value,
        limits.orders_per_second,
        limits.orders_per_day,
        limits.cancels_per_day,
        limits.exits_per_day,
    )


def rules_of(limits: LimitSettings, *, krx_only: bool) -> Rules:
    """Return the other checks' configuration."""
    return Rules(
        Collar(
            limits.collar_last_bps,
            limits.collar_close_bps,
            limits.exit_collar_last_bps,
            limits.exit_collar_close_bps,
        ),
        Freshness(limits.stale_price_s, limits.stale_exit_price_s),
        Repeats(limits.duplicate_window_s, limits.orders_per_stock_hour),
        limits.max_day_loss_bps,
        krx_only,
        DayValues(limits.max_value_per_stock_day, limits.max_value_per_day),
    )


def _price_limits(desk: Desk | None, symbol: Symbol) -> PriceLimits | None:
    if desk is None:
        return None
    sight, market = desk.sights.get(symbol), desk.market_of(symbol)
    if sight is None:
        return PriceLimits(market)
    return PriceLimits(market, sight.lower_limit, sight.upper_limit, sight.price, sight.seen_mono)


def _day_result(desk: Desk | None) -> DayResult | None:
    return DayResult(desk.equity_start, desk.equity) if desk is not None and desk.equity_start else None


def _log_breach(code: str, request: Request, reason: str) -> None:
    OrderLog.error("주문 한도 위반 %s - %s: %s", code, request.symbol, reason)


def _log_note(request: Request, note: str) -> None:
    # A line in a log takes as long as all the checks: it is written once the bytes have left.
    asyncio.get_running_loop().call_soon(OrderLog.warning, "%s %s", request.symbol, note)
