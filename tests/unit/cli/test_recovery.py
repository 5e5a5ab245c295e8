"""``hantu recovery`` and ``hantu orders resolve`` as a person types them."""

import json

import pytest

from hantu.cli.views.recovery import recovery_view

STEP = {
    "flow": "R-1", "step": "clean_up", "actor": "guard", "started_at": "2026-11-23 00:12:31.000000", "duration_s": 60.0,
    "result": "주문 목록을 읽지 못함", "differences": ["인수: 삼성전자"], "ok": False,
}  # fmt: skip
FOUND = {
    "flow": "R-1", "state": "stopped", "cause": "unclean_end", "actor": "guard",
    "began_at": "2026-11-23 00:12:31.000000", "ended_at": "", "duration_s": 0.0, "steps": [STEP], "differences": [],
    "remaining": [], "reason": "주문 목록을 읽지 못함",
}  # fmt: skip


def text(found, lang):
    from io import StringIO

    from rich.console import Console

    out = StringIO()
    Console(file=out, width=120).print(recovery_view(found, lang))
    return out.getvalue()


@pytest.mark.requirement("OPS-05-8", "OPS-05-7")
@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ko", ("복구: 중단", "3 미체결 주문 정리", "09:12:31", "hantu recovery run", "인수: 삼성전자")),
        ("en", ("Recovery: stopped", "3 clean up open orders", "goes on from this step")),
    ],
)
def test_a_stopped_recovery_says_where_why_and_what_next(lang, words):
    shown = text(FOUND, lang)
    for word in words:
        assert word in shown


def test_nothing_on_record_is_said_so(hantu, tmp_path):
    hantu("db", "init")
    code, out, _ = hantu("recovery", "show")
    assert (code, out.strip()) == (0, "복구 기록이 없습니다.")
    code, out, _ = hantu("--json", "recovery", "show")
    assert json.loads(out) is None


@pytest.mark.requirement("OPS-05-7")
def test_recovery_needs_a_running_guard(hantu):
    code, _, err = hantu("recovery", "run")
    assert code == 1
    assert "hantu monitor start" in err


@pytest.mark.requirement("OPS-05-6")
def test_a_persons_word_is_handed_to_the_guard(hantu, guard):
    code, out, _ = hantu("orders", "resolve", "20261123-0001", "--as", "adopted:77", "--reason", "asked the desk")
    assert code == 0, out
    (asked,) = [request for request in guard.asked if request["command"] == "resolve"]
    assert asked["args"] == {
        "intent_id": "20261123-0001", "verdict": "adopted", "order_no": "77", "reason": "asked the desk",
    }  # fmt: skip


def test_an_amend_is_refused_with_its_reason(hantu):
    code, _, err = hantu("orders", "amend", "20261123-0001")
    assert code == 3
    assert "정정" in err
