"""The demonstration: its verdict, its story, its stand-in for the phone and its processes."""

import io
import json
import threading
import time
from copy import deepcopy
from datetime import UTC, datetime
from http.client import HTTPConnection

import pytest
from rich.console import Console

from hantu.adapters.accounts.book import Book
from hantu.adapters.accounts.doorkeeper import Lifetimes, SignInDesk
from hantu.adapters.vault import Vault
from hantu.cli.background import end_process, last_words, listens, spawn
from hantu.cli.demo_viewer import Viewer, make_viewer
from hantu.cli.phone import PhoneServer, visible_text
from hantu.cli.playbill import Playbill
from hantu.cli.shell import Shell
from hantu.cli.stage import Stage, free_port, make_home
from hantu.cli.verdict import Evidence, Told, judge
from hantu.cli.views.story import TELLERS, tell
from hantu.domain.errors import UsageError
from hantu.domain.events import FACTS
from hantu.settings.loading import load_settings

HALT = (datetime(2026, 11, 23, 4, 0, 40, tzinfo=UTC), datetime(2026, 11, 23, 4, 1, tzinfo=UTC))


def order(number, symbol, quantity, side="sell", **changes):
    return {"order_no": number, "original": "", "symbol": symbol, "side": side, "quantity": quantity, "remaining": 0,
            "filled": quantity, "rejected": 0, **changes}  # fmt: skip


def fill(number, symbol, quantity, side="sell"):
    return {"order_no": number, "symbol": symbol, "side": side, "quantity": quantity, "price": 1}


EXCHANGE = {
    "orders": [order("1", "A", 10), order("2", "B", 5)],
    "fills": [fill("1", "A", 4), fill("1", "A", 6), fill("2", "B", 5)],
    "order_calls": [{"at": "2026-11-23T00:01:30+00:00"}, {"at": "2026-11-23T04:01:00+00:00"}],
    "accounts": {"x": {"holdings": {"A": {"quantity": 0}, "C": {"quantity": 7}}}},
    "stream": {"connections": 2, "sessions": []},
}


def reached(kind, symbol, flow):
    return Told(f"{kind}_reached", {"flow": flow, "symbol": symbol})


def intent(flow, symbol, number):
    return Told("intent_recorded", {"flow": flow, "kind": "order", "symbol": symbol, "intent_id": number})


def filled(number, symbol, quantity):
    return Told("order_filled", {"intent_id": number, "symbol": symbol, "quantity": quantity})


def left(kind, symbol, quantity, purpose):
    fact = {"symbol": symbol, "name": symbol, "quantity": quantity, "return_rate": 0.01, "purpose": purpose}
    return Told(f"{kind}_filled", fact)


EVENTS = [
    Told("monitor_started", {"subscribed": 20, "total": 20}),
    reached("stop_loss", "A", "f1"), intent("f1", "A", "i1"), filled("i1", "A", 4), filled("i1", "A", 6),
    left("stop_loss", "A", 10, "stop_loss"),
    reached("take_profit", "B", "f2"), intent("f2", "B", "i2"), filled("i2", "B", 5),
    left("take_profit", "B", 5, "take_profit"),
    Told("connection_lost", {}), Told("reconnected", {"outage_s": 3.0}),
    Told("market_halted", {}), Told("market_resumed", {}),
    Told("add_buy_opportunity", {"name": "C", "price": 1}),
    Told("monitor_finished", {}), Told("daily_summary", {}),
]  # fmt: skip
MESSAGES = ["모니터링 시작", "손절 체결", "익절 체결", "장 중단", "오늘의 매매 결과"]


def evidence(events=EVENTS, exchange=EXCHANGE, messages=MESSAGES, anomalies=()):
    return Evidence(events, exchange, messages, {"A": 10, "B": 5, "C": 7}, [HALT], anomalies)


def broken(found):
    return [finding.name for finding in judge(found) if not finding.held]


def without(kind):
    return [told for told in EVENTS if told.event_type != kind]


def changed(**parts):
    return {**deepcopy(EXCHANGE), **parts}


def test_a_good_day_holds_every_promise():
    assert broken(evidence()) == []


