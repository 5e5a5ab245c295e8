"""The form of REST calls and answers, to the byte where clients depend on it."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.simulator.client import ACCOUNT, QUOTATIONS, SELL, STOCK, TRADING, Client
from tests.e2e.simulator.conftest import Start

BALANCE = {
    **ACCOUNT,
    "AFHR_FLPR_YN": "N",
    "OFL_YN": "",
    "INQR_DVSN": "02",
    "UNPR_DVSN": "01",
    "FUND_STTL_ICLD_YN": "N",
    "FNCG_AMT_AUTO_RDPT_YN": "N",
    "PRCS_DVSN": "00",
    "CTX_AREA_FK100": "",
    "CTX_AREA_NK100": "",
}


async def raw(client: Client, *requests: str) -> bytes:
    """Send bytes as they are and read until the server has nothing more to say."""
    address = urlsplit(client.server.rest_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write("".join(requests).encode())
    answer = b""
    while answer.count(b"HTTP/1.1 ") < len(requests) or not answer.rstrip().endswith(b"}"):
        part = await asyncio.wait_for(reader.read(65536), 5)
        if not part:
            break
        answer += part
    writer.close()
    return answer


def get_text(client: Client, path: str, tr_id: str) -> str:
    headers = "".join(f"{name}: {value}\r\n" for name, value in client.headers(tr_id).items())
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n"


async def balance(client: Client, tr_id: str = "TTTC8434R", **more: str) -> tuple[int, Any, Any]:
    return await client.get(f"{TRADING}/inquire-balance", tr_id, {**BALANCE, **more}, tr_cont="N" if more else "")


async def test_header_names_are_written_as_the_official_sample_needs_them(start: Start):
    client = await start()
    path = f"{QUOTATIONS}/inquire-price?FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD={STOCK}"
    head = (await raw(client, get_text(client, path, "FHKST01010100"))).split(b"\r\n\r\n")[0].decode()
    names = [line.partition(":")[0] for line in head.split("\r\n")[1:]]
    assert {"tr_id", "tr_cont", "gt_uid"} <= set(names)
    # All-lower-case names become fields of a namedtuple there; a hyphen breaks it.
    assert [name for name in names if name.islower() and not name.isidentifier()] == []
    assert "Content-Type" in names


async def test_query_keys_may_be_lower_case_but_body_keys_may_not(start: Start):
    client = await start()
    wish = {"fid_cond_mrkt_div_code": "J", "fid_input_iscd": STOCK}
    status, body, headers = await client.get(f"{QUOTATIONS}/inquire-price", "FHKST01010100", wish)
    assert (status, body["rt_cd"], headers["tr_cont"]) == (200, "0", "")
    assert body["output"]["stck_sdpr"] == "71000"
    status, body, _ = await client.order({key.lower(): value for key, value in SELL.items()})
    assert (status, body["msg_cd"]) == (500, "IGW00007")


@pytest.mark.parametrize(
    "change",
    [
        {"ORD_QTY": 3},
        {"ORD_QTY": "3.0"},
        {"ORD_UNPR": "80000.0"},
        {"SLL_TYPE": None},
        {"CNDT_PRIC": None},
        {"UNKNOWN": ""},
    ],
)
async def test_bodies_the_gateway_cannot_build_are_refused(start: Start, change: dict[str, Any]):
    client = await start()
    body = {key: value for key, value in {**SELL, **change}.items() if value is not None}
    status, answer, _ = await client.order(body)
    assert (status, answer["rt_cd"], answer["msg_cd"]) == (500, "1", "IGW00007")
    assert (await client.state())["orders"] == []
    assert await client.anomalies("malformed_body")


async def test_older_ids_take_the_short_body(start: Start):
    client = await start()
    short = {key: SELL[key] for key in ("CANO", "ACNT_PRDT_CD", "PDNO", "ORD_DVSN", "ORD_QTY", "ORD_UNPR")}
    status, body, _ = await client.order(short, "TTTC0801U")
    assert (status, body["msg_cd"]) == (200, "APBK0013")
    assert len(body["output"]["ODNO"]) == 10
    assert len(body["msg1"]) == 80
    assert (await client.order(short, "TTTC0011U"))[1]["msg_cd"] == "IGW00007"


async def test_amend_and_cancel_get_numbers_of_their_own(start: Start):
    client = await start()
    resting = {**SELL, "ORD_DVSN": "00", "ORD_UNPR": "80000"}
    first = (await client.order(resting))[1]["output"]
    wish = {
        **ACCOUNT,
        "KRX_FWDG_ORD_ORGNO": first["KRX_FWDG_ORD_ORGNO"],
        "ORGN_ODNO": first["ODNO"],
        "ORD_DVSN": "00",
        "RVSE_CNCL_DVSN_CD": "02",
        "ORD_QTY": "0",
        "ORD_UNPR": "0",
        "QTY_ALL_ORD_YN": "Y",
        "EXCG_ID_DVSN_CD": "KRX",
        "CNDT_PRIC": "",
    }
    path, headers = f"{TRADING}/order-rvsecncl", client.headers("TTTC0013U")
    status, body, _ = await client.call("POST", path, json=wish, headers=headers)
    assert (status, body["rt_cd"]) == (200, "0")
    assert body["output"]["ODNO"] != first["ODNO"]
    status, body, _ = await client.call("POST", path, json=wish, headers=headers)
    assert status == 200
    assert body["rt_cd"] != "0"


async def test_balance_comes_in_pages_of_fifty(start: Start):
    client = await start(more_stocks=59)
    status, first, headers = await balance(client)
    assert (status, len(first["output1"]), headers["tr_cont"]) == (200, 50, "F")
    assert len(first["ctx_area_fk100"]) == len(first["ctx_area_nk100"]) == 100
    wish = {"CTX_AREA_FK100": first["ctx_area_fk100"], "CTX_AREA_NK100": first["ctx_area_nk100"]}
    _, second, headers = await balance(client, **wish)
    assert (len(second["output1"]), headers["tr_cont"]) == (10, "D")
    assert len({row["pdno"] for row in first["output1"] + second["output1"]}) == 60
    assert second["output1"][0]["pchs_avg_pric"] == "1000.0000"


async def test_paper_host_pages_by_twenty_and_serves_one_call_a_second(start: Start):
    client = await start(more_stocks=30, rules="{paper: true}")
    status, body, headers = await balance(client, "VTTC8434R")
    assert (status, len(body["output1"]), headers["tr_cont"]) == (200, 20, "F")
    status, body, _ = await balance(client, "VTTC8434R")
    assert (status, body["msg_cd"]) == (500, "EGW00201")
    assert len(await client.anomalies("rate_exceeded")) == 1


async def test_ids_of_the_other_host_are_refused(start: Start):
    paper = await start(rules="{paper: true}")
    assert (await balance(paper, "TTTC8434R"))[1]["msg_cd"] == "EGW02006"
    real = await start()
    assert (await balance(real, "VTTC8434R"))[1]["msg_cd"] == "OPSQ0002"


async def test_nineteenth_call_within_a_second_is_refused_and_not_executed(start: Start):
    # A slow market: nineteen calls certainly fit into one of its seconds.
    client = await start(speed=0.1)
    answers = [await client.order(SELL) for _ in range(19)]
    assert [body["msg_cd"] for _, body, _ in answers] == ["APBK0013"] * 18 + ["EGW00201"]
    assert answers[-1][0] == 500
    assert len((await client.state())["orders"]) == 18


async def test_ledger_has_a_limit_of_its_own(start: Start):
    client = await start(gateway="{ledger_calls_per_second: 1}", speed=0.1)
    assert (await balance(client))[1]["rt_cd"] == "0"
    assert (await balance(client))[1]["msg_cd"] == "EGW00215"
    assert (await client.price())[1]["rt_cd"] == "0"


async def test_unknown_things_are_refused_by_name(start: Start):
    client = await start()
    assert (await client.price("999999"))[1]["msg_cd"] == "MCA05918"
    assert (await balance(client, CANO="87654321"))[1]["msg_cd"] == "OPSQ2000"
    assert (await client.get(f"{TRADING}/nothing", "TTTC8434R", {}))[1]["msg_cd"] == "OPSQ0002"
    assert (await client.get(f"{QUOTATIONS}/inquire-price", "TTTC8434R", {}))[1]["msg_cd"] == "OPSQ0002"
    assert len(await client.anomalies("unknown_tr")) == 2


async def test_sins_of_transport_are_written_down(start: Start):
    client = await start()
    path = f"{QUOTATIONS}/inquire-price?FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD={STOCK}"
    once = get_text(client, path, "FHKST01010100")
    # The second call is queued while the first is still being answered.
    await client.fault("delay", target="FHKST01010100", duration=1, params={"seconds": 0.1})
    assert (await raw(client, once, once)).count(b"HTTP/1.1 200") == 2
    assert await client.anomalies("pipelined")
    lazy = client.headers("FHKST01010100")
    del lazy["custtype"]
    await client.call("GET", path, headers=lazy)
    assert [each["detail"] for each in await client.anomalies("missing_header")] == ["custtype"]


@pytest.mark.parametrize(
    ("path", "tr_id", "wish", "part"),
    [
        (
            f"{TRADING}/inquire-daily-ccld",
            "TTTC0081R",
            {"INQR_STRT_DT": "20261123", "INQR_END_DT": "20261123"},
            "output1",
        ),
        (
            f"{TRADING}/inquire-daily-ccld",
            "TTTC8001R",
            {"INQR_STRT_DT": "20261123", "INQR_END_DT": "20261123"},
            "output1",
        ),
        (f"{TRADING}/inquire-psbl-rvsecncl", "TTTC0084R", {"INQR_DVSN_1": "0", "INQR_DVSN_2": "0"}, "output"),
        (f"{TRADING}/inquire-psbl-sell", "TTTC8408R", {"PDNO": STOCK}, "output"),
        (f"{TRADING}/inquire-psbl-order", "TTTC8908R", {"PDNO": STOCK, "ORD_UNPR": "0", "ORD_DVSN": "01"}, "output"),
        (f"{QUOTATIONS}/inquire-price-2", "FHPST01010000", {"FID_INPUT_ISCD": STOCK}, "output"),
        (f"{QUOTATIONS}/inquire-asking-price-exp-ccn", "FHKST01010200", {"FID_INPUT_ISCD": STOCK}, "output2"),
        (f"{QUOTATIONS}/inquire-ccnl", "FHKST01010300", {"FID_INPUT_ISCD": STOCK}, "output"),
        (
            f"{QUOTATIONS}/inquire-daily-itemchartprice",
            "FHKST03010100",
            {"FID_INPUT_ISCD": STOCK, "FID_INPUT_DATE_1": "20261001", "FID_INPUT_DATE_2": "20261123"},
            "output2",
        ),
        (f"{QUOTATIONS}/inquire-daily-price", "FHKST01010400", {"FID_INPUT_ISCD": STOCK}, "output"),
        (
            f"{QUOTATIONS}/inquire-time-itemchartprice",
            "FHKST03010200",
            {"FID_INPUT_ISCD": STOCK, "FID_INPUT_HOUR_1": "100000", "FID_ETC_CLS_CODE": ""},
            "output2",
        ),
        (f"{QUOTATIONS}/intstock-multprice", "FHKST11300006", {"FID_INPUT_ISCD_1": STOCK}, "output"),
        (f"{QUOTATIONS}/chk-holiday", "CTCA0903R", {"BASS_DT": "20261123"}, "output"),
        (f"{QUOTATIONS}/inquire-vi-status", "FHPST01390000", {"FID_INPUT_ISCD": STOCK}, "output"),
        (f"{QUOTATIONS}/market-time", "HHMCM000002C0", {}, "output1"),
        (f"{QUOTATIONS}/search-stock-info", "CTPF1002R", {"PRDT_TYPE_CD": "300", "PDNO": STOCK}, "output"),
    ],
)
async def test_every_read_of_the_catalogue_answers(
    start: Start, path: str, tr_id: str, wish: dict[str, str], part: str
):
    client = await start()
    if "/trading/" in path:
        wish = {**ACCOUNT, **wish}
        await client.order({**SELL, "ORD_DVSN": "00", "ORD_UNPR": "80000"})
    status, body, headers = await client.get(path, tr_id, wish)
    assert (status, body["rt_cd"]) == (200, "0"), body
    assert "tr_cont" in headers
    assert body[part] or tr_id == "FHPST01390000"
