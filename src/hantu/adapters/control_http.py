"""The guard's control address: two calls over HTTP, for programs of this machine that show a secret; and its metrics."""

import hmac
from collections.abc import Awaitable, Callable

from aiohttp import web

from hantu.domain.errors import HantuError, UsageError
from hantu.runtime.order_desk import Answer, OrderDesk
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
BODY_MAX = 16 * 1024
CLIENT_HEADER = "X-Hantu-Client"
NAME_MAX = 40
METRICS_TEXT = "text/plain; version=0.0.4; charset=utf-8"


class ControlHttp:
    """Serves ``/issue_token`` and ``/place_order`` on one loopback address."""

    def __init__(
        self, desk: OrderDesk, address: tuple[str, int], secret: str, metrics: Callable[[], bytes] | None = None
    ) -> None:
        """Prepare; ``metrics`` returns the page for ``/metrics``, which needs no secret and shows none."""
        self._desk = desk
        self._metrics = metrics
        self._address = address
        self._expected = f"Bearer {secret}".encode()
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def open(self) -> None:
        """Listen.

        Raises:
            UsageError: The port is in use, or the address is not ours; names it.
        """
        app = web.Application(client_max_size=BODY_MAX)
        app.router.add_post("/issue_token", self._issue_token)
        app.router.add_post("/place_order", self._place_order)
        if self._metrics is not None:
            app.router.add_get("/metrics", self._show_metrics)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await runner.setup()
        host, port = self._address
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            await runner.cleanup()
            raise UsageError(
                f"제어 주소 {host}:{port} 를 열 수 없습니다({error.strerror or error}).",
                next_step="다른 프로그램이 그 포트를 쓰는지 확인하거나 guard.control_address 를 바꾸세요.",
            ) from error
        self._runner = runner
        self.port = int(runner.addresses[0][1])
        SystemLog.info("제어 주소 열림: %s:%s", host, self.port)

    async def close(self) -> None:
        """Stop listening; requests under way have a second to end."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _issue_token(self, request: web.Request) -> web.Response:
        return await self._answer(request, self._desk.issue_token)

    async def _place_order(self, request: web.Request) -> web.Response:
        return await self._answer(request, self._desk.place_order)

    async def _show_metrics(self, request: web.Request) -> web.Response:
        if "Origin" in request.headers or self._metrics is None:
            return _json(Answer(403, {"outcome": "rejected", "code": "origin", "reason": "browsers are not served"}))
        return web.Response(body=self._metrics(), headers={"Content-Type": METRICS_TEXT, "Cache-Control": "no-store"})

    async def _answer(self, request: web.Request, call: Callable[[bytes, str], Awaitable[Answer]]) -> web.Response:
        shown = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, self._expected):
            SystemLog.warning("제어 주소: 인증되지 않은 요청 거부 %s", request.path)
            return _json(Answer(401, {"outcome": "rejected", "code": "unauthorized", "reason": "unauthorized"}))
        if "Origin" in request.headers:
            # Programs send none; a browser that does was sent here by some page.
            return _json(Answer(403, {"outcome": "rejected", "code": "origin", "reason": "browsers are not served"}))
        name = "".join(char for char in request.headers.get(CLIENT_HEADER, "")[:NAME_MAX] if char.isprintable())
        try:
            return _json(await call(await request.read(), f"http:{name or 'client'}"))
        except HantuError as error:
            return _json(Answer(400, {"outcome": "rejected", "code": "usage", "reason": str(error)}))


def _json(answer: Answer) -> web.Response:
    return web.json_response(dict(answer.body), status=answer.status, headers={"Cache-Control": "no-store"})
