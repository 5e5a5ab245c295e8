"""Everything that can go wrong on the network, begun through the inspection pages."""

import asyncio
import socket
from collections.abc import Callable

import aiohttp
import pytest

from tests.e2e.simulator.client import PATIENCE_S, SELL, STOCK, Client, Stream
from tests.e2e.simulator.conftest import Start

LOST = (aiohttp.ClientConnectionError, ConnectionError)
GONE = (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.ERROR)


async def subscribed(start: Start, **wishes: object) -> tuple[Client, Stream]:
    client = await start(**wishes)
    stream = await client.stream()
    assert await stream.code("H0STCNT0", STOCK) == "OPSP0000"
    await stream.frame("H0STCNT0")
    return client, stream


async def until(condition: Callable[[], bool]) -> None:
    """Wait for the server to reach a state; it works in steps of 10 ms."""
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("never happened")


@pytest.mark.parametrize("clean", [0, 1])
async def test_cut_ends_sessions_with_or_without_a_farewell(start: Start, clean: int):
    client, stream = await subscribed(start)
    reading = asyncio.create_task(stream.end())
    await client.fault("cut", params={"clean": clean})
    last = await reading
    assert last.type in GONE
    assert stream.socket.close_code == (1000 if clean else 1006)
    again = await client.stream()
    assert await again.code("H0STCNT0", STOCK) == "OPSP0000"


async def test_cut_may_hit_one_session_only(start: Start):
    client, stream = await subscribed(start)
    other = await client.other().stream()
    assert await other.code("H0STCNT0", STOCK) == "OPSP0000"
    await client.fault("cut", target="1")
    assert (await stream.end()).type in GONE
    await other.frame("H0STCNT0")


async def test_refused_ports_come_back_under_the_same_address(start: Start):
    client, stream = await subscribed(start)
    await client.fault("refuse", duration=0.4)
    ports = client.server._ports
    await until(lambda: not ports["rest"].listening and not ports["ws"].listening)
    assert (await stream.end()).type in GONE
    # Nobody else gets the port in the meantime.
    with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
        stranger.bind(("127.0.0.1", ports["ws"].port))
    # Connections that were kept open are of no use either.
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.price()
    async with aiohttp.ClientSession() as session:
        for url in (client.server.rest_url, client.server.ws_url.replace("ws:", "http:")):
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(url)
    await until(lambda: ports["rest"].listening and ports["ws"].listening)
    again = await client.stream()
    assert await again.code("H0STCNT0", STOCK) == "OPSP0000"


async def test_stream_alone_may_refuse(start: Start):
    client, stream = await subscribed(start)
    await client.fault("refuse_ws", duration=0.3)
    assert (await stream.end()).type in GONE
    assert (await client.price())[0] == 200
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.stream()


async def test_delay_makes_calls_and_frames_late(start: Start):
    client, stream = await subscribed(start)
    loop = asyncio.get_running_loop()
    await client.fault("delay", target="rest", duration=1, params={"seconds": 0.3})
    begin = loop.time()
    assert (await client.price())[0] == 200
    assert loop.time() - begin >= 0.3
    await client.fault("delay", target="ws", duration=2, params={"seconds": 0.3})
    begin = loop.time()
    assert await stream.code("H0STASP0", STOCK) == "OPSP0000"
    assert loop.time() - begin >= 0.3


async def test_silent_stream_stays_open_and_tells_nothing(start: Start):
    client, stream = await subscribed(start)
    await client.fault("silence", target="ws", duration=0.6)
    await asyncio.sleep(0.05)
    stream.data.clear()
    await stream.socket.ping(b"?")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stream.socket.receive(), 0.3)
    await stream.frame("H0STCNT0")
    assert await stream.code("H0STASP0", STOCK) == "OPSP0000"


async def test_silent_stream_may_answer_pings_all_the_same(start: Start):
    client, stream = await subscribed(start)
    await client.fault("silence", target="ws", duration=0.6, params={"answers_pings": 1.0})
    await asyncio.sleep(0.05)
    stream.data.clear()
    await stream.socket.ping(b"?")
    answer = await asyncio.wait_for(stream.socket.receive(), 0.3)
    assert (answer.type, answer.data) == (aiohttp.WSMsgType.PONG, b"?")
    await stream.frame("H0STCNT0")


async def test_one_stock_may_fall_silent(start: Start):
    client, stream = await subscribed(start)
    assert await stream.code("H0STASP0", STOCK) == "OPSP0000"
    await client.fault("silence", target=f"H0STCNT0:{STOCK}")
    await asyncio.sleep(0.05)
    while True:
        try:
            await asyncio.wait_for(stream.text(), 0.02)
        except TimeoutError:
            break
    stream.data.clear()
    for _ in range(2):
        await stream.frame("H0STASP0")
    assert not [text for text in stream.data if "|H0STCNT0|" in text]


