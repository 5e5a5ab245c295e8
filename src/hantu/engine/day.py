"""The trading day: opening by schedule, halts, close, summary.

At the close everything is given back, open orders get a last inquiry, the
day's result is recorded, and the session waits for the next opening. A close
during sleep or a halt ends the day in the same way.
"""

from datetime import datetime

from hantu.domain import events as ev
from hantu.domain.instrument import Symbol
from hantu.domain.market import MarketOperation, OperationKind
from hantu.domain.order import IntentState
from hantu.domain.session import Phase, trading_date
from hantu.engine import fills, line, outliers, registrations, results
from hantu.engine.decision import CloseFeed, ReadRanges
from hantu.engine.journey import State
from hantu.engine.records import Intent
from hantu.engine.turn import Turn

MARKET = Symbol("")
PREPARE_S = 600.0
BY_PERSON = ("manual", "acceptance")
"""Sources of halts that only a person ends."""
"""How long before the opening average true ranges are read."""


def due(turn: Turn) -> None:
    """Open and close by the calendar."""
    desk, book = turn.desk, turn.book
    calendar, wall = desk.config.calendar, turn.now.wall
    phase = calendar.phase(wall)
    today = f"{trading_date(wall):%Y-%m-%d}"
    if book.trade_date != today and book.state is not State.UNSUBSCRIBING:
        # Started by hand outside the hours: from the next session, or date, on the calendar rules again.
        desk.held_open = False
        _begin_date(turn, today)
    if book.state is State.IDLE:
        _prepare(turn, phase, today)
        _look_at_leftovers(turn, phase)
        _make_up_summary(turn, phase)
        if phase in (Phase.CONTINUOUS, Phase.CLOSING_AUCTION) and _may_open(turn, today):
            open_day(turn, "schedule")
    elif book.state is State.UNSUBSCRIBING:
        _finish(turn)
    elif phase in (Phase.AFTER_CLOSE, Phase.CLOSED_DAY) and not desk.held_open:
        close_day(turn, "market close")


def open_day(turn: Turn, cause: str) -> None:
    """Begin a session: connect, and compare holdings anew."""
    desk = turn.desk
    desk.opened_on = f"{trading_date(turn.now.wall):%Y-%m-%d}"
    desk.closing = desk.day_over = False
    desk.start_asked = ""
    desk.held_open = desk.config.calendar.phase(turn.now.wall) in (Phase.AFTER_CLOSE, Phase.CLOSED_DAY)
    desk.line.lost_mono = None
    desk.line.attempt = 0
    desk.line.key_renewed = False
    desk.line.in_use_seen = 0
    if desk.reads.balance_read_mono is None or turn.now.mono - desk.reads.balance_read_mono > desk.config.pace.settle_s:
        turn.ask_balance()
    line.connect(turn, cause)


def close_day(turn: Turn, cause: str) -> None:
    """Begin the orderly end of a session."""
    desk = turn.desk
    if turn.book.state in (State.IDLE, State.UNSUBSCRIBING):
        return
    if cause == "market close":
        turn.say("INFO", "장 마감 - 모든 구독 해제 중")
    desk.closing = True
    desk.day_over = cause in ("market close", "early close")
    line.end_blind(turn)
    turn.move(State.UNSUBSCRIBING, cause)
    desk.line.next_try_mono = None
    registrations.release_all(turn)
    turn.ask_orders()
    turn.ask_balance()
    desk.close_deadline = turn.now.mono + desk.config.pace.last_look_s
    desk.close_started = turn.now.mono
    if not desk.line.open:
        _finish(turn)


def stop(turn: Turn, actor: str) -> None:
    """Stop by a person's wish; what is still open at the broker is reported."""
    open_orders = sum(1 for intent in turn.book.open_intents() if intent.record.kind == "order")
    turn.record(ev.MonitorStopped(actor, open_orders))
    turn.desk.start_asked = ""
    if turn.book.state is not State.IDLE:
        close_day(turn, f"stop by {actor}")


