"""How a position is left: checks before an order, its quantity and its price.

Entry point: ``leave``. Every check that can hold an exit back is one line
here, in the order in which a person would ask; what is held is judged anew on
the next fresh price.
"""

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.order import IntentState, OrderRequest, OrderType, Purpose
from hantu.domain.price_step import round_down, round_up
from hantu.engine import conservation, mandates
from hantu.engine.config import Mode
from hantu.engine.decision import Submit
from hantu.engine.guards import Hit
from hantu.engine.records import Intent, Position
from hantu.engine.turn import Turn, Watch

NOT_SELLABLE = "not_sellable"
NO_PRICE = "no_price"

Reached = ev.StopLossReached | ev.TakeProfitReached


def leave(turn: Turn, position: Position, hit: Hit, *, traded_at: str, received_at: str) -> None:
    """Act on a reached level: sell, or record why not."""
    if turn.book.kill is KillLevel.FLATTEN:
        # The plan sells what is held, whatever its level.
        return
    watching = turn.desk.config.mode is Mode.WATCH
    # What is only watched takes no number: the first exit that is sold later on that day has a story of its own.
    number = "watched" if watching else turn.desk.next_intent
    flow = f"{turn.today.replace('-', '')}-{position.symbol}-{hit.purpose}-{number}"
    reached = _reached(position, hit, flow, traded_at, received_at)
    if watching:
        if turn.record_once(("reached", position.symbol, hit.purpose), reached):
            price = exit_price(turn, position.symbol, hit.purpose, hit.price)
            turn.record(
                ev.ExitSimulated(
                    flow, position.symbol, position.name, hit.purpose, position.quantity - hit.target, price
                )
            )
        return
    held_by = _held_by(turn, position, hit)
    if held_by is None and sellable_now(turn, position.symbol) <= hit.target:
        # Known before anything is told: the next trade says the same, and would be told the same.
        held_by = NOT_SELLABLE
        _look_again(turn)
    if held_by is not None:
        _hold(turn, position, hit, reached, held_by)
        return
    if position.symbol in turn.desk.marked:
        turn.forget("held", position.symbol)
    turn.record(reached)
    turn.desk.pending.discard(position.symbol)
    send(turn, position, hit.purpose, hit.target, flow, hit.price, attempt=1, parent="")


