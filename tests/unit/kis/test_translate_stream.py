"""What wire codes mean, record by record."""

from datetime import UTC, datetime

import pytest

from hantu.domain.account import Side
from hantu.domain.market import MarketOperation, OperationKind
from hantu.domain.order import NoticeKind
from hantu.kis.frames import MalformedFrame
from hantu.kis.messages import (
    BookRecord,
    NoticeRecord,
    OperationRecord,
    decode_book,
    decode_notice,
    decode_operation,
    decode_trade,
    encode,
)
from hantu.kis.translate_stream import to_book_top, to_notice, to_operations
from tests.unit.kis.stream_texts import trade_record

NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
CLOSING = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
GENERATIONS = ["2025", "2026-07", "2026-09", "paper"]


def notice(**changes):
    values = {
        "account": "1234567801",
        "order_no": "0000012345",
        "original_order_no": "",
        "side": "01",
        "revision": "0",
        "symbol": "005930",
        "quantity": 4,
        "price": 64_500,
        "hour": "101500",
        "refused": "0",
        "filled": "2",
        "accepted": "2",
        "branch_no": "00950",
        "order_quantity": 10,
        "name": "삼성전자",
        "order_price": 64_400,
        "customer": "USER",
    }
    return NoticeRecord(**{**values, **changes})


def operation(**changes):
    values = {"symbol": "005930", "halted": "N", "phase": "AB1", "expected_phase": "112", "status": "55"}
    return OperationRecord(**{**values, "vi": "N", "after_hours_vi": "N", "exchange": "1", **changes})


@pytest.mark.parametrize("generation", GENERATIONS)
def test_records_survive_every_generation(generation):
    book = BookRecord("005930", "101500", "0", 64_600, 64_500)
    assert decode_notice(encode("H0STCNI0", notice().columns(), generation)) == notice()
    assert decode_book(encode("H0STASP0", book.columns(), generation)) == book
    trade = decode_trade(encode("H0STCNT0", trade_record().columns(), generation))
    assert trade == trade_record(market_class="2" if generation in ("2026-09", "paper") else "")
    read = decode_operation(encode("H0STMKO0", operation().columns(), generation))
    assert read == operation(exchange="" if generation == "2025" else "1")


def test_the_compact_notice_glues_exchange_and_popup():
    columns = {**notice().columns(), "ORD_EXG_GB": "1", "POPUP_YN": "Y"}
    assert encode("H0STCNI9", columns, "paper")[18] == "1Y"
    assert encode("H0STCNI9", columns, "2025")[18] == "삼성전자"
    assert encode("H0STCNI9", columns, "2026-09")[19:21] == ["1", "Y"]


def test_an_empty_side_of_the_book_is_zero():
    fields = encode("H0STASP0", BookRecord("005930", "152500", "0", 0, 64_500).columns())
    fields[3] = ""
    top = to_book_top(decode_book(fields), 2.0)
    assert (top.ask, top.bid, top.received_at) == (0, 64_500, 2.0)


@pytest.mark.parametrize(
    ("refused", "filled", "accepted", "revision", "kind"),
    [
        ("0", "1", "1", "0", NoticeKind.ACCEPTED),
        ("0", "1", "1", "1", NoticeKind.OTHER),
        ("0", "1", "1", "2", NoticeKind.OTHER),
        ("0", "1", "2", "1", NoticeKind.AMENDED),
        ("0", "1", "2", "2", NoticeKind.CANCELED),
        ("0", "1", "3", "0", NoticeKind.CANCELED),
        ("0", "1", "3", "2", NoticeKind.CANCELED),
        ("0", "2", "2", "0", NoticeKind.FILL),
        ("0", "2", "2", "1", NoticeKind.FILL),
        ("1", "1", "1", "0", NoticeKind.REJECTED),
        ("1", "1", "2", "2", NoticeKind.REJECTED),
        ("1", "2", "2", "0", NoticeKind.REJECTED),
        ("0", "2", "1", "0", NoticeKind.OTHER),
        ("0", "3", "2", "0", NoticeKind.OTHER),
        ("7", "2", "2", "0", NoticeKind.OTHER),
    ],
)
def test_only_the_documented_flags_make_a_fill(refused, filled, accepted, revision, kind):
    record = notice(refused=refused, filled=filled, accepted=accepted, revision=revision)
    assert to_notice(record, "1234567801", 1.0).kind is kind


def test_order_numbers_lose_their_padding():
    read = to_notice(notice(original_order_no="0000012344"), "", 1.0)
    assert (read.order_no, read.original_order_no) == ("12345", "12344")


