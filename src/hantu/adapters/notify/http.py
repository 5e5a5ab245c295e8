"""One HTTP call of a channel: its own session, its own time limit, and whether bytes may have left.

A fresh connection carries every call: on one kept open nobody can tell a peer that had
long hung up from one that read the message and died.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec

from hantu.domain.delivery import Receipt, ambiguous, permanent, retry_at, temporary
from hantu.domain.errors import UsageError
from hantu.telemetry import mask

TIMEOUT_S = 5.0
ANSWER_LIMIT = 65_536
"""Bytes read of an answer."""
SAID_MAX = 200
"""Characters kept of a channel's own words."""
BUSY = frozenset({408, 425})
"""Client errors that are the server's state, not the message's."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that came; ``body`` is empty when it is no JSON object."""

    status: int
    body: Mapping[str, Any]
    retry_after_s: float | None = None
    text: str = ""
    date_s: float | None = None
    """The answerer's own clock, seconds since 1970; None where it does not say."""


class HttpDoor:
    """Makes calls; nothing here waits or retries."""

    def __init__(self, timeout_s: float = TIMEOUT_S, answer_limit: int = ANSWER_LIMIT) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._answer_limit = answer_limit
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self, url: str, *, data: bytes | Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Reply | Receipt:
        """Return the answer; without one a receipt: temporary if nothing left, else ambiguous."""
        return await self._call("POST", url, data, headers)

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Reply | Receipt:
        """Return the answer, or the receipt of a call that got none."""
        return await self._call("GET", url, None, headers)

    async def aclose(self) -> None:
        """Close the session."""
        if self._session:
            await self._session.close()
            self._session = None

    async def _call(
        self, method: str, url: str, data: bytes | Mapping[str, str] | None, headers: Mapping[str, str] | None
    ) -> Reply | Receipt:
        if self._session is None:
            self._session = _session(self._timeout)
        call = SimpleNamespace(connected=False)
        reply: Reply | None = None
        try:
            async with self._session.request(
                method, url, data=data, headers=headers, allow_redirects=False, trace_request_ctx=call
            ) as response:
                reply = Reply(response.status, {}, _retry_after_s(response.headers))
                content = await _bounded(response.content, self._answer_limit)
                said_at = _date(response.headers.get("Date", ""))
                return Reply(
                    response.status, _object(content), reply.retry_after_s, _words(content),
                    said_at.timestamp() if said_at else None,
                )  # fmt: skip
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            # The error's own text may hold the address and with it a token.
            failure = type(error).__name__
        if reply is not None and reply.status >= 300:
            # The refusal is known; only its words were lost.
            return reply
        if call.connected:
            return ambiguous(f"보냈으나 응답을 받지 못했습니다: {failure}")
        return temporary(f"연결하지 못했습니다: {failure}")


def json_bytes(body: Mapping[str, Any]) -> bytes:
    """Return a JSON body as every sender writes it."""
    return msgspec.json.encode(body)


JSON_HEADERS: Mapping[str, str] = {"Content-Type": "application/json; charset=utf-8"}


def judged(reply: Reply, said: str = "") -> Receipt:
    """Return what an HTTP status other than 2xx means: 408, 425, 429 and 5xx pass, the rest stays."""
    reason = f"{reply.status} {said}".strip()
    if reply.retry_after_s is not None and (reply.status in {429, 503} or reply.status in BUSY):
        return retry_at(reply.retry_after_s, reason)
    if reply.status in {429, *BUSY} or reply.status >= 500 or reply.status < 200:
        return temporary(reason)
    return permanent(reason)


def check_address(url: str, name: str) -> None:
    """Refuse an address that would carry a secret in clear off this machine.

    Raises:
        UsageError: Neither https nor a loopback address; ``name`` is the setting.
    """
    address = urlsplit(url)
    if (address.scheme == "https" and address.hostname) or (
        address.scheme == "http" and is_loopback(address.hostname or "")
    ):
        return
    raise UsageError(f"{name} 주소는 https이거나 이 컴퓨터의 주소여야 합니다.", next_step=f"{name} 설정을 확인하세요.")


def is_loopback(host: str) -> bool:
    """Tell whether a host name can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _session(timeout: aiohttp.ClientTimeout) -> aiohttp.ClientSession:
    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(_connected)
    # No cookies, no proxy from the environment, no compression: what a channel sees is what stands here.
    return aiohttp.ClientSession(
        timeout=timeout,
        trace_configs=[trace],
        connector=aiohttp.TCPConnector(force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "hantu"},
    )


async def _connected(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _end: aiohttp.TraceConnectionCreateEndParams
) -> None:
    context.trace_request_ctx.connected = True


async def _bounded(content: aiohttp.StreamReader, limit: int) -> bytes:
    read = b""
    while len(read) < limit and (chunk := await content.read(limit - len(read))):
        read += chunk
    return read


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        body = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _words(content: bytes) -> str:
    return short_words(content[: SAID_MAX * 4].decode("utf-8", "replace"))


def short_words(text: object) -> str:
    """Return a channel's words on one line, bounded and masked."""
    return mask(" ".join(str(text).split())[:SAID_MAX])


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the wait of Retry-After; a date is read against the answer's own Date, never our clock."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return float(text)
    until, now = _date(text), _date(headers.get("Date", ""))
    return (until - now).total_seconds() if until and now else None


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
