"""Commands that read the records, against a database a whole exit was recorded in."""

import asyncio
import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from hantu.adapters.store.store import SqliteStore
from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.order import IntentState, OrderType, Purpose
from hantu.ports import Batch

SAMSUNG, NAME = Symbol("005930"), "삼성전자"
INTENT, FLOW = "20261123-0001", "20261123-005930-stop_loss-1"
AT = datetime(2026, 11, 23, 0, 1, 29, 54732, tzinfo=UTC)


class FixedClock:
    """A market that stands still."""

    def now(self):
        return Instant(AT, 0.0)

    def real_delay(self, market_s):
        return market_s


def moment(second, micro=0):
    return f"2026-11-23 00:01:{second:02d}.{micro:06d}"


FACTS = (
    ev.PositionGuarded(SAMSUNG, NAME, 10, 710_000, 71_000, 68_870, 76_680, "fixed", "start"),
    ev.StopLossReached(FLOW, SAMSUNG, NAME, 68_800, 68_870, "trade", Purpose.STOP_LOSS, 10, 71_000, moment(28), moment(29, 54_700)),
    ev.IntentRecorded(INTENT, FLOW, "order", IntentState.SENDING, SAMSUNG, NAME, Side.SELL, Purpose.STOP_LOSS, 0, 10, 68_800,
                      OrderType.LIMIT, "KRX", 1, "", 10, 71_000, 1, (), "2026-11-23"),
    ev.OrderAccepted(INTENT, SAMSUNG, "5086", "00950", "090129", moment(29, 106_984), moment(29, 152_188), "answer"),
    ev.OrderFilled(INTENT, "5086", SAMSUNG, NAME, Side.SELL, 4, 68_800, 4, 10, moment(29), moment(29, 200_000), "notice"),
    ev.OrderFilled(INTENT, "5086", SAMSUNG, NAME, Side.SELL, 6, 68_700, 10, 10, moment(30), moment(30, 100_000), "notice"),
    ev.StopLossFilled(FLOW, SAMSUNG, NAME, 68_740, 71_000, 10, -24_000, -0.0338, 0, moment(30), 0, Purpose.STOP_LOSS),
    ev.PositionClosed(SAMSUNG, NAME, "stop_loss"),
    ev.AddBuyOpportunity(Symbol("005380"), "현대차", 242_000, 240_000, 85.0),
)  # fmt: skip
ALERT = Alert("stop_loss_filled", "k", Severity.WARN, Priority.HIGH, "OPS-01", "손절 체결: 삼성전자")


@pytest.fixture(autouse=True)
def recorded(home):
    async def record():
        store = SqliteStore(
            home / "hantu.db", FixedClock(), holder="test", account_alias="main", environment="local",
            spill_dir=home / "spill",
        )  # fmt: skip
        await store.open()
        for facts in (*((fact,) for fact in FACTS[:6]), FACTS[6:8], FACTS[8:]):
            alerts = ((0, ALERT),) if isinstance(facts[0], ev.StopLossFilled) else ()
            await store.record(Batch(Instant(AT, 0.0), facts, alerts, epoch=store.epoch))
        await store.close()

    asyncio.run(record())


def test_positions_without_guard_are_the_last_records(hantu, hantu_json):
    code, out, err = hantu("positions")
    assert code == 0
    assert "보유 종목이 없습니다" in out
    assert "마지막 기록" in err
    assert hantu_json("positions")[1] == []


def test_positions_with_guard_are_live(hantu, hantu_json, guard):
    out = hantu("positions")[1]
    assert "68,800" in out
    assert "-2.8%" in out
    assert [row["symbol"] for row in hantu_json("positions")[1]] == ["005930", "000660"]


@pytest.mark.parametrize("words", [["orders"], ["orders", "list"], ["orders", "list", "--state", "filled"]])
def test_orders_are_listed(hantu, hantu_json, words):
    out = hantu(*words)[1]
    for text in ("삼성전자", "손절", "68,800", "체결 완료", "5086", INTENT):
        assert text in out
    assert hantu_json(*words)[1][0]["filled"] == 10


def test_orders_of_another_state_are_not_listed(hantu, hantu_json):
    assert hantu_json("orders", "list", "--state", "working")[1] == []
    code, _, err = hantu("orders", "list", "--state", "nonsense")
    assert code == 2
    assert "working" in err


@pytest.mark.parametrize("ident", [INTENT, "5086"])
@pytest.mark.requirement("MON-4.1.03")
def test_one_order_is_shown_by_either_number(hantu, ident):
    out = hantu("orders", "show", ident)[1]
    assert "10주" in out
    assert "09:01:29.106984" in out


def test_exits_show_every_step_and_the_slippage(hantu, hantu_json):
    out = hantu("exits")[1]
    for text in (
        "손절 삼성전자",
        "68,870",
        "68,740",
        "-130원/주",
        "불리",
        "09:01:28",
        "09:01:29.054700",
        "+45.2 ms",
        "09:01:30",
    ):
        assert text in out
    row = hantu_json("exits")[1][0]
    assert row["slippage"] == 68_740 - 68_870
    assert row["last_fill_at"].startswith("2026-11-23 00:01:30")


@pytest.mark.parametrize("ident", [INTENT, "5086", FLOW])
def test_explain_tells_from_trade_to_record(hantu, hantu_json, ident):
    out = hantu("explain", ident)[1]
    order = [
        "stop_loss_reached",
        "intent_recorded",
        "order_accepted",
        "order_filled",
        "stop_loss_filled",
        "position_closed",
    ]
    places = [out.index(word) for word in order]
    assert places == sorted(places)
    assert "손절 체결: 삼성전자" in out
    kinds = [row["event_type"] for row in hantu_json("explain", ident)[1]]
    assert kinds[0] == "stop_loss_reached"


