"""The network of a simulated day: real requests and frames, carried by chance.

Between the product's own HTTP writer, HTTP reads and stream line on one side and
the exchange's own gate and stream server on the other nothing is left out but
the sockets. Every message takes its time and may be lost, late, doubled, cut in
the middle, answered by a stranger, or never answered.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from contextvars import Context
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web
from multidict import CIMultiDict, MultiDict

from hantu.harness.loop import Node, SimLoop, current_node

GARBAGE = b"<html><body>Service Temporarily Unavailable</body></html>"
NO_PROOF = (
    GARBAGE,
    b'{"rt_cd":"1","msg_cd":"EGW00001","msg1":"inner error"}',
    b'{"rt_cd":"1","msg_cd":"ZZZZ9999","msg1":"nobody has seen this code"}',
)
"""Answers that say nothing about an order that was taken."""
ANSWER_WAIT_S = 120.0


@dataclass(slots=True)
class NetFaults:
    """How often what goes wrong with one request; probabilities."""

    request_lost: float = 0.0
    response_lost: float = 0.0
    reset: float = 0.0
    """The answer is cut off after some bytes."""
    late: float = 0.0
    """The request is delivered long after the sender gave up."""
    late_s: float = 20.0
    """No order arrives later than this."""
    doubled: float = 0.0
    stranger: float = 0.0
    """Somebody else answers: HTTP 200 with a page, or 502; the request may have been delivered."""
    no_number: float = 0.0
    """An accepted order is answered without its number."""
    refused: float = 0.0
    slow: float = 0.0
    slow_s: float = 2.0
    idle_close: float = 0.0
    stream_cut: float = 0.0
    """Per stream message."""
    garbled: float = 0.0
    forged: float = 0.0
    """Per trade frame: somebody on the path sends another one right after it."""


@dataclass(slots=True)
class Network:
    """Everything between one guard and the exchange."""

    loop: SimLoop
    rng: Random
    serve: Callable[["Incoming"], "asyncio.Future[web.StreamResponse] | Any"]
    listening: Callable[[str], bool]
    faults: NetFaults = field(default_factory=NetFaults)
    deaf_until: float = 0.0
    """Until then answers are lost, all of them."""
    on: Callable[[], bool] = lambda: True
    """Whether faults may strike now."""
    on_fault: Callable[[str], None] = lambda _name: None
    on_bytes: Callable[["Incoming"], bool] = lambda _incoming: True
    """Called when the bytes of an order leave the process; False when it died before they did."""
    on_gone: Callable[["Incoming"], None] = lambda _incoming: None
    """Called when a request will never be seen by the exchange."""
    world: Context = field(default_factory=Context)

    def hit(self, chance: float, name: str) -> bool:
        """Draw a fault."""
        if chance and self.on() and self.rng.random() < chance:
            self.on_fault(name)
            return True
        return False

    def delay(self) -> float:
        """Return how long one message travels."""
        if self.hit(self.faults.slow, "N10 slow network"):
            return self.rng.uniform(0.05, self.faults.slow_s)
        return self.rng.uniform(0.001, 0.02)

    def spawn(self, work: Any, name: str) -> "asyncio.Task[Any]":
        """Start a task that belongs to the world, not to a process."""
        task: asyncio.Task[Any] = self.loop.create_task(work, name=name, context=self.world.copy())
        return task

    def deliver(self, incoming: "Incoming", node: Node, done: Callable[["Reply | None"], None]) -> None:
        """Carry one request there and its answer back; ``done(None)`` means that the connection broke."""
        order = incoming.method == "POST" and "/trading/order" in incoming.path
        if self.hit(self.faults.request_lost, "N1 request lost"):
            self.on_gone(incoming)
            return
        travel = self.delay()
        if order and self.hit(self.faults.late, "N4 request late"):
            travel = self.rng.uniform(5.0, self.faults.late_s)
        incoming.copies = copies = 1 + (order and self.hit(self.faults.doubled, "N15 request doubled"))
        if not order and self.hit(self.faults.stranger, "N12 stranger answers"):
            self._answer(Reply(200, GARBAGE, {}), node, done)
            return
        for number in range(copies):
            self.spawn(self._round_trip(incoming, travel, node, done if number == 0 else None), "request")

    async def _round_trip(
        self, incoming: "Incoming", travel: float, node: Node, done: "Callable[[Reply | None], None] | None"
    ) -> None:
        await asyncio.sleep(travel)
        if not self.listening("rest"):
            self.on_gone(incoming)
            if done is not None:
                self.loop.call_node(self.loop.time(), node, done, None)
            return
        response = await self.serve(incoming)
        if done is None or incoming.transport.closed:
            if done is not None and incoming.transport.closed:
                self.loop.call_node(self.loop.time(), node, done, None)
            return
        body = response.body if isinstance(response, web.Response) and isinstance(response.body, bytes) else b""
        reply = Reply(response.status, body, dict(response.headers))
        order = incoming.method == "POST" and "/trading/order" in incoming.path
        if self.loop.time() < self.deaf_until or self.hit(self.faults.response_lost, "N2 response lost"):
            return
        if order and self.hit(self.faults.stranger, "P10 error page though accepted"):
            reply = Reply(self.rng.choice((200, 500, 502)), self.rng.choice(NO_PROOF), {})
        elif order and self.hit(self.faults.no_number, "P9 success without number"):
            reply = Reply(200, b'{"rt_cd":"0","msg_cd":"APBK0013","msg1":"OK","output":{}}', reply.headers)
        elif self.hit(self.faults.reset, "N3 reset in the answer"):
            self.loop.call_node(self.loop.time() + self.delay(), node, done, Reply(-1, reply.body, reply.headers))
            return
        self._answer(reply, node, done)

    def _answer(self, reply: "Reply", node: Node, done: "Callable[[Reply | None], None]") -> None:
        self.loop.call_node(self.loop.time() + self.delay(), node, done, reply)


@dataclass(slots=True)
class Reply:
    """What came back; status -1 means that it was cut off in the middle."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Closable(asyncio.Transport):
    """The server's end of a connection, as far as the exchange looks at it."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    def is_closing(self) -> bool:
        """Tell whether it was dropped."""
        return self.closed

    def abort(self) -> None:
        """Drop the connection."""
        self.closed = True

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """There is no socket."""
        return default


class Incoming:
    """One HTTP request as the exchange's gate reads it."""

    def __init__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        parts = urlsplit(target)
        self.method = method
        self.path = parts.path
        self.raw_path = target
        self.query = MultiDict(parse_qsl(parts.query, keep_blank_values=True))
        self.headers: CIMultiDict[str] = CIMultiDict(headers)
        self.transport = Closable()
        self.protocol = None
        self.remote = "guard"
        self.copies = 1
        self.flight: Any = None
        """What the judge knows of it."""
        self._body = body

    async def read(self) -> bytes:
        """Return the body."""
        return self._body


