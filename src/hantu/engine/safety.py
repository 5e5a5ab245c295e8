"""What the guard itself finds wrong with the account, and stops for: DEC-3's automatic causes.

Each finding goes through ``switch.breach``: new orders stop, stops go on, a
person is told why. Checks at the order door come in as ``SafetyBreach``.
"""

from typing import Final

from hantu.domain import events as ev
from hantu.domain.account import Balance, BrokerOrder, Side
from hantu.domain.instrument import Symbol
from hantu.domain.order import IntentState
from hantu.engine import switch, unresolved
from hantu.engine.records import Intent
from hantu.engine.turn import Turn

BURST: Final = 10
BURST_S: Final = 300.0
"""So many refusals within so many market seconds are a system that is wrong, not an order that is."""
TWIN_S: Final = 5
"""Two equal orders entered within this many seconds at the broker are one decision sent twice."""
GONE: Final = (IntentState.ABSENT, IntentState.NOT_SENT)
BPS: Final = 10_000


def observed(turn: Turn) -> None:
    """Look at what this turn recorded: refusals, strangers' fills, a new day."""
    work = turn.desk.switch
    for fact in turn.facts:
        if isinstance(fact, ev.OrderRejectedBroker):
            work.refusals.append(turn.now.mono)
        elif isinstance(fact, ev.ForeignFill):
            work.counted[fact.order_no] = work.counted.get(fact.order_no, 0) + fact.quantity
        elif isinstance(fact, ev.KillswitchOn):
            # Whoever set it: a release needs a comparison made after this.
            work.set_mono = turn.now.mono
        elif isinstance(fact, ev.TradingDayBegan):
            work.counted.clear()
            work.twins.clear()
    if len(work.refusals) == BURST and turn.now.mono - work.refusals[0] <= BURST_S:
        count = len(work.refusals)
        # Counted from zero: after a release it takes a new burst.
        work.refusals.clear()
        switch.breach(turn, "rejection_burst", f"5분 안에 주문이 {count}번 거부되었습니다")


def value_day(turn: Turn, balance: Balance) -> None:
    """Record once a day what its loss is counted from; a restart in the afternoon counts on from the morning."""
    if turn.book.day_start is None and turn.book.trade_date == turn.today and balance.equity > 0:
        turn.record(ev.DayStartValued(turn.today, int(balance.equity), _gain(balance)))


def quantities(turn: Turn) -> dict[Symbol, int] | None:
    """Return what the book holds, to be compared with what it holds after a balance.

    None where differences are expected: the first look of a life or of a day has
    seen no list of the orders that moved it.
    """
    work, today = turn.desk.switch, turn.today
    first = not turn.desk.recovered or work.compared_on != today
    work.compared_on = today
    return None if first else _held(turn)


def balanced(turn: Turn, balance: Balance, before: dict[Symbol, int] | None, asked_mono: float) -> None:
    """Judge a balance that was just compared; ``before`` is None where differences are expected (a start)."""
    desk = turn.desk
    _day_loss(turn, balance)
    after = _held(turn)
    moved = {symbol: after.get(symbol, 0) - held for symbol, held in (before or {}).items()}
    moved |= {symbol: held for symbol, held in after.items() if before is not None and symbol not in before}
    changes = {symbol: change for symbol, change in moved.items() if change}
    _first_looks(turn, after, changes)
    if before is not None and not changes:
        desk.switch.clean_mono = max(desk.switch.clean_mono, asked_mono)
    elif before is None:
        desk.switch.clean_mono = asked_mono
        desk.switch.passed_over |= {intent.record.symbol for intent in turn.book.open_intents()}
    for symbol, change in changes.items():
        desk.switch.unexplained[symbol] = desk.switch.unexplained.get(symbol, 0) + change
    if changes:
        desk.switch.unexplained_mono = turn.now.mono
        turn.ask_orders()


def listed(turn: Turn, orders: tuple[BrokerOrder, ...], asked_mono: float) -> None:
    """Hold the list of today's orders against what holdings and intents say."""
    work = turn.desk.switch
    strangers = [
        order for order in orders if not order.is_cancel and turn.book.by_order_no(order.order_no, turn.today) is None
    ]
    if not turn.desk.recovered:
        # What was filled before this life is in the holdings it began with.
        work.counted = {order.order_no: order.filled for order in strangers}
    else:
        _twins(turn, orders, strangers)
    if work.unexplained and asked_mono >= work.unexplained_mono:
        _explain(turn, strangers)


