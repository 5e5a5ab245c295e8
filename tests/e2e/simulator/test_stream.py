"""The stream's protocol: answers, limits, signs of life, and what neglect of duties costs."""

import asyncio
import dataclasses
import json

import aiohttp
import pytest

from hantu.kis.layouts import GENERATIONS
from tests.e2e.simulator.client import SELL, STOCK, Client, Stream
from tests.e2e.simulator.conftest import Start

GONE = (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.ERROR)


async def test_answers_have_the_captured_key_order(start: Start):
    client = await start()
    stream = await client.stream()
    await stream.socket.send_str(stream.request("H0STASP0", STOCK, personalseckey="1"))
    text = await stream.control()
    output = json.loads(text)["body"]["output"]
    assert (len(output["iv"]), len(output["key"])) == (16, 32)
    assert text == (
        '{"header":{"tr_id":"H0STASP0","tr_key":"005930","encrypt":"N"},'
        '"body":{"rt_cd":"0","msg_cd":"OPSP0000","msg1":"SUBSCRIBE SUCCESS",'
        f'"output":{{"iv":"{output["iv"]}","key":"{output["key"]}"}}}}}}'
    )


async def test_keys_are_one_pair_per_session_and_notices_say_encrypted(start: Start):
    client = await start()
    stream = await client.stream()
    first = await stream.ask("H0STCNT0", STOCK)
    second = await stream.ask("H0STCNI0", "USER")
    assert first["body"]["output"] == second["body"]["output"]
    assert (first["header"]["encrypt"], second["header"]["encrypt"]) == ("N", "Y")
    other = await client.other().stream()
    assert (await other.ask("H0STCNT0", STOCK))["body"]["output"] != first["body"]["output"]


async def test_forty_second_registration_is_refused_and_the_session_stays(start: Start):
    client = await start(more_stocks=41)
    stream = await client.stream()
    codes = [await stream.code("H0STCNT0", f"1{number:05d}") for number in range(41)]
    assert codes == ["OPSP0000"] * 41
    assert await stream.code("H0STCNI0", "USER") == "OPSP0008"
    assert await stream.code("H0STCNT0", "100000", "2") == "OPSP0001"
    assert await stream.code("H0STCNI0", "USER") == "OPSP0000"


async def test_duplicates_and_strangers_are_refused_by_name(start: Start):
    client = await start()
    stream = await client.stream()
    assert await stream.code("H0STCNT0", STOCK) == "OPSP0000"
    assert await stream.code("H0STCNT0", STOCK) == "OPSP0002"
    assert await stream.code("H0STASP0", STOCK, "2") == "OPSP0003"
    assert await stream.code("H0STASP0", "999999") == "OPSP8992"
    assert await stream.code("NONSENSE", STOCK) == "OPSP8991"
    assert await stream.code("H0STASP0", STOCK, "0") == "OPSP8997"
    wrong = await stream.ask("H0STCNI0", "NOBODY")
    assert wrong["header"] == {"tr_id": "(null)", "tr_key": "", "encrypt": "N"}
    assert (wrong["body"]["rt_cd"], wrong["body"]["msg_cd"]) == ("9", "OPSP0017")
    # Overseas notices are taken and stay silent: python-kis asks for them.
    assert await stream.code("H0GSCNI0", "USER") == "OPSP0000"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "OPSP9999"),
        ("[]", "OPSP9999"),
        ('{"body":{}}', "OPSP9998"),
        ('{"header":{}}', "OPSP9992"),
        ('{"header":{},"body":{}}', "OPSP9991"),
        ('{"header":{},"body":{"input":{"tr_id":"H0STCNT0"}}}', "OPSP9990"),
    ],
)
async def test_unreadable_requests_cost_the_request_only(start: Start, text: str, code: str):
    client = await start()
    stream = await client.stream()
    await stream.socket.send_str(text)
    answer = json.loads(await stream.control())
    assert (answer["body"]["rt_cd"], answer["body"]["msg_cd"]) == ("1", code)
    assert await client.anomalies("bad_json")
    assert await stream.code("H0STCNT0", STOCK) == "OPSP0000"


