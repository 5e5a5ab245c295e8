"""Orders of an account meet the market: fills in parts, amends, cancels, notices, costs."""

import pytest

from hantu.domain.account import Side
from hantu.simulator.model import Accepted, BookChanged, NoticeIssued, Refused, TradePrinted
from tests.unit.simulator.markets import ACCOUNT, STILL, STOCK, Desk, scenario, triplet

LIVELY = "trades_per_second: 2"


@pytest.fixture
def desk():
    # 10 shares at each of 9990, 9980 … bid and 10000, 10010 … asked
    return Desk(scenario())


def fills(notices):
    return [(int(one["CNTG_QTY"]), int(one["CNTG_UNPR"])) for one in notices if triplet(one) == "022"]


def test_order_larger_than_the_level_is_filled_in_parts_and_rests(desk):
    number = desk.sell(25, 9980)
    assert fills(desk.notices()) == [(10, 9990), (10, 9980)]
    row = desk.row(number)
    assert (row["tot_ccld_qty"], row["rmn_qty"], row["avg_prvs"]) == ("20", "5", "9985")
    first, _ = desk.exchange.asking(STOCK)
    assert (first["askp1"], first["askp_rsqn1"]) == ("9980", "5")


def test_order_waits_behind_earlier_orders_at_its_price():
    desk = Desk(scenario(liquidity=LIVELY))
    number = desk.sell(4, 10010)
    desk.wait(60)
    assert desk.row(number)["tot_ccld_qty"] == "0"


def test_market_moving_over_a_resting_order_fills_it_at_its_own_price():
    path = "{kind: waypoints, points: [{at: 09:00:00, price: 10000}, {at: 09:00:30, price: 10200}]}"
    desk = Desk(scenario(liquidity=LIVELY, path=path))
    number = desk.sell(50, 10100)
    desk.wait(40)
    row = desk.row(number)
    assert (row["tot_ccld_qty"], row["avg_prvs"]) == ("50", "10100")


def test_resting_order_is_worked_off_by_small_trades_while_the_price_stands():
    desk = Desk(scenario(liquidity=LIVELY))
    number = desk.sell(19, 9990)  # takes the ten shares bid, nine are left as the best ask
    desk.notices()
    desk.exchange.trade_at(STOCK, 9990, desk.wall)
    parts = [(int(one.columns["CNTG_QTY"])) for one in desk.wait(10) if isinstance(one, NoticeIssued)]
    assert parts == [3, 3, 3]
    assert desk.row(number)["rmn_qty"] == "0"


def test_book_is_never_crossed_when_the_market_runs_over_an_order():
    path = "{kind: waypoints, points: [{at: 09:00:00, price: 10000}, {at: 09:00:30, price: 10200}]}"
    desk = Desk(scenario(liquidity=LIVELY, path=path))
    desk.sell(50, 10100)
    for one in desk.wait(60):
        if isinstance(one, BookChanged | TradePrinted):
            assert int(one.columns["BIDP1"]) < int(one.columns["ASKP1"])


def test_market_order_takes_level_after_level_and_rests_at_the_last_price(desk):
    desk.order(Side.SELL, 100, 0, "01")
    row = desk.exchange.orders_today(ACCOUNT)[0]
    assert (row["tot_ccld_qty"], row["avg_prvs"], row["ord_unpr"]) == ("100", "9945", "0")


def test_ioc_takes_what_is_there_and_the_rest_is_gone(desk):
    number = desk.sell(25, 9980, "11")
    notices = desk.notices()
    assert [triplet(one) for one in notices] == ["011", "022", "022", "013"]
    assert (int(notices[-1]["CNTG_QTY"]), notices[-1]["ODER_COND"]) == (5, "1")
    assert desk.row(number)["rmn_qty"] == "0"
    assert desk.exchange.sellable(ACCOUNT, STOCK)["ord_psbl_qty"] == "80"


def test_fok_is_all_or_nothing(desk):
    none = desk.sell(25, 9980, "12")
    assert desk.row(none)["tot_ccld_qty"] == "0"
    assert [triplet(one) for one in desk.notices()] == ["011", "013"]
    whole = desk.sell(20, 9980, "12")
    assert desk.row(whole)["tot_ccld_qty"] == "20"


