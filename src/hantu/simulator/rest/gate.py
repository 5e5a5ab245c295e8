"""The door of the REST gateway: faults, limits, keys and form are checked before anything is answered."""

import asyncio
from collections.abc import Mapping
from typing import Final

import msgspec
from aiohttp import web

from hantu.kis.endpoints import Route
from hantu.kis.rest import fold_query
from hantu.simulator.gateway import Gateway, OrderCall, masked
from hantu.simulator.rest.orders import BAD_BODY, is_order
from hantu.simulator.rest.reads import ROUTES, answer
from hantu.simulator.rest.replies import Call, Reply, failure, response_of
from hantu.simulator.scenario import Fault
from hantu.simulator.sockets import reset

MAINTENANCE_PAGE: Final = "<html><body>서버 점검 중입니다. 이용에 불편을 드려 죄송합니다.</body></html>"
NOT_FOUND_CODE: Final = "OPSQ0002"
NOT_PAPER_CODE: Final = "EGW02006"
RATE_CODE: Final = "EGW00201"
LEDGER_RATE_CODE: Final = "EGW00215"
DUTIFUL_HEADERS: Final = ("content-type", "authorization", "appkey", "appsecret", "tr_id", "custtype")
"""Headers the documents demand of every call; a missing one is written down."""
DEFAULT_DELAY_S: Final = 1.0
SILENCE_STEP_S: Final = 0.05
"""How often, in real seconds, a held connection looks whether it may end."""


