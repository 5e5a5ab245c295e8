"""Every reason to refuse has its own code, in a fixed order of checks."""

import pytest

from hantu.domain.account import Side
from hantu.domain.instrument import Symbol
from hantu.simulator.model import NewOrder, Refused
from hantu.simulator.scenario import Fault
from tests.unit.simulator.markets import ACCOUNT, STOCK, Desk, scenario, triplet


def code(answer):
    assert isinstance(answer, Refused), answer
    return answer.code


@pytest.mark.parametrize(
    ("side", "quantity", "price", "kind", "expected"),
    [
        (Side.SELL, 101, 9990, "00", "APBK0400"),
        (Side.BUY, 1001, 10000, "00", "APBK0952"),
        (Side.BUY, 1, 13010, "00", "APBK0406"),
        (Side.BUY, 1, 6990, "00", "APBK0406"),
        (Side.BUY, 1, 10005, "00", "APBK0506"),
        (Side.SELL, 1, 0, "00", "APBK0506"),
        (Side.SELL, 0, 9990, "00", "APBK0986"),
        (Side.SELL, 1, 9990, "07", "APBK0963"),
        (Side.SELL, 1, 9990, "99", "APBK0963"),
    ],
)
def test_reason_has_its_code(side, quantity, price, kind, expected):
    desk = Desk(scenario())
    assert code(desk.order(side, quantity, price, kind)) == expected
    assert desk.exchange.orders_today(ACCOUNT) == []
    assert desk.notices() == []


def test_shares_in_working_sells_cannot_be_sold_again():
    desk = Desk(scenario())
    desk.sell(60, 10100)
    assert code(desk.order(Side.SELL, 41, 10100)) == "APBK0400"
    desk.sell(40, 10100)
    assert code(desk.order(Side.SELL, 1, 10100)) == "APBK0400"


def test_cash_in_working_buys_cannot_be_spent_again():
    desk = Desk(scenario(cash=1_000_000))
    desk.buy(100, 9000)
    assert code(desk.order(Side.BUY, 12, 9000)) == "APBK0952"


def test_unknown_symbol_and_account():
    desk = Desk(scenario())
    assert code(desk.order(Side.SELL, 1, 9990, symbol="999999")) == "APBK0656"
    stranger = NewOrder("9999999901", Symbol(STOCK), Side.SELL, "00", 1, 9990)
    assert code(desk.exchange.submit(stranger, desk.wall)) == "OPSQ2000"


@pytest.mark.parametrize("clock", ["153000", "153001", "200000"])
def test_closed_market_takes_nothing(clock):
    desk = Desk(scenario())
    desk.until(clock)
    assert code(desk.order(Side.SELL, 1, 9990)) == "APBK0918"


def test_market_that_has_not_begun_takes_nothing():
    desk = Desk(scenario(extra="calendar: {open: 10:00:00}"))
    assert code(desk.order(Side.SELL, 1, 9990)) == "APBK0918"
    desk.until("093000")
    desk.sell(1, 9990)


def test_holiday_takes_nothing():
    desk = Desk(scenario(extra="calendar: {closed: [2026-11-23]}"))
    assert code(desk.order(Side.SELL, 1, 9990)) == "APBK0919"


@pytest.mark.parametrize(("venue", "kind", "expected"), [("NXT", "00", "APBK3026"), ("SOR", "00", "APBK3009")])
def test_stock_the_other_venue_does_not_trade(venue, kind, expected):
    desk = Desk(scenario(stock=", nxt: false"))
    assert code(desk.order(Side.SELL, 1, 9990, kind, venue=venue)) == expected


def test_no_market_orders_on_the_other_venue():
    assert code(Desk(scenario()).order(Side.SELL, 1, 0, "01", venue="NXT")) == "APBK1943"


def test_unknown_original_and_wrong_venue_are_one_refusal():
    desk = Desk(scenario())
    assert code(desk.cancel("0000000001")) == "APBK0344"
    answer = desk.order(Side.SELL, 1, 10100, venue="SOR")
    assert code(desk.cancel(answer.order_no)) == "APBK0344"


def test_amend_must_be_affordable():
    desk = Desk(scenario(cash=1_000_000))
    number = desk.buy(100, 9500)
    assert code(desk.amend(number, 10010)) == "APBK0952"
    assert desk.row(number)["rmn_qty"] == "100"


def test_amend_may_spend_what_the_old_order_held():
    desk = Desk(scenario(cash=1_000_000))
    number = desk.buy(100, 9500)
    assert not isinstance(desk.amend(number, 9900), Refused)


@pytest.mark.parametrize(
    ("quantity", "price", "expected"), [(101, 9990, "40240000"), (1, 10005, "40030000"), (1, 13010, "40270000")]
)
def test_paper_host_has_codes_of_its_own(quantity, price, expected):
    desk = Desk(scenario(extra="rules: {paper: true}"))
    assert code(desk.order(Side.SELL, quantity, price)) == expected


def test_auction_takes_limit_and_market_only():
    desk = Desk(scenario())
    desk.until("152100")
    assert code(desk.order(Side.SELL, 1, 9990, "11")) == "APBK3013"
    desk.sell(1, 9990)


def fault(kind, **more):
    return Fault(at=Desk(scenario()).exchange.scenario.clock.start, kind=kind, **more)


@pytest.mark.requirement("MON-S.07")
def test_scripted_refusal_strikes_its_target_and_its_number_of_times():
    desk = Desk(scenario())
    desk.exchange.inject(fault("reject_order", target=STOCK, code="APBK0400", times=2), desk.wall)
    assert code(desk.order(Side.SELL, 1, 9990)) == "APBK0400"
    assert code(desk.order(Side.SELL, 1, 9990)) == "APBK0400"
    desk.sell(1, 9990)


def test_scripted_rejection_after_acceptance_is_a_notice():
    desk = Desk(scenario())
    desk.exchange.inject(fault("reject_order", params={"after": 1.0}), desk.wall)
    number = desk.sell(5, 9990)
    assert [triplet(one) for one in desk.notices()] == ["011", "112"]
    row = desk.row(number)
    assert (row["rjct_qty"], row["rmn_qty"], row["tot_ccld_qty"]) == ("5", "0", "0")
    assert desk.exchange.sellable(ACCOUNT, STOCK)["ord_psbl_qty"] == "100"


def test_notices_can_be_lost_doubled_or_late():
    desk = Desk(scenario())
    desk.exchange.inject(fault("drop_notices", target="fill"), desk.wall)
    desk.sell(1, 9990)
    assert [triplet(one) for one in desk.notices()] == ["011"]
    desk.exchange.inject(fault("duplicate_notices", target="fill"), desk.wall)
    desk.sell(1, 9990)
    assert [triplet(one) for one in desk.notices()] == ["011", "022", "022"]
    desk.exchange.inject(fault("hold_notices", target="fill", duration=5.0), desk.wall)
    desk.sell(1, 9990)
    assert [triplet(one) for one in desk.notices()] == ["011"]
    desk.wall = desk.exchange.now
    assert [one for one in desk.wait(4.9) if hasattr(one, "account")] == []
    assert len([one for one in desk.wait(0.2) if hasattr(one, "account")]) == 1
