"""The connection's life: open, lost, tried again on fixed offsets, given up.

Tries start 1, 3, 7, 15 and 31 s after a loss (DEC-6). A refused key is renewed
once; maintenance, a second refusal and five failures lead to sleep, which only
a person or the close of the market ends. No loop here can connect more often
than the hourly budget allows: KIS blocks keys that do.
"""

from hantu.domain import events as ev
from hantu.domain.instrument import Symbol
from hantu.domain.session import trading_date
from hantu.engine import registrations
from hantu.engine.decision import CloseFeed, OpenFeed
from hantu.engine.inputs import FeedFailed, FeedFailure
from hantu.engine.journey import State
from hantu.engine.turn import Turn

HOUR_S = 3_600.0
IN_USE_TRIES = 2
FRESH_OPEN_S = 30.0
"""Right after the opening a polled price may still be yesterday's; there is no gap to catch up."""
OPENING_LIMIT_S = 20.0
"""An attempt whose end nobody reported is over: key issue, connecting and closing take less."""
LIVE = (State.CONNECTING, State.SUBSCRIBING, State.MONITORING, State.MARKET_HALTED, State.RECONNECTING)


def connect(turn: Turn, cause: str, *, new_key: bool = False) -> None:
    """Begin one connection attempt, inside the hourly budget."""
    desk, line, now = turn.desk, turn.desk.line, turn.now.mono
    line.connects = [at for at in line.connects if at > now - HOUR_S]
    if len(line.connects) >= desk.config.pace.connects_per_hour:
        _give_up(turn, "connect_budget", f"한 시간 {len(line.connects)}회 접속 한도", len(line.connects))
        return
    line.connects.append(now)
    line.opening, line.opening_mono = True, now
    line.open = False
    line.next_try_mono = None
    turn.move(State.CONNECTING, cause)
    turn.say("INFO", "WebSocket 연결 시도...")
    turn.do(OpenFeed(new_key))


def opened(turn: Turn) -> None:
    """The stream is there: plan and subscribe, and catch up on what was missed."""
    desk, line = turn.desk, turn.desk.line
    if line.open:
        return
    if turn.book.state is not State.CONNECTING:
        turn.do(CloseFeed())
        return
    line.open, line.opening = True, False
    line.limit = desk.config.streams.max_registrations
    for sight in desk.sights.values():
        # After a gap the day's extremes may be old news: judge from fresh prices.
        sight.day_low = sight.day_high = sight.sure_low = sight.sure_high = 0
    turn.say("INFO", f"WebSocket 연결 수립 ({turn.now.mono - line.opening_mono:.1f}초)")
    registrations.plan(turn)
    turn.move(State.SUBSCRIBING, "connected")
    if line.lost_mono is not None:
        turn.ask_orders()
        turn.ask_balance()
    opening = desk.config.calendar.opening(trading_date(turn.now.wall))
    if line.lost_mono is not None or (turn.now.wall - opening).total_seconds() >= FRESH_OPEN_S:
        # After every gap, also that of a restart, prices are asked for before the first trade (DEC-20).
        line.catch_up_mono = turn.now.mono


def nearest_to_stop(turn: Turn) -> tuple[Symbol, ...]:
    """Return held stocks, the one closest to its stop first."""

    def distance(symbol: Symbol) -> float:
        position, price = turn.book.positions[symbol], turn.desk.sight(symbol).price
        return (price - position.stop_price) / price if price else 0.0

    return tuple(sorted(turn.book.positions, key=lambda symbol: (distance(symbol), symbol)))


