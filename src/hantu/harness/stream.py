"""The stream connection of a simulated day: the product's line and the exchange's line, joined without a socket."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMessage, WSMsgType
from picows import WSCloseCode
from picows import WSMsgType as FrameType

from hantu.engine.outliers import REFERENCE_S
from hantu.harness.forgery import FORGED_LATER_S, ONE_TRADE, forged
from hantu.harness.loop import Node, current_node
from hantu.harness.network import Closable, Network
from hantu.kis.layouts import Generation
from hantu.simulator.gateway import Gateway
from hantu.simulator.stream.hub import StreamHub
from hantu.simulator.stream.line import StreamLine
from hantu.simulator.stream.session import StreamSession

CLOSED = WSMessage(WSMsgType.CLOSED, None, None)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as the product's line reads it."""

    msg_type: FrameType
    payload: bytes
    fin: bool = True

    def get_payload_as_bytes(self) -> bytes:
        """Return the payload."""
        return self.payload

    def get_close_code(self) -> WSCloseCode:
        """Return why the other side closed."""
        return WSCloseCode.OK


@dataclass(eq=False)
class Cable:
    """One connection: both ends, and what travels between them in order."""

    network: Network
    node: Node
    listener: Any
    incoming: deque[WSMessage] = field(default_factory=deque)
    awake: asyncio.Event = field(default_factory=asyncio.Event)
    broken: bool = False
    mute_until: float = 0.0
    """Nothing passes in either direction until then, and nobody is told."""
    traded: dict[bytes, float] = field(default_factory=dict)
    to_guard_at: float = 0.0
    to_server_at: float = 0.0

    # --- towards the guard ---------------------------------------------------------

    def to_guard(self, frame: Frame) -> None:
        """Let a frame arrive, after all earlier ones."""
        network, forgeable = self.network, self._forgeable(frame.payload)
        if self.broken or network.loop.time() < self.mute_until:
            return
        if network.hit(network.faults.stream_cut, "N6 stream cut"):
            self.cut()
            return
        if frame.msg_type is FrameType.TEXT and network.hit(network.faults.garbled, "P1 frame garbled"):
            at = network.rng.randrange(len(frame.payload))
            frame = Frame(frame.msg_type, frame.payload[:at] + b"\xff^x" + frame.payload[at + 2 :])
            forgeable = False
        self.to_guard_at = max(self.to_guard_at, network.loop.time() + network.delay())
        network.loop.call_node(self.to_guard_at, self.node, self._arrive, frame)
        if forgeable and network.hit(network.faults.forged, "P19 forged trade"):
            copy = forged(frame.payload.decode(), network.rng)
            self.to_guard_at += FORGED_LATER_S
            network.loop.call_node(self.to_guard_at, self.node, self._arrive, Frame(frame.msg_type, copy.encode()))

    def _forgeable(self, payload: bytes) -> bool:
        """Tell whether a frame is a trade of a stock whose last true one is fresh: to the first of all nothing compares."""
        if not payload.startswith(ONE_TRADE):
            return False
        now, stock = self.network.loop.time(), payload[len(ONE_TRADE) :].split(b"^", 1)[0]
        before, self.traded[stock] = self.traded.get(stock, -REFERENCE_S), now
        return now - before < REFERENCE_S

    def _arrive(self, frame: Frame) -> None:
        if not self.broken:
            self.listener.on_ws_frame(self.client, frame)

    # --- towards the exchange ------------------------------------------------------

    def to_server(self, message: WSMessage) -> None:
        """Let a message arrive, after all earlier ones."""
        network = self.network
        if self.broken or network.loop.time() < self.mute_until:
            return
        self.to_server_at = max(self.to_server_at, network.loop.time() + network.delay())
        network.loop.call_at(self.to_server_at, self._heard, message, context=network.world)

    def _heard(self, message: WSMessage) -> None:
        self.incoming.append(message)
        self.awake.set()

    # --- its end -------------------------------------------------------------------

    def cut(self) -> None:
        """Break the connection; both sides learn of it in their own time."""
        if self.broken:
            return
        self.broken = True
        loop = self.network.loop
        loop.call_node(loop.time() + self.network.rng.uniform(0.0, 0.05), self.node, self._lost)
        loop.call_at(loop.time() + self.network.rng.uniform(0.0, 0.05), self._heard, CLOSED, context=self.network.world)

    def _lost(self) -> None:
        self.client.gone.set()
        self.listener.on_ws_disconnected(self.client)

    @property
    def client(self) -> "ClientEnd":
        """The guard's end."""
        if not hasattr(self, "_client"):
            self._client = ClientEnd(self)
        return self._client