# --- leaves ------------------------------------------------------------------------


def _held(turn: Turn) -> dict[Symbol, int]:
    return {symbol: position.quantity for symbol, position in turn.book.positions.items()}


def _first_looks(turn: Turn, after: dict[Symbol, int], changes: dict[Symbol, int]) -> None:
    """A stock passed over at the start is seen first when its order is over: a difference is expected then, once."""
    desk = turn.desk
    for symbol in sorted(desk.switch.passed_over):
        if turn.book.open_intent(symbol) is not None:
            continue
        if changes.pop(symbol, 0) or desk.listed_held.get(symbol, 0) == after.get(symbol, 0):
            desk.switch.passed_over.discard(symbol)


def _day_loss(turn: Turn, balance: Balance) -> None:
    desk, start = turn.desk, turn.book.day_start
    if start is None:
        return
    result = sum(closed.pnl for closed in turn.book.closed) + _gain(balance) - start.gain
    limit = start.equity * desk.config.day_loss_bps // BPS
    if limit > 0 and -result >= limit and ("breach", "day_loss") not in desk.told:
        desk.told.add(("breach", "day_loss"))
        switch.breach(turn, "day_loss", f"하루 손실 {-result:,}원이 한도 {limit:,}원에 이르렀습니다")


def _gain(balance: Balance) -> int:
    """Unrealised profit of what is held, won; a holding without a price counts as even."""
    return sum(held.price * held.quantity - held.cost for held in balance.holdings if held.price > 0)


def _explain(turn: Turn, strangers: list[BrokerOrder]) -> None:
    """A change of holdings is explained by what strangers' orders filled, or it is not."""
    work = turn.desk.switch
    for symbol, change in list(work.unexplained.items()):
        del work.unexplained[symbol]
        theirs = [order for order in strangers if order.symbol == symbol]
        filled = sum(
            (order.filled - work.counted.get(order.order_no, 0)) * (1 if order.side is Side.BUY else -1)
            for order in theirs
        )
        work.counted |= {order.order_no: order.filled for order in theirs}
        if filled * change <= 0 or abs(filled) < abs(change):
            switch.breach(
                turn, "position_mismatch", f"{symbol} 보유 수량이 {change:+,}주 바뀌었지만 그런 주문이 없습니다"
            )


def _twins(turn: Turn, orders: tuple[BrokerOrder, ...], strangers: list[BrokerOrder]) -> None:
    """An order nobody intended that looks like one of ours: sent twice, or alive though held absent."""
    work = turn.desk.switch
    by_number = {order.order_no: order for order in orders}
    for order in strangers:
        if order.order_no in work.twins or order.rejected > 0 or (order.filled == 0 and order.remaining == 0):
            continue
        for intent in turn.book.intents.values():
            if _alike(turn, intent, order) and _same_moment(turn, intent, order, by_number.get(intent.order_no)):
                work.twins.add(order.order_no)
                what = f"{order.symbol} {order.quantity:,}주 주문 {order.order_no}"
                switch.breach(turn, "duplicate_order", f"{what}: hantu의 주문과 같은데 낸 기록이 없습니다")
                break


def _alike(turn: Turn, intent: Intent, order: BrokerOrder) -> bool:
    record = intent.record
    return (
        record.kind == "order"
        and record.trade_date == turn.today
        and (record.symbol, record.side, record.quantity) == (order.symbol, order.side, order.quantity)
        and order.limit_price in (0, record.limit_price)
        and order.order_no not in record.baseline
    )


def _same_moment(turn: Turn, intent: Intent, order: BrokerOrder, ours: BrokerOrder | None) -> bool:
    if ours is not None:
        times = (ours.ordered_at, order.ordered_at)
        if not all(len(text) == 6 and text.isdigit() for text in times):
            return False
        first, second = (int(text[:2]) * 3600 + int(text[2:4]) * 60 + int(text[4:]) for text in times)
        return abs(first - second) <= TWIN_S
    return intent.state in GONE and unresolved.not_before_sending(turn, intent, order)
