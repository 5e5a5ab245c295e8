"""Do the shares add up: held = sellable + locked by visible sells, and no change our fills do not explain.

One odd reading proves nothing, balances lag; what is shown again is told, and
until then the stock is held back. The broker wins on holdings (DEC-21).
"""

from hantu.domain import events as ev
from hantu.domain.instrument import Symbol
from hantu.domain.money import BPS
from hantu.engine.turn import Turn


def jumped(turn: Turn, symbol: Symbol, shown: int, asked_mono: float) -> bool:
    """Return whether ``shown`` shares are too far from what we know to be believed at first sight.

    The first reading of a life is always believed: there is nothing newer to hold against it.
    """
    desk, pace = turn.desk, turn.desk.config.pace
    position = turn.book.positions.get(symbol)
    known = position.quantity if position is not None else 0
    if position is None or not desk.balance_known or abs(shown - known) * BPS <= known * desk.config.jump_bps:
        desk.jumps.pop(symbol, None)
        return False
    first = desk.jumps.get(symbol)
    if first is not None and first[1] == shown and asked_mono - first[0] >= pace.snapshots_apart_s:
        del desk.jumps[symbol]
        return False
    if first is None or first[1] != shown:
        desk.jumps[symbol] = (asked_mono, shown)
        if first is None:
            turn.record(ev.PositionJumped(symbol, position.name, known, shown))
    turn.ask_orders()
    turn.ask_balance(pace.snapshots_apart_s)
    return True


def in_doubt(turn: Turn, symbol: Symbol) -> bool:
    """Return whether a jump waits for its second look; a look that never comes does not hold a stop back for long."""
    first = turn.desk.jumps.get(symbol)
    return first is not None and turn.now.mono - first[0] < turn.desk.config.pace.quarantine_s


def check(turn: Turn, symbol: Symbol, asked_mono: float) -> None:
    """Compare what is held with what can be sold and what is seen to lock the rest."""
    desk, pace = turn.desk, turn.desk.config.pace
    held, free = desk.listed_held.get(symbol, 0), desk.sellable.get(symbol, 0)
    locked = desk.foreign_locked.get(symbol, 0)
    position = turn.book.positions.get(symbol)
    if held == free + locked:
        desk.suspects.pop(symbol, None)
        if symbol in turn.book.mismatched:
            turn.record(ev.HoldingMismatchEnded(symbol, position.name if position else ""))
        return
    if position is None or symbol in turn.book.mismatched:
        return
    since, seen = desk.suspects.get(symbol, (asked_mono, (held, free)))
    if seen != (held, free):
        since = asked_mono
    desk.suspects[symbol] = (since, (held, free))
    if asked_mono - since >= pace.quarantine_s:
        turn.record(ev.HoldingMismatch(symbol, position.name, held, free, locked))
        return
    turn.ask_orders(pace.snapshots_apart_s)
    turn.ask_balance(pace.snapshots_apart_s)