def subscribed(turn: Turn) -> None:
    """Every granted price is settled: the market is watched from here on."""
    desk, line = turn.desk, turn.desk.line
    if turn.book.state is not State.SUBSCRIBING or not desk.recovered:
        return
    turn.move(State.MONITORING, "subscribed")
    done, total = registrations.prices_done(turn)
    turn.record(ev.SubscribeDone(done))
    if line.lost_mono is not None or turn.book.line_away:
        # Also what a former life, or the time before a sleep, told away: until this is on record people are
        # reminded of a trouble that is over, and what seems to follow from it is not told.
        since = line.lost_mono if line.lost_mono is not None else line.opening_mono
        turn.record(ev.Reconnected(max(1, line.attempt), turn.now.mono - since))
    if not turn.book.started_today:
        turn.record(ev.MonitorStarted(done, total))
    line.lost_mono = None
    line.attempt = 0
    line.key_renewed = False
    line.in_use_seen = 0
    end_blind(turn)
    if turn.book.halts.get(Symbol("")):
        turn.move(State.MARKET_HALTED, "halt holds")
    desk.reads.poll_due = turn.now.mono
    line.watched_mono, line.silent_mono = turn.now.mono, None
    desk.reads.quiet_due = turn.now.mono + desk.config.pace.quiet_poll_after_s


def lost(turn: Turn, reason: str) -> None:
    """An open stream ended without our asking."""
    desk, line, now = turn.desk, turn.desk.line, turn.now.mono
    if not line.open and not line.opening:
        return
    was_opening = line.opening
    line.open = line.opening = False
    line.waiting.clear()
    if turn.book.state not in LIVE:
        return
    if was_opening or turn.book.state is State.RECONNECTING:
        failed(turn, FeedFailed(FeedFailure.NETWORK, reason))
        return
    if line.lost_mono is None:
        line.lost_mono = now
        line.attempt = 0
        _begin_blind(turn)
        turn.record(ev.ConnectionLost(reason, len(turn.book.positions)))
        line.outages = [at for at in line.outages if at > now - desk.config.pace.flapping_window_s]
        line.outages.append(now)
        if len(line.outages) >= desk.config.pace.flapping_outages:
            turn.record(ev.ConnectionFlapping(len(line.outages), desk.config.pace.flapping_window_s))
            line.outages.clear()
    _schedule_try(turn)


def failed(turn: Turn, failure: FeedFailed) -> None:
    """One attempt failed, or the server refused the session."""
    line = turn.desk.line
    line.open = line.opening = False
    line.waiting.clear()
    if turn.book.state not in LIVE:
        return
    if line.lost_mono is None:
        # The first connection of a session fails: the same schedule applies.
        line.lost_mono = turn.now.mono
        _begin_blind(turn)
        if failure.kind is FeedFailure.NETWORK:
            turn.record(ev.ConnectionLost(failure.reason, len(turn.book.positions)))
    if failure.kind is FeedFailure.MAINTENANCE:
        turn.record(ev.ServerMaintenance(failure.reason))
        _sleep(turn, "maintenance", failure.reason)
    elif failure.kind is FeedFailure.AUTH:
        _refused_key(turn, failure)
    elif failure.kind is FeedFailure.IN_USE:
        _in_use(turn, failure)
    else:
        if line.attempt > 0:
            limit = len(turn.desk.config.pace.retry_offsets_s)
            turn.record(ev.ReconnectFailed(line.attempt, limit, failure.reason))
        _schedule_try(turn)


def due(turn: Turn) -> None:
    """Make the next try if its moment has come; begin to watch once all is settled."""
    line = turn.desk.line
    if turn.book.state is State.CONNECTING and turn.now.mono >= line.opening_mono + OPENING_LIMIT_S:
        failed(turn, FeedFailed(FeedFailure.NETWORK, "no answer"))
    if line.lost_mono is not None and turn.book.state in (State.CONNECTING, State.SUBSCRIBING, State.RECONNECTING):
        # The session may open while the line is down.
        _begin_blind(turn)
    if turn.book.state is State.SUBSCRIBING and line.open and registrations.prices_settled(turn):
        subscribed(turn)
    if turn.book.state is State.RECONNECTING and line.next_try_mono is not None:
        if turn.now.mono >= line.next_try_mono:
            line.attempt += 1
            limit = len(turn.desk.config.pace.retry_offsets_s)
            turn.say("WARNING", f"WebSocket 연결 끊김 감지 - 재연결 시도 {line.attempt}/{limit}")
            connect(turn, f"try {line.attempt}/{limit}", new_key=line.key_renewed and line.attempt == 1)


