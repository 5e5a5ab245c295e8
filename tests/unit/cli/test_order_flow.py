"""A token call that fails again and again: restart by command, the pause, and the note that ends it."""

import pytest

from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.order_flow import note_failure


@pytest.mark.requirement("ALR-45")
def test_the_guard_is_restarted_by_command(hantu, guard):
    code, out, _ = hantu("monitor", "restart")
    assert (code, guard.commands()) == (0, ["restart"])
    assert "처음부터 다시" in out


@pytest.mark.requirement("ALR-45")
def test_a_pause_is_shown_and_ended_with_an_analysis_only(hantu, hantu_json, home):
    database = home / "hantu.db"
    init_database(database)
    assert note_failure(database, "502 Bad Gateway", seen_by="test") is None
    assert "최근 15분 토큰 발급 실패 1건" in hantu("approvals", "flow")[1]
    assert hantu("approvals", "resume", "--note", "nothing is paused yet")[0] == 3
    paused = note_failure(database, "연결 거부", seen_by="test")
    assert paused is not None
    assert paused.cause == "연결 거부"
    assert note_failure(database, "연결 거부", seen_by="test") is None, "it is paused already"
    assert "멈춤: 연결 거부" in hantu("approvals", "flow")[1]
    code, _, err = hantu("approvals", "resume", "--note", "fixed")
    assert code == 2
    assert "원인 분석" in err
    code, value = hantu_json("approvals", "resume", "--note", "the disk was full, made room")
    assert (code, value["analysis"]) == (0, "the disk was full, made room")
    assert "열려 있습니다. 최근 15분 토큰 발급 실패 0건" in hantu("approvals", "flow")[1]
    assert note_failure(database, "502 Bad Gateway", seen_by="test") is None, "it counts from the beginning"


@pytest.mark.requirement("ALR-45")
def test_nothing_is_approved_on_the_console_while_it_is_paused(hantu, home):
    database = home / "hantu.db"
    init_database(database)
    for _ in range(2):
        note_failure(database, "502 Bad Gateway", seen_by="test")
    out = hantu("approvals", "propose", "buy", "005930", "--quantity", "1", "--low", "1", "--high", "2")[1]
    ident = out.split(":")[0].strip()
    code, _, err = hantu("approvals", "approve", ident)
    assert code == 3
    assert "멈춰 있습니다" in err
    assert hantu("approvals", "deny", ident)[0] == 0
