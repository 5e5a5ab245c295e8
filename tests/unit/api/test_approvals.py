"""Orders by hand where the guard's control address fails: what is told, what is alerted, what is never done twice."""

import json
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from hantu.adapters.store.maintenance import writing
from hantu.domain.access import Scope
from tests.e2e.arena import Phone
from tests.unit.api.site import Site, opened
from tests.unit.api.waiting import until

SECRET = "a-program-of-this-test-and-nothing-else-01"
ORDER = {"side": "buy", "symbol": "005930", "quantity": 10, "price_low": 70_000, "price_high": 71_000, "note": "test"}
PLACE = {"quantity": 5, "limit_price": 70_500}


class Execution:
    """A control address that fails as it is told."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {}
        self.asked: list[tuple[str, dict[str, Any], str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append((self.path, body, str(self.headers["Authorization"])))
                status, told = outer.answers[self.path]
                if status == 0:
                    self.connection.close()
                    return
                text = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_words: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def phone() -> Iterator[Phone]:
    found = Phone()
    yield found
    found.close()


@pytest.fixture
def execution() -> Iterator[Execution]:
    found = Execution()
    yield found
    found.close()


@pytest.fixture
def site(phone: Phone, execution: Execution) -> Iterator[Site]:
    env = {
        "HANTU_GUARD_CONTROL_ADDRESS": f"127.0.0.1:{execution.port}", "HANTU_CLIENT_SECRET": SECRET,
        "HANTU_TELEGRAM_TOKEN": "123456:test-token-of-nobody", "HANTU_TELEGRAM_CHAT_ID": "1",
        "HANTU_TELEGRAM_API_URL": phone.url,
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="hantu-") as folder, opened(Path(folder), env=env) as found:
        yield found


def approved(site: Site) -> str:
    otto = site.browser("otto")
    made = otto.do("/approvals", ORDER).json
    answer = otto.do(f"/approvals/{made['approval_id']}/approve", {"order_hash": made["order_hash"]}, **otto.prove())
    assert answer.json["approval"]["status"] == "approved", answer.body
    assert answer.json["placed"] is None
    return str(made["approval_id"])


@pytest.mark.requirement("ALR-39", "ALR-40", "ALR-46", "ALR-51")
@pytest.mark.parametrize(
    ("answer", "told", "line"),
    [
        ((502, b"<html>Bad Gateway</html>"), (502, "guard_failed"), "[ERROR] Token issuance failed: 502 Bad Gateway"),
        (
            (503, {"code": "unavailable"}),
            (503, "guard_unreachable"),
            "[ERROR] Token issuance failed: 503 Service Unavailable",
        ),
        ((0, None), (504, "guard_silent"), "[ERROR] Token issuance failed: 502 Bad Gateway"),
    ],
)
def test_a_token_that_cannot_be_issued_is_logged_told_and_alerted(
    site: Site, execution: Execution, phone: Phone, answer: Any, told: Any, line: str
) -> None:
    import logging

    ident = approved(site)
    execution.answers["/issue_token"] = answer
    seen: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: seen.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("hantu").addHandler(listener)
    try:
        found = site.browser("otto").do(f"/approvals/{ident}/place", PLACE)
    finally:
        logging.getLogger("hantu").removeHandler(listener)
    assert (found.status, found.code) == told
    logged = [text for text in seen if text.startswith(line)]
    assert logged and found.json["request_id"] in logged[0]
    until(phone.texts, "the alert")
    assert "Token issuance failed" in phone.texts()[0]
    assert [path for path, *_ in execution.asked] == ["/issue_token"], "nothing was placed, and nothing repeated"


@pytest.mark.requirement("ALR-39")
def test_a_refused_connection_is_alerted_and_may_be_tried_again(site: Site, execution: Execution, phone: Phone) -> None:
    ident = approved(site)
    execution.close()
    otto = site.browser("otto")
    for _ in range(2):
        found = otto.do(f"/approvals/{ident}/place", PLACE, key="press-00000100")
        assert (found.status, found.code) == (503, "guard_unreachable"), "nobody was asked, so the key is free"
    until(lambda: len(phone.texts()) >= 2, "the alerts")
    failed = [text for text in phone.texts() if "Token issuance failed" in text]
    assert len(failed) == 1, "once a minute, not once a press"


@pytest.mark.requirement("ALR-45")
def test_a_second_failure_pauses_orders_by_hand_until_the_cause_is_on_record(
    site: Site, execution: Execution, phone: Phone
) -> None:
    first, second = approved(site), approved(site)
    waiting = site.browser("otto").do("/approvals", ORDER).json
    execution.answers["/issue_token"] = (502, b"Bad Gateway")
    otto, olga = site.browser("otto"), site.browser("olga")
    assert otto.do(f"/approvals/{first}/place", PLACE).status == 502
    assert otto.get("/approvals/flow").json == {"pause": None, "failures": 1, "last": None}
    assert otto.do(f"/approvals/{second}/place", PLACE).status == 502
    until(lambda: any("주문 승인 멈춤: 502 Bad Gateway" in text for text in phone.texts()), "the alert of the pause")
    # The server is well again, but nobody has said why it was not.
    execution.answers = {
        "/issue_token": (200, {"token": "t", "token_id": "j"}), "/place_order": (200, {"outcome": "accepted"})
    }  # fmt: skip
    asked = len(execution.asked)
    placed = olga.do(f"/approvals/{first}/place", PLACE)
    assert (placed.status, placed.code) == (409, "denied")
    assert "hantu approvals resume" in placed.json["next_step"]
    path = f"/approvals/{waiting['approval_id']}/approve"
    assert olga.do(path, {"order_hash": waiting["order_hash"]}, **olga.prove()).code == "denied"
    assert len(execution.asked) == asked, "the guard is not even asked"
    flow = olga.get("/approvals/flow").json
    assert (flow["pause"]["cause"], flow["pause"]["resumed_at"]) == ("502 Bad Gateway", "")
    for analysis in ("", "fixed", " " * 40):
        assert olga.do("/approvals/flow/resume", {"analysis": analysis}, **olga.prove()).status == 422
    done = olga.do("/approvals/flow/resume", {"analysis": "the disk was full, made room"}, **olga.prove())
    assert (done.json["pause"], done.json["failures"]) == (None, 0)
    assert (done.json["last"]["resumed_by"], done.json["last"]["analysis"]) == ("olga", "the disk was full, made room")
    assert olga.do(f"/approvals/{first}/place", PLACE).json["outcome"] == "accepted"
    assert olga.do("/approvals/flow/resume", {"analysis": "the disk was full"}, **olga.prove()).code == "denied"
    kinds = [row["event_type"] for row in olga.get("/audit").json["items"]]
    assert kinds.index("order_flow_resumed") < kinds.index("order_flow_paused")


@pytest.mark.requirement("ALR-45")
def test_failures_far_apart_pause_nothing(site: Site, execution: Execution) -> None:
    first, second = approved(site), approved(site)
    execution.answers["/issue_token"] = (502, b"Bad Gateway")
    otto = site.browser("otto")
    assert otto.do(f"/approvals/{first}/place", PLACE).status == 502
    with writing(site.settings.database) as connection:
        connection.execute(
            "UPDATE token_failures SET at = strftime('%Y-%m-%d %H:%M:%f', 'now', '-901 seconds') || '000'"
        )
    assert otto.do(f"/approvals/{second}/place", PLACE).status == 502
    assert otto.get("/approvals/flow").json["pause"] is None


@pytest.mark.requirement("DEC-25")
@pytest.mark.parametrize("answer", [(0, None), (500, b"oops"), (200, b"[]"), (200, {"outcome": "surely"})])
def test_an_order_that_was_handed_over_is_unknown_whatever_comes_back(
    site: Site, execution: Execution, answer: Any
) -> None:
    ident = approved(site)
    execution.answers = {"/issue_token": (200, {"token": "t", "token_id": "j"}), "/place_order": answer}
    otto = site.browser("otto")
    first = otto.do(f"/approvals/{ident}/place", PLACE, key="press-00000200")
    assert (first.status, first.json["outcome"]) == (200, "unknown")
    again = otto.do(f"/approvals/{ident}/place", PLACE, key="press-00000200")
    assert again.body == first.body
    assert [path for path, *_ in execution.asked].count("/place_order") == 1
    assert execution.asked[0][2] == f"Bearer {SECRET}"


@pytest.mark.requirement("ALR-19", "ALR-20")
def test_the_guards_rejection_comes_with_its_reason(site: Site, execution: Execution) -> None:
    ident = approved(site)
    execution.answers["/issue_token"] = (409, {"code": "order_rejected_already_used", "reason": "already used"})
    found = site.browser("otto").do(f"/approvals/{ident}/place", PLACE).json
    assert (found["outcome"], found["reason"]) == ("rejected", "already used")


def test_what_was_shown_is_what_is_approved(site: Site) -> None:
    """S19: a page that was tampered with cannot have another order approved than the one that was looked at."""
    otto = site.browser("otto")
    one = otto.do("/approvals", ORDER).json
    two = otto.do("/approvals", {**ORDER, "quantity": 900}).json
    assert one["order_hash"] != two["order_hash"]
    answer = otto.do(f"/approvals/{two['approval_id']}/approve", {"order_hash": one["order_hash"]}, **otto.prove())
    assert (answer.status, answer.code) == (409, "hash_changed")
    assert otto.get(f"/approvals/{two['approval_id']}").json["approval"]["status"] == "pending"
    assert (
        otto.do(f"/approvals/{one['approval_id']}/approve", {"order_hash": one["order_hash"], "quantity": 1}).status
        == 403
    )
    assert otto.do(f"/approvals/{two['approval_id']}/deny").json["status"] == "denied"
    late = otto.do(f"/approvals/{two['approval_id']}/approve", {"order_hash": two["order_hash"]}, **otto.prove())
    assert late.code == "denied"
    listed = otto.get("/approvals?limit=1").json
    assert listed["next_cursor"]
    assert otto.get(f"/approvals?limit=1&cursor={listed['next_cursor'].replace(' ', '%20')}").json["items"]


def test_the_risk_is_told_before_and_after(site: Site) -> None:
    otto = site.browser("otto")
    made = otto.do("/approvals", {**ORDER, "quantity": 1_000_000}).json
    risk = otto.get(f"/approvals/{made['approval_id']}").json["risk"]
    assert (risk["quantity_before"], risk["quantity_after"]) == (0, 1_000_000)
    assert risk["order_value_max"] == risk["value_after"] == 71_000_000_000
    assert risk["loss_at_stop"] == 71_000_000_000 * 300 // 10_000
    assert len(risk["limits"]) == 1


def test_a_program_places_what_it_proposed_and_approves_nothing(site: Site, execution: Execution) -> None:
    """S6: another one's approval is not its own."""
    bot, other = site.program(Scope.READ, Scope.PROPOSE), site.program(Scope.PROPOSE)
    made = bot.do("/approvals", ORDER).json
    assert made["proposed_by"].startswith("program:")
    assert bot.do(f"/approvals/{made['approval_id']}/approve", {"order_hash": made["order_hash"]}).code == "forbidden"
    otto = site.browser("otto")
    otto.do(f"/approvals/{made['approval_id']}/approve", {"order_hash": made["order_hash"]}, **otto.prove())
    execution.answers = {
        "/issue_token": (200, {"token": "t", "token_id": "j"}),
        "/place_order": (200, {"outcome": "accepted", "order_no": "7", "intent_id": "i"}),
    }
    assert other.do(f"/approvals/{made['approval_id']}/place", PLACE).code == "not_yours"
    assert bot.do(f"/approvals/{made['approval_id']}/place", PLACE).json["order_no"] == "7"
    placed = execution.asked[-1][1]
    assert (placed["symbol"], placed["side"], placed["quantity"], placed["limit_price"]) == ("005930", "buy", 5, 70_500)


def test_the_standing_approval_is_signed_with_a_code_and_taken_back_without(site: Site) -> None:
    otto = site.browser("otto")
    assert otto.get("/approvals/mandate").json["in_force"] is False
    assert otto.do("/approvals/mandate", {"limits": {"005930": 100}}).code == "step_up_required"
    signed = otto.do("/approvals/mandate", {"limits": {"005930": 100}}, **otto.prove()).json
    assert (signed["in_force"], signed["signed_by"]) == (True, "otto")
    assert otto.do("/approvals/mandate", method="DELETE").json["in_force"] is False
