"""A guard that dies with an order on the wire: recovered, adopted, explained, and seen by a person."""

import json
import zipfile

import pytest

from hantu.settings.model import PRACTICE_ACCOUNT
from tests.e2e.arena import Arena
from tests.e2e.one_stock import HELD, SAMSUNG
from tests.e2e.test_kill import SCENARIO, crash
from tests.e2e.watchlist import write_watchlist


@pytest.mark.requirement(
    "OPS-05-1", "OPS-05-2", "OPS-05-3", "OPS-05-4", "OPS-05-5", "OPS-05-6", "OPS-05-7", "OPS-05-8", "MON-4.1.04",
    "OPS-06-1", "DM-4",
)  # fmt: skip
def test_an_order_lost_in_a_crash_is_adopted_and_its_story_can_be_read(arena: Arena) -> None:
    scenario = arena.home / "kill.yaml"
    scenario.write_text(SCENARIO)
    arena.start_exchange(str(scenario))
    arena.extra_env["COLUMNS"] = "220"
    arena.run("db", "init")
    arena.run("watchlist", "import", str(write_watchlist(arena.home)))
    crash(arena, "after_send")
    arena.start_guard()
    arena.wait_event("stop_loss_filled", timeout=40)
    done = arena.wait_event("recovery_completed", count=2, timeout=40)[-1]

    assert len(arena.sells(SAMSUNG)) == 1, "the order that lived is adopted, not repeated"
    assert done["cause"] == "unclean_end"
    assert [fact["step"] for fact in arena.events("recovery_step_done")] == [
        "detect", "kill_switch", "clean_up", "restart", "synchronise",
    ]  # fmt: skip
    (state,) = arena.rows("SELECT kill_level, automatic FROM system_state ORDER BY timestamp DESC LIMIT 1")
    assert state == ("active", 1)
    audit = [row[0] for row in arena.rows("SELECT event_type FROM ops_audit_log ORDER BY audit_id")]
    order = ["guard_started", "unclean_end_found", "guard_started", "recovery_began", "killswitch_on"]
    assert [name for name in audit if name in order] == order
    assert audit.count("recovery_step_done") == 5
    assert audit.count("recovery_completed") == 1
    delays = arena.rows("SELECT metric_value FROM monitoring_metrics WHERE metric_name = 'fill_notice_delay_ms'")
    known = arena.rows("SELECT count(*) FROM fills WHERE source = 'notice'")[0][0]
    assert len(delays) == known, "every notice's delay is measured"

    intent_id = arena.events("order_unresolved")[0]["intent_id"]
    told = arena.run("explain", intent_id).stdout
    story = (
        "손절 도달",
        "의도를 기록하고 보냄",
        "복구 시작",
        "접수됐는지 알 수 없음",
        "하나만 찾아 이어받음",
        "체결: ",
        "손절 완료",
    )
    assert not [word for word in story if word not in told], told
    places = [told.index(word) for word in story]
    assert places == sorted(places), told
    assert all(word in told for word in story), told
    assert f"{HELD:,}주" in told
    english = arena.run("--lang", "en", "explain", intent_id).stdout
    for word in ("stop reached", "recorded, then sent", "recovery began", "no answer", "adopted", "stop done"):
        assert word in english, english

    shown = json.loads(arena.run("--json", "recovery", "show").stdout)
    assert shown["state"] == "completed"
    assert shown["steps"][0]["step"] == "detect"
    assert any("kill off" in line for line in shown["remaining"])
    text = arena.run("recovery", "show").stdout
    for word in ("복구: 완료", "장중 비정상 종료", "3 미체결 주문 정리", "남은 일"):
        assert word in text, text
    assert "Recovery: complete" in arena.run("--lang", "en", "recovery", "show").stdout

    target = arena.home / "packet.zip"
    packet = json.loads(arena.run("--json", "audit", "evidence", intent_id, "--out", str(target)).stdout)
    assert packet["frames"] > 0, "what the guard saw is in it"
    with zipfile.ZipFile(target) as files:
        content = {name: files.read(name).decode() for name in files.namelist()}
    assert "결과를 모름" in content["표지.md"]
    assert any(json.loads(line)["input"] == "Trade" for line in content["frames.jsonl"].splitlines())
    account = PRACTICE_ACCOUNT.partition("-")[0]
    assert not [name for name, text in content.items() if account in text]

    denied = arena.run("orders", "resolve", intent_id, "--as", "absent", "--reason", "test", check=False)
    assert denied.returncode == 3, denied.stderr
    assert arena.events("order_resolved_by_person")[0]["denied"]
    assert arena.run("orders", "amend", intent_id, check=False).returncode == 3

    arena.run("recovery", "run")
    again = json.loads(arena.run("--json", "recovery", "show").stdout)
    assert (again["state"], again["cause"]) == ("completed", "command")
    assert len(arena.sells(SAMSUNG)) == 1
    assert json.loads(arena.run("--json", "audit", "verify").stdout)["ok"], "beside a running guard"
