"""Whether every call the guard makes has a transaction id that this environment's server knows."""

from hantu.adapters.checklist.items import Item, Result
from hantu.kis import endpoints
from hantu.kis.endpoints import Endpoint
from hantu.settings.checklist.round import Round

NEEDED: tuple[tuple[Endpoint, ...], ...] = (
    (endpoints.ORDER_SELL,),
    (endpoints.ORDER_BUY,),
    (endpoints.ORDER_REVISE,),
    (endpoints.BALANCE,),
    (endpoints.DAILY_ORDERS,),
    (endpoints.MULTI_PRICE, endpoints.PRICE),
)
"""Calls without which nobody guards; one of each group must be offered."""


def tr_ids(going: Round) -> Item:
    """Return the ids that would be sent; one that is missing, outdated or of the other host fails."""
    paper = going.settings.environment == "paper"
    shown, wrong = [], []
    for group in NEEDED:
        found = [(one, one.paper if paper else one.real) for one in group]
        offered = next(((one, tr_id) for one, tr_id in found if tr_id), None)
        if offered is None:
            wrong.append(f"{group[0].name} 없음")
            continue
        one, tr_id = offered
        shown.append(f"{one.name} {tr_id}")
        route = endpoints.ROUTES.get((one.path, tr_id))
        if route is None or route.older or not (route.paper if paper else route.real):
            wrong.append(f"{one.name} {tr_id} 은(는) 이 서버의 것이 아님")
    value = f"{len(shown)}개" if not wrong else ", ".join(wrong)
    return Item(
        "tr_ids",
        "거래 ID(TR)",
        Result.FAIL if wrong else Result.OK,
        value,
        "docs/kis/rest.md",
        ", ".join(shown),
        len(shown),
    )
