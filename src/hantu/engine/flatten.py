"""Leave everything: each step an ordinary order through the ordinary path, paced, resumable.

There is no list of steps to lose: while the level is ``flatten`` whatever is
held is taken to zero, and a restart goes on from what is held then. What
keeps shares from a sale is cancelled first, and nothing is sold before the
cancel is confirmed. Orders placed outside hantu are not touched.
"""

from typing import Final

from hantu.domain import events as ev
from hantu.domain.account import Balance, Side
from hantu.domain.commands import KillLevel
from hantu.domain.instrument import Symbol
from hantu.domain.order import IntentState, Purpose
from hantu.domain.session import Phase
from hantu.engine import exits, fills, holdings, line
from hantu.engine.config import Mode
from hantu.engine.decision import ReadPrices
from hantu.engine.records import Intent, Position
from hantu.engine.turn import Turn

STEP_S: Final = 0.5
"""Market seconds between two sells of the plan."""
ASK_S: Final = 2.0
"""Market seconds between two questions for prices."""
WORKING: Final = (IntentState.WORKING, IntentState.PARTIAL)
RULE: Final = "flatten"
"""The rule of a holding that has none and is to be left."""
NEVER: Final = 2_000_000_000
"""A target no price reaches, won: the plan alone decides about this holding."""


def begin(turn: Turn, actor: str, reason: str) -> None:
    """Say what will be left; the steps follow one by one."""
    turn.record(ev.FlattenStarted(actor, reason, tuple(_line(held) for held in _held(turn))))


def due(turn: Turn) -> None:
    """Take the next step of the plan, if its time has come."""
    if turn.book.kill is not KillLevel.FLATTEN or not turn.desk.recovered:
        return
    in_session = turn.desk.config.calendar.in_session(turn.now.wall)
    if not turn.book.flatten_begun:
        if not (in_session and _held(turn)):
            return
        begin(turn, "hantu", "남은 보유 종목을 이어서 정리")
    if in_session:
        # Outside of it neither a sell nor a cancel is taken by anybody.
        _cancel_buys(turn)
        unpriced = [position.symbol for position in _held(turn) if not _step(turn, position)]
        if unpriced:
            _ask_prices(turn, tuple(unpriced))
    after_close = turn.desk.config.calendar.phase(turn.now.wall) in (Phase.AFTER_CLOSE, Phase.CLOSED_DAY)
    # What only a person can resolve does not keep the report back; it is named in it.
    if _finished(turn) or (after_close and all(left.state is IntentState.ESCALATED for left in _open(turn))):
        remains = tuple(f"{_line(held)}: {_why(turn, held)}" for held in _held(turn))
        sold = sum(i.filled for i in turn.book.intents.values() if i.record.purpose is Purpose.FLATTEN)
        turn.record(ev.FlattenCompleted(sold, remains))


def next_due(turn: Turn) -> float | None:
    """Return the monotonic moment of the next step, or None."""
    if turn.book.kill is not KillLevel.FLATTEN or not turn.book.flatten_begun:
        return None
    return turn.now.mono + STEP_S


def balanced(turn: Turn, balance: Balance, asked_mono: float) -> None:
    """Take in what nobody asked to guard: it is left like the rest.

    A balance lags behind fills: what it still shows of shares just sold is not sold again.
    """
    if turn.book.kill is not KillLevel.FLATTEN:
        return
    for holding in balance.holdings:
        if holding.quantity <= 0 or holding.symbol in turn.book.positions:
            continue
        if holdings.too_soon(turn, holding.symbol, holding.quantity, asked_mono):
            continue
        turn.desk.told.add(("ruled", holding.symbol))
        turn.record(
            ev.PositionGuarded(
                holding.symbol, holding.name, holding.quantity, holding.cost, holding.average_price, 0, NEVER,
                RULE, RULE,
            )
        )  # fmt: skip


def called_off(turn: Turn) -> None:
    """What was taken in only to be left is again a holding nobody asked to guard."""
    for position in turn.book.positions.values():
        if position.rule == RULE:
            turn.forget("ruled", position.symbol)
            turn.forget("unguarded", position.symbol)
            turn.ask_balance()


