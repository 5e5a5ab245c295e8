"""The one command a newcomer types."""

import json
import subprocess
import threading
import time
from typing import Any

import pytest

from tests.e2e.arena import HANTU, Arena
from tests.e2e.web import Browser

LOGIN_S = 40.0


class Demo:
    """A running demonstration and what it says on standard error."""

    def __init__(self, arena: Arena, *words: str) -> None:
        self.process = subprocess.Popen(
            [*HANTU, "--json", "demo", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=arena.environ(),
        )  # fmt: skip
        arena._processes.append(self.process)  # type: ignore[arg-type]
        self.notes: list[dict[str, Any]] = []
        self.noted = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.startswith("{"):
                self.notes.append(json.loads(line))
                self.noted.set()
        self.process.stderr.close()

    def dashboard(self) -> dict[str, Any]:
        assert self.noted.wait(LOGIN_S), "where the dashboard is"
        return dict(self.notes[0]["dashboard"])

    def result(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        found = json.loads(self.process.stdout.read())
        self.process.stdout.close()
        assert self.process.wait(20) == 0
        return dict(found)


@pytest.mark.requirement("MON-0.01", "MON-4.1.12", "OPS-00-5", "DEC-36")
def test_demo_keeps_every_promise_and_says_so(arena: Arena) -> None:
    day = arena.home / "day"
    began = time.monotonic()
    demo = Demo(arena, "--home", str(day))
    told = demo.dashboard()
    assert told["ready"], told
    browser = Browser("127.0.0.1", int(told["url"].rpartition(":")[2]))
    signed = browser.ask("POST", "/session", {key: told[key] for key in ("user", "password", "code")})
    assert signed.status == 200, signed.body
    browser.csrf = signed.json["csrf"]
    arena.wait(lambda: browser.get("/monitor/state").json.get("running"), "the guard's picture", 30)
    assert browser.get("/session").json["role"] == "viewer"
    assert browser.do("/killswitch", {"level": "active", "reason": "x"}).status == 403, "who looks touches nothing"
    rows = demo.result()["findings"]
    assert len(rows) == 13
    assert all(row["held"] for row in rows), rows
    assert time.monotonic() - began < 60
    with pytest.raises(ConnectionRefusedError):
        browser.get("/health")
    for seed in ("1", "2"):
        arena.extra_env = {"PYTHONHASHSEED": seed}
        again = json.loads(arena.run("--json", "replay", "--home", str(day)).stdout)
        assert again["ok"], again
        assert again["decisions"] > 100
