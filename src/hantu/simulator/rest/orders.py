"""Orders, amends and cancels over REST."""

from hantu.domain.account import Side
from hantu.domain.instrument import Symbol
from hantu.kis.endpoints import ORDER_SELL, Lane
from hantu.kis.orders import MalformedBody, order_output, parse_order, parse_revise
from hantu.kis.rest import render_success
from hantu.simulator.gateway import Gateway
from hantu.simulator.model import Accepted, NewOrder, Refused, Revision
from hantu.simulator.rest.replies import Call, Reply, failure

ORDERED = "APBK0013"
PAPER_BOUGHT = "40600000"
PAPER_SOLD = "40590000"
PAPER_AMENDED = "40620000"
PAPER_CANCELED = "40630000"
BAD_BODY = "IGW00007"


def place(gateway: Gateway, call: Call) -> Reply:
    """Hand a cash order to the exchange."""
    selling = call.endpoint is ORDER_SELL
    try:
        order = parse_order(call.fields, Side.SELL if selling else Side.BUY, older=call.older)
    except MalformedBody as error:
        return _malformed(gateway, call, error)
    account = order.account_no + order.product_code
    answer = gateway.exchange.submit(
        NewOrder(
            account=account,
            symbol=Symbol(order.symbol),
            side=order.side,
            order_type=order.order_type,
            quantity=order.quantity,
            price=order.price,
            venue=order.venue,
            sell_type=order.sell_type,
            condition_price=order.condition_price,
        ),
        gateway.wall(),
    )
    return _ordered(answer, PAPER_SOLD if selling else PAPER_BOUGHT, paper=gateway.paper)


def revise(gateway: Gateway, call: Call) -> Reply:
    """Hand an amend or a cancel to the exchange."""
    try:
        wish = parse_revise(call.fields)
    except MalformedBody as error:
        return _malformed(gateway, call, error)
    account = wish.account_no + wish.product_code
    answer = gateway.exchange.revise(
        Revision(
            account=account,
            original_order_no=wish.original_order_no,
            cancel=wish.cancel,
            quantity=wish.quantity,
            price=wish.price,
            all_remaining=wish.all_remaining,
            order_type=wish.order_type,
            venue=wish.venue,
        ),
        gateway.wall(),
    )
    return _ordered(answer, PAPER_CANCELED if wish.cancel else PAPER_AMENDED, paper=gateway.paper)


def is_order(call: Call) -> bool:
    """Tell whether a call changes something at the exchange."""
    return call.endpoint.lane is Lane.EXIT


def _ordered(answer: Accepted | Refused, paper_code: str, *, paper: bool) -> Reply:
    if isinstance(answer, Refused):
        return failure(answer.code, answer.message, answer.rt_cd)
    code = paper_code if paper else ORDERED
    output = order_output(answer.branch_no, answer.order_no, answer.ordered_at)
    return Reply(200, render_success(code, ledger=True, output=output), code, order_no=answer.order_no)


def _malformed(gateway: Gateway, call: Call, error: MalformedBody) -> Reply:
    gateway.note("malformed_body", str(error), tr_id=call.tr_id)
    return failure(BAD_BODY)
