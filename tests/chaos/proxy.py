"""A bad network in user space: stands between guard and exchange and does what networks do to bytes.

One thread with a loop of its own. What happens to bytes is decided by ``Weather``,
one for REST and one for the stream, which may change at any moment; ``on_order``
is told the stages of each order, so that a death can be aimed at them.
"""

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

ORDER_PATH = b"/trading/order-"
CHUNK = 16_384
NO_FAREWELL = struct.pack("ii", 1, 0)
PAGE = b"<html><body>Please log in to the hotel network.</body></html>"
CAPTIVE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(PAGE), PAGE)
STAGES = ("asked", "forwarded", "answered", "relayed")


@dataclass
class Weather:
    """What happens to bytes now; real seconds. The default is a perfect network."""

    refuse: bool = False
    """New connections are reset at once."""
    swallow: bool = False
    """A black hole: connections are taken, what is said vanishes."""
    one_way: bool = False
    """What the guard says arrives, nothing comes back."""
    delay_s: float = 0.0
    jitter_s: float = 0.0
    bytes_per_s: int = 0
    """Narrow pipe; 0 = as wide as it is."""
    reset_after: int = -1
    """Reset the connection after so many bytes of an order's answer; -1 = never."""
    hold_orders_s: float = 0.0
    """Keep a whole order back for so long, then deliver it, whoever still waits."""
    duplicate_orders: bool = False
    captive: bool = False
    """Every request is answered by a page of HTML with status 200."""
    idle_s: float = 0.0
    """Connections that are silent for so long are closed; 0 = never."""


@dataclass(frozen=True)
class Spell:
    """Weather that lasts from ``at`` for ``lasts`` real seconds; ``cut`` ends what is open when it begins."""

    at: float
    side: str
    lasts: float = 0.0
    knobs: dict[str, Any] = field(default_factory=dict)
    cut: bool = False


KINDS: tuple[tuple[str, dict[str, Any], bool, float], ...] = (
    ("ws", {}, True, 0.0),
    ("rest", {}, True, 0.0),
    ("ws", {"refuse": True}, True, 0.6),
    ("rest", {"refuse": True}, True, 0.4),
    ("ws", {"swallow": True}, False, 1.5),
    ("rest", {"swallow": True}, False, 0.6),
    ("rest", {"one_way": True}, False, 0.6),
    ("rest", {"delay_s": 0.08, "jitter_s": 0.1}, False, 2.0),
    ("ws", {"delay_s": 0.05, "jitter_s": 0.05}, False, 2.0),
    ("ws", {"bytes_per_s": 20_000}, False, 1.5),
    ("rest", {"reset_after": 40}, False, 1.0),
    ("rest", {"reset_after": 0}, False, 1.0),
    ("rest", {"captive": True}, False, 0.3),
    ("rest", {"idle_s": 0.2}, False, 2.0),
    ("rest", {"hold_orders_s": 0.5}, False, 1.5),
)
"""(side, what, whether open connections are cut, lasting at most real seconds)."""


def schedule(seed: int, length_s: float, every_s: float) -> tuple[Spell, ...]:
    """Return the weather of one day; the same seed gives the same weather."""
    rng = random.Random(seed)
    spells: list[Spell] = []
    now = rng.uniform(0, every_s)
    while now < length_s:
        side, knobs, cut, most = rng.choice(KINDS)
        spells.append(Spell(now, side, rng.uniform(0.3, 1.0) * most, knobs, cut))
        now += rng.uniform(0.4, 1.6) * every_s
    return tuple(spells)


