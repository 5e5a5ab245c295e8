"""The server beside a real guard and a real exchange: the switch, an order to its fill, and deaths at any moment."""

import json
import random
import re
import signal
import subprocess
import threading
import time
from typing import Any

import pytest

from hantu.adapters.guard_link import GuardLink
from hantu.adapters.store.approvals import decide
from hantu.domain.access import Role, Scope
from tests.e2e.arena import HANTU, Arena
from tests.e2e.test_approvals import SCENARIO
from tests.e2e.watchlist import write_watchlist
from tests.e2e.web import Stream, Web
from tests.unit.api.site import Site
from tests.unit.api.waiting import until

SAMSUNG = "005930"
ORDER = {"side": "buy", "symbol": SAMSUNG, "quantity": 5, "price_low": 60_000, "price_high": 80_000}
SEED = 20261123
DEATHS = 6


def prepare(arena: Arena) -> None:
    scenario = arena.home / "day.yaml"
    scenario.write_text(SCENARIO.replace("cash: 20000000", "cash: 900000000"))
    arena.extra_env["HANTU_GUARD_SUBSCRIBE_PACE_S"] = "0.05"
    arena.start_exchange(str(scenario))
    arena.run("db", "init")
    arena.run("watchlist", "import", str(write_watchlist(arena.home)))
    arena.start_guard()
    arena.wait_event("monitor_started")


def beside(arena: Arena) -> Site:
    """A server in this process, whose accounts' clock can be wound: codes need no waiting."""
    site = Site(arena.home, "", env={**arena.environ(), "HANTU_SERVER_ADDRESS": "127.0.0.1:0"})
    site.start()
    site.enrol("otto", Role.OPERATOR)
    return site


def buys(arena: Arena) -> list[dict[str, Any]]:
    return [order for order in arena.get("/_sim/state")["orders"] if order["side"] == "buy"]


@pytest.mark.requirement("ALR-68", "ALR-12", "DEC-36", "OPS-02-7", "DEC-25")
def test_a_person_sets_the_switch_releases_it_and_buys(arena: Arena) -> None:
    prepare(arena)
    site = beside(arena)
    try:
        otto = site.browser("otto")
        stream = Stream(otto)
        stream.start()
        until(lambda: "state" in stream.kinds(), "a state")
        state = otto.get("/monitor/state").json
        assert (state["running"], state["safe"], state["guarded"]) == (True, True, 1)
        held = otto.get(f"/positions/{SAMSUNG}").json
        recorded = arena.rows("SELECT quantity, stop_price, target_price FROM positions WHERE symbol = ?", SAMSUNG)[0]
        assert (held["quantity"], held["stop_price"], held["target_price"], held["source"]) == (*recorded, "guard")

        link = GuardLink(arena.home / "guard.sock", "test")
        began = time.monotonic()
        answer = otto.ask("POST", "/killswitch", {"level": "active", "reason": "one tap"})
        seen_ms = (time.monotonic() - began) * 1_000
        assert link.request("status")["kill"]["level"] == "active"
        assert (answer.json["status"], answer.json["doors"]) == ("taken", ["guard"])
        assert seen_ms < 100, f"{seen_ms:.0f} ms"
        asked = "SELECT actor, reason FROM system_state ORDER BY timestamp DESC LIMIT 1"
        until(lambda: arena.rows(asked) == [("otto", "one tap")], "the row")
        until(
            lambda: any(event[3]["event_type"] == "killswitch_on" for event in stream.events if event[1] == "fact"),
            "the fact",
        )
        assert otto.do("/killswitch/release", {"reason": "checked"}).code == "step_up_required"
        assert link.request("status")["kill"]["level"] == "active"
        assert otto.do("/killswitch/release", {"reason": "checked"}, **otto.prove()).json["level"] == "off"

        bot = site.program(Scope.READ, Scope.PROPOSE)
        made = bot.do("/approvals", {**ORDER, "note": "score 82"}).json
        wanted = {"order_hash": made["order_hash"], "quantity": 5, "limit_price": 70_500}
        done = otto.do(f"/approvals/{made['approval_id']}/approve", wanted, **otto.prove()).json
        assert done["placed"]["outcome"] == "accepted", done
        until(lambda: arena.events("order_filled"), "the fill")
        until(
            lambda: otto.get(f"/approvals/{made['approval_id']}").json["order"]["state"] == "filled",
            "the order's state",
        )
        assert len(buys(arena)) == 1
        chain = otto.get(f"/orders/{done['placed']['intent_id']}/chain").json["items"]
        assert {"order_accepted", "order_filled"} <= {step["event_type"] for step in chain}
        again = otto.do(f"/approvals/{made['approval_id']}/place", {"quantity": 5, "limit_price": 70_500})
        assert (again.json["outcome"], again.json["reason"]) == ("rejected", "already used")
        until(lambda: otto.get(f"/positions/{SAMSUNG}").json["quantity"] == 45, "the holding")
        assert sum(fill["quantity"] for fill in otto.get("/fills").json["items"]) == 5
        assert otto.get("/health").json["guard"] == "running"

        assert arena.guard is not None
        arena.guard.send_signal(signal.SIGKILL)
        arena.guard.wait()
        answer = otto.ask("POST", "/killswitch", {"level": "active"})
        assert (answer.json["status"], set(answer.json["doors"])) == ("asked", {"file", "row"})
        until(lambda: not otto.get("/monitor/state").json["running"], "the silence to show")
        assert otto.get("/positions").json["items"][0]["source"] == "records"
        stream.close()
    finally:
        site.stop()


