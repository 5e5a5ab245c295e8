"""From durations and ends of orders to classes, rows and a summary; what changed class becomes a fact.

Pure but for its own memory.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any, Final

from hantu.domain import events as e
from hantu.engine.engine import Engine
from hantu.operations import looks
from hantu.operations.looks import Seen
from hantu.operations.measures import Wait
from hantu.operations.thresholds import (
    THRESHOLDS,
    Crossing,
    Crossings,
    FailureRate,
    Grade,
    ProfitWatch,
    Recent,
    Shock,
)
from hantu.ports import MetricRow

MEASURE_OF: Final = {
    "strategy_run_seconds": "strategy_run",
    "order_send_seconds": "order_send",
    "fill_notice_delay_seconds": "fill_notice",
    "api_seconds": "api",
    "data_delay_seconds": "data_delay",
}
"""Durations that have thresholds."""
SINGLE: Final = frozenset(
    {"trigger_to_send_seconds", "order_send_seconds", "order_answer_seconds", "fill_notice_delay_seconds"}
)
"""Kept one row each, with the order's id: there are few of them, and each is somebody's money."""
KEPT: Final = 1_000
"""Latest values of a measure that its summary is made of."""
_ORDER: Final = list(Grade)


class Flow:
    """The flow of trades as measured: what is slow, what fails, what is lost."""

    def __init__(self) -> None:
        self._crossings = Crossings()
        self._recent = {measure: Recent() for measure in MEASURE_OF.values()}
        self._subjects: dict[str, str] = {}
        self._values: dict[str, deque[float]] = {}
        self._failures = FailureRate()
        self._profit = ProfitWatch()
        self._base = ("", 0)
        """The day, and the gain its result is counted from."""

    def judge(
        self, waits: Iterable[Wait], ends: Iterable[tuple[float, bool]], engine: Engine, seen: Seen, now: float
    ) -> list[e.Fact]:
        """Take what came in since the last look; return a fact for each crossing."""
        for wait in waits:
            self._values.setdefault(wait.metric, deque(maxlen=KEPT)).append(wait.seconds)
            measure = MEASURE_OF.get(wait.metric)
            if measure is not None:
                self._recent[measure].add(now, wait.seconds)
                if wait.seconds >= THRESHOLDS[measure].warning:
                    self._subjects[measure] = wait.label
        for at, failed in ends:
            self._failures.add(at, failed=failed)
        rate = self._failures.rate(now)
        seen.gauge("order_failure_ratio", round(rate, 4))
        values = {measure: recent.worst(now) for measure, recent in self._recent.items()} | {"order_failures": rate}
        found = [self._crossings.note(measure, value) for measure, value in values.items()]
        facts: list[e.Fact] = [self._crossed(one) for one in found if one is not None]
        return facts + self._profits(engine, seen, now)

    def rows(self, waits: Sequence[Wait], at: str) -> list[MetricRow]:
        """Return what is kept of one interval: each order's own times, everything else joined."""
        rows = [MetricRow(wait.metric, wait.seconds, at, wait.label) for wait in waits if wait.metric in SINGLE]
        joined: dict[tuple[str, str], list[float]] = {}
        for wait in waits:
            if wait.metric not in SINGLE:
                joined.setdefault((wait.metric, wait.label), []).append(wait.seconds)
        for (metric, label), values in joined.items():
            rows.append(MetricRow(f"{metric}_count", len(values), at, label))
            rows.append(MetricRow(f"{metric}_mean", sum(values) / len(values), at, label))
            rows.append(MetricRow(f"{metric}_max", max(values), at, label))
        return rows

    def summary(self, now: float) -> dict[str, dict[str, Any]]:
        """Return each measure for people: latest, median, 95th, largest, class."""
        found: dict[str, dict[str, Any]] = {}
        for metric, values in sorted(self._values.items()):
            ordered = sorted(values)
            measure = MEASURE_OF.get(metric)
            found[metric] = {
                "last": round(values[-1], 4), "median": round(median(ordered), 4),
                "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 4),
                "max": round(ordered[-1], 4), "count": len(ordered),
                "grade": self._crossings.grade(measure).value if measure else Grade.NORMAL.value,
            }  # fmt: skip
        rate = self._failures.rate(now)
        found["order_failure_ratio"] = {"last": rate, "grade": self._crossings.grade("order_failures").value}
        return found

    def _crossed(self, one: Crossing) -> e.MeasureCrossed:
        rule = THRESHOLDS[one.measure]
        return e.MeasureCrossed(
            one.measure, rule.name, one.before.value, one.after.value, round(one.value, 4), rule.warning, rule.danger,
            rule.unit, eased=_ORDER.index(one.after) < _ORDER.index(one.before),
            subject=self._subjects.get(one.measure, ""),
        )  # fmt: skip

    def _profits(self, engine: Engine, seen: Seen, now: float) -> list[e.Fact]:
        start = engine.book.day_start
        if start is None:
            return []
        gain = looks.gain(engine)
        if self._base[0] != start.trade_date:
            # The day's first balance counts every holding; those nobody guards have no price here.
            self._base = (start.trade_date, gain if engine.book.unguarded else start.gain)
            self._profit = ProfitWatch()
        result = gain - self._base[1]
        seen.gauge("day_result_won", result)
        return [_shocked(one) for one in self._profit.note(now, result, start.equity)]


def _shocked(one: Shock) -> e.PnlShock:
    return e.PnlShock(one.rule, one.grade.value, one.result, one.change, one.limit, one.equity)
