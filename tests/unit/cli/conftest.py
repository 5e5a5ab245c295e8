"""A guard that is only a socket, and a way to type commands."""

import contextlib
import json
import socket
import threading
from dataclasses import dataclass, field

import pytest

from hantu.cli.main import run

STATUS = {
    "state": "monitoring",
    "state_ko": "모니터링 중",
    "since": "2026-11-23 00:00:10.000000",
    "market_time": "2026-11-23 09:12:31",
    "environment": "local",
    "account": "main",
    "mode": "sell",
    "kill": {"level": "off", "reason": ""},
    "connection": {"connected": True, "since": "", "attempt": 0, "limit": 5, "next_try_s": None, "silent_s": 0.4, "outages": 1},
    "subscriptions": {"done": 20, "total": 20, "registrations": 27, "limit": 41, "failed": []},
    "halted": {"market": False, "symbols": []},
    "unprotected_s": 3.2,
    "next_opening": "2026-11-24 00:00:00.000000",
    "sleep_cause": "",
    "positions": [
        {"symbol": "005930", "name": "삼성전자", "quantity": 10, "average_price": 71000, "price": 69000,
         "price_age_s": 0.3, "stop_price": 68800, "target_price": 76700, "to_stop_pct": 0.29, "to_target_pct": 11.16,
         "pnl": -20000, "return_rate": -0.0282, "state": "awaiting_fill",
         "order": {"intent_id": "e1-1", "order_no": "0000000123", "waited_s": 1.2, "filled": 4, "quantity": 10}},
        {"symbol": "000660", "name": "SK하이닉스", "quantity": 5, "average_price": 200000, "price": 216500,
         "price_age_s": 0.1, "stop_price": 194000, "target_price": 216000, "to_stop_pct": 10.39, "to_target_pct": -0.23,
         "pnl": 82500, "return_rate": 0.0825, "state": "held:halt", "order": None},
    ],
    "watch": [{"symbol": "005380", "name": "현대차", "price": 242000, "support_price": 240000, "score": 85}],
    "counts": {"trades": 12345, "frames": 9000, "parse_errors": 0, "orders": 2, "fills": 1, "alerts_pending": 0},
    "latency_ms": {"last": 0.4, "p50": 0.5, "p99": 2.5},
    "storage_ok": True,
    "pid": 123,
    "version": "0.1.0",
    "speed": 15.0,
}  # fmt: skip


@dataclass
class FakeGuard:
    """Answers one line per request and remembers what was asked."""

    path: object
    status: dict = field(default_factory=lambda: json.loads(json.dumps(STATUS)))
    asked: list = field(default_factory=list)
    refuse: dict = field(default_factory=dict)

    def __post_init__(self):
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(self.path))
        self.listener.listen(8)
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            with line, line.makefile("rb") as lines:
                text = lines.readline()
                if not text:
                    continue
                request = json.loads(text)
                self.asked.append(request)
                for answer in self._answers(request["command"]):
                    line.sendall(json.dumps(answer).encode() + b"\n")
                if request["command"] == "shutdown":
                    self.close()
                    return

    def _answers(self, command):
        if command in self.refuse:
            return [{"ok": False, **self.refuse[command]}]
        if command == "kill":
            self.status["kill"] = dict(self.asked[-1]["args"])
        if command == "stop":
            self.status["state"] = "idle"
        if command == "watch":
            return [{"ok": True, "result": self.status}, {"ok": True, "result": {**self.status, "state_ko": "재연결"}}]
        return [{"ok": True, "result": self.status if command == "status" else {"done": command}}]

    def commands(self):
        return [request["command"] for request in self.asked if request["command"] != "status"]

    def close(self):
        # A thread in accept() is woken by shutdown, not by close.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.path.unlink(missing_ok=True)


@pytest.fixture
def home(tmp_path_factory):
    """A data folder whose socket path is short enough."""
    return tmp_path_factory.mktemp("h")


@pytest.fixture
def guard(home):
    made = FakeGuard(home / "guard.sock")
    yield made
    made.close()
    made.thread.join(5)


@pytest.fixture
def hantu(home, capsys, monkeypatch):
    """Type a command; returns (exit code, standard output, standard error)."""
    monkeypatch.chdir(home)

    def type_command(*words, **environ):
        code = run(list(words), {"HANTU_HOME": str(home), "COLUMNS": "140", **environ})
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return type_command


@pytest.fixture
def hantu_json(hantu):
    """Type a command with --json; returns (exit code, value)."""

    def type_command(*words, **environ):
        code, out, err = hantu(*words, "--json", **environ)
        assert err == ""
        return code, json.loads(out)

    return type_command