async def test_second_session_of_a_key_is_refused_and_closed(start: Start):
    client = await start()
    approval = await client.approval()
    first = await client.stream(approval=approval)
    assert await first.code("H0STCNT0", STOCK) == "OPSP0000"
    second = await client.stream(approval=approval)
    answer = await second.ask("H0STCNT0", STOCK)
    assert (answer["header"]["tr_id"], answer["body"]["rt_cd"], answer["body"]["msg_cd"]) == ("(null)", "9", "OPSP8996")
    assert (await second.end()).type in GONE
    await first.frame("H0STCNT0")
    await first.socket.close()
    third = await client.stream(approval=approval)
    assert await third.code("H0STCNT0", STOCK) == "OPSP0000"


async def test_stale_session_blocks_its_key_where_the_scenario_says_so(start: Start):
    client = await start(gateway="{stale_session: 60}")
    approval = await client.approval()
    first = await client.stream(approval=approval)
    assert await first.code("H0STCNT0", STOCK) == "OPSP0000"
    # Gone without a close frame.
    first.socket._response.connection.transport.abort()
    await asyncio.sleep(0.05)
    again = await client.stream(approval=approval)
    assert await again.code("H0STCNT0", STOCK) == "OPSP8996"


async def test_wrong_key_is_refused_and_closed(start: Start):
    client = await start()
    stream = await client.stream(approval="0" * 36)
    assert await stream.code("H0STCNT0", STOCK) == "OPSP0011"
    assert (await stream.end()).type in GONE
    assert await client.anomalies("wrong_approval_key")


async def test_any_path_is_served_and_compression_is_declined(start: Start):
    client = await start()
    for path in ("/", "/tryitout", "/tryitout/H0STCNT0"):
        stream = await client.stream(path, compress=15)
        assert stream.socket.compress == 0
        assert await stream.code("H0STCNT0", STOCK) == "OPSP0000"
        await stream.socket.close()


async def test_protocol_pings_are_answered(start: Start):
    stream = await (await start()).stream()
    await stream.socket.ping(b"alive")
    message = await asyncio.wait_for(stream.socket.receive(), 5)
    assert (message.type, bytes(message.data)) == (aiohttp.WSMsgType.PONG, b"alive")


async def idle(start: Start) -> tuple[Client, Stream]:
    """A session without registrations on a market where 100 s take half a second."""
    client = await start(speed=200)
    return client, await client.stream()


async def test_unanswered_pingpong_costs_the_connection(start: Start):
    client, stream = await idle(start)
    asked = json.loads(await stream.control())
    assert asked["header"]["tr_id"] == "PINGPONG"
    assert len(asked["header"]["datetime"]) == 14
    assert (await stream.end()).type in GONE
    assert await client.anomalies("pong_missing")


@pytest.mark.parametrize("how", ["echo", "serialised again", "pong frame"])
async def test_answered_pingpong_keeps_the_connection(start: Start, how: str):
    client, stream = await idle(start)
    for _ in range(4):
        text = await stream.control()
        if how == "echo":
            await stream.socket.send_str(text)
        elif how == "pong frame":
            await stream.socket.pong(text.encode())
        else:
            await stream.socket.send_str(json.dumps(json.loads(text), indent=1))
    assert await stream.code("H0STCNT0", STOCK) == "OPSP0000"
    assert await client.anomalies("pong_missing") == []


async def test_requests_without_spacing_are_taken_and_written_down(start: Start):
    client = await start()
    stream = await client.stream()
    for tr_id in ("H0STCNT0", "H0STASP0"):
        await stream.socket.send_str(stream.request(tr_id, STOCK))
    codes = [json.loads(await stream.control())["body"]["msg_cd"] for _ in range(2)]
    assert codes == ["OPSP0000"] * 2
    assert len(await client.anomalies("subscribe_too_fast")) == 1


async def test_connection_storm_blocks_the_key_for_a_while(start: Start):
    client = await start(gateway="{storm_per_minute: 3, storm_block: 4}", speed=4)
    approval = await client.approval()

    async def once() -> str:
        stream = await client.stream(approval=approval)
        code = await stream.code("H0STCNT0", STOCK)
        await stream.socket.close()
        return code

    assert [await once() for _ in range(5)] == ["OPSP0000"] * 3 + ["OPSP8996"] * 2
    assert len(await client.anomalies("connection_storm")) == 1
    # Another customer is not punished.
    other = await client.other().stream()
    assert await other.code("H0STCNT0", STOCK) == "OPSP0000"


