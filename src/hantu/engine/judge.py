"""One price against the levels of one stock: the heart, and the hot path.

Almost every trade touches nothing; that case costs a few comparisons. A price
counts only if it is of the regular session, fresh, inside the day's limits and
not an expected price of an auction.
"""

from datetime import datetime

from hantu.domain import events as ev
from hantu.domain.instant import utc_text
from hantu.domain.instrument import Symbol
from hantu.domain.order import IntentState, Purpose
from hantu.domain.quote import BookTop, PolledPrice, Trade
from hantu.engine import day, exits, fills, guards, opportunity, outliers, quiet
from hantu.engine.guards import Hit
from hantu.engine.journey import State
from hantu.engine.records import Position
from hantu.engine.sight import Sight
from hantu.engine.turn import Turn

WHOLE_SECOND_MS = 999
"""Exchange times are cut to seconds; a delay is measured as at least this much less."""

HALT_PROOF_S = 10.0
"""A trade this long after a halt began was not merely on its way when it began."""
POLL_PROOF_S = 60.0
"""Flags asked for this long after a halt began are not older than it."""


def traded(turn: Turn, trade: Trade) -> None:
    """Take a trade in: remember it, judge it, report a delay."""
    desk = turn.desk
    sight = desk.sight(trade.symbol)
    age_s = turn.now.wall.timestamp() - trade.traded_at.timestamp()
    low, high = _since_last_look(sight, trade)
    desk.buffer.add(trade)
    if age_s >= 1.0 or sight.delayed:
        _delay(turn, trade, sight, age_s)
    _halt_flag(turn, trade)
    # A halted trade is judged too: what it reaches is held, and said to be held.
    counts = trade.regular and not trade.auction
    if not counts:
        # The first trade after an auction may be anywhere.
        sight.sure_mono = outliers.LONG_AGO
    elif age_s > desk.config.pace.stale_trade_s + 1.0 or not _inside_limits(sight, trade.price):
        counts = False
    position = turn.book.positions.get(trade.symbol)
    if position is not None and position.quantity <= 0:
        position = None
    if counts and position is not None and not outliers.believed(turn, position, trade, low, high):
        return
    _remember(sight, trade)
    if not counts:
        return
    if position is not None:
        price_judged(turn, position, trade.price, low, high, "trade", trade.traded_at, trade.received_at)
    elif trade.symbol in desk.watchlist:
        opportunity.judge(turn, trade.symbol, trade.price)


def quoted(turn: Turn, quote: BookTop) -> None:
    """Remember best ask and bid."""
    sight = turn.desk.sight(quote.symbol)
    sight.ask, sight.bid, sight.quote_mono = quote.ask, quote.bid, quote.received_at


def polled(turn: Turn, price: PolledPrice, asked_mono: float) -> None:
    """Take a price asked over REST in; it is fresh by construction, and confirms what the stream only claims.

    Not before the first trade of the day, which a halt may keep back long after the opening: what is told
    then is yesterday's close, and no level is judged by it.
    """
    desk, sight = turn.desk, turn.desk.sight(price.symbol)
    if price.price <= 0:
        return
    sight.price, sight.seen_mono = price.price, turn.now.mono
    if price.bid > 0 or price.ask > 0:
        sight.ask, sight.bid, sight.quote_mono = price.ask, price.bid, turn.now.mono
    sight.lower_limit, sight.upper_limit = price.lower_limit, price.upper_limit
    traded_since = _traded_since(sight, price, asked_mono)
    _polled_halt(turn, price, traded_since)
    if traded_since is not None:
        quiet.withheld(turn, price.symbol, traded_since, asked_mono)
    position = turn.book.positions.get(price.symbol)
    if price.halted or price.vi_active or price.untraded or not _inside_limits(sight, price.price):
        return
    if position is None or position.quantity <= 0:
        if price.symbol in desk.watchlist:
            opportunity.judge(turn, price.symbol, price.price)
        return
    if turn.book.state is State.SLEEPING and not desk.config.sell_while_sleeping:
        _tell_asleep(turn, position, price.price)
        return
    low, high = outliers.asked(turn, price, asked_mono)
    price_judged(turn, position, price.price, low, high, "poll", turn.now.wall, turn.now.mono)