class RestGate:
    """Answers every call below ``/uapi/`` that carries a TR id."""

    def __init__(self, gateway: Gateway, *, silence_step_s: float = SILENCE_STEP_S) -> None:
        self._gateway = gateway
        self._silence_step_s = silence_step_s
        self._serial = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, or carry out the fault that hits it."""
        gateway = self._gateway
        received = gateway.real()
        tr_id = request.headers.get("tr_id", "")
        names = ("rest", tr_id, request.path.rsplit("/", 1)[-1])
        blocked = await self.interference(request, names)
        if blocked is not None:
            return blocked
        body = await request.read()
        gateway.play()
        result = self._examine(request, body, tr_id)
        if isinstance(result, Reply):
            return self._respond(result, tr_id)
        if gateway.faults.take("rate_limit", gateway.mono(), *names) is not None:
            return self._respond(failure(RATE_CODE), tr_id)
        reply = answer(gateway, result)
        lost = gateway.faults.take("lost_response", gateway.mono(), *names) if _may_get_lost(result) else None
        if is_order(result):
            self._record(result, reply, received, answered=lost is None, client=self._client(request))
            gateway.flush()
        late = gateway.faults.active("delay", gateway.mono(), *names)
        if late is not None and late.params.get("after"):
            # Done, but told late: notices overtake the answer.
            await self._wait(late)
        if lost is not None:
            await self._lose(request, lost)
        return self._respond(reply, tr_id)

    async def interference(self, request: web.Request, names: tuple[str, ...]) -> web.StreamResponse | None:
        """Carry out network faults and write down transport sins; None lets the call pass."""
        gateway = self._gateway
        self._watch_transport(request)
        delay = gateway.faults.active("delay", gateway.mono(), *names)
        if delay is not None and not delay.params.get("after"):
            await self._wait(delay)
        if gateway.faults.active("silence", gateway.mono(), *names) is not None:
            await self._hold(request, names)
            reset(request.transport)
            return web.Response(status=503)
        if gateway.faults.active("maintenance", gateway.mono(), *names) is not None:
            return web.Response(status=503, text=MAINTENANCE_PAGE, content_type="text/html", charset="utf-8")
        return None

    def _watch_transport(self, request: web.Request) -> None:
        # aiohttp queues what arrives before the answer left; a broker's gateway may drop it.
        waiting = getattr(request.protocol, "_messages", ())
        if len(waiting) > 0:
            self._gateway.note("pipelined", request.path, self._client(request))
        if not request.raw_path.isascii():
            self._gateway.note("unescaped", request.path, self._client(request))

    def _examine(self, request: web.Request, body: bytes, tr_id: str) -> Call | Reply:
        gateway, client = self._gateway, self._client(request)
        for header in DUTIFUL_HEADERS:
            if not request.headers.get(header):
                gateway.note("missing_header", header, client, path=request.path)
        appkey = request.headers.get("appkey", "")
        refusal = gateway.identity.authorize(
            request.headers.get("authorization", ""), appkey, request.headers.get("appsecret", ""), gateway.wall()
        )
        if refusal is not None:
            gateway.note("refused_key", refusal.code, client)
            return failure(refusal.code, refusal.message, status=refusal.http)
        if not gateway.calls.admit(appkey, gateway.mono()):
            gateway.note("rate_exceeded", request.path, client)
            return failure(RATE_CODE)
        route = ROUTES.get((request.path, tr_id))
        if route is None or request.method != route.endpoint.method:
            gateway.note("unknown_tr", f"{request.method} {request.path} {tr_id}", client)
            return failure(NOT_FOUND_CODE, status=500)
        return self._accepted(route, request, body, tr_id)

    def _accepted(self, route: Route, request: web.Request, body: bytes, tr_id: str) -> Call | Reply:
        gateway, client = self._gateway, self._client(request)
        if not (route.paper if gateway.paper else route.real):
            gateway.note("wrong_host", tr_id, client)
            return failure(NOT_PAPER_CODE if gateway.paper else NOT_FOUND_CODE, status=500)
        appkey = request.headers.get("appkey", "")
        if route.endpoint.ledger and gateway.ledger is not None and not gateway.ledger.admit(appkey, gateway.mono()):
            gateway.note("ledger_rate_exceeded", request.path, client)
            return failure(LEDGER_RATE_CODE)
        fields: Mapping[str, object] = fold_query(request.query)
        if route.endpoint.method == "POST":
            parsed = parse_body(body)
            if isinstance(parsed, str):
                gateway.note("malformed_body", parsed, client, tr_id=tr_id)
                return failure(BAD_BODY)
            fields = parsed
        return Call(route.endpoint, tr_id, fields, route.older, request.headers.get("tr_cont", "").strip())

    def _respond(self, reply: Reply, tr_id: str) -> web.Response:
        self._serial += 1
        return response_of(reply, tr_id, f"{self._gateway.seed & 0xFFFF:04x}{self._serial:024d}")

    def _record(self, call: Call, reply: Reply, received: float, *, answered: bool, client: str) -> None:
        fields = {key: str(value) for key, value in call.fields.items()}
        wall = self._gateway.wall()
        self._gateway.note_order(
            OrderCall(received, wall, call.tr_id, fields, reply.code, reply.order_no, answered, client)
        )

    async def _wait(self, fault: Fault) -> None:
        await asyncio.sleep(self._gateway.clock.real_delay(fault.params.get("seconds", DEFAULT_DELAY_S)))

    async def _hold(self, request: web.Request, names: tuple[str, ...]) -> None:
        while self._gateway.faults.active("silence", self._gateway.mono(), *names) is not None and _alive(request):  # noqa: ASYNC110  a fault ends by the simulated clock, not by an event
            await asyncio.sleep(self._silence_step_s)

    async def _lose(self, request: web.Request, fault: Fault) -> None:
        patience = self._gateway.clock.real_delay(fault.params.get("hang", 0.0))
        deadline = self._gateway.real() + patience
        while self._gateway.real() < deadline and _alive(request):  # noqa: ASYNC110  a fault ends by the simulated clock, not by an event
            await asyncio.sleep(min(self._silence_step_s, patience))
        reset(request.transport)

    def _client(self, request: web.Request) -> str:
        return masked(request.headers.get("appkey", "")) or (request.remote or "")


def parse_body(body: bytes) -> dict[str, object] | str:
    """Return the object in a body, or what is wrong with it."""
    try:
        parsed = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return f"not JSON: {error}"
    if not isinstance(parsed, dict):
        return "not an object"
    low = sorted(key for key in parsed if key != key.upper())
    return f"keys not in upper case: {low}" if low else parsed


def _may_get_lost(call: Call) -> bool:
    return call.endpoint.method == "POST"


def _alive(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()