# --- leaves ------------------------------------------------------------------------


def _held(turn: Turn) -> list[Position]:
    return [
        turn.book.positions[symbol] for symbol in line.nearest_to_stop(turn) if turn.book.positions[symbol].quantity > 0
    ]


def _open(turn: Turn) -> list[Intent]:
    return [intent for intent in turn.book.open_intents() if intent.record.kind == "order"]


def _finished(turn: Turn) -> bool:
    """Nothing is held, and nothing we sent may still change that."""
    desk = turn.desk
    fresh = desk.reads.balance_read_mono is not None and desk.reads.balance_read_mono >= desk.switch.set_mono
    return fresh and not _held(turn) and not _open(turn)


def _cancel_buys(turn: Turn) -> None:
    for intent in _open(turn):
        if intent.record.side is Side.BUY and intent.state in WORKING:
            fills.request_cancel(turn, intent)


def _step(turn: Turn, position: Position) -> bool:
    """Do what one holding needs next; False if its price is missing."""
    desk, symbol, now = turn.desk, position.symbol, turn.now.mono
    selling = turn.book.open_intent(symbol)
    if selling is not None:
        _take_back(turn, selling)
        return True
    if turn.book.open_intent(symbol, Side.BUY) is not None:
        return True
    sight = desk.sight(symbol)
    if not sight.price or now - max(sight.seen_mono, sight.quote_mono) > desk.config.pace.stale_quote_s:
        return False
    flow = f"{turn.today.replace('-', '')}-{symbol}-{Purpose.FLATTEN}-{desk.next_intent}"
    if desk.config.mode is Mode.WATCH:
        price = exits.exit_price(turn, symbol, Purpose.FLATTEN, sight.price)
        turn.record_once(
            ("flatten", symbol),
            ev.ExitSimulated(flow, symbol, position.name, Purpose.FLATTEN, position.quantity, price),
        )
        return True
    closed = exits.closed_to(turn, symbol, Purpose.FLATTEN)
    if closed is not None:
        turn.record_once(("held", symbol, Purpose.FLATTEN, closed), ev.ExitHeld(flow, symbol, position.name, closed))
        return True
    resting = now < desk.rest_until.get(symbol, -1e9) or symbol in desk.retries or symbol in desk.corrections
    if not resting and now - desk.switch.sell_mono >= STEP_S:
        if exits.send(turn, position, Purpose.FLATTEN, 0, flow, sight.price, attempt=1, parent=""):
            desk.switch.sell_mono = now
    return True


def _take_back(turn: Turn, selling: Intent) -> None:
    """Cancel a sell that waits for profit, or one that has not filled in time; what follows waits for the proof."""
    if selling.state not in WORKING:
        return
    watch = turn.desk.watches.get(selling.record.intent_id)
    since = (watch.accepted_mono or watch.recorded_mono) if watch else -1e9
    if not selling.record.purpose.urgent or turn.now.mono >= since + turn.desk.config.pace.fill_wait_s:
        fills.request_cancel(turn, selling)


def _ask_prices(turn: Turn, symbols: tuple[Symbol, ...]) -> None:
    reads, switch = turn.desk.reads, turn.desk.switch
    if reads.prices_asked is None and turn.now.mono - switch.prices_mono >= ASK_S:
        reads.prices_asked = switch.prices_mono = turn.now.mono
        turn.do(ReadPrices(symbols[:30], urgent=True))


def _line(position: Position) -> str:
    return f"{position.name} ({position.symbol}) {position.quantity:,}주"


def _why(turn: Turn, position: Position) -> str:
    if any(turn.book.open_intent(position.symbol, side) is not None for side in Side):
        return "주문 결과 확인 중"
    if turn.book.halted(position.symbol) is not None:
        return "거래 정지"
    if exits.sellable_now(turn, position.symbol) <= 0:
        return "다른 주문이 수량을 잡고 있음"
    return "장 마감, 다음 장에서 이어서 정리"
