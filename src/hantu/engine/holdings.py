"""Which holdings are guarded, and at which levels; the broker's balance wins."""

from dataclasses import replace

from hantu.domain import events as ev
from hantu.domain.account import Balance, Holding, Side
from hantu.domain.instrument import Symbol
from hantu.engine import conservation, guards, registrations
from hantu.engine.config import ExitRule, RuleKind
from hantu.engine.guards import Levels
from hantu.engine.inputs import HeldOrigin
from hantu.engine.records import Position
from hantu.engine.turn import Turn


def guard(turn: Turn, symbol: Symbol, name: str, quantity: int, cost: int, reason: str) -> None:
    """Guard a holding by its rule, or report once that nobody asked for it."""
    rule = turn.desk.config.rule_for(symbol)
    if rule is None or quantity <= 0 or cost <= 0:
        turn.record_once(("unguarded", symbol), ev.PositionUnguarded(symbol, name, quantity, "no_rule"))
        return
    levels = _kept(turn, symbol, quantity, cost, levels_of(turn, symbol, quantity, cost, rule))
    origin = turn.desk.origins.get(symbol)
    trailing, high, partial_done = False, 0, False
    earlier = _of_an_earlier_day(turn, symbol, quantity, cost)
    if earlier is not None:
        trailing, high, partial_done = earlier.trailing and rule.trailing.enabled, earlier.high, earlier.partial_done
        if trailing:
            levels = replace(levels, stop_price=max(levels.stop_price, earlier.stop_price))
    turn.record(
        ev.PositionGuarded(
            symbol, name, quantity, cost, (cost + quantity // 2) // quantity, levels.stop_price, levels.target_price,
            levels.rule, reason, origin.selection_id if origin else 0, origin.bought_on if origin else "",
            trailing, high if trailing else 0, partial_done,
        )
    )  # fmt: skip
    turn.forget("held", symbol)
    registrations.want(turn, symbol)


def _of_an_earlier_day(turn: Turn, symbol: Symbol, quantity: int, cost: int) -> HeldOrigin | Position | None:
    """Return what is remembered of the same holding, bought at the same average price; None of another."""
    before, origin = turn.book.positions.get(symbol), turn.desk.origins.get(symbol)
    average = (cost + quantity // 2) // quantity
    if before is not None:
        return before if before.average_price == average else None
    # The broker rounds an average; one won is no purchase.
    return origin if origin is not None and abs(origin.average_price - average) <= 1 else None


def _kept(turn: Turn, symbol: Symbol, quantity: int, cost: int, levels: Levels) -> Levels:
    """A stop that was raised stays raised as long as the average price is the same."""
    before = turn.book.positions.get(symbol)
    if before is None or not before.trailing or before.average_price != (cost + quantity // 2) // quantity:
        return levels
    return replace(levels, stop_price=max(levels.stop_price, before.stop_price))


def levels_of(turn: Turn, symbol: Symbol, quantity: int, cost: int, rule: ExitRule) -> Levels:
    """Return the levels of a rule; ATR falls back to the fixed rule when unusable."""
    if rule.kind is RuleKind.ATR:
        average_range = turn.desk.ranges.get(symbol, 0)
        levels = guards.atr_levels(cost, quantity, rule, average_range)
        if levels is not None:
            return levels
        turn.record_once(
            ("atr", symbol), ev.ExitRuleFallback(symbol, f"ATR 사용 불가 (값 {average_range}원): 고정 규칙 적용")
        )
    return guards.fixed_levels(cost, quantity, rule)


def ranges_read(turn: Turn, ranges: tuple[tuple[Symbol, int], ...]) -> None:
    """Take average true ranges in; levels are set from them before the session only."""
    for symbol, average_range in ranges:
        turn.desk.ranges[symbol] = average_range
        position = turn.book.positions.get(symbol)
        rule = turn.desk.config.rule_for(symbol)
        if position is None or rule is None or rule.kind is not RuleKind.ATR:
            continue
        if position.rule == RuleKind.ATR.value or turn.book.open_intent(symbol):
            continue
        turn.forget("atr", symbol)
        guard(turn, symbol, position.name, position.quantity, position.cost, "rule")


def compare(turn: Turn, balance: Balance, asked_mono: float) -> tuple[str, ...]:
    """Bring the guarded holdings in line with the broker's; return the differences.

    A stock with an order under way, or traded since shortly before the balance
    was asked for, is left for the next reading: balances lag behind fills.
    """
    desk, book = turn.desk, turn.book
    held = {holding.symbol: holding for holding in balance.holdings if holding.quantity > 0}
    desk.sellable = {symbol: int(holding.sellable) for symbol, holding in held.items()}
    desk.listed_held = {symbol: int(holding.quantity) for symbol, holding in held.items()}
    differences: list[str] = []
    for symbol, holding in held.items():
        if too_soon(turn, symbol, holding.quantity, asked_mono):
            continue
        if conservation.jumped(turn, symbol, int(holding.quantity), asked_mono):
            continue
        _compare_one(turn, holding, differences)
        conservation.check(turn, symbol, asked_mono)
    for symbol in [symbol for symbol in book.positions if symbol not in held]:
        if too_soon(turn, symbol, 0, asked_mono):
            continue
        if conservation.jumped(turn, symbol, 0, asked_mono):
            continue
        position = book.positions[symbol]
        differences.append(f"{symbol} {position.quantity} -> 0")
        turn.record(ev.PositionClosed(symbol, position.name, "closed elsewhere"))
        released(turn, symbol)
    return tuple(differences)


def too_soon(turn: Turn, symbol: Symbol, quantity: int, asked_mono: float) -> bool:
    """Whether a balance asked for then may be older than what we know of a stock; asks for another if so."""
    return _unsettled(turn, symbol, asked_mono) or _moved_too_soon(turn, symbol, quantity, asked_mono)


def already_shown(turn: Turn, symbol: Symbol, change: int) -> int:
    """Return how many of these shares a balance may have shown before the notice came; each is asked about once.

    A notice may come after the balance that includes its fill. In doubt the lower
    count is kept, for no more may be sold than is there; the next balance tells.
    """
    at, shown = turn.desk.shown.get(symbol, (-1e9, 0))
    if shown * change <= 0 or turn.now.mono - at > turn.desk.config.pace.raise_settle_s:
        return 0
    taken = min(abs(shown), abs(change))
    turn.desk.shown[symbol] = (at, shown - taken if shown > 0 else shown + taken)
    return taken


def released(turn: Turn, symbol: Symbol) -> None:
    """Stop watching a stock that is no longer held, unless the watch list wants it."""
    turn.forget("held", symbol)
    turn.forget("reached", symbol)
    turn.desk.corrections.pop(symbol, None)
    turn.desk.retries.pop(symbol, None)
    turn.desk.pending.discard(symbol)
    turn.desk.jumps.pop(symbol, None)
    turn.desk.suspects.pop(symbol, None)
    origin = turn.desk.origins.get(symbol)
    if origin is not None:
        # Bought anew, even at the same price, it begins anew.
        turn.desk.origins[symbol] = replace(origin, average_price=0)
    if symbol not in turn.desk.watchlist:
        registrations.unwant(turn, symbol)


def _compare_one(turn: Turn, holding: Holding, differences: list[str]) -> None:
    symbol = holding.symbol
    position = turn.book.positions.get(symbol)
    if position is None:
        known = turn.book.unguarded.get(symbol)
        if turn.desk.balance_known:
            turn.desk.shown[symbol] = (turn.now.mono, holding.quantity)
        if known is None or turn.desk.config.rule_for(symbol) is not None:
            reason = "reconcile" if turn.desk.balance_known else "start"
            guard(turn, symbol, holding.name, holding.quantity, holding.cost, reason)
        return
    if position.quantity != holding.quantity:
        differences.append(f"{symbol} {position.quantity} -> {holding.quantity}")
        turn.desk.shown[symbol] = (turn.now.mono, holding.quantity - position.quantity)
        turn.record(ev.PositionChanged(symbol, position.name, position.quantity, holding.quantity, "reconcile"))
        guard(turn, symbol, holding.name, holding.quantity, holding.cost, "average_changed")
    elif abs(position.cost - holding.cost) * 2 > holding.quantity:
        # More than half a won a share: the average price itself changed.
        differences.append(f"{symbol} cost {position.cost} -> {holding.cost}")
        guard(turn, symbol, holding.name, holding.quantity, holding.cost, "average_changed")
    else:
        _apply_rule(turn, position)


def _apply_rule(turn: Turn, position: Position) -> None:
    """Give a position the levels of the rule as it is set now, once in a life: settings may have changed since."""
    symbol, key = position.symbol, ("ruled", position.symbol)
    if key in turn.desk.told:
        return
    turn.desk.told.add(key)
    rule = turn.desk.config.rule_for(symbol)
    if rule is None:
        guard(turn, symbol, position.name, position.quantity, position.cost, "rule")
        released(turn, symbol)
        return
    if rule.kind is RuleKind.ATR:
        # Its levels come with the average true ranges.
        return
    levels = _kept(
        turn, symbol, position.quantity, position.cost, guards.fixed_levels(position.cost, position.quantity, rule)
    )
    if (levels.stop_price, levels.target_price, levels.rule) != (
        position.stop_price,
        position.target_price,
        position.rule,
    ):
        guard(turn, symbol, position.name, position.quantity, position.cost, "rule")


def _unsettled(turn: Turn, symbol: Symbol, asked_mono: float) -> bool:
    if turn.book.open_intent(symbol) is not None:
        return True
    return _before(turn, turn.desk.settle_until.get(symbol, -1e9), asked_mono)


def _moved_too_soon(turn: Turn, symbol: Symbol, quantity: int, asked_mono: float) -> bool:
    """A balance that lags would guard, and sell, shares just sold, or drop shares just bought."""
    position = turn.book.positions.get(symbol)
    known = position.quantity if position else 0
    if quantity == known:
        return False
    if quantity > known and turn.book.open_intent(symbol, Side.BUY) is not None:
        # Its fills are counted one by one; taken from the balance too they would count twice.
        return True
    until = turn.desk.raise_until if quantity > known else turn.desk.fall_until
    return _before(turn, until.get(symbol, -1e9), asked_mono)


def _before(turn: Turn, until: float, asked_mono: float) -> bool:
    if asked_mono >= until:
        return False
    turn.ask_balance(until - turn.now.mono)
    return True
