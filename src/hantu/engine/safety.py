"""What the guard itself finds wrong with the account, and stops for: DEC-3's automatic causes.

Each finding goes through ``switch.breach``: new orders stop, stops go on, a
person is told why. Checks at the order door come in as ``SafetyBreach``.
"""

from datetime import datetime
from typing import Final

from hantu.domain import events as ev
from hantu.domain.account import Balance, BrokerOrder
from hantu.domain.instrument import Symbol
from hantu.domain.order import IntentState
from hantu.domain.session import from_korean_clock
from hantu.engine import switch, tally, unresolved
from hantu.engine.records import Intent
from hantu.engine.turn import Tally, Turn

BURST: Final = 10
BURST_S: Final = 300.0
"""So many refusals within so many market seconds are a system that is wrong, not an order that is."""
TWIN_S: Final = 5
"""Two equal orders entered within this many seconds at the broker are one decision sent twice."""
GONE: Final = (IntentState.ABSENT, IntentState.NOT_SENT)
IN_DOUBT: Final = (IntentState.SENDING, IntentState.UNKNOWN, IntentState.ESCALATED)
BPS: Final = 10_000


def observed(turn: Turn) -> None:
    """Look at what this turn recorded: refusals, a switch that was set, a new day."""
    work = turn.desk.switch
    for fact in turn.facts:
        if isinstance(fact, ev.OrderRejectedBroker):
            work.refusals.append(turn.now.mono)
        elif isinstance(fact, ev.KillswitchOn):
            # Whoever set it: a release needs a comparison made after this.
            work.set_mono = turn.now.mono
        elif isinstance(fact, ev.TradingDayBegan):
            work.twins.clear()
            work.tally = Tally()
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
    work = turn.desk.switch
    _day_loss(turn, balance)
    if before is None:
        work.clean_mono = asked_mono
    elif before == _held(turn):
        work.clean_mono = max(work.clean_mono, asked_mono)
    if work.tally.waiting:
        turn.ask_orders()


def listed(turn: Turn, orders: tuple[BrokerOrder, ...], asked_mono: float) -> None:
    """Hold the list of today's orders against what holdings and intents say."""
    if turn.desk.recovered:
        _twins(turn, orders)
    tally.count(turn, orders, asked_mono)


# --- leaves ------------------------------------------------------------------------


def _held(turn: Turn) -> dict[Symbol, int]:
    return {symbol: position.quantity for symbol, position in turn.book.positions.items()}


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


def _twins(turn: Turn, orders: tuple[BrokerOrder, ...]) -> None:
    """An order nobody intended that looks like one of ours: sent twice, or alive though held absent."""
    work = turn.desk.switch
    by_number = {order.order_no: order for order in orders}
    for order in orders:
        if order.is_cancel or turn.book.by_order_no(order.order_no, turn.today) is not None:
            continue
        if order.order_no in work.twins or order.rejected > 0 or (order.filled == 0 and order.remaining == 0):
            continue
        if any(intent.state in IN_DOUBT and _alike(turn, intent, order) for intent in turn.book.open_intents()):
            continue  # listed before its answer came: it is that one's until shown otherwise
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
    if intent.state is IntentState.REFUSED:
        # A person who reads of the refusal and sells the same by hand takes longer.
        return _soon_after(turn, intent, order)
    return intent.state in GONE and unresolved.not_before_sending(turn, intent, order)


def _soon_after(turn: Turn, intent: Intent, order: BrokerOrder) -> bool:
    """Whether the broker took the order about when ours was sent, as far as two clocks agree."""
    try:
        ordered = from_korean_clock(order.ordered_at, turn.now.wall)
        sent = datetime.strptime(f"{intent.sent_at}+0000", "%Y-%m-%d %H:%M:%S.%f%z")
    except ValueError:
        return False
    return abs((ordered - sent).total_seconds()) <= unresolved.CLOCK_SKEW_S
