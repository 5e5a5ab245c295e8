"""The doctor: what is checked, what each finding says, and that no secret shows."""

import asyncio
import socket
import time

import pytest

from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.phone_book import PhoneBook
from hantu.adapters.store.phone_turn import PhoneRole
from hantu.runtime.phone_ports import LineSeen
from tests.receivers.talk import Talk
from tests.receivers.telegram import TOKEN
from tests.unit.cli.conftest import FakeGuard

SECRET = "PSsecretsecretsecret"


def found(value, name):
    return next(check for check in value["checks"] if check["name"] == name)


def test_practice_without_exchange_has_no_failure(hantu, hantu_json):
    environ = {"HANTU_REST_URL": "http://127.0.0.1:1", "HANTU_WS_URL": "ws://127.0.0.1:1"}
    code, value = hantu_json("doctor", **environ)
    assert code == 0
    assert value["ok"] is True
    assert found(value, "설정")["mark"] == "note"
    code, out, _ = hantu("doctor", **environ)
    assert "주의할 것 2건" in out


@pytest.mark.requirement("ALR-44")
def test_wrong_port_refused_and_right_one(hantu_json):
    with socket.socket() as there, socket.socket() as away:
        there.bind(("127.0.0.1", 0))
        there.listen()
        away.bind(("127.0.0.1", 0))
        environ = {
            "HANTU_REST_URL": f"http://127.0.0.1:{there.getsockname()[1]}",
            "HANTU_WS_URL": f"ws://127.0.0.1:{away.getsockname()[1]}",
        }
        value = hantu_json("doctor", **environ)[1]
    assert found(value, "REST 주소")["mark"] == "ok"
    assert found(value, "시세 주소")["mark"] == "warn"
    assert "거부" in found(value, "시세 주소")["text"]


def test_real_hosts_are_never_contacted(hantu_json):
    value = hantu_json("doctor", HANTU_ENVIRONMENT="real")[1]
    assert "연결해 보지 않습니다" in found(value, "REST 주소")["text"]


@pytest.mark.requirement("DEC-17")
def test_the_one_exception_to_encryption_is_listed(hantu_json):
    value = hantu_json("doctor", HANTU_ENVIRONMENT="paper")[1]
    check = found(value, "암호화")
    assert check["mark"] == "note"
    assert "ws://" in check["text"]
    assert "approval_key" in check["text"]


@pytest.mark.requirement("ALR-34")
def test_effective_values_with_source_and_masked_secrets(hantu, home):
    environ = {"HANTU_ENVIRONMENT": "paper", "HANTU_APP_KEY": SECRET, "HANTU_ACCOUNT": "87654321-01",
               "DATABASE_URL": f"sqlite:///{home}/other.db"}  # fmt: skip
    for words in (["doctor"], ["doctor", "--all"], ["doctor", "--json"]):
        _, out, err = hantu(*words, **environ)
        assert SECRET not in out + err
        assert "87654321" not in out + err
        assert "환경변수 HANTU_APP_KEY" in out
        assert f"{home}/other.db" in out.replace("\n", "")
    assert "fill_wait_s" not in hantu("doctor", **environ)[1]
    assert "fill_wait_s" in hantu("doctor", "--all", **environ)[1]


def test_missing_keys_fail_with_a_next_step(hantu, hantu_json):
    code, value = hantu_json("doctor", HANTU_ENVIRONMENT="paper")
    assert code == 1
    assert value["ok"] is False
    for name in ("앱 키", "앱 시크릿", "계좌번호", "HTS ID"):
        assert found(value, name)["mark"] == "fail"
        assert found(value, name)["next_step"]


def test_key_file_others_can_read_is_a_failure(hantu_json, home):
    key = home / "key"
    key.write_text(SECRET)
    key.chmod(0o644)
    value = hantu_json("doctor", HANTU_ENVIRONMENT="paper", HANTU_APP_KEY_FILE=str(key))[1]
    assert "0644" in found(value, "앱 키")["text"]


