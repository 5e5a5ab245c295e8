"""A guard commanded from phones, on real processes: what is easy, what needs a code, and what nobody gets done."""

import json
import os
import signal
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.arena import HANTU
from tests.e2e.phone_town import CHOI, GROUP, KIM, LEE, PARK, SAMSUNG, STRANGER, Town
from tests.receivers.talk import Talk
from tests.receivers.telegram import TOKEN


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    # Not pytest's tmp_path: its names are too long for a unix socket.
    with tempfile.TemporaryDirectory(prefix="hantu-") as folder:
        found = Town(Path(folder))
        try:
            found.start()
            yield found
        finally:
            found.close()


def test_looking_shows_what_the_guard_knows(town: Town) -> None:
    talk = town.talk
    status = talk.asks(KIM, "/status", "모니터링 중")
    assert "킬스위치: 꺼짐" in status.text
    assert "구독 1/1" in status.text
    assert "삼성전자" in talk.asks(LEE, "/positions@hantu_test_bot", "보유 1종목").text
    assert "40주" in talk.said(LEE)[-1].text
    talk.asks(KIM, "/orders", "주문 기록이 없습니다")
    talk.asks(KIM, "/pnl", "오늘 손익")
    talk.asks(KIM, "/alerts", "최근 알림")
    talk.asks(KIM, "/help", "/resume")
    talk.asks(KIM, "안녕", "알 수 없는 명령")
    assert town.wait_audit("phone_command", command="positions", actor="lee")["outcome"] == "told"


@pytest.mark.requirement("ALR-14", "OPS-01-1")
def test_doctor_and_health_know_how_the_line_stands(town: Town) -> None:
    town.talk.asks(KIM, "/help", "/resume")

    def state() -> str:
        return str(town.guard()["health"]["components"].get("phone", {}).get("state"))

    town.arena.wait(lambda: state() == "ok", "the look after the first answer", 40)
    checks = json.loads(town.arena.run("--json", "doctor", check=False).stdout)["checks"]
    line = next(check for check in checks if check["name"] == "텔레그램 명령")
    assert line["mark"] == "ok", line
    for words in ("@hantu_test_bot", "사람 4명 (2차 인증 4명)", "마지막 명령"):
        assert words in line["text"]


@pytest.mark.requirement("ALR-14", "DEC-36", "OPS-05-3")
def test_stopping_is_one_tap_or_one_message_and_going_on_needs_a_code(town: Town) -> None:
    talk = town.talk
    status = talk.asks(LEE, "/status", "모니터링")
    before = time.monotonic()
    done = talk.taps(LEE, status, "🛑", "킬스위치 작동")
    assert time.monotonic() - before < 2.0
    assert "감시가 반영했습니다" in done.text
    assert town.guard()["kill"]["level"] == "active"
    assert town.arena.wait_event("killswitch_on")[0]["actor"] == "lee"
    assert town.wait_audit("phone_command", command="button kill")["outcome"] == "done"
    # Once is enough: the same press again is not another act.
    talk.presses(LEE, status, "🛑")
    town.arena.wait(lambda: "이미 누른 단추입니다" in talk.chat.toasts, "the toast")
    # Harder goes, milder does not: the guard itself says no.
    assert "모든 주문 차단" in talk.asks(PARK, "/kill hard 시험", "킬스위치").text
    assert "더 엄격한 단계" in talk.asks(KIM, "/kill", "🛑").text
    assert town.guard()["kill"]["level"] == "hard"
    asked = talk.asks(PARK, "/resume", "킬스위치 풀기")
    assert "코드 이유" in asked.text
    assert town.guard()["kill"]["level"] == "hard"
    talk.asks(PARK, town.code(PARK), "이유가 필요합니다")
    released = talk.asks(PARK, f"{town.code(PARK)} 원인 확인함", "킬스위치를 풀었습니다")
    assert "대조" in released.text
    assert town.guard()["kill"]["level"] == "off"
    assert town.arena.wait_event("killswitch_off")[0]["reason"] == "원인 확인함"
    assert town.wait_audit("phone_confirmed", actor="park")["wish"] == "release"