def send(
    turn: Turn, position: Position, purpose: Purpose, target: int, flow: str, price: int, *, attempt: int, parent: str
) -> bool:
    """Record an intent that is sent at once and its order; False if nothing may be sold.

    The quantity is computed here, anew for every attempt: what is held and
    sellable now beyond the target, and never more than the exit began with.
    """
    desk, symbol = turn.desk, position.symbol
    quantity = min(sellable_now(turn, symbol) - target, _left_of_flow(turn, flow, position.quantity))
    if quantity <= 0:
        desk.pending.add(symbol)
        turn.record_once(
            ("held", symbol, purpose, NOT_SELLABLE), ev.ExitHeld(flow, symbol, position.name, NOT_SELLABLE)
        )
        _look_again(turn)
        return False
    limit_price = exit_price(turn, symbol, purpose, price)
    # Beyond what one order may be a position leaves in slices: the next fresh price sells the next one.
    quantity = min(quantity, desk.config.order_quantity_max, max(1, desk.config.order_value_max // max(1, limit_price)))
    intent_id = turn.new_intent_id()
    baseline = tuple(sorted(desk.known_orders.get((symbol, Side.SELL.value), set())))
    mandate = mandates.name_for(turn, symbol, quantity)
    turn.record(
        ev.IntentRecorded(
            intent_id, flow, "order", IntentState.SENDING, symbol, position.name, Side.SELL, purpose, target, quantity,
            limit_price, OrderType.LIMIT, "KRX", attempt, parent, position.quantity, position.average_price,
            desk.epoch, baseline, turn.today, intent_id, "", mandate,
        )
    )  # fmt: skip
    if turn.book.kill is KillLevel.ACTIVE:
        turn.record(ev.OrderAllowedProtective(intent_id, symbol, turn.book.kill))
    desk.watches[intent_id] = Watch(turn.now.mono)
    replaces, sight = parent or _ended_before(turn, symbol), desk.sight(symbol)
    desk.last_sell[symbol] = intent_id
    shares, limit = Quantity(quantity), Price(limit_price)
    turn.do(
        Submit(
            OrderRequest(
                intent_id,
                symbol,
                Side.SELL,
                shares,
                limit,
                OrderType.LIMIT,
                "KRX",
                purpose,
                desk.epoch,
                not_after=turn.now.mono + desk.config.pace.send_within_s,
                account=desk.config.account,
                environment=desk.config.environment,
                replaces=replaces,
                price_mono=max(sight.seen_mono, sight.quote_mono),
                token_id=intent_id,
                mandate=mandate,
            )
        )
    )
    return True


def send_again(turn: Turn, before: Intent) -> bool:
    """Send what remains of an exit as its next attempt; False if it may or need not be sent now.

    What holds back a first attempt holds back the next one too: price, halt and
    kill switch may have changed meanwhile.
    """
    record = before.record
    position = turn.book.positions.get(record.symbol)
    if position is None or position.quantity <= record.target:
        return False
    reason = closed_to(turn, record.symbol, record.purpose)
    if reason is None and turn.book.recovery is not None and turn.book.recovery.running:
        # A recovery alone never orders; the next fresh price does.
        reason = "recovering"
    if reason is None and turn.book.open_intent(record.symbol) is not None:
        reason = "unresolved"
    if reason is None and _price_age_s(turn, record.symbol) > turn.desk.config.stale_exit_price_s:
        # Nothing is priced from memory: the next poll brings a price, and the exit is judged anew on it.
        reason = NO_PRICE
    if reason is not None:
        turn.desk.pending.add(record.symbol)
        turn.record_once(
            ("held", record.symbol, record.purpose, reason),
            ev.ExitHeld(record.flow, record.symbol, record.name, reason),
        )
        return False
    price = turn.desk.sight(record.symbol).price or record.limit_price
    return send(
        turn, position, record.purpose, record.target, record.flow, price,
        attempt=record.attempt + 1, parent=record.intent_id,
    )  # fmt: skip


def closed_to(turn: Turn, symbol: Symbol, purpose: Purpose) -> str | None:
    """Return why no order of ``purpose`` may leave now, whatever else is open; None if it may."""
    if not turn.desk.config.calendar.in_session(turn.now.wall):
        return "session"
    if turn.book.halted(symbol) is not None:
        return "halt"
    if not passes(turn.book.kill, purpose):
        return "kill"
    if symbol in turn.book.mismatched and not purpose.protective:
        return "mismatch"
    if conservation.in_doubt(turn, symbol):
        return "mismatch"
    if not turn.desk.recovered:
        return "recovering"
    return mandates.NO_MANDATE if mandates.missing(turn, symbol, purpose) else None


def passes(level: KillLevel, purpose: Purpose) -> bool:
    """Tell whether a sell of ``purpose`` may leave at a kill level."""
    if level is KillLevel.FLATTEN or purpose is Purpose.FLATTEN:
        # The plan sells alone, and nothing of it goes on once it was called off.
        return level is KillLevel.FLATTEN and purpose is Purpose.FLATTEN
    return level is KillLevel.OFF or (level is KillLevel.ACTIVE and purpose.protective)


def sellable_now(turn: Turn, symbol: Symbol) -> int:
    """Return shares that can be sold now: held, less what other working sells lock."""
    position = turn.book.positions.get(symbol)
    held = position.quantity if position else 0
    free = max(0, held - turn.desk.foreign_locked.get(symbol, 0))
    # Where shares do not add up a stop still goes, with no more than the broker says can be sold.
    return min(free, turn.desk.sellable.get(symbol, 0)) if symbol in turn.book.mismatched else free


def exit_price(turn: Turn, symbol: Symbol, purpose: Purpose, price: int) -> int:
    """Return a valid limit price for leaving (DEC-18).

    A protective or urgent sell goes to the best bid when one younger than a minute is
    known, any other to the current price; both on a price step and inside the
    day's limits.
    """
    desk = turn.desk
    sight, market = desk.sight(symbol), desk.market_of(symbol)
    wanted = sight.price or price
    quote_fresh = turn.now.mono - sight.quote_mono <= desk.config.pace.stale_quote_s
    if purpose.urgent and sight.bid > 0 and quote_fresh:
        wanted = min(sight.bid, wanted) if wanted else sight.bid
    limit = round_down(wanted, market)
    if sight.lower_limit and limit < sight.lower_limit:
        limit = round_up(sight.lower_limit, market)
    if sight.upper_limit and limit > sight.upper_limit:
        limit = round_down(sight.upper_limit, market)
    return int(limit)


def _price_age_s(turn: Turn, symbol: Symbol) -> float:
    """Return how old the newest trade, quote or polled price of a stock is."""
    sight = turn.desk.sight(symbol)
    return turn.now.mono - max(sight.seen_mono, sight.quote_mono)


def _ended_before(turn: Turn, symbol: Symbol) -> str:
    """Return the newest exit order of a stock if a new one may look exactly like it; else empty.

    It is over without having filled (proved absent, or canceled from outside),
    or it was a slice, and the next one is as large. Any other that filled is no
    reason to sell the same again.
    """
    before = turn.book.intents.get(turn.desk.last_sell.get(symbol, ""))
    if before is None or before.open:
        return ""
    record = before.record
    slice_of_more = record.quantity < record.held - record.target
    return record.intent_id if slice_of_more or before.state is not IntentState.FILLED else ""


def _look_again(turn: Turn) -> None:
    """What locks the shares may be gone: ask, but not with every trade."""
    reads = turn.desk.reads
    if reads.orders_asked is not None or reads.orders_due is not None:
        # Under way: a list that is slow to come is no reason to ask for the balance over and over.
        return
    if turn.now.mono - (reads.orders_read_mono or -1e9) >= turn.desk.config.pace.inquiry_every_s:
        turn.ask_balance()
        turn.ask_orders()


def _left_of_flow(turn: Turn, name: str, held: int) -> int:
    """Return how much of an exit is neither sold nor perhaps sold; ``held`` for a new one."""
    flow = turn.book.flows.get(name)
    if flow is None:
        return held
    attempts = [turn.book.intents[key] for key in flow.attempts if key in turn.book.intents]
    return flow.held - flow.target - sum(attempt.committed for attempt in attempts)


def _reached(position: Position, hit: Hit, flow: str, traded_at: str, received_at: str) -> Reached:
    kind = ev.StopLossReached if hit.purpose.protective else ev.TakeProfitReached
    return kind(
        flow, position.symbol, position.name, hit.price, hit.level, hit.basis, hit.purpose, position.quantity,
        position.average_price, traded_at, received_at,
    )  # fmt: skip


def _held_by(turn: Turn, position: Position, hit: Hit) -> str | None:
    """Return why nothing may be sent now, or None."""
    desk, symbol = turn.desk, position.symbol
    reason = closed_to(turn, symbol, hit.purpose)
    if reason is not None:
        return reason
    if turn.book.open_intent(symbol) is not None:
        return "unresolved"
    if turn.now.mono < desk.rest_until.get(symbol, -1e9) or symbol in desk.retries or symbol in desk.corrections:
        return "cooldown"
    return None


def _hold(turn: Turn, position: Position, hit: Hit, reached: Reached, reason: str) -> None:
    symbol = position.symbol
    turn.desk.pending.add(symbol)
    if not turn.record_once(
        ("held", symbol, hit.purpose, reason), ev.ExitHeld(reached.flow, symbol, position.name, reason)
    ):
        return
    if reason == "kill":
        turn.record(ev.OrderBlockedKillswitch(symbol, position.name, hit.purpose, turn.book.kill, "guard"))
