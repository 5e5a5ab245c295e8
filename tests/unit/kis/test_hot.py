"""The quick way of trades: nothing lost, nothing invented."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.kis.frames import MalformedFrame
from hantu.kis.hot import all_calm, calm, decode_trades, fence
from tests.golden.kis.test_wire import lines
from tests.unit.kis.stream_texts import AGE_46, trade_frame, trade_record

NEAR = datetime(2026, 11, 23, 1, 15, tzinfo=UTC)
LEVELS = {"005930": (60_000, 70_000)}


def decode(text):
    return decode_trades(text, 5.0, NEAR)


def one(**changes):
    (trade,) = decode(trade_frame(trade_record(**changes)))
    return trade


def put(text, place, value):
    head, payload = text[:15], text[15:].split("^")
    payload[place] = value
    return head + "^".join(payload)


@given(
    st.lists(
        st.tuples(st.sampled_from(["005930", "000660", "0001A0"]), st.integers(1_000, 7_900), st.integers(1, 10**6)),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(["2026-09", AGE_46]),
)
def test_no_record_of_a_frame_is_lost(rows, generation):
    records = [trade_record(code, price, high=7_900, low=1_000, quantity=shares) for code, price, shares in rows]
    trades = decode(trade_frame(*records, generation=generation))
    assert sum(trade.count for trade in trades) == len(rows)
    for code in {row[0] for row in rows}:
        mine = [trade for trade in trades if trade.symbol == code]
        assert sum(trade.quantity for trade in mine) == sum(row[2] for row in rows if row[0] == code)
        assert min(trade.low for trade in mine) == min(row[1] for row in rows if row[0] == code)
        assert max(trade.high for trade in mine) == max(row[1] for row in rows if row[0] == code)
        assert mine[-1].price == [row[1] for row in rows if row[0] == code][-1]


@pytest.mark.requirement("MON-3.09")
def test_a_burst_of_frames_is_counted_completely():
    texts = [trade_frame(*[trade_record(price=64_000 + number % 500)] * (1 + number % 4)) for number in range(10_000)]
    assert sum(trade.count for text in texts for trade in decode(text)) == sum(1 + n % 4 for n in range(10_000))


@pytest.mark.parametrize("generation", ["2025", "2026-09"])
@pytest.mark.parametrize("count", [1, 4])
def test_46_and_47_columns_read_alike(generation, count):
    (trade,) = decode(trade_frame(*[trade_record()] * count, generation=generation))
    assert (trade.price, trade.day_low, trade.day_high, trade.ask, trade.bid) == (
        64_500,
        64_000,
        65_000,
        64_600,
        64_500,
    )
    assert (trade.quantity, trade.volume, trade.count) == (10 * count, 1_000, count)
    assert trade.traded_at == datetime(2026, 11, 23, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize("count", [1, 3])
def test_columns_appended_by_a_reform_are_accepted(count):
    fields = trade_frame(trade_record())[15:]
    trades = decode(f"0|H0STCNT0|{count:03d}|" + "^".join([fields + "^new^"] * count))
    assert sum(trade.count for trade in trades) == count


@pytest.mark.parametrize("count", [1, 3])
def test_missing_columns_cost_the_message(count):
    fields = "^".join(trade_frame(trade_record(), generation="2025")[15:].split("^")[:45])
    with pytest.raises(MalformedFrame):
        decode(f"0|H0STCNT0|{count:03d}|" + "^".join([fields] * count))


def test_a_count_that_hides_records_is_refused():
    text = trade_frame(trade_record(), trade_record(price=59_000)).replace("|002|", "|001|")
    with pytest.raises(MalformedFrame):
        decode(text)


@pytest.mark.parametrize("tr_id", ["H0UNCNT0", "H0NXCNT0"])
def test_other_venues_are_read_alike(tr_id):
    (trade,) = decode(trade_frame(trade_record(), tr_id=tr_id))
    assert trade.price == 64_500


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "5930"),
        (0, "00593!"),
        (1, "101560"),
        (1, "240000"),
        (1, "10156"),
        (2, "-64500"),
        (2, "0"),
        (2, ""),
        (2, "64500.0"),
        (2, "6_500"),
        (2, "6450\N{FULLWIDTH DIGIT ZERO}"),
        (2, "6450"),
        (2, "645000"),
        (2, "9" * 30),
        (8, "63000000"),
        (9, "645"),
        (10, "-1"),
        (11, "999999999"),
        (12, "-5"),
        (13, "9" * 12),
        (13, "x"),
    ],
)
@pytest.mark.requirement("MON-3.20")
def test_numbers_no_exchange_sends_cost_the_message(place, value):
    with pytest.raises(MalformedFrame):
        decode(put(trade_frame(trade_record()), place, value))


@given(st.integers(0, 400), st.characters(blacklist_categories=["Cs"]), st.booleans())
def test_one_damaged_character_never_raises_anything_else(place, char, drop):
    text = trade_frame(trade_record())
    damaged = text[:place] + ("" if drop else char) + text[place + 1 :]
    try:
        trades = decode(damaged)
    except MalformedFrame:
        return
    assert all(0 < trade.low <= trade.price <= trade.high for trade in trades)


def test_off_step_prices_are_legal():
    assert one(price=313_750).price == 313_750


def test_a_price_beyond_the_days_columns_is_legal():
    trade = one(price=63_000, low=63_500, high=65_000)
    assert (trade.price, trade.low, trade.day_low) == (63_000, 63_000, 63_500)


def test_untold_numbers_are_zero():
    trade = decode(put(put(trade_frame(trade_record(high=0, low=0)), 10, ""), 11, ""))[0]
    assert (trade.day_high, trade.day_low, trade.ask, trade.bid) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("changes", "regular", "auction", "halted"),
    [
        ({}, True, False, False),
        ({"market_class": "1"}, False, False, False),
        ({"market_class": "3"}, False, False, False),
        ({"market_class": "5"}, True, False, False),
        ({"market_class": ""}, True, False, False),
        ({"phase": "10"}, False, False, False),
        ({"phase": "32"}, False, False, False),
        ({"phase": ""}, True, False, False),
        ({"phase": "40"}, False, True, False),
        ({"hour_class": "A"}, True, True, False),
        ({"hour_class": "B"}, True, True, False),
        ({"hour_class": "C"}, True, True, False),
        ({"hour_class": "D"}, True, False, False),
        ({"halted": "Y"}, True, False, True),
    ],
)
def test_codes_of_session_auction_and_halt(changes, regular, auction, halted):
    trade = one(**changes)
    assert (trade.regular, trade.auction, trade.halted) == (regular, auction, halted)


def test_the_old_wire_has_no_market_class():
    (trade,) = decode(trade_frame(trade_record(market_class="3"), generation="2025"))
    assert trade.regular


@pytest.mark.parametrize("change", [{"hour_class": "C"}, {"market_class": "3"}, {"halted": "Y"}])
def test_an_expected_price_does_not_widen_the_traded_span(change):
    odd = trade_record(price=59_000, high=65_000, low=58_000, **change)
    usual = trade_record(price=64_500, high=65_000, low=58_000)
    first, second, third = decode(trade_frame(usual, odd, usual))
    assert (first.low, second.low, third.low) == (64_500, 59_000, 64_500)


@pytest.mark.parametrize("date", ["", "20261332", "2026112", "garbage!"])
def test_without_a_usable_date_the_present_day_counts(date):
    assert one(date=date).traded_at == datetime(2026, 11, 23, 1, 15, tzinfo=UTC)


def test_a_told_date_counts():
    assert one(date="20260608").traded_at == datetime(2026, 6, 8, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (trade_frame(trade_record()), True),
        (trade_frame(trade_record(price=60_000)), False),
        (trade_frame(trade_record(price=60_001)), True),
        (trade_frame(trade_record(price=69_999)), True),
        (trade_frame(trade_record(price=70_000)), False),
        (trade_frame(trade_record(symbol="000660")), False),
        (trade_frame(trade_record(), trade_record()), False),
        (put(trade_frame(trade_record()), 2, "-65000"), False),
        (put(trade_frame(trade_record()), 2, ""), False),
        ("0|H0STCNT0|001|005930^101500^", False),
        ("0|H0STCNT0|001|005930", False),
        ("", False),
    ],
)
def test_only_what_provably_changes_nothing_is_calm(text, expected):
    assert calm(text, fence(LEVELS)) is expected


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([trade_record()], True),
        ([trade_record()] * 20, True),
        ([trade_record(), trade_record(price=60_000), trade_record()], False),
        ([trade_record(low=59_990)], False),
        ([trade_record(high=70_000)], False),
        ([trade_record(), trade_record(symbol="000660")], False),
        ([trade_record(), trade_record(low=59_990)], False),
        ([trade_record(high=0, low=0)], False),
        ([trade_record(price=60_000)], False),
        ([trade_record(price=70_000)], False),
    ],
)
def test_every_record_of_every_frame_is_looked_at(records, expected):
    assert all_calm(trade_frame(*records), fence(LEVELS)) is expected


@pytest.mark.parametrize(
    "text", ["", "0|H0STASP0|001|005930", "1|H0STCNT0|001|abc", put(trade_frame(trade_record()), 13, "x")]
)
def test_what_cannot_be_read_is_not_calm(text):
    assert not all_calm(text, fence(LEVELS))


@pytest.mark.parametrize("place", [1, 2, 8, 9, 10, 11, 12, 13])
@pytest.mark.parametrize("value", ["-1", "1_0", "x", "\N{FULLWIDTH DIGIT ZERO}"])
def test_a_damaged_number_is_not_calm(place, value):
    assert not all_calm(put(trade_frame(trade_record()), place, value), fence(LEVELS))


@pytest.mark.parametrize("place", [1, 2, 8, 9])
def test_a_missing_number_that_decides_is_not_calm(place):
    assert not all_calm(put(trade_frame(trade_record()), place, ""), fence(LEVELS))


def test_a_narrow_record_is_not_calm():
    text = trade_frame(trade_record(), generation="2025")
    assert all_calm(text, fence(LEVELS))
    assert not all_calm(text.rpartition("^")[0], fence(LEVELS))


# --- columns that moved ------------------------------------------------------------------


@pytest.mark.requirement("MON-3.11")
@pytest.mark.parametrize("place", range(42))
def test_a_separator_too_many_never_becomes_a_price(place):
    """With one more separator the day's low is read from another column: a stop told reached that never was."""
    fields = lines("trade_46.txt")[0].split("|", 3)[3].split("^")[:46]
    assert len(decode_trades("0|H0STCNT0|001|" + "^".join(fields), 1.0, NEAR)) == 1
    shifted = [*fields[: place + 1], "", *fields[place + 1 :]]
    torn = [*fields[:place], fields[place][:1], fields[place][1:], *fields[place + 1 :]]
    for wrong in (shifted, torn):
        with pytest.raises(MalformedFrame):
            decode_trades("0|H0STCNT0|001|" + "^".join(wrong), 1.0, NEAR)


