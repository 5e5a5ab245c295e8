"""One WebSocket connection: reads requests, writes frames in order, ends cleanly or by force."""

import asyncio
from collections import deque
from typing import Final

from aiohttp import WSMsgType, web

from hantu.domain.session import KST
from hantu.kis.control import PingPong
from hantu.simulator.gateway import Gateway
from hantu.simulator.sockets import reset
from hantu.simulator.stream.session import StreamSession

BACKLOG_LIMIT: Final = 20_000
"""Frames a slow reader may leave unread before it is dropped."""
ANSWER_REAL_S: Final = 1.0
"""However fast the day is played, a client gets so many real seconds to answer."""
FAREWELL_S: Final = 0.5
"""How long a clean end may wait for the other side."""


class StreamLine:
    """Owns one socket; everything it sends passes one queue, so frames keep their order."""

    def __init__(self, gateway: Gateway, session: StreamSession, socket: web.WebSocketResponse) -> None:
        self.session = session
        self.clean = False
        """Whether the client said goodbye."""
        self._gateway = gateway
        self._socket = socket
        self._transport: asyncio.BaseTransport | None = None
        self._backlog: deque[tuple[float, str]] = deque()
        self._awake = asyncio.Event()
        self._hanging_up = False

    async def run(self, request: web.Request) -> None:
        """Serve the connection until it ends."""
        self._transport = request.transport
        writer = asyncio.create_task(self._write(), name=f"stream-writer-{self.session.number}")
        try:
            await self._read()
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    def send(self, text: str, *names: str) -> None:
        """Queue a frame; ``names`` are what faults of the stream may aim at."""
        faults, mono = self._gateway.faults, self._gateway.mono()
        if faults.active("silence", mono, "ws", *names) is not None:
            return
        if len(self._backlog) >= BACKLOG_LIMIT:
            self._gateway.note("slow_reader", f"{BACKLOG_LIMIT} frames unread", self.session.client)
            self.reset()
            return
        delay = faults.active("delay", mono, "ws", *names)
        wait = self._gateway.clock.real_delay(delay.params.get("seconds", 1.0)) if delay is not None else 0.0
        self._backlog.append((self._gateway.real() + wait, text))
        self.session.last_sent = mono
        self._awake.set()

    def watch(self, mono: float) -> None:
        """Ask an idle client for a sign of life and drop the one that gives none."""
        rules, session = self._gateway.scenario.gateway, self.session
        if session.asked is None:
            if mono - session.last_sent >= rules.ping_idle:
                stamp = f"{self._gateway.wall().astimezone(KST):%Y%m%d%H%M%S}"
                self.send(PingPong(stamp).render())
                # Also when a fault swallowed it: the server believes it has asked.
                session.asked = session.last_sent = mono
            return
        patience = max(rules.ping_answer, ANSWER_REAL_S * self._gateway.clock.speed)
        if mono - session.asked >= patience:
            self._gateway.note("pong_missing", f"no answer for {patience:.0f} s", session.client)
            self.reset()

    def reset(self) -> None:
        """Drop the connection without a word."""
        reset(self._transport)

    async def close(self) -> None:
        """End the connection with a close frame."""
        try:
            await asyncio.wait_for(self._socket.close(), FAREWELL_S)
        except TimeoutError:
            self.reset()

    async def _read(self) -> None:
        while True:
            message = await self._socket.receive()
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                self.clean = message.type is WSMsgType.CLOSE or self._hanging_up
                return
            silence = self._gateway.faults.active("silence", self._gateway.mono(), "ws")
            pinged = message.type is WSMsgType.PING
            if silence is not None and not (pinged and silence.params.get("answers_pings")):
                continue
            if pinged:
                await self._socket.pong(message.data)
            elif message.type is WSMsgType.PONG:
                self.session.hear_pong(bytes(message.data))
            elif message.type is WSMsgType.TEXT:
                self._hear(message.data)
            else:
                self._gateway.note("binary_frame", f"{len(message.data)} bytes", self.session.client)

    def _hear(self, text: str) -> None:
        heard = self.session.hear(text)
        for reply in heard.replies:
            self.send(reply)
        if heard.hang_up:
            self._hanging_up = True
            self._awake.set()

    async def _write(self) -> None:
        try:
            while True:
                await self._drain()
                if self._hanging_up:
                    await self._socket.close()
                    return
                self._awake.clear()
                await self._awake.wait()
        except ConnectionError:
            # The reader sees the same end and leaves.
            return

    async def _drain(self) -> None:
        while self._backlog:
            due, text = self._backlog.popleft()
            wait = due - self._gateway.real()
            if wait > 0:
                await asyncio.sleep(wait)
            await self._socket.send_str(text)
