"""One HTTP/1.1 connection for orders: one request at a time, and never a second write.

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
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

import httptools

ANSWER_BYTES_MAX: Final = 64 * 1024
_FIRST_FINAL_STATUS: Final = 200


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
        return self.alive() and self.quiet()

    def quiet(self) -> bool:
        """Tell whether the socket has nothing to read: no answer, no notice of its end."""
        return not self._poll.poll(0)

    def send(self, request: bytes) -> asyncio.Future[Answer]:
        """Write one request; from here on it counts as sent."""
        assert self._transport is not None
        assert self.alive()
        self._transport.write(request)
        # The answer's books are made while the bytes travel; nothing is read before the loop turns.
        self._reading = _Reading()
        self._waiting = self._loop.create_future()
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
