"""Is the order the broker lists the one that was sent? Asked once of every order, when its number is first listed.

A difference means that somebody else's order, or a mangled one, carries our
number: nothing more is ordered in that stock until a person looked.
Source: reliability protocol, step S8.
"""

from hantu.domain import events as ev
from hantu.domain.account import BrokerOrder, Side
from hantu.engine import day
from hantu.engine.turn import Turn, Watch

SOURCE = "acceptance"


def check(turn: Turn, orders: tuple[BrokerOrder, ...]) -> None:
    """Compare each order of ours that is listed for the first time with what its intent says."""
    for order in orders:
        intent = None if order.is_cancel else turn.book.by_order_no(order.order_no, turn.today)
        if intent is None or not intent.open:
            continue
        record = intent.record
        watch = turn.desk.watches.setdefault(record.intent_id, Watch(turn.now.mono))
        if watch.compared:
            continue
        watch.compared = True
        sent = _line(record.symbol, record.side, record.quantity, record.limit_price)
        listed = _line(order.symbol, order.side, order.quantity, order.limit_price)
        if sent != listed:
            turn.record(
                ev.AcceptanceMismatch(record.intent_id, record.symbol, record.name, order.order_no, sent, listed)
            )
            day.halt(turn, record.symbol, SOURCE, order.order_no)


def _line(symbol: str, side: Side, quantity: int, price: int) -> str:
    return f"{symbol} {'매도' if side is Side.SELL else '매수'} {quantity:,}주 @ {price:,}원"
