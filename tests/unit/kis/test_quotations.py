"""Market reads: prices, book, calendar, bars, average true range."""

from datetime import date, timedelta

import pytest

from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.kis.bars import (
    DailyBar,
    average_true_range,
    daily_bars_query,
    decode_daily_bars,
    decode_minute_bars,
    minute_bars_query,
)
from hantu.kis.quotations import (
    decode_book,
    decode_closed_days,
    decode_multi_price,
    decode_price,
    holidays_query,
    last_day,
    multi_price_query,
    price_query,
    symbols_of_query,
)
from hantu.kis.rest import MalformedAnswer

SAMSUNG = Symbol("005930")
PRICE_ROW = {
    "stck_prpr": "71000",
    "stck_lwpr": "70000",
    "stck_hgpr": "72000",
    "stck_llam": "49700",
    "stck_mxpr": "92300",
    "temp_stop_yn": "N",
    "iscd_stat_cls_code": "55",
    "vi_cls_code": "N",
}


def test_price_carries_range_and_limits() -> None:
    price = decode_price(SAMSUNG, PRICE_ROW)
    assert (price.price, price.day_low, price.day_high) == (71_000, 70_000, 72_000)
    assert (price.lower_limit, price.upper_limit, price.halted, price.vi_active) == (49_700, 92_300, False, False)


@pytest.mark.parametrize("change", [{"temp_stop_yn": "Y"}, {"iscd_stat_cls_code": "58"}])
def test_halts_are_seen(change: dict[str, str]) -> None:
    assert decode_price(SAMSUNG, {**PRICE_ROW, **change}).halted


def test_volatility_interruption_is_seen() -> None:
    assert decode_price(SAMSUNG, {**PRICE_ROW, "vi_cls_code": "Y"}).vi_active


@pytest.mark.parametrize(
    ("columns", "untraded"),
    [({}, False), ({"acml_vol": ""}, False), ({"acml_vol": "0"}, True), ({"acml_vol": "12"}, False), ({"acml_vol": "?"}, False),
     ({"acml_vol": "12", "oprc": "0", "hgpr": "0", "lwpr": "0"}, True),
     ({"oprc": "0", "hgpr": "0", "lwpr": ""}, False), ({"oprc": "0", "hgpr": "71000", "lwpr": "0"}, False)],
)  # fmt: skip
def test_price_of_a_stock_nobody_has_traded_today_says_so(columns: dict[str, str], untraded: bool) -> None:
    """Shares traded at yesterday's close before the opening count as volume, but there is no range yet."""
    day = {"oprc": "", "hgpr": "", "lwpr": ""} | columns
    one, many = ({(f"{prefix}_{key}" if len(key) == 4 else key): text for key, text in day.items()}
                 for prefix in ("stck", "inter2"))  # fmt: skip
    assert decode_price(SAMSUNG, PRICE_ROW | one).untraded is untraded
    (price,) = decode_multi_price([{"inter_shrn_iscd": "005930", "inter2_prpr": "71000"} | many])
    assert price.untraded is untraded


@pytest.mark.parametrize(("told", "volume"), [("1200", 1200), (" 7 ", 7), ("", -1), ("-3", -1), ("9" * 40, -1)])
def test_shares_of_the_day_are_told_by_both_and_halts_by_one_of_them(told: str, volume: int) -> None:
    price = decode_price(SAMSUNG, PRICE_ROW | {"acml_vol": told})
    (of_many,) = decode_multi_price([{"inter_shrn_iscd": "005930", "inter2_prpr": "71000", "acml_vol": told}])
    assert (price.volume, price.flags_told, of_many.volume, of_many.flags_told) == (volume, True, volume, False)


@pytest.mark.parametrize("name", ["stck_prpr", "stck_llam", "stck_mxpr"])
def test_price_without_its_number_is_not_guessed(name: str) -> None:
    with pytest.raises(MalformedAnswer):
        decode_price(SAMSUNG, {**PRICE_ROW, name: ""})


def test_thirty_symbols_fit_one_call() -> None:
    symbols = [Symbol(f"{n:06}") for n in range(30)]
    query = multi_price_query(symbols)
    assert query["FID_INPUT_ISCD_30"] == "000029"
    assert query["FID_COND_MRKT_DIV_CODE_1"] == "J"
    assert symbols_of_query(query) == symbols
    for wrong in ([], [*symbols, SAMSUNG]):
        with pytest.raises(ValueError):
            multi_price_query(wrong)


