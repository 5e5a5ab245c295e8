"""The stream triggers, REST confirms: a price far from every other acts only once something supports it.

The stream comes in clear text: a frame may be forged, or damaged into a price. A
trade farther than ``outlier_bps`` from the last accepted price is therefore
doubted: not remembered, not judged. A second trade that agrees, the best prices,
or a price asked for over REST end the doubt in its favour; nothing for a few
seconds ends it against it. Where gaps are normal (opening, halt, auction) there
is no accepted price to be far from. Source: docs/decisions/0026.
"""

from hantu.domain import events as ev
from hantu.domain.instrument import Symbol
from hantu.domain.money import BPS
from hantu.domain.quote import PolledPrice, Trade
from hantu.engine import guards
from hantu.engine.decision import ReadPrices
from hantu.engine.records import Position
from hantu.engine.sight import Doubt, Sight
from hantu.engine.turn import Turn

REFERENCE_S = 60.0
"""An accepted price older than this tells nothing about the next one."""
CONFIRM_S = 3.0
"""A doubted price that nothing has confirmed by then is rejected."""
ASK_AGAIN_S = 0.5
"""Between two inquiries about one doubt: REST may lag a little behind the stream."""
LONG_AGO = -1e9


def believed(turn: Turn, position: Position, trade: Trade, low: int, high: int) -> bool:
    """Tell whether a trade of the regular session may be acted upon now; ``low`` and ``high`` as judged."""
    desk, sight = turn.desk, turn.desk.sight(trade.symbol)
    reference = sight.sure_price
    if turn.now.mono - sight.sure_mono < REFERENCE_S:
        band = reference * desk.config.outlier_bps // BPS
        if (reference - low > band or high - reference > band) and not _supported(turn, position, trade, low, high):
            return False
    if desk.doubts:
        _contradicted(turn, trade)
    sight.sure_price, sight.sure_mono = trade.price, turn.now.mono
    sight.sure_low = int(trade.day_low) or min(low, sight.sure_low or low)
    sight.sure_high = int(trade.day_high) or max(high, sight.sure_high)
    return True


def asked(turn: Turn, price: PolledPrice, asked_mono: float) -> tuple[int, int]:
    """Take in a price of REST; return the day's low and high that confirm a doubted trade, 0 for none."""
    desk, sight = turn.desk, turn.desk.sight(price.symbol)
    low = high = 0
    doubt = desk.doubts.get(price.symbol)
    if doubt is not None and asked_mono >= doubt.since_mono:
        # An extreme that was beyond the level before says nothing about this trade.
        if doubt.fall and 0 < price.day_low <= doubt.level < sight.sure_low:
            low = int(price.day_low)
        elif not doubt.fall and price.day_high >= doubt.level > sight.sure_high > 0:
            high = int(price.day_high)
        if low or high or not doubt.level or (price.price <= doubt.level) is doubt.fall:
            del desk.doubts[price.symbol]
        else:
            doubt.denied = True
    if price.day_low > 0 and desk.config.calendar.in_session(turn.now.wall):
        # Before its first trade of the day a stock is told at its base price, which no opening respects.
        sight.sure_price, sight.sure_mono = price.price, turn.now.mono
    return low, high


def gap(turn: Turn, symbol: Symbol) -> None:
    """The next price of a stock, or of all with an empty symbol, may be anywhere: a halt begins or ends."""
    desk = turn.desk
    for each, sight in desk.sights.items():
        if not symbol or each == symbol:
            sight.sure_mono = LONG_AGO
    for each in [each for each in desk.doubts if not symbol or each == symbol]:
        if desk.doubts.pop(each).level:
            # What may have been reached is looked at again even if nobody trades.
            desk.pending.add(each)


def due(turn: Turn) -> None:
    """Reject what nothing has confirmed, and ask again about the rest."""
    desk, now = turn.desk, turn.now.mono
    for symbol, doubt in list(desk.doubts.items()):
        position = turn.book.positions.get(symbol)
        if position is None or now >= doubt.ends_mono:
            del desk.doubts[symbol]
            if position is not None and doubt.level:
                _reject(turn, position, doubt)
        elif doubt.level and now >= doubt.asked_mono + ASK_AGAIN_S:
            _ask(turn, symbol, doubt)


