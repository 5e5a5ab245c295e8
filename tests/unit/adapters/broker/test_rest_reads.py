"""Reads over a real socket: renewed once, repeated within bounds, complete or not at all."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from hantu.adapters.broker.pace import Pacer
from hantu.adapters.broker.rest import ReadBounds, RestReads
from hantu.domain.account import BrokerOrder, Holding, Side
from hantu.domain.errors import BrokenError, RetryableError
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity, Won
from hantu.kis.endpoints import Lane
from hantu.kis.inquiries import balance_row, balance_summary, order_row
from hantu.kis.rest import render_success
from hantu.kis.throttle import Limits
from tests.unit.adapters.broker.conftest import Rig
from tests.unit.adapters.broker.scripted_broker import (
    FastClock,
    ScriptedBroker,
    Step,
    hang_up,
    page,
    refuse,
    reply,
    reset,
    silence,
)

SAMSUNG = Symbol("005930")
TODAY = date(2026, 11, 23)


def holding(symbol: str) -> Holding:
    return Holding(Symbol(symbol), "이름", Quantity(3), Quantity(3), Price(100), Won(300), Price(110))


def order(number: int) -> BrokerOrder:
    return BrokerOrder(
        str(number), "", "03930", SAMSUNG, Side.SELL, Quantity(3), Price(100), Quantity(0), Price(0), Quantity(3),
        Quantity(0), Quantity(0), "100000",
    )  # fmt: skip


def balance_page(tr_cont: str, context: str, *symbols: str) -> Step:
    rows = [balance_row(holding(symbol)) for symbol in symbols]
    return page(tr_cont, context, output1=rows, output2=[balance_summary(1_000, [])])


async def test_balance_reads_every_page(rig: Rig, broker: ScriptedBroker) -> None:
    broker.steps += [
        balance_page("F", "second", "000001", "000002"),
        balance_page("M", "third", "000003"),
        balance_page("D", "", "000004"),
    ]
    balance = await rig.reads.balance()
    assert [holding.symbol for holding in balance.holdings] == ["000001", "000002", "000003", "000004"]
    assert balance.cash == 1_000
    assert [read.headers["tr_cont"] for read in broker.reads] == ["", "N", "N"]
    assert [read.query["CTX_AREA_NK100"] for read in broker.reads] == ["", "second", "third"]
    assert broker.reads[0].headers["tr_id"] == "TTTC8434R"


async def test_balance_with_a_page_missing_is_no_balance(rig: Rig, broker: ScriptedBroker) -> None:
    broker.steps += [balance_page("F", "second", "000001"), *[refuse("EGW00002")] * 3]
    with pytest.raises(RetryableError):
        await rig.reads.balance()


async def test_pages_that_go_in_a_circle_end(rig: Rig, broker: ScriptedBroker) -> None:
    broker.steps += [balance_page("M", "same", "000001") for _ in range(10)]
    with pytest.raises(BrokenError):
        await rig.reads.balance()
    assert len(broker.reads) == 2


@pytest.mark.parametrize(
    "answer",
    [
        page("D", "", output1=[{"pdno": "000001"}], output2=[balance_summary(0, [])]),
        page("D", "", output1=[]),
        page("D", "", output2=[balance_summary(0, [])]),
        page("M", "", output1=[], output2=[balance_summary(0, [])]),
    ],
    ids=["row without numbers", "no summary", "no rows", "promised page without beginning"],
)
async def test_damaged_balance_is_not_guessed(rig: Rig, broker: ScriptedBroker, answer: Step) -> None:
    broker.steps += [answer] * 3
    with pytest.raises(RetryableError):
        await rig.reads.balance()


async def test_orders_of_today(rig: Rig, broker: ScriptedBroker) -> None:
    broker.steps += [
        page("F", "next", output1=[order_row(order(1), TODAY)], output2={}),
        page("E", "", output1=[order_row(order(2), TODAY)], output2={}),
    ]
    assert await rig.reads.orders_today() == (order(1), order(2))
    assert broker.reads[0].query["INQR_STRT_DT"] == "20261123"
    assert broker.reads[0].query["EXCG_ID_DVSN_CD"] == "ALL"


async def test_no_orders_today_may_come_without_a_list(rig: Rig, broker: ScriptedBroker) -> None:
    broker.steps.append(reply(render_success("KIOK0560", ledger=True)))
    assert await rig.reads.orders_today() == ()


async def test_expired_token_is_renewed_once_and_the_read_repeated(rig: Rig, broker: ScriptedBroker) -> None:
    broker.steps += [refuse("EGW00123"), balance_page("D", "", "000001")]
    assert len((await rig.reads.balance()).holdings) == 1
    assert [read.headers["authorization"] for read in broker.reads] == ["Bearer token-0", "Bearer token-1"]
    assert len(broker.issues) == 1


async def test_parallel_reads_with_an_expired_token_renew_it_once(rig: Rig, broker: ScriptedBroker) -> None:
    broker.steps += [refuse("EGW00123") for _ in range(3)]
    broker.steps += [balance_page("D", "", "000001") for _ in range(3)]
    await asyncio.gather(*(rig.reads.balance() for _ in range(3)))
    assert len(broker.issues) == 1


async def test_token_that_stays_bad_ends_after_one_renewal(rig: Rig, broker: ScriptedBroker) -> None:
    broker.steps += [refuse("EGW00121") for _ in range(10)]
    with pytest.raises(RetryableError):
        await rig.reads.balance()
    assert len(broker.issues) == 1
    assert len(broker.reads) == 2


@pytest.mark.parametrize("failure", [reset, hang_up, refuse("EGW00201"), refuse("EGW00215"), refuse("EGW00002"),
                                     reply(b"<html>", 502), reply(b"")])  # fmt: skip
async def test_passing_failures_are_repeated(rig: Rig, broker: ScriptedBroker, failure: Step) -> None:
    broker.steps += [failure, failure, balance_page("D", "", "000001")]
    assert len((await rig.reads.balance()).holdings) == 1


@pytest.mark.parametrize("failure", [refuse("EGW00201"), reset, reply(b"<html>", 502)])
async def test_repeating_is_bounded(rig: Rig, broker: ScriptedBroker, failure: Step) -> None:
    broker.steps += [failure] * 10
    with pytest.raises(RetryableError):
        await rig.reads.balance()
    assert len(broker.reads) == 3


async def test_rate_limit_keeps_other_calls_away(rig: Rig, broker: ScriptedBroker) -> None:
    pacer = Pacer(Limits(18, 10), FastClock(1.0))
    reads = RestReads(rig.environment, rig.session, rig.authority, pacer, rig.clock, ReadBounds(tries=1))
    broker.steps.append(refuse("EGW00201"))
    with pytest.raises(RetryableError):
        await reads.balance()
    assert not await pacer.enter(Lane.OTHER, ledger=False, max_wait_s=0.0)
    assert await pacer.enter(Lane.RECONCILE, ledger=True, max_wait_s=0.0)


async def test_silence_is_bounded(rig: Rig, broker: ScriptedBroker) -> None:
    reads = RestReads(
        rig.environment, rig.session, rig.authority, rig.pacer, rig.clock, ReadBounds(total_s=0.05, tries=2)
    )
    broker.steps += [silence] * 5
    with pytest.raises(RetryableError):
        await reads.balance()
    assert len(broker.reads) == 2


@pytest.mark.parametrize("code", ["OPSQ2000", "EGW00304", "EGW02006", "NEW00001"])
async def test_failures_that_stay_are_not_repeated(rig: Rig, broker: ScriptedBroker, code: str) -> None:
    broker.steps += [refuse(code)] * 3
    with pytest.raises(BrokenError) as caught:
        await rig.reads.balance()
    assert code in str(caught.value)
    assert len(broker.reads) == 1


async def test_redirect_is_not_followed(rig: Rig, broker: ScriptedBroker) -> None:
    """Keys in the headers never go to an address an answer names."""
    broker.steps += [reply(b"", 302, "Location: /elsewhere")] * 3
    with pytest.raises(RetryableError):
        await rig.reads.balance()
    assert "/elsewhere" not in {read.path for read in broker.reads}


def multi(symbol: str) -> dict[str, str]:
    return {"inter_shrn_iscd": symbol, "inter2_prpr": "100", "inter2_askp": "101", "inter2_bidp": "99"}


async def test_prices_come_thirty_a_call(rig: Rig, broker: ScriptedBroker) -> None:
    symbols = [Symbol(f"{number:06}") for number in range(35)]
    broker.steps += [
        reply(render_success("MCA00000", output=[multi(symbol) for symbol in part]))
        for part in (symbols[:30], symbols[30:])
    ]
    prices = await rig.reads.prices(symbols, urgent=True)
    assert [price.symbol for price in prices] == symbols
    assert len(broker.reads) == 2


async def test_paper_asks_for_prices_one_by_one(rig: Rig, broker: ScriptedBroker) -> None:
    environment = broker.environment(paper_rules=True)
    reads = RestReads(environment, rig.session, rig.authority, rig.pacer, rig.clock)
    row = {"stck_prpr": "100", "stck_llam": "70", "stck_mxpr": "130"}
    broker.steps += [reply(render_success("MCA00000", output=row)) for _ in range(2)]
    prices = await reads.prices([SAMSUNG, Symbol("000660")], urgent=False)
    assert [price.symbol for price in prices] == [SAMSUNG, "000660"]
    assert await reads.closed_days(TODAY) is None


async def test_no_symbols_need_no_call(rig: Rig, broker: ScriptedBroker) -> None:
    assert await rig.reads.prices([], urgent=True) == ()
    assert not broker.reads


async def test_average_range_leaves_todays_bar_out(rig: Rig, broker: ScriptedBroker) -> None:
    def bar(back: int, width: int) -> dict[str, str]:
        day = TODAY - timedelta(days=back)
        return {
            "stck_bsop_date": f"{day:%Y%m%d}",
            "stck_oprc": "1000",
            "stck_hgpr": str(1_000 + width),
            "stck_lwpr": "1000",
            "stck_clpr": "1000",
            "acml_vol": "5",
        }

    rows = [bar(0, 900), bar(1, 30), bar(2, 10), bar(3, 500), {}]
    broker.steps.append(reply(render_success("MCA00000", output1={}, output2=rows)))
    assert await rig.reads.average_range(SAMSUNG, 2) == 20


def calendar(start: date, days: int, tr_cont: str, position: str) -> Step:
    rows = [
        {
            "bass_dt": f"{start + timedelta(days=n):%Y%m%d}",
            "opnd_yn": "N" if (start + timedelta(days=n)).day == 25 else "Y",
        }
        for n in range(days)
    ]
    body = render_success("KIOK0510", context={"CTX_AREA_FK": "", "CTX_AREA_NK": position}, output=rows)
    return reply(body, 200, f"tr_cont: {tr_cont}")


async def test_closed_days_are_read_as_far_as_needed(rig: Rig, broker: ScriptedBroker) -> None:
    broker.steps += [calendar(TODAY + timedelta(days=25 * n), 25, "M", str(n)) for n in range(5)]
    assert await rig.reads.closed_days(TODAY) == {date(2026, 11, 25), date(2026, 12, 25)}
    assert len(broker.reads) == 2


async def test_read_without_a_place_among_the_calls_is_given_up(rig: Rig, broker: ScriptedBroker) -> None:
    pacer = Pacer(Limits(18, 10), FastClock(1.0))
    reads = RestReads(rig.environment, rig.session, rig.authority, pacer, rig.clock, ReadBounds(queue_s=0.0, tries=1))
    broker.steps += [balance_page("D", "", "000001") for _ in range(30)]
    results = await asyncio.gather(*(reads.balance() for _ in range(15)), return_exceptions=True)
    assert sum(isinstance(result, RetryableError) for result in results) == 5
    assert len(broker.reads) == 10


async def test_answers_show_no_secret_in_errors(rig: Rig, broker: ScriptedBroker) -> None:
    broker.steps += [refuse("OPSQ2000")]
    with pytest.raises(BrokenError) as caught:
        await rig.reads.balance()
    assert "APPKEY" not in repr(caught.value)
    assert replace(rig.environment.credentials) == rig.environment.credentials
