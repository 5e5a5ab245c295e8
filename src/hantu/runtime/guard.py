"""The guard's loop: inputs to the engine, decisions to the performer, one timer.

Everything that happens enters by ``deliver`` and is handled to its end before
the next thing, in order. The trade path is a plain call from the socket's
callback to the engine; nothing is queued unless an input arrives while another
one is being handled.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from hantu.alerting.log_lines import lines_of
from hantu.alerting.moments import LogLine
from hantu.domain.commands import KillLevel
from hantu.domain.delays import notice_delay_ms
from hantu.domain.events import (
    Fact,
    IntentRecorded,
    KillswitchOff,
    KillswitchOn,
    OrderAllowedProtective,
    OrderFilled,
    PriceRejected,
    StopLossReached,
    TakeProfitReached,
)
from hantu.domain.instant import Instant
from hantu.domain.journey_words import MOMENTS
from hantu.domain.order import Outcome
from hantu.domain.quote import BookTop, Trade
from hantu.domain.session import trading_date
from hantu.engine.decision import Decision
from hantu.engine.engine import Engine
from hantu.engine.fences import fences
from hantu.engine.inputs import FeedClosed, FrameUnparsable, Input, SubmitEnded, Woken
from hantu.kis.hot import CalmFrames
from hantu.ports import Clock
from hantu.runtime.error_log import note_error
from hantu.runtime.minute_bars import MinuteBars
from hantu.runtime.performer import Performer
from hantu.telemetry import get_logger

TradeLog = get_logger(f"{__name__}.trades", "system")
SystemLog = get_logger(__name__, "system")
LATENCIES_KEPT = 1_000
WAKE_LIMIT_S = 0.25
"""Real seconds between looks at the clock: a practice market's wall clock jumps."""
_MOVE_NO_LEVEL = frozenset({StopLossReached, TakeProfitReached, IntentRecorded, OrderAllowedProtective})
"""Facts of an order that leaves now: levels stay, and nothing may delay it."""


@dataclass(slots=True)
class Counts:
    """What went through since the start, for people and measures."""

    inputs: int = 0
    trades: int = 0
    frames: int = 0
    parse_errors: int = 0
    rejected_prices: int = 0
    """Prices the stream showed and nothing confirmed."""
    orders: int = 0
    fills: int = 0
    moment: str = ""
    """The latest passing moment of the session (체결 확인, 연결 끊김 …)."""
    moment_at: str = ""
    latencies_ms: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCIES_KEPT))
    """Trade bytes read to order bytes out, real milliseconds."""
    notice_delays_ms: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCIES_KEPT))
    """Fill to its notice, market milliseconds; exact to a second."""
    wakes: int = 0
    """Turns of the guard's own timer; stands still when the guard does."""


