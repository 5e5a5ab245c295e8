"""Safe or not, in one line."""

from typing import Any

import pytest

from hantu.operations.safety import dangers, verdict

WELL: dict[str, Any] = {
    "state": "monitoring", "mode": "sell", "positions": [{}, {}], "kill": {"level": "off"}, "storage_ok": True,
    "halted": {"market": False, "symbols": []}, "needs_person": [], "unguarded": [], "recovery": None,
    "health": {"age_s": 3.0, "interval_s": 10.0, "components": {"stream": {"state": "ok", "reason": ""}}},
}  # fmt: skip


def test_well() -> None:
    assert (dangers(WELL), verdict(WELL)) == ([], "안전 - 보유 2종목 감시 중")
    assert verdict({**WELL, "state": "idle"}).startswith("안전 - 장 시간이 아니어서")
    assert verdict({**WELL, "mode": "watch"}).startswith("관찰만")
    assert dangers({**WELL, "kill": {"level": "active"}}) == [], "protective sells still go"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"kill": {"level": "hard"}}, "킬스위치"),
        ({"kill": {"level": "flatten"}}, "정리"),
        ({"needs_person": [{}]}, "사람이 확인할 주문 1건"),
        ({"storage_ok": False}, "기록"),
        ({"unguarded": [{}, {}]}, "2종목"),
        ({"recovery": {"state": "stopped"}}, "복구"),
        ({"halted": {"symbols": ["005930"]}}, "멈춘 종목"),
        ({"state": "idle", "stopped": True}, "감시를 멈춰 보유 2종목"),
        ({"health": {"age_s": 26.0, "interval_s": 10.0}}, "점검"),
        ({"health": {"components": {"stream": {"state": "down", "reason": "실시간 연결이 끊김"}}}}, "끊김"),
        ({"health": {"components": {"rest": {"state": "down", "reason": ""}}}}, "rest"),
    ],
)
def test_each_danger(change: dict[str, Any], word: str) -> None:
    found = dangers({**WELL, **change})
    assert len(found) == 1
    assert word in found[0]
    assert verdict({**WELL, **change}) == f"안전하지 않음 - {found[0]}"


def test_a_stopped_guard_without_holdings_endangers_none() -> None:
    assert dangers({**WELL, "state": "idle", "stopped": True, "positions": []}) == []


def test_a_full_disk_is_trouble_and_no_danger_to_holdings() -> None:
    health = {"components": {"disk": {"state": "down", "reason": "디스크"}}}
    assert dangers({**WELL, "health": health}) == []


def test_more_dangers_than_one_are_counted() -> None:
    assert verdict({**WELL, "storage_ok": False, "needs_person": [{}]}).endswith("외 1건")