def price_judged(
    turn: Turn,
    position: Position,
    price: int,
    low: int,
    high: int,
    basis: str,
    traded_at: datetime,
    received_mono: float,
) -> None:
    """Judge one valid price against the levels of one position."""
    if price > position.stop_price and price < position.target_price and not 0 < low <= position.stop_price:
        if high < position.target_price:
            _between(turn, position, price, basis, traded_at, received_mono)
            return
    hit = guards.stop_hit(position, price, low, basis) or guards.target_hit(position, price, high, basis)
    if hit is not None:
        _act(turn, position, hit, traded_at, received_mono)


# --- leaves ------------------------------------------------------------------------


def _between(turn: Turn, position: Position, price: int, basis: str, traded_at: datetime, received_mono: float) -> None:
    """Neither level is touched: what was held back has passed; softer rules are judged."""
    rule = turn.desk.config.rule_for(position.symbol)
    hit = guards.partial_hit(position, price, rule, basis) if rule is not None else None
    if position.symbol in turn.desk.marked:
        _let_go(turn, position.symbol, hit)
    if rule is None:
        return
    raised = guards.trailed_stop(position, price, rule.trailing)
    if raised is not None:
        turn.record(ev.TrailingStopRaised(position.symbol, raised[0], raised[1]))
    if hit is None:
        turn.desk.pending.discard(position.symbol)
    else:
        _act(turn, position, hit, traded_at, received_mono)


def _let_go(turn: Turn, symbol: Symbol, hit: Hit | None) -> None:
    """What was held back at a level no longer touched may be said again when it is touched again."""
    if hit is None:
        turn.desk.marked.discard(symbol)
    for purpose in Purpose:
        if hit is None or purpose is not hit.purpose:
            turn.forget("held", symbol, purpose)
            turn.forget("reached", symbol, purpose)


def _act(turn: Turn, position: Position, hit: Hit, traded_at: datetime, received_mono: float) -> None:
    open_intent = turn.book.open_intent(position.symbol)
    if open_intent is not None:
        working = open_intent.state in (IntentState.WORKING, IntentState.PARTIAL)
        if hit.purpose.protective and not open_intent.record.purpose.protective and working:
            # A resting profit order would keep the shares from the stop: take it back first,
            # unless the stop itself could not be sent.
            turn.desk.pending.add(position.symbol)
            if exits.closed_to(turn, position.symbol, hit.purpose) is None:
                fills.request_cancel(turn, open_intent)
        if open_intent.record.purpose is hit.purpose or working:
            return
    received = turn.wall_text(received_mono)
    exits.leave(turn, position, hit, traded_at=utc_text(traded_at), received_at=received)


def _since_last_look(sight: Sight, trade: Trade) -> tuple[int, int]:
    """Return the lowest and highest price since the last look.

    The exchange's own day extremes count when they moved during this
    connection: the stream conflates executions and can hide a crossing.
    """
    low, high = int(trade.low), int(trade.high)
    if trade.regular and not trade.auction:
        if sight.day_low and 0 < trade.day_low < sight.day_low:
            low = min(low, int(trade.day_low))
        if sight.day_high and trade.day_high > sight.day_high:
            high = max(high, int(trade.day_high))
    return low, high


def _remember(sight: Sight, trade: Trade) -> None:
    sight.price = trade.price
    sight.seen_mono = sight.streamed_mono = trade.received_at
    if trade.regular and not trade.auction:
        sight.day_low, sight.day_high = trade.day_low, trade.day_high
    if trade.ask > 0 or trade.bid > 0:
        sight.ask, sight.bid, sight.quote_mono = trade.ask, trade.bid, trade.received_at


def _inside_limits(sight: Sight, price: int) -> bool:
    return not ((sight.lower_limit and price < sight.lower_limit) or (sight.upper_limit and price > sight.upper_limit))


