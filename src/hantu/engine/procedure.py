"""Recovery in five steps (OPS-05): detect, kill switch, clean up, restart, synchronise.

Entry points: ``begin``, ``run``, ``due``. Every step is a fact with its time,
duration and differences. A step that does not end in time stops the procedure
with the kill switch on; a person resumes it from that step. Nothing here ever
orders: it takes back, adopts and reports. Guarding does not wait for it.
"""

from datetime import UTC, datetime

from hantu.domain import events as ev
from hantu.domain.account import BrokerOrder, Side
from hantu.domain.commands import KillLevel, RunRecovery
from hantu.domain.events import RecoveryStep
from hantu.domain.order import IntentState
from hantu.engine import fills
from hantu.engine.records import Intent
from hantu.engine.recovery_state import Progress, Recovery
from hantu.engine.turn import Turn

GUARD = "guard"
CAUSES = {
    "unclean_end": "장중 비정상 종료 뒤 재시작",
    "command": "사람이 요청한 복구",
}
DOUBTFUL = (IntentState.SENDING, IntentState.UNKNOWN, IntentState.ESCALATED)


def begin(turn: Turn, cause: str, actor: str, detail: str) -> None:
    """Begin a recovery: the failure is on record and the switch is on before anything else."""
    flow = f"{turn.today.replace('-', '')}-recovery-{turn.desk.epoch}-{turn.now.wall:%H%M%S}"
    turn.record(ev.RecoveryBegan(flow, cause, actor, turn.stamp))
    turn.desk.progress = Progress()
    _enter(turn)
    _done(turn, f"{CAUSES[cause]}: {detail}")
    due(turn)


def run(turn: Turn, got: RunRecovery) -> None:
    """Resume the recovery that stopped, or begin one; one that is under way goes on as it is."""
    recovery = turn.book.recovery
    if recovery is None or recovery.ended:
        begin(turn, "command", got.actor, f"요청 {got.actor}")
    elif recovery.stopped and recovery.step is not None:
        turn.record(ev.RecoveryResumed(recovery.flow, recovery.step, got.actor))
        _enter(turn)
        due(turn)
    turn.ask_orders()
    turn.ask_balance()


def due(turn: Turn) -> None:
    """Do what the present step can do now; a step that is over leads to the next."""
    while (recovery := turn.book.recovery) is not None and recovery.running:
        progress = turn.desk.progress
        if progress.since_mono is None:
            _enter(turn)
        if recovery.step is None:
            _complete(turn, recovery)
            return
        waits_for = _STEPS[recovery.step](turn)
        if not waits_for:
            continue
        if turn.now.mono - (progress.since_mono or 0.0) >= _patience(turn, recovery.step):
            _stop(turn, recovery, recovery.step, waits_for)
        return


# --- the steps: what each still waits for; an empty text when it is done -------------


def _detect(turn: Turn) -> str:
    _done(turn, "장애 감지")
    return ""


def _kill_switch(turn: Turn) -> str:
    recovery, level = turn.book.recovery, turn.book.kill
    assert recovery is not None
    if level is KillLevel.OFF:
        reason = f"{CAUSES[recovery.cause]} - 복구 {recovery.flow}"
        automatic = recovery.cause != "command"
        cause = "unclean_restart" if automatic else ""
        turn.record(ev.KillswitchOn(KillLevel.ACTIVE, recovery.actor, reason, automatic, cause, turn.stamp))
        _done(turn, "킬 스위치 작동: 손절 매도와 취소만 허용")
    else:
        _done(turn, f"킬 스위치가 이미 작동 중 ({level})")
    return ""


