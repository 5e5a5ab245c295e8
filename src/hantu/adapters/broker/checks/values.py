"""How many won of orders a day may have, of one stock and of the account.

A day has hundreds of orders and an order thousands of shares: without this a
fault that stays below every other limit could still turn the account over and
over. An order counts in full from the moment its bytes leave, also when only a
part of it is filled and the rest cancelled; it stops counting only when it is
known never to have lived. A process that starts anew recalls the day from its records.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from hantu.adapters.broker.checks.form import PriceLimits, value_of
from hantu.adapters.broker.checks.sessions import day_of
from hantu.adapters.broker.checks.verdict import Denied, Request, protective
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.order import CancelRequest, OrderRequest, Outcome, OutcomeKind


@dataclass(frozen=True, slots=True)
class DayValues:
    """Largest value of one Korean date's orders, won."""

    per_stock: int = 20_000_000_000
    per_day: int = 50_000_000_000


def worth(limits: PriceLimits | None, order: OrderRequest) -> int:
    """Return what an order adds to its day, won.

    A market order whose upper limit is not known counts at the last trade, without
    which only protective sells go: nothing that can wait counts as 0.
    """
    return value_of(limits, order) or (limits.last * order.quantity if limits else 0)


def stock_value_free(per_stock: int, used: int, value: int, request: Request) -> Denied | None:
    """Deny an order that can wait if it takes its stock beyond ``per_stock``; ``used`` has gone today, all won."""
    if not _can_wait(request) or used + value <= per_stock:
        return None
    return _over("value_stock_day", "이 종목의", per_stock, used, value)


def day_value_free(per_day: int, used: int, value: int, request: Request) -> Denied | None:
    """Deny an order that can wait if it takes the account beyond ``per_day``; ``used`` has gone today, all won."""
    if not _can_wait(request) or used + value <= per_day:
        return None
    return _over("value_day", "계좌 전체의", per_day, used, value)


class Values:
    """What has left through this door today, in won."""

    def __init__(self, limits: DayValues) -> None:
        self._limits = limits
        self._from = self._until = datetime.min.replace(tzinfo=UTC)
        self._total = 0
        self._stocks: dict[Symbol, int] = {}
        self._open: dict[str, int] = {}
        """Orders of today whose answer is awaited, by intent."""

    def deny(self, limits: PriceLimits | None, request: Request, now: Instant) -> Denied | None:
        """Return why ``request`` is too much for its day, or None."""
        if isinstance(request, CancelRequest):
            return None
        value, today = worth(limits, request), self._from <= now.wall < self._until
        stock, total = (self._stocks.get(request.symbol, 0), self._total) if today else (0, 0)
        return stock_value_free(self._limits.per_stock, stock, value, request) or day_value_free(
            self._limits.per_day, total, value, request
        )

    def note(self, limits: PriceLimits | None, request: Request, now: Instant) -> None:
        """Count a request whose bytes leave now."""
        if isinstance(request, CancelRequest):
            return
        self._begin_day(now)
        value = worth(limits, request)
        self._open[request.intent_id] = value
        self._add(request.symbol, value)

    def recall(self, request: Request, value: int, now: Instant) -> None:
        """Count an order of ``value`` won that left today in an earlier life."""
        self._begin_day(now)
        self._add(request.symbol, value)

    def ended(self, request: Request, outcome: Outcome) -> None:
        """Take an order off its day that provably never lived; one without an answer counts in full."""
        if isinstance(request, CancelRequest):
            return
        value = self._open.pop(request.intent_id, 0)
        if outcome.kind in (OutcomeKind.REFUSED, OutcomeKind.NOT_SENT):
            self._add(request.symbol, -value)

    def _begin_day(self, now: Instant) -> None:
        if self._from <= now.wall < self._until:
            return
        self._from, self._until = day_of(now.wall)
        self._total = 0
        self._stocks.clear()
        # An answer after midnight must not be taken off the new day.
        self._open.clear()

    def _add(self, symbol: Symbol, value: int) -> None:
        self._stocks[symbol] = self._stocks.get(symbol, 0) + value
        self._total += value


def _can_wait(request: Request) -> bool:
    return not isinstance(request, CancelRequest) and not protective(request)


def _over(code: str, whose: str, limit: int, used: int, value: int) -> Denied:
    return Denied(
        code, f"{whose} 하루 주문 금액 한도 {limit:,}원을 넘습니다(오늘 보낸 주문 {used:,}원, 이번 주문 {value:,}원)."
    )