def test_an_empty_day_holds_none_that_needs_something_to_happen():
    nothing = {**EXCHANGE, "orders": [], "fills": [], "order_calls": [], "stream": {"connections": 0, "sessions": []}}
    held = [finding.name for finding in judge(evidence([], nothing, [])) if finding.held]
    assert held == ["통신 예절"]


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("감시 종목", without("monitor_started")),
        ("감시 종목", [Told("monitor_started", {"subscribed": 19, "total": 20}), *without("monitor_started")]),
        ("손절", without("stop_loss_filled")),
        ("익절", without("take_profit_filled")),
        ("손절", [*EVENTS, left("stop_loss", "C", 7, "stop_loss")]),
        ("연결 끊김", without("reconnected")),
        ("연결 끊김", without("connection_lost")),
        ("장 중단", without("market_resumed")),
        ("추가 매수 기회", without("add_buy_opportunity")),
        ("장 마감", without("monitor_finished")),
        ("장 마감", [*EVENTS, Told("daily_summary", {})]),
        ("기록 일치", [*EVENTS, filled("i2", "B", 1)]),
        ("정확히 한 번", [*EVENTS, intent("f2", "B", "i3")]),
    ],
)
def test_missing_or_extra_records_break_the_promise(name, events):
    assert name in broken(evidence(events))


@pytest.mark.parametrize(
    ("name", "exchange"),
    [
        ("정확히 한 번", changed(orders=[*EXCHANGE["orders"], order("3", "A", 10, filled=0, remaining=10)])),
        ("보유보다 많이 팔지 않음", changed(fills=[*EXCHANGE["fills"], fill("1", "A", 1)])),
        ("보유보다 많이 팔지 않음", changed(accounts={"x": {"holdings": {"C": {"quantity": 6}}}})),
        ("기록 일치", changed(fills=EXCHANGE["fills"][:2])),
        ("장 중단", changed(order_calls=[{"at": "2026-11-23T04:00:59+00:00"}])),
        ("추가 매수 기회", changed(orders=[*EXCHANGE["orders"], order("3", "C", 1, side="buy")])),
        ("장 마감", changed(stream={"connections": 2, "sessions": [{"registrations": ["H0STCNT0:A"]}]})),
        ("연결 끊김", changed(stream={"connections": 1, "sessions": []})),
        ("부분 체결", changed(fills=[fill("1", "A", 10), fill("2", "B", 5)])),
        ("손절", changed(fills=[fill("1", "A", 4), fill("2", "B", 5)])),
    ],
)
def test_the_exchange_has_the_last_word(name, exchange):
    assert name in broken(evidence(exchange=exchange))


def test_a_refused_order_does_not_count_as_a_second_one():
    refused = order("3", "A", 10, filled=0, rejected=10)
    assert "정확히 한 번" not in broken(evidence(exchange=changed(orders=[*EXCHANGE["orders"], refused])))


def test_messages_and_manners_are_checked():
    assert broken(evidence(messages=MESSAGES[1:])) == ["휴대폰 알림"]
    assert broken(evidence(anomalies=[{"kind": "pong_missing"}])) == ["통신 예절"]


def test_story_tells_only_events_that_exist():
    assert set(TELLERS) <= set(FACTS)


def test_story_names_stock_price_and_level():
    fact = {
        "symbol": "005930",
        "name": "삼성전자",
        "price": 68_800,
        "level": 68_870,
        "basis": "low",
        "purpose": "stop_loss",
    }
    label, text, _ = tell("stop_loss_reached", fact)
    assert label == "손절 도달"
    assert text == "삼성전자(005930) 저가 68,800원 ≤ 68,870원"
    assert tell("session_state_changed", {}) is None


@pytest.fixture
def phone():
    arrived = []

    def receive(message):
        arrived.append(message)
        return len(arrived)

    server = PhoneServer(0, receive)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1], arrived
    server.shutdown()
    server.server_close()


def post(port, path, body, kind="application/json"):
    line = HTTPConnection("127.0.0.1", port, timeout=5)
    line.request("POST", path, body, {"Content-Type": kind})
    answer = line.getresponse()
    found = answer.status, json.loads(answer.read())
    line.close()
    return found


def test_phone_takes_what_telegram_takes(phone):
    port, arrived = phone
    body = json.dumps({"chat_id": "1", "text": "<b>손절</b> A&amp;B", "parse_mode": "HTML"})
    assert post(port, "/bot1:X/sendMessage", body) == (
        200,
        {"ok": True, "result": {"message_id": 1, "text": "<b>손절</b> A&amp;B"}},
    )
    assert visible_text(arrived[0]) == "손절 A&B"
    assert post(port, "/bot1:X/sendMessage", "chat_id=1&text=hi", "application/x-www-form-urlencoded")[0] == 200
    assert post(port, "/bot1:X/sendMessage", "{}")[0] == 400
    assert post(port, "/bot1:X/sendMessage", "not json")[0] == 400
    assert post(port, "/bot1:X/other", "{}")[0] == 404


