"""Has this order gone already: the same intent, the same content, too often in an hour.

The memory is that of the process; across restarts the durable intents decide.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from hantu.adapters.broker.checks.verdict import Denied, Request
from hantu.domain.instant import Instant
from hantu.domain.order import CancelRequest, OrderRequest, Outcome, OutcomeKind

HOUR_S: Final = 3_600.0
SENT_KEPT: Final = 10_000
"""Intents remembered against sending one twice; more than a day can hold."""
Fingerprint: TypeAlias = tuple[str, str, str, int, int]


@dataclass(frozen=True, slots=True)
class Repeats:
    """How soon the same order, and how often orders of one stock and side, may go again."""

    window_s: float = 60.0
    """Market seconds in which an order like an earlier one is taken for its double."""
    per_hour: int = 10
    """Orders of one stock and side that were not refused, in any market hour."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An order that left and was not refused since; monotonic market seconds."""

    intent_id: str
    mono: float


def fingerprint_of(order: OrderRequest) -> Fingerprint:
    """Return what makes two orders look the same to the broker."""
    return order.account, order.symbol, order.side.value, order.quantity, order.limit_price


def sent_once(seen: bool, request: Request) -> Denied | None:
    """Deny an intent whose bytes left before."""
    return Denied("repeated", f"이미 전송한 주문입니다({request.intent_id}).") if seen else None


def duplicate(repeats: Repeats, earlier: Attempt | None, request: Request, now: Instant) -> Denied | None:
    """Deny the double of an order that left within the window and may live.

    The engine's own second attempt says which order it ``replaces``: one whose
    end is confirmed. Naming any other does not help.
    """
    if isinstance(request, CancelRequest) or earlier is None or now.mono - earlier.mono >= repeats.window_s:
        return None
    if request.replaces == earlier.intent_id:
        return None
    return Denied("duplicate", f"{repeats.window_s:g}초 안에 같은 주문을 이미 보냈습니다({earlier.intent_id}).")


def not_too_often(repeats: Repeats, in_last_hour: int, request: Request) -> Denied | None:
    """Deny one order more of a stock and side than an hour may have."""
    if isinstance(request, CancelRequest) or in_last_hour < repeats.per_hour:
        return None
    return Denied("repeats_hour", f"한 시간에 {repeats.per_hour}건을 넘는 같은 종목의 주문입니다.")


class Memory:
    """What has left through this door, as far as the three checks need it."""

    def __init__(self, repeats: Repeats) -> None:
        self._repeats = repeats
        self._sent: dict[str, None] = {}
        self._alike: dict[Fingerprint, Attempt] = {}
        self._hour: dict[tuple[str, str], dict[str, float]] = {}

    def deny(self, request: Request, now: Instant) -> Denied | None:
        """Return why ``request`` looks like a repetition, or None."""
        denied = sent_once(request.intent_id in self._sent, request)
        if denied is not None or isinstance(request, CancelRequest):
            return denied
        return duplicate(self._repeats, self._alike.get(fingerprint_of(request)), request, now) or not_too_often(
            self._repeats, self._in_last_hour(request, now), request
        )

    def note(self, request: Request, now: Instant) -> None:
        """Remember a request whose bytes leave now."""
        self.recall(request)
        if isinstance(request, CancelRequest):
            return
        key = fingerprint_of(request)
        self._alike.pop(key, None)
        self._alike[key] = Attempt(request.intent_id, now.mono)
        while self._alike:
            oldest = next(iter(self._alike))
            if now.mono - self._alike[oldest].mono < self._repeats.window_s:
                break
            del self._alike[oldest]
        self._hour.setdefault((request.symbol, request.side.value), {})[request.intent_id] = now.mono

    def recall(self, request: Request) -> None:
        """Remember that an intent's bytes have left, in this life or an earlier one of the day."""
        self._sent[request.intent_id] = None
        if len(self._sent) > SENT_KEPT:
            del self._sent[next(iter(self._sent))]

    def ended(self, request: Request, outcome: Outcome) -> None:
        """Forget an order that provably never lived; one without an answer may live."""
        if isinstance(request, CancelRequest) or outcome.kind not in (OutcomeKind.REFUSED, OutcomeKind.NOT_SENT):
            return
        key = fingerprint_of(request)
        earlier = self._alike.get(key)
        if earlier is not None and earlier.intent_id == request.intent_id:
            del self._alike[key]
        self._hour.get((request.symbol, request.side.value), {}).pop(request.intent_id, None)

    def _in_last_hour(self, order: OrderRequest, now: Instant) -> int:
        times = self._hour.get((order.symbol, order.side.value))
        if not times:
            return 0
        while times:
            oldest = next(iter(times))
            if now.mono - times[oldest] < HOUR_S:
                break
            del times[oldest]
        return len(times)
