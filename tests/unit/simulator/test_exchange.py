"""The market's own life: scripted prices, auctions, halts, silence, and answers that agree with the stream."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from hantu.domain.account import Side
from hantu.domain.price_step import is_on_step
from hantu.domain.session import KST
from hantu.kis.layouts import layout
from hantu.simulator.exchange import Exchange
from hantu.simulator.model import BookChanged, NoticeIssued, OperationIssued, Refused, TradePrinted
from hantu.simulator.scenario_file import load_scenario, parse_scenario
from tests.unit.simulator.markets import ACCOUNT, STOCK, Desk, scenario

LIVELY = "trades_per_second: 2, spread: 0.5"
FALL = """{kind: waypoints, points: [
  {at: 09:00:00, price: 10000}, {at: 09:00:30, price: 9700}, {at: 09:01:00, price: 9850}, {at: 15:30:00, price: 9850}]}"""
HALT = "faults: [{at: 09:00:10, kind: halt, duration: 20, params: {late_trades: 2}}]"
DRAWN = "{kind: drawn, volatility: 0.2, band: 0.05}"


def prints(events):
    return [one for one in events if isinstance(one, TradePrinted)]


def prices(events):
    return [int(one.columns["STCK_PRPR"]) for one in prints(events)]


def operations(events):
    return [one.columns for one in events if isinstance(one, OperationIssued)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_waypoints_are_traded_exactly_on_time(seed):
    desk = Desk(scenario(liquidity=LIVELY, path=FALL), seed)
    by_time = {}
    for one in prints(desk.wait(120)):
        by_time[one.at.astimezone(KST).strftime("%H%M%S.%f")] = int(one.columns["STCK_PRPR"])
    assert (by_time["090030.000000"], by_time["090100.000000"]) == (9700, 9850)
    assert min(by_time.values()) == 9700


def test_same_seed_gives_the_same_events_and_another_one_does_not():
    def day(seed):
        desk = Desk(scenario(liquidity=LIVELY, path=DRAWN), seed)
        desk.sell(30, 10000)
        return desk.wait(300)

    assert day(7) == day(7)
    assert day(7) != day(8)


def test_how_often_the_exchange_is_asked_changes_nothing():
    often, once = (Desk(scenario(liquidity=LIVELY, path=DRAWN)) for _ in range(2))
    assert [one for _ in range(200) for one in often.wait(0.5)] == once.wait(100)


def test_columns_of_a_trade_agree_with_the_tape():
    desk = Desk(scenario(liquidity=LIVELY, path=DRAWN))
    seen, volume, value = [], 266, 0
    for one in prints(desk.wait(300)):
        columns = {name: text for name, text in one.columns.items() if text.lstrip("-").isdigit()}
        price, quantity = int(columns["STCK_PRPR"]), int(columns["CNTG_VOL"])
        before = int(columns["ACML_VOL"]) - quantity
        assert not seen or before == volume
        volume, value = int(columns["ACML_VOL"]), int(columns["ACML_TR_PBMN"])
        seen.append(price)
        assert int(columns["STCK_LWPR"]) <= price <= int(columns["STCK_HGPR"])
        assert min(seen) >= int(columns["STCK_LWPR"])
        assert one.columns["WGHN_AVRG_STCK_PRC"] == f"{value / volume:.2f}"
        assert int(columns["ASKP1"]) > int(columns["BIDP1"]) > 0
        assert is_on_step(price)
        assert int(columns["PRDY_VRSS"]) == price - 10000
    assert len(set(seen)) > 3
    row = desk.exchange.price(STOCK)
    assert (row["stck_prpr"], row["acml_vol"], row["acml_tr_pbmn"]) == (str(seen[-1]), str(volume), str(value))


def test_columns_are_those_of_the_newest_layouts():
    trade, *_ = prints(Desk(scenario(liquidity=LIVELY)).wait(5))
    assert len(trade.columns) == 47
    assert (next(iter(trade.columns)), list(trade.columns)[-1]) == ("MKSC_SHRN_ISCD", "MARKET_CLS_CODE")
    books = [one for one in Desk(scenario(liquidity=LIVELY)).wait(5) if isinstance(one, BookChanged)]
    names = list(books[0].columns)
    assert (len(names), names[2], names[3], names[22], names[42]) == (
        63,
        "HOUR_CLS_CODE",
        "ASKP1",
        "BIDP10",
        "BIDP_RSQN10",
    )


def test_columns_have_the_names_and_order_of_the_wire():
    desk = Desk(scenario(liquidity=LIVELY, extra=HALT))
    desk.sell(1, 9990)
    names = {TradePrinted: "H0STCNT0", BookChanged: "H0STASP0", NoticeIssued: "H0STCNI0", OperationIssued: "H0STMKO0"}
    seen = set()
    for one in desk.wait(15):
        seen.add(type(one))
        assert tuple(one.columns) == layout(names[type(one)], "2026-09").columns
        assert all(isinstance(text, str) for text in one.columns.values())
    assert seen == set(names)


def test_a_price_can_be_moved_by_hand_and_the_market_goes_on_from_there():
    desk = Desk(scenario(liquidity=LIVELY))
    desk.wait(5)
    assert desk.exchange.trade_at(STOCK, 9500, desk.wall)
    assert prices(desk.exchange.drain_events())[-1] == 9500
    assert set(prices(desk.wait(20))) == {9500}
    assert not desk.exchange.trade_at(STOCK, 9505, desk.wall)
    assert not desk.exchange.trade_at(STOCK, 20000, desk.wall)
    assert not desk.exchange.trade_at("999999", 9500, desk.wall)
    desk.until("153100")
    assert not desk.exchange.trade_at(STOCK, 9500, desk.wall)


def test_opening_auction_trades_at_one_price_and_serves_early_orders():
    desk = Desk(scenario(liquidity=LIVELY, path=FALL, extra="calendar: {open: 09:00:20}"))
    number = desk.sell(4, 9700)
    market = desk.sell(3, 0, "01")
    desk.notices()
    shown = [one.columns for one in desk.wait(18) if isinstance(one, BookChanged)]
    assert {one["HOUR_CLS_CODE"] for one in shown} == {"B"}
    assert int(shown[0]["ANTC_CNPR"]) > 0
    assert desk.row(number)["tot_ccld_qty"] == "0"
    events = desk.wait(1)
    assert [one["MKOP_CLS_CODE"] for one in operations(events)] == ["112"]
    opening = prints(events)[0].columns
    assert opening["STCK_OPRC"] == opening["STCK_PRPR"] == desk.row(number)["avg_prvs"]
    assert desk.row(market)["avg_prvs"] == opening["STCK_PRPR"]
    assert (desk.row(number)["rmn_qty"], desk.row(market)["rmn_qty"]) == ("0", "0")


def test_day_closes_with_an_auction():
    desk = Desk(scenario(liquidity="trades_per_second: 0.1", path=FALL))
    desk.until("152005")
    number = desk.sell(2, 9700)
    events = desk.until("153100")
    assert [one["MKOP_CLS_CODE"] for one in operations(events)] == ["129"]
    (closing,) = prints(events)
    assert closing.at.astimezone(KST).strftime("%H%M%S") == "153000"
    assert desk.row(number)["avg_prvs"] == closing.columns["STCK_PRPR"] == "9850"
    assert desk.exchange.inspect()["phase"] == "closed"


@pytest.mark.requirement("MON-S.09")
def test_halt_stops_trading_and_orders_and_lets_cancels_pass():
    desk = Desk(scenario(liquidity=LIVELY, extra=HALT))
    number = desk.sell(5, 10500)
    before = desk.until("090009")
    assert {one.columns["TRHT_YN"] for one in prints(before)} == {"N"}
    events = desk.until("090029")
    (told,) = operations(events)
    assert (told["MKSC_SHRN_ISCD"], told["MKOP_CLS_CODE"], told["TRHT_YN"]) == ("", "174", "Y")
    assert {one.columns["TRHT_YN"] for one in prints(events) if one.at.second > 10} == {"Y"}
    assert max(one.at.second for one in prints(events)) <= 12
    refused = desk.order(Side.SELL, 1, 9990)
    assert isinstance(refused, Refused)
    assert refused.code == "APBK0066"
    assert isinstance(desk.amend(number, 10400), Refused)
    assert not isinstance(desk.cancel(number), Refused)
    assert desk.exchange.price(STOCK)["temp_stop_yn"] == "Y"
    after = desk.until("090040")
    assert [one["MKOP_CLS_CODE"] for one in operations(after)] == ["175"]
    assert {one.columns["TRHT_YN"] for one in prints(after)} == {"N"}
    desk.sell(1, 9900)


def test_halt_can_end_in_an_auction():
    extra = "faults: [{at: 09:00:10, kind: halt, duration: 5, params: {auction: 10}}]"
    desk = Desk(scenario(liquidity=LIVELY, extra=extra))
    desk.until("090016")
    number = desk.sell(1, 9900)
    assert prints(desk.until("090024")) == []
    desk.until("090026")
    assert desk.row(number)["avg_prvs"] == "10000"


def test_halt_of_one_stock_leaves_the_others():
    what = load_scenario("quiet")
    exchange = Exchange(what)
    begin = what.clock.begin()
    exchange.advance(begin + timedelta(seconds=20))
    fault = load_scenario("s09_circuit_breaker").faults[0]
    exchange.inject(replace(fault, kind="stock_halt", target="000660"), begin + timedelta(seconds=20))
    events = exchange.advance(begin + timedelta(seconds=35))
    (told,) = operations(events)
    assert (told["MKSC_SHRN_ISCD"], told["TRHT_YN"], told["ISCD_STAT_CLS_CODE"]) == ("000660", "Y", "58")
    assert {one.symbol for one in prints(events) if one.columns["CNTG_VOL"] != "0"} == {
        stock.symbol for stock in what.stocks
    } - {"000660"}


def test_static_interruption_collects_orders_for_two_minutes():
    path = "{kind: waypoints, points: [{at: 09:00:00, price: 10000}, {at: 09:00:30, price: 8900}]}"
    desk = Desk(scenario(liquidity=LIVELY, path=path, extra="rules: {static_vi: true}"))
    events = desk.until("090100")
    (told,) = operations(events)
    assert (told["MKSC_SHRN_ISCD"], told["VI_CLS_CODE"], told["ANTC_MKOP_CLS_CODE"]) == (STOCK, "Y", "311")
    touched = prices(events)[-1]
    assert 8950 < touched <= 9000
    assert desk.exchange.price(STOCK)["vi_cls_code"] == "Y"
    number = desk.sell(1, 8500)
    assert desk.row(number)["rmn_qty"] == "1"
    (row,) = desk.exchange.vi_status(STOCK)
    assert (row["vi_cls_code"], row["vi_prc"], row["vi_stnd_prc"]) == ("Y", str(touched), "10000")
    later = desk.until("090245")
    assert operations(later)[0]["VI_CLS_CODE"] == "N"
    assert desk.row(number)["avg_prvs"] == "8900"
    assert desk.exchange.vi_status(STOCK)[0]["vi_cls_code"] == "N"


def test_no_market_data_before_a_jump_of_the_clock():
    what = load_scenario("demo")
    exchange = Exchange(what)
    clock = what.clock.clock(0.0)
    at = [
        one.at
        for step in range(1, 381)
        for one in exchange.advance(clock.wall(step * 0.1))
        if isinstance(one, TradePrinted | BookChanged)
    ]
    assert len(at) > 10_000
    for jump in clock.jumps():
        silent = [moment for moment in at if jump.before - timedelta(seconds=3) <= moment < jump.after]
        assert silent == []
        assert any(jump.before - timedelta(seconds=5) <= moment < jump.before for moment in at)
        assert any(jump.after <= moment < jump.after + timedelta(seconds=4) for moment in at)


def test_replay_prints_the_captured_trades_at_their_times(tmp_path):
    record = "005930^{at}^{price}^5^-1^-1^1^1^1^1^1^1^{quantity}^9"
    both = (
        record.format(at="090010", price=10010, quantity=7) + "^" + record.format(at="090010", price=10020, quantity=8)
    )
    lines = [f"0|H0STCNT0|002|{both}", "0|H0STASP0|001|005930^090011^0"]
    lines.append("0|H0STCNT0|001|" + record.format(at="090012", price=9990, quantity=3))
    (tmp_path / "frames.txt").write_text("\n".join(lines))
    text = f"""
