"""Where WebSocket connections come in: any path, one line each."""

from typing import Final

from aiohttp import web

from hantu.kis.layouts import GENERATIONS, Generation
from hantu.simulator.gateway import Gateway
from hantu.simulator.stream.hub import StreamHub
from hantu.simulator.stream.line import StreamLine
from hantu.simulator.stream.session import StreamSession

MESSAGE_LIMIT: Final = 1 << 16
"""Bytes of the longest text a client may send; a request has some 200."""


class StreamDoor:
    """Turns an upgrade request into a line of the hub."""

    def __init__(self, gateway: Gateway, hub: StreamHub, generation: Generation) -> None:
        self._gateway = gateway
        self._hub = hub
        self._generation = generation

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends; ``?layout=`` picks its generation."""
        gateway = self._gateway
        if gateway.faults.active("maintenance", gateway.mono(), "ws") is not None:
            return web.Response(status=503, text="서버 점검 중입니다.")
        generation = self._generation
        wish = request.query.get("layout")
        if wish is not None:
            if wish not in GENERATIONS:
                return web.Response(status=400, text=f"layout: {', '.join(GENERATIONS)}")
            generation = GENERATIONS[wish]
        # permessage-deflate is declined: the broker's frames travel plain.
        socket = web.WebSocketResponse(autoping=False, compress=False, max_msg_size=MESSAGE_LIMIT)
        if not socket.can_prepare(request):
            gateway.note("no_upgrade", f"{request.method} {request.path}", request.remote or "")
            return web.Response(status=400, text="WebSocket only")
        await socket.prepare(request)
        hub = self._hub
        session = StreamSession(gateway, hub.next_number(), generation, hub.occupied)
        line = StreamLine(gateway, session, socket)
        hub.lines[session.number] = line
        try:
            await line.run(request)
        finally:
            hub.leave(line)
        return socket