def test_broken_configuration_still_gets_an_answer(hantu, home):
    (home / "hantu.toml").write_text("environment = 'local'\n[guard]\nmod = 1\n")
    code, out, _ = hantu("doctor")
    assert code == 1
    assert "guard.mode" in out


@pytest.mark.parametrize(("prepare", "mark"), [(None, "note"), ("init", "ok"), ("garbage", "fail")])
def test_database(hantu_json, home, prepare, mark):
    if prepare == "init":
        init_database(home / "hantu.db")
    elif prepare:
        (home / "hantu.db").write_bytes(b"garbage" * 1000)
    assert found(hantu_json("doctor")[1], "데이터베이스")["mark"] == mark


@pytest.mark.requirement("ALR-42")
def test_running_guard_is_told(hantu_json, guard):
    assert "pid 123" in found(hantu_json("doctor")[1], "감시")["text"]


def test_home_others_can_write_is_a_warning(hantu_json, home):
    home.chmod(0o777)
    assert found(hantu_json("doctor")[1], "데이터 폴더")["mark"] == "warn"


@pytest.mark.requirement("ALR-43")
def test_reserved_secret_is_mentioned_without_its_value(hantu):
    out = hantu("doctor", EXECUTION_JWT_SECRET="topsecretvalue")[1]
    assert "EXECUTION_JWT_SECRET" in out
    assert "topsecretvalue" not in out


@pytest.mark.requirement("ALR-64")
def test_a_channel_that_cannot_be_reached_is_named_and_no_secret_is(hantu_json):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        environ = {
            "HANTU_TELEGRAM_TOKEN": "123456:test-token-of-nobody", "HANTU_TELEGRAM_CHAT_ID": "1",
            "HANTU_TELEGRAM_API_URL": f"http://127.0.0.1:{taken.getsockname()[1]}",
        }  # fmt: skip
        code, value = hantu_json("doctor", **environ)
    channel = found(value, "알림 채널 telegram")
    assert (code, channel["mark"], channel["text"].startswith("닿지 않음")) == (1, "fail", True)
    assert "test-token-of-nobody" not in str(value)


@pytest.mark.requirement("ALR-14", "ALR-64")
def test_the_line_back_from_a_phone_is_named_with_who_asks_and_what_came(hantu_json, home):
    assert found(hantu_json("doctor")[1], "텔레그램 명령")["mark"] == "note"
    talk = Talk(kim=7)
    try:
        environ = {
            "HANTU_TELEGRAM_TOKEN": TOKEN, "HANTU_TELEGRAM_CHAT_ID": "7", "HANTU_TELEGRAM_API_URL": talk.url,
            "HANTU_TELEGRAM_PEOPLE": "kim:7",
        }  # fmt: skip
        check = found(hantu_json("doctor", **environ)[1], "텔레그램 명령")
        assert (check["mark"], "@hantu_test_bot" in check["text"]) == ("note", True)
        assert "켜면 받습니다" in check["text"]
        assert not (home / "phone.db").exists(), "a look makes nothing"
        guard = FakeGuard(home / "guard.sock")
        try:
            check = found(hantu_json("doctor", **environ)[1], "텔레그램 명령")
            assert (check["mark"], "받는 프로세스가 없음" in check["text"]) == ("fail", True)
            role = PhoneRole(PhoneBook(home / "phone.db"))
            now_s = time.time()
            asyncio.run(role.take())
            asyncio.run(role.note(LineSeen(now_s, now_s - 120.0)))
            check = found(hantu_json("doctor", **environ)[1], "텔레그램 명령")
        finally:
            guard.close()
            guard.thread.join(5)
        assert check["mark"] == "ok"
        for words in ("사람 1명 (2차 인증 0명)", "마지막 명령 2분 전"):
            assert words in check["text"]
        environ["HANTU_TELEGRAM_TOKEN"] = TOKEN + "x"
        code, value = hantu_json("doctor", **environ)
        assert (code, found(value, "텔레그램 명령")["mark"]) == (1, "fail")
        assert TOKEN not in str(value)
    finally:
        talk.close()