def _delay(turn: Turn, trade: Trade, sight: Sight, age_s: float) -> None:
    pace = turn.desk.config.pace
    delay_ms = int(age_s * 1000) - WHOLE_SECOND_MS
    if delay_ms >= pace.delay_warn_ms:
        if turn.record_once(("delay", trade.symbol, "warn"), ev.DataDelay(trade.symbol, delay_ms)):
            sight.delayed = True
        if delay_ms >= pace.delay_alert_ms and turn.desk.told.isdisjoint({("delay_alert",)}):
            turn.record_once(("delay_alert",), ev.DataDelay(trade.symbol, delay_ms))
    elif sight.delayed:
        sight.delayed = False
        turn.forget("delay", trade.symbol)
        if not any(key[0] == "delay" for key in turn.desk.told):
            turn.forget("delay_alert")


def _halt_flag(turn: Turn, trade: Trade) -> None:
    """The trade frame's own halt flag: the most direct source there is."""
    if turn.book.halts and trade.regular and not trade.halted and not trade.auction:
        _resumed_by_trade(turn, trade)
    halt = turn.book.halts.get(trade.symbol)
    # While the market is halted every stock carries the flag; the market's halt covers them, told once.
    if trade.halted and turn.book.halted(trade.symbol) is None:
        day.halt(turn, trade.symbol, "trade", "TRHT_YN")
    elif halt is not None and halt.source in ("trade", "poll", "refusal") and not trade.halted and not trade.auction:
        day.resume(turn, trade.symbol, "trade", "TRHT_YN")


def _resumed_by_trade(turn: Turn, trade: Trade) -> None:
    """A continuous trade well after the halt proves that its end was missed, with the line or a message."""
    for symbol in (Symbol(""), trade.symbol):
        halt, since = turn.book.halts.get(symbol), turn.desk.halted_at.get(symbol)
        if halt is None or since is None or halt.source in day.BY_PERSON:
            continue
        if (trade.traded_at - since.wall).total_seconds() > HALT_PROOF_S:
            day.resume(turn, symbol, "trade", "continuous trade")


def _traded_since(sight: Sight, price: PolledPrice, asked_mono: float) -> float | None:
    """Return when the answer before this one was asked for if shares changed hands since, else None."""
    if price.volume < 0:
        return None
    grown, before = 0 <= sight.polled_volume < price.volume, sight.polled_mono
    sight.polled_volume, sight.polled_mono = price.volume, asked_mono
    return before if grown else None


def _polled_halt(turn: Turn, price: PolledPrice, traded_since: float | None) -> None:
    halt = turn.book.halts.get(price.symbol)
    if (price.halted or price.vi_active) and turn.book.halted(price.symbol) is None:
        code = "temp_stop_yn" if price.halted else "vi_cls_code"
        day.halt(turn, price.symbol, "poll", code)
    elif halt is not None and price.flags_told and not (price.halted or price.vi_active):
        since = turn.desk.halted_at.get(price.symbol)
        if halt.source == "poll" or (since is not None and turn.now.mono - since.mono >= POLL_PROOF_S):
            day.resume(turn, price.symbol, "poll", "")
    if traded_since is not None and not (price.halted or price.vi_active):
        _resumed_by_volume(turn, price.symbol, traded_since)


def _resumed_by_volume(turn: Turn, stock: Symbol, traded_since: float) -> None:
    """Shares that changed hands well after a halt began prove its end where no stream and no flag tells it (4469)."""
    for symbol in (day.MARKET, stock):
        since = turn.desk.halted_at.get(symbol)
        if since is not None and traded_since - since.mono >= HALT_PROOF_S:
            day.resume(turn, symbol, "poll", "volume")


def _tell_asleep(turn: Turn, position: Position, price: int) -> None:
    hit = guards.stop_hit(position, price, 0, "poll")
    if hit is None:
        turn.forget("asleep", position.symbol)
        return
    turn.record_once(
        ("asleep", position.symbol),
        ev.StopLossReached(
            f"asleep-{position.symbol}", position.symbol, position.name, price, hit.level, "poll", Purpose.STOP_LOSS,
            position.quantity, position.average_price, turn.stamp, turn.stamp,
        ),
    )  # fmt: skip
    turn.record_once(
        ("held", position.symbol, hit.purpose, "asleep"),
        ev.ExitHeld(f"asleep-{position.symbol}", position.symbol, position.name, "asleep"),
    )
