"""The last checks before the socket, all in one place; nothing else reaches the broker.

Each check is one function that returns why not, or None. The engine has decided
long before; these checks catch what changed since, and our own bugs. Two of
them, kill switch and lease, are asked again as the very last thing before the
bytes leave.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias

from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.instant import Instant
from hantu.domain.instrument import Market, Symbol
from hantu.domain.order import CancelRequest, OrderRequest, OrderType, Outcome, OutcomeKind, Purpose
from hantu.domain.price_step import is_on_step
from hantu.domain.session import trading_date
from hantu.kis.environment import EnvironmentName, KisEnvironment

Request: TypeAlias = OrderRequest | CancelRequest
LEASE_MARGIN_S: Final = 4.0
"""Real seconds the lease must last: the answer's timeout and one second."""
SENT_KEPT: Final = 10_000
"""Intents remembered against sending one twice; more than a day can hold."""


@dataclass(frozen=True, slots=True)
class Denied:
    """Why a request does not go; ``code`` for programs, ``reason`` for people."""

    code: str
    reason: str

    def outcome(self) -> Outcome:
        """Return the outcome of a request that was denied: nothing was sent."""
        # What came too late may be decided anew at the present price; every other denial stands.
        return Outcome(
            OutcomeKind.NOT_SENT, code=f"denied:{self.code}", message=self.reason, retryable=self.code == "late"
        )


@dataclass(frozen=True, slots=True)
class Binding:
    """Environment and account the guard's own records belong to."""

    environment: EnvironmentName
    account: str = field(repr=False)
    """Ten digits."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Largest order and fastest pace; won, shares, market seconds."""

    quantity_max: int = 100_000
    value_max: int = 1_000_000_000
    orders_per_second: int = 10
    """Exits of one moment wait for each other; beyond the caller's patience they are denied."""
    orders_per_day: int = 500
    cancels_per_day: int = 1_000


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to act, as last read: fencing number and real seconds it still lasts."""

    epoch: int
    left_s: float


@dataclass(frozen=True, slots=True)
class PriceLimits:
    """What a stock's order price may be today; 0 where a limit is not known."""

    market: Market
    lower: int = 0
    upper: int = 0


def kill_switch(level: KillLevel, request: Request) -> Denied | None:
    """Deny what the kill level forbids; cancels always pass."""
    if level is KillLevel.OFF or isinstance(request, CancelRequest):
        return None
    sell = request.side is Side.SELL
    if level is KillLevel.ACTIVE and sell and request.purpose.protective:
        return None
    if level is KillLevel.FLATTEN and sell and request.purpose is Purpose.MANUAL:
        return None
    return Denied("kill", f"킬 스위치({level})가 주문을 막았습니다.")


def lease_held(lease: Lease, request: Request) -> Denied | None:
    """Deny a request of another guard's time, or one whose answer the lease would not outlast."""
    if request.epoch != lease.epoch:
        return Denied("epoch", "다른 감시 프로세스가 권한을 넘겨받았습니다.")
    if lease.left_s < LEASE_MARGIN_S:
        return Denied("lease", "주문 권한의 남은 시간이 부족합니다.")
    return None


def bound(binding: Binding, environment: KisEnvironment) -> Denied | None:
    """Deny when keys and records are of different environments or accounts."""
    if binding.environment is not environment.name:
        return Denied("environment", "기록과 접속 환경이 다릅니다.")
    if binding.account != environment.credentials.account:
        return Denied("account", "기록과 접속 계좌가 다릅니다.")
    return None


def quantity_sane(bounds: Bounds, request: Request) -> Denied | None:
    """Deny an order of no shares or of more than an order may have."""
    if isinstance(request, CancelRequest):
        return None
    if request.quantity <= 0:
        return Denied("quantity", "주문 수량이 0 이하입니다.")
    if request.quantity > bounds.quantity_max:
        return Denied("quantity_max", f"주문 수량이 한도 {bounds.quantity_max:,}주를 넘습니다.")
    return None


def price_valid(limits: PriceLimits | None, request: Request) -> Denied | None:
    """Deny a price off the step grid or outside the day's limits.

    A buy needs known limits; a sell whose limits are unknown still goes, since a
    position left unprotected is worse than a refusal by the broker.
    """
    if isinstance(request, CancelRequest):
        return None
    if request.order_type is OrderType.MARKET:
        return None if request.limit_price == 0 else Denied("price", "시장가 주문에 가격이 있습니다.")
    price = request.limit_price
    # The exchange-traded funds' grid is the finest; an unknown issue must be at least on that.
    if not is_on_step(price, limits.market if limits else Market.ETF):
        return Denied("price_step", f"주문 가격 {price:,}원이 호가단위에 맞지 않습니다.")
    if limits is None or not limits.lower or not limits.upper:
        return None if request.side is Side.SELL else Denied("price_limits", "상·하한가를 모릅니다.")
    if not limits.lower <= price <= limits.upper:
        return Denied("price_limits", f"주문 가격 {price:,}원이 상·하한가를 벗어났습니다.")
    return None