@pytest.mark.requirement("SVC-42", "DEC-36")
def test_a_code_counts_once_and_wrong_ones_lock(town: Town) -> None:
    talk = town.talk
    halted = talk.asks(LEE, "/halt", "주문을 멈췄습니다")
    assert "손절도" in halted.text
    assert town.guard()["halted"]["market"]
    talk.asks(LEE, "123456", "코드를 기다리는 일이 없습니다")
    talk.asks(LEE, "/resume", "정지 풀기")
    code = town.code(LEE)
    talk.asks(LEE, code, "정지를 풀었습니다")
    assert not town.guard()["halted"]["market"]
    talk.asks(LEE, f"/halt {SAMSUNG}", "멈췄습니다")
    asked = talk.asks(LEE, "/resume", SAMSUNG)
    talk.asks(LEE, code, "이미 쓴 코드")
    assert town.guard()["halted"]["symbols"] == [SAMSUNG]
    talk.taps(LEE, asked, "취소", "아무것도 바뀌지 않았습니다")
    talk.asks(LEE, code, "코드를 기다리는 일이 없습니다")
    # Five wrong ones lock, everybody hears of it, and stopping goes on.
    talk.asks(CHOI, "/resume", SAMSUNG)
    wrong = f"{(int(town.code(CHOI)) + 1) % 1_000_000:06d}"
    for number in range(1, 5):
        talk.asks(CHOI, wrong, f"틀린 횟수 {number}")
    talk.asks(CHOI, wrong, "틀린 횟수 5")
    talk.hears(LEE, "choi 님의 코드가 5번 틀려 잠겼습니다")
    talk.asks(CHOI, "/resume", SAMSUNG)
    talk.asks(CHOI, town.code(CHOI), "잠겼습니다")
    talk.asks(CHOI, "/halt", "멈췄습니다")
    town.wait_audit("phone_locked", actor="choi", failures=5)
    town.link.request("resume", symbol=SAMSUNG)
    town.link.request("resume")
    town.arena.wait(lambda: not town.guard()["halted"]["market"], "the pause to end")
    assert "없음" not in town.arena.run("phone", "list").stdout


@pytest.mark.requirement("SVC-42")
def test_an_order_proposal_is_approved_by_code_and_denied_by_a_tap(town: Town) -> None:
    talk = town.talk
    ident = town.propose()
    shown = talk.hears(KIM, ident)
    assert "삼성전자 (005930) 매수 최대 10주, 70,000원~71,000원" in shown.text
    other = talk.hears(CHOI, ident)
    asked = talk.taps(KIM, shown, "🖋", "주문 승인")
    assert town.approval(ident) == ("pending", "")
    assert "6자리 코드" in asked.text
    done = talk.asks(KIM, town.code(KIM), "승인했습니다")
    assert "아직 나가지 않았습니다" in done.text
    assert town.approval(ident) == ("approved", "kim")
    town.arena.wait(lambda: not other.buttons and "승인 - kim" in other.text, "the other phone to lose its buttons")
    assert not town.arena.get("/_sim/state")["orders"]
    second = town.propose()
    other = talk.hears(CHOI, second)
    talk.presses(CHOI, other, "⛔️")
    town.arena.wait(lambda: not other.buttons and "거절 - choi" in other.text, "the proposal to be closed")
    assert f"⛔️ {second} 거절했습니다." in talk.chat.toasts
    assert town.approval(second) == ("denied", "choi")


@pytest.mark.requirement("DEC-31", "ALR-54")
def test_an_alert_is_answered_under_itself(town: Town) -> None:
    talk = town.talk
    talk.asks(KIM, "/kill hard 시험", "킬스위치")
    alert = talk.hears(KIM, "보호되지 않는 보유 종목")
    assert [one["text"] for row in alert.buttons for one in row] == ["✅ 확인 (30분)", "🏁 끝난 일"]
    talk.presses(KIM, alert, "✅")
    town.arena.wait(lambda: not alert.buttons and "kim" in alert.text, "the alert to say who saw it")
    ((author, done),) = town.arena.rows("SELECT author, done FROM alert_acks")
    assert (author, done) == ("kim", 0)
    number = town.wait_audit("alert_acknowledged", actor="kim")["id"]
    talk.asks(KIM, f"/ack {number}", "확인한 것으로")
    talk.asks(KIM, "/silence stop_loss_reached 30m 점검 중", "끕니다")
    assert town.arena.rows("SELECT event_type, emergency, author FROM alert_silences") == [
        ("stop_loss_reached", 0, "kim")
    ]
    town.link.request("kill", level="off", reason="시험 끝")


