"""``python -m bench load``: fifty dashboards and two hundred requests a second beside a guard that trades.

Two guards a round, each fresh, on the same 2,000 frames a second and the same pace of orders: one alone, one with the
server beside it, its dashboards on the live stream and asking. Who is first changes with the round. Twenty holdings, as
many as one line of KIS carries, are sold in turn, and bought anew outside of hantu a little later.

Exchange and browsers share the machine's cores with the guard and its server, as they would not in earnest. So the
exchange goes before everybody where the system allows it (else the wait for its stamp would count as the guard's), and
the browsers behind everybody: what they wait for the processor counts against the server, not for it. Nothing else
should run on the machine.

Goals: no request and no stream fails; p99 of ``/api/v1/health`` below 100 ms, counted from when a request was due; the
guard's p99 from trade to order within 10 % of its own without the server.
"""

import argparse
import itertools
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bench import clients, market
from bench.figures import Figures, percentile
from bench.ground import Ground, prepared
from bench.stub import Silence, Stub
from hantu.cli.demo_viewer import make_viewer
from hantu.strategies.limits import usage

ROOT = Path(__file__).resolve().parent.parent
RATE = 2_000
EACH_S = 0.002
"""Frames leave in bursts of this distance, as an exchange sends them."""
BURST_MAX = 400
STOCKS = 20
BACK = 0.3
"""When a stock is bought anew: this share of the shortest time until its next turn."""
WARM_UP = 30
"""More than the losses that set the kill switch: its level is the same from the first measured order on."""
WARM_UP_S = 0.1
SETTLE_S = 1.0
FIRST, LAST = -10, 10
"""Niceness of the exchange and of the browsers."""
START_S = 60.0
QUIET, LOADED = "alone", "beside a busy server"
HEALTH_MS, SLOWER = 100.0, 1.10


def main(words: list[str]) -> int:
    """Measure and print what came out; 1 only where nothing could be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0, help="of each guard")
    parser.add_argument("--pace", type=float, default=0.25, help="seconds between orders; each sells a whole holding")
    parser.add_argument("--dashboards", type=int, default=50)
    parser.add_argument("--requests", type=float, default=200.0, help="a second, all dashboards together")
    parser.add_argument("--warm-up", type=int, default=WARM_UP, help="orders before the measured ones")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(words)
    figures = Figures()
    errors: dict[str, int] = {}
    try:
        with prepared(ROOT / "var") as ground:
            for turn in range(args.rounds):
                for name in (QUIET, LOADED) if turn % 2 == 0 else (LOADED, QUIET):
                    _told(f"round {turn + 1} of {args.rounds}: {name}")
                    _guard(ground, figures, errors, name, args)
    except Silence as error:
        sys.stderr.write(f"\nbench: a client fell silent: {error}\n")
        return 1
    if args.json:
        sys.stdout.write(json.dumps({"figures": figures.values, "errors": errors, "goals": _goals(figures)}) + "\n")
        return 0
    for name in figures.values:
        sys.stdout.write(f"{name:48} {figures.spread(name).shown()}\n")
    for what, count in errors.items():
        sys.stdout.write(f"error: {what:41} {count}\n")
    for goal in _goals(figures):
        sys.stdout.write(f"{goal['what']:48} {goal['measured']:>24}  {goal['goal']:>10}  {goal['verdict']}\n")
    return 0


def _goals(figures: Figures) -> list[dict[str, str]]:
    failed = max(figures.values["failed"])
    health, slower = figures.spread("health p99 ms"), figures.ratio(f"{LOADED} p99 us", f"{QUIET} p99 us")
    return [
        {"what": what, "measured": measured, "goal": goal, "verdict": "met" if met else "not met"}
        for what, measured, goal, met in (
            ("requests and streams that failed", f"{failed:.0f}", "0", failed == 0),
            ("/api/v1/health, p99", f"{health.shown()} ms", f"< {HEALTH_MS:g} ms", health.middle < HEALTH_MS),
            ("trade to order p99, times alone", slower.shown(), f"<= {SLOWER:g}", slower.middle <= SLOWER),
        )
    ]


def _guard(ground: Ground, figures: Figures, errors: dict[str, int], name: str, args: argparse.Namespace) -> None:
    with ground.stub(STOCKS + 1, tls=True) as stub:
        stub.fill, stub.back_after_s = True, BACK * STOCKS * min(args.pace, WARM_UP_S)
        home = clients.scratch(ground.folder)
        client = clients.product(stub, ground.certificate, STOCKS + 1, ground.started, home=home)
        *codes, calm = market.symbols(STOCKS + 1)
        turns = itertools.cycle(codes)
        try:
            with _load(stub, home, name, args) as load, _before_everybody():
                _orders(stub, [next(turns) for _ in range(args.warm_up)], calm, WARM_UP_S)
                stub.serve(SETTLE_S)
                client.ask("watch")
                before, cpu = client.ask("rss")["frames"], Cpu(client.process.pid, load)
                began = time.monotonic()
                if load is not None:
                    load.tell(f"go {args.seconds}")
                count = max(1, int(args.seconds / args.pace))
                times = _orders(stub, [next(turns) for _ in range(count)], calm, args.pace)
                took = time.monotonic() - began
                cpu.note(figures, name, took)
                fed = client.ask("rss")["frames"] - before
                stop_ms = client.ask("gaps")["worst_ms"]
                if load is not None:
                    _noted(figures, errors, load.answer(args.seconds + START_S))
        finally:
            client.end()
    figures.add(f"{name} frames/s", fed / took)
    for share, word in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99")):
        figures.add(f"{name} {word} us", percentile(times, share))
    figures.add(f"{name} longest stop of the loop ms", stop_ms)


@contextmanager
def _before_everybody() -> Iterator[None]:
    """Let the exchange, which is this process, go first; nothing where only the machine's owner may."""
    own = os.getpriority(os.PRIO_PROCESS, 0)
    try:
        os.setpriority(os.PRIO_PROCESS, 0, FIRST)
    except OSError:
        _told("may not raise its priority: the exchange waits for the processor like the others")
    try:
        yield
    finally:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, own)


