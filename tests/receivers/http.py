"""A channel's HTTP server on this machine: faults first, then the channel's own contract."""

import asyncio
import socket
import struct
from typing import Any

from aiohttp import web

from tests.receivers.faults import Fault, Kind, Plan
from tests.receivers.journal import Journal


class HttpReceiver:
    """Serves one channel on a free port of 127.0.0.1."""

    channel = ""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.plan = Plan()
        self.requests = 0
        """All requests that came, faults included."""
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        await self._runner.setup()
        await self.up()

    async def up(self) -> None:
        """Listen (again), always on the same port."""
        assert self._runner
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[0][1]

    async def down(self) -> None:
        """Refuse connections."""
        assert self._site
        await self._site.stop()

    async def stop(self) -> None:
        assert self._runner
        await self._runner.cleanup()

    async def contract(self, request: web.Request, body: bytes) -> web.Response:
        """Answer as the real service would, and write down what came."""
        raise AssertionError("every channel has its own")

    def limited(self, seconds: float) -> web.Response:
        """Return the channel's own way to say: too many."""
        return web.json_response({"error": "too many"}, status=429, headers={"Retry-After": f"{seconds:g}"})

    def markup_refused(self) -> web.Response:
        """Return the channel's own way to say: unreadable markup."""
        raise AssertionError(f"{self.channel} knows no markup")

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        fault = self.plan.take()
        if fault is None:
            return await self.contract(request, await request.read())
        if fault.kind is Kind.RESET_BEFORE:
            return _hang_up(request)
        body = await request.read()
        if fault.kind is Kind.RESET_AFTER:
            self.journal.note(self.channel, "lost: read and thrown away", body.decode("utf-8", "replace"))
            return _hang_up(request)
        if fault.kind is Kind.DELAY:
            await asyncio.sleep(fault.seconds)
        if fault.kind in (Kind.DELAY, Kind.DROP_AFTER_ACCEPT):
            answer = await self.contract(request, body)
            return _hang_up(request) if fault.kind is Kind.DROP_AFTER_ACCEPT else answer
        if fault.kind is Kind.SLOW_LORIS:
            if fault.status < 300:
                await self.contract(request, body)
            return await _trickle(request, fault)
        return self._said(fault)

    def _said(self, fault: Fault) -> web.Response:
        match fault.kind:
            case Kind.LIMIT:
                answer = self.limited(fault.seconds)
            case Kind.MARKUP:
                answer = self.markup_refused()
            case Kind.MOVED:
                answer = self.moved(fault.moved_to)
            case _:
                answer = _refusal(fault)
        self.journal.note(self.channel, f"refused: {fault.kind.name} {answer.status}", answer.text)
        return answer

    def moved(self, to: str) -> web.Response:
        """Return the channel's own way to say: another chat now."""
        raise AssertionError(f"{self.channel} moves nothing")


def _refusal(fault: Fault) -> web.Response:
    headers = dict(fault.headers)
    if isinstance(fault.body, str):
        return web.Response(status=fault.status, text=fault.body, headers=headers)
    return web.json_response(fault.body, status=fault.status, headers=headers)


def _hang_up(request: web.Request) -> web.Response:
    transport: Any = request.transport
    if transport:
        sock = transport.get_extra_info("socket")
        if sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=500)


async def _trickle(request: web.Request, fault: Fault) -> web.StreamResponse:
    response = web.StreamResponse(status=fault.status, headers=dict(fault.headers))
    await response.prepare(request)
    for _ in range(int(fault.seconds / 0.05)):
        await response.write(b" ")
        await asyncio.sleep(0.05)
    return response
