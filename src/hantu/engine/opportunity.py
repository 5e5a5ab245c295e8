"""When a watched stock near its support is worth a message; never an order (DEC-5)."""

from hantu.domain import events as ev
from hantu.domain.commands import KillLevel
from hantu.domain.instrument import Symbol
from hantu.domain.money import BPS
from hantu.domain.session import trading_date
from hantu.engine.turn import Turn


def judge(turn: Turn, symbol: Symbol, price: int) -> None:
    """Report the opportunity once, and again only after the price left the band by 2 %."""
    desk, terms = turn.desk, turn.desk.config.add_buy
    item = desk.watchlist[symbol]
    support = item.support_price
    if support <= 0 or item.score < terms.min_score:
        return
    top = support * (BPS + terms.band_bps) // BPS
    if not support <= price <= top:
        above = price > top * (BPS + terms.rearm_bps) // BPS
        below = price < support * (BPS - terms.rearm_bps) // BPS
        if above or below:
            desk.add_buy_armed[symbol] = True
        return
    if not desk.add_buy_armed.get(symbol, True) or not _open_for_buying(turn, symbol):
        return
    desk.add_buy_armed[symbol] = False
    turn.record(ev.AddBuyOpportunity(symbol, item.name, price, support, item.score))


def _open_for_buying(turn: Turn, symbol: Symbol) -> bool:
    calendar, wall = turn.desk.config.calendar, turn.now.wall
    if turn.book.kill is not KillLevel.OFF or turn.book.halted(symbol) is not None:
        return False
    left_s = (calendar.closing(trading_date(wall)) - wall).total_seconds()
    return calendar.in_session(wall) and left_s > turn.desk.config.add_buy.quiet_before_close_s
