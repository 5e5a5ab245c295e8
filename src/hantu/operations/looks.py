"""What a look at the guard and its broker shows, and which numbers go with it.

Each function reads what it is given and returns observations and gauges; only
``hantu.operations.machine`` touches the operating system.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hantu.domain.commands import KillLevel
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.order import IntentState
from hantu.domain.session import Phase
from hantu.engine import registrations
from hantu.engine.engine import Engine
from hantu.engine.journey import State
from hantu.engine.turn import Turn
from hantu.kis.tokens import Grant
from hantu.operations.components import Health, Observation
from hantu.operations.measures import Answers
from hantu.operations.skew import LIMIT_S, Stamp, sure_skew
from hantu.ports import Presence
from hantu.runtime.delivery import Counts as AlertCounts

LAG_WARN_S = 1.0
"""The loop comes back this late: something holds it up."""
TOKEN_SOON_S = 600.0
"""A token that ends sooner should have been replaced by now."""
ALERTS_FAILED_DOWN = 3
KILL_NUMBERS = {KillLevel.OFF: 0, KillLevel.ACTIVE: 1, KillLevel.FLATTEN: 2, KillLevel.HARD: 3}
GRANTS = {"token": "접근 토큰", "approval": "approval_key"}

OK, NOT_EXPECTED = Observation(Health.OK), Observation(Health.NOT_EXPECTED, "장 시간 아님")


@dataclass(slots=True)
class Seen:
    """The result of one look: component → observations, metric (and labels) → value."""

    components: dict[str, tuple[Observation, ...]] = field(default_factory=dict)
    gauges: dict[tuple[str, tuple[str, ...]], float] = field(default_factory=dict)

    def gauge(self, name: str, value: float, *labels: str) -> None:
        """Set one number."""
        self.gauges[name, labels] = value


def wanted(engine: Engine, now: Instant) -> str:
    """Return why watching is not to be expected now; empty while it is."""
    if not engine.desk.config.calendar.in_session(now.wall):
        return "장 시간 아님"
    return "사람이 중지함" if engine.book.stopped else ""


def guard(seen: Seen, *, wakes: int, wakes_before: int, lag_s: float) -> None:
    """Look at the loop: it lives when its own timer moves, and is well when it is on time."""
    seen.gauge("guard_loop_lag_seconds", round(lag_s, 4))
    if wakes == wakes_before:
        found = Observation(Health.DOWN, "감시 루프가 진행하지 않음")
    elif lag_s >= LAG_WARN_S:
        found = Observation(Health.WARN, f"감시 루프가 {lag_s:.1f}초 밀림")
    else:
        found = OK
    seen.components["guard"] = (found,)


def stream(seen: Seen, engine: Engine, now: Instant, silent_s: float, silent_limit_s: float) -> None:
    """Look at the price stream; ``silent_s`` real seconds without market data."""
    line, book = engine.desk.line, engine.book
    done, total = registrations.prices_done(Turn(engine.desk, now))
    seen.gauge("stream_connected", float(line.open))
    seen.gauge("stream_silence_seconds", round(silent_s, 1) if line.open else 0.0)
    seen.gauge("subscriptions", done)
    seen.gauge("subscriptions_wanted", total)
    why_not = wanted(engine, now)
    if why_not:
        found = Observation(Health.NOT_EXPECTED, why_not)
    elif book.state is State.SLEEPING:
        found = Observation(Health.DOWN, f"휴면: {book.sleep_cause}")
    elif book.state is State.IDLE:
        found = Observation(Health.DOWN, "장중인데 감시가 시작되지 않음")
    elif not line.open:
        found = Observation(Health.DOWN, "실시간 연결이 끊김")
    elif total and silent_s >= silent_limit_s and _should_trade(engine, now):
        # Warn, not down: the line answers (a dead one is given up), and a quiet stock may just not trade.
        found = Observation(Health.WARN, f"연결되어 있지만 {silent_s:.0f}초 동안 시세가 없음")
    elif line.refused:
        found = Observation(Health.WARN, f"구독 실패 {len(line.refused)}종목")
    else:
        found = OK
    seen.components["stream"] = (found,)


def _should_trade(engine: Engine, now: Instant) -> bool:
    """Tell whether executions are to be expected: continuous trading, and not everything held is halted."""
    book = engine.book
    if engine.desk.config.calendar.phase(now.wall) is not Phase.CONTINUOUS or book.halted(Symbol("")) is not None:
        return False
    return not book.positions or any(book.halted(symbol) is None for symbol in book.positions)


def rest(seen: Seen, answers: Answers, probe_problem: str, why_not: str) -> None:
    """Look at the REST side by what came of its calls since the last look."""
    if probe_problem:
        found: tuple[Observation, ...] = (Observation(Health.DOWN, probe_problem),)
    elif answers.bad > answers.good:
        state = Health.WARN if answers.good else Health.DOWN
        found = (Observation(state, f"실패 {answers.bad}건: {answers.problem}"),)
    elif answers.good:
        found = (OK,)
    else:
        found = (Observation(Health.NOT_EXPECTED, why_not),) if why_not else ()
    seen.components["rest"] = found


def tokens(seen: Seen, grants: Mapping[str, Grant | None], wall: datetime, why_not: str) -> None:
    """Look at what the broker issued: there, accepted, and with time left."""
    for kind, word in GRANTS.items():
        grant = grants.get(kind)
        left = 0.0 if grant is None else (grant.expires_at - wall).total_seconds()
        if grant is None:
            found = Observation(Health.NOT_EXPECTED, why_not) if why_not else Observation(Health.DOWN, f"{word} 없음")
        elif grant.rejected:
            found = Observation(Health.DOWN, f"{word}을(를) 증권사가 거부함")
        elif left <= 0:
            found = Observation(Health.NOT_EXPECTED if why_not else Health.DOWN, f"{word} 만료됨")
        elif left < TOKEN_SOON_S and not why_not:
            found = Observation(Health.WARN, f"{word} {left / 60:.0f}분 뒤 만료")
        else:
            found = Observation(Health.OK, f"{left / 3600:.1f}시간 남음")
        seen.components[kind] = (found,)
        seen.gauge("token_left_seconds", max(0.0, round(left)), kind)


def clock(seen: Seen, stamps: "deque[Stamp]", wall_s: float) -> None:
    """Look at this machine's clock beside the broker's."""
    skew = sure_skew(stamps, wall_s)
    if skew is None:
        seen.components["clock"] = (Observation(Health.NOT_EXPECTED, "증권사 응답 시각을 아직 모름"),)
        return
    seen.gauge("clock_skew_seconds", round(skew, 3))
    if abs(skew) > LIMIT_S:
        word = "느림" if skew > 0 else "빠름"
        seen.components["clock"] = (Observation(Health.WARN, f"증권사 시계보다 {abs(skew):.1f}초 이상 {word}"),)
    else:
        seen.components["clock"] = (OK,)


def alerts(
    seen: Seen, counts: AlertCounts, before: AlertCounts, *, configured: bool, troubles: Sequence[str] = ()
) -> None:
    """Look at the channels to people: what became of alerts since one was taken, and what the channels say themselves."""
    failed = counts.failed - before.failed
    if counts.sent > before.sent:
        found: tuple[Observation, ...] = (OK,)
    elif failed >= ALERTS_FAILED_DOWN:
        found = (Observation(Health.DOWN, f"알림 {failed}회 연속 실패"),)
    elif failed:
        found = (Observation(Health.WARN, f"알림 전송 실패 {failed}회"),)
    elif not configured:
        found = (Observation(Health.NOT_EXPECTED, "알림 채널을 설정하지 않음 (로그에만 남김)"),)
    else:
        found = (OK,)
    asked = (Observation(Health.WARN, "; ".join(troubles)),) if troubles else ()
    seen.components["alerts"] = (*found, *asked)


_ABSENT = {
    Presence.SILENT: Observation(Health.WARN, "알림 프로세스 응답 없음 - 감시가 직접 알림"),
    Presence.ENDED: Observation(Health.NOT_EXPECTED, "알림 프로세스를 끝냄 - 감시가 직접 알림"),
    Presence.NEVER: Observation(Health.NOT_EXPECTED, "알림 프로세스를 쓰지 않음 - 감시가 직접 알림"),
}


def notifier(seen: Seen, presence: Presence) -> None:
    """Look at the process that tells people in the guard's place; without it the guard tells them itself."""
    found = OK if presence is Presence.HERE else _ABSENT[presence]
    seen.components["notifier"] = (found,)


