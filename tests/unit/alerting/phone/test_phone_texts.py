"""Both languages say the same things, no value changes the shape of a message, every text is used."""

import re
from pathlib import Path

import pytest

from hantu.alerting.phone import texts_en, texts_ko
from hantu.alerting.phone.replies import (
    AlertLine,
    HeldLine,
    OrderLine,
    alerts_text,
    held_text,
    orders_text,
    pnl_text,
    positions_text,
    proposal_text,
    status_text,
)
from hantu.alerting.phone.wording import wording
from hantu.domain.account import Side
from hantu.domain.approval import Approval, ApprovalStatus, OrderTerms
from tests.unit.cli.conftest import STATUS

SOURCE = Path(__file__).parents[4] / "src" / "hantu"
FIELD = re.compile(r"\{(\w+)\}")
WHOLE = STATUS | {"unguarded": [], "needs_person": [], "day_pnl": -12_000, "exits_today": 1}


def test_both_languages_have_the_same_texts_with_the_same_values():
    assert texts_ko.WORDS.keys() == texts_en.WORDS.keys()
    for key, text in texts_ko.WORDS.items():
        assert sorted(FIELD.findall(text)) == sorted(FIELD.findall(texts_en.WORDS[key])), key
    for table in ("LEVELS", "ENVIRONMENTS", "SIDES", "STATES", "SESSIONS"):
        assert getattr(texts_ko, table).keys() == getattr(texts_en, table).keys(), table


def test_every_text_is_said_somewhere():
    code = "".join(
        path.read_text("utf-8").replace(chr(39), chr(34)) for path in SOURCE.rglob("*.py") if "texts_" not in path.name
    )
    built = ("b_", "status_", "door_")
    assert [key for key in texts_ko.WORDS if f'"{key}"' not in code and not key.startswith(built)] == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_answers_show_what_the_guard_says(language):
    words = wording(language)
    text = status_text(words, WHOLE | {"kill": {"level": "hard", "reason": "*x*", "actor": "kim"}, "storage_ok": False})
    assert "\N{FULLWIDTH ASTERISK}x\N{FULLWIDTH ASTERISK}" in text
    assert "kim" in text
    assert ("기록을" in text) == (language == "ko")
    assert "20/20" in text
    text = positions_text(words, WHOLE["positions"])
    assert "005930" in text
    assert "-2.8%" in text
    assert positions_text(words, []) == words.say("no_positions")
    assert "+62,500" in pnl_text(words, WHOLE)
    assert "+50,500" in pnl_text(words, WHOLE)


def test_holdings_without_a_price_are_left_out_and_said_so():
    one = WHOLE["positions"][0] | {"pnl": None, "return_rate": None, "price": None}
    text = pnl_text(wording("ko"), WHOLE | {"positions": [one]})
    assert "1종목은 평가에서 빠졌습니다" in text
    assert "- (-)" in positions_text(wording("ko"), [one])


def test_lists_are_short_and_in_korean_time():
    words = wording("ko")
    rows = [OrderLine("2026-11-23 00:01:02.000000", "삼성전자", "sell", 10, 68_000, "filled", 10)] * 20
    assert orders_text(words, rows).count("09:01:02") == 12
    assert "매도 10주 @68,000원 - 체결 (10주 체결)" in orders_text(words, rows)
    alerts = [AlertLine(7, "2026-11-23 00:01:02", "⚠️ `rm` *x*\n둘째 줄", "high", told=False)]
    assert (
        alerts_text(words, alerts).splitlines()[1]
        == "7. 09:01:02 ⚠️ 'rm' \N{FULLWIDTH ASTERISK}x\N{FULLWIDTH ASTERISK} 둘째 줄 (아직 전달 안 됨)"
    )
    assert alerts_text(words, []) == "알림 기록이 없습니다."
    assert orders_text(words, []) == "주문 기록이 없습니다."
    assert "평균 70,500원" in held_text(words, [HeldLine("삼성전자", "005930", 40, 70_500)])


def test_a_proposal_says_what_it_would_allow():
    terms = OrderTerms("local", "main", "005930", Side.BUY, 10, 70_000, 71_000)
    found = Approval(
        "A-1", ApprovalStatus.PENDING, terms, "h", "kim", "", expires_at="2026-11-23 01:00:00", note="{note}"
    )
    text = proposal_text(wording("ko"), found, "김", "삼성전자")
    assert "삼성전자 (005930) 매수 최대 10주, 70,000원~71,000원 (최대 710,000원)" in text
    assert "10:00:00까지" in text
    assert text.endswith("메모: {note}")
    assert "at most 10 shares" in proposal_text(wording("en"), found, "kim")
