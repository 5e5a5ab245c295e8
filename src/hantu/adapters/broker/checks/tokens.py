"""No order without its token: the door's last look at what a person, or the mandate, has allowed."""

from collections.abc import Callable

from hantu.adapters.broker.checks.verdict import Denied, Request
from hantu.domain.order import CancelRequest, OrderRequest


def token_held(flaw: Callable[[OrderRequest], str], request: Request) -> Denied | None:
    """Deny an order whose token is missing, altered, old, or made for another order.

    A cancel needs none, and a protective sell is never denied here: a stop must
    not wait for a signature (DEC-25). ``flaw`` returns why a token does not
    hold, empty if it does.
    """
    if isinstance(request, CancelRequest) or request.purpose.urgent:
        return None
    problem = flaw(request)
    return Denied("token", f"승인 토큰이 이 주문과 맞지 않습니다({problem}).") if problem else None