def test_multi_price_rows() -> None:
    row = {"inter_shrn_iscd": "005930", "inter2_prpr": "71000", "inter2_askp": "71100", "inter2_bidp": "71000"}
    (price,) = decode_multi_price([row])
    assert (price.symbol, price.price, price.ask, price.bid, price.day_low) == ("005930", 71_000, 71_100, 71_000, 0)
    for name in ("inter_shrn_iscd", "inter2_prpr"):
        with pytest.raises(MalformedAnswer):
            decode_multi_price([{**row, name: ""}])


def test_best_quotes() -> None:
    book = decode_book(SAMSUNG, {"askp1": "71100", "bidp1": "0"}, 3.5)
    assert (book.ask, book.bid, book.received_at) == (71_100, 0, 3.5)


def test_price_query() -> None:
    assert price_query(SAMSUNG) == {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": "005930"}


def test_closed_weekdays() -> None:
    rows = [
        {"bass_dt": "20261224", "opnd_yn": "Y"},
        {"bass_dt": "20261225", "opnd_yn": "N"},
        {"bass_dt": "20261226", "opnd_yn": "N"},
    ]
    assert decode_closed_days(rows) == {date(2026, 12, 25)}
    assert last_day(rows) == date(2026, 12, 26)
    assert holidays_query(date(2026, 12, 1))["BASS_DT"] == "20261201"


@pytest.mark.parametrize("row", [{"bass_dt": "20261225"}, {"bass_dt": "2026", "opnd_yn": "N"}])
def test_damaged_calendar_is_not_guessed(row: dict[str, str]) -> None:
    with pytest.raises(MalformedAnswer):
        decode_closed_days([row])


def test_empty_calendar_is_not_guessed() -> None:
    with pytest.raises(MalformedAnswer):
        last_day([])


def bar(day: int, high: int, low: int, close: int) -> DailyBar:
    return DailyBar(
        date(2026, 11, 1) + timedelta(day), Price(close), Price(high), Price(low), Price(close), Quantity(1)
    )


def test_daily_bars_are_adjusted_and_oldest_first() -> None:
    query = daily_bars_query(SAMSUNG, date(2026, 11, 1), date(2026, 11, 20))
    assert (query["FID_ORG_ADJ_PRC"], query["FID_INPUT_DATE_1"]) == ("0", "20261101")
    row = {"stck_oprc": "1", "stck_hgpr": "3", "stck_lwpr": "1", "stck_clpr": "2", "acml_vol": "9"}
    bars = decode_daily_bars([{**row, "stck_bsop_date": "20261103"}, {**row, "stck_bsop_date": "20261102"}])
    assert [bar.day.day for bar in bars] == [2, 3]
    with pytest.raises(MalformedAnswer):
        decode_daily_bars([row])


def test_minute_bars_are_oldest_first_and_send_the_empty_key() -> None:
    assert minute_bars_query(SAMSUNG, "100000")["FID_ETC_CLS_CODE"] == ""
    row = {"stck_bsop_date": "20261103", "stck_oprc": "1", "stck_hgpr": "3", "stck_lwpr": "1", "stck_prpr": "2"}
    rows = [{**row, "stck_cntg_hour": at, "cntg_vol": "0"} for at in ("090200", "090100")]
    assert [bar.at for bar in decode_minute_bars(rows)] == ["090100", "090200"]


@pytest.mark.requirement("DEC-4")
def test_average_true_range_spans_gaps() -> None:
    bars = [bar(0, 100, 90, 95), bar(1, 130, 120, 125), bar(2, 124, 100, 110)]
    assert average_true_range(bars, 2) == (35 + 25 + 1) // 2
    assert average_true_range(bars, 1) == 25


def test_average_true_range_needs_one_bar_more_and_real_prices() -> None:
    bars = [bar(0, 100, 90, 95), bar(1, 0, 0, 0), bar(2, 124, 100, 110)]
    assert average_true_range(bars, 3) == 0
    assert average_true_range(bars, 2) == 0
    assert average_true_range(bars, 0) == 0
