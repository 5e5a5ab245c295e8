"""Measure 1: from a trade frame on the socket to order bytes on the wire, and what a commit adds."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from bench import clients, market
from bench.clients import Client
from bench.figures import Figures, percentile
from bench.ground import Ground
from bench.stub import Stub

WARM_UP = 3
COLD_S, HOT_S = 0.06, 0.005
LINE = b"x" * 511 + b"\n"
"""As long as what the C client appends."""


class OrderRound:
    """One round: every client in turn, each in a fresh process."""

    def __init__(self, ground: Ground, figures: Figures, cold: int, hot: int) -> None:
        self._ground = ground
        self._figures = figures
        self._cold, self._hot = cold, hot

    def run(self) -> None:
        """Measure every client once."""
        fd = append_and_sync(self._ground.folder, self._cold)
        self._figures.add("fd p50", percentile(fd, 0.5))
        for tls in (True, False):
            place = "TLS" if tls else "plain"
            self._guard(f"hantu {place} 60", tls, COLD_S, self._cold)
            self._guard(f"hantu no commit {place} 60", tls, COLD_S, self._cold, forgetful=True)
            if self._ground.c_program:
                self._c(f"C {place} 60", tls, COLD_S, self._cold)
        self._guard("hantu no commit TLS 5", tls=True, pace=HOT_S, count=self._hot, forgetful=True)
        self._guard("hantu TLS 20", tls=True, pace=0.02, count=self._cold)
        if self._ground.c_program:
            self._c("C TLS 5", tls=True, pace=HOT_S, count=self._hot)
            self._c("C + commit TLS 60", tls=True, pace=COLD_S, count=self._cold, commit=True)
        self._other("python-kis TLS 60", "bench.python_kis")
        self._other("mojito2 TLS 60", "bench.mojito2")

    def smoke(self) -> None:
        """Measure hantu alone."""
        self._guard("hantu TLS 60", True, COLD_S, self._cold)
        self._guard("hantu no commit TLS 60", True, COLD_S, self._cold, forgetful=True)

    def _guard(self, name: str, tls: bool, pace: float, count: int, *, forgetful: bool = False) -> None:
        ground = self._ground
        with ground.stub(count + WARM_UP, tls=tls) as stub:
            stub.fill = True
            home = clients.scratch(ground.folder)
            client = clients.product(
                stub, ground.certificate, count + WARM_UP, ground.started, forgetful=forgetful, home=home
            )
            codes = market.symbols(count + WARM_UP)
            self._paced(name, stub, client, lambda turn: stub.trade(codes[turn], market.FALLEN), pace, count)
            # What the C client sends are the same bytes.
            ground.request.write_bytes(stub.orders[-1].raw)
            client.end()

    def _c(self, name: str, tls: bool, pace: float, count: int, *, commit: bool = False) -> None:
        ground = self._ground
        with ground.stub(1, tls=tls) as stub:
            words = ["order", str(ground.request), *(["tls"] if tls else [])]
            words += [f"commit={ground.folder / 'c.log'}"] if commit else []
            assert ground.c_program is not None
            client = clients.c_client(stub, ground.c_program, words, clients.scratch(ground.folder))
            code = market.symbols(1)[0]
            self._paced(name, stub, client, lambda _: stub.trade(code, market.FALLEN), pace, count)
            client.end()

    def _other(self, name: str, module: str) -> None:
        ground = self._ground
        with ground.stub(1, tls=True) as stub:
            client = clients.python_client(stub, ground.certificate, module, clients.scratch(ground.folder))
            code = market.symbols(1)[0]
            stub.serve(5.0, lambda: ("H0STCNT0", code) in stub.subscribed)
            stub.serve(0.2)
            self._paced(name, stub, client, lambda _: stub.trade(code, market.FALLEN), COLD_S, self._cold)
            client.end()

    def _paced(
        self, name: str, stub: Stub, client: Client, frame: Callable[[int], bytes], pace: float, count: int
    ) -> None:
        times = []
        for turn in range(count + WARM_UP):
            stub.serve(pace)
            micros = stub.exchange(frame(turn))
            if turn >= WARM_UP:
                times.append(micros)
        assert client.process.poll() is None, f"{name} ended early"
        self._figures.add(f"{name} p50", percentile(times, 0.5))
        self._figures.add(f"{name} p99", percentile(times, 0.99))


def append_and_sync(folder: Path, count: int) -> list[float]:
    """Return microseconds of appending a line and waiting for the disk, at the pace of the orders."""
    times = []
    descriptor = os.open(folder / "fd.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        for _ in range(count):
            time.sleep(COLD_S)
            began = time.perf_counter()
            os.write(descriptor, LINE)
            os.fdatasync(descriptor)
            times.append((time.perf_counter() - began) * 1e6)
    finally:
        os.close(descriptor)
    return times
