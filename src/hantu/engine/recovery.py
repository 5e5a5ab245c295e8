"""Start is recovery: believe the record, doubt every order that was on its way.

Facts of the last life are applied, every order that may have left becomes
unknown, prepared ones are void, and nothing is sent before the broker's orders
and holdings have been read. Doing it twice changes nothing.
"""

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.order import IntentState
from hantu.engine import procedure
from hantu.engine.inputs import Started
from hantu.engine.journey import State
from hantu.engine.turn import Turn, Watch

SENT_AND_DIED = "보낸 뒤 답을 받기 전에 감시가 꺼짐"


def started(turn: Turn, got: Started) -> None:
    """Take in what the last life left and begin to ask the broker."""
    desk, book = turn.desk, turn.book
    for fact in got.facts:
        book.apply(fact)
    numbers = [int(key.rpartition("-")[2]) for key in book.intents]
    desk.next_intent = max(got.next_intent, max(numbers, default=0) + 1)
    desk.halted_at = dict.fromkeys(book.halts, turn.now)
    desk.epoch = got.epoch
    desk.watchlist = {item.symbol: item for item in got.watchlist}
    desk.origins = {origin.symbol: origin for origin in got.origins}
    _proceed(turn, clean=got.clean)
    for intent in book.open_intents():
        _doubt(turn, intent.record.intent_id)
    _distrust_balance(turn, got)
    _settle_state(turn)
    desk.reads.orders_due = desk.reads.balance_due = turn.now.mono


def try_complete(turn: Turn, differences: tuple[str, ...]) -> None:
    """End recovery once both the orders and the holdings have been read."""
    desk = turn.desk
    recovery = turn.book.recovery
    if recovery is not None and not recovery.ended:
        desk.progress.holdings += differences
    if desk.recovered:
        return
    desk.differences += differences
    if desk.reads.orders_read_mono is None or desk.reads.balance_read_mono is None:
        return
    desk.recovered = True
    if recovery is not None and not recovery.ended:
        # The recovery in five steps ends with a record of its own.
        return
    still_open = turn.book.open_intents()
    adopted = sum(1 for intent in still_open if intent.state in (IntentState.WORKING, IntentState.PARTIAL))
    turn.record(ev.RecoveryCompleted(len(still_open), adopted, desk.differences))


def _proceed(turn: Turn, *, clean: bool) -> None:
    """An unclean end in session is a failure to recover from; a recovery that was under way goes on."""
    recovery = turn.book.recovery
    if recovery is not None and not recovery.ended:
        return
    if not clean and turn.desk.config.calendar.in_session(turn.now.wall):
        procedure.begin(turn, "unclean_end", procedure.GUARD, "지난 실행이 정상 종료를 기록하지 않음")


def _doubt(turn: Turn, intent_id: str) -> None:
    intent = turn.book.intents[intent_id]
    record = intent.record
    watch = turn.desk.watches.setdefault(intent_id, Watch(turn.now.mono))
    if intent.state in (IntentState.TRIGGERED, IntentState.PREPARED):
        turn.record(ev.IntentVoided(intent_id, "전송 전 재시작"))
    elif intent.state is IntentState.SENDING and record.kind == "cancel":
        turn.record(ev.CancelResolved(intent_id, IntentState.UNKNOWN, "restart", "취소 중 재시작"))
    elif intent.state is IntentState.SENDING:
        turn.record(ev.OrderUnresolved(intent_id, record.flow, record.symbol, record.name, SENT_AND_DIED, ""))
    elif intent.state in (IntentState.WORKING, IntentState.PARTIAL):
        watch.accepted_mono = turn.now.mono


def _distrust_balance(turn: Turn, got: Started) -> None:
    """Shares sold shortly before the end of the last life may still show in the balance."""
    pace = turn.desk.config.pace
    since = turn.now.after(-pace.raise_settle_s).wall.strftime("%Y-%m-%d %H:%M:%S.%f")
    for fact in got.facts:
        if isinstance(fact, ev.OrderFilled) and fact.received_at >= since:
            until = turn.desk.raise_until if fact.side is Side.SELL else turn.desk.fall_until
            until[fact.symbol] = turn.now.mono + pace.raise_settle_s


def _settle_state(turn: Turn) -> None:
    """A new process has no connection: sleep is kept, anything else begins from idle."""
    book = turn.book
    before = book.state
    if book.sleep_cause and before is State.SLEEPING:
        turn.desk.reads.poll_due = turn.now.mono
        return
    if before is not State.IDLE:
        # A process that died leaves no connection behind; its session ended with it.
        turn.record(ev.SessionStateChanged(before.value, State.IDLE.value, "process restart"))
