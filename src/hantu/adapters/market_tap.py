"""The guard's prices for others: raw trade frames on a local socket, one way, never waited for.

Invariants:
1. ``offer`` and everything after it neither waits nor raises; a reader that is slow or
   stopped loses messages, and the next one's number says how many frames.
2. Only plain trade frames pass; a notice, which names the account, never does.
3. Without a reader a frame costs one comparison.

A message: number of the first frame in it since this tap was opened (8 bytes), then the
frames, each ended by a newline.
"""

import asyncio
import os
import socket
import struct
from contextlib import suppress
from pathlib import Path

from hantu.kis.hot import TRADE_TR_IDS
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
HEAD = struct.Struct("!Q")
FLUSH_S = 0.002
"""Real seconds frames are gathered; the guard's own work on them is done before."""
MESSAGE_BYTES = 32 * 1024
"""A message goes at once when it has grown to this."""
READERS_MAX = 4
SEND_BUFFER = 1 << 20
"""Asked of the kernel, which may give less; what fits in is what a slow reader may lag behind."""
_PASSES = frozenset(name.encode() for name in TRADE_TR_IDS)


class MarketTap:
    """Serves one unix socket of sequenced packets; every method runs in the guard's loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._listener: socket.socket | None = None
        self._readers: list[socket.socket] = []
        self._waiting: list[bytes] = []
        self._size = 0
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None
        self.lost = 0
        """Messages no reader had room for."""

    def offer(self, frame: bytes) -> None:
        """Hand on one text frame of the stream, after it was handled here."""
        if not self._readers or frame[:2] != b"0|" or frame[2:10] not in _PASSES:
            return
        self._waiting.append(frame)
        self._size += len(frame)
        if self._size >= MESSAGE_BYTES:
            self._flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_S, self._flush)

    def open(self) -> None:
        """Listen; a guard whose prices nobody can have guards all the same."""
        line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        before = os.umask(0o177)
        try:
            self._path.unlink(missing_ok=True)
            line.bind(str(self._path))
            line.listen(READERS_MAX)
        except OSError as error:
            line.close()
            SystemLog.error("시세 소켓을 열지 못함, 감시는 계속합니다: %s (%s)", self._path, error)
            return
        finally:
            os.umask(before)
        self._listener = line
        asyncio.get_running_loop().add_reader(line.fileno(), self._accept)

    def close(self) -> None:
        """Let every reader go."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for reader in list(self._readers):
            self._drop(reader)
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener.fileno())
            self._listener.close()
            self._listener = None
            self._path.unlink(missing_ok=True)

    # --- leaves ---------------------------------------------------------------------

    def _accept(self) -> None:
        assert self._listener is not None
        with suppress(OSError):
            reader, _ = self._listener.accept()
            if len(self._readers) >= READERS_MAX:
                reader.close()
                return
            reader.setblocking(False)
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            self._readers.append(reader)
            asyncio.get_running_loop().add_reader(reader.fileno(), self._heard, reader)

    def _heard(self, reader: socket.socket) -> None:
        """A reader has nothing to say: whatever comes is its end."""
        with suppress(BlockingIOError):
            try:
                said = reader.recv(1)
            except OSError:
                said = b""
            if not said:
                self._drop(reader)

    def _drop(self, reader: socket.socket) -> None:
        asyncio.get_running_loop().remove_reader(reader.fileno())
        self._readers.remove(reader)
        reader.close()
        if not self._readers:
            self._waiting.clear()
            self._size = 0

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._waiting:
            return
        message = HEAD.pack(self._number) + b"\n".join(self._waiting) + b"\n"
        self._number += len(self._waiting)
        self._waiting.clear()
        self._size = 0
        for reader in list(self._readers):
            try:
                reader.send(message, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
            except BlockingIOError:
                self.lost += 1
            except OSError:
                self._drop(reader)