def next_due(turn: Turn) -> float | None:
    """Return when the next try starts, or None."""
    return turn.desk.line.next_try_mono if turn.book.state is State.RECONNECTING else None


def wake(turn: Turn, actor: str) -> None:
    """Leave sleep by a person's wish and connect."""
    line = turn.desk.line
    # A new beginning with a schedule of its own: the old one's offsets have all passed.
    line.lost_mono = None
    line.attempt = 0
    line.in_use_seen = 0
    line.key_renewed = False
    turn.record(ev.SleepLeft(actor))
    connect(turn, f"restart by {actor}")


def _schedule_try(turn: Turn) -> None:
    line, offsets = turn.desk.line, turn.desk.config.pace.retry_offsets_s
    assert line.lost_mono is not None
    turn.move(State.RECONNECTING, "line lost")
    if line.attempt >= len(offsets):
        _give_up(turn, "reconnect_exhausted", f"{line.attempt}회 실패", line.attempt)
        return
    # Fixed offsets from the loss, so that a try that hangs does not move the later ones.
    line.next_try_mono = max(turn.now.mono, line.lost_mono + offsets[line.attempt])


def _refused_key(turn: Turn, failure: FeedFailed) -> None:
    line = turn.desk.line
    if not line.key_renewed:
        line.key_renewed = True
        turn.move(State.RECONNECTING, "key refused")
        connect(turn, "new approval key", new_key=True)
        return
    turn.record(ev.AuthFailed(failure.code, failure.reason))
    _sleep(turn, "auth_failed", failure.reason)


def _in_use(turn: Turn, failure: FeedFailed) -> None:
    """Another program holds the session, or KIS still holds our dead one; no loop."""
    line = turn.desk.line
    line.in_use_seen += 1
    turn.record_once(("in_use",), ev.SessionInUse(failure.code))
    if line.in_use_seen >= IN_USE_TRIES:
        _sleep(turn, "session_in_use", failure.code)
        return
    turn.move(State.RECONNECTING, "session in use")
    line.attempt = max(0, line.attempt - 1)
    line.next_try_mono = turn.now.mono + turn.desk.config.pace.in_use_wait_s


def _give_up(turn: Turn, cause: str, detail: str, attempts: int) -> None:
    """Tell a person that nothing is tried any more, and sleep."""
    turn.record(
        ev.ReconnectExhausted(attempts, turn.stamp, len(turn.book.positions), turn.desk.config.sell_while_sleeping)
    )
    _sleep(turn, cause, detail)


def _sleep(turn: Turn, cause: str, detail: str) -> None:
    line = turn.desk.line
    line.open = line.opening = False
    line.next_try_mono = None
    if turn.book.state is State.IDLE:
        turn.move(State.CONNECTING, cause)
    if turn.book.state in (State.SUBSCRIBING, State.MONITORING, State.MARKET_HALTED):
        turn.do(CloseFeed())
        turn.move(State.RECONNECTING, cause)
    turn.move(State.SLEEPING, cause)
    turn.record(ev.SleepEntered(f"{cause}: {detail}"))
    turn.desk.reads.poll_due = turn.now.mono


def _begin_blind(turn: Turn) -> None:
    line = turn.desk.line
    if line.blind_mono is None and turn.desk.config.calendar.in_session(turn.now.wall):
        line.blind_mono = turn.now.mono
        line.blind_polls = 0
        due = turn.now.mono + turn.desk.config.pace.blind_poll_after_s
        turn.desk.reads.poll_due = min(due, turn.desk.reads.poll_due or due)


def end_blind(turn: Turn) -> None:
    line = turn.desk.line
    if line.blind_mono is None:
        return
    blind_s = turn.now.mono - line.blind_mono
    line.blind_mono = None
    if turn.book.positions:
        turn.record(ev.BlindPeriodEnded(round(blind_s, 3), line.blind_polls))
