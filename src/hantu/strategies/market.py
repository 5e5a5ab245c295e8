"""The other end of the guard's tap: trades in order, with what was lost between them."""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hantu.domain.instant import Instant
from hantu.domain.quote import Trade as Seen
from hantu.kis.frames import MalformedFrame
from hantu.kis.hot import decode_trades
from hantu.strategies.sdk import Trade
from hantu.telemetry import get_logger

StrategyLog = get_logger(__name__, "strategy")
HEAD = struct.Struct("!Q")
MESSAGE_MAX = 1 << 18
UNKNOWN = -1
"""How many frames a break of the line has cost."""


class MarketLine:
    """Reads the tap in the loop; ``sink`` gets trades and the frames lost before them."""

    def __init__(self, path: Path, now: Callable[[], Instant], sink: Callable[[tuple[Trade, ...], int], None]) -> None:
        self._path = path
        self._now = now
        self._sink = sink
        self._line: socket.socket | None = None
        self._next = UNKNOWN
        self._broke = False
        self.frames = 0
        self.lost = 0
        """Frames known to be lost, by number."""

    @property
    def open(self) -> bool:
        """Whether a guard is there to hear."""
        return self._line is not None

    def look(self) -> None:
        """Connect if a guard listens and nothing is connected; returns at once."""
        if self._line is not None:
            return
        line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        try:
            line.connect(str(self._path))
        except OSError:
            # No guard, or one that is just starting; the next look finds it.
            line.close()
            return
        self._line, self._next = line, UNKNOWN
        asyncio.get_running_loop().add_reader(line.fileno(), self._read)

    def close(self) -> None:
        """Let go of the line; it may be looked for again."""
        if self._line is not None:
            asyncio.get_running_loop().remove_reader(self._line.fileno())
            self._line.close()
            self._line = None
            self._broke = True

    def _read(self) -> None:
        assert self._line is not None
        with suppress(BlockingIOError):
            try:
                message = self._line.recv(MESSAGE_MAX)
            except ConnectionError:
                message = b""
            if len(message) <= HEAD.size:
                self.close()
                return
            self._take(message)

    def _take(self, message: bytes) -> None:
        number = HEAD.unpack_from(message)[0]
        missed = number - self._next if self._next != UNKNOWN else 0
        if self._broke:
            missed, self._broke = UNKNOWN, False
        now = self._now()
        trades: list[Trade] = []
        frames = message[HEAD.size :].split(b"\n")[:-1]
        for frame in frames:
            try:
                decoded = decode_trades(frame.decode("utf-8", "replace"), now.mono, now.wall)
            except MalformedFrame as error:
                StrategyLog.debug("읽을 수 없는 시세: %s", error)
            else:
                trades += [told(seen) for seen in decoded if counts(seen)]
        self._next = number + len(frames)
        self.frames += len(frames)
        self.lost += max(missed, 0)
        if trades or missed:
            self._sink(tuple(trades), missed)


def told(seen: Seen) -> Trade:
    """Return a trade in the form strategies know."""
    return Trade(
        str(seen.symbol), int(seen.price), int(seen.quantity), int(seen.volume), seen.traded_at, int(seen.low),
        int(seen.high), int(seen.ask), int(seen.bid),
    )  # fmt: skip


def counts(seen: Seen) -> bool:
    """Tell whether a trade is one of the running market, not an expected price or a halted stock."""
    return not (seen.auction or seen.halted)
