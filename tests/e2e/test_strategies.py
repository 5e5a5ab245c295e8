"""Strategies as real processes beside a real guard: five that misbehave, one that works, and deaths in between."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hantu.adapters.guard_link import GuardLink
from hantu.adapters.store.approvals import decide
from hantu.domain.errors import DeniedError
from tests.e2e.arena import HANTU, Arena
from tests.e2e.watchlist import write_watchlist

HERE = Path(__file__).parent / "strategies"
SAMSUNG = "005930"
SCENARIO = """
name: strategies
extends: quiet
clock: {date: 2026-11-23, start: "08:59:58", speed: 1}
accounts:
  - number: 12345678-01
    hts_id: USER
    cash: 20000000
    holdings:
      - {symbol: 000660, quantity: 20, average_price: 206000}
liquidity: {depth: 500, trade_size: 20, trades_per_second: 4}
"""


class Jobs:
    """A jobs process of one arena."""

    def __init__(self, arena: Arena) -> None:
        self.arena = arena
        arena.extra_env |= {
            "HANTU_STRATEGIES_CHECK_S": "0.25", "HANTU_STRATEGIES_TIMEOUT_S": "2",
            "HANTU_STRATEGIES_RESTART_WAIT_S": "0.8", "HANTU_STRATEGIES_RESTARTS_MAX": "1", "HANTU_STRATEGIES_SAMPLE_S": "0.2",
            "HANTU_STRATEGIES_MEMORY_MB": "128", "HANTU_STRATEGIES_CPU_WINDOW_S": "1", "HANTU_STRATEGIES_CPU_PERCENT": "4",
            "HANTU_LIMITS_DUPLICATE_WINDOW_S": "0.001", "HANTU_LIMITS_ORDERS_PER_STOCK_HOUR": "100",
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        output = (self.arena.home / "jobs.out").open("ab")
        self.process = subprocess.Popen([*HANTU, "run", "jobs"], stdout=output, stderr=output, env=self.arena.environ())
        output.close()
        process = self.process
        said = self.arena.home / "jobs.out"
        before = said.read_text().count("돌봅니다")
        self.arena.wait(
            lambda: process.poll() is not None or said.read_text().count("돌봅니다") > before, "the jobs process"
        )
        assert process.poll() is None, said.read_text()

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def install(self, *names: str) -> None:
        folder = self.arena.home / "strategies"
        folder.mkdir(exist_ok=True)
        for name in names:
            shutil.copy(HERE / f"{name}.py", folder)

    def ask(self, command: str, **args: Any) -> dict[str, Any]:
        """What ``hantu jobs`` asks too, without starting Python for it."""
        return dict(GuardLink(self.arena.home / "jobs.sock", "tester").request(command, **args))

    def show(self, name: str) -> dict[str, Any]:
        return self.ask("show", job_id=f"strategy_{name}")

    def kept(self, name: str) -> dict[str, Any]:
        """What stands in the job's file at this moment; it must be whole at every moment."""
        return dict(json.loads((self.arena.home / "state" / f"strategy_{name}.json").read_bytes()))


@pytest.fixture
def jobs(arena: Arena) -> Iterator[Jobs]:
    (arena.home / "strategies.yaml").write_text(SCENARIO)
    found = Jobs(arena)
    try:
        yield found
    finally:
        if found.process is not None and found.process.poll() is None:
            found.process.terminate()
            found.process.wait(10)


def trading(jobs: Jobs) -> None:
    arena = jobs.arena
    arena.start_exchange(str(arena.home / "strategies.yaml"))
    arena.run("watchlist", "import", str(write_watchlist(arena.home)), "--date", "2026-11-23")
    arena.extra_env["HANTU_GUARD_SUBSCRIBE_PACE_S"] = "0.02"
    arena.start_guard("--start")
    arena.wait(lambda: arena.status()["counts"]["trades"] > 0, "the first trade")
    jobs.begin()


BAD = ("crasher", "hanger", "leaker", "spinner", "liar")


