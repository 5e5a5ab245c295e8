"""Pages under ``/_sim/`` for people and tests: look inside, start a fault, move a price, stop."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import time
from typing import Any, Final

import msgspec
from aiohttp import web

from hantu.simulator.gateway import Gateway
from hantu.simulator.scenario import Fault
from hantu.simulator.stream.hub import StreamHub

PREFIX: Final = "/_sim"
_NOW: Final = time(0, 0)
"""``at`` of a fault that begins when it is posted; the exchange ignores it."""


class PriceWish(msgspec.Struct, forbid_unknown_fields=True):
    """Let the market trade at a price now."""

    symbol: str
    price: int


class Inspection:
    """The exchange's back room; not part of the broker's interface."""

    def __init__(
        self, gateway: Gateway, hub: StreamHub, begin: Callable[[Fault], Awaitable[None]], stopping: asyncio.Event
    ) -> None:
        self._gateway = gateway
        self._hub = hub
        self._begin = begin
        self._stopping = stopping

    def routes(self) -> list[web.RouteDef]:
        """Return where the pages live."""
        return [
            web.get(f"{PREFIX}/state", self.state),
            web.get(f"{PREFIX}/anomalies", self.anomalies),
            web.get(f"{PREFIX}/clock", self.clock),
            web.post(f"{PREFIX}/fault", self.fault),
            web.post(f"{PREFIX}/price", self.price),
            web.post(f"{PREFIX}/stop", self.stop),
        ]

    async def state(self, _request: web.Request) -> web.Response:
        """Everything the exchange and its gateway hold."""
        gateway = self._gateway
        gateway.play()
        return _json({**gateway.exchange.inspect(), **gateway.inspect(), "stream": self._hub.inspect()})

    async def anomalies(self, _request: web.Request) -> web.Response:
        """What well-behaved clients would not have done, oldest first."""
        return _json([{**asdict(each), "at": each.at.isoformat()} for each in self._gateway.anomalies])

    async def clock(self, _request: web.Request) -> web.Response:
        """The simulated clock, on the machine's monotonic clock."""
        gateway = self._gateway
        return _json({**gateway.clock.to_json(), "wall": gateway.wall().isoformat(), "mono": gateway.mono()})

    async def fault(self, request: web.Request) -> web.Response:
        """Begin a fault now; the schema is the scenario's, ``at`` may be left out."""
        try:
            wish = msgspec.json.decode(await request.read())
            if not isinstance(wish, dict):
                raise msgspec.ValidationError("not an object")
            fault = msgspec.convert({"at": _NOW.isoformat(), **wish}, Fault, strict=False)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return _json({"error": str(error)}, status=400)
        await self._begin(fault)
        return _json({"begun": fault.kind})

    async def price(self, request: web.Request) -> web.Response:
        """Let the market trade a stock at a price now."""
        try:
            wish = msgspec.json.decode(await request.read(), type=PriceWish)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return _json({"error": str(error)}, status=400)
        gateway = self._gateway
        gateway.play()
        if not gateway.exchange.trade_at(wish.symbol, wish.price, gateway.wall()):
            return _json({"error": f"{wish.symbol}: no trade at {wish.price} now"}, status=409)
        gateway.flush()
        return _json({"traded": wish.symbol, "price": wish.price})

    async def stop(self, _request: web.Request) -> web.Response:
        """End the program after this answer."""
        self._stopping.set()
        return _json({"stopping": True})


def _json(data: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(data), content_type="application/json")
