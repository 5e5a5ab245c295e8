"""Counts and waits as they come in: taken from facts after they are on record, read once an interval.

Nothing here waits, writes or judges; the order path adds to a deque at most.
"""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hantu.domain import events as e
from hantu.domain.delays import notice_delay_ms
from hantu.operations.skew import KEPT, Stamp

WAITS_KEPT: Final = 5_000
"""Of one interval; beyond it the oldest are lost, and the counts still tell how many there were."""
EXITS: Final = "exits"
"""The strategy that lives in the guard: its exit rules."""
SIGNALS: Final[dict[type, str]] = {
    e.StopLossReached: "stop_loss",
    e.TakeProfitReached: "take_profit",
    e.AddBuyOpportunity: "add_buy",
    e.FlattenStarted: "other",
    e.OrderTokenIssued: "other",
}


@dataclass(frozen=True, slots=True)
class Wait:
    """One measured duration; ``label`` names the order, endpoint or strategy."""

    metric: str
    label: str
    seconds: float


@dataclass(slots=True)
class Answers:
    """REST answers since the last look."""

    good: int = 0
    bad: int = 0
    problem: str = ""
    """Of the newest failure."""


class Measures:
    """Everything counted in one life of a guard."""

    def __init__(self, now: Callable[[], float], wall_s: Callable[[], float]) -> None:
        """Begin at zero.

        Args:
            now: Monotonic seconds of this machine.
            wall_s: Seconds since 1970 of this machine.
        """
        self.counts: Counter[tuple[str, str]] = Counter()
        """(metric, label or ``label|label``) → how many."""
        self.waits: deque[Wait] = deque(maxlen=WAITS_KEPT)
        self.ends: deque[tuple[float, bool]] = deque(maxlen=WAITS_KEPT)
        """Orders that ended: when, and whether they failed."""
        self.answers = Answers()
        self.stamps: deque[Stamp] = deque(maxlen=KEPT)
        self._now, self._wall_s = now, wall_s

    def note(self, fact: e.Fact) -> None:
        """Take one fact that is on record."""
        kind = SIGNALS.get(type(fact))
        if kind is not None:
            self.counts["signals", kind] += 1
        match fact:
            case e.OrderAccepted():
                self._ended("accepted", "", failed=False)
            case e.OrderRejectedBroker(code=code):
                self._ended("refused", code, failed=True)
            case e.OrderNotSent(code=code):
                self._ended("not_sent", code, failed=True)
            case e.OrderUnresolved():
                self._ended("unknown", "", failed=True)
            case e.OrderFilled():
                self._filled(fact)
            case e.FillUnconfirmed():
                self.counts["fills_late", ""] += 1
            case e.DataDelay():
                self.waits.append(Wait("data_delay_seconds", fact.symbol, fact.delay_ms / 1000.0))
            case _:
                pass

    def ordered(self, intent_id: str, send_s: float, answer_s: float, trigger_s: float) -> None:
        """Take the times of one order request; real seconds, 0 = there was no answer, or no price that triggered it."""
        if trigger_s > 0:
            self.waits.append(Wait("trigger_to_send_seconds", intent_id, trigger_s))
        self.waits.append(Wait("order_send_seconds", intent_id, send_s))
        if answer_s > 0:
            self.waits.append(Wait("order_answer_seconds", intent_id, answer_s))

    def ran(self, strategy: str, seconds: float) -> None:
        """Take one timed run of a strategy, real seconds."""
        self.waits.append(Wait("strategy_run_seconds", strategy, seconds))

    def answered(self, endpoint: str, took_s: float, problem: str, served: float) -> None:
        """Take one REST answer, or its absence.

        Args:
            endpoint: Short name of the call.
            took_s: Real seconds.
            problem: Why there is no usable answer; empty for a usable one.
            served: When the broker's clock says it answered, seconds since 1970; 0 = it did not say.
        """
        self.waits.append(Wait("api_seconds", endpoint, took_s))
        if problem:
            self.counts["api_failures", endpoint] += 1
            self.answers.bad += 1
            self.answers.problem = problem
        else:
            self.answers.good += 1
        if served:
            received = self._wall_s()
            self.stamps.append(Stamp(received - took_s, received, served))

    def take_answers(self) -> Answers:
        """Return the answers since the last call."""
        taken, self.answers = self.answers, Answers()
        return taken

    def take_waits(self) -> tuple[Wait, ...]:
        """Return the waits since the last call."""
        taken = tuple(self.waits)
        self.waits.clear()
        return taken

    def take_ends(self) -> tuple[tuple[float, bool], ...]:
        """Return the orders that ended since the last call."""
        taken = tuple(self.ends)
        self.ends.clear()
        return taken

    def _ended(self, result: str, code: str, *, failed: bool) -> None:
        self.counts["orders", f"{result}|{code}"] += 1
        self.ends.append((self._now(), failed))

    def _filled(self, fact: e.OrderFilled) -> None:
        self.counts["fills", fact.source] += 1
        if fact.source != "notice":
            self.counts["notices_missed", ""] += 1
            return
        delay_ms = notice_delay_ms(fact.filled_at, fact.received_at)
        if delay_ms is not None:
            self.waits.append(Wait("fill_notice_delay_seconds", fact.intent_id, delay_ms / 1000.0))
