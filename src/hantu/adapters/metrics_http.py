"""The metrics page on an address of its own: one page, no web server behind it."""

import asyncio
from collections.abc import Callable

from hantu.domain.errors import UsageError
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
HEAD_MAX = 8 * 1024
WAIT_S = 5.0
"""Real seconds a client may take to ask."""
CLIENTS_MAX = 16
PATH = "/metrics"
TEXT = "text/plain; version=0.0.4; charset=utf-8"


class MetricsHttp:
    """Answers ``GET /metrics`` and nothing else; ``page`` returns what was rendered last."""

    def __init__(self, address: tuple[str, int], page: Callable[[], bytes]) -> None:
        self._address, self._page = address, page
        self._server: asyncio.Server | None = None
        self._clients = 0
        self.port = 0

    async def open(self) -> None:
        """Listen.

        Raises:
            UsageError: The port is in use, or the address is not ours; names it.
        """
        host, port = self._address
        try:
            self._server = await asyncio.start_server(self._serve, host, port, limit=HEAD_MAX)
        except OSError as error:
            raise UsageError(
                f"측정값 주소 {host}:{port} 를 열 수 없습니다({error.strerror or error}).",
                next_step="다른 프로그램이 그 포트를 쓰는지 확인하거나 metrics.address 를 바꾸세요.",
            ) from error
        self.port = int(self._server.sockets[0].getsockname()[1])
        SystemLog.info("측정값 주소 열림: %s:%s", host, self.port)

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients += 1
        try:
            if self._clients <= CLIENTS_MAX:
                async with asyncio.timeout(WAIT_S):
                    head = await reader.readuntil(b"\r\n\r\n")
                    writer.write(answer(head, self._page))
                    await writer.drain()
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            # A client that asks nothing, or too much, concerns nobody else.
            SystemLog.debug("측정값 연결 종료")
        finally:
            self._clients -= 1
            writer.close()


def answer(head: bytes, page: Callable[[], bytes]) -> bytes:
    """Return the whole answer to one request head."""
    first, _, rest = head.partition(b"\r\n")
    method, _, target = first.partition(b" ")
    path = target.partition(b" ")[0].partition(b"?")[0]
    if b"\r\norigin:" in b"\r\n" + rest.lower():
        # Programs send none; a browser that does was sent here by some page.
        return _reply("403 Forbidden", b"browsers are not served\n")
    if method not in (b"GET", b"HEAD"):
        return _reply("405 Method Not Allowed", b"only GET\n")
    if path != PATH.encode():
        return _reply("404 Not Found", b"only /metrics\n")
    body = page()
    full = _reply("200 OK", body)
    return full[: len(full) - len(body)] if method == b"HEAD" else full


def _reply(status: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {TEXT}\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