clock: {{start: 09:00:01}}
stocks: [{{symbol: {STOCK}, name: 삼성전자, base_price: 10000, path: {{kind: replay, file: frames.txt}}}}]
"""
    desk = Desk(parse_scenario(text, tmp_path))
    seen = [
        (one.columns["STCK_CNTG_HOUR"], one.columns["STCK_PRPR"], one.columns["CNTG_VOL"])
        for one in prints(desk.wait(60))
    ]
    assert seen == [("090010", "10010", "7"), ("090010", "10020", "8"), ("090012", "9990", "3")]


def test_bars_agree_with_each_other_and_with_the_day():
    desk = Desk(scenario(liquidity=LIVELY, path=DRAWN))
    desk.wait(400)
    _, days = desk.exchange.daily_bars(STOCK, date(2026, 1, 1), date(2026, 11, 23))
    assert len(days) == 100
    assert (days[0]["stck_bsop_date"], days[1]["stck_clpr"]) == ("20261123", "10000")
    for row in days:
        low, high = int(row["stck_lwpr"]), int(row["stck_hgpr"])
        assert low <= min(int(row["stck_oprc"]), int(row["stck_clpr"]))
        assert high >= max(int(row["stck_oprc"]), int(row["stck_clpr"]))
    _, minutes = desk.exchange.minute_bars(STOCK, "235959")
    assert [row["stck_cntg_hour"] for row in minutes[:2]] == ["090600", "090500"]
    assert sum(int(row["cntg_vol"]) for row in minutes) == int(days[0]["acml_vol"])


def test_unknown_symbol_has_no_answers():
    exchange = Desk(scenario()).exchange
    assert (
        exchange.price("999999")
        is exchange.asking("999999")
        is exchange.daily_bars("999999", date.min, date.max)
        is None
    )
    assert exchange.multi_price(["999999", STOCK])[0]["inter_shrn_iscd"] == STOCK
    assert exchange.sellable(ACCOUNT, "999999") == {}


def test_holidays_say_when_the_exchange_opens():
    rows = Desk(scenario(extra="calendar: {closed: [2026-11-24]}")).exchange.holidays(date(2026, 11, 20))
    assert [row["opnd_yn"] for row in rows[:6]] == ["Y", "N", "N", "Y", "N", "Y"]
    assert [row["wday_dvsn_cd"] for row in rows[:3]] == ["06", "07", "01"]