def value_sane(bounds: Bounds, limits: PriceLimits | None, request: Request) -> Denied | None:
    """Deny an order worth more than an order may be; a market order counts at the upper limit."""
    if isinstance(request, CancelRequest):
        return None
    price = request.limit_price or (limits.upper if limits else 0)
    if price * request.quantity > bounds.value_max:
        return Denied("value_max", f"주문 금액이 한도 {bounds.value_max:,}원을 넘습니다.")
    return None


class Pace:
    """How many requests went in the last second and on the present trading day."""

    def __init__(self, per_second: int, per_day: int) -> None:
        self._per_second = per_second
        self._per_day = per_day
        self._times: deque[float] = deque(maxlen=per_second)
        self._day: date | None = None
        self._count = 0

    def wait_s(self, now: Instant) -> float:
        """Return the market seconds until one more fits into a second."""
        if len(self._times) < self._per_second:
            return 0.0
        return max(0.0, self._times[0] + 1.0 - now.mono)

    def second_full(self, now: Instant) -> Denied | None:
        """Deny one request more than a second may have."""
        if self.wait_s(now) > 0:
            return Denied("rate", f"1초에 {self._per_second}건을 넘는 주문입니다.")
        return None

    def day_full(self, now: Instant) -> Denied | None:
        """Deny one request more than a trading day may have."""
        if self._day == trading_date(now.wall) and self._count >= self._per_day:
            return Denied("day_count", f"하루 {self._per_day}건을 넘는 주문입니다.")
        return None

    def count(self, now: Instant) -> None:
        """Count a request whose bytes leave now."""
        today = trading_date(now.wall)
        self._count = self._count + 1 if self._day == today else 1
        self._day = today
        self._times.append(now.mono)


def timely(request: Request, now: Instant) -> Denied | None:
    """Deny an order that was held up (a frozen process, a slow disk, a full call budget)."""
    if isinstance(request, OrderRequest) and now.mono > request.not_after:
        return Denied("late", "결정한 지 오래되어 보내지 않았습니다.")
    return None


class Door:
    """All checks together, with the views they need read at the moment of the check."""

    def __init__(
        self,
        binding: Binding,
        bounds: Bounds,
        *,
        kill: Callable[[], KillLevel],
        lease: Callable[[], Lease],
        price_limits: Callable[[Symbol], PriceLimits | None],
    ) -> None:
        self._binding = binding
        self._bounds = bounds
        self._kill = kill
        self._lease = lease
        self._price_limits = price_limits
        self._orders = Pace(bounds.orders_per_second, bounds.orders_per_day)
        self._cancels = Pace(bounds.orders_per_second, bounds.cancels_per_day)
        self._sent: dict[str, None] = {}

    def deny(self, request: Request, environment: KisEnvironment, now: Instant) -> Denied | None:
        """Return the first reason why ``request`` may not go, or None."""
        return self.unfit(request, environment, now) or self.deny_last(request)

    def unfit(self, request: Request, environment: KisEnvironment, now: Instant) -> Denied | None:
        """Return why ``request`` may never go, whatever kill switch and lease say, or None."""
        limits = self._price_limits(request.symbol)
        return (
            bound(self._binding, environment)
            or self._repeated(request)
            or quantity_sane(self._bounds, request)
            or price_valid(limits, request)
            or value_sane(self._bounds, limits, request)
            or self._pace(request).day_full(now)
        )

    def wait_s(self, request: Request, now: Instant) -> float:
        """Return the market seconds ``request`` has to wait for the pace of orders."""
        return self._pace(request).wait_s(now)

    def deny_last(self, request: Request) -> Denied | None:
        """Ask kill switch and lease once more; nothing may happen between this and the write."""
        return kill_switch(self._kill(), request) or lease_held(self._lease(), request)

    def leaves(self, request: Request, now: Instant) -> Denied | None:
        """Count ``request`` as sent, or deny it if it cannot be; called right before the write."""
        pace = self._pace(request)
        denied = (
            timely(request, now)
            or self._repeated(request)
            or pace.second_full(now)
            or pace.day_full(now)
            or self.deny_last(request)
        )
        if denied is None:
            pace.count(now)
            self._sent[request.intent_id] = None
            if len(self._sent) > SENT_KEPT:
                del self._sent[next(iter(self._sent))]
        return denied

    def _pace(self, request: Request) -> Pace:
        return self._cancels if isinstance(request, CancelRequest) else self._orders

    def _repeated(self, request: Request) -> Denied | None:
        if request.intent_id in self._sent:
            return Denied("repeated", "이미 전송한 주문입니다.")
        return None