def test_no_real_setting_reaches_the_play(tmp_path):
    environ = {"HANTU_APP_KEY": "real", "HANTU_ENVIRONMENT": "real", "DATABASE_URL": "x", "PATH": "/bin"}
    stage = Stage(tmp_path, "demo", None, environ)
    assert stage.child_environ == {"PATH": "/bin", "HANTU_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}


def test_written_settings_are_for_practice_and_ready(tmp_path):
    from hantu.settings.checks import check_ready

    stage = Stage(tmp_path, "demo", None, {})
    stage.write_config()
    settings, _ = load_settings(None, stage.child_environ)
    check_ready(settings)
    assert settings.environment == "local"
    assert settings.telegram.enabled
    assert settings.kis.rest_url == stage.rest_url


def test_home_must_be_empty(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError):
        make_home(tmp_path)
    home, own = make_home(tmp_path / "new")
    assert home.is_dir()
    assert not own


def test_children_are_ended_even_if_they_do_not_listen(tmp_path):
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    )
    output = tmp_path / "out"
    import sys

    from hantu.cli.shell import wait_until

    child = spawn([sys.executable, "-c", stubborn], {}, output)
    assert wait_until(lambda: "ready" in last_words(output), 10)
    assert end_process(child, 0.2) == -9
    assert end_process(child) == -9


def test_listening_is_found_out():
    assert not listens(f"http://127.0.0.1:{free_port()}")


def test_the_reason_of_a_child_is_read_back(tmp_path, capsys):
    from hantu.cli.background import last_error
    from hantu.cli.main import run

    assert run(["monitor", "status"], {"HANTU_HOME": str(tmp_path)}) == 1
    said = tmp_path / "guard.out"
    said.write_text("log line\n" + capsys.readouterr().err)
    assert last_error(said) == ("실행 중인 감시가 없습니다.", "`hantu monitor start` 로 시작하세요.")
    assert last_error(tmp_path / "none") == ("", "")


@pytest.mark.requirement("DEC-36", "SVC-40")
def test_who_may_look_is_ready_at_once_and_of_this_folder_only(tmp_path):
    viewer = make_viewer(tmp_path)
    book = Book(tmp_path / "server" / "server.db", time.time)
    desk = SignInDesk(book, Vault(tmp_path / "server" / "keys"), Lifetimes(900.0, 900.0), actor_of=str,
                      tell=lambda *_: None)  # fmt: skip
    code = viewer.code(time.time())
    found = desk.sign_in(viewer.name, viewer.password, code=code, recovery_code="", source="test", agent="test")
    assert found.caller.role == "viewer"
    assert len(viewer.password) >= 15
    assert viewer.secret in viewer.uri
    book.close()
    assert make_viewer(tmp_path / "other").secret != viewer.secret


@pytest.mark.parametrize("built", [True, False])
def test_the_opening_says_where_to_look_or_how_to_build_it(tmp_path, built):
    out = Console(file=io.StringIO(), width=200)
    shell = Shell({})
    shell.out = out
    stage = Stage(tmp_path, "demo", None, {})
    stage.viewer = Viewer("viewer", "pass-word", "JBSWY3DPEHPK3PXP" * 2, "otpauth://totp/x")
    bill = Playbill(shell, tmp_path)
    bill.dashboard(stage, built=built, ready=not built)
    bill.code(stage.viewer, time.time())
    bill.code(stage.viewer, time.time() + 31)
    text = out.file.getvalue()
    assert stage.server_url in text
    assert ("pass-word" in text, "make ui" in text, "뜨는 중" in text) == (built, not built, built)
    assert text.count("새 로그인 코드") == 1
    assert stage.viewer.code(time.time() + 31) in text


def test_the_stages_server_listens_where_it_says(tmp_path):
    stage = Stage(tmp_path, "demo", None, {})
    stage.write_config()
    settings, _ = load_settings(None, stage.child_environ)
    assert stage.server_url == f"http://{settings.server.address}"
    assert not stage.server_ready(), "nobody was started"
