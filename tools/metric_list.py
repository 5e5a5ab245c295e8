"""Writes docs/metrics.md from the registry itself: the list cannot say what the page does not show."""

import sys
from pathlib import Path
from typing import Final

from hantu.operations.exposition import Exposition
from hantu.operations.metric_names import METRICS, full_name
from hantu.operations.thresholds import THRESHOLDS

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = ROOT / "docs" / "metrics.md"
HEAD: Final = """# Metrics

Written by `python -m tools.metric_list` from the registry; do not edit.

`GET /metrics` answers beside the control address (`guard.control_address`) or on `metrics.address`, on this machine only,
without a secret: the page holds no account number, no stock and no order. It is rendered once every `health.interval_s`;
a scrape gets the page as of the last look. Without an address the library is not even loaded.

Ready to use in `deploy/`: recording and alerting rules for Prometheus, an Alertmanager example, Grafana dashboards.

| metric | kind | labels | meaning |
|---|---|---|---|
"""


def render() -> str:
    """Return the document."""
    known = {family.name for family in Exposition("0").registry.collect()}
    lines = []
    for metric in METRICS:
        if f"hantu_{metric.name}" not in known:
            raise LookupError(f"not in the registry: {metric.name}")
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        lines.append(f"| `{full_name(metric)}` | {metric.kind} | {labels} | {metric.help} |\n")
    tail = "\n## Thresholds\n\n| measure | warning | danger | unit |\n|---|---|---|---|\n"
    rules = [f"| `{name}` | {one.warning:g} | {one.danger:g} | {one.unit} |\n" for name, one in THRESHOLDS.items()]
    return HEAD + "".join(lines) + tail + "".join(rules)


def main() -> int:
    """Write the file; return 1 when it had to be changed."""
    before = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    text = render()
    TARGET.write_text(text, encoding="utf-8")
    return int(text != before)


if __name__ == "__main__":
    sys.exit(main())
