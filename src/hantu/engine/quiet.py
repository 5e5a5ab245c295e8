"""An open line that says nothing: held stocks it is silent about are asked for, and what it withholds proves it dead.

A server, or what stands before it, may answer pings and send no prices: the socket looks alive while a stop is
passed. Held stocks without a price for a while are asked for over REST. When the market trades a stock, as its
shares of the day tell twice, and the line has told of no trade of any stock meanwhile, the line is dropped.
"""

from hantu.domain.instrument import Symbol
from hantu.engine import line
from hantu.engine.decision import CloseFeed
from hantu.engine.journey import State
from hantu.engine.turn import Turn

PROOF_S = 10.0
"""A trade that the line has not told of for so long is not on its way any more."""
WATCHING = (State.MONITORING, State.MARKET_HALTED)
SILENT = "연결은 있으나 시세가 오지 않음"


def look(turn: Turn) -> tuple[Symbol, ...]:
    """Return the held stocks nothing was heard of, the nearest to its stop first, and plan the next look."""
    desk, now, after_s = turn.desk, turn.now.mono, turn.desk.config.pace.quiet_poll_after_s
    desk.reads.quiet_due = now + after_s
    if not desk.config.calendar.in_session(turn.now.wall):
        return ()
    due = {symbol: desk.sight(symbol).seen_mono + after_s for symbol in line.nearest_to_stop(turn)}
    silent = tuple(symbol for symbol, at in due.items() if at <= now)
    desk.reads.quiet_due = min([now + after_s, *(at for at in due.values() if at > now)])
    return silent


def withheld(turn: Turn, symbol: Symbol, since_mono: float, asked_mono: float) -> None:
    """Take in that a stock was traded after ``since_mono``, and drop a line that keeps silent about it."""
    desk, line_ = turn.desk, turn.desk.line
    told_of = (desk.config.streams.trade_tr, symbol) in line_.active
    if turn.book.state not in WATCHING or not told_of or since_mono < line_.watched_mono:
        return
    heard = max(sight.streamed_mono for sight in desk.sights.values())
    if heard >= since_mono:
        line_.silent_mono = None
    elif line_.silent_mono is None or heard >= line_.silent_mono:
        # It may be on its way still, as the one before was.
        line_.silent_mono = asked_mono
    elif asked_mono - line_.silent_mono >= PROOF_S:
        turn.do(CloseFeed())
        line.lost(turn, SILENT)