class Guard:
    """One account's guard, once its parts are built."""

    def __init__(
        self,
        *,
        engine: Engine,
        clock: Clock,
        announce: Callable[[LogLine], None],
        on_kill: Callable[[KillLevel], None],
        wake_limit_s: float = WAKE_LIMIT_S,
    ) -> None:
        self._wake_limit_s = wake_limit_s
        self.engine = engine
        self.counts = Counts()
        self.performer: Performer | None = None
        self.on_fact: Callable[[Fact], None] | None = None
        """Told every fact once it is on record, or cannot be."""
        self.on_wake: Callable[[float], None] | None = None
        """Told after each turn of the timer how long it took, real seconds; not while a bug ends this life."""
        self.on_order: Callable[[str, float, float, float], None] | None = None
        """Told of each order that left: intent, real seconds from its creation to its bytes, from those to the answer,
        and from the bytes of the price that triggered it to its own; 0 where there was none."""
        self.calm = CalmFrames()
        """For the feed: frames the engine need not see; the levels are kept up to date here."""
        self.minutes = MinuteBars()
        """For people: what the prices were; nothing is decided by it."""
        self._clock = clock
        self._announce = announce
        self._on_kill = on_kill
        self._waiting: deque[Input] = deque()
        self._busy = False
        self._broken = False
        self._timer: asyncio.TimerHandle | None = None
        self._triggers: dict[str, float] = {}
        self._ended = asyncio.Event()
        self.end_reason = ""

    def deliver(self, got: Input) -> None:
        """Handle one input, or queue it behind the one being handled."""
        if self._busy:
            self._waiting.append(got)
            return
        if self._broken or (self.end_reason and isinstance(got, FeedClosed)):
            # A line that closes because the guard ends is no loss to tell anybody about.
            return
        self._busy = True
        try:
            self._handle(got)
            while self._waiting:
                self._handle(self._waiting.popleft())
        except Exception:  # noqa: BLE001 - supervisor boundary: a bug of ours ends this life, recovery begins the next
            self._broken = True
            SystemLog.exception("내부 오류 - 이 감시를 끝내고 복구부터 다시 시작")
            self.end("bug")
        finally:
            self._busy = False

    async def run(self) -> str:
        """Keep the timer going until ``end``; return why it ended."""
        self._arm()
        await self._ended.wait()
        if self._timer is not None:
            self._timer.cancel()
        return self.end_reason

    def end(self, reason: str) -> None:
        """Let ``run`` return."""
        self.end_reason = self.end_reason or reason
        self._ended.set()

    # --- leaves --------------------------------------------------------------------

    def _handle(self, got: Input) -> None:
        kind = type(got)
        counts = self.counts
        counts.inputs += 1
        now = self._clock.now()
        if kind is Trade:
            calm = self.calm
            counts.frames += 1 + calm.frames_dropped
            counts.trades += got.count + calm.records_dropped  # type: ignore[union-attr]
            calm.frames_dropped = calm.records_dropped = 0
            if TradeLog.isEnabledFor(logging.DEBUG):
                TradeLog.debug("체결가 수신: %s - 현재가 %s원", got.symbol, f"{got.price:,}")  # type: ignore[union-attr]
        elif kind is BookTop:
            counts.frames += 1
        elif kind is FrameUnparsable:
            counts.parse_errors += 1
        elif isinstance(got, SubmitEnded):
            self._measure(got.intent_id, got.outcome)
        decision = self.engine.handle(got, now)
        if not _MOVE_NO_LEVEL.issuperset(map(type, decision.facts)):
            self.calm.set_levels(fences(self.engine.book, self.engine.desk.config, self.engine.desk.doubts))
        if decision.facts or decision.actions or decision.log:
            self._carry_out(decision, got, now)
        elif kind is not Trade and kind is not BookTop:
            self._arm()
        if kind is Trade:
            # Last: what the trade set off is with the writer by now.
            self.minutes.add(got)  # type: ignore[arg-type]
        elif kind is FeedClosed:
            self.minutes.broken()

    def _carry_out(self, decision: Decision, got: Input, now: Instant) -> None:
        assert self.performer is not None, "the guard was used before it was built"
        for fact in decision.facts:
            self._note(fact, got)
        self.performer.perform(decision, now, lambda: self._tell(decision, now))

    def _tell(self, decision: Decision, now: Instant) -> None:
        """Say what was decided and look at the clock again; nothing here is in a hurry."""
        for level, text in decision.log:
            self._announce(LogLine(level, text))
        today = trading_date(now.wall)
        for fact in decision.facts:
            note_error(fact, self.engine)
            if self.on_fact is not None:
                self.on_fact(fact)
            moment = MOMENTS.get(type(fact))
            if moment is not None:
                self.counts.moment, self.counts.moment_at = moment, f"{now.wall:%Y-%m-%d %H:%M:%S.%f}"
            for line in lines_of(fact, today):
                self._announce(line)
        self._arm()

    def _note(self, fact: Fact, got: Input) -> None:
        if isinstance(fact, IntentRecorded):
            self.counts.orders += 1
            if isinstance(got, Trade):
                self._triggers[fact.intent_id] = got.received_at
        elif isinstance(fact, OrderFilled):
            self.counts.fills += 1
            delay = notice_delay_ms(fact.filled_at, fact.received_at) if fact.source == "notice" else None
            if delay is not None:
                self.counts.notice_delays_ms.append(delay)
        elif isinstance(fact, PriceRejected):
            self.counts.rejected_prices += 1
        elif isinstance(fact, KillswitchOn | KillswitchOff):
            self._on_kill(self.engine.book.kill)

    def _measure(self, intent_id: str, outcome: Outcome) -> None:
        received = self._triggers.pop(intent_id, None)
        if not outcome.sent_mono:
            return
        real = self._clock.real_delay
        trigger_s = real(outcome.sent_mono - received) if received is not None else 0.0
        if received is not None:
            self.counts.latencies_ms.append(trigger_s * 1000.0)
        watch = self.engine.desk.watches.get(intent_id)
        if watch is not None and self.on_order is not None:
            answer_s = real(outcome.answered_mono - outcome.sent_mono) if outcome.answered_mono else 0.0
            self.on_order(intent_id, real(outcome.sent_mono - watch.recorded_mono), answer_s, trigger_s)

    def _arm(self) -> None:
        if self._ended.is_set():
            return
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
        now = self._clock.now()
        wait = self._clock.real_delay(max(0.0, self.engine.next_deadline(now) - now.mono))
        self._timer = loop.call_later(min(wait, self._wake_limit_s), self._wake)

    def _wake(self) -> None:
        self._timer = None
        began = self._clock.now().mono
        self.deliver(Woken())
        if self._timer is None:
            self._arm()
        if not self._broken:
            self.counts.wakes += 1
            if self.on_wake is not None:
                self.on_wake(self._clock.real_delay(self._clock.now().mono - began))