@pytest.mark.requirement("DEC-25", "ALR-20")
def test_a_server_that_dies_at_any_moment_places_nothing_twice(arena: Arena) -> None:
    prepare(arena)
    web = Web(arena)
    web.start()
    bot = web.program("bot", "read", "propose")
    chance = random.Random(SEED)
    for number in range(DEATHS):
        made = bot.do("/approvals", ORDER).json
        decide(arena.home / "hantu.db", made["approval_id"], approve=True, actor="otto")
        path, body, key = (
            f"/approvals/{made['approval_id']}/place",
            {"quantity": 5, "limit_price": 71_000 + 100 * number},
            f"death-{number:08d}",
        )
        answers: list[Any] = []

        def press(path: str = path, body: Any = body, key: str = key, answers: list[Any] = answers) -> None:
            try:
                answers.append(bot.do(path, body, key=key))
            except OSError:
                answers.append(None)  # the server died with the answer

        pressing = threading.Thread(target=press)
        pressing.start()
        time.sleep(chance.uniform(0.0, 0.08))
        assert web.process is not None
        web.process.send_signal(signal.SIGKILL)
        web.process.wait()
        pressing.join()
        web.start()
        # The same press again; then new ones, as a person who sees no order presses again.
        second = bot.do(path, body, key=key)
        assert second.status == 200 or second.code == "outcome_unknown", second.body
        for _ in range(10):
            if bot.get(f"/approvals/{made['approval_id']}").json["approval"]["status"] == "used":
                break
            told = bot.do(path, body).json
            assert told["outcome"] in {"accepted", "rejected"}, told
            time.sleep(0.5)
        else:
            raise AssertionError(f"never used: {told}")
        assert bot.do(path, body).json["reason"] == "already used"
    assert len(buys(arena)) == DEATHS, "one order for each approval, whatever died"
    assert len({order["order_no"] for order in buys(arena)}) == DEATHS
    used = arena.rows("SELECT count(*), count(DISTINCT approval_id) FROM order_tokens WHERE approval_id <> ''")
    assert used == [(DEATHS, DEATHS)]


