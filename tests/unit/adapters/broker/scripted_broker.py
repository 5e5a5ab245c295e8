"""A broker on a loopback socket that does exactly what a test tells it to, byte by byte."""

import asyncio
import json
import socket
import ssl
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from hantu.domain.instant import Instant
from hantu.kis.endpoints import APPROVAL, TOKEN
from hantu.kis.environment import Credentials, EnvironmentName, KisEnvironment, local
from hantu.kis.orders import order_output
from hantu.kis.rest import render_failure, render_success

ACCOUNT = "12345678"
ALIAS = "main"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""A Monday, 10:00 in Korea."""


class FastClock:
    """Market time that runs ``speed`` times as fast as the loop's."""

    def __init__(self, speed: float = 1_000.0) -> None:
        self._speed = speed
        self._shift = timedelta(0)
        self._start = asyncio.get_running_loop().time()

    def now(self) -> Instant:
        mono = (asyncio.get_running_loop().time() - self._start) * self._speed
        return Instant(START + self._shift + timedelta(seconds=mono / self._speed), mono)

    def real_delay(self, market_s: float) -> float:
        return market_s / self._speed

    def leap(self, **amount: float) -> None:
        self._shift += timedelta(**amount)


@dataclass(frozen=True, slots=True)
class Received:
    connection: int
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, str]:
        return json.loads(self.body)


class Connection:
    """The server's end of one connection."""

    def __init__(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.number = number
        self.reader = reader
        self.writer = writer
        self.served = False

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        sock = self.writer.get_extra_info("socket")
        if sock is not None and sock.fileno() >= 0:
            # Without lingering, an abort is a reset and not a polite end.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Step = Callable[[Connection, Received], Awaitable[None]]


class ScriptedBroker:
    """Serves steps in order; with none left, accepts orders and issues keys."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.connections: list[Connection] = []
        self.steps: deque[Step] = deque()
        """For everything but key requests."""
        self.key_steps: deque[Step] = deque()
        self.issued = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._scheme = "http"

    async def start(self, tls: ssl.SSLContext | None = None) -> None:
        self._scheme = "https" if tls else "http"
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for connection in self.connections:
            if not connection.served:
                connection.reset()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def environment(self, *, paper_rules: bool = False) -> KisEnvironment:
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        keys = Credentials(EnvironmentName.LOCAL, ACCOUNT, "APPKEY", "APPSECRET", "01", "user", ALIAS)
        return local(keys, f"{self._scheme}://127.0.0.1:{port}", "ws://127.0.0.1:1", paper_rules=paper_rules)

    @property
    def orders(self) -> list[Received]:
        return [request for request in self.received if "/trading/order" in request.path]

    @property
    def reads(self) -> list[Received]:
        return [request for request in self.received if request.method == "GET"]

    @property
    def issues(self) -> list[Received]:
        return [request for request in self.received if request.path in (TOKEN.path, APPROVAL.path)]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        connection = Connection(len(self.connections), reader, writer)
        self.connections.append(connection)
        try:
            while (request := await _read(connection)) is not None:
                self.received.append(request)
                await self._step(request)(connection, request)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            # The client or the test went away; what was sent until then is recorded.
            pass
        finally:
            self._tasks.discard(task)
            connection.served = True
            writer.close()

    def _step(self, request: Received) -> Step:
        if request.path in (TOKEN.path, APPROVAL.path):
            if self.key_steps:
                return self.key_steps.popleft()
            self.issued += 1
            if request.path == TOKEN.path:
                return reply(json.dumps({"access_token": f"token-{self.issued}", "expires_in": 86_400}).encode())
            return reply(json.dumps({"approval_key": f"approval-{self.issued}"}).encode())
        return self.steps.popleft() if self.steps else reply(accepted(len(self.orders)))


def accepted(number: int) -> bytes:
    return render_success("APBK0013", ledger=True, output=order_output("03930", str(85_000 + number), "100001"))


def head(status: int, *lines: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status} Whatever", *lines, "", ""]).encode()


def framed(body: bytes, status: int = 200, *lines: str) -> bytes:
    return head(status, f"Content-Length: {len(body)}", "Content-Type: application/json", *lines) + body


def chunked(body: bytes) -> bytes:
    """Return ``body`` in two chunks."""
    return b"5\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (body[:5], len(body) - 5, body[5:])


def raw(data: bytes, *, then: str = "") -> Step:
    """Write ``data``, then close, reset, or leave the connection open."""

    async def step(connection: Connection, _: Received) -> None:
        connection.writer.write(data)
        await connection.writer.drain()
        if then:
            getattr(connection, then)()

    return step


def reply(body: bytes, status: int = 200, *lines: str) -> Step:
    return raw(framed(body, status, *lines))


def refuse(code: str) -> Step:
    status, body = render_failure(code)
    return reply(body, status)


def page(tr_cont: str, context: str = "", **outputs: object) -> Step:
    keys = {"CTX_AREA_FK100": context, "CTX_AREA_NK100": context}
    return reply(render_success("KIOK0510", ledger=True, context=keys, **outputs), 200, f"tr_cont: {tr_cont}")


def in_pieces(data: bytes) -> Step:
    async def step(connection: Connection, _: Received) -> None:
        for position in range(len(data)):
            connection.writer.write(data[position : position + 1])
            await connection.writer.drain()
            await asyncio.sleep(0)

    return step


async def silence(connection: Connection, _: Received) -> None:
    """Answer nothing and keep the connection open."""


async def reset(connection: Connection, _: Received) -> None:
    """Cut the connection after the whole request was read."""
    connection.reset()


async def hang_up(connection: Connection, _: Received) -> None:
    """Close politely without an answer."""
    connection.close()


async def _read(connection: Connection) -> Received | None:
    try:
        text = (await connection.reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError as error:
        assert not error.partial, "half a request"
        return None
    first, *lines = text.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await connection.reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Received(connection.number, method, parts.path, query, headers, body)