def test_unknown_ids_are_refused(hantu):
    for words in (["explain", "nothing"], ["orders", "show", "nothing"]):
        code, _, err = hantu(*words)
        assert code == 2
        assert "nothing" in err


def test_events_are_told_in_order(hantu):
    lines = hantu("events")[1].splitlines()
    assert "position_guarded" in lines[0]
    assert any("부분 체결" in line for line in lines)
    assert all(line.startswith("11-23 09:01:29") for line in lines)


def test_events_by_type_and_time(hantu):
    lines = hantu("events", "--type", "order_filled", "--json")[1].splitlines()
    assert [json.loads(line)["payload"]["quantity"] for line in lines] == [4, 6]
    assert hantu("events", "--since", "2026-11-23 09:01", "--json")[1].count("\n") >= len(FACTS)
    assert hantu("events", "--since", "2026-11-23 09:02", "--json")[1] == ""
    assert "없습니다" in hantu("events", "--since", "2026-11-23 09:02")[1]
    assert hantu("events", "--limit", "1", "--json")[1].count("\n") == 1


@pytest.mark.parametrize(
    ("words", "hint"),
    [(["--type", "order_fill"], "order_filled"), (["--since", "soon"], "10m"), (["--limit", "0"], "help")],
)
def test_events_with_wrong_words(hantu, words, hint):
    code, _, err = hantu("events", *words)
    assert code == 2
    assert hint in err


def test_new_events_are_found_after_the_last(home):
    from hantu.cli.event_reader import EventReader

    reader = EventReader(home / "hantu.db")
    first = reader.latest(2, None)
    assert reader.fresh() == []
    assert first[-1].event_id > first[0].event_id
    everything = EventReader(home / "hantu.db").fresh()
    assert len(everything) >= len(FACTS)


def file_event(home, ident, kind="order_filled"):
    """File a fact as the guard does; an id smaller than the newest was drawn earlier and waited in the spill."""
    from hantu.adapters.store.late_rows import newest_fact, note_late
    from hantu.adapters.store.maintenance import writing

    with writing(home / "hantu.db") as connection:
        newest = newest_fact(connection)
        connection.execute(
            "INSERT INTO event_log (event_id, event_type, timestamp, payload_json) VALUES (?, ?, ?, '{}')",
            (ident, kind, moment(29)),
        )
        if ident < newest:
            note_late(connection, ident, newest)


@pytest.mark.parametrize("kind", [None, "order_filled"])
def test_an_event_that_is_filed_late_is_found_once(home, kind):
    from hantu.cli.event_reader import EventReader

    reader = EventReader(home / "hantu.db", kind)
    told = [row.event_id for row in reader.latest(50, None)]
    for ident in ("0-late", "f-new", "1-late"):
        file_event(home, ident)
    file_event(home, "2-other", "sleep_left")
    told += [row.event_id for row in reader.fresh()]
    assert reader.fresh() == []
    assert [told.count(ident) for ident in ("0-late", "f-new", "1-late")] == [1, 1, 1]
    assert told.count("2-other") == (1 if kind is None else 0)
    assert len(told) == len(set(told))


def test_an_event_that_comes_between_the_two_first_looks_is_told_once(home, monkeypatch):
    from hantu.cli.event_reader import EventReader

    reader = EventReader(home / "hantu.db")
    ask = reader._queries.events

    def events(*words, **named):
        file_event(home, "f-new")
        return ask(*words, **named)

    monkeypatch.setattr(reader._queries, "events", events)
    assert reader.latest(50, None)[-1].event_id == "f-new"
    assert reader.fresh() == []


def test_following_shows_what_is_filed_late_and_nothing_old(hantu, home, monkeypatch):
    """Nothing is old enough to be left out by ``--since``, so that only what comes is shown."""
    looks = iter(["0-late", "f-new", None])

    def pause(_seconds):
        ident = next(looks)
        if ident is None:
            raise KeyboardInterrupt
        file_event(home, ident)

    monkeypatch.setattr("hantu.cli.records.time", SimpleNamespace(sleep=pause))
    words = ["events", "--type", "order_filled", "--since", "2026-11-23 09:02", "--follow", "--json"]
    _, out, _ = hantu(*words)
    assert [json.loads(line)["event_id"] for line in out.splitlines()] == ["0-late", "f-new"]


@pytest.mark.requirement("MON-5.03")
def test_opportunities_and_alerts(hantu, hantu_json):
    out = hantu("opportunities")[1]
    assert "현대차" in out
    assert "240,000" in out
    assert hantu_json("opportunities")[1][0]["score"] == 85.0
    assert "손절 체결: 삼성전자" in hantu("alerts")[1]
    assert "대기" in hantu("alerts")[1]
    assert hantu_json("alerts")[1][0]["severity"] == "WARN"


@pytest.mark.parametrize("columns", ["80", "140"])
@pytest.mark.parametrize(
    "words", [["orders"], ["opportunities"], ["alerts"], ["kill", "status"], ["orders", "show", INTENT]]
)
def test_tables_fit_the_width_without_colour(hantu, words, columns):
    from rich.cells import cell_len

    out = hantu(*words, COLUMNS=columns)[1]
    assert max(cell_len(line) for line in out.splitlines()) <= int(columns)
    assert "\x1b" not in out
