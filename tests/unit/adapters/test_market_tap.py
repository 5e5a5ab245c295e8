"""The guard's prices on a real socket: in order, bounded, one way, and never a notice."""

import asyncio
import socket
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hantu.adapters.market_tap import MESSAGE_BYTES, READERS_MAX, MarketTap
from hantu.domain.instant import Instant
from hantu.strategies.market import UNKNOWN, MarketLine
from hantu.strategies.sdk import Trade
from tests.unit.kis.stream_texts import trade_frame, trade_record

NOW = Instant(datetime(2026, 11, 23, 1, 0, tzinfo=UTC), 1_000.0)


@pytest.fixture
def path() -> Iterator[Path]:
    # Not pytest's own folder: its names are too long for a socket.
    with tempfile.TemporaryDirectory(prefix="tap-") as folder:
        yield Path(folder) / "market.sock"


class Heard:
    """A line, and what it delivered."""

    def __init__(self, path: Path) -> None:
        self.got: list[tuple[list[int], int]] = []
        self.line = MarketLine(path, lambda: NOW, self.take)

    def take(self, trades: tuple[Trade, ...], missed: int) -> None:
        self.got.append(([trade.price for trade in trades], missed))

    @property
    def prices(self) -> list[int]:
        return [price for prices, _ in self.got for price in prices]


def frame(price: int) -> bytes:
    return trade_frame(trade_record(price=price, high=price, low=price)).encode()


async def until(condition, timeout_s: float = 5.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.005)


async def connected(path: Path) -> tuple[MarketTap, Heard]:
    tap, heard = MarketTap(path), Heard(path)
    tap.open()
    heard.line.look()
    assert heard.line.open
    await until(lambda: tap._readers)
    return tap, heard


async def test_trades_arrive_in_order_and_nothing_else_does(path):
    tap, heard = await connected(path)
    assert path.stat().st_mode & 0o777 == 0o600
    try:
        for price in range(70_000, 70_050):
            tap.offer(frame(price))
        tap.offer(b'{"header":{"tr_id":"PINGPONG"}}')
        tap.offer(b"1|H0STCNI0|001|an encrypted notice, which names the account")
        tap.offer(b"0|H0STASP0|001|005930^quotes")
        tap.offer(b"0|H0STCNT0|001|no trade at all")
        tap.offer(frame(71_000))
        await until(lambda: 71_000 in heard.prices)
        assert heard.prices == [*range(70_000, 70_050), 71_000]
        assert heard.line.lost == 0
    finally:
        heard.line.close()
        tap.close()
    assert not path.exists()


async def test_without_a_reader_nothing_is_kept(path):
    tap = MarketTap(path)
    tap.open()
    try:
        tap.offer(frame(70_000))
        assert tap._waiting == []
    finally:
        tap.close()


async def test_a_reader_that_stands_still_costs_the_guard_nothing_and_learns_what_it_lost(path):
    tap = MarketTap(path)
    tap.open()
    # A reader that never reads: a stopped process.
    stuck = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    stuck.connect(str(path))
    await until(lambda: tap._readers)
    try:
        body, sent, slowest = frame(70_000), 0, 0.0
        while tap.lost < 3:
            began = time.perf_counter()
            tap.offer(body)
            slowest = max(slowest, time.perf_counter() - began)
            sent += 1
            assert sent < 100_000, "a full socket must lose, not wait"
        assert slowest < 0.25, "nothing is waited for, whatever else the machine does"
        heard = Heard(path)
        heard.line._line = stuck
        stuck.setblocking(False)
        asyncio.get_running_loop().add_reader(stuck.fileno(), heard.line._read)
        await until(lambda: heard.line.frames > 0)
        await asyncio.sleep(0.05)
        for price in range(71_000, 71_200):
            tap.offer(frame(price))
        await until(lambda: 71_199 in heard.prices)
        gaps = [missed for _, missed in heard.got if missed]
        assert len(gaps) == 1
        assert heard.line.lost == gaps[0] > 0
        assert heard.line.frames + heard.line.lost == sent + 200, "every frame arrived or is counted"
        heard.line.close()
    finally:
        tap.close()


async def test_a_guard_that_comes_back_is_found_and_the_break_is_told(path):
    tap, heard = await connected(path)
    tap.offer(frame(70_000))
    await until(lambda: heard.prices == [70_000])
    tap.close()
    await until(lambda: not heard.line.open)
    heard.line.look()
    assert not heard.line.open
    tap = MarketTap(path)
    tap.open()
    try:
        heard.line.look()
        await until(lambda: tap._readers)
        tap.offer(frame(70_100))
        await until(lambda: len(heard.got) == 2)
        assert heard.got[1] == ([70_100], UNKNOWN)
    finally:
        heard.line.close()
        tap.close()


async def test_a_message_grows_to_a_size_and_goes(path):
    tap, heard = await connected(path)
    try:
        body = frame(70_000)
        count = 3 * (MESSAGE_BYTES // len(body) + 1)
        for _ in range(count):
            tap.offer(body)
        await until(lambda: len(heard.prices) == count)
        assert len(heard.got) >= 3
        assert tap.lost == 0
    finally:
        heard.line.close()
        tap.close()


async def test_readers_are_few_and_one_that_leaves_makes_room(path):
    tap = MarketTap(path)
    tap.open()
    lines = []
    try:
        for _ in range(READERS_MAX + 2):
            line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            line.connect(str(path))
            lines.append(line)
            await asyncio.sleep(0.01)
        assert len(tap._readers) == READERS_MAX
        lines[0].close()
        await until(lambda: len(tap._readers) == READERS_MAX - 1)
        tap.offer(frame(70_000))
        await asyncio.sleep(0.02)
    finally:
        for line in lines:
            line.close()
        tap.close()


async def test_a_socket_that_cannot_be_opened_is_no_reason_not_to_guard(tmp_path):
    tap = MarketTap(tmp_path / ("x" * 200))
    tap.open()
    tap.offer(frame(70_000))
    tap.close()
