"""Clients of other people, unmodified: what they understand is not agreed between our own two sides."""

import asyncio
import json
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hantu.domain.session import KST
from hantu.simulator.scenario_file import parse_scenario
from hantu.simulator.server import SimulatorServer

SCENARIO = """
name: third party
clock: {start: "10:00:00"}
calendar: {always_open: true}
stocks:
  - {symbol: "005930", name: 삼성전자, base_price: 71000, liquidity: {trades_per_second: 10, depth: 5000}}
accounts:
  - {number: 12345678-01, hts_id: USER, holdings: [{symbol: "005930", quantity: 10, average_price: 70000}]}
"""
FOLDER = Path(__file__).parent
PATIENCE_S = 30


@pytest.fixture
async def server():
    scenario = parse_scenario(SCENARIO)
    # The clients compare the token's end with the machine's own calendar.
    today = datetime.now(KST).date() + timedelta(days=1)
    scenario = msgspec.structs.replace(scenario, clock=msgspec.structs.replace(scenario.clock, day=today))
    server = SimulatorServer(scenario, layout="2025")
    await server.start()
    yield server
    await server.stop()
    assert server.failure is None


async def driven(program: str, server: SimulatorServer, scratch: Path) -> tuple[dict[str, Any], str]:
    """Run a client in a process and a home of its own; returns what it printed and complained."""
    env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(FOLDER / program),
        server.rest_url,
        server.ws_url,
        cwd=scratch,
        env={**env, "HOME": str(scratch)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, complaints = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    except TimeoutError:
        process.kill()
        raise
    text = out.decode() + complaints.decode()
    assert process.returncode == 0, text
    # python-kis logs to the same output.
    return json.loads(next(line for line in text.splitlines() if line.startswith("{"))), text


def fills(server: SimulatorServer) -> list[int]:
    return [fill["quantity"] for fill in server.gateway.exchange.inspect()["fills"]]


async def test_python_kis_trades_on_the_practice_exchange(server: SimulatorServer, tmp_path: Path):
    values, complaints = await driven("drive_python_kis.py", server, tmp_path)
    assert values["trade"]["symbol"] == "005930"
    assert 60_000 < values["trade"]["price"] < 80_000
    assert values["book"]["asks"] == 10
    assert values["notice"] == {"symbol": "005930", "number": values["order"]["number"]}
    assert values["order"]["branch"] == server.gateway.order_calls[0].fields.get("KRX_FWDG_ORD_ORGNO", "03930")
    assert values["balance"] == {"005930": 7}
    assert values["quote"]["name"]
    assert values["subscriptions"] == 4
    assert fills(server) == [3]
    assert "Invalid data" not in complaints
    assert "Traceback" not in complaints


async def test_mojito_trades_on_the_practice_exchange(server: SimulatorServer, tmp_path: Path):
    values, complaints = await driven("drive_mojito.py", server, tmp_path)
    assert values["alive"]
    assert values["trade"]["유가증권단축종목코드"] == "005930"
    assert 60_000 < int(values["trade"]["주식현재가"]) < 80_000
    assert len(values["trade"]) == 46
    assert int(values["book"]["매도호가01"]) > int(values["book"]["매수호가01"])
    number = values["order"]["output"]["ODNO"]
    notice = values["notice"]
    assert (notice["주문번호"], notice["주식단축종목코드"], notice["체결종목명40"]) == (number, "005930", "삼성전자")
    assert int(notice["주문수량"]) == 3
    assert [row["hldg_qty"] for row in values["balance"]["output1"]] == ["7"]
    assert fills(server) == [3]
    assert "Traceback" not in complaints
    # It sends its requests back to back; the exchange takes them and keeps a note.
    assert [each.kind for each in server.gateway.anomalies].count("subscribe_too_fast") == 2
