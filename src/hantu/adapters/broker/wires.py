"""HTTP/1.1 connections for orders: warm, one request at a time, and never a second write.

Rules of this file:
1. A wire carries one request at a time; what comes unasked ends the wire.
2. Once ``send`` has handed bytes to the transport the request counts as sent,
   whatever happens next. Nothing here repeats a write.
3. A wire the other side has begun to close is not written to: the socket is
   looked at right before the write, not only the state the loop has seen.
4. After anything but a complete answer the wire is thrown away, so a late
   answer can never be taken for that of the next request.
"""

import asyncio
import select
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import urlsplit

import httptools

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
ANSWER_BYTES_MAX: Final = 64 * 1024
_FIRST_FINAL_STATUS: Final = 200


class ConnectFailed(Exception):
    """No wire could be opened; nothing was sent. ``code`` says where it ended."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a complete answer, or why there is none."""

    status: int | None
    body: bytes
    error: str = ""


class _Reading:
    """Parser callbacks of one answer; what follows a complete one is not read."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.parts: list[bytes] = []
        self.size = 0
        self.framed = False
        """Whether the head tells where the body ends; else the end of the stream does."""
        self.head_done = False
        self.done = False
        self.keep = False
        self.status = 0

    def on_message_begin(self) -> None:
        if self.done:
            # A second answer to one request: the wire is not to be trusted.
            self.keep = False

    def on_header(self, name: bytes, _value: bytes) -> None:
        if not self.done and name.lower() in (b"content-length", b"transfer-encoding"):
            self.framed = True

    def on_headers_complete(self) -> None:
        if not self.done:
            self.status = self.parser.get_status_code()
            self.head_done = self.status >= _FIRST_FINAL_STATUS

    def on_body(self, body: bytes) -> None:
        if not self.done:
            self.parts.append(body)

    def on_message_complete(self) -> None:
        if self.done:
            return
        if self.head_done:
            self.done = True
            # Afterwards the parser has forgotten it.
            self.keep = self.parser.should_keep_alive()
        else:
            # An interim answer (100 …): the final one follows.
            self.framed = False


class Wire(asyncio.Protocol):
    """One connection; ``send`` hands over one request and returns the answer to wait for."""

    def __init__(self, loop: asyncio.AbstractEventLoop, lost: Callable[["Wire"], None]) -> None:
        self._loop = loop
        self._lost = lost
        self._transport: asyncio.Transport | None = None
        self._poll = select.poll()
        self._reading: _Reading | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._dead = False
        self._idle_since = loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the transport; called by the loop."""
        # Not checked at run time: other loops' transports do not derive from asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        sock = transport.get_extra_info("socket")
        self._poll.register(sock.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)

    def alive(self) -> bool:
        """Tell whether the wire is open and idle, as far as the loop has seen."""
        return not (self._dead or self._waiting is not None or self._transport is None or self._transport.is_closing())

    def idle_s(self) -> float:
        """Return real seconds since the wire was opened or last answered."""
        return self._loop.time() - self._idle_since

    def usable(self) -> bool:
        """Tell whether a request may be written now: alive, and no end of it waiting unread.

        Bytes the loop has not read yet may be a close notice or mere session
        tickets; one turn of the loop tells.
        """
        return self.alive() and not self._poll.poll(0)

    def send(self, request: bytes) -> asyncio.Future[Answer]:
        """Write one request; from here on it counts as sent."""
        assert self._transport is not None
        assert self.alive()
        self._reading = _Reading()
        self._waiting = self._loop.create_future()
        self._transport.write(request)
        return self._waiting

    def discard(self) -> None:
        """Close at once; a request under way gets no answer."""
        self._dead = True
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Feed the parser; called by the loop."""
        reading = self._reading
        if reading is None or self._waiting is None:
            self.discard()
            return
        reading.size += len(data)
        if reading.size > ANSWER_BYTES_MAX:
            self._fail("garbled")
            return
        try:
            reading.parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            # An answer complete before the nonsense stands; the wire does not.
            if reading.done:
                self._answered(reading, keep=False)
            else:
                self._fail("garbled")
            return
        if reading.done:
            self._answered(reading, keep=reading.keep)

    def eof_received(self) -> bool:
        """Finish an answer that ends with the stream; called by the loop."""
        reading = self._reading
        if reading is not None and reading.head_done and not reading.framed:
            self._answered(reading, keep=False)
        else:
            self._fail("closed")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """End whoever waits; called by the loop."""
        self._fail("reset" if exc is not None else "closed")
        self._lost(self)

    def _answered(self, reading: _Reading, *, keep: bool) -> None:
        waiting, self._waiting, self._reading = self._waiting, None, None
        self._idle_since = self._loop.time()
        if not keep:
            self.discard()
        if waiting is not None and not waiting.done():
            waiting.set_result(Answer(reading.status, b"".join(reading.parts)))

    def _fail(self, error: str) -> None:
        waiting, self._waiting, self._reading = self._waiting, None, None
        self.discard()
        if waiting is not None and not waiting.done():
            waiting.set_result(Answer(None, b"", error))


class Wires:
    """The open wires to one address."""

    def __init__(
        self,
        rest_url: str,
        tls: ssl.SSLContext | None = None,
        *,
        age_max_s: float = AGE_MAX_S,
        age_replaced_s: float = AGE_REPLACED_S,
    ) -> None:
        self._age_max_s = age_max_s
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
        """Return a usable idle wire and throw away the dead ones."""
        self._drop(self._age_max_s)
        for wire in reversed(self._idle):
            if wire.usable():
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
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                _, wire = await loop.create_connection(
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