def next_due(turn: Turn) -> float | None:
    """Return when ``due`` has something to do, or None."""
    moments = [
        min(doubt.ends_mono, doubt.asked_mono + ASK_AGAIN_S) if doubt.level else doubt.ends_mono
        for doubt in turn.desk.doubts.values()
    ]
    return min(moments, default=None)


# --- leaves ------------------------------------------------------------------------


def _supported(turn: Turn, position: Position, trade: Trade, low: int, high: int) -> bool:
    """Tell whether anything else speaks for a price far from the last accepted one; doubt it otherwise."""
    desk, sight = turn.desk, turn.desk.sight(trade.symbol)
    band = sight.sure_price * desk.config.outlier_bps // BPS
    fall = sight.sure_price - low > band
    price = low if fall else high
    level = _level(turn, position, price, fall=fall)
    if level and _book_followed(turn, sight, price, fall=fall):
        return True
    before = desk.doubts.get(trade.symbol)
    if before is None or before.passed or before.fall is not fall:
        _doubt(turn, position, trade, price, level, before, fall=fall)
        return False
    if (trade.volume, trade.traded_at) == (before.volume, before.traded_at):
        # The same trade once more, however often, is one trade.
        return False
    if not (level and before.level) and abs(price - before.price) > band:
        _doubt(turn, position, trade, price, level, before, fall=fall)
        return False
    # An exit is not held any longer while trades go on there, whatever REST still says.
    late = turn.now.mono - before.since_mono >= desk.config.pace.outlier_wait_s
    return late or not before.denied


def _level(turn: Turn, position: Position, price: int, *, fall: bool) -> int:
    """Return the level that ``price`` would touch, won; 0 if none."""
    if fall:
        return position.stop_price if price <= position.stop_price else 0
    if 0 < position.target_price <= price:
        return position.target_price
    rule = turn.desk.config.rule_for(position.symbol)
    hit = guards.partial_hit(position, price, rule, "trade") if rule is not None else None
    return hit.level if hit is not None else 0


def _book_followed(turn: Turn, sight: Sight, price: int, *, fall: bool) -> bool:
    """Tell whether the best prices, of other frames than the doubted one, have left the last accepted price.

    In a fall the best ask must be nearer to the new price than to the old one, in a rise the best bid: the
    other side of a thin book is often far away.
    """
    if turn.now.mono - sight.quote_mono > turn.desk.config.pace.stale_trade_s:
        return False
    middle = (price + sight.sure_price) // 2
    return 0 < sight.ask <= middle if fall else sight.bid >= middle


def _doubt(
    turn: Turn, position: Position, trade: Trade, price: int, level: int, before: Doubt | None, *, fall: bool
) -> None:
    desk, now, symbol = turn.desk, turn.now.mono, trade.symbol
    told = before is not None and before.level > 0
    doubt = desk.doubts[symbol] = Doubt(
        fall, level, price, desk.sight(symbol).sure_price, trade.volume, trade.traded_at, now,
        now + (CONFIRM_S if level else REFERENCE_S), before.asked_mono if before else LONG_AGO,
    )  # fmt: skip
    if not level:
        return
    if not told:
        turn.record(ev.PriceSuspected(symbol, position.name, price, level, doubt.reference))
    if now >= doubt.asked_mono + ASK_AGAIN_S:
        _ask(turn, symbol, doubt)


def _ask(turn: Turn, symbol: Symbol, doubt: Doubt) -> None:
    """Ask for the price at once, also while another inquiry is under way: that one began before the trade."""
    doubt.asked_mono = turn.now.mono
    turn.do(ReadPrices((symbol,), urgent=True))


def _contradicted(turn: Turn, trade: Trade) -> None:
    """An accepted trade ends a doubt it agrees with, and weakens any other: only REST can confirm that now."""
    doubt = turn.desk.doubts.get(trade.symbol)
    if doubt is None:
        return
    level = doubt.level
    if not level or (trade.price <= level) is doubt.fall:
        del turn.desk.doubts[trade.symbol]
    else:
        doubt.passed = True


def _reject(turn: Turn, position: Position, doubt: Doubt) -> None:
    turn.record(ev.PriceRejected(position.symbol, position.name, doubt.price, doubt.level, doubt.reference))
    if not doubt.denied:
        # REST could not be asked: the next price it tells decides, even if nobody trades.
        turn.desk.pending.add(position.symbol)