@pytest.mark.e2e
@pytest.mark.requirement("REL-18", "REL-20", "REL-21", "REL-22", "REL-23", "REL-25", "REL-26", "REL-29", "SVC-41")
def test_what_misbehaves_is_found_and_ended_and_the_guard_does_not_notice(jobs: Jobs) -> None:
    arena = jobs.arena
    trading(jobs)
    jobs.install("good", *BAD)
    guard = arena.status()
    for name in ("good", *BAD):
        told = jobs.ask("start", strategy=name)
        assert (told["job_id"], told["state"]) == (f"strategy_{name}", "running")
    arena.wait(lambda: all(jobs.kept(name)["state"] == "failed" for name in BAD), "all five to be given up", 60)
    last = {name: jobs.kept(name)["last_error"] for name in BAD}
    assert "ZeroDivisionError: at" in last["crasher"]
    assert "응답 없음" in last["hanger"]
    assert "MemoryError" in last["leaker"] or "메모리 한도" in last["leaker"]
    assert "CPU" in last["spinner"]
    assert "응답 없음" in last["liar"]
    starts = [float(line) for line in (arena.home / "strategies" / "crasher.starts").read_text().split()]
    assert len(starts) == 2, "one start and one restart"
    # Python itself takes part of a second to start; five restarts and their exact distance are shown without processes.
    assert starts[1] - starts[0] >= 0.4
    assert jobs.show("liar")["false_signs"] > 100
    arena.wait(lambda: sum("전략 중단" in text for text in arena.phone.texts()) >= len(BAD), "every alert")
    given_up = [text for text in arena.phone.texts() if "전략 중단" in text]
    assert [sum(name in text for text in given_up) for name in BAD] == [1] * len(BAD)
    told = arena.rows("SELECT DISTINCT alert_key FROM alert_events WHERE event_type = 'strategy_given_up'")
    assert sorted(key for (key,) in told) == sorted(f"strategy_given_up:strategy_{name}" for name in BAD)
    opened = arena.rows("SELECT event_type, occurrences, closed_at FROM incidents")
    assert opened == [("strategy_given_up", len(BAD), "")], "one incident, joined by every one of them"
    # The one that works beside them has not stumbled, and the guard has traded on.
    before = jobs.show("good")
    arena.wait(lambda: jobs.show("good")["kept"].get("trades", 0) > before["kept"]["trades"], "the good one to go on")
    after = jobs.show("good")
    assert (after["state"], after["errors"], after["restarts"], after["dropped"]) == ("running", 0, 0, 0)
    now = arena.status()
    assert now["pid"] == guard["pid"]
    assert (now["kill"]["level"], now["state"], now["unprotected_s"]) == ("off", "monitoring", 0.0)
    assert now["counts"]["trades"] > guard["counts"]["trades"]
    assert arena.sells() == []
    secrets = Path(f"/proc/{after['pid']}/environ").read_bytes()
    assert b"HANTU" not in secrets, "a strategy sees no setting and no secret"


