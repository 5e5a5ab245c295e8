"""Sockets of the exchange stub: WebSocket frames, HTTP requests, TLS without a thread."""

import base64
import hashlib
import socket
import ssl
import struct
import time

WS_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
READ_BYTES = 1 << 18
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Channel:
    """One accepted socket; TLS, where there is any, is done on bytes in memory.

    ``first_ns`` is the CLOCK_MONOTONIC time at which the read returned that made the
    oldest byte not yet taken readable.
    """

    def __init__(self, sock: socket.socket, tls: ssl.SSLContext | None) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self.plain = bytearray()
        self.first_ns = 0
        self.open = True
        self._inward, self._outward = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = tls.wrap_bio(self._inward, self._outward, server_side=True) if tls else None
        self._shaken = tls is None

    def read(self) -> None:
        """Take what the socket has; called when it is readable."""
        try:
            data = self.sock.recv(READ_BYTES)
        except (ConnectionError, TimeoutError):
            data = b""
        now = time.monotonic_ns()
        if not data:
            self.close()
            return
        before = len(self.plain)
        if self._tls is None:
            self.plain += data
        else:
            self._inward.write(data)
            self._decrypt(self._tls)
        if before == 0 and self.plain:
            self.first_ns = now

    def write(self, data: bytes) -> None:
        """Send everything; blocks while the other side does not read."""
        try:
            if self._tls is not None:
                self._tls.write(data)
                data = self._outward.read()
            self.sock.sendall(data)
        except (ConnectionError, TimeoutError):
            self.close()

    def close(self) -> None:
        """Close; nothing is read or written any more."""
        self.open = False
        self.sock.close()

    def _decrypt(self, tls: ssl.SSLObject) -> None:
        try:
            if not self._shaken:
                tls.do_handshake()
                self._shaken = True
            while chunk := tls.read(READ_BYTES):
                self.plain += chunk
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            self.close()
            return
        if pending := self._outward.read():
            self.sock.sendall(pending)


class Request:
    """One HTTP request."""

    def __init__(self, head: bytes, body: bytes, raw: bytes) -> None:
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = lines[0].split(" ", 2)
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        self.path = self.target.partition("?")[0]
        self.body = body
        self.raw = raw


def next_request(plain: bytearray) -> Request | None:
    """Take one complete request off the front of ``plain``."""
    end = plain.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(plain[:end])
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    if len(plain) < end + 4 + length:
        return None
    raw = bytes(plain[: end + 4 + length])
    del plain[: end + 4 + length]
    return Request(head, raw[end + 4 :], raw)


def upgrade_answer(request: Request) -> bytes:
    """Return the answer that opens a WebSocket."""
    key = request.headers["sec-websocket-key"].encode()
    accept = base64.b64encode(hashlib.sha1(key + WS_MAGIC).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        + accept
        + b"\r\n\r\n"
    )


def text_frame(text: str) -> bytes:
    """Return one unmasked text frame."""
    return data_frame(text.encode(), TEXT)


def data_frame(data: bytes, kind: int) -> bytes:
    """Return one unmasked frame of a kind."""
    size = len(data)
    if size < 126:
        return bytes([0x80 | kind, size]) + data
    return struct.pack("!BBH", 0x80 | kind, 126, size) + data


def next_frame(plain: bytearray) -> tuple[int, bytes] | None:
    """Take one complete client frame (kind, payload) off the front of ``plain``."""
    if len(plain) < 2:
        return None
    size, at = plain[1] & 0x7F, 2
    if size == 126:
        if len(plain) < 4:
            return None
        size, at = int.from_bytes(plain[2:4], "big"), 4
    masked = plain[1] & 0x80
    mask = bytes(plain[at : at + 4]) if masked else b""
    at += len(mask)
    if len(plain) < at + size or (masked and len(mask) < 4):
        return None
    payload = bytes(plain[at : at + size])
    if mask:
        payload = bytes(byte ^ mask[place & 3] for place, byte in enumerate(payload))
    kind = plain[0] & 0x0F
    del plain[: at + size]
    return kind, payload
