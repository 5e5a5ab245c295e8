"""What every check says: nothing, or why a request does not go."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from hantu.domain.account import Side
from hantu.domain.order import CancelRequest, OrderRequest, Outcome, OutcomeKind

Request: TypeAlias = OrderRequest | CancelRequest
RETRYABLE: Final = frozenset({"late", "rate"})
"""What came too late, or met a full second, may be decided anew at the present price; every other denial stands."""


@dataclass(frozen=True, slots=True)
class Denied:
    """Why a request does not go; ``code`` for programs, ``reason`` for people."""

    code: str
    reason: str

    def outcome(self) -> Outcome:
        """Return the outcome of a request that was denied: nothing was sent."""
        return Outcome(
            OutcomeKind.NOT_SENT,
            code=f"denied:{self.code}",
            message=self.reason,
            retryable=self.code in RETRYABLE,
        )


def protective(order: OrderRequest) -> bool:
    """Tell whether an order cuts a loss; a target or a person's order can wait, this cannot."""
    return order.side is Side.SELL and order.purpose.urgent
