"""Inquiries: when they are made, and what their answers mean."""

from hantu.domain.instrument import Symbol
from hantu.domain.session import trading_date
from hantu.engine import (
    acceptance,
    exits,
    fills,
    flatten,
    holdings,
    judge,
    line,
    quiet,
    recovery,
    results,
    safety,
    unresolved,
)
from hantu.engine import inputs as inp
from hantu.engine.decision import ReadBalance, ReadOrders, ReadPrices
from hantu.engine.journey import State
from hantu.engine.turn import Turn

ANSWER_LIMIT_S = 30.0
"""An inquiry that has not come back after this long is asked again."""
READ_BACKOFF_LIMIT = 5
POLL_BATCH = 30
QUIET_BATCH = 10
"""On paper each costs a call of its own, and there may be many quiet stocks."""


def balance_read(turn: Turn, got: inp.BalanceRead) -> None:
    """Compare holdings with the broker's; the broker wins (DEC-21)."""
    desk, reads = turn.desk, turn.desk.reads
    reads.balance_asked = None
    if got.balance is None:
        reads.balance_failures += 1
        reads.balance_due = turn.now.mono + _backoff(turn, reads.balance_failures)
        turn.say("WARNING", f"잔고 조회 실패: {got.error}")
        return
    reads.balance_failures = 0
    reads.balance_read_mono = max(got.asked_mono, reads.balance_read_mono or got.asked_mono)
    desk.equity = got.balance.equity
    if trading_date(turn.now.after(got.asked_mono - turn.now.mono).wall) == trading_date(turn.now.wall):
        fills.expire_earlier_days(turn)
        safety.value_day(turn, got.balance)
    before = safety.quantities(turn)
    differences = holdings.compare(turn, got.balance, got.asked_mono)
    desk.balance_known = True
    safety.balanced(turn, got.balance, before, got.asked_mono)
    flatten.balanced(turn, got.balance, got.asked_mono)
    unresolved.balanced(turn, got.asked_mono)
    _corrections(turn, got.asked_mono)
    recovery.try_complete(turn, differences)


def orders_read(turn: Turn, got: inp.OrdersRead) -> None:
    """Bring every order in line with the broker's list."""
    reads = turn.desk.reads
    reads.orders_asked = None
    if got.orders is None:
        reads.orders_failures += 1
        reads.orders_due = turn.now.mono + _backoff(turn, reads.orders_failures)
        turn.say("WARNING", f"주문 조회 실패: {got.error}")
        return
    reads.orders_failures = 0
    reads.orders_read_mono = max(got.asked_mono, reads.orders_read_mono or got.asked_mono)
    acceptance.check(turn, got.orders)
    fills.listed(turn, got.orders)
    unresolved.listed(turn, got.orders, got.asked_mono)
    safety.listed(turn, got.orders, got.asked_mono)
    recovery.try_complete(turn, ())


def prices_read(turn: Turn, got: inp.PricesRead) -> None:
    """Judge polled prices like traded ones."""
    turn.desk.reads.prices_asked = None
    if got.prices is None:
        turn.say("WARNING", f"현재가 조회 실패: {got.error}")
        return
    turn.desk.line.catch_up_mono = None
    if turn.desk.line.blind_mono is not None:
        turn.desk.line.blind_polls += 1
    for price in got.prices:
        judge.polled(turn, price, got.asked_mono)


def due(turn: Turn) -> None:
    """Ask what is due; never the same twice at once."""
    reads, now = turn.desk.reads, turn.now.mono
    _forget_lost(turn)
    if _reconcile_due(turn):
        turn.ask_balance()
        turn.ask_orders()
    if reads.balance_due is not None and now >= reads.balance_due and reads.balance_asked is None:
        reads.balance_asked, reads.balance_due = now, None
        turn.do(ReadBalance())
    if reads.orders_due is not None and now >= reads.orders_due and reads.orders_asked is None:
        reads.orders_asked, reads.orders_due = now, None
        turn.do(ReadOrders())
    _catch_up(turn)
    _poll(turn)
    _ask_for_quiet(turn)


def next_due(turn: Turn) -> float | None:
    """Return when ``due`` has something to do, or None."""
    reads = turn.desk.reads
    pairs = ((reads.balance_due, reads.balance_asked), (reads.orders_due, reads.orders_asked))
    moments = [due_at for due_at, asked in pairs if due_at is not None and asked is None]
    if reads.prices_asked is None:
        line_due = turn.desk.line.catch_up_mono
        if line_due is not None and _can_catch_up(turn):
            moments.append(line_due)
        if reads.poll_due is not None and _poll_targets(turn)[0]:
            moments.append(reads.poll_due)
        if reads.quiet_due is not None and turn.book.state in quiet.WATCHING:
            moments.append(reads.quiet_due)
    return min(moments, default=None)


# --- leaves ------------------------------------------------------------------------


def _forget_lost(turn: Turn) -> None:
    reads, limit = turn.desk.reads, turn.now.mono - ANSWER_LIMIT_S
    if reads.balance_asked is not None and reads.balance_asked < limit:
        reads.balance_asked, reads.balance_due = None, turn.now.mono
    if reads.orders_asked is not None and reads.orders_asked < limit:
        reads.orders_asked, reads.orders_due = None, turn.now.mono
    if reads.prices_asked is not None and reads.prices_asked < limit:
        reads.prices_asked = None