async def test_resubscription_storm_costs_the_connection(start: Start):
    client = await start()
    stream = await client.stream()
    for _ in range(120):
        assert await stream.code("H0STMBC0", STOCK) == "OPSP0000"
        assert await stream.code("H0STMBC0", STOCK, "2") == "OPSP0001"
    await stream.code("H0STMBC0", STOCK)
    await stream.socket.send_str(stream.request("H0STMBC0", STOCK, "2"))
    assert (await stream.end()).type in GONE
    assert await client.anomalies("resubscription_storm")


WIDTHS = [
    ("2025", (46, 59, 23)),
    ("2026-07", (46, 59, 26)),
    ("2026-09", (47, 63, 26)),
    ("paper", (47, 63, 23)),
    (dataclasses.replace(GENERATIONS["2026-07"], book=62), (46, 62, 26)),
]


@pytest.mark.parametrize(("layout", "widths"), WIDTHS, ids=["2025", "2026-07", "2026-09", "paper", "book 62"])
async def test_records_have_the_width_of_the_layout(start: Start, layout: object, widths: tuple[int, int, int]):
    client = await start(layout=layout)
    stream = await client.stream()
    for tr_id in ("H0STCNT0", "H0STASP0"):
        await stream.code(tr_id, STOCK)
    await stream.code("H0STCNI0", "USER")
    _, _, count, payload = await stream.frame("H0STCNT0")
    trade = len(payload.split("^")) // int(count)
    _, _, count, payload = await stream.frame("H0STASP0")
    assert count == "001"
    await order_one(client)
    notice = await stream.notice()
    assert (trade, len(payload.split("^")), len(notice)) == widths
    # Position by position where clients look.
    assert (notice[0], notice[1], notice[8], notice[13]) == ("USER", "1234567801", STOCK, "1")
    if layout == "paper":
        assert notice[18] == "1Y"
    if layout == "2025":
        assert notice[18] == "삼성전자"


async def test_connections_may_differ_in_layout(start: Start):
    client = await start()
    stream = await client.stream("/tryitout?layout=2025")
    await stream.code("H0STASP0", STOCK)
    assert len((await stream.frame("H0STASP0"))[3].split("^")) == 59


async def test_trades_are_gathered_and_books_are_the_latest_only(start: Start):
    client = await start(rate=200)
    stream = await client.stream()
    await stream.code("H0STCNT0", STOCK)
    await stream.code("H0STASP0", STOCK)
    await stream.frame("H0STCNT0")
    loop = asyncio.get_running_loop()
    begin, counts = loop.time(), []
    while loop.time() - begin < 1.0:
        counts.append(int((await stream.frame("H0STCNT0"))[2]))
    assert max(counts) == 20
    assert sum(counts) > 100
    books = [text for text in stream.data if "|H0STASP0|" in text]
    assert 0 < len(books) <= 7
    assert all(text.split("|")[2] == "001" for text in books)


async def order_one(client: Client) -> str:
    _, body, _ = await client.order(SELL)
    assert body["rt_cd"] == "0"
    return body["output"]["ODNO"]


async def test_notices_of_an_order_may_overtake_its_answer(start: Start):
    client = await start()
    stream = await client.stream()
    await stream.ask("H0STCNI0", "USER")
    await client.fault("delay", target="order-cash", duration=5, params={"seconds": 0.5, "after": 1})
    answer = asyncio.create_task(order_one(client))
    accepted, filled = await stream.notice(), await stream.notice()
    assert not answer.done()
    number = await answer
    assert int(accepted[2]) == int(filled[2]) == int(number)
    assert (accepted[12:15], filled[12:15]) == (["0", "1", "1"], ["0", "2", "2"])
    assert (int(filled[9]), int(filled[16])) == (3, 3)


async def test_market_wide_news_come_through_any_subscribed_issue(start: Start):
    client = await start(more_stocks=1)
    stream = await client.stream()
    await stream.code("H0STMKO0", "100000")
    await client.fault("halt", duration=60)
    while True:
        _, _, _, payload = await stream.frame("H0STMKO0")
        columns = payload.split("^")
        assert columns[0] == "100000"
        if columns[3] in ("174", "184"):
            break
    assert len(columns) == 11
