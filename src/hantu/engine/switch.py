"""The kill switch: who may set it and release it, what it repeats while it is on.

Going up needs nothing. A release needs a person, a reason and a clean
reconciliation newer than what set it: balance and order list read, nothing
unexplained, no order in doubt. Nothing here releases it by itself.
"""

from typing import Final

from hantu.domain import events as ev
from hantu.domain.commands import KillLevel, SetKill
from hantu.domain.order import IntentState
from hantu.engine import flatten
from hantu.engine.inputs import SafetyBreach
from hantu.engine.turn import Desk, Turn

ITSELF: Final = "hantu"
"""Named as the actor of what no person did."""
STRICTNESS: Final = {KillLevel.OFF: 0, KillLevel.ACTIVE: 1, KillLevel.FLATTEN: 2, KillLevel.HARD: 3}
"""Which of two levels forbids more."""
REPEAT_S: Final = 300.0
"""Seconds between two lists of holdings whose stops are blocked."""
DOUBTS: Final = (IntentState.SENDING, IntentState.UNKNOWN, IntentState.ESCALATED)
READING: Final = "작동 뒤의 잔고와 주문 목록을 아직 대조하지 못했습니다"
"""The one obstacle that ends by itself within seconds."""


def set_kill(turn: Turn, got: SetKill) -> None:
    """Take a person's wish in; a release that is not due is recorded as refused."""
    now, wanted = turn.book.kill, got.level
    if wanted is KillLevel.FLATTEN and (not got.second.strip() or got.second.strip() == got.actor.strip()):
        # To sell everything takes two people; until then nothing new is risked, and nothing stricter is lowered.
        wanted = max(now, KillLevel.ACTIVE, key=STRICTNESS.__getitem__)
    if wanted is now:
        return
    if (wanted is KillLevel.OFF or now is KillLevel.HARD) and _refused(turn, got):
        return
    if now is KillLevel.FLATTEN:
        flatten.called_off(turn)
    if wanted is KillLevel.OFF:
        until = turn.wall_text(turn.now.mono + got.release_s) if got.release_s > 0 else ""
        turn.record(ev.KillswitchOff(got.actor, got.reason, got.second, until, now, turn.stamp))
        turn.forget("held")
        return
    actor = f"{got.actor}, {got.second}" if wanted is KillLevel.FLATTEN else got.actor
    _set(turn, wanted, actor, got.reason)


def breached(turn: Turn, got: SafetyBreach) -> None:
    """Stop new orders by itself, with the cause; once as long as the switch is on."""
    breach(turn, got.check, f"{got.symbol} {got.reason}".strip())


def breach(turn: Turn, check: str, reason: str) -> None:
    """Set ``active`` because of a check of our own; a stricter level stays."""
    if turn.book.kill is not KillLevel.OFF:
        # What is released later must have been compared after this, too.
        turn.desk.switch.set_mono = turn.now.mono
        turn.say("WARNING", f"킬 스위치가 이미 켜져 있음 - 새 원인: {reason} ({check})")
        if check == "duplicate_order":
            # It lives at the broker under no name of ours: a person has to act, whatever the switch was set for.
            turn.record(ev.KillswitchOn(turn.book.kill, ITSELF, reason, turn.book.kill_automatic, check, turn.stamp))
        return
    _set(turn, KillLevel.ACTIVE, ITSELF, reason, automatic=True, cause=check)


def obstacles(desk: Desk) -> tuple[str, ...]:
    """Return what stands against a release, one Korean sentence each; nothing when it may be released."""
    switch, reads = desk.switch, desk.reads
    found = []
    orders_read = reads.orders_read_mono
    if not desk.recovered or orders_read is None or min(orders_read, switch.clean_mono) < switch.set_mono:
        found.append(READING)
    found += [
        f"{symbol} 보유 수량 {change:+,}주의 이유를 모릅니다"
        for symbol, (change, _) in sorted(switch.tally.odd.items())
    ]
    found += [f"{symbol} 보유 수량이 체결과 맞지 않습니다" for symbol in sorted(desk.book.mismatched)]
    found += [
        f"{intent.record.name or intent.record.symbol}({intent.record.symbol}) 주문 {intent.record.intent_id}의 결과를 모릅니다"
        for intent in desk.book.open_intents()
        if intent.state in DOUBTS
    ]
    if not desk.storage_ok:
        found.append("데이터베이스에 기록하지 못하고 있습니다")
    return tuple(found)


def due(turn: Turn) -> None:
    """Do what the time asks for: the end of a temporary release, the next list of unprotected holdings."""
    book = turn.book
    if book.kill is KillLevel.OFF:
        if book.release_until and turn.stamp >= book.release_until:
            # Nothing is sold by itself because a time has passed.
            back = KillLevel.ACTIVE if book.level_released is KillLevel.FLATTEN else book.level_released
            _set(turn, back, ITSELF, "임시 해제 시간이 끝났습니다", automatic=True, cause="release_expired")
        return
    if book.kill is KillLevel.HARD and _repeat_due(turn):
        _list_unprotected(turn)


def next_due(turn: Turn) -> float | None:
    """Return the monotonic moment at which ``due`` has something to do, or None."""
    if turn.book.kill is KillLevel.HARD and turn.book.positions:
        return turn.desk.switch.told_mono + REPEAT_S if _in_session(turn) else None
    return None


# --- leaves ------------------------------------------------------------------------


def _set(turn: Turn, level: KillLevel, actor: str, reason: str, *, automatic: bool = False, cause: str = "") -> None:
    turn.record(ev.KillswitchOn(level, actor, reason, automatic, cause, turn.stamp))
    turn.desk.switch.set_mono = turn.now.mono
    turn.forget("held")
    turn.ask_balance()
    turn.ask_orders()
    if level is KillLevel.HARD:
        _list_unprotected(turn)
    elif level is KillLevel.FLATTEN:
        flatten.begin(turn, actor, reason)


def _refused(turn: Turn, got: SetKill) -> bool:
    found = obstacles(turn.desk)
    if not found:
        return False
    if found != (READING,):
        turn.record(ev.KillswitchReleaseRefused(got.actor, got.reason, turn.book.kill, found))
    turn.ask_balance()
    turn.ask_orders()
    return True


def _repeat_due(turn: Turn) -> bool:
    return _in_session(turn) and turn.now.mono >= turn.desk.switch.told_mono + REPEAT_S


def _in_session(turn: Turn) -> bool:
    return turn.desk.config.calendar.in_session(turn.now.wall)


def _list_unprotected(turn: Turn) -> None:
    turn.desk.switch.told_mono = turn.now.mono
    held = sorted(turn.book.positions.values(), key=lambda position: position.symbol)
    lines = tuple(
        f"{held_.name} ({held_.symbol}) {held_.quantity:,}주, 손절가 {held_.stop_price:,}원"
        for held_ in held
        if held_.quantity
    )
    if lines:
        turn.record(ev.PositionsUnprotected(turn.book.kill, turn.book.kill_reason, lines))