class Proxy:
    """Listens for REST and stream on ports of its own and passes on to the real ones."""

    def __init__(self, rest_url: str, ws_url: str, seed: int = 1) -> None:
        self.weather = {"rest": Weather(), "ws": Weather()}
        self.on_order: Callable[[str], None] = lambda _stage: None
        """Called in the proxy's thread with each stage of each order."""
        self.counts: dict[str, int] = {}
        self._targets = {"rest": urlsplit(rest_url), "ws": urlsplit(ws_url)}
        self._rng = random.Random(seed)
        self._writers: dict[str, set[asyncio.StreamWriter]] = {"rest": set(), "ws": set()}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ports: dict[str, int] = {}
        self._loop = asyncio.new_event_loop()
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(5)

    @property
    def rest_url(self) -> str:
        return f"http://127.0.0.1:{self._ports['rest']}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self._ports['ws']}"

    def begin(self, spell: Spell) -> None:
        """Let a spell begin, from any thread; it ends by itself."""
        self._loop.call_soon_threadsafe(self._begin, spell)

    def close(self) -> None:
        """End every connection and the thread."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    # --- connections -------------------------------------------------------------

    async def _open(self) -> None:
        for side in ("rest", "ws"):
            server = await asyncio.start_server(self._taker(side), "127.0.0.1", 0)
            self._servers.append(server)
            self._ports[side] = server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for side in self._writers:
            self._cut(side)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _taker(self, side: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._spawn(self._serve(side, reader, writer))

        return taken

    async def _serve(self, side: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        weather = self.weather[side]
        if weather.refuse:
            _reset(writer)
            return
        target = self._targets[side]
        try:
            up_reader, up_writer = await asyncio.open_connection(target.hostname, target.port)
        except OSError:
            _reset(writer)
            return
        self._writers[side] |= {writer, up_writer}
        link = Link(self, side, writer, up_writer)
        pipes = [
            asyncio.ensure_future(self._requests(link, reader) if side == "rest" else self._raw(link, reader)),
            asyncio.ensure_future(self._answers(link, up_reader)),
        ]
        try:
            await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pipe in pipes:
                pipe.cancel()
            await asyncio.gather(*pipes, return_exceptions=True)
            self._writers[side] -= {writer, up_writer}
            writer.close()
            up_writer.close()

    async def _raw(self, link: "Link", reader: asyncio.StreamReader) -> None:
        while data := await self._read(link, reader):
            if not link.weather.swallow:
                await self._pass(link, link.up_writer, data)

    async def _requests(self, link: "Link", reader: asyncio.StreamReader) -> None:
        """Pass whole requests on, so that an order can be held, doubled or answered here."""
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            request = head + await reader.readexactly(_length(head))
            weather = link.weather
            self._count("requests")
            if weather.swallow:
                continue
            if weather.captive:
                link.writer.write(CAPTIVE)
                continue
            if ORDER_PATH not in request.split(b"\r\n", 1)[0]:
                await self._pass(link, link.up_writer, request)
                continue
            self._count("orders")
            self.on_order("asked")
            if weather.hold_orders_s:
                self._count("held")
                # The late delivery outlives this connection and its owner.
                self._spawn(self._deliver_late(request, weather.hold_orders_s))
                continue
            link.order_answer = 0
            if weather.duplicate_orders:
                self._count("duplicated")
                self._spawn(self._deliver_late(request, 0.0))
            await self._pass(link, link.up_writer, request)
            self.on_order("forwarded")

    async def _answers(self, link: "Link", reader: asyncio.StreamReader) -> None:
        while data := await self._read(link, reader):
            weather = link.weather
            if weather.one_way or weather.swallow:
                continue
            if link.order_answer is None:
                await self._pass(link, link.writer, data)
                continue
            self.on_order("answered")
            if 0 <= weather.reset_after <= link.order_answer + len(data):
                link.writer.write(data[: weather.reset_after])
                await asyncio.sleep(0)
                self._count("reset")
                _reset(link.writer)
                return
            link.order_answer += len(data)
            await self._pass(link, link.writer, data)
            link.order_answer = None
            self.on_order("relayed")

    async def _read(self, link: "Link", reader: asyncio.StreamReader) -> bytes:
        idle_s = link.weather.idle_s
        if not idle_s:
            return await reader.read(CHUNK)
        with suppress(TimeoutError):
            return await asyncio.wait_for(reader.read(CHUNK), idle_s)
        self._count("idle closed")
        return b""

    async def _pass(self, link: "Link", writer: asyncio.StreamWriter, data: bytes) -> None:
        weather = link.weather
        wait = weather.delay_s + self._rng.uniform(0, weather.jitter_s)
        if weather.bytes_per_s:
            wait += len(data) / weather.bytes_per_s
        if wait:
            await asyncio.sleep(wait)
        writer.write(data)
        await writer.drain()

    async def _deliver_late(self, request: bytes, hold_s: float) -> None:
        await asyncio.sleep(hold_s)
        target = self._targets["rest"]
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        writer.write(request)
        await writer.drain()
        with suppress(TimeoutError):
            await asyncio.wait_for(reader.read(CHUNK), 5)
        writer.close()

    # --- leaves ------------------------------------------------------------------

    def _begin(self, spell: Spell) -> None:
        weather = self.weather[spell.side]
        self._count(f"{spell.side} {' '.join(spell.knobs) or 'cut'}")
        if spell.cut:
            self._cut(spell.side)
        for name, value in spell.knobs.items():
            setattr(weather, name, value)
        if spell.knobs:
            self._loop.call_later(spell.lasts, self._end, spell)

    def _end(self, spell: Spell) -> None:
        clear = {each.name: each.default for each in fields(Weather)}
        for name in spell.knobs:
            setattr(self.weather[spell.side], name, clear[name])

    def _cut(self, side: str) -> None:
        for writer in tuple(self._writers[side]):
            _reset(writer)

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def _spawn(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # Ends of connections are this program's business and no news.
            task.exception()


@dataclass
class Link:
    """One connection and its twin on the other side."""

    proxy: Proxy
    side: str
    writer: asyncio.StreamWriter
    up_writer: asyncio.StreamWriter
    order_answer: int | None = None
    """Bytes of an order's answer passed on so far; None while none is awaited."""

    @property
    def weather(self) -> Weather:
        return self.proxy.weather[self.side]


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


def _reset(writer: asyncio.StreamWriter) -> None:
    """Drop a connection so that the other side sees a reset, not a farewell."""
    sock = writer.get_extra_info("socket")
    if sock is not None and sock.fileno() >= 0:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_FAREWELL)
    writer.transport.abort()