def _clean_up(turn: Turn) -> str:
    """Buys and orders we did not know to live are taken back; sells of what is held are adopted."""
    if not _orders_read(turn):
        return "증권사의 주문 목록을 읽지 못함"
    notes: list[str] = []
    for intent in turn.book.open_intents():
        if intent.record.kind == "order":
            notes += _dispose(turn, intent)
    for order in turn.desk.listing:
        if order.remaining > 0 and not order.is_cancel:
            notes += _stray(turn, order)
    waiting = [number for number in turn.desk.progress.canceled if _lives(turn, number)]
    if waiting:
        return f"취소가 확인되지 않은 주문: {', '.join(waiting)}"
    notes += [f"취소 확인: {what}" for what in turn.desk.progress.canceled.values()]
    _done(turn, f"미체결 주문 정리: {len(notes)}건" if notes else "미체결 주문 없음", notes)
    return ""


def _restart(turn: Turn) -> str:
    if not turn.desk.recovered:
        return "잔고와 주문을 읽지 못해 감시를 이어 가지 못함"
    _done(turn, f"감시 재개: 보유 {len(turn.book.positions)}종목, 권한 번호 {turn.desk.epoch}")
    return ""


def _synchronise(turn: Turn) -> str:
    """Orders, fills and holdings equal the broker's, and every doubt has ended or has its person."""
    progress = turn.desk.progress
    both = (_orders_read(turn), _balance_read(turn))
    if not all(both):
        return "증권사의 주문과 잔고를 다시 읽지 못함"
    doubts = [
        intent.record.intent_id
        for intent in turn.book.open_intents()
        if intent.record.kind == "order" and intent.state in (IntentState.SENDING, IntentState.UNKNOWN)
    ]
    if doubts:
        return f"결과를 모르는 주문: {', '.join(doubts)}"
    found = [*progress.fills, *progress.holdings]
    _done(turn, f"주문·체결·잔고 동기화: 차이 {len(found)}건", found)
    return ""


_STEPS = {
    RecoveryStep.DETECT: _detect,
    RecoveryStep.KILL_SWITCH: _kill_switch,
    RecoveryStep.CLEAN_UP: _clean_up,
    RecoveryStep.RESTART: _restart,
    RecoveryStep.SYNCHRONISE: _synchronise,
}


# --- leaves ------------------------------------------------------------------------


def _dispose(turn: Turn, intent: Intent) -> list[str]:
    """Decide about one open order of ours; a doubtful one stays frozen until it is resolved."""
    record = intent.record
    what = f"{record.name}({record.symbol}) {_word(record.side)} {intent.remaining:,}주 주문 {intent.order_no}".rstrip()
    if intent.state in DOUBTFUL:
        return [f"확인 중: {what} {record.intent_id}"]
    position = turn.book.positions.get(record.symbol)
    if record.side is Side.SELL and position is not None and intent.remaining <= position.quantity:
        return [f"인수: {what}"]
    turn.desk.progress.canceled.setdefault(intent.order_no, what)
    fills.request_cancel(turn, intent)
    return []


def _stray(turn: Turn, order: BrokerOrder) -> list[str]:
    """An order that lives at the broker and not in our book: ours is taken back, a person's is reported."""
    intent = turn.book.by_order_no(order.order_no, turn.today)
    what = f"{order.symbol} {_word(order.side)} {order.remaining:,}주 주문 {order.order_no}"
    if intent is None:
        return [] if fills.claimable(turn, order) else [f"hantu 밖의 주문, 그대로 둠: {what}"]
    if not intent.open:
        turn.desk.progress.canceled.setdefault(order.order_no, f"{what} (끝난 것으로 기록됨)")
        fills.request_cancel(turn, intent)
    return []


def _lives(turn: Turn, order_no: str) -> bool:
    intent = turn.book.by_order_no(order_no, turn.today)
    listed = any(order.order_no == order_no and order.remaining > 0 for order in turn.desk.listing)
    return listed or (intent is not None and intent.open)


def _orders_read(turn: Turn) -> bool:
    """Whether the orders were asked for after the step began; has them asked for otherwise."""
    reads = turn.desk.reads
    if _since(turn, reads.orders_read_mono):
        return True
    if reads.orders_asked is None:
        turn.ask_orders()
    return False


