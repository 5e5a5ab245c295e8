"""The metrics page: built once an interval from what the observer knows, served as it is."""

from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from hantu.operations.components import Health
from hantu.operations.measures import Wait
from hantu.operations.metric_names import BY_NAME, METRICS, Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SERIES_MAX = 500
"""Label values of one metric; beyond it they are counted together as ``other``."""


class Exposition:
    """A registry of its own; values are set by the observer's task and by nothing else."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self._metrics: dict[str, Any] = {metric.name: _made(metric, self.registry) for metric in METRICS}
        self._counted: dict[tuple[str, str], float] = {}
        self._series: dict[str, set[str]] = {}
        self._page = b""
        self._metrics["build_info"].labels(version).set(1)

    def page(self) -> bytes:
        """Return the page as of the last look."""
        return self._page

    def set(self, gauges: Mapping[tuple[str, tuple[str, ...]], float]) -> None:
        """Set every gauge of one look."""
        for (name, labels), value in gauges.items():
            metric = self._metrics[name]
            (metric.labels(*labels) if labels else metric).set(value)

    def states(self, states: Mapping[str, Health]) -> None:
        """Set the state of every component."""
        for component, now in states.items():
            for state in Health:
                self._metrics["component_state"].labels(component, state.value).set(state is now)

    def count(self, totals: Mapping[tuple[str, str], float]) -> None:
        """Bring counters up to ``totals``; one that fell has begun anew."""
        for key, value in totals.items():
            before = self._counted.get(key, 0.0)
            self._counted[key] = value
            grown = value - before if value >= before else value
            name, label = key
            metric = self._metrics[name]
            labels = self._labels(name, label)
            (metric.labels(*labels) if labels else metric).inc(grown)

    def observe(self, waits: Iterable[Wait]) -> None:
        """Put durations into their histograms."""
        for wait in waits:
            metric = self._metrics[wait.metric]
            (metric.labels(wait.label) if BY_NAME[wait.metric].labels else metric).observe(wait.seconds)

    def render(self) -> None:
        """Write the page; some milliseconds, once an interval."""
        self._page = generate_latest(self.registry)

    def _labels(self, name: str, label: str) -> tuple[str, ...]:
        wanted = len(BY_NAME[name].labels)
        if not wanted:
            return ()
        known = self._series.setdefault(name, set())
        if label not in known and len(known) >= SERIES_MAX:
            return ("other",) * wanted
        known.add(label)
        return tuple(label.split("|", wanted - 1))


def _made(metric: Metric, registry: CollectorRegistry) -> Any:
    name = f"hantu_{metric.name}"
    if metric.kind == "histogram":
        return Histogram(name, metric.help, metric.labels, buckets=metric.buckets, registry=registry)
    kind = Gauge if metric.kind == "gauge" else Counter
    return kind(name, metric.help, metric.labels, registry=registry)