def _backoff(turn: Turn, failures: int) -> float:
    pace = turn.desk.config.pace
    if (
        turn.book.state is State.IDLE
        and turn.desk.recovered
        and not turn.desk.config.calendar.in_session(turn.now.wall)
    ):
        return pace.cooldown_s
    return pace.read_retry_s * min(failures, READ_BACKOFF_LIMIT)


def _can_catch_up(turn: Turn) -> bool:
    in_session = turn.desk.config.calendar.in_session(turn.now.wall)
    return turn.desk.line.open and in_session and bool(turn.book.positions)


def _catch_up(turn: Turn) -> None:
    """Ask for the prices a gap may have hidden, until an answer comes."""
    reads, line_ = turn.desk.reads, turn.desk.line
    if line_.catch_up_mono is None or turn.now.mono < line_.catch_up_mono or reads.prices_asked is not None:
        return
    if _can_catch_up(turn):
        reads.prices_asked = turn.now.mono
        line_.catch_up_mono = turn.now.mono + turn.desk.config.pace.read_retry_s
        turn.do(ReadPrices(line.nearest_to_stop(turn), urgent=True))


def _reconcile_due(turn: Turn) -> bool:
    reads = turn.desk.reads
    if reads.balance_asked is not None or reads.balance_due is not None:
        return False
    last = reads.balance_read_mono
    watching = turn.book.state in (State.MONITORING, State.MARKET_HALTED, State.SLEEPING)
    return watching and last is not None and turn.now.mono - last >= turn.desk.config.pace.reconcile_every_s


def _poll(turn: Turn) -> None:
    reads, pace = turn.desk.reads, turn.desk.config.pace
    if reads.poll_due is None or turn.now.mono < reads.poll_due or reads.prices_asked is not None:
        return
    symbols, urgent = _poll_targets(turn)
    if not symbols or not turn.desk.config.calendar.in_session(turn.now.wall):
        reads.poll_due = turn.now.mono + pace.blind_poll_every_s
        return
    reads.prices_asked = turn.now.mono
    every = pace.sleep_poll_every_s if turn.book.state is State.SLEEPING else pace.blind_poll_every_s
    reads.poll_due = turn.now.mono + every
    turn.do(ReadPrices(symbols, urgent))


def _ask_for_quiet(turn: Turn) -> None:
    """Ask for held stocks that an open line says nothing of."""
    reads = turn.desk.reads
    due_ = reads.quiet_due is not None and turn.now.mono >= reads.quiet_due and turn.book.state in quiet.WATCHING
    if due_ and reads.prices_asked is None:
        symbols = _batch(turn, quiet.look(turn), QUIET_BATCH)
        if symbols:
            reads.prices_asked = turn.now.mono
            turn.do(ReadPrices(symbols, urgent=False))


def _poll_targets(turn: Turn) -> tuple[tuple[Symbol, ...], bool]:
    """Return the stocks to poll: the held ones when blind, the unstreamed ones otherwise."""
    state, desk = turn.book.state, turn.desk
    blind = state in (State.RECONNECTING, State.CONNECTING, State.SUBSCRIBING) and desk.line.blind_mono is not None
    if blind or state is State.SLEEPING:
        return _batch(turn, line.nearest_to_stop(turn)), True
    if state not in (State.MONITORING, State.MARKET_HALTED):
        return (), False
    # A level that was reached without a sale is looked at again even if nobody trades.
    pending = [symbol for symbol in sorted(desk.pending) if symbol in turn.book.positions]
    symbols = (*pending, *(symbol for symbol in desk.line.polled if symbol not in desk.pending))
    return _batch(turn, symbols), any(symbol in turn.book.positions for symbol in symbols)


def _batch(turn: Turn, symbols: tuple[Symbol, ...], size: int = POLL_BATCH) -> tuple[Symbol, ...]:
    """Return as many as one poll takes: half the most urgent, half those not seen for longest."""
    if len(symbols) <= size:
        return symbols
    first, rest = symbols[: size // 2], symbols[size // 2 :]
    sights = turn.desk.sights
    oldest = sorted(rest, key=lambda symbol: (sights[symbol].seen_mono if symbol in sights else -1e9, symbol))
    return (*first, *oldest[: size - len(first)])


def _corrections(turn: Turn, asked_mono: float) -> None:
    """A sale refused for quantity is sent once more with what is really sellable (DEC-19)."""
    desk = turn.desk
    for symbol, intent_id in list(desk.corrections.items()):
        intent = turn.book.intents[intent_id]
        watch = desk.watches.get(intent_id)
        if watch is not None and asked_mono < watch.recorded_mono:
            continue
        del desk.corrections[symbol]
        desk.rest_until[symbol] = turn.now.mono + desk.config.pace.cooldown_s
        position = turn.book.positions.get(symbol)
        sellable = desk.sellable.get(symbol, 0)
        if position is not None and intent.record.target < sellable < intent.record.quantity:
            desk.foreign_locked[symbol] = max(0, position.quantity - sellable)
            if exits.send_again(turn, intent):
                continue
        results.exit_finished(turn, intent)
