"""A browser without a screen, and a server beside the arena's guard: cookies, forgery token, codes, streams."""

import contextlib
import http.client
import itertools
import json
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyotp

from tests.e2e.arena import HANTU, Arena

AGENT = "hantu-test/1.0"
STEP_S = 30
SERVER_READY_S = 20.0
_serial = itertools.count(1)


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json.get("code", ""))


@dataclass
class Person:
    """What `hantu users add --ready` printed."""

    name: str
    password: str
    secret: str
    recovery_codes: list[str]
    spent: int = 0

    def fresh_code(self) -> str:
        """A code of a step that was not used yet; waits for the next one where it must."""
        while (step := int(time.time()) // STEP_S) <= self.spent or STEP_S - time.time() % STEP_S < 1.5:
            time.sleep(0.1)
        self.spent = step
        return str(pyotp.TOTP(self.secret).generate_otp(step))


@dataclass
class Browser:
    """One browser at one server."""

    host: str
    port: int
    cookie: str = ""
    csrf: str = ""
    agent: str = AGENT
    bearer: str = ""
    context: ssl.SSLContext | None = None
    person: Person | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"{'https' if self.context else 'http'}://{self.host}:{self.port}"

    def connect(self, timeout: float = 30.0) -> http.client.HTTPConnection:
        if self.context is not None:
            return http.client.HTTPSConnection(self.host, self.port, timeout=timeout, context=self.context)
        return http.client.HTTPConnection(self.host, self.port, timeout=timeout)

    def sent_headers(self, method: str, **more: str) -> dict[str, str]:
        found = {"User-Agent": self.agent, **self.headers}
        if self.bearer:
            found["Authorization"] = f"Bearer {self.bearer}"
        if self.cookie:
            found["Cookie"] = f"__Host-hantu={self.cookie}"
        if method != "GET" and not self.bearer:
            found |= {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
            if self.csrf:
                found["X-Hantu-CSRF"] = self.csrf
        return found | {name.replace("_", "-"): value for name, value in more.items()}

    def ask(self, method: str, path: str, body: Any = None, timeout: float = 30.0, **headers: str) -> Answer:
        line = self.connect(timeout)
        sent = self.sent_headers(method, **headers)
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        try:
            line.request(method, f"/api/v1{path}" if not path.startswith("/api") else path, data, sent)
            answer = line.getresponse()
            found = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            line.close()
        jar = found.headers.get("set-cookie", "")
        if jar.startswith("__Host-hantu="):
            self.cookie = jar.split("=", 1)[1].split(";")[0].strip('"')
        return found

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def do(
        self, path: str, body: Any = None, *, method: str = "POST", code: bool = False, key: str = "", **headers: str
    ) -> Answer:
        """Send a command with a key of its own, and a fresh code where it is wanted."""
        headers.setdefault("Idempotency_Key", key or f"test-key-{next(_serial):08d}")
        if code:
            assert self.person is not None
            headers["X_Hantu_Code"] = self.person.fresh_code()
        return self.ask(method, path, body, **headers)

    def sign_in(self, person: Person, password: str = "") -> Answer:
        self.person = person
        body = {"user": person.name, "password": password or person.password, "code": person.fresh_code()}
        found = self.ask("POST", "/session", body)
        if found.status == 200:
            self.csrf = found.json["csrf"]
        return found


class Stream(threading.Thread):
    """Reads server-sent events with the moment each one came."""

    def __init__(self, browser: Browser, last_id: str = "") -> None:
        super().__init__(daemon=True)
        self.events: list[tuple[float, str, str, Any]] = []
        self.status = 0
        self.ended = threading.Event()
        self._browser = browser
        self._last_id = last_id
        self._line = browser.connect()

    def run(self) -> None:
        more = {"Last_Event_ID": self._last_id} if self._last_id else {}
        try:
            self._line.request("GET", "/api/v1/monitor/stream", headers=self._browser.sent_headers("GET", **more))
            answer = self._line.getresponse()
            self.status = answer.status
            found: dict[str, str] = {}
            while line := answer.readline():
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    found[name] = value
                elif found:
                    if "event" in found:
                        told = (time.monotonic(), found["event"], found.get("id", ""), json.loads(found["data"]))
                        self.events.append(told)
                    found = {}
        except (OSError, http.client.HTTPException):
            pass  # a killed server ends its streams this way
        finally:
            self._line.close()
            self.ended.set()

    def kinds(self) -> list[str]:
        return [kind for _, kind, _, _ in self.events]

    def facts(self) -> list[str]:
        return [data["event_id"] for _, kind, _, data in self.events if kind == "fact"]

    def place(self) -> str:
        """What a browser gives back after a cut."""
        return [ident for _, _, ident, _ in self.events if ident][-1]

    def close(self) -> None:
        sock = self._line.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(2)
        self.join(5.0)


class Web:
    """The server of one arena's home."""

    def __init__(self, arena: Arena) -> None:
        self.arena = arena
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.people: dict[str, Person] = {}

    def start(self) -> None:
        """Start ``hantu run server`` on a free port, or on the one it had."""
        out = self.arena.home / "server.out"
        self.arena.extra_env["HANTU_SERVER_ADDRESS"] = f"127.0.0.1:{self.port}"
        with out.open("ab") as output:
            self.process = subprocess.Popen(
                [*HANTU, "run", "server"], stdout=output, stderr=output, env=self.arena.environ()
            )
        self.arena._processes.append(self.process)
        offset = len(out.read_text()) if self.port else 0
        process = self.process
        self.arena.wait(
            lambda: process.poll() is not None or "대시보드와 API" in out.read_text()[offset:],
            "the server to listen",
            SERVER_READY_S,
        )
        assert process.poll() is None, out.read_text()
        self.port = int(out.read_text().rpartition("대시보드와 API: ")[2].splitlines()[0].rpartition(":")[2])
        self.arena.extra_env["HANTU_SERVER_ADDRESS"] = f"127.0.0.1:{self.port}"

    def person(self, name: str, role: str) -> Person:
        """Make somebody who can sign in."""
        found = json.loads(self.arena.run("--json", "users", "add", name, "--role", role, "--ready").stdout)
        made = Person(name, found["password"], found["secret"], found["recovery_codes"], int(time.time()) // STEP_S)
        self.people[name] = made
        return made

    def browser(self, person: Person | None = None) -> Browser:
        found = Browser("127.0.0.1", self.port)
        if person is not None:
            answer = found.sign_in(person)
            assert answer.status == 200, answer.body
        return found

    def program(self, name: str, *scopes: str) -> Browser:
        words = [word for scope in scopes for word in ("--scope", scope)]
        found = json.loads(self.arena.run("--json", "users", "programs", "add", name, *words).stdout)
        return Browser("127.0.0.1", self.port, bearer=found["token"])

    def log(self) -> str:
        return Path(self.arena.home / "server" / "logs" / "app.log").read_text(encoding="utf-8")
