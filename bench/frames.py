"""Measures 2 and 4: frames a second, a burst, the price of a check, memory and the loop's longest stop."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from bench import clients, market
from bench.clients import Client
from bench.figures import Figures
from bench.ground import Ground
from bench.stub import Stub
from bench.wire import text_frame
from hantu.kis.frames import FIELD_SEPARATOR
from hantu.kis.hot import all_calm, calm, decode_trades, fence

STOCKS = 41
MANY_EVERY = 20
"""Every so many frames one holds four records."""
RATE = 2_000
PATIENCE_S = 30.0


def throughput(ground: Ground, figures: Figures, scale: float) -> None:
    """Pump frames as fast as they are taken; the last one must lead to an order."""
    if ground.c_program:
        _pumped(ground, figures, "C", 1, int(300_000 * scale), _c(ground))
    _pumped(ground, figures, "hantu", STOCKS, int(20_000 * scale), _product(ground), burst=True)
    _pumped(ground, figures, "python-kis", 1, int(2_000 * scale), _other(ground, "bench.python_kis"), burst=True)
    _pumped(ground, figures, "mojito2", 1, int(8_000 * scale), _other(ground, "bench.mojito2"), burst=True)


def check_cost(figures: Figures, passes: int) -> None:
    """Compare the checks of one frame with one full split of it; nanoseconds."""
    at = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    texts = [market.trade_text(code, market.CALM, at) for code in market.symbols(STOCKS)]
    levels = dict.fromkeys(market.symbols(STOCKS), (market.FALLEN, market.CALM * 108 // 100))
    fenced = fence(levels)
    ways: dict[str, Callable[[str], object]] = {
        "split": lambda text: text.split(FIELD_SEPARATOR),
        "staged": lambda text: calm(text, fenced),
        "every column": lambda text: all_calm(text, fenced),
        "decode": lambda text: decode_trades(text, 0.0, at),
    }
    for name, way in ways.items():
        figures.add(f"{name} ns", min(_timed(way, texts) for _ in range(passes)))


def memory(ground: Ground, figures: Figures, stocks: int, frames: int) -> None:
    """Take the guard's resident memory when it watches, and after ``frames`` frames."""
    with ground.stub(stocks, tls=True) as stub:
        home = clients.scratch(ground.folder)
        client = clients.product(stub, ground.certificate, stocks, ground.started, home=home)
        before = client.ask("rss")["rss_kb"]
        _calm_frames(stub, stocks, frames // 10)
        settled = _after(client, frames // 10)
        _calm_frames(stub, stocks, frames)
        after = _after(client, frames + frames // 10)
        figures.add(f"rss {stocks} MB", before / 1024)
        figures.add(f"rss {stocks} settled MB", settled / 1024)
        figures.add(f"rss {stocks} after MB", after / 1024)
        if stocks == STOCKS:
            _gaps(stub, client, figures)
        client.end()


def _gaps(stub: Stub, client: Client, figures: Figures) -> None:
    """Feed at market rate for three seconds and ask for the loop's longest absence."""
    client.ask("watch")
    codes = market.symbols(STOCKS)
    each = 0.002
    for turn in range(int(3.0 / each)):
        due = time.monotonic() + each
        batch = b"".join(stub.trade(codes[(turn * 4 + k) % STOCKS], market.CALM) for k in range(int(RATE * each)))
        stub.send(batch)
        stub.serve(max(0.0, due - time.monotonic()))
    found = client.ask("gaps")
    figures.add("longest stop ms", found["worst_ms"])
    figures.add("full collection ms", found["collect_ms"])


def _after(client: Client, frames: int) -> int:
    end = time.monotonic() + PATIENCE_S
    while (found := client.ask("rss"))["frames"] < frames and time.monotonic() < end:
        time.sleep(0.05)
    return int(found["rss_kb"])


def _calm_frames(stub: Stub, stocks: int, count: int) -> None:
    codes = market.symbols(stocks)
    step = 1_000
    for begin in range(0, count, step):
        stub.send(b"".join(stub.trade(codes[place % stocks], market.CALM) for place in range(begin, begin + step)))


def _pumped(
    ground: Ground, figures: Figures, name: str, stocks: int, count: int, start: Callable[[Stub], Client],
    *, burst: bool = False,
) -> None:  # fmt: skip
    with ground.stub(max(stocks, 1), tls=True) as stub:
        client = start(stub)
        codes = market.symbols(stocks)
        stub.serve(5.0, lambda: ("H0STCNT0", codes[-1]) in stub.subscribed or name == "C")
        stub.serve(0.3)
        if burst:
            figures.add(f"{name} burst ms", _sent_at_once(stub, codes, 1_000, codes[0]) / 1e3)
            stub.serve(0.3)
        micros = _sent_at_once(stub, codes, count, codes[-1])
        figures.add(f"{name} frames/s", count / micros * 1e6)
        if name == "hantu":
            told = client.ask("counts")
            expected = sum(_records(place) for place in range(count)) + sum(_records(place) for place in range(1_000))
            figures.add("records lost", expected - told["trades"])
        client.end()


def _records(place: int) -> int:
    return 4 if place % MANY_EVERY == 1 else 1


def _sent_at_once(stub: Stub, codes: list[str], count: int, fallen: str) -> float:
    """Send ``count`` frames, the last one below the stop; return microseconds until the order's bytes are there."""
    at = stub.now()
    calm_codes = [code for code in codes if code != fallen] or codes
    made = [
        text_frame(market.trade_text(calm_codes[place % len(calm_codes)], market.CALM, at, _records(place)))
        for place in range(len(calm_codes) * MANY_EVERY)
    ]
    frames = [made[place % len(made)] for place in range(count - 1)]
    return stub.exchange(b"".join(frames) + stub.trade(fallen, market.FALLEN, _records(count - 1)), PATIENCE_S)


def _timed(way: Callable[[str], object], texts: list[str]) -> float:
    began = time.perf_counter_ns()
    for _ in range(200):
        for text in texts:
            way(text)
    return (time.perf_counter_ns() - began) / (200 * len(texts))


def _c(ground: Ground) -> Callable[[Stub], Client]:
    def start(stub: Stub) -> Client:
        assert ground.c_program is not None
        return clients.c_client(
            stub, ground.c_program, ["count", str(ground.request), "tls"], clients.scratch(ground.folder)
        )

    return start


def _product(ground: Ground) -> Callable[[Stub], Client]:
    return lambda stub: clients.product(
        stub, ground.certificate, STOCKS, ground.started, home=clients.scratch(ground.folder)
    )


def _other(ground: Ground, module: str) -> Callable[[Stub], Client]:
    return lambda stub: clients.python_client(stub, ground.certificate, module, clients.scratch(ground.folder))
