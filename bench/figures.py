"""What rounds gave, and what is made of it: medians, and ratios taken inside one round."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` of the sorted values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, smallest and largest of the rounds."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of at least one value."""
        return cls(median(values), min(values), max(values))

    def shown(self) -> str:
        """Return the median with smallest and largest in brackets."""
        return f"{_short(self.middle)} ({_short(self.low)}–{_short(self.high)})"


@dataclass(slots=True)
class Figures:
    """One value per name and round."""

    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, value: float) -> None:
        """Keep the value of this round."""
        self.values[name].append(value)

    def has(self, *names: str) -> bool:
        """Tell whether every name was measured."""
        return all(self.values.get(name) for name in names)

    def spread(self, name: str) -> Spread:
        """Return how a value spread over the rounds."""
        return Spread.of(self.values[name])

    def ratio(self, name: str, to: str) -> Spread:
        """Return how the ratio of two values of the same round spread."""
        return Spread.of([one / other for one, other in zip(self.values[name], self.values[to], strict=True)])

    def added(self, name: str, without: str, unit: str) -> Spread:
        """Return (name - without) / unit, each of the same round."""
        rows = zip(self.values[name], self.values[without], self.values[unit], strict=True)
        return Spread.of([(one - other) / size for one, other, size in rows])


@dataclass(frozen=True, slots=True)
class Goal:
    """One line of design.md §8: what was wanted and what came out."""

    what: str
    first: str
    goal: str
    measured: str
    verdict: str


def judged(what: str, value: float, measured: str, first: float, goal: float, unit: str, *, more: bool = False) -> Goal:
    """Compare a value with its two borders; ``more`` says that larger is better."""
    sign = "≥" if more else "≤"

    def holds(border: float) -> bool:
        return value >= border if more else value <= border

    verdict = "goal met" if holds(goal) else "first met, goal not yet" if holds(first) else "not yet"
    return Goal(what, f"{sign} {first:g}{unit}", f"{sign} {goal:g}{unit}", measured, verdict)


def _short(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
