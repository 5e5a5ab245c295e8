"""The open connections for orders: two kept warm, a few more at need, none of them old."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import aiofastnet

from hantu.adapters.broker.wire import Wire

CONNECT_TIMEOUT_S: Final = 1.0
"""Real seconds for name, connection and TLS together."""
WIRES_MAX: Final = 4
"""Open wires at once; further orders wait for one."""
SPARE: Final = 2
"""Wires kept open while nothing is sent: one to use and one to take over."""
AGE_MAX_S: Final = 50.0
"""Idle seconds after which a wire is not trusted any more; servers often close at 60."""
AGE_REPLACED_S: Final = 30.0
"""Idle seconds after which the keeper replaces a wire, well before it is distrusted."""


Connect: TypeAlias = Callable[..., Awaitable[tuple[asyncio.BaseTransport, Wire]]]
"""Opens one connection; arguments as ``loop.create_connection``, the loop first."""


class ConnectFailed(Exception):
    """No wire could be opened; nothing was sent. ``code`` says where it ended."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Wires:
    """The open wires to one address."""

    def __init__(
        self,
        rest_url: str,
        tls: ssl.SSLContext | None = None,
        *,
        age_max_s: float = AGE_MAX_S,
        age_replaced_s: float = AGE_REPLACED_S,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        connect: Connect = aiofastnet.create_connection,
    ) -> None:
        self._connector = connect
        self._age_max_s = age_max_s
        self._connect_timeout_s = connect_timeout_s
        self._age_replaced_s = age_replaced_s
        parts = urlsplit(rest_url)
        assert parts.hostname is not None
        self._host = parts.hostname
        self._tls = (tls or ssl.create_default_context()) if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)
        self._idle: list[Wire] = []
        self._open: set[Wire] = set()
        self._connecting = 0
        self._changed = asyncio.Event()
        self.lost = asyncio.Event()
        """Set when a wire ended; the keeper clears it."""

    @property
    def host_header(self) -> str:
        """Return the value of the Host header."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        default = 443 if self._tls else 80
        return host if self._port == default else f"{host}:{self._port}"

    @property
    def idle(self) -> int:
        """How many wires could be used at once."""
        return sum(wire.usable() for wire in self._idle)

    @property
    def count(self) -> int:
        """How many wires are open or opening."""
        return len(self._open) + self._connecting

    async def take(self) -> Wire:
        """Return a usable wire that belongs to the caller until given back.

        Raises:
            ConnectFailed: None could be opened.
        """
        while True:
            wire = self.take_idle()
            if wire is not None:
                return wire
            if self._idle:
                # Alive, but with bytes unread: what they are is known one turn later.
                await asyncio.sleep(0)
                wire = self.take_idle()
                if wire is not None:
                    return wire
            if self.count < WIRES_MAX:
                return await self._connect()
            self._changed.clear()
            await self._changed.wait()

    def take_idle(self) -> Wire | None:
        """Return a usable idle wire, the newest first, and throw away what dead ones are met."""
        for wire in self._idle[::-1]:
            if not wire.alive() or wire.idle_s() > self._age_max_s:
                self._idle.remove(wire)
                wire.discard()
            elif wire.quiet():
                self._idle.remove(wire)
                return wire
        return None

    def give_back(self, wire: Wire) -> None:
        """Keep ``wire`` for the next request if it can carry one."""
        if wire.alive():
            self._idle.append(wire)
        else:
            wire.discard()
        self._changed.set()

    async def fill(self) -> None:
        """Replace aged wires and open more until the spare ones are there.

        Raises:
            ConnectFailed: One could not be opened.
        """
        self._drop(self._age_replaced_s)
        # As often as wires are missing now, whatever becomes of them meanwhile.
        for _ in range(SPARE - len(self._idle)):
            if self.count < WIRES_MAX:
                self.give_back(await self._connect())

    async def close(self) -> None:
        """Close every wire."""
        for wire in list(self._open):
            wire.discard()
        self._idle.clear()
        while self._open:
            self._changed.clear()
            await self._changed.wait()

    def _drop(self, age_max_s: float) -> None:
        for wire in [wire for wire in self._idle if not wire.alive() or wire.idle_s() > age_max_s]:
            self._idle.remove(wire)
            wire.discard()

    async def _connect(self) -> Wire:
        loop = asyncio.get_running_loop()
        self._connecting += 1
        try:
            async with asyncio.timeout(self._connect_timeout_s):
                # Its TLS writes in place what asyncio's passes through four layers of Python.
                _, wire = await self._connector(
                    loop,
                    lambda: Wire(loop, self._ended),
                    self._host,
                    self._port,
                    ssl=self._tls,
                    server_hostname=self._host if self._tls else None,
                )
        except TimeoutError as error:
            raise ConnectFailed("connect_timeout") from error
        except ssl.SSLError as error:
            raise ConnectFailed("tls") from error
        except socket.gaierror as error:
            raise ConnectFailed("dns") from error
        except ConnectionRefusedError as error:
            raise ConnectFailed("connect_refused") from error
        except OSError as error:
            raise ConnectFailed("connect_failed") from error
        finally:
            self._connecting -= 1
            self._changed.set()
        if not wire.alive():
            wire.discard()
            raise ConnectFailed("connect_closed")
        self._open.add(wire)
        return wire

    def _ended(self, wire: Wire) -> None:
        self._open.discard(wire)
        if wire in self._idle:
            self._idle.remove(wire)
        self._changed.set()
        self.lost.set()
