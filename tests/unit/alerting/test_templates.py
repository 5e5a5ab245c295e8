"""The four documented templates, character by character."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hantu.adapters.notify.telegram_text import LIMIT, parts
from hantu.alerting.rows import CATALOGUE
from hantu.alerting.templates import daily_summary, exit_filled, long_text, reconnect_exhausted
from hantu.domain import events as e
from hantu.domain.order import Purpose
from tests.unit.alerting.samples import EXHAUSTED, PROFIT_FILLED, SAMPLES, STOP_FILLED, SUMMARY

GOLDEN = Path(__file__).parents[2] / "golden" / "messages"
TODAY = date(2026, 11, 23)


def golden(name: str) -> str:
    return (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")


def filled_in(fact, **changes):
    fields = {name: getattr(fact, name) for name in fact.__dataclass_fields__}
    fields |= {"stock_name": fields.get("name"), "stock_code": fields.get("symbol")} | changes
    return golden(f"{e.event_type(fact)}.template").format(**fields)


@pytest.mark.requirement("MON-N.13", "MON-4.08")
def test_stop_loss_filled_equals_golden_and_the_documented_template():
    assert exit_filled(STOP_FILLED) == golden("stop_loss_filled") == filled_in(STOP_FILLED)


@pytest.mark.requirement("MON-N.14")
def test_take_profit_filled_equals_golden_and_the_documented_template():
    assert exit_filled(PROFIT_FILLED) == golden("take_profit_filled") == filled_in(PROFIT_FILLED)


@pytest.mark.requirement("MON-N.15", "MON-6.1.06")
def test_reconnect_exhausted_equals_golden_and_the_documented_template():
    shown = "2026-11-23 09:13:02"
    assert reconnect_exhausted(EXHAUSTED) == golden("reconnect_exhausted")
    assert golden("reconnect_exhausted") == filled_in(EXHAUSTED, last_retry_time=shown)


def test_reconnect_exhausted_says_when_stops_are_still_sold_while_asleep():
    text = reconnect_exhausted(replace(EXHAUSTED, sells_while_sleeping=True))
    assert "손절/익절 자동 실행 불가" not in text
    assert "손절/익절은 30초 간격 시세 조회로만 실행" in text


@pytest.mark.requirement("MON-N.16", "MON-7.08")
def test_daily_summary_equals_golden_and_the_documented_template():
    listed = "\n".join(f"- {line}" for line in SUMMARY.positions)
    expected = filled_in(SUMMARY, win_rate=0.75, avg_win=450_000, avg_loss=-115_433, position_list=listed)
    assert daily_summary(SUMMARY, TODAY) == golden("daily_summary") == expected


@pytest.mark.requirement("MON-N.16")
def test_daily_summary_of_a_day_without_trades_and_positions():
    nothing = e.DailySummary("2026-11-27", 0, 0, 0, 0, 0, 0, 0.0, 0, (), "2026-11-30 00:00:00.000000")
    assert daily_summary(nothing, date(2026, 11, 27)) == golden("daily_summary_nothing")


@pytest.mark.requirement("MON-N.16")
def test_daily_summary_of_100_positions_lists_every_one_and_is_cut_only_between_lines():
    held = tuple(f"아주긴이름의종목이름이라도괜찮은회사 제{n:03d}호 (9{n:05d}) 1,000주" for n in range(100))
    text = daily_summary(replace(SUMMARY, position_count=100, positions=held), TODAY)
    messages = parts(text, html=True)
    assert len(messages) > 1
    assert all(len(message) <= LIMIT for message in messages)
    lines = "\n".join(messages).split("\n")
    assert [line for line in lines if line.startswith("- 아주")] == [f"- {line}" for line in held]
    assert "100개" in text


def test_daily_summary_counts_records_that_are_not_saved():
    assert "저장하지 못한 거래 기록**: 2건" in daily_summary(replace(SUMMARY, unsaved=2), TODAY)


@pytest.mark.parametrize(
    ("purpose", "title"),
    [(Purpose.TRAILING_STOP, "📉 *트레일링 스탑 체결*"), (Purpose.MANUAL, "📉 *수동 주문 체결*")],
)
def test_exit_by_another_purpose_is_called_by_its_name(purpose, title):
    text = exit_filled(replace(STOP_FILLED, purpose=purpose, pnl=9_000, return_rate=0.0012))
    assert text.startswith(title)
    assert "실현수익: 9,000원" in text
    assert "수익률: +0.12%" in text


def test_partial_profit_is_named():
    assert exit_filled(replace(PROFIT_FILLED, purpose=Purpose.PARTIAL_PROFIT)).startswith("💰 *부분 익절 체결*")


@pytest.mark.requirement("OPS-04-4")
@pytest.mark.parametrize("fact", SAMPLES, ids=e.event_type)
def test_critical_facts_name_what_stops_and_what_to_do(fact):
    row = CATALOGUE[e.event_type(fact)]
    if row.severity != "CRITICAL" or isinstance(fact, e.ReconnectExhausted):
        return
    text = long_text(fact, row, TODAY)
    assert "중단 범위" in text
    assert row.action in text
    assert f"docs/runbooks/{row.runbook}.md" in text
    intent_id = getattr(fact, "intent_id", "")
    if row.check in ("hantu explain", "hantu orders show"):
        assert f"`{row.check} {intent_id}`" in text, "ready to be typed"


def test_values_from_outside_cannot_become_markup():
    text = exit_filled(replace(STOP_FILLED, name="*A*`B`\n손절"))
    assert "종목: \N{FULLWIDTH ASTERISK}A\N{FULLWIDTH ASTERISK}'B' 손절 (005930)" in text
