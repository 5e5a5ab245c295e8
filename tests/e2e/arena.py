"""Real processes on real sockets: an exchange, a guard, and what they say of each other."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HANTU = [sys.executable, "-m", "hantu.cli.main"]
READY_S = 15.0
END_S = 8.0
POLL_S = 0.02


class Phone:
    """A local Bot API that keeps every message with the moment it arrived."""

    def __init__(self) -> None:
        self.messages: list[tuple[float, dict[str, Any]]] = []
        self.status = 200
        """Answered to every message; those that are not taken are not kept."""
        phone = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                status = phone.status
                if status == 200:
                    phone.messages.append((time.monotonic(), json.loads(body)))
                answer = json.dumps({"ok": status == 200, "result": {"message_id": len(phone.messages)}}).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_words: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def texts(self) -> list[str]:
        """Every message's text, in order of arrival."""
        return [str(message["text"]) for _, message in self.messages]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Arena:
    """One exchange and the guards that talk to it; ends everything it started, by id."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.phone = Phone()
        self.rest_url = ""
        self.ws_url = ""
        self._processes: list[subprocess.Popen[bytes]] = []
        self.exchange: subprocess.Popen[bytes] | None = None
        self.guard: subprocess.Popen[bytes] | None = None
        self.extra_env: dict[str, str] = {}

    # --- processes ---------------------------------------------------------------

    def start_exchange(self, scenario: str, *words: str) -> None:
        """Start ``hantu sim`` and wait until it listens."""
        command = [*HANTU, "--json", "sim", "--scenario", scenario, "--rest-port", "0", "--ws-port", "0", *words]
        output = (self.home / "exchange.out").open("wb")
        self.exchange = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=output, env=self.environ())
        output.close()
        self._processes.append(self.exchange)
        assert self.exchange.stdout is not None
        line = self.exchange.stdout.readline()
        assert line, (self.home / "exchange.out").read_text()
        ready = json.loads(line)
        self.rest_url, self.ws_url = ready["rest_url"], ready["ws_url"]
        self._reader = threading.Thread(target=self.exchange.stdout.read, daemon=True)
        self._reader.start()

    def start_guard(self, *words: str, wait: bool = True) -> "subprocess.Popen[bytes]":
        """Start ``hantu run guard`` and wait until its control socket answers."""
        output = (self.home / "guard.out").open("ab")
        command = [*HANTU, "run", "guard", *words]
        self.guard = subprocess.Popen(command, stdout=output, stderr=output, env=self.environ())
        output.close()
        self._processes.append(self.guard)
        if wait:
            guard = self.guard
            self.wait(lambda: guard.poll() is not None or (self.home / "guard.sock").exists(), "the guard to listen")
        return self.guard

    def environ(self) -> dict[str, str]:
        """The environment of every process: its own home, the local exchange, the local phone."""
        environ = {key: value for key, value in os.environ.items() if not key.startswith("HANTU_")}
        environ |= {
            "HANTU_HOME": str(self.home),
            "HANTU_TELEGRAM_TOKEN": "123456:test-token-of-nobody",
            "HANTU_TELEGRAM_CHAT_ID": "1",
            "HANTU_TELEGRAM_API_URL": self.phone.url,
            "PYTHONUNBUFFERED": "1",
            "NO_COLOR": "1",
        }
        if self.rest_url:
            environ |= {"HANTU_REST_URL": self.rest_url, "HANTU_WS_URL": self.ws_url}
        return environ | self.extra_env

    def run(self, *words: str, check: bool = True, timeout: float = 30.0) -> "subprocess.CompletedProcess[str]":
        """Run one hantu command to its end."""
        done = subprocess.run(
            [*HANTU, *words], capture_output=True, text=True, env=self.environ(), timeout=timeout, check=False
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def close(self) -> None:
        """End every process that was started here."""
        for process in reversed(self._processes):
            if process.poll() is None:
                process.terminate()
        for process in self._processes:
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.exchange is not None and self.exchange.stdout is not None:
            self._reader.join(END_S)
            self.exchange.stdout.close()
        self.phone.close()

    # --- what they say -----------------------------------------------------------

    def get(self, path: str) -> Any:
        """Ask the exchange's inspection pages."""
        with urllib.request.urlopen(self.rest_url + path, timeout=5) as answer:
            return json.loads(answer.read())

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Tell the exchange something that no client could."""
        data = json.dumps(body).encode()
        request = urllib.request.Request(self.rest_url + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read())

    def sells(self, symbol: str = "") -> list[dict[str, Any]]:
        """Sell orders the exchange accepted, cancels not among them."""
        orders = self.get("/_sim/state")["orders"]
        return [
            order
            for order in orders
            if order["side"] == "sell" and symbol in ("", order["symbol"]) and order["kind"] == "new"
        ]

    def status(self) -> dict[str, Any]:
        """The guard's own status."""
        return dict(json.loads(self.run("--json", "monitor", "status").stdout))

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read the guard's records with the plain sqlite3 of the interpreter."""
        path = self.home / "hantu.db"
        if not path.exists():
            return []
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5) as connection:
            return connection.execute(sql, values).fetchall()

    def events(self, event_type: str) -> list[dict[str, Any]]:
        """Payloads of one event type, oldest first."""
        try:
            found = self.rows(
                "SELECT payload_json FROM event_log WHERE event_type = ? ORDER BY timestamp, event_id", event_type
            )
        except sqlite3.OperationalError:
            # The guard is creating its tables at this moment.
            return []
        return [json.loads(payload) for (payload,) in found]

    def wait_event(self, event_type: str, count: int = 1, timeout: float = 25.0) -> list[dict[str, Any]]:
        """Wait until at least ``count`` events of a type are on record."""
        self.wait(lambda: len(self.events(event_type)) >= count, f"{count} of {event_type}", timeout)
        return self.events(event_type)

    def wait(self, condition: Callable[[], Any], what: str, timeout: float = READY_S) -> Any:
        """Wait until ``condition`` is true; fails with what the guard said."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            time.sleep(POLL_S)
        raise AssertionError(f"waited {timeout} s for {what}\n{self.story()}")

    def story(self) -> str:
        """The last things the guard said and recorded."""
        said = (
            (self.home / "guard.out").read_text(errors="replace")[-3_000:] if (self.home / "guard.out").exists() else ""
        )
        try:
            recorded = self.rows("SELECT timestamp, event_type FROM event_log ORDER BY event_id DESC LIMIT 25")
        except sqlite3.Error as error:
            recorded = [(str(error),)]
        return said + "\n" + "\n".join(" ".join(map(str, row)) for row in reversed(recorded))
