"""The codec against what was recorded or published: read it, write it back, same bytes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hantu.domain.account import Side
from hantu.domain.instant import Instant
from hantu.domain.market import MarketOperation, OperationKind
from hantu.domain.order import NoticeKind
from hantu.kis.cipher import NoticeCipher
from hantu.kis.control import Ack, parse_control
from hantu.kis.frames import parse_data, render_data, split_records
from hantu.kis.hot import decode_trades
from hantu.kis.layouts import GENERATIONS, LAYOUTS, layout
from hantu.kis.messages import (
    BOOK_MINIMUM,
    TRADE_MINIMUM,
    decode_book,
    decode_notice,
    decode_operation,
    decode_trade,
    encode,
)
from hantu.kis.stream import NoticeDecoded, StreamSession
from hantu.kis.translate_stream import to_notice, to_operations

HERE = Path(__file__).parent
NOON = datetime(2026, 6, 8, 3, 0, tzinfo=UTC)
PUBLISHED = json.loads((HERE / "columns.json").read_text("utf-8"))


def lines(name: str) -> list[str]:
    return (HERE / name).read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_every_published_layout_is_known_column_by_column(name):
    published = PUBLISHED[name]
    known = [each.columns for each in LAYOUTS[published["tr_id"]]]
    assert tuple(published["columns"]) in known
    assert LAYOUTS[published["tr_id"]][0].encrypted == published["encrypted"]


def test_no_layout_is_invented():
    published = {(each["tr_id"], tuple(each["columns"])) for each in PUBLISHED.values()}
    ours = {(each.tr_id, each.columns) for layouts in LAYOUTS.values() for each in layouts}
    # The compact notice was seen on the paper id only; old clients are served it on the real one.
    assert ours - published == {("H0STCNI0", layout("H0STCNI9", "paper").columns)}


@pytest.mark.parametrize(
    ("generation", "trade", "book", "notice"),
    [("2025", 46, 59, 23), ("2026-07", 46, 59, 26), ("2026-09", 47, 63, 26), ("paper", 47, 63, 23)],
)
def test_generations_have_their_widths(generation, trade, book, notice):
    assert layout("H0STCNT0", generation).width == trade
    assert layout("H0STASP0", generation).width == book
    assert layout("H0STCNI0", generation).width == layout("H0STCNI9", generation).width == notice
    assert all(layout(tr_id, generation).tr_id == tr_id for tr_id in LAYOUTS)


def test_legacy_and_compact_notices_differ_in_column_19():
    assert layout("H0STCNI0", "2025").columns[18] == "CNTG_ISNM"
    assert layout("H0STCNI9", "paper").columns[18] == "ORD_EXG_GB_POPUP_YN"


@pytest.mark.parametrize(("name", "minimum"), [("trade_46.txt", TRADE_MINIMUM), ("book_62.txt", BOOK_MINIMUM)])
def test_recorded_frames_survive_reading_and_writing(name, minimum):
    for text in lines(name):
        frame = parse_data(text)
        records = split_records(frame, minimum)
        assert len(records) == frame.count
        assert render_data(frame.tr_id, records) == text


@pytest.mark.parametrize("name", ["trade_46.txt", "book_62.txt"])
def test_recorded_records_survive_names_and_back(name):
    generation = GENERATIONS["2025"] if name == "trade_46.txt" else type(GENERATIONS["2025"])(46, 62, "full")
    for text in lines(name):
        frame = parse_data(text)
        columns = layout(frame.tr_id, generation).columns
        for record in split_records(frame, len(columns)):
            assert encode(frame.tr_id, dict(zip(columns, record, strict=True)), generation) == record


def test_recorded_acknowledgements_survive_byte_for_byte():
    for text in lines("control.txt"):
        ack = parse_control(text)
        assert isinstance(ack, Ack)
        assert ack.render() == text
        assert (ack.rt_cd, ack.msg_cd, ack.encrypt) == ("0", "OPSP0000", False)
        NoticeCipher(ack.key, ack.iv)
        assert ack.key not in repr(ack) and ack.iv not in repr(ack)


@pytest.mark.requirement("MON-3.09")
def test_every_record_of_recorded_frames_counts():
    frames = lines("trade_46.txt")
    trades = [trade for text in frames for trade in decode_trades(text, 1.0, NOON)]
    assert sum(trade.count for trade in trades) == sum(parse_data(text).count for text in frames) == 16
    assert [trade.price for trade in trades] == [314000, 314000, 314000, 314000, 314000, 313500, 313500]
    # Lower prices inside a frame are not lost, nor is the one off the price step.
    assert [trade.low for trade in trades] == [314000, 313500, 313500, 313750, 314000, 313500, 313500]
    assert {trade.symbol for trade in trades} == {"005930"}


def test_a_recorded_trade_says_what_the_exchange_said():
    (trade,) = decode_trades(lines("trade_46.txt")[4], 12.5, NOON)
    assert (trade.price, trade.quantity, trade.volume) == (314000, 2, 21357721)
    assert (trade.day_low, trade.day_high) == (292500, 315500)
    assert (trade.ask, trade.bid) == (314000, 313500)
    assert trade.traded_at == datetime(2026, 6, 8, 2, 48, 29, tzinfo=UTC)
    assert trade.received_at == 12.5
    assert (trade.regular, trade.auction, trade.halted, trade.count) == (True, False, False, 1)


def test_the_quick_way_reads_what_the_careful_way_reads():
    for text in lines("trade_46.txt"):
        careful = [decode_trade(fields) for fields in split_records(parse_data(text), TRADE_MINIMUM)]
        (quick,) = decode_trades(text, 1.0, NOON)
        last = careful[-1]
        assert (quick.price, quick.volume, quick.ask, quick.bid) == (last.price, last.volume, last.ask, last.bid)
        assert (quick.low, quick.high) == (min(r.price for r in careful), max(r.price for r in careful))
        assert quick.quantity == sum(record.quantity for record in careful)


def test_recorded_books_have_a_best_ask_and_bid():
    for text in lines("book_62.txt"):
        (fields,) = split_records(parse_data(text), BOOK_MINIMUM)
        book = decode_book(fields)
        assert (book.symbol, book.ask, book.bid, book.hour_class) == ("005930", 314000, 313500, "0")


@pytest.mark.parametrize(
    ("line", "kind", "order_no", "side", "quantity", "price", "name"),
    [
        (0, NoticeKind.ACCEPTED, "1562", Side.BUY, 1, 2200, "ISSUE"),
        (1, NoticeKind.FILL, "5008", Side.BUY, 1, 43295, "ISSUE"),
        (2, NoticeKind.FILL, "17214", Side.SELL, 1, 23000, "ISSUE"),
        (3, NoticeKind.FILL, "12345", Side.SELL, 10, 64500, "삼성전자"),
        (4, NoticeKind.CANCELED, "12346", Side.SELL, 4, 0, "삼성전자"),
        (5, NoticeKind.FILL, "12345", Side.SELL, 10, 64500, "삼성전자"),
    ],
    ids=["compact-accept", "compact-fill", "compact-unpadded", "full-fill", "full-cancel", "legacy-fill"],
)
def test_notices_of_every_layout_are_read(line, kind, order_no, side, quantity, price, name):
    notice = to_notice(decode_notice(lines("notices.txt")[line].split("^")), "1234567801", 3.0)
    assert (notice.kind, notice.order_no, notice.side) == (kind, order_no, side)
    assert (notice.quantity, notice.price, notice.name, notice.branch_no) == (quantity, price, name, "00950")
    assert notice.account_matches


@pytest.mark.requirement("MON-4.1.06")
@pytest.mark.parametrize("tr_id", ["H0STCNI0", "H0STCNI9"])
def test_encrypted_notices_of_real_and_paper_are_decoded(tr_id):
    session = StreamSession("approval", 0.0, "1234567801")
    now = Instant(NOON, 1.0)
    session.subscribe(tr_id, "USER")
    key, iv = "k" * 32, "v" * 16
    session.receive(Ack(tr_id, "USER", True, "0", "OPSP0000", "SUBSCRIBE SUCCESS", iv, key).render(), now)
    for plain in lines("notices.txt"):
        text = render_data(tr_id, [[NoticeCipher(key, iv).encrypt(plain)]], encrypted=True)
        (event,) = session.receive(text, now)
        assert isinstance(event, NoticeDecoded)
        assert event.notice.account_matches


@pytest.mark.parametrize(
    ("line", "symbol", "kind"),
    [
        (0, "396300", OperationKind.RESUME),
        (1, "100840", OperationKind.VI_OFF),
        (2, "003160", OperationKind.VI_ON),
        (3, "003160", OperationKind.VI_OFF),
    ],
)
def test_live_operation_records_are_read(line, symbol, kind):
    fields = lines("operations.txt")[line].split("^")
    assert len(fields) == 10
    record = decode_operation(fields)
    assert to_operations(record, NOON) == (MarketOperation(symbol, kind, market_wide=False, code=record.phase),)
