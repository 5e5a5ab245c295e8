"""``python -m bench strategies``: does the guard notice strategies? From a trade frame to its order, with and without them."""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import clients, market
from bench.figures import percentile
from bench.ground import Ground, prepared
from bench.orders import COLD_S, WARM_UP
from hantu.adapters.guard_link import GuardLink

ROOT = Path(__file__).resolve().parent.parent
BUSY = 2_000
"""Frames a second of other stocks while orders are measured."""
SITUATIONS = ("alone", "one that works", "one that works, two that spin")
WORKS = """
from msgspec import Struct
from hantu.strategies.sdk import Nothing, Strategy

class State(Struct):
    trades: int = 0

class Works(Strategy[Nothing, State]):
    def on_trade(self, trade):
        self.state.trades += 1
"""
SPINS = """
import threading
from hantu.strategies.sdk import Nothing, Strategy

def burn():
    while True:
        pass

class Spins(Strategy[Nothing, Nothing]):
    def on_start(self):
        threading.Thread(target=burn, daemon=True).start()
"""


def main(words: list[str]) -> int:
    """Measure every situation in turn, several times; print medians of the rounds."""
    parser = argparse.ArgumentParser(prog="python -m bench strategies", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--orders", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(words)
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in SITUATIONS}
    with prepared(ROOT / "var") as ground:
        for _ in range(args.rounds):
            for name in SITUATIONS:
                found[name].append(_round(ground, name, args.orders))
    figures = {
        name: {
            "p50_us": percentile([one[0] for one in rounds], 0.5), "p99_us": percentile([one[1] for one in rounds], 0.5),
            "trades_told": percentile([one[2] for one in rounds], 0.5),
        }
        for name, rounds in found.items()
    }  # fmt: skip
    if args.json:
        sys.stdout.write(json.dumps(figures) + "\n")
        return 0
    for name, each in figures.items():
        sys.stdout.write(
            f"{name:<32} p50 {each['p50_us']:8.0f} us  p99 {each['p99_us']:8.0f} us  told {each['trades_told']:,.0f}\n"
        )
    return 0


def _round(ground: Ground, situation: str, count: int) -> tuple[float, float, float]:
    """Return p50 and p99 in microseconds, and the trades the strategy was told."""
    stocks = count + WARM_UP + 1
    with ground.stub(stocks, tls=True) as stub:
        stub.fill = True
        home = clients.scratch(ground.folder)
        client = clients.product(stub, ground.certificate, stocks, ground.started, home=home)
        codes = market.symbols(stocks)
        calm = stub.trade(codes[-1], market.CALM)
        times = []
        with _jobs(home, situation) as link:
            for turn in range(count + WARM_UP):
                end = time.monotonic() + COLD_S
                while time.monotonic() < end:
                    # Bursts of a few, as an exchange sends them.
                    stub.send(calm * 4)
                    stub.serve(4 / BUSY)
                micros = stub.exchange(stub.trade(codes[turn], market.FALLEN))
                times += [micros] if turn >= WARM_UP else []
            told = float(link.request("show", job_id="strategy_works")["kept"].get("trades", 0)) if link else 0.0
        client.end()
    return percentile(times, 0.5), percentile(times, 0.99), told


@contextmanager
def _jobs(home: Path, situation: str) -> Iterator[GuardLink | None]:
    if situation == SITUATIONS[0]:
        yield None
        return
    folder = home / "strategies"
    folder.mkdir()
    names = ["works", *(["spins_a", "spins_b"] if "spin" in situation else [])]
    for name in names:
        (folder / f"{name}.py").write_text(WORKS if name == "works" else SPINS)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HANTU_")}
    environ |= {"HANTU_HOME": str(home), "PYTHONPATH": str(ROOT / "src"), "HANTU_STRATEGIES_CPU_WINDOW_S": "3600"}
    process = subprocess.Popen(
        [sys.executable, "-m", "hantu.cli.main", "run", "jobs"], env=environ, stdout=subprocess.DEVNULL
    )
    link = GuardLink(home / "jobs.sock", "bench")
    try:
        deadline = time.monotonic() + 20
        while not (home / "jobs.sock").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        for name in names:
            link.request("start", strategy=name)
        time.sleep(1.0)
        yield link
    finally:
        process.terminate()
        process.wait(10)