def database(seen: Seen, *, healthy: bool, problem: str) -> None:
    """Look at the records; ``problem`` is why the last samples could not be kept."""
    if not healthy:
        found = Observation(Health.DOWN, "기록이 되지 않아 임시 파일에 씀")
    elif problem:
        found = Observation(Health.WARN, f"점검 결과를 저장하지 못함: {problem}")
    else:
        found = OK
    seen.components["database"] = (found,)


def protection(seen: Seen, engine: Engine, now: Instant) -> None:
    """Take the numbers that say how well holdings are guarded."""
    desk, book = engine.desk, engine.book
    open_session = desk.config.calendar.in_session(now.wall)
    ages = [now.mono - desk.sight(symbol).seen_mono for symbol in book.positions if desk.sight(symbol).price]
    states = [intent.state for intent in book.open_intents()]
    seen.gauge("market_open", float(open_session))
    seen.gauge("positions", len(book.positions))
    seen.gauge("positions_unguarded", len(book.unguarded))
    seen.gauge("price_age_seconds", round(max(ages, default=0.0), 1))
    seen.gauge("kill_switch_level", KILL_NUMBERS[book.kill])
    seen.gauge("orders_unresolved", sum(state in (IntentState.UNKNOWN, IntentState.ESCALATED) for state in states))
    seen.gauge("orders_need_person", sum(state is IntentState.ESCALATED for state in states))
    seen.gauge("day_start_equity_won", desk.equity_start)


def gain(engine: Engine) -> int:
    """Return the profit of today's exits and of what is held and guarded, won.

    Holdings count at the latest price seen; one without a price counts as even.
    """
    total = sum(closed.pnl for closed in engine.book.closed)
    for symbol, held in engine.book.positions.items():
        price = engine.desk.sight(symbol).price
        total += price * held.quantity - held.cost if price else 0
    return int(total)


def unprotected_s(engine: Engine, now: Instant) -> float:
    """Return market seconds of this day in which holdings were not streamed."""
    line, book = engine.desk.line, engine.book
    blind = 0.0 if line.blind_mono is None or not book.positions else now.mono - line.blind_mono
    return book.unprotected_s + blind
