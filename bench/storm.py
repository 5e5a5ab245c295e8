"""Measure 6: what a storm of alerts costs the path from a trade to its order; ``python -m bench storm``.

Three guards a round, each fresh and with a phone that takes everything: one in peace; one
that raises ten thousand alerts in the second its orders leave; one that commits them too, each
with a fact, as the engine's are. Orders, pace and number are the same; who is first changes
with the round. A ratio is that of two p99 of one round, or of all orders of all rounds.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import clients, market
from bench.clients import Client
from bench.figures import Figures, percentile
from bench.ground import Ground, prepared
from bench.squall import EMERGENCIES
from bench.stub import Silence, Stub
from hantu.alerting.rate import RATE_BURST, RATE_PER_S

ROOT = Path(__file__).resolve().parent.parent
PACE_S = 0.025
WARM_UP = 10
ORDERS = 60
"""As many as leave while the storm blows, and half as many after it."""
TOLD_S = 10.0
QUIET, STORMS = "quiet", ("told", "recorded")
Ask = Callable[[], dict[str, int]]


def main(words: list[str]) -> int:
    """Measure the storm alone and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m bench storm", description=__doc__)
    parser.add_argument("--rounds", type=int, default=8, help="times each of the three guards is measured")
    parser.add_argument("--orders", type=int, default=ORDERS, help="orders of each guard")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(words)
    figures = Figures()
    try:
        with prepared(ROOT / "var") as ground:
            for turn in range(args.rounds):
                measure(ground, figures, args.orders, turn)
    except Silence as error:
        sys.stderr.write(f"\nbench: a client fell silent: {error}\n")
        return 1
    if args.json:
        sys.stdout.write(json.dumps(figures.values) + "\n")
        return 0
    for name in figures.values:
        sys.stdout.write(f"{name:44} {figures.spread(name).shown()}\n")
    for kind in STORMS:
        for share in ("p50", "p99"):
            ratio = figures.ratio(f"storm {kind} {share}", f"storm {QUIET} {share}")
            sys.stdout.write(f"{f'{share} while alerts are {kind}, x in peace':44} {ratio.shown()}\n")
    return 0


def measure(ground: Ground, figures: Figures, orders: int, turn: int) -> None:
    """Measure one round."""
    kinds = (QUIET, *STORMS)
    first = turn % len(kinds)
    for kind in (*kinds[first:], *kinds[:first]):
        _guard(ground, figures, kind, orders)


def _guard(ground: Ground, figures: Figures, kind: str, orders: int) -> None:
    stocks = orders + WARM_UP
    codes = iter(market.symbols(stocks))
    with ground.stub(stocks, tls=True) as stub, phone() as ask:
        stub.fill = True
        home = clients.scratch(ground.folder)
        client = clients.product(stub, ground.certificate, stocks, ground.started, home=home)

        def exchanged(count: int) -> list[float]:
            times = []
            for _ in range(count):
                stub.serve(PACE_S)
                times.append(stub.exchange(stub.trade(next(codes), market.FALLEN)))
            return times

        try:
            exchanged(WARM_UP)
            before, began = ask()["messages"], time.monotonic()
            if kind != QUIET:
                client.ask(kind)
            times = exchanged(orders)
            if kind != QUIET:
                _storm_told(figures, kind, stub, client, ask, before, began)
        finally:
            client.end()
    figures.add(f"storm {kind} p50", percentile(times, 0.5))
    figures.add(f"storm {kind} p99", percentile(times, 0.99))


def _storm_told(figures: Figures, kind: str, stub: Stub, client: Client, ask: Ask, before: int, began: float) -> None:
    """Note what the phone got; the storm's own emergencies are not bound by the rate of a channel."""
    blown = client.ask("blown", 30.0)
    stub.serve(TOLD_S, lambda: ask()["urgent"] >= EMERGENCIES)
    after, seconds = ask(), time.monotonic() - began
    figures.add(f"storm {kind} seconds", blown["seconds"])
    figures.add(f"storm {kind} database kept up", blown["healthy"])
    figures.add(f"storm {kind} emergencies told", after["urgent"])
    figures.add(f"storm {kind} messages", after["messages"] - before - after["urgent"])
    figures.add(f"storm {kind} messages allowed", RATE_BURST + RATE_PER_S * seconds)


@contextmanager
def phone() -> Iterator[Ask]:
    """Run a phone for the guards that are started inside; yields a function that asks what it took."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.phone"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdin is not None
    assert process.stdout is not None
    said, told = process.stdout, process.stdin
    port = json.loads(said.readline())["port"]

    def ask() -> dict[str, int]:
        told.write("count\n")
        told.flush()
        return dict(json.loads(said.readline()))

    clients.EXTRA_ENVIRONMENT.update(
        HANTU_TELEGRAM_TOKEN="1:x", HANTU_TELEGRAM_CHAT_ID="1", HANTU_TELEGRAM_API_URL=f"http://127.0.0.1:{port}"
    )
    try:
        yield ask
    finally:
        clients.EXTRA_ENVIRONMENT.clear()
        told.close()
        process.wait(5.0)
        said.close()