@pytest.mark.requirement("DEC-36", "SVC-40")
def test_nobody_else_and_nothing_forged_or_late_gets_anything_done(town: Town) -> None:
    talk, level = town.talk, town.guard()["kill"]["level"]
    switched = len(town.arena.events("killswitch_on"))
    # Unlisted, a group, forwarded, edited, written by a bot.
    talk.types(STRANGER, "/kill")
    talk.types(KIM, "/kill", chat=GROUP)
    talk.types(KIM, "/kill", forward_origin={"type": "user", "date": 1, "sender_user": {"id": STRANGER}})
    talk.call(lambda: talk.chat.edits(KIM, 1, "/kill"))
    talk.types(KIM, "/kill", via_bot={"id": 5, "is_bot": True})
    for reason, actor in (("unlisted", f"telegram:{STRANGER}"), ("group", "kim"), ("forwarded", "kim")):
        town.wait_audit("phone_ignored", reason=reason, actor=actor)
    assert talk.said(STRANGER) == []
    assert talk.said(GROUP["id"]) == []
    # Old: said so, with a fresh button.
    late = talk.asks(PARK, "/kill", "실행하지 않았습니다", age_s=600)
    assert late.buttons[0][0]["text"] == "🛑 킬스위치"
    # Forged, another person's, and a button without any mark.
    fresh = talk.asks(LEE, "/status", "모니터링")
    data = fresh.buttons[0][1]["callback_data"]
    mine = talk.asks(KIM, "/status", "모니터링")
    talk.presses(KIM, mine, data=data)
    talk.presses(LEE, fresh, data=data[:9] + ("A" if data[9] != "A" else "B") + data[10:])
    talk.presses(LEE, fresh, data=data[:-1] + ("A" if data[-1] != "A" else "B"))
    talk.presses(LEE, fresh, data="kill")
    talk.presses(STRANGER, fresh, data=data)
    refused = lambda: [one["actor"] for one in town.audit("phone_button_refused") if one["reason"] == "forged"]  # noqa: E731
    town.arena.wait(
        lambda: len(refused()) >= 4,
        f"the forged ones to be refused: {refused()}, {town.audit('phone_command')[-3:]}",
        3,
    )
    assert sorted(refused()) == ["kim", "lee", "lee", "lee"]
    # The same update once more, as after a lost confirmation.
    update = {"update_id": talk.types(LEE, "/silence order_failed 5m x"), "message": {}}
    town.wait_audit("phone_command", command="silence", actor="lee", about="order_failed 5m x")
    update["message"] = {"message_id": 1, "from": {"id": LEE, "is_bot": False}, "date": int(time.time()),
                         "chat": {"id": LEE, "type": "private"}, "text": "/silence order_failed 5m x"}  # fmt: skip
    talk.call(lambda: talk.chat.again(update))
    town.wait_audit("phone_repeated", update=update["update_id"])
    assert len(town.arena.rows("SELECT 1 FROM alert_silences WHERE author = 'lee'")) == 1
    assert town.guard()["kill"]["level"] == level
    assert len(town.arena.events("killswitch_on")) == switched


@pytest.mark.requirement("SVC-42")
def test_a_flood_is_told_once_and_stops_nobody_from_stopping(town: Town) -> None:
    talk = town.talk
    for _ in range(60):
        talk.types(PARK, "/help")
    talk.hears(PARK, "너무 자주")
    talk.asks(PARK, f"/halt {SAMSUNG}", "멈췄습니다")
    assert town.guard()["halted"]["symbols"] == [SAMSUNG]
    answers = [one.text for one in talk.said(PARK)]
    assert sum("너무 자주" in one for one in answers) == 1
    assert sum("답할 수 있는 명령" in one for one in answers) < 30
    town.wait_audit("phone_flood", actor="park")
    town.link.request("resume", symbol=SAMSUNG)


@pytest.mark.requirement("SVC-8", "DEC-39")
def test_one_poller_also_beside_a_notifier_and_a_guard_that_hangs(town: Town) -> None:
    talk, arena = town.talk, town.arena
    output = (arena.home / "notifier.out").open("wb")
    notifier = subprocess.Popen([*HANTU, "run", "notifier"], stdout=output, stderr=output, env=arena.environ())
    output.close()
    assert arena.guard is not None
    try:

        def holder() -> str:
            with closing(sqlite3.connect(f"file:{arena.home}/phone.db?mode=ro", uri=True)) as connection:
                return str(connection.execute("SELECT holder FROM roles WHERE role = 'phone'").fetchone()[0])

        arena.wait(lambda: f":{notifier.pid}:" in holder(), "the notifier to take the phone")
        assert talk.chat.conflicts == 0, "the guard stopped before the notifier began"
        talk.asks(KIM, "/status", "모니터링")
        os.kill(arena.guard.pid, signal.SIGSTOP)
        try:
            hung = talk.asks(KIM, "/kill 응답 없음", "🛑")
            assert "확인하지 못했습니다" in hung.text
            assert json.loads((arena.home / "KILL").read_text())["actor"] == "kim"
        finally:
            os.kill(arena.guard.pid, signal.SIGCONT)
        arena.wait(lambda: town.guard()["kill"]["level"] == "active", "the guard to see the file")
        # Somebody else polls the same bot: noticed, told, recorded, and commands still arrive.
        arena.wait(lambda: steal(talk) and talk.chat.conflicts, "Telegram to notice two pollers")
        talk.hears(KIM, "다른 프로그램이 이 봇의 메시지를")
        assert "getUpdates" in town.wait_audit("phone_conflict")["reason"]
    finally:
        notifier.kill()
        notifier.wait()
    arena.wait(lambda: f":{arena.guard.pid}:" in holder(), "the guard to take the phone back")
    talk.asks(KIM, "/status", "작동")
    assert not secrets_in(town)


def steal(talk: Talk) -> bool:
    """Poll the bot once as a second program would."""
    url = f"{talk.url}/bot{TOKEN}/getUpdates"
    request = urllib.request.Request(url, json.dumps({"timeout": 0}).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        return error.code == 409


def secrets_in(town: Town) -> list[str]:
    """Files of the home in which a person's secret stands in clear."""
    return [
        str(path)
        for path in town.arena.home.rglob("*")
        if path.is_file() and any(secret.encode() in path.read_bytes() for secret in town.secrets.values())
    ]
