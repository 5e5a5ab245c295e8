"""Measure 5: from the kill switch's activation to the last order byte, by each door, with orders in flight.

The real guard is driven with a falling stock every 50 ms, each of which makes
an order. At a chance moment between two of them a door is used; the stub notes
the last order byte that arrives after it. Frozen means: another process holds
the database's write lock, and the channel to people does not answer. There is
no server process yet; the guard is measured alone.
"""

import argparse
import json
import random
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import clients, market
from bench.clients import Client
from bench.figures import Figures, percentile
from bench.ground import Ground, prepared
from bench.stub import Silence, Stub

PACE_S = 0.05
"""Between two trades that lead to an order: 20 orders a second."""
BEFORE, AFTER = 2, 6
"""Trades before an activation, and after it, each of which would be an order."""
CONDITIONS = {
    "healthy": ("socket", "file", "row"),
    "database frozen": ("socket", "file"),
    "notifier dead": ("socket", "file", "row"),
}
DEAD_PHONE = "http://127.0.0.1:9"
ROOT = Path(__file__).resolve().parent.parent


def measure(ground: Ground, figures: Figures, times: int, only: str = "") -> None:
    """Activate ``times`` times by each door under each condition; one guard per condition."""
    for condition, doors in CONDITIONS.items():
        if only in ("", condition):
            _condition(ground, figures, condition, doors, times)


def main(words: list[str]) -> int:
    """Measure the kill switch alone and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m bench kill", description=__doc__)
    parser.add_argument("--times", type=int, default=14, help="activations per door and condition")
    parser.add_argument("--only", choices=list(CONDITIONS), default="", help="one condition")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(words)
    figures = Figures()
    try:
        with prepared(ROOT / "var") as ground:
            measure(ground, figures, args.times, args.only)
    except Silence as error:
        sys.stderr.write(f"\nbench: a client fell silent: {error}\n")
        return 1
    if args.json:
        sys.stdout.write(json.dumps(figures.values) + "\n")
    else:
        for name, values in figures.values.items():
            sys.stdout.write(f"{name:44} {values[0]:10.2f}\n")
    return 0


def _condition(ground: Ground, figures: Figures, condition: str, doors: tuple[str, ...], times: int) -> None:
    stocks = (BEFORE + AFTER) * times * len(doors)
    everything: list[float] = []
    with ground.stub(stocks, tls=True) as stub:
        stub.fill = True
        home = clients.scratch(ground.folder)
        with _phone(condition):
            client = clients.product(stub, ground.certificate, stocks, ground.started, home=home)
        try:
            switch = Switchboard(stub, client, home, iter(market.symbols(stocks)))
            for door in doors:
                found = []
                for _ in range(times):
                    with _frozen(home / "hantu.db", condition):
                        found.append(switch.activate(door))
                    # Its release is recorded, and needs the database back.
                    switch.release()
                everything += found
                figures.add(f"kill {door} {condition} p50 ms", percentile(found, 0.5))
                figures.add(f"kill {door} {condition} p99 ms", percentile(found, 0.99))
        finally:
            client.end()
    figures.add(f"kill {condition} p99 ms", percentile(everything, 0.99))
    figures.add(f"kill {condition} activations", len(everything))


class Switchboard:
    """One guard, its stub, and the hands that set and release the switch."""

    def __init__(self, stub: Stub, client: Client, home: Path, codes: Iterator[str]) -> None:
        self._stub = stub
        self._client = client
        self._home = home
        self._codes = codes
        self._chance = random.Random(7)
        self._doors: dict[str, Callable[[], None]] = {"socket": self._socket, "file": self._file, "row": self._row}

    def activate(self, door: str) -> float:
        """Set ``hard`` by a door while orders go out; return milliseconds to the last order byte, 0 if none came."""
        known = len(self._stub.orders)
        for _ in range(BEFORE):
            self._fall()
        if not self._stub.serve(5.0, lambda: len(self._stub.orders) >= known + BEFORE):
            raise Silence(f"no orders before the {door}")
        self._fall()
        self._stub.serve(self._chance.uniform(0.0, PACE_S))
        began = time.monotonic_ns()
        self._doors[door]()
        for _ in range(AFTER - 1):
            self._stub.serve(PACE_S)
            self._fall()
        self._stub.serve(0.3)
        last = max((order.arrived_ns for order in self._stub.orders), default=0)
        return max(0.0, (last - began) / 1e6)

    def _fall(self) -> None:
        self._stub.send(self._stub.trade(next(self._codes), market.FALLEN))

    def _socket(self) -> None:
        with self._ask({"command": "kill", "args": {"level": "hard", "reason": "bench"}, "actor": "bench"}):
            pass

    def _file(self) -> None:
        fresh = self._home / "KILL.new"
        fresh.write_text('{"level": "hard", "reason": "bench", "actor": "bench"}')
        fresh.replace(self._home / "KILL")

    def _row(self) -> None:
        with sqlite3.connect(self._home / "hantu.db", timeout=5) as connection:
            connection.execute(
                "INSERT INTO system_state (timestamp, kill_level, reason, actor) "
                "VALUES (strftime('%Y-%m-%d %H:%M:%f000', 'now'), 'hard', 'bench', 'bench')"
            )

    def release(self) -> None:
        """Release as a person does; the guard compares first, and what was blocked is let be by a calm price."""
        (self._home / "KILL").unlink(missing_ok=True)
        end = time.monotonic() + 20.0
        while time.monotonic() < end:
            with self._ask({"command": "kill", "args": {"level": "off", "reason": "bench"}, "actor": "bench"}) as line:
                line.setblocking(False)
                answer = b""

                def answered(line: socket.socket = line) -> bool:
                    nonlocal answer
                    try:
                        answer += line.recv(65_536)
                    except BlockingIOError:
                        return False
                    return answer.endswith(b"\n")

                while not answered() and time.monotonic() < end:
                    self._stub.serve(0.01)
            if json.loads(answer or b"{}").get("ok"):
                # What was held back is sold now; let it, so that the next turn begins in peace.
                self._stub.serve(0.2)
                return
            self._stub.serve(0.05)
        raise Silence("the switch was not released: " + answer.decode(errors="replace")[:500])

    def _ask(self, request: dict[str, object]) -> socket.socket:
        line = socket.socket(socket.AF_UNIX)
        line.connect(str(self._home / "guard.sock"))
        line.sendall(json.dumps(request).encode() + b"\n")
        return line


@contextmanager
def _phone(condition: str) -> Iterator[None]:
    """A channel to people nobody answers at, for a guard that is started inside."""
    if condition == "healthy":
        yield
        return
    words = {"HANTU_TELEGRAM_TOKEN": "1:x", "HANTU_TELEGRAM_CHAT_ID": "1", "HANTU_TELEGRAM_API_URL": DEAD_PHONE}
    clients.EXTRA_ENVIRONMENT.update(words)
    try:
        yield
    finally:
        clients.EXTRA_ENVIRONMENT.clear()


@contextmanager
def _frozen(database: Path, condition: str) -> Iterator[None]:
    """Hold the write lock of the database, as a process that was stopped inside a transaction does."""
    if condition != "database frozen":
        yield
        return
    connection = sqlite3.connect(database, isolation_level=None, timeout=10)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()
