"""What stands before everything: request ids, sizes, hosts, origins, headers, the log of access, the last net.

Plain ASGI, so that a stream passes through without being gathered.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from hantu.api.problems import CODES, INTERNAL, ErrorBody, Problem
from hantu.domain.instant import utc_text
from hantu.ports import Clock
from hantu.telemetry import get_logger, log_error

AccessLog = get_logger(__name__, "system")
BODY_MAX: Final = 64 * 1024
"""Bytes of a request; the largest honest one is under one tenth of it."""
CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types vue"
)
HEADERS: Final = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)
HSTS: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE"})
CHANGING: Final = frozenset({"POST", "PATCH", "DELETE"})
SAME_SITE: Final = frozenset({"same-origin", "none"})
QUIET: Final = frozenset({"/api/v1/health"})
"""Asked every few seconds by machines; not worth a line each."""

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class Shield:
    """Wraps the whole application; ``hosts`` are the names under which it may be called."""

    def __init__(self, app: App, *, clock: Clock, draw: Callable[[], str], hosts: Iterable[str], secure: bool) -> None:
        self._app = app
        self._clock = clock
        self._draw = draw
        self._hosts = frozenset(host.lower() for host in hosts)
        self._headers = (*HEADERS, HSTS) if secure else HEADERS
        self._scheme = "https" if secure else "http"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = self._draw()
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        began = self._clock.now().mono
        told: dict[str, Any] = {"status": 0, "started": False}

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                told.update(status=message["status"], started=True)
                message["headers"] = [*message.get("headers", ()), *self._own(scope, request_id)]
            await send(message)

        try:
            problem = self._flaw(scope)
            if problem is not None:
                await self._refuse(problem, request_id, sending)
            else:
                await self._app(scope, _bounded(receive), sending)
        except Exception as error:  # noqa: BLE001  (the boundary: a bug of ours is logged with its trace, never shown)
            log_error(AccessLog, f"요청 처리 실패 [{request_id}] {scope['method']} {scope['path']}", error=error)
            if not told["started"]:
                await self._refuse(Problem(500, "internal", INTERNAL), request_id, sending)
        finally:
            took_ms = (self._clock.now().mono - began) * 1_000
            if scope["path"] not in QUIET or told["status"] >= 400:
                AccessLog.info(
                    "%s %s %s %.0fms [%s] %s", scope["method"], _printable(scope["path"]), told["status"], took_ms,
                    request_id, state.get("who", "-"),
                )  # fmt: skip

    def _own(self, scope: Scope, request_id: str) -> list[tuple[bytes, bytes]]:
        own = [*self._headers, (b"x-request-id", request_id.encode())]
        if scope["path"].startswith("/api/"):
            own.append((b"cache-control", b"no-store"))
        return own

    def _flaw(self, scope: Scope) -> Problem | None:
        """Return why a request is not looked at."""
        headers = {name: value for name, value in scope["headers"]}  # noqa: C416  (the last of a name counts)
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if scope["method"] not in METHODS:
            return Problem(405, "method_not_allowed", "쓸 수 없는 방식입니다.")
        if (urlsplit(f"//{host}").hostname or "") not in self._hosts:
            return Problem(400, "wrong_host", "이 이름으로는 답하지 않습니다.", next_step="server.names 를 확인하세요.")
        if not scope["path"].startswith("/api/"):
            return None
        origin = headers.get(b"origin", b"").decode("latin-1").lower()
        if origin and origin != f"{self._scheme}://{host}":
            return Problem(403, "wrong_origin", "다른 곳의 페이지에서 온 요청은 받지 않습니다.")
        if headers.get(b"sec-fetch-site", b"none").decode("latin-1") not in SAME_SITE:
            return Problem(403, "wrong_origin", "다른 곳의 페이지에서 온 요청은 받지 않습니다.")
        return self._body_flaw(scope, headers)

    def _body_flaw(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Problem | None:
        length = headers.get(b"content-length", b"0")
        if not length.isdigit():
            return Problem(400, "bad_request", "본문의 길이를 읽을 수 없습니다.")
        if int(length) > BODY_MAX:
            return _too_large()
        has_body = int(length) > 0 or b"transfer-encoding" in headers
        kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if has_body and scope["method"] in CHANGING and kind != b"application/json":
            return Problem(415, "unsupported_media_type", "본문은 application/json 이어야 합니다.")
        return None

    async def _refuse(self, problem: Problem, request_id: str, send: Send) -> None:
        body = error_body(problem, request_id, self._clock).model_dump_json().encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": problem.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def error_body(problem: Problem, request_id: str, clock: Clock) -> ErrorBody:
    """Return the body of a refusal."""
    return ErrorBody(
        code=problem.code or CODES.get(problem.status, "error"), message=problem.message, request_id=request_id,
        time=utc_text(clock.now().wall), fields=problem.fields, next_step=problem.next_step,
    )  # fmt: skip


def _too_large() -> Problem:
    return Problem(413, "too_large", f"본문이 너무 큽니다({BODY_MAX:,}바이트까지).")


def _bounded(receive: Receive) -> Receive:
    size = 0

    async def bounded() -> MutableMapping[str, Any]:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > BODY_MAX:
            raise _too_large()
        return message

    return bounded


def _printable(path: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in path[:200])