async def test_silent_rest_takes_calls_and_never_answers(start: Start):
    client = await start()
    await client.fault("silence", target="rest", duration=0.3)
    with pytest.raises(LOST):
        await client.order(SELL)
    assert (await client.state())["orders"] == []
    assert (await client.price())[0] == 200


async def test_garbled_frames_are_counted_and_end(start: Start):
    client, stream = await subscribed(start, rate=50)
    await client.fault("garble", target="H0STCNT0", times=3)
    broken = 0
    for _ in range(8):
        text = stream.data.pop(0) if stream.data else await stream.text()
        parts = text.split("|")
        whole = len(parts) == 4 and parts[0] == "0" and parts[2].isdigit() and "?" not in text
        broken += not (whole and len(parts[3].split("^")) == 47 * int(parts[2]))
    assert broken == 3


async def test_maintenance_closes_both_doors(start: Start):
    client, _ = await subscribed(start)
    await client.fault("maintenance", duration=0.5)
    status, text, _ = await client.price()
    assert status == 503
    assert "서버 점검" in text
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await client.stream(approval="0" * 36)
    assert refusal.value.status == 503


@pytest.mark.parametrize("hang", [0.0, 0.3])
async def test_order_whose_answer_is_lost_was_executed(start: Start, hang: float):
    client = await start()
    await client.fault("lost_response", target="order-cash", params={"hang": hang})
    with pytest.raises(LOST):
        await client.order(SELL)
    state = await client.state()
    assert [order["filled"] for order in state["orders"]] == [3]
    assert [call["answered"] for call in state["order_calls"]] == [False]
    assert (await client.order(SELL))[0] == 200


async def test_ledger_refuses_as_often_as_told(start: Start):
    client = await start()
    await client.fault("reject_order", code="APBK0918", times=2)
    codes = [(await client.order(SELL))[1]["msg_cd"] for _ in range(3)]
    assert codes == ["APBK0918", "APBK0918", "APBK0013"]


async def test_notices_may_be_dropped(start: Start):
    client, stream = await subscribed(start)
    await stream.ask("H0STCNI0", "USER")
    await client.fault("drop_notices", duration=0.2)
    assert (await client.order(SELL))[0] == 200
    await asyncio.sleep(0.25)
    assert (await client.order({**SELL, "ORD_QTY": "1"}))[0] == 200
    assert int((await stream.notice())[16]) == 1
    assert len((await client.state())["fills"]) == 2


async def test_limiter_fault_answers_as_the_real_limiter(start: Start):
    client = await start()
    await client.fault("rate_limit", target="order-cash", times=1)
    status, body, _ = await client.order(SELL)
    assert (status, body["msg_cd"]) == (500, "EGW00201")
    assert (await client.state())["orders"] == []
    assert (await client.order(SELL))[0] == 200


async def test_subscriptions_of_a_stock_may_be_refused(start: Start):
    client = await start(more_stocks=1)
    stream = await client.stream()
    await client.fault("subscribe_refuse", target="100000", code="OPSP0009", times=1)
    assert await stream.code("H0STCNT0", STOCK) == "OPSP0000"
    assert await stream.code("H0STCNT0", "100000") == "OPSP0009"
    assert await stream.code("H0STCNT0", "100000") == "OPSP0000"


async def test_good_key_may_be_called_wrong_once(start: Start):
    client = await start()
    await client.fault("wrong_key")
    stream = await client.stream()
    assert await stream.code("H0STCNT0", STOCK) == "OPSP0011"
    assert (await stream.end()).type in GONE
    again = await client.stream()
    assert await again.code("H0STCNT0", STOCK) == "OPSP0000"


async def test_planned_faults_begin_at_their_market_time(start: Start):
    faults = """
faults:
  - {at: "10:00:01", kind: maintenance, target: rest, duration: 600}
  - {at: "10:00:02", kind: cut}
"""
    client = await start(speed=4, faults=faults)
    stream = await client.stream()
    assert await stream.code("H0STCNT0", STOCK) == "OPSP0000"
    assert (await stream.end()).type in GONE
    assert (await client.price())[0] == 503
    # The inspection pages belong to the laboratory, not to the broker.
    assert (await client.state())["faults"] == [{"kind": "maintenance", "target": "rest"}]


async def test_slow_reader_is_dropped(start: Start):
    client, stream = await subscribed(start)
    line = client.server.hub.lines[1]
    line._backlog.extend([(line._gateway.real() + PATIENCE_S, "x")] * 20_000)
    assert (await stream.end()).type in GONE
    assert await client.anomalies("slow_reader")
