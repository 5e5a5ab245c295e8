"""`hantu replay`: the story, the verdict, the exit code; and what another rule had done."""

from dataclasses import replace
from datetime import date

import pytest

from hantu.adapters.tape import folder
from hantu.adapters.tape.blocks import Blocks, Kind, block, chunk, head
from hantu.adapters.tape.codec import to_sorted_bytes
from hantu.adapters.tape.header import Origin, build_hash, decode_header
from hantu.adapters.tape.writer import FileTape
from hantu.engine.config import ExitRule, GuardConfig, Streams
from tests.unit.engine.world import SAMSUNG
from tests.unit.harness.taped_world import TapedWorld, sold_at_the_stop

DAY = "2026-11-23"


@pytest.fixture
def recorded(home):
    tape = FileTape(home / "tape", Origin("0.1.0", build_hash(), "test"), on_trouble=pytest.fail, flush_s=60.0)
    sold_at_the_stop(TapedWorld(holdings={SAMSUNG: (10, 70_000, 10)}).on(tape))
    tape.close()
    return home


@pytest.fixture
def wide(tmp_path):
    file = tmp_path / "wide.toml"
    file.write_text('environment = "local"\n[guard]\ndefault_rule = true\n[exits]\nstop_bps = 1500\n')
    return file


def test_a_day_is_told_with_its_reasons_and_is_the_same(recorded, hantu):
    code, out, err = hantu("replay", DAY)
    assert code == 0
    assert "N005930(005930) 체결가 67,500원 ≤ 67,900원" in out
    assert "규칙 고정 비율, 평균 70,000원의 -3.00% 수준, 10주 보유" in out
    assert "10주 매도" in out
    assert "모두 같습니다" in out.splitlines()[-1]
    assert "판단 코드가 다릅니다" not in err


def test_for_programs_it_is_one_object(recorded, hantu_json):
    code, found = hantu_json("replay")[:2]
    assert code == 0
    assert (found["ok"], found["day"], found["difference"], found["torn_bytes"]) == (True, DAY, None, 0)
    assert found["inputs"] > found["decisions"] > 5
    assert len(found["fingerprint"]) == 16


def test_one_stock_and_one_hour_can_be_looked_at(recorded, hantu, hantu_json):
    assert "손절 도달" not in hantu("replay", "--symbol", "000660")[1]
    early = hantu_json("replay", "--until", "09:00")[1]
    assert early["inputs"] < hantu_json("replay", "--until", "23:59:59")[1]["inputs"]
    assert "손절 도달" not in hantu("replay", "--until", "09:00:00")[1]


def test_another_home_can_be_named(recorded, hantu, tmp_path):
    assert hantu("replay", "--home", str(recorded))[0] == 0
    code, _, err = hantu("replay", "--home", str(tmp_path / "empty"))
    assert code == 2
    assert "테이프가 없습니다" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [(["2026-13-01"], "날짜가"), (["--until", "noon"], "시각이"), (["2026-11-01"], "2026-11-23 까지")],
)
def test_what_cannot_be_is_said(recorded, hantu, words, said):
    code, _, err = hantu("replay", *words)
    assert code == 2
    assert said in err


def test_a_difference_is_shown_with_both_sides_and_fails(recorded, hantu, hantu_json):
    _exchange_rule(recorded)
    code, out, _ = hantu("replay")
    assert code == 1
    for word in ("결정이 다릅니다", "기록", "재생", "position_guarded", "67900", "69300"):
        assert word in out
    code, found = hantu_json("replay")[:2]
    assert code == 1
    assert found["ok"] is False
    assert found["difference"]["input"] == "BalanceRead"
    assert found["difference"]["recorded"] != found["difference"]["replayed"]


def test_a_tape_of_other_code_says_so(home, hantu):
    tape = FileTape(home / "tape", Origin("0.0.9", "0" * 12, "test"), on_trouble=pytest.fail, flush_s=60.0)
    TapedWorld().on(tape).start()
    tape.close()
    code, _, err = hantu("replay")
    assert code == 0
    assert "0.0.9" in err
    assert "판단 코드가 다릅니다" in err


def test_another_rule_is_laid_beside_with_what_was_assumed(recorded, hantu, hantu_json, wide):
    code, out, _ = hantu("replay", "--with", str(wide))
    assert code == 0
    for word in ("다른 규칙이라면", "67,500", "10주 보유", "+", "가정:", "지정가에 전량 체결", "손익 차이 합계"):
        assert word in out
    found = hantu_json("replay", "--with", str(wide))[1]
    (row,) = found["stocks"]
    assert row["other"]["held"] == 10
    assert found["difference"] == row["difference"]
    assert found["assumptions"]
    assert hantu_json("replay", "--with", str(wide), "--symbol", "000660")[1]["stocks"] == []


def test_a_rule_file_that_is_wrong_is_refused(recorded, hantu, tmp_path):
    file = tmp_path / "bad.toml"
    file.write_text('environment = "local"\n[exits]\nstop_bbs = 1\n')
    code, _, err = hantu("replay", "--with", str(file))
    assert code == 2
    assert "stop_bps" in err


def _exchange_rule(home):
    """Give the recorded inputs another rule, as if the tape had been changed by hand."""
    (path,) = folder.parts(home / "tape", date.fromisoformat(DAY))
    (_, first), *rest = Blocks(path)
    config = to_sorted_bytes(GuardConfig(default_rule=ExitRule(stop_bps=100), streams=Streams(notice_key="USER")))
    changed = replace(decode_header(first), config=config)
    blocks = [block(Kind.HEADER, chunk(changed.encode())), *(block(kind, chunk(data)) for kind, data in rest)]
    path.write_bytes(head() + b"".join(blocks))