@pytest.mark.requirement("MON-3.11")
@pytest.mark.parametrize("place", range(1, 37))
def test_a_separator_too_few_never_becomes_a_price(place):
    """Behind these stands only the class of the hour, and the phase says the same."""
    fields = lines("trade_46.txt")[0].split("|", 3)[3].split("^")[:46]
    joined = [*fields[: place - 1], fields[place - 1] + fields[place], *fields[place + 1 :], ""]
    with pytest.raises(MalformedFrame):
        decode_trades("0|H0STCNT0|001|" + "^".join(joined), 1.0, NEAR)


@pytest.mark.requirement("MON-3.11")
@pytest.mark.parametrize(
    ("price", "change", "rate", "read"),
    [
        (290_000, "-15000", "-4.56", False),
        (290_000, "-39000", "-11.85", True),
        (290_000, "", "", True),
        (290_000, "400000", "1.00", False),
        (293_000, "-15000", "-4.56", True),
    ],
)
def test_a_price_outside_its_day_must_fit_its_own_change(price, change, rate, read):
    """The day's columns may lag behind a price, its own change and rate do not."""
    fields = lines("trade_46.txt")[0].split("|", 3)[3].split("^")[:46]
    fields[2], fields[4], fields[5] = str(price), change, rate
    text = "0|H0STCNT0|001|" + "^".join(fields)
    if read:
        assert decode_trades(text, 1.0, NEAR)[0].price == price
    else:
        with pytest.raises(MalformedFrame):
            decode_trades(text, 1.0, NEAR)
