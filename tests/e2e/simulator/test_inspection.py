"""The exchange's back room, and the program around it."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from hantu.domain.market_clock import MarketClock
from tests.e2e.simulator.client import SELL, STOCK
from tests.e2e.simulator.conftest import Start, scenario_text

PROGRAM = (
    "import sys; from hantu.simulator.server import run; sys.exit(run(sys.argv[1], stop_at_end='end' in sys.argv))"
)


async def test_state_tells_orders_money_and_sessions(start: Start):
    client = await start()
    stream = await client.stream()
    await stream.code("H0STCNT0", STOCK)
    before = time.monotonic()
    await client.order(SELL)
    state = await client.state()
    assert [order["symbol"] for order in state["orders"]] == [STOCK]
    assert [fill["quantity"] for fill in state["fills"]] == [3]
    assert state["accounts"]["1234567801"]["holdings"][STOCK]["quantity"] == 97
    assert state["stream"]["sessions"][0]["registrations"] == [f"H0STCNT0:{STOCK}"]
    call = state["order_calls"][0]
    assert before <= call["received_real"] <= time.monotonic()
    assert (call["tr_id"], call["code"], call["answered"]) == ("TTTC0011U", "APBK0013", True)
    # A page for people must not give keys away.
    assert "K" * 36 not in str(state)


async def test_price_set_by_hand_is_traded_at_once(start: Start):
    client = await start()
    stream = await client.stream()
    await stream.code("H0STCNT0", STOCK)
    status, _, _ = await client.call("POST", "/_sim/price", json={"symbol": STOCK, "price": 65000})
    assert status == 200
    while True:
        _, _, count, payload = await stream.frame("H0STCNT0")
        fields = payload.split("^")
        prices = [fields[place + 2] for place in range(0, len(fields), len(fields) // int(count))]
        if "65000" in prices:
            break
    assert 60_000 < int((await client.price())[1]["output"]["stck_prpr"]) < 66_000
    status, _, _ = await client.call("POST", "/_sim/price", json={"symbol": "999999", "price": 1})
    assert status == 409


@pytest.mark.parametrize(
    ("path", "body"), [("fault", {"kind": "nonsense"}), ("fault", {"kind": "cut", "whom": 1}), ("price", {})]
)
async def test_mistakes_are_told(start: Start, path: str, body: dict[str, object]):
    client = await start()
    status, answer, _ = await client.call("POST", f"/_sim/{path}", json=body)
    assert status == 400
    assert answer["error"]


async def test_clock_can_be_followed_from_another_process(start: Start):
    client = await start(speed=10)
    _, data, _ = await client.call("GET", "/_sim/clock")
    clock = MarketClock.from_json(data)
    assert clock == client.server.gateway.clock
    assert clock.speed == 10


async def program(tmp_path: Path, *arguments: str, **wishes: object) -> tuple[asyncio.subprocess.Process, str]:
    path = tmp_path / "day.yaml"
    path.write_text(scenario_text(**wishes), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(path), *arguments, stdout=asyncio.subprocess.PIPE, env=dict(os.environ)
    )
    assert process.stdout is not None
    text = ""
    while "/_sim/state" not in text:
        line = await asyncio.wait_for(process.stdout.readline(), 20)
        assert line, text
        text += line.decode()
    return process, text


async def test_program_tells_its_addresses_and_ends_on_request(tmp_path: Path):
    process, text = await program(tmp_path)
    assert "모의 거래소 시작" in text
    assert "12345678-01" in text
    url = text.split("REST")[1].split()[0]
    async with aiohttp.ClientSession() as session, session.post(url + "/_sim/stop") as answer:
        assert answer.status == 200
    assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_program_ends_on_a_signal(tmp_path: Path):
    process, _ = await program(tmp_path)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_program_ends_with_the_day_where_asked(tmp_path: Path):
    process, _ = await program(tmp_path, "end", speed=40_000, rate=0.1)
    assert await asyncio.wait_for(process.wait(), 10) == 0
