"""A stream server on a loopback socket that does exactly what a test tells it to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

from hantu.kis.control import Ack, parse_request


class Peer(WSListener):
    """The server's end of one connection."""

    def __init__(self, server: "StreamServer") -> None:
        super().__init__()
        self.server = server
        self.transport: WSTransport
        self.texts: list[str] = []
        self.pings = 0
        self.closed: int | None = None
        self.gone = asyncio.Event()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self.server.peers.append(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is WSMsgType.TEXT:
            text = frame.get_payload_as_utf8_text()
            self.texts.append(text)
            self.server.on_text(self, text)
        elif frame.msg_type is WSMsgType.PING:
            self.pings += 1
            if self.server.pongs:
                transport.send_pong(frame.get_payload_as_bytes())
        elif frame.msg_type is WSMsgType.CLOSE:
            self.closed = int(frame.get_close_code().value)
            if self.server.says_goodbye:
                transport.send_close(frame.get_close_code())
                transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.gone.set()

    def say(self, text: str) -> None:
        self.transport.send(WSMsgType.TEXT, text.encode())

    def cut(self) -> None:
        """End the socket without a close frame."""
        self.transport.disconnect(graceful=False)


class StreamServer:
    """Listens on a free port; acknowledges every request unless told otherwise."""

    def __init__(self) -> None:
        self.peers: list[Peer] = []
        self.pongs = True
        self.says_goodbye = True
        self.on_text: Callable[[Peer, str], None] = self.acknowledge
        self.url = ""

    def acknowledge(self, peer: Peer, text: str) -> None:
        if "approval_key" not in text:
            return
        request = parse_request(text)
        code, words = ("OPSP0000", "SUBSCRIBE SUCCESS") if request.subscribe else ("OPSP0001", "UNSUBSCRIBE SUCCESS")
        encrypt = "CNI" in request.tr_id
        peer.say(Ack(request.tr_id, request.tr_key, encrypt, "0", code, words, "v" * 16, "k" * 32).render())

    @asynccontextmanager
    async def listening(self) -> "AsyncIterator[StreamServer]":
        def accept(_: WSUpgradeRequest) -> Peer:
            return Peer(self)

        server = await ws_create_server(accept, "127.0.0.1", 0, enable_auto_pong=False)
        self.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for peer in self.peers:
                peer.cut()
            await server.wait_closed()