def operation(turn: Turn, message: MarketOperation) -> None:
    """Take a market-operation message in."""
    kind, symbol = message.kind, MARKET if message.market_wide else message.symbol
    if kind is OperationKind.HALT:
        halt(turn, symbol, "stream", message.code)
    elif kind is OperationKind.VI_ON:
        halt(turn, message.symbol, "vi", message.code)
    elif kind is OperationKind.RESUME:
        resume(turn, symbol, "stream", message.code)
    elif kind is OperationKind.VI_OFF:
        resume(turn, message.symbol, "vi", message.code)
    elif kind is OperationKind.EARLY_CLOSE and turn.book.halts.get(MARKET) is not None:
        close_day(turn, "early close")


def halt(turn: Turn, symbol: Symbol, source: str, code: str) -> None:
    """Pause orders of a stock, or of the market; receiving goes on."""
    before = turn.book.halts.get(symbol)
    if before is not None and (before.source in BY_PERSON or source not in BY_PERSON):
        return
    turn.desk.halted_at[symbol] = turn.now
    outliers.gap(turn, symbol)
    turn.record(ev.MarketHalted(symbol, _name(turn, symbol), source, code))
    if symbol == MARKET and turn.book.state is State.MONITORING:
        turn.move(State.MARKET_HALTED, f"halt {code}")


def resume(turn: Turn, symbol: Symbol, source: str, code: str) -> None:
    """End a pause; what was held is judged anew on the next fresh price."""
    before = turn.book.halts.get(symbol)
    if before is None or (before.source in BY_PERSON and source != "manual"):
        return
    turn.record(ev.MarketResumed(symbol, before.name, source, code))
    turn.desk.halted_at.pop(symbol, None)
    outliers.gap(turn, symbol)
    turn.forget("held")
    if symbol == MARKET and turn.book.state is State.MARKET_HALTED:
        turn.move(State.MONITORING, f"resume {code}")


def next_due(turn: Turn) -> float | None:
    """Return the monotonic moment of the next opening or close, or None."""
    desk, wall = turn.desk, turn.now.wall
    pace = desk.config.pace
    if turn.book.state is State.UNSUBSCRIBING:
        start = desk.close_started
        stages = (start + pace.settle_s, start + pace.last_look_s, start + 3 * pace.last_look_s)
        return min((moment for moment in stages if moment > turn.now.mono), default=None)
    if turn.book.state is State.IDLE:
        return turn.now.mono + _seconds(wall, desk.config.calendar.next_opening(wall))
    left_s = _seconds(wall, desk.config.calendar.closing(trading_date(wall)))
    return turn.now.mono + left_s if left_s > 0 else None


# --- leaves ------------------------------------------------------------------------


def _begin_date(turn: Turn, today: str) -> None:
    desk, state = turn.desk, turn.book.state
    if turn.book.started_today and not turn.book.summary_sent:
        # Nobody closed the day: the machine slept through it, or a session begun by hand in the evening goes on.
        turn.record(results.day_summary(turn, _next_opening(turn)))
    turn.record(ev.TradingDayBegan(today))
    if state is State.MARKET_HALTED:
        turn.move(State.MONITORING, "new date")
    desk.opened_on = "" if state is State.IDLE else today
    desk.told.clear()
    desk.marked.clear()
    for per_day in (desk.add_buy_armed, desk.retries, desk.corrections, desk.cancel_rest, desk.halted_at):
        per_day.clear()
    desk.pending.clear()
    desk.notices_seen.clear()
    desk.orphans.clear()
    desk.known_orders.clear()
    desk.foreign_locked.clear()
    kept = desk.book.intents
    desk.watches = {key: watch for key, watch in desk.watches.items() if key in kept}


def _look_at_leftovers(turn: Turn, phase: Phase) -> None:
    """An order still open after the close, once the session is gone, ends with a look at the list."""
    desk, reads = turn.desk, turn.desk.reads
    if phase is not Phase.AFTER_CLOSE or not desk.recovered:
        return
    left = _working(turn)
    if not left:
        return
    closed_s = -_seconds(turn.now.wall, desk.config.calendar.closing(trading_date(turn.now.wall)))
    looked_s = turn.now.mono - (reads.orders_read_mono or -1e9)
    if looked_s <= closed_s - desk.config.pace.settle_s:
        _expire(turn)
    elif reads.orders_asked is None and reads.orders_due is None:
        turn.ask_orders(max(0.0, desk.config.pace.settle_s - closed_s))


def _make_up_summary(turn: Turn, phase: Phase) -> None:
    """A process that was away at the close tells the day's result when it is back that evening."""
    book = turn.book
    if phase is not Phase.AFTER_CLOSE or not turn.desk.recovered or not book.started_today or book.summary_sent:
        return
    if not _working(turn):
        turn.record(results.day_summary(turn, _next_opening(turn)))