def _balance_read(turn: Turn) -> bool:
    """Whether the holdings were asked for after the step began; has them asked for otherwise."""
    reads = turn.desk.reads
    if _since(turn, reads.balance_read_mono):
        return True
    if reads.balance_asked is None:
        turn.ask_balance()
    return False


def _since(turn: Turn, asked_mono: float | None) -> bool:
    since = turn.desk.progress.since_mono
    return asked_mono is not None and since is not None and asked_mono >= since


def _patience(turn: Turn, step: RecoveryStep) -> float:
    """Return how long a step may take, market seconds; a doubt needs its quarantine."""
    pace = turn.desk.config.pace
    return pace.recovery_step_s + (2 * pace.quarantine_s if step is RecoveryStep.SYNCHRONISE else 0.0)


def _enter(turn: Turn) -> None:
    progress = turn.desk.progress
    progress.since_mono, progress.since_wall = turn.now.mono, turn.stamp


def _done(turn: Turn, result: str, differences: list[str] | None = None) -> None:
    recovery, progress = turn.book.recovery, turn.desk.progress
    assert recovery is not None
    assert recovery.step is not None
    took = turn.now.mono - (progress.since_mono or turn.now.mono)
    turn.record(
        ev.RecoveryStepDone(
            recovery.flow, recovery.step, GUARD, progress.since_wall, round(took, 3), result, tuple(differences or ())
        )
    )
    _enter(turn)


def _stop(turn: Turn, recovery: Recovery, step: RecoveryStep, reason: str) -> None:
    progress = turn.desk.progress
    if turn.book.kill is KillLevel.OFF:
        # Released meanwhile; a recovery that failed is no state to take risk in.
        turn.record(
            ev.KillswitchOn(
                KillLevel.ACTIVE, GUARD, f"복구 중단: {reason}", automatic=True, cause="recovery_stopped", at=turn.stamp
            )
        )
    took = turn.now.mono - (progress.since_mono or turn.now.mono)
    turn.record(ev.RecoveryStopped(recovery.flow, step, GUARD, progress.since_wall, round(took, 3), reason))


def _complete(turn: Turn, recovery: Recovery) -> None:
    opened = turn.book.open_intents()
    orders = [intent for intent in opened if intent.record.kind == "order"]
    adopted = sum(1 for intent in orders if intent.state in (IntentState.WORKING, IntentState.PARTIAL))
    began = datetime.strptime(recovery.began_at, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
    turn.record(
        ev.RecoveryCompleted(
            len(opened), adopted, tuple(recovery.differences), recovery.flow, recovery.cause, recovery.actor,
            recovery.began_at, round((turn.now.wall - began).total_seconds(), 3), tuple(_remaining(turn, orders)),
        )
    )  # fmt: skip


def _remaining(turn: Turn, orders: list[Intent]) -> list[str]:
    words = {
        IntentState.ESCALATED: "사람 확인 필요 (`hantu orders resolve`)",
        IntentState.WORKING: "체결 대기",
        IntentState.PARTIAL: "체결 대기",
    }
    lines = [
        f"{intent.record.name}({intent.record.symbol}) {_word(intent.record.side)} {intent.remaining:,}주 "
        f"{intent.record.intent_id}: {words.get(intent.state, intent.state.value)}"
        for intent in orders
    ]
    lines += [
        f"{order.symbol} {_word(order.side)} {order.remaining:,}주 주문 {order.order_no}: hantu 밖의 주문"
        for order in turn.desk.listing
        if order.remaining > 0 and not order.is_cancel and turn.book.by_order_no(order.order_no, turn.today) is None
    ]
    if turn.book.kill is not KillLevel.OFF:
        lines.append("킬 스위치 해제 (`hantu kill off`): 그때까지 매수와 익절은 나가지 않음")
    return lines


def _word(side: Side) -> str:
    return "매도" if side is Side.SELL else "매수"