# --- the reads: an aiohttp session without sockets -----------------------------------


class SimSession:
    """What ``RestReads`` and ``Authority`` use of an ``aiohttp.ClientSession``."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def request(self, method: str, url: str, **words: Any) -> "_Call":
        """Begin one request."""
        return _Call(self._network, method, url, words)

    def post(self, url: str, **words: Any) -> "_Call":
        """Begin one POST."""
        return _Call(self._network, "POST", url, words)

    async def close(self) -> None:
        """Nothing is open."""


class _Call:
    def __init__(self, network: Network, method: str, url: str, words: dict[str, Any]) -> None:
        self._network = network
        self._method = method
        self._url = url
        self._words = words

    async def __aenter__(self) -> "_Response":
        import aiohttp

        network, words = self._network, self._words
        node = current_node()
        assert node is not None
        timeout = words["timeout"].total
        if network.hit(network.faults.refused, "N7 connect refused") or not network.listening("rest"):
            await asyncio.sleep(network.delay())
            raise aiohttp.ClientConnectionError("refused")
        split = urlsplit(self._url)
        query = "&".join(f"{key}={value}" for key, value in (words.get("params") or {}).items())
        target = split.path + (f"?{query}" if query else "")
        incoming = Incoming(self._method, target, words.get("headers") or {}, words.get("data") or b"")
        answered: asyncio.Future[Reply | None] = network.loop.create_future()

        def done(reply: Reply | None) -> None:
            if not answered.done():
                answered.set_result(reply)

        network.deliver(incoming, node, done)
        async with asyncio.timeout(timeout):
            reply = await answered
        if reply is None or reply.status < 0:
            raise aiohttp.ServerDisconnectedError
        return _Response(reply)

    async def __aexit__(self, *_error: object) -> None:
        return None


class _Response:
    def __init__(self, reply: Reply) -> None:
        self.status = reply.status
        self.headers = CIMultiDict(reply.headers)
        self._body = reply.body

    async def read(self) -> bytes:
        return self._body


# --- the orders: the product's own wire on a transport without a socket --------------


class _QuietSocket:
    """Something the wire can poll; it never has anything to say."""

    _descriptor = -1

    def fileno(self) -> int:
        if _QuietSocket._descriptor < 0:
            _QuietSocket._descriptor = os.eventfd(0)
        return _QuietSocket._descriptor


class OrderPipe(asyncio.Transport):
    """Takes the bytes of one request at a time and feeds the answer back."""

    def __init__(self, network: Network, node: Node, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._network = network
        self._node = node
        self._protocol = protocol
        self._closed = False
        idle = network.faults.idle_close
        if idle and network.hit(idle, "N13 server closes an idle connection"):
            network.loop.call_node(
                network.loop.time() + network.rng.uniform(1.0, 60.0), node, self._break, ConnectionResetError()
            )

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Only a socket to poll."""
        return _QuietSocket() if name == "socket" else default

    def is_closing(self) -> bool:
        """Tell whether it is closed."""
        return self._closed

    def write(self, data: Any) -> None:
        """Send one whole request."""
        head, _, body = bytes(data).partition(b"\r\n\r\n")
        first, *lines = head.decode("ascii").split("\r\n")
        method, target, _ = first.split(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        incoming = Incoming(method, target, headers, body)
        if not self._network.on_bytes(incoming) or not self._node.alive:
            return
        if not self._network.listening("rest"):
            self._network.on_gone(incoming)
            self._network.loop.call_node(self._network.loop.time(), self._node, self._break, ConnectionResetError())
            return
        self._network.deliver(incoming, self._node, self._answered)

    def abort(self) -> None:
        """Close at once."""
        self._break(None)

    def close(self) -> None:
        """Close."""
        self._break(None)

    def _break(self, error: Exception | None) -> None:
        if self._closed:
            return
        self._closed = True
        self._network.loop.call_soon(self._protocol.connection_lost, error)

    def _answered(self, reply: Reply | None) -> None:
        if self._closed:
            return
        if reply is None:
            self._break(ConnectionResetError())
            return
        lines = [f"HTTP/1.1 {max(reply.status, 200)} X"]
        lines += [f"{name}: {value}" for name, value in reply.headers.items() if name.lower() != "content-length"]
        lines += [f"content-length: {len(reply.body)}", "", ""]
        raw = "\r\n".join(lines).encode("utf-8") + reply.body
        if reply.status < 0:
            self._protocol.data_received(raw[: self._network.rng.randrange(1, len(raw))])
            self._break(ConnectionResetError())
            return
        cut = self._network.rng.randrange(len(raw)) if self._network.rng.random() < 0.2 else 0
        if cut:
            self._protocol.data_received(raw[:cut])
        self._protocol.data_received(raw[cut:])


def order_connector(network: Network) -> Callable[..., Any]:
    """Return what opens a connection for orders; arguments as ``loop.create_connection``."""

    async def connect(_loop: object, factory: Callable[[], asyncio.Protocol], *_host: object, **_tls: object) -> Any:
        node = current_node()
        assert node is not None
        await asyncio.sleep(network.delay())
        if not network.listening("rest") or network.hit(network.faults.refused, "N7 connect refused"):
            raise ConnectionRefusedError
        protocol = factory()
        transport = OrderPipe(network, node, protocol)
        protocol.connection_made(transport)
        return transport, protocol

    return connect
