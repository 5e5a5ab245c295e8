"""The picture of one stock over a day, made from facts as the guard records them."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hantu.adapters.store import chart as chart_module
from hantu.adapters.store.chart import Charts
from hantu.adapters.store.chart_gaps import gaps_of
from hantu.adapters.store.samples import write_samples
from hantu.adapters.store.store import SqliteStore
from hantu.adapters.store.timestamps import to_text
from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.errors import NotThereError, UsageError
from hantu.domain.instrument import Symbol
from hantu.ports import BarRow
from tests.contract.lives import (
    HYNIX,
    MORNING,
    SAMSUNG,
    HandClock,
    accepted,
    batch,
    filled,
    guarded,
    intent,
    reached,
    stop_loss_filled,
)

DAY = "2026-11-23"


def bars(database: Path, start: datetime, closes: Sequence[int], symbol: Symbol = SAMSUNG, every: int = 1) -> None:
    rows = [
        BarRow(symbol, to_text(start + timedelta(minutes=number * every)), price, price + 10, price - 10, price, number, number + 1, True)
        for number, price in enumerate(closes)
    ]  # fmt: skip
    write_samples(database, [], [], start, 3, rows)


async def test_a_sold_stock_shows_its_minutes_levels_and_every_step_of_its_exit(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    bars(database, MORNING.replace(second=0), [66_000, 65_000, 64_000])
    bars(database, MORNING.replace(second=0), [200_000], HYNIX)
    bars(database, MORNING.replace(second=0) - timedelta(days=1), [67_000])
    await store.record(batch(clock.now(), guarded()))
    await store.record(batch(clock.advance(5), ev.TrailingStopRaised(SAMSUNG, 67_000, 65_200)))
    await store.record(batch(clock.advance(5), guarded(HYNIX), ev.TrailingStopRaised(HYNIX, 1, 1)))
    await store.record(batch(clock.advance(5), reached(), ev.ExitHeld("f1", SAMSUNG, "삼성전자", "halt"), intent()))
    await store.record(batch(clock.advance(1), accepted()))
    sold = ev.PositionClosed(SAMSUNG, "삼성전자", "sold")
    await store.record(batch(clock.advance(1), filled(), sold, stop_loss_filled()))
    found = Charts(database).of_day(SAMSUNG, DAY)
    assert (found["symbol"], found["name"], found["day"], found["truncated"]) == (SAMSUNG, "삼성전자", DAY, False)
    assert [(bar["open"], bar["high"], bar["low"], bar["close"], bar["volume"], bar["whole"]) for bar in found["bars"]] == [
        (66_000, 66_010, 65_990, 66_000, 1, True), (65_000, 65_010, 64_990, 65_000, 1, True),
        (64_000, 64_010, 63_990, 64_000, 1, True),
    ]  # fmt: skip
    assert [(step["stop_price"], step["target_price"], step["average_price"], step["reason"]) for step in found["levels"]] == [
        (64_500, 71_800, 66_500, "start"), (65_200, 71_800, 66_500, "trailing_stop_raised"), (0, 0, 0, "position_closed")
    ]  # fmt: skip
    marks = {mark["kind"]: mark for mark in found["marks"]}
    assert set(marks) == {"stop_reached", "held_back", "order", "fill", "exit"}
    assert (marks["order"]["side"], marks["order"]["price"], marks["order"]["intent_id"]) == (
        "sell", 64_300, "20261123-0001"
    )  # fmt: skip
    assert (marks["fill"]["price"], marks["fill"]["quantity"], marks["fill"]["side"]) == (64_400, 10, "sell")
    assert (marks["exit"]["pnl"], marks["exit"]["text"]) == (-22_000, "stop_loss")
    assert marks["held_back"]["text"] == "halt"
    moments = [mark["at"] for mark in found["marks"]]
    assert moments == sorted(moments)


async def test_a_day_begins_with_the_levels_of_the_evening_before(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    await store.record(batch(clock.now(), guarded()))
    await store.record(batch(clock.advance(60), ev.TrailingStopRaised(SAMSUNG, 70_000, 67_900)))
    clock.turn_to(MORNING + timedelta(days=1))
    await store.record(batch(clock.now(), ev.TrailingStopRaised(SAMSUNG, 71_000, 68_900)))
    levels = Charts(database).of_day(SAMSUNG, "2026-11-24")["levels"]
    assert [(step["at"], step["stop_price"], step["target_price"]) for step in levels] == [
        ("2026-11-23 15:00:00.000000", 67_900, 71_800), (to_text(MORNING + timedelta(days=1)), 68_900, 71_800)
    ]  # fmt: skip
    with pytest.raises(NotThereError):
        Charts(database).of_day("000000", DAY)
    for word in ("2026-13-40", "", "0001-01-01"):
        with pytest.raises(UsageError):
            Charts(database).of_day(SAMSUNG, word)


async def test_a_purchase_and_a_cancel(store: SqliteStore, database: Path, clock: HandClock) -> None:
    await store.record(batch(clock.now(), intent(side=Side.BUY)))
    await store.record(batch(clock.advance(1), filled(side=Side.BUY)))
    await store.record(batch(clock.advance(1), intent("20261123-0002", kind="cancel")))
    marks = Charts(database).of_day(SAMSUNG, DAY)["marks"]
    assert [(mark["kind"], mark["side"]) for mark in marks] == [("order", "buy"), ("fill", "buy")]


async def test_an_answer_is_bounded_and_says_so(
    store: SqliteStore, database: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart_module, "FACTS_MAX", 3)
    for number in range(5):
        await store.record(batch(clock.advance(1), ev.ExitHeld(f"f{number}", SAMSUNG, "삼성전자", "halt")))
    found = Charts(database).of_day(SAMSUNG, DAY)
    assert len(found["marks"]) == 3
    assert found["truncated"]


async def test_sparks_are_the_newest_minutes_of_the_last_day(store: SqliteStore, database: Path) -> None:
    bars(database, MORNING - timedelta(days=1), [1, 2, 3])
    bars(database, MORNING, [10, 11, 12, 13])
    bars(database, MORNING - timedelta(days=1), [7, 8], HYNIX)
    samsung, hynix, other = Charts(database).sparks([SAMSUNG, HYNIX, "000000"], 3)
    assert samsung["prices"] == [11, 12, 13]
    assert samsung["at"] == [to_text(MORNING + timedelta(minutes=number)) for number in (1, 2, 3)]
    assert (hynix["prices"], other["prices"]) == ([7, 8], [])
    assert Charts(database).sparks([SAMSUNG], 300)[0]["prices"] == [10, 11, 12, 13], "no minute of the day before"


# --- gaps, folded from facts alone ---------------------------------------------------


class Day:
    """Facts of one day, at seconds after nine."""

    def __init__(self) -> None:
        self.facts: list[dict[str, Any]] = []

    def at(self, seconds: float, kind: str, **payload: Any) -> "Day":
        self.facts.append({"event_type": kind, "timestamp": self.moment(seconds), "payload": payload})
        return self

    @staticmethod
    def moment(seconds: float) -> str:
        return to_text(MORNING + timedelta(seconds=seconds))

    def gaps(self, symbol: str = "005930", last_sign_s: float = 0.0) -> list[tuple[str, float, float | None]]:
        """Kind, beginning and end in seconds; None where it lasts."""
        ends = {self.moment(second / 10): second / 10 for second in range(10_000)}
        found = gaps_of(self.facts, symbol, lambda _: self.moment(last_sign_s))
        begins = [gap["since"] for gap in found]
        assert all(one <= other for one, other in itertools.pairwise(begins))
        return [(gap["kind"], ends[gap["since"]], ends[gap["until"]] if gap["until"] else None) for gap in found]


def test_a_cut_lasts_until_the_line_is_back_and_its_blindness_is_no_second_gap() -> None:
    day = Day().at(10, "connection_lost", reason="x").at(40, "reconnected", outage_s=30.0)
    day.at(40, "blind_period_ended", unprotected_s=30.0)
    day.at(100, "connection_lost", reason="x")
    assert day.gaps() == [("cut", 10, 40), ("cut", 100, None)]


def test_blindness_without_a_cut_is_a_gap_of_its_own() -> None:
    assert Day().at(50, "blind_period_ended", unprotected_s=20.0).gaps() == [("blind", 30, 50)]


def test_a_halt_of_the_stock_or_of_the_market_is_a_gap_and_that_of_another_stock_is_none() -> None:
    day = Day()
    for at_s, symbol in ((10, "005930"), (20, ""), (30, "000660")):
        day.at(at_s, "market_halted", symbol=symbol, source="vi")
    for at_s, symbol in ((40, "000660"), (50, "005930"), (60, "")):
        day.at(at_s, "market_resumed", symbol=symbol)
    assert day.gaps() == [("halt", 10, 50), ("halt", 20, 60)]


def test_a_restart_begins_with_the_last_sign_of_life_and_ends_with_watching() -> None:
    day = Day().at(100, "session_state_changed", after="idle", cause="process restart")
    day.at(110, "session_state_changed", after="monitoring", cause="subscribed").at(110, "reconnected", outage_s=8.0)
    assert day.gaps(last_sign_s=70) == [("restart", 70, 110)]


def test_the_line_of_an_earlier_life_that_is_back_tells_its_own_length() -> None:
    assert Day().at(110, "reconnected", outage_s=8.0).gaps() == [("cut", 102, 110)]


def test_a_person_stops_and_starts_and_the_close_ends_everything() -> None:
    day = Day().at(10, "monitor_stopped", actor="kim").at(11, "monitor_finished", stopped=True)
    day.at(60, "session_state_changed", after="monitoring", cause="subscribed")
    day.at(70, "sleep_entered", cause="exhausted").at(80, "sleep_left").at(90, "sleep_entered", cause="again")
    day.at(100, "market_halted", symbol="", source="vi").at(400, "monitor_finished", stopped=False)
    assert day.gaps() == [("stopped", 10, 60), ("sleep", 70, 80), ("sleep", 90, 400), ("halt", 100, 400)]
