"""May this guard send this now: kill level, lease, account and environment, age of the decision."""

from dataclasses import dataclass, field
from typing import Final

from hantu.adapters.broker.checks.verdict import Denied, Request
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.instant import Instant
from hantu.domain.order import CancelRequest, Purpose
from hantu.kis.environment import EnvironmentName, KisEnvironment

LEASE_MARGIN_S: Final = 4.0
"""Real seconds the lease must last: the answer's timeout and one second."""


@dataclass(frozen=True, slots=True)
class Binding:
    """Environment and account the guard's own records belong to."""

    environment: EnvironmentName
    account: str = field(repr=False)
    """Ten digits."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to act, as last read: fencing number and real seconds it still lasts."""

    epoch: int
    left_s: float


def kill_switch(level: KillLevel, request: Request) -> Denied | None:
    """Deny what the kill level forbids; cancels always pass."""
    if isinstance(request, CancelRequest):
        return None
    if request.purpose is Purpose.FLATTEN and level is not KillLevel.FLATTEN:
        # Called off between decision and socket: the plan ends where it stands.
        return Denied("kill", "전부 정리가 끝났거나 취소되어 보내지 않았습니다.")
    if level is KillLevel.OFF:
        return None
    sell = request.side is Side.SELL
    if level is KillLevel.ACTIVE and sell and request.purpose.protective:
        return None
    if level is KillLevel.FLATTEN and sell and request.purpose is Purpose.FLATTEN:
        return None
    return Denied("kill", f"킬 스위치({level})가 주문을 막았습니다.")


def lease_held(lease: Lease, request: Request) -> Denied | None:
    """Deny a request of another guard's time, or one whose answer the lease would not outlast."""
    if request.epoch != lease.epoch:
        return Denied("epoch", "다른 감시 프로세스가 권한을 넘겨받았습니다.")
    if lease.left_s < LEASE_MARGIN_S:
        return Denied("lease", "주문 권한의 남은 시간이 부족합니다.")
    return None


def bound(binding: Binding, environment: KisEnvironment, request: Request) -> Denied | None:
    """Deny when request, records and keys are not all of one environment and one account.

    The request names both as its intent was decided; the sealed bundle says where
    the bytes would go. A request that names nothing was wired by mistake.
    """
    if not request.environment or request.environment != environment.name or binding.environment != environment.name:
        return Denied("environment", "주문을 결정한 환경과 접속 환경이 다릅니다.")
    keys = environment.credentials
    if not request.account or request.account != keys.alias or binding.account != keys.account:
        return Denied("account", "주문을 결정한 계좌와 접속 계좌가 다릅니다.")
    return None


def timely(request: Request, now: Instant) -> Denied | None:
    """Deny what was held up (a frozen process, a slow disk, a full call budget)."""
    if now.mono > request.not_after:
        return Denied("late", "결정한 지 오래되어 보내지 않았습니다.")
    return None
