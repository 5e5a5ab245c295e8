"""Has the day lost so much that nothing may be bought any more."""

from dataclasses import dataclass
from typing import Final

from hantu.adapters.broker.checks.verdict import Denied, Request
from hantu.domain.account import Side
from hantu.domain.order import CancelRequest

_BPS: Final = 10_000


@dataclass(frozen=True, slots=True)
class DayResult:
    """Worth of the account (realised and unrealised) at the day's start and now, won."""

    start: int
    now: int


def day_lost(limit_bps: int, result: DayResult | None) -> str | None:
    """Return in words that the day's loss reached ``limit_bps`` of the start; None below, or when it is not known."""
    if result is None or result.start <= 0:
        return None
    loss = result.start - result.now
    if loss * _BPS < result.start * limit_bps:
        return None
    return f"오늘 손실 {loss:,}원이 한도 {limit_bps / 100:g}%에 이르렀습니다."


def loss_bearable(limit_bps: int, result: DayResult | None, request: Request) -> Denied | None:
    """Deny a buy once the day's loss reached its limit, or while it is not known; never a sell or a cancel."""
    if isinstance(request, CancelRequest) or request.side is Side.SELL:
        return None
    if result is None or result.start <= 0:
        return Denied("day_result", "오늘의 손익을 아직 모릅니다.")
    lost = day_lost(limit_bps, result)
    return Denied("day_loss", lost) if lost else None
