"""Commands by key, wishes of two people, and what is asked of a guard that is not there."""

import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from hantu.adapters.accounts.commands import PAIR_S, CommandBook
from hantu.domain.access import Caller
from tests.unit.api.site import Site
from tests.unit.api.waiting import until

SILENCE = {"length_s": 600, "comment": "maintenance", "symbol": "005930"}


class PretendGuard(threading.Thread):
    """A control socket that says what it is told to say: for failures a real guard does not have on demand."""

    def __init__(self, home: Path, answers: dict[str, Any], name: str = "guard.sock") -> None:
        super().__init__(daemon=True)
        self.answers = answers
        self.asked: list[dict[str, Any]] = []
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(home / name))
        self._server.listen(50)
        self.start()

    def run(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line, line.makefile("rwb") as file:
            for text in file:
                request = json.loads(text)
                if request["command"] != "watch":
                    self.asked.append(request)
                answer = self.answers.get(request["command"], {"ok": False, "code": "usage", "message": "?"})
                if isinstance(answer, threading.Event):
                    answer.wait(20)
                    answer = status_at("off")
                if answer == "hang up":
                    return
                if request["command"] == "kill":
                    # It follows, as a real one does, where it was not told another level.
                    level = answer["result"]["kill"]["level"] if answer["ok"] else ""
                    if level == "as asked":
                        answer = self.answers["status"] = status_at(request["args"]["level"])
                file.write(json.dumps(answer).encode() + b"\n")
                file.flush()
                if request["command"] == "watch":
                    return

    def names(self) -> list[str]:
        return [one["command"] for one in self.asked]

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


def status_at(level: str) -> dict[str, Any]:
    return {"ok": True, "result": {"kill": {"level": level}, "positions": []}}


@pytest.fixture
def pretend(site: Site) -> Any:
    made: list[PretendGuard] = []

    def make(answers: dict[str, Any]) -> PretendGuard:
        made.append(PretendGuard(site.home, answers))
        return made[-1]

    yield make
    for one in made:
        one.close()


def count(site: Site) -> int:
    return len(site.browser("vera").get("/alerts/silences").json["items"])


@pytest.mark.requirement("DEC-36")
def test_the_same_press_is_done_once(site: Site) -> None:
    otto = site.browser("otto")
    first = otto.do("/alerts/silences", SILENCE, key="press-00000001")
    again = otto.do("/alerts/silences", SILENCE, key="press-00000001")
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert count(site) == 1
    other = otto.do("/alerts/silences", {**SILENCE, "length_s": 900}, key="press-00000001")
    assert (other.status, other.code) == (422, "key_reused")
    assert site.browser("olga").do("/alerts/silences", SILENCE, key="press-00000001").status == 201, (
        "keys are one's own"
    )


def test_the_same_press_many_times_at_one_moment_is_done_once(site: Site) -> None:
    otto, found = site.browser("otto"), []

    def press() -> None:
        found.append(otto.do("/alerts/silences", SILENCE, key="press-00000002").status)

    threads = [threading.Thread(target=press) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) <= {201, 409}
    assert count(site) == 1


def test_what_was_refused_before_anything_happened_may_be_tried_again(site: Site) -> None:
    otto = site.browser("otto")
    assert otto.do("/alerts/silences", {**SILENCE, "symbol": "?"}, key="press-00000003").status == 422
    assert otto.do("/alerts/silences", SILENCE, key="press-00000003").status == 201
    assert otto.do("/monitor/restart", key="press-00000004").code == "guard_unreachable"
    assert otto.do("/monitor/restart", key="press-00000004").code == "guard_unreachable", "nobody was asked"


def test_what_a_dead_server_began_is_never_done_again(site: Site) -> None:
    """The key was written, the work was not seen to end: the next life asks a person to look."""
    otto = site.browser("otto")
    caller = Caller("person", "", "otto", "otto")
    dead = CommandBook(site.accounts.book)
    import hashlib

    body = json.dumps(SILENCE).encode()
    digest = hashlib.sha256(b"/api/v1/alerts/silences\0" + body).hexdigest()
    assert dead.begin(caller, "press-00000005", "silence_add", digest) is None
    answer = otto.do("/alerts/silences", SILENCE, key="press-00000005")
    assert (answer.status, answer.code) == (409, "outcome_unknown")
    assert count(site) == 0


def test_a_guard_that_hangs_up_leaves_the_outcome_unknown(site: Site, pretend: Any) -> None:
    guard = pretend({"restart": "hang up"})
    otto = site.browser("otto")
    assert otto.do("/monitor/restart", key="press-00000006").code == "guard_silent"
    assert otto.do("/monitor/restart", key="press-00000006").code == "outcome_unknown"
    assert guard.names().count("restart") == 1


def test_a_key_is_needed_where_doing_it_twice_would_matter(site: Site) -> None:
    otto = site.browser("otto")
    for bad in ("", "short", "with space in it", "x" * 65):
        answer = otto.ask("POST", "/alerts/silences", SILENCE, Idempotency_Key=bad)
        assert (answer.status, answer.code) == (428, "key_required")


@pytest.mark.requirement("DEC-36", "DEC-2")
def test_setting_the_switch_needs_neither_key_nor_code_nor_body(site: Site) -> None:
    for name in ("otto", "ann"):
        answer = site.browser(name).ask("POST", "/killswitch")
        assert answer.status == 200, answer.body
        assert answer.json["status"] == "asked", "no guard confirmed it, so nobody says it did"
        assert set(answer.json["doors"]) == {"file", "row"}
    assert json.loads((site.home / "KILL").read_text())["level"] == "active"
    view = site.browser("vera").get("/killswitch").json
    assert view["level"] == "active"
    assert view["seen"] == {"guard": "none", "file": "active", "row": "active"}
    state = site.browser("vera").get("/monitor/state").json
    assert (state["running"], state["safe"], state["kill"]["level"]) == (False, False, "active")


@pytest.mark.requirement("DEC-2")
def test_a_switch_file_that_cannot_be_read_counts_as_on(site: Site) -> None:
    (site.home / "KILL").write_text("{nonsense")
    assert site.browser("vera").get("/killswitch").json["level"] == "active"


def test_the_switch_can_be_set_when_one_door_is_stuck(site: Site) -> None:
    (site.home / "KILL").mkdir()
    answer = site.browser("otto").ask("POST", "/killswitch", {"level": "hard", "reason": "x"})
    assert answer.json["doors"] == ["row"]
    (site.home / "KILL").rmdir()


@pytest.mark.requirement("DEC-36")
def test_without_a_guard_nothing_is_released(site: Site) -> None:
    otto = site.browser("otto")
    otto.ask("POST", "/killswitch")
    answer = otto.do("/killswitch/release", {"reason": "all well"}, **otto.prove())
    assert (answer.status, answer.code) == (503, "guard_unreachable")
    assert (site.home / "KILL").exists(), "the file is where it was"


def test_asking_for_less_than_what_holds_is_no_release(site: Site, pretend: Any) -> None:
    guard = pretend({"status": status_at("hard"), "kill": status_at("active")})
    answer = site.browser("otto").ask("POST", "/killswitch", {"level": "active"})
    assert (answer.json["status"], answer.json["level"]) == ("taken", "hard")
    assert "kill" not in guard.names()


@pytest.mark.requirement("DEC-36", "DEC-2")
def test_hard_is_released_by_two_people_each_with_a_code(site: Site, pretend: Any) -> None:
    guard = pretend({"status": status_at("hard"), "kill": status_at("off")})
    otto, olga, ann = site.browser("otto"), site.browser("olga"), site.browser("ann")
    asked = otto.do("/killswitch/release", {"reason": "checked"}, **otto.prove())
    assert asked.json["status"] == "asked"
    assert "kill" not in guard.names(), "one person alone changes nothing"
    path = f"/killswitch/requests/{asked.json['request_id']}/confirm"
    assert otto.do(path, **otto.prove()).code == "same_person"
    assert ann.do(path).code == "forbidden"
    assert olga.do(path).code == "step_up_required"
    waiting = olga.get("/killswitch/requests").json["items"][0]
    assert (waiting["state"], waiting["asked_by"], waiting["reason"]) == ("waiting", "otto", "checked")
    done = olga.do(path, **olga.prove())
    assert (done.json["status"], done.json["level"]) == ("taken", "off")
    wish = next(one for one in guard.asked if one["command"] == "kill")
    assert (wish["actor"], wish["args"]["second"], wish["args"]["level"]) == ("otto", "olga", "off")
    assert olga.do(path, **olga.prove()).code == "denied", "once is once"


@pytest.mark.requirement("DEC-2")
def test_leaving_everything_takes_two_people_and_the_word(site: Site, pretend: Any) -> None:
    guard = pretend({"status": status_at("off"), "kill": status_at("flatten")})
    otto, olga = site.browser("otto"), site.browser("olga")
    assert otto.do("/killswitch/flatten", {"reason": "x", "confirm": "yes"}, **otto.prove()).status == 422
    asked = otto.do("/killswitch/flatten", {"reason": "leave", "confirm": "flatten"}, **otto.prove())
    assert (asked.status, asked.json["status"]) == (202, "asked")
    path = f"/killswitch/requests/{asked.json['request_id']}"
    site.clock.wind(PAIR_S + 1)
    assert olga.do(f"{path}/confirm", **olga.prove()).code == "denied", "too late"
    asked = otto.do("/killswitch/flatten", {"reason": "leave", "confirm": "flatten"}, **otto.prove())
    path = f"/killswitch/requests/{asked.json['request_id']}"
    assert olga.do(path, method="DELETE").json["state"] == "withdrawn"
    assert olga.do(f"{path}/confirm", **olga.prove()).code == "denied"
    assert "kill" not in guard.names()


@pytest.mark.requirement("OPS-IF-4")
def test_pausing_needs_no_code_and_going_on_does(site: Site, pretend: Any) -> None:
    guard = pretend({"halt": status_at("off"), "resume": status_at("off")})
    otto = site.browser("otto")
    assert otto.ask("POST", "/orders/pause", {}).json["status"] == "taken"
    assert otto.do("/orders/resume", {}).code == "step_up_required"
    assert otto.do("/orders/resume", {"symbol": "005930"}, **otto.prove()).status == 200
    assert [(one["command"], one["args"], one["actor"]) for one in guard.asked] == [
        ("halt", {"symbol": ""}, "otto"), ("resume", {"symbol": "005930"}, "otto")
    ]  # fmt: skip


def test_the_guards_refusal_is_told_as_it_said_it(site: Site, pretend: Any) -> None:
    pretend(
        {
            "status": status_at("active"),
            "kill": {"ok": False, "code": "denied", "message": "미체결 주문 1건", "next_step": "보세요"},
        }
    )
    otto = site.browser("otto")
    answer = otto.do("/killswitch/release", {"reason": "x"}, **otto.prove())
    assert (answer.status, answer.code, answer.json["message"]) == (409, "denied", "미체결 주문 1건")


def test_incidents_and_alerts_are_dealt_with_once(site: Site) -> None:
    otto = site.browser("otto")
    assert otto.do("/alerts/1/ack", {"length_s": 600}).json["status"] == "done"
    row = otto.get("/alerts/1").json["alert"]
    assert (row["acked_by"], row["delivered_to"], row["waiting"]) == ("otto", ["slack"], False)
    assert otto.do("/incidents/1/ack", {}).json["acked_by"] == "otto"
    assert site.browser("olga").do("/incidents/1/ack", {}).code == "denied"
    assert otto.do("/incidents/1/close", {"summary": "too early"}).code == "denied"
    assert otto.do("/incidents/1/assign", {"assignee": "olga"}).json["assignee"] == "olga"
    assert otto.do("/incidents/1/decide", {"decision": "observe", "reason": "one cut"}).json["state"] == "decided"
    closed = otto.do("/incidents/1/close", {"summary": "line was back"}).json
    assert (closed["state"], closed["report"]) == ("closed", "report: line was back")
    moments = otto.get("/incidents/1").json["moments"]
    assert [one["kind"] for one in moments if one["source"] == "person"] == [
        "acknowledged",
        "assigned",
        "decided",
        "closed",
    ]
    trail = {row["event_type"] for row in otto.get("/audit").json["items"]}
    assert {"incident_closed", "alert_acknowledged"} <= trail


def test_the_servers_files_are_its_owners_alone(site: Site) -> None:
    """SVC-41: nobody else of this machine reads accounts or keys."""
    for path in (site.home / "server").rglob("*"):
        if path.suffix in {".db", ".key"}:
            assert oct(path.stat().st_mode & 0o077) == "0o0", path


@pytest.mark.requirement("DEC-2")
def test_the_switch_is_reached_while_everything_else_waits(site: Site, pretend: Any) -> None:
    """S15: sign-ins that take their time and commands that wait for a stuck guard stand in nobody's way."""
    held = threading.Event()
    guard = pretend({"status": status_at("off"), "kill": status_at("as asked"), "restart": held})
    otto, olga = site.browser("otto"), site.browser("olga")
    strangers = [site.browser() for _ in range(8)]
    waiting = [threading.Thread(target=otto.do, args=("/monitor/restart",)) for _ in range(12)]
    waiting += [
        threading.Thread(
            target=one.ask, args=("POST", "/session", {"user": "x", "password": "y" * 20, "code": "123456"})
        )
        for one in strangers
    ]
    for one in waiting:
        one.start()
    until(lambda: guard.names().count("restart") >= 10, "the waiting commands")
    answer = olga.ask("POST", "/killswitch", {"level": "active"})
    assert (answer.status, answer.json["status"]) == (200, "taken")
    assert answer.json["elapsed_ms"] < 1_500
    assert olga.get("/health").status == 200
    held.set()
    for one in waiting:
        one.join()