def _working(turn: Turn) -> list[Intent]:
    states = (IntentState.WORKING, IntentState.PARTIAL)
    return [i for i in turn.book.open_intents() if i.record.kind == "order" and i.state in states]


def _may_open(turn: Turn, today: str) -> bool:
    desk = turn.desk
    return desk.config.scheduled and desk.recovered and desk.opened_on != today and not turn.book.stopped


def _prepare(turn: Turn, phase: Phase, today: str) -> None:
    desk = turn.desk
    if phase is not Phase.BEFORE_OPEN or not desk.recovered or not turn.book.positions:
        return
    opening = desk.config.calendar.opening(trading_date(turn.now.wall))
    if _seconds(turn.now.wall, opening) > PREPARE_S:
        return
    symbols = tuple(
        symbol for symbol in sorted(turn.book.positions) if getattr(desk.config.rule_for(symbol), "kind", "") == "atr"
    )
    if not symbols or ("ranges", today) in desk.told:
        return
    desk.told.add(("ranges", today))
    periods: dict[int, list[Symbol]] = {}
    for symbol in symbols:
        rule = desk.config.rule_for(symbol)
        periods.setdefault(rule.atr_period if rule else 14, []).append(symbol)
    for period, group in periods.items():
        turn.do(ReadRanges(tuple(group), period))


def _finish(turn: Turn) -> None:
    """End the day once everything is given back and the last looks are in."""
    desk, reads = turn.desk, turn.desk.reads
    if _working(turn):
        # Fills of the closing auction reach the list some seconds after the close.
        started = desk.close_started + desk.config.pace.settle_s
        if turn.now.mono >= started > (reads.orders_read_mono or -1e9) and reads.orders_asked is None:
            turn.ask_orders()
        looked = (reads.orders_read_mono or -1e9) >= started
    else:
        started = desk.close_started
        looked = (reads.orders_read_mono or -1e9) >= started and (reads.balance_read_mono or -1e9) >= started
    released = not desk.line.open or not (desk.line.releasing or desk.line.waiting)
    late = desk.close_deadline is not None and turn.now.mono >= desk.close_deadline
    if late and not desk.line.open:
        released = True
    very_late = (
        desk.close_deadline is not None and turn.now.mono >= desk.close_deadline + 2 * desk.config.pace.last_look_s
    )
    if not (released and (looked or late)) and not very_late:
        return
    session_over = desk.day_over or desk.config.calendar.phase(turn.now.wall) in (Phase.AFTER_CLOSE, Phase.CLOSED_DAY)
    stamp = _next_opening(turn)
    if session_over and looked:
        _expire(turn)
    if (session_over or turn.book.stopped) and not turn.book.summary_sent:
        turn.record(results.day_summary(turn, stamp))
    if desk.line.open:
        turn.do(CloseFeed())
        desk.line.open = False
    desk.line.active.clear()
    desk.line.lost_mono = None
    desk.sights.clear()
    desk.doubts.clear()
    desk.buffer.clear()
    desk.closing = False
    desk.close_deadline = None
    turn.move(State.IDLE, "day ended" if session_over else "stopped")
    turn.record(ev.MonitorFinished(stamp, turn.book.stopped))
    if desk.start_asked:
        open_day(turn, f"start by {desk.start_asked}")


def _expire(turn: Turn) -> None:
    """Day orders end with the day; a doubt does not."""
    for intent in turn.book.open_intents():
        record = intent.record
        if record.kind == "order" and intent.state in (IntentState.WORKING, IntentState.PARTIAL):
            fills.expire(turn, intent)
        elif record.kind == "order" and intent.state is IntentState.UNKNOWN:
            turn.record(ev.OrderEscalated(record.intent_id, record.symbol, record.name, "미확인 상태로 장 마감"))


def _next_opening(turn: Turn) -> str:
    return turn.desk.config.calendar.next_opening(turn.now.wall).strftime("%Y-%m-%d %H:%M:%S.%f")


def _name(turn: Turn, symbol: Symbol) -> str:
    position, item = turn.book.positions.get(symbol), turn.desk.watchlist.get(symbol)
    return position.name if position else item.name if item else ""


def _seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()