class Cpu:
    """What share of a core each process takes."""

    def __init__(self, guard: int, load: "Load | None") -> None:
        self._pids = {"exchange": os.getpid(), "guard": guard}
        if load is not None:
            self._pids |= {"server": load.server.pid, "browsers": load.process.pid}
        self._before = {who: self._used(who) for who in self._pids}

    def note(self, figures: Figures, name: str, seconds: float) -> None:
        """Note what each took since this was made, in percent of one core."""
        for who, before in self._before.items():
            figures.add(f"{name}: {who} % of a core", 100.0 * (self._used(who) - before) / seconds)

    def _used(self, who: str) -> float:
        found = usage(self._pids[who])
        return 0.0 if found is None else found.cpu_s


def _orders(stub: Stub, codes: list[str], calm: str, pace: float) -> list[float]:
    """Let each stock fall at its time while frames of another pour in; return microseconds from trade to order."""
    times = []
    began, sent = time.monotonic(), 0
    for number, code in enumerate(codes, 1):
        due = began + number * pace
        while (now := time.monotonic()) < due:
            # What a wait has cost is made up for, as an exchange does, which waits for nobody.
            wanted = min(int(RATE * (now - began)) - sent, BURST_MAX)
            if wanted > 0:
                stub.send(stub.trade(calm, market.CALM) * wanted)
                sent += wanted
            stub.serve(max(0.0, min(due, now + EACH_S) - time.monotonic()))
        times.append(stub.exchange(stub.trade(code, market.FALLEN)))
    return times


def _noted(figures: Figures, errors: dict[str, int], found: dict[str, Any]) -> None:
    for what, many in found["errors"].items():
        errors[what] = errors.get(what, 0) + many
    figures.add("failed", float(sum(found["errors"].values())))
    figures.add("requests/s", found["requests"] / found["seconds"])
    figures.add("events of the live streams/s", found["events"] / found["seconds"])
    figures.add("longest silence of a stream s", found["longest_silence_s"])
    for name, values in (("health", found["health_ms"]), ("any request", found["all_ms"])):
        for share, word in ((0.5, "p50"), (0.99, "p99"), (1.0, "max")):
            figures.add(f"{name} {word} ms", percentile(values or [0.0], share))


class Load:
    """The process of dashboards; the stub is served while it is waited for."""

    def __init__(self, stub: Stub, process: "subprocess.Popen[bytes]", server: "subprocess.Popen[bytes]") -> None:
        self._stub, self._rest = stub, b""
        self.process, self.server = process, server

    def tell(self, line: str) -> None:
        """Write one line to it."""
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def answer(self, patience_s: float) -> dict[str, Any]:
        """Return the next line it says.

        Raises:
            Silence: It said nothing, or ended.
        """
        assert self.process.stdout is not None
        found: list[bytes] = []
        descriptor = self.process.stdout.fileno()

        def said() -> bool:
            while select.select([descriptor], [], [], 0)[0]:
                block = os.read(descriptor, 1 << 20)
                *whole, self._rest = (self._rest + block).split(b"\n")
                found.extend(whole)
                if not block:
                    break
            return bool(found) or self.process.poll() is not None

        deadline = time.monotonic() + patience_s
        while not said() and time.monotonic() < deadline:
            self._stub.serve(0.02)
        if not found:
            raise Silence(f"the dashboards said nothing (exit code {self.process.poll()})")
        return dict(json.loads(found[0]))


@contextmanager
def _load(stub: Stub, home: Path, name: str, args: argparse.Namespace) -> Iterator[Load | None]:
    """Run the server of the guard's home and its dashboards, signed in and listening; nothing for the guard alone."""
    if name == QUIET:
        yield None
        return
    people = []
    for number in range(args.dashboards):
        made = make_viewer(home, f"viewer{number}")
        people.append({"name": made.name, "password": made.password, "secret": made.secret})
        stub.serve(0.0)
    file = home / "people.json"
    file.write_text(json.dumps(people), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {word: value for word, value in os.environ.items() if not word.startswith("HANTU_")}
    environ |= {
        "HANTU_HOME": str(home), "HANTU_SERVER_ADDRESS": f"127.0.0.1:{port}",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }  # fmt: skip
    with (home / "server.out").open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "hantu.cli.main", "run", "server"], env=environ, stdout=output, stderr=output
        )
    words = ["--port", str(port), "--people", str(file), "--requests", repr(args.requests)]
    dashboards: subprocess.Popen[bytes] | None = None
    try:
        _listens(stub, port, server, home)
        dashboards = subprocess.Popen(
            [sys.executable, "-m", "bench.dashboards", *words, "--nice", str(LAST)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=environ, cwd=ROOT,
        )  # fmt: skip
        load = Load(stub, dashboards, server)
        load.answer(START_S + args.dashboards)
        yield load
    finally:
        for process in (dashboards, server):
            if process is not None:
                process.terminate()
                process.wait(10)
        if dashboards is not None:
            for pipe in (dashboards.stdin, dashboards.stdout):
                assert pipe is not None
                pipe.close()


def _listens(stub: Stub, port: int, server: "subprocess.Popen[bytes]", home: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        stub.serve(0.1)
    raise Silence(f"the server did not listen:\n{(home / 'server.out').read_text(errors='replace')[-2_000:]}")


def _told(what: str) -> None:
    sys.stderr.write(f"bench: {what}\n")
    sys.stderr.flush()