def test_this_fill_and_the_whole_order_are_kept_apart():
    read = to_notice(notice(), "1234567801", 1.0)
    assert (read.quantity, read.order_quantity, read.price) == (4, 10, 64_500)


@pytest.mark.parametrize(("account", "ours"), [("1234567801", True), ("1234567899", False), ("", True)])
def test_notices_of_other_accounts_are_marked(account, ours):
    assert to_notice(notice(), account, 1.0).account_matches is ours


def test_buys_are_told_from_sells():
    assert to_notice(notice(side="02"), "", 1.0).side is Side.BUY


@pytest.mark.parametrize("changes", [{"side": "03"}, {"side": ""}, {"quantity": 0}, {"price": 0}])
def test_fills_that_say_too_little_are_refused(changes):
    with pytest.raises(MalformedFrame):
        to_notice(notice(**changes), "", 1.0)


@pytest.mark.parametrize(("place", "value"), [(2, ""), (2, "0000000000"), (8, "?"), (9, "-1"), (11, "99"), (10, "1.5")])
def test_notices_with_broken_columns_are_refused(place, value):
    fields = encode("H0STCNI0", notice().columns())
    fields[place] = value
    with pytest.raises(MalformedFrame):
        decode_notice(fields)


def test_a_notice_too_narrow_is_refused():
    with pytest.raises(MalformedFrame):
        decode_notice(encode("H0STCNI0", notice().columns())[:22])


def test_accounts_do_not_show_in_a_repr():
    assert "1234567801" not in repr(notice()) and "USER" not in repr(notice())


def test_an_operation_without_code_is_known_by_its_first_column():
    record = decode_operation(["N", "(null)", "174", "", "", "", "55", "N", "N", "1"])
    assert (record.symbol, record.phase, record.exchange) == ("", "174", "1")
    assert to_operations(record, NOON) == (MarketOperation("", OperationKind.HALT, market_wide=True, code="174"),)


@pytest.mark.parametrize("fields", [["005930"] + ["N"] * 8, ["005930", "X"] + ["N"] * 9, ["?"] + ["N"] * 9])
def test_broken_operations_are_refused(fields):
    with pytest.raises(MalformedFrame):
        decode_operation(fields)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("174", OperationKind.HALT),
        ("184", OperationKind.HALT),
        ("164", OperationKind.HALT),
        ("112", OperationKind.OPEN),
        ("387", OperationKind.OTHER),
        ("F09", OperationKind.OTHER),
        ("XYZ", OperationKind.OTHER),
    ],
)
def test_phases_concern_the_whole_market(code, kind):
    # During a halt of the market the issue says it is halted too; that adds nothing.
    halted = "Y" if kind is OperationKind.HALT else "N"
    (only,) = to_operations(operation(phase=code, halted=halted), NOON)
    assert only == MarketOperation("005930", kind, market_wide=True, code=code)


@pytest.mark.parametrize("code", ["175", "182", "185"])
def test_the_end_of_a_circuit_breaker_frees_the_issue_too(code):
    found = to_operations(operation(phase=code), NOON)
    assert [(each.kind, each.market_wide) for each in found] == [
        (OperationKind.RESUME, True),
        (OperationKind.RESUME, False),
    ]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"halted": "Y"}, OperationKind.HALT),
        ({"status": "58"}, OperationKind.HALT),
        ({"vi": "Y", "expected_phase": "311"}, OperationKind.VI_ON),
        ({"after_hours_vi": "Y"}, OperationKind.VI_ON),
        ({"expected_phase": "112"}, OperationKind.VI_OFF),
        ({"expected_phase": "311"}, OperationKind.RESUME),
        ({"phase": "", "expected_phase": ""}, OperationKind.RESUME),
    ],
)
def test_frames_about_one_issue(changes, kind):
    (only,) = to_operations(operation(**changes), NOON)
    assert (only.symbol, only.kind, only.market_wide) == ("005930", kind, False)


def test_a_halted_issue_stays_halted_when_the_market_goes_on():
    found = to_operations(operation(phase="175", halted="Y"), NOON)
    assert [each.kind for each in found] == [OperationKind.RESUME, OperationKind.HALT]


@pytest.mark.parametrize(("wall", "kind"), [(NOON, OperationKind.EARLY_CLOSE), (CLOSING, OperationKind.CLOSE)])
def test_a_close_before_the_closing_auction_is_early(wall, kind):
    (only,) = to_operations(operation(phase="129"), wall)
    assert only.kind is kind
