"""Practice exchanges on free ports of this machine, one per test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from hantu.simulator.scenario_file import parse_scenario
from hantu.simulator.server import SimulatorServer
from tests.e2e.simulator.client import Client

SCENARIO = """
name: test
clock: {{date: 2026-11-23, start: "10:00:00", speed: {speed}}}
gateway: {gateway}
rules: {rules}
stocks:
  - {{symbol: "005930", name: 삼성전자, base_price: 71000, liquidity: {{trades_per_second: {rate}, depth: 5000}}}}
{stocks}
accounts:
  - number: 12345678-01
    hts_id: USER
    holdings:
      - {{symbol: "005930", quantity: 100, average_price: 70000}}
{holdings}
{faults}
"""

Start = Callable[..., Awaitable[Client]]


def scenario_text(
    *,
    speed: float = 1,
    rate: float = 20,
    gateway: str = "{}",
    rules: str = "{}",
    more_stocks: int = 0,
    faults: str = "",
) -> str:
    codes = [f"1{number:05d}" for number in range(more_stocks)]
    quiet = "liquidity: {trades_per_second: 0}"
    return SCENARIO.format(
        speed=speed,
        rate=rate,
        gateway=gateway,
        rules=rules,
        stocks="\n".join(f'  - {{symbol: "{code}", name: 종목{code}, base_price: 1000, {quiet}}}' for code in codes),
        holdings="\n".join(f'      - {{symbol: "{code}", quantity: 1, average_price: 1000}}' for code in codes),
        faults=faults,
    )


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start exchanges; returns a client that has a token already."""
    servers: list[SimulatorServer] = []
    clients: list[Client] = []

    async def begin(*, layout: Any = None, token: bool = True, **wishes: Any) -> Client:
        server = SimulatorServer(parse_scenario(scenario_text(**wishes)), layout=layout)
        servers.append(server)
        await server.start()
        client = Client(server, aiohttp.ClientSession())
        clients.append(client)
        if token:
            assert (await client.token())[0] == 200
        return client

    yield begin
    for client in clients:
        client.leave()
        await client.session.close()
    for server in servers:
        await server.stop()
        assert server.failure is None