def test_best_order_stays_at_the_best_price_of_the_other_side(desk):
    number = desk.sell(15, 0, "03")
    assert (desk.row(number)["tot_ccld_qty"], desk.row(number)["rmn_qty"]) == ("10", "5")
    first, _ = desk.exchange.asking(STOCK)
    assert first["askp1"] == "9990"


def test_same_side_best_joins_its_own_side(desk):
    desk.sell(7, 0, "04")
    first, _ = desk.exchange.asking(STOCK)
    assert (first["askp1"], first["askp_rsqn1"]) == ("10000", "17")


def test_notices_of_a_filled_sell_carry_this_fill_only(desk):
    number = desk.sell(15, 9980)
    received, *done = desk.notices()
    assert (triplet(received), received["CNTG_QTY"], received["CNTG_UNPR"]) == ("011", "0000000015", "000009980")
    assert [one["ODER_NO"] for one in done] == [number, number]
    assert fills(done) == [(10, 9990), (5, 9980)]
    assert {one["ODER_QTY"] for one in done} == {"000000015"}
    assert (done[0]["SELN_BYOV_CLS"], done[0]["ACNT_NO"], done[0]["CNTG_ISNM40"]) == ("01", ACCOUNT, "삼성전자")
    assert (done[0]["CUST_ID"], len(done[0])) == ("USER", 26)


def test_trade_is_on_the_tape_before_its_notice(desk):
    desk.sell(10, 9990)
    kinds = [type(one) for one in desk.exchange.drain_events()]
    assert kinds == [NoticeIssued, TradePrinted, NoticeIssued, BookChanged]


def test_cancel_has_its_own_number_and_frees_the_shares(desk):
    number = desk.sell(100, 10100)
    assert desk.exchange.sellable(ACCOUNT, STOCK)["ord_psbl_qty"] == "0"
    desk.notices()
    answer = desk.cancel(number)
    assert isinstance(answer, Accepted)
    assert answer.order_no != number
    received, confirmed = desk.notices()
    assert (triplet(received), triplet(confirmed)) == ("011", "012")
    assert (confirmed["RCTF_CLS"], confirmed["OODER_NO"], int(confirmed["CNTG_QTY"])) == ("2", number, 100)
    assert desk.exchange.sellable(ACCOUNT, STOCK)["ord_psbl_qty"] == "100"
    assert (desk.row(number)["rmn_qty"], desk.row(number)["cncl_cfrm_qty"]) == ("0", "100")
    assert (desk.row(answer.order_no)["orgn_odno"], desk.row(answer.order_no)["rmn_qty"]) == (number, "0")
    assert desk.cancel(number) == Refused("APBK0927", "정정취소 가능수량이 없습니다.", "7")


def test_part_of_an_order_can_be_cancelled(desk):
    number = desk.sell(100, 10100)
    assert isinstance(desk.cancel(number, 30), Accepted)
    assert desk.row(number)["rmn_qty"] == "70"
    first, _ = desk.exchange.asking(STOCK)
    assert first["askp10"] == "10090"
    assert first["total_askp_rsqn"] == str(100 + 70)
    assert desk.exchange.sellable(ACCOUNT, STOCK)["ord_psbl_qty"] == "30"
    refused = desk.cancel(number, 71)
    assert isinstance(refused, Refused)
    assert refused.code == "APBK0927"


def test_amend_gets_a_new_number_and_the_old_one_is_gone(desk):
    number = desk.sell(20, 10100)
    desk.notices()
    answer = desk.amend(number, 10200)
    assert isinstance(answer, Accepted)
    assert [row["odno"] for row in desk.exchange.cancellable(ACCOUNT)] == [answer.order_no]
    confirmed = desk.notices()[-1]
    assert (triplet(confirmed), confirmed["RCTF_CLS"]) == ("012", "1")
    assert (confirmed["ODER_NO"], confirmed["OODER_NO"]) == (answer.order_no, number)
    assert desk.exchange.sellable(ACCOUNT, STOCK)["ord_psbl_qty"] == "80"


