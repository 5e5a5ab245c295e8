"""Shares appear and vanish by orders only: what is held less what today's list of orders moved stays what it was.

Both sides are the broker's own, the list over all orders and the balance, so
neither a lost notice nor a wrong guess of ours counts. Each lags behind the
other: a stock is looked at when its list has been still for a while, and a
difference counts when a second balance, asked for much later, shows it again.
"""

from collections import Counter

from hantu.domain.account import BrokerOrder, Side
from hantu.domain.instrument import Symbol
from hantu.engine import switch
from hantu.engine.turn import Tally, Turn


def count(turn: Turn, orders: tuple[BrokerOrder, ...], asked_mono: float) -> None:
    """Take the list in and compare it with the latest balance, if that is old enough to show what the list does."""
    tally, balance_asked = turn.desk.switch.tally, turn.desk.reads.balance_read_mono
    _take_in(tally, orders, asked_mono)
    tally.waiting = False
    still = turn.desk.config.pace.quarantine_s
    if balance_asked is None or asked_mono < balance_asked or tally.begun_mono is None:
        return
    stocks = sorted({*turn.desk.listed_held, *tally.net, *tally.base})
    for symbol in stocks:
        quiet_from = max(tally.moved.get(symbol, tally.begun_mono), tally.begun_mono) + still
        if balance_asked >= quiet_from:
            _look(turn, symbol, balance_asked)
        else:
            _wait(turn, quiet_from)
            if not tally.complete:
                tally.late.add(symbol)
    if balance_asked >= tally.begun_mono + still:
        tally.complete = True
    else:
        _wait(turn, tally.begun_mono + still)


# --- leaves ------------------------------------------------------------------------


def _take_in(tally: Tally, orders: tuple[BrokerOrder, ...], asked_mono: float) -> None:
    net: Counter[Symbol] = Counter()
    for order in orders:
        if not order.is_cancel:
            net[order.symbol] += order.filled if order.side is Side.BUY else -order.filled
    if tally.begun_mono is None:
        tally.begun_mono = asked_mono
    for symbol in sorted({*net, *tally.net}):
        if net[symbol] != tally.net.get(symbol, 0):
            tally.moved[symbol] = asked_mono
            tally.odd.pop(symbol, None)
    tally.net = dict(net)


def _look(turn: Turn, symbol: Symbol, balance_asked: float) -> None:
    tally = turn.desk.switch.tally
    began = turn.desk.listed_held.get(symbol, 0) - tally.net.get(symbol, 0)
    if symbol not in tally.base and (not tally.complete or symbol in tally.late):
        tally.base[symbol] = began
    tally.late.discard(symbol)
    change = began - tally.base.setdefault(symbol, 0)
    if not change:
        tally.odd.pop(symbol, None)
        return
    seen, since = tally.odd.setdefault(symbol, (change, balance_asked))
    if seen != change:
        tally.odd[symbol] = change, balance_asked
        since = balance_asked
    if balance_asked - since >= turn.desk.config.pace.quarantine_s:
        del tally.odd[symbol]
        tally.base[symbol] = began
        switch.breach(turn, "position_mismatch", f"{symbol} 보유 수량이 {change:+,}주 바뀌었지만 그런 주문이 없습니다")
    else:
        _wait(turn, since + turn.desk.config.pace.quarantine_s)


def _wait(turn: Turn, until: float) -> None:
    turn.desk.switch.tally.waiting = True
    turn.ask_balance(max(0.0, until - turn.now.mono))
