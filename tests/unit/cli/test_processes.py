"""What runs in a home is found out at each process's own door, and said by `hantu status`."""

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from hantu.adapters.process_lock import ProcessLock
from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.roles import NOTIFIER, holder_name, take_role
from hantu.adapters.store.sqlite import connect
from hantu.cli.processes import Running, owner_of, running, up_file, up_lock
from hantu.settings.model import Settings
from hantu.settings.serving import ServerSettings
from hantu.strategies.job import Job, JobFiles
from hantu.strategies.supervision import JobState

NOBODY = ServerSettings(address="127.0.0.1:1")


def settings_of(home: Path, server: ServerSettings = NOBODY) -> Settings:
    return Settings(home=home, database=home / "hantu.db", server=server)


def states(found: list[Running]) -> dict[str, str]:
    return {one.role: one.state for one in found}


@contextmanager
def web(status: int, body: bytes) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_in_an_empty_home_nothing_runs(home):
    assert set(states(running(settings_of(home))).values()) == {"absent"}


def test_a_lock_names_its_holder_until_it_is_given_back(home):
    lock = ProcessLock(home / "x.lock")
    assert owner_of(home / "x.lock") == 0
    lock.acquire()
    assert owner_of(home / "x.lock") == os.getpid()
    lock.release()
    assert owner_of(home / "x.lock") == 0


def test_a_guard_that_holds_its_lock_and_does_not_answer_is_there(home, guard):
    assert running(settings_of(home))[0] == Running("guard", "running", 123, "모니터링 중")
    guard.close()
    lock = ProcessLock(home / "guard.lock", home / "jobs.lock")
    lock.acquire()
    found = {one.role: one for one in running(settings_of(home))}
    assert (found["guard"].state, found["guard"].pid) == ("silent", os.getpid())
    assert (found["jobs"].state, found["jobs"].pid) == ("silent", os.getpid())
    lock.release()


@pytest.mark.parametrize(("age_s", "state"), [(0.0, "running"), (60.0, "silent")])
def test_the_notifier_is_found_by_its_signs_of_life(home, age_s, state):
    init_database(home / "hantu.db")
    with closing(connect(home / "hantu.db", wait_s=1.0)) as connection:
        take_role(connection, NOTIFIER, holder_name(), datetime.now(UTC) - timedelta(seconds=age_s))
    found = {one.role: one for one in running(settings_of(home))}["notifier"]
    assert (found.state, found.pid) == (state, os.getpid())


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, b'{"status": "degraded", "guard": "silent"}', "running"),
        (200, b'{"status": "mine"}', "absent"),
        (404, b'{"guard": 1}', "absent"),
        (200, b"<html>", "silent"),
    ],
)
def test_the_server_is_one_that_answers_as_hantu_does(home, status, body, state):
    with web(status, body) as address:
        found = {one.role: one for one in running(settings_of(home, ServerSettings(address=address)))}["server"]
        assert found.state == state
        assert (address in found.detail) is (state != "absent")


def test_a_port_that_takes_connections_and_says_nothing_is_silent(home):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        address = f"127.0.0.1:{mute.getsockname()[1]}"
        found = states(running(settings_of(home, ServerSettings(address=address))))
    assert found["server"] == "silent"


def test_what_up_says_counts_only_while_it_lives(home, guard):
    told = {
        "guard": {"state": "running", "pid": 123, "restarts": 2, "detail": ""},
        "server": {"state": "given_up", "pid": 0, "restarts": 4, "detail": "exit 1: boom"},
    }  # fmt: skip
    up_file(home).write_text(json.dumps({"pid": 1, "processes": told}))
    assert states(running(settings_of(home)))["server"] == "absent"
    lock = ProcessLock(up_lock(home))
    lock.acquire()
    found = {one.role: one for one in running(settings_of(home))}
    assert found["guard"] == Running("guard", "running", 123, "모니터링 중", 2, by_up=True)
    assert found["server"] == Running("server", "given_up", 0, "exit 1: boom", 4, by_up=True)
    up_file(home).write_text("{")
    assert states(running(settings_of(home)))["server"] == "absent"
    lock.release()


def test_another_guard_than_the_one_up_started_is_not_its_own(home, guard):
    lock = ProcessLock(up_lock(home))
    lock.acquire()
    up_file(home).write_text(json.dumps({"processes": {"guard": {"state": "refused", "pid": 9, "restarts": 1}}}))
    found = running(settings_of(home))[0]
    lock.release()
    assert (found.pid, found.by_up, found.restarts) == (123, False, 0)


@pytest.mark.requirement("OPS-01-8")
def test_status_names_what_runs_and_the_strategies(hantu, hantu_json, home, guard):
    files = JobFiles(home / "state")
    files.save(Job("strategy_mine", "mine", "ab12", state=JobState.FAILED, errors=6, last_error="ValueError: no"))
    code, found = hantu_json("status", HANTU_SERVER_ADDRESS="127.0.0.1:1")
    assert code == 0
    assert {one["role"]: one["state"] for one in found["processes"]}["guard"] == "running"
    assert [(one["strategy"], one["state"], one["looked_after"]) for one in found["strategies"]] == [
        ("mine", "failed", False)
    ]
    out = hantu("status", HANTU_SERVER_ADDRESS="127.0.0.1:1")[1]
    for word in ("프로세스", "감시", "123", "꺼짐", "따로 실행", "mine", "ValueError: no", "hantu run jobs"):
        assert word in out
    assert "looked after by" in hantu("--lang", "en", "status", HANTU_SERVER_ADDRESS="127.0.0.1:1")[1]
    code, found = hantu_json("health")
    assert (code, [one["strategy"] for one in found["strategies"]]) == (0, ["mine"])
    assert "ValueError: no" in hantu("health")[1]


def test_without_a_guard_status_says_so_and_what_runs_all_the_same(hantu, hantu_json, home):
    code, found = hantu_json("status", HANTU_SERVER_ADDRESS="127.0.0.1:1")
    assert (code, found["ok"], found["safe"], found["code"]) == (1, False, False, "failed")
    assert "monitor start" in found["next_step"]
    assert {one["state"] for one in found["processes"]} == {"absent"}
    code, out, _ = hantu("status", HANTU_SERVER_ADDRESS="127.0.0.1:1")
    assert (code, out.splitlines()[0]) == (1, "안전하지 않음 - 실행 중인 감시가 없습니다.")
    assert "전략 작업" in out


@pytest.mark.parametrize("name", ["guard", "jobs", "up", "server", "notifier"])
def test_logs_of_every_process_can_be_asked_for(hantu, home, name):
    code, _, err = hantu("logs", "--process", name)
    assert (code, "hantu" in err) == (2, True)
    folder = home / "logs" if name == "guard" else home / name / "logs"
    folder.mkdir(parents=True)
    (folder / "app.log").write_text(f"2026-11-23 09:00:00.000 {name} system [INFO] one\n")
    assert f" {name} system" in hantu("logs", "--process", name)[1]
    assert hantu("logs")[0] == (2 if name == "server" else 0), "the server's log is shown only if asked for"