@pytest.mark.requirement("SVC-5", "ALR-2", "ALR-42", "ALR-22", "REL-40")
def test_the_server_is_a_process_of_its_own(arena: Arena) -> None:
    prepare(arena)
    web = Web(arena)
    web.start()
    assert web.process is not None and arena.guard is not None
    assert web.process.pid != arena.guard.pid
    bot = web.program("bot", "read", "kill")
    answer = bot.get("/health")
    until(lambda: bot.get("/health").json["status"] == "healthy", "the first picture of the guard")
    second = arena.run("run", "server", check=False)
    assert second.returncode == 2
    assert str(web.port) in second.stderr, "the port in conflict is named"
    assert bot.ask("POST", "/orders/pause", {}).json["status"] == "taken"
    paused = bot.get("/health")
    request_id = bot.ask("POST", "/orders/pause", {"symbol": SAMSUNG}).headers["x-request-id"]
    assert answer.headers["x-request-id"] != paused.headers["x-request-id"]
    assert "서버 열림" in web.log()
    line = rf"POST /api/v1/orders/pause 200 .*{request_id}.* program:bot"
    until(lambda: re.search(line, web.log()), "the line of the request, written after its answer")
    stream = Stream(bot)
    stream.start()
    until(lambda: stream.events, "a first word")
    began = time.monotonic()
    web.process.terminate()
    assert web.process.wait(10) == 0
    assert time.monotonic() - began < 5
    assert stream.ended.wait(2)
    assert stream.events[-1][1:] == ("end", "", {"reason": "shutdown"})
    assert arena.guard.poll() is None, "the guard goes on"
    assert json.loads(arena.run("--json", "monitor", "status").stdout)["halted"]["market"]


@pytest.mark.requirement("SVC-42")
def test_the_first_person_is_made_on_the_machine_itself(arena: Arena) -> None:
    arena.run("db", "init")
    web = Web(arena)
    web.start()
    made = json.loads(arena.run("--json", "users", "add", "kim", "--role", "admin").stdout)
    browser = web.browser()
    offer = browser.ask("POST", "/enrolment", {"user": "kim", "enrolment_code": made["enrolment_code"]}).json
    assert offer["otpauth_uri"].startswith("otpauth://totp/hantu:kim?secret=")
    assert arena.run("users", "add", "kim", "--role", "admin", check=False).returncode == 3
    assert arena.run("users", "add", "lee", "--role", "king", check=False).returncode == 2
    ready = web.person("lee", "viewer")
    assert len(ready.recovery_codes) == 10
    assert json.loads(arena.run("--json", "users", "rotate").stdout)["sealed"] == 2
    assert web.browser(ready).get("/session").json["role"] == "viewer"
    assert arena.run("users", "change", "lee", "--disable").returncode == 0
    rows = {row["name"]: row["state"] for row in json.loads(arena.run("--json", "users", "list").stdout)}
    assert rows == {"kim": "invited", "lee": "disabled"}


@pytest.mark.requirement("REL-49", "REL-50", "REL-36", "REL-27", "REL-34", "OPS-IF-4")
def test_a_strategy_is_started_suspended_and_resumed(arena: Arena) -> None:
    prepare(arena)
    arena.run("strategies", "new", "strategy_1")
    site = beside(arena)
    try:
        otto = site.browser("otto")
        lonely = otto.do("/strategies/strategy_1/start")
        assert (lonely.status, lonely.code) == (503, "guard_unreachable"), "nobody looks after strategies yet"
        with (arena.home / "jobs.out").open("ab") as output:
            jobs = subprocess.Popen([*HANTU, "run", "jobs"], stdout=output, stderr=output, env=arena.environ())
        arena._processes.append(jobs)
        until((arena.home / "jobs.sock").exists, "the jobs process")
        started = otto.do("/strategies/strategy_1/start")
        assert (started.status, started.json["status"]) == (200, "taken"), started.body
        until(lambda: otto.get("/monitoring/strategies").json["total_running"] == 1, "the strategy to run")
        assert otto.get("/monitoring/strategies/strategy_1").json["state"] == "running"
        assert (arena.home / "state" / "strategy_strategy_1.json").exists()
        assert otto.get("/health/detailed").json["jobs"]["running"] == 1
        again = otto.do("/monitoring/jobs/strategy_strategy_1/resume")
        assert (again.status, again.code) == (409, "denied"), "it runs"
        assert otto.do("/strategies/strategy_1/stop").status == 200
        assert otto.get("/monitoring/jobs/strategy_strategy_1").json["state"] == "paused"
        assert site.program(Scope.READ).do("/monitoring/jobs/strategy_strategy_1/resume").code == "forbidden"
        assert otto.do("/monitoring/jobs/strategy_strategy_1/resume").status == 200
        until(lambda: otto.get("/monitoring/jobs").json["running"] == 1, "the job to go on")
    finally:
        site.stop()
