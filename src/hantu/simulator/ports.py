"""Listening sockets that can be shut for a while and come back on the same port."""

import asyncio
import socket

from aiohttp import web

from hantu.simulator.sockets import reset


class ListeningPort:
    """One address; shut means that connecting is refused, as with a dead server."""

    def __init__(self, runner: web.AppRunner, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self._runner = runner
        self._site: web.SockSite | None = None
        self._holder: socket.socket | None = None

    @property
    def listening(self) -> bool:
        """Whether connections are taken."""
        return self._site is not None

    async def open(self) -> None:
        """Listen; with port 0 the machine picks one, which is kept from then on."""
        sock = _bound(self.host, self.port)
        self.port = sock.getsockname()[1]
        self._site = web.SockSite(self._runner, sock, backlog=256)
        await self._site.start()
        self._let_go()

    async def shut(self) -> None:
        """Stop listening, keep the port from other programs and drop every open connection."""
        if self._site is None:
            return
        site, self._site = self._site, None
        await site.stop()
        # The listening socket is closed by the loop in its next round.
        await asyncio.sleep(0)
        self._holder = _bound(self.host, self.port)
        if self._runner.server is not None:
            for connection in self._runner.server.connections:
                reset(connection.transport)

    def release(self) -> None:
        """Give the port back for good."""
        self._let_go()

    def _let_go(self) -> None:
        if self._holder is not None:
            self._holder.close()
            self._holder = None


def _bound(host: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((host, port))
    return sock