@pytest.mark.e2e
@pytest.mark.requirement("REL-30", "REL-31", "REL-32", "MON-0.07")
def test_nothing_is_proposed_twice_and_no_fill_is_missed_whatever_dies(jobs: Jobs) -> None:
    arena = jobs.arena
    arena.extra_env["HANTU_STRATEGIES_RESTARTS_MAX"] = "5"
    trading(jobs)
    jobs.install("good")
    arena.run("jobs", "start", "good", "--set", "propose=true")
    for death in range(4):
        waiting = arena.wait(lambda: pending(arena), "a proposal before a person")
        if death % 2:
            os.kill(int(jobs.show("good")["pid"]), signal.SIGKILL)
        approval = decide(arena.home / "hantu.db", waiting[0], approve=True, actor="tester")
        if death == 2:
            jobs.kill()
        guard = GuardLink(arena.home / "guard.sock", "tester")
        token = guard.request("issue_token", approval_id=waiting[0])["token"]
        terms = approval.terms
        order = {"symbol": terms.symbol, "side": "buy", "quantity": 1, "limit_price": terms.price_high}
        assert guard.request("place_order", token=token, **order)["outcome"] == "accepted"
        if death == 2:
            jobs.begin()
        known = waiting[0]
        arena.wait(
            lambda known=known: f"{known}:used" in jobs.kept("good")["kept"].get("decisions", []),
            "the order to be told",
        )
    arena.wait(lambda: len(jobs.kept("good")["kept"]["mine"]) >= 4, "every fill to be told")
    job = jobs.kept("good")
    fills = [row[0] for row in arena.rows("SELECT fill_id FROM fills ORDER BY fill_id")]
    told = job["kept"]["fills"]
    assert told == fills[: len(told)], "each once, in order"
    assert len(told) >= 4
    # What it remembers having proposed is what is on record; the newest may be on its way there.
    arena.wait(lambda: filed(arena) == sorted(jobs.kept("good")["kept"]["keys"]), "every proposal to be filed, once")
    assert len(set(job["kept"]["mine"])) == 4
    decided = job["kept"]["decisions"]
    assert len(decided) == len(set(decided)), "each once"
    assert job["errors"] == 2
    assert job["kept"]["lives"] == 4, "one start, two restarts, one new jobs process"
    assert job["journal"]["timer"] >= 0
    # What was bought is a holding like any other (MON-0.07).
    arena.wait(
        lambda: any(held["symbol"] == SAMSUNG for held in arena.status()["positions"]), "the purchase to be guarded"
    )


@pytest.mark.e2e
@pytest.mark.requirement("OPS-IF-4", "REL-32", "OPS-IF-1")
def test_suspended_by_a_person_and_by_the_kill_switch_it_waits_for_a_person(jobs: Jobs) -> None:
    arena = jobs.arena
    trading(jobs)
    jobs.install("good")
    arena.run("jobs", "start", "good")
    arena.wait(lambda: jobs.kept("good")["kept"].get("trades", 0) > 0, "trades to arrive")
    assert arena.run("jobs", "resume", "good", check=False).returncode == 3
    jobs.ask("suspend", job_id="strategy_good", reason="drill")
    stood = jobs.kept("good")
    assert (stood["state"], stood["reason"]) == ("paused", "drill")
    jobs.ask("resume", job_id="strategy_good")
    arena.wait(lambda: jobs.kept("good")["kept"]["trades"] > stood["kept"]["trades"], "it to go on")
    assert jobs.kept("good")["kept"]["lives"] == 2
    arena.run("kill", "on", "--reason", "drill")
    arena.wait(lambda: jobs.kept("good")["state"] == "paused", "the rule to suspend it")
    with pytest.raises(DeniedError, match="킬 스위치"):
        jobs.ask("resume", job_id="strategy_good")
    # The jobs process may die meanwhile: suspended stays suspended.
    jobs.kill()
    listed = json.loads(arena.run("--json", "jobs", "list").stdout)
    assert [(row["job_id"], row["state"]) for row in listed] == [("strategy_good", "paused")]
    jobs.begin()
    assert jobs.show("good")["state"] == "paused"
    arena.run("kill", "off", "--reason", "drill over")
    arena.wait(lambda: arena.status()["kill"]["level"] == "off", "the release")
    assert jobs.show("good")["state"] == "paused"
    jobs.ask("resume", job_id="strategy_good")
    jobs.ask("stop", job_id="strategy_good")
    arena.run("jobs", "remove", "good")
    assert not (arena.home / "state" / "strategy_good.json").exists()
    acts = [
        row[0]
        for row in arena.rows(
            "SELECT event_type FROM ops_audit_log WHERE event_type LIKE 'strategy_%' ORDER BY audit_id"
        )
    ]
    assert acts == [
        "strategy_started", "strategy_suspended", "strategy_resumed", "strategy_suspended", "strategy_resumed",
        "strategy_stopped", "strategy_removed",
    ]  # fmt: skip


def filed(arena: Arena) -> list[str]:
    return sorted(row[0] for row in arena.rows("SELECT approval_id FROM approvals WHERE proposed_by = 'strategy:good'"))


def pending(arena: Arena) -> list[str]:
    return [
        row[0] for row in arena.rows("SELECT approval_id FROM approvals WHERE status = 'pending' ORDER BY proposed_at")
    ]