class ClientEnd:
    """What the product's line uses of picows' transport."""

    def __init__(self, cable: Cable) -> None:
        self._cable = cable
        self.is_close_frame_sent = False
        self.gone = asyncio.Event()

    @property
    def is_disconnected(self) -> bool:
        """Tell whether the connection is gone."""
        return self._cable.broken

    def send(self, kind: FrameType, payload: bytes) -> None:
        """Send a text."""
        self._cable.to_server(WSMessage(WSMsgType.TEXT, payload.decode(), None))

    def send_ping(self) -> None:
        """Send a ping."""
        self._cable.to_server(WSMessage(WSMsgType.PING, b"", None))

    def send_close(self, code: WSCloseCode) -> None:
        """Say goodbye."""
        if not self.is_close_frame_sent:
            self.is_close_frame_sent = True
            self._cable.to_server(WSMessage(WSMsgType.CLOSE, code, None))

    def disconnect(self, graceful: bool = True) -> None:
        """Drop the connection."""
        self._cable.cut()

    async def wait_disconnected(self) -> None:
        """Wait until it is gone."""
        await self.gone.wait()


class ServerEnd:
    """What the exchange's line uses of aiohttp's WebSocket response."""

    def __init__(self, cable: Cable) -> None:
        self._cable = cable

    async def receive(self) -> WSMessage:
        """Return the next message; CLOSED when there will be none."""
        cable = self._cable
        while not cable.incoming:
            cable.awake.clear()
            await cable.awake.wait()
        message = cable.incoming.popleft()
        if message.type is WSMsgType.CLOSE:
            cable.to_guard(Frame(FrameType.CLOSE, b"\x03\xe8"))
            cable.network.loop.call_later(0.1, cable.cut, context=cable.network.world)
        return message

    async def send_str(self, text: str) -> None:
        """Send a text frame."""
        if self._cable.broken:
            raise ConnectionResetError
        self._cable.to_guard(Frame(FrameType.TEXT, text.encode()))

    async def pong(self, data: bytes) -> None:
        """Answer a ping."""
        self._cable.to_guard(Frame(FrameType.PONG, data))

    async def close(self) -> None:
        """End with a close frame."""
        self._cable.to_guard(Frame(FrameType.CLOSE, b"\x03\xe8"))
        self._cable.network.loop.call_later(0.1, self._cable.cut, context=self._cable.network.world)


class Server(Closable):
    """The transport the exchange resets; resetting it cuts the cable."""

    def __init__(self, cable: Cable) -> None:
        super().__init__()
        self._cable = cable

    def abort(self) -> None:
        """Cut."""
        self.closed = True
        self._cable.cut()


@dataclass
class Streams:
    """Every stream connection of the day."""

    network: Network
    gateway: Gateway
    hub: StreamHub
    generation: Generation
    cables: list[Cable] = field(default_factory=list)

    def connector(self) -> Callable[..., Any]:
        """Return what opens one WebSocket; arguments as picows' ``ws_connect``."""

        async def connect(factory: Callable[[], Any], _url: str, **_words: Any) -> None:
            network = self.network
            node = current_node()
            assert node is not None
            await asyncio.sleep(network.delay())
            if not network.listening("ws") or network.hit(network.faults.refused, "N7 connect refused"):
                raise ConnectionRefusedError
            if self.gateway.faults.active("maintenance", self.gateway.mono(), "ws") is not None:
                raise OSError("maintenance")
            cable = Cable(network, node, factory())
            self.cables = [*(one for one in self.cables if not one.broken), cable]
            network.spawn(self._serve(cable), "stream")
            cable.listener.on_ws_connected(cable.client)

        return connect

    def drop(self, node: Node) -> None:
        """The process is gone; its connections are reset by its machine."""
        for cable in self.cables:
            if cable.node is node:
                cable.cut()

    async def _serve(self, cable: Cable) -> None:
        session = StreamSession(self.gateway, self.hub.next_number(), self.generation, self.hub.occupied)
        line = StreamLine(self.gateway, session, ServerEnd(cable))  # type: ignore[arg-type]
        self.hub.lines[session.number] = line
        try:
            await line.run(_Request(Server(cable)))  # type: ignore[arg-type]
        finally:
            self.hub.leave(line)


@dataclass
class _Request:
    transport: Server
