"""The one command a newcomer types."""

import json

import pytest

from tests.e2e.arena import Arena


@pytest.mark.requirement("MON-0.01", "MON-4.1.12", "OPS-00-5")
def test_demo_keeps_every_promise_and_says_so(arena: Arena) -> None:
    day = arena.home / "day"
    done = arena.run("--json", "demo", "--home", str(day), timeout=90)
    findings = json.loads(done.stdout.strip().splitlines()[-1] if done.stdout.count("\n{") else done.stdout)
    rows = findings["findings"] if isinstance(findings, dict) else findings
    assert len(rows) >= 10
    assert all(row["held"] for row in rows), rows
    for seed in ("1", "2"):
        arena.extra_env = {"PYTHONHASHSEED": seed}
        again = json.loads(arena.run("--json", "replay", "--home", str(day)).stdout)
        assert again["ok"], again
        assert again["decisions"] > 100
