"""The jobs process and a strategy killed at drawn moments: every fill is answered by exactly one proposal.

The strategy proposes one purchase for each fill it is told. So a fill told twice, or a
step done again after its proposal was filed, shows as two; a fill that was lost as none.
"""

import json
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hantu.adapters.guard_link import GuardLink
from hantu.adapters.store.maintenance import init_database, reading, writing
from hantu.domain.errors import HantuError
from tests.e2e.arena import HANTU

DEATHS = 60 if os.environ.get("HANTU_SLOW") else 5
SEED = 20261123
STRATEGY = """
from msgspec import Struct
from hantu.strategies.sdk import Nothing, Strategy

class State(Struct):
    told: list[int] = []

class Subject(Strategy[Nothing, State]):
    def on_fill(self, fill):
        self.state.told.append(fill.number)
        self.propose(f"{fill.number:06d}", 1, 10_000, str(fill.number))
"""
FILL = """INSERT INTO fills (event_id, trade_date, account, intent_id, order_no, symbol, name, side, quantity, price,
    cumulative, filled_at, received_at, source) VALUES (?, '2026-11-23', 'main', NULL, '1', '005930', 'x', 'buy', 1, 1,
    1, '2026-11-23 01:00:00', '', 'notice')"""


class Home:
    """One home without a guard: the records, and the jobs process that dies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "hantu.db"
        self.fills = 0
        init_database(self.database)
        (folder / "strategies").mkdir()
        (folder / "strategies" / "answers.py").write_text(STRATEGY)
        environ = {name: value for name, value in os.environ.items() if not name.startswith("HANTU_")}
        self._environ = environ | {
            "HANTU_HOME": str(folder), "HANTU_STRATEGIES_CHECK_S": "0.1", "HANTU_STRATEGIES_RESTART_WAIT_S": "0.1",
            "HANTU_STRATEGIES_RESTARTS_MAX": "100", "HANTU_STRATEGIES_PROPOSALS_PER_HOUR": "1000",
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        output = (self.folder / "jobs.out").open("ab")
        self.process = subprocess.Popen([*HANTU, "run", "jobs"], stdout=output, stderr=output, env=self._environ)
        output.close()

    def ask(self, command: str, **args: Any) -> dict[str, Any]:
        return dict(GuardLink(self.folder / "jobs.sock", "tester").request(command, **args))

    def strategy_pid(self) -> int:
        try:
            return int(self.ask("show", job_id="strategy_answers")["pid"])
        except HantuError:
            return 0

    def fill(self) -> None:
        self.fills += 1
        with writing(self.database) as connection:
            connection.execute(FILL, (f"e{self.fills}",))

    def kept(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "state" / "strategy_answers.json").read_bytes()))

    def wait(self, condition: Any, what: str, timeout_s: float = 30.0) -> None:
        end = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < end, f"{what}\n{(self.folder / 'jobs.out').read_text()[-2_000:]}"
            time.sleep(0.01)

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
        if self.process is not None:
            self.process.wait()


@pytest.fixture
def home() -> Iterator[Home]:
    # Not pytest's own folder: its names are too long for a socket.
    with tempfile.TemporaryDirectory(prefix="jobs-") as folder:
        found = Home(Path(folder))
        try:
            yield found
        finally:
            found.close()


@pytest.mark.requirement("REL-29", "REL-30", "REL-31")
def test_every_fill_has_exactly_one_answer_whatever_is_killed_when(home: Home) -> None:
    chance = random.Random(SEED)
    home.begin()
    home.wait((home.folder / "jobs.sock").exists, "the jobs process")
    home.ask("start", strategy="answers")
    for _ in range(DEATHS):
        for _ in range(3):
            home.fill()
            time.sleep(chance.random() * 0.05)
        time.sleep(chance.random() * 0.6)
        assert home.process is not None
        pid = home.strategy_pid() if chance.random() < 0.4 else 0
        if pid:
            os.kill(pid, signal.SIGKILL)
        else:
            home.process.send_signal(signal.SIGKILL)
            home.process.wait()
            # Whole at every moment, also at this one.
            assert home.kept()["job_id"] == "strategy_answers"
            home.begin()
    numbers = list(range(1, home.fills + 1))
    home.wait(lambda: home.kept()["kept"].get("told") == numbers, "every fill to be told once, in order")
    home.wait(lambda: all(one["status"] != "new" for one in home.kept()["proposals"]), "every proposal to be filed")
    with reading(home.database) as connection:
        rows = connection.execute("SELECT symbol, note, approval_id FROM approvals ORDER BY symbol").fetchall()
    assert [(row[0], row[1]) for row in rows] == [(f"{number:06d}", str(number)) for number in numbers]
    assert home.kept()["counter"] == home.fills