def test_amend_loses_its_place_in_the_queue(desk):
    first, second = desk.sell(5, 10050), desk.sell(5, 10050)
    moved = desk.amend(first, 10050)
    assert isinstance(moved, Accepted)
    desk.buy(62, 10050)  # 60 of the market maker up to 10050, two shares are left for the queue
    assert desk.row(second)["tot_ccld_qty"] == "2"
    assert desk.row(moved.order_no)["tot_ccld_qty"] == "0"


def test_amend_into_the_market_is_filled_at_once(desk):
    answer = desk.amend(desk.sell(10, 10100), 9990)
    assert isinstance(answer, Accepted)
    assert desk.row(answer.order_no)["tot_ccld_qty"] == "10"


def test_fees_and_tax_are_taken_and_the_deposit_waits_for_settlement(desk):
    desk.sell(10, 9990)
    _, totals = desk.exchange.balance(ACCOUNT)
    commission, tax = 99_900 * 150 // 1_000_000, 99_900 * 2_000 // 1_000_000
    assert totals["prvs_rcdl_excc_amt"] == str(10_000_000 + 99_900 - commission - tax)
    assert (totals["dnca_tot_amt"], totals["nxdy_excc_amt"]) == ("10000000", "10000000")
    assert totals["thdt_tlex_amt"] == str(commission + tax)


def test_tax_follows_the_day_of_the_sale():
    extra = (
        "fees: {commission_ppm: 0, taxes: [{from: 2026-01-01, kospi_ppm: 2000}, {from: 2026-11-24, kospi_ppm: 9000}]}"
    )
    desk = Desk(scenario(extra=extra))
    desk.sell(10, 9990)
    assert desk.exchange.inspect()["accounts"][ACCOUNT]["tax"] == 199


def test_average_price_is_cost_over_shares(desk):
    desk.buy(10, 10000)
    rows, _ = desk.exchange.balance(ACCOUNT)
    assert (rows[0]["hldg_qty"], rows[0]["pchs_amt"], rows[0]["pchs_avg_pric"]) == ("110", "1000000", "9090.9091")
    desk.sell(10, 9990)
    rows, _ = desk.exchange.balance(ACCOUNT)
    assert rows[0]["pchs_avg_pric"] == "9090.9100"


def test_sold_out_stock_stays_in_the_balance_with_nothing(desk):
    desk.sell(100, 9900)
    rows, _ = desk.exchange.balance(ACCOUNT)
    assert [(row["pdno"], row["hldg_qty"], row["thdt_sll_qty"]) for row in rows] == [(STOCK, "0", "100")]


def test_market_buy_reserves_the_upper_limit():
    desk = Desk(scenario(cash=1_300_195, liquidity=STILL))
    assert desk.exchange.buyable(ACCOUNT, STOCK, 0, "01")["nrcvb_buy_qty"] == "100"
    assert isinstance(desk.order(Side.BUY, 101, 0, "01"), Refused)
    assert isinstance(desk.order(Side.BUY, 100, 0, "01"), Accepted)


def test_order_numbers_are_unique_and_not_in_order_of_time(desk):
    numbers = [int(desk.sell(1, 10900)) for _ in range(60)]
    assert len(set(numbers)) == 60
    assert numbers != sorted(numbers)


def test_orders_left_at_the_close_expire_without_a_notice(desk):
    number = desk.sell(10, 10900)
    desk.exchange.drain_events()
    notices = [one for one in desk.until("153500") if isinstance(one, NoticeIssued)]
    assert notices == []
    assert desk.row(number)["rmn_qty"] == "0"
    assert desk.exchange.sellable(ACCOUNT, STOCK)["ord_psbl_qty"] == "100"


def test_next_day_starts_from_the_last_price_with_settling_cash(desk):
    desk.sell(10, 9990)
    desk.until("235959")
    last = int(desk.exchange.price(STOCK)["stck_prpr"])
    desk.wait(8.5 * 3600)
    assert desk.exchange.price(STOCK)["stck_sdpr"] == str(last)
    _, totals = desk.exchange.balance(ACCOUNT)
    assert totals["dnca_tot_amt"] == "10000000"
    assert totals["nxdy_excc_amt"] == totals["prvs_rcdl_excc_amt"]
    assert desk.exchange.orders_today(ACCOUNT) == []
