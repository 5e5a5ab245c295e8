"""The conversation without a guard: files, rows, clocks and buttons, on a real Bot API server."""

import asyncio
import time

import pyotp
import pytest

from hantu.adapters.second_factor import SecondFactors, new_secret, phone_key
from hantu.adapters.store.approvals import propose
from hantu.adapters.store.maintenance import init_database, reading
from hantu.adapters.store.sqlite import connect
from hantu.alerting.phone.buttons import LIFE_S, NONCE, Press, sealed
from hantu.domain.account import Side
from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.approval import OrderTerms
from hantu.domain.errors import UsageError
from hantu.settings.loading import load_settings
from hantu.settings.phone_office import PhoneOffice, alert_buttons, heard, listed, phone_office
from tests.receivers import telegram
from tests.receivers.journal import Journal
from tests.receivers.telegram_chat import Bubble, TelegramChat

KIM, LEE = 101, 102
WAIT_S = 5.0


class Home:
    """One home with its office running beside a Bot API server."""

    def __init__(self, folder, chat, **environ):
        self.chat = chat
        given = {
            "HANTU_HOME": str(folder), "HANTU_TELEGRAM_TOKEN": telegram.TOKEN, "HANTU_TELEGRAM_CHAT_ID": str(KIM),
            "HANTU_TELEGRAM_API_URL": chat.url, "HANTU_TELEGRAM_PEOPLE": f"kim:{KIM},lee:{LEE}", **environ,
        }  # fmt: skip
        self.settings, _ = load_settings(None, given)
        self.may = True
        self.task = None

    def start(self):
        self.task = asyncio.create_task(PhoneOffice(self.settings, lambda: self.may).run())

    async def stop(self):
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)

    def enrol(self, name):
        secret = new_secret()
        factors = SecondFactors(self.settings.home, self.settings.audit_dir, time.time)
        factors.enrol(name, secret, pyotp.TOTP(secret).at(time.time() - 30))
        return pyotp.TOTP(secret)

    async def hears(self, user, words, after=0):
        async with asyncio.timeout(WAIT_S):
            while True:
                found = [one for one in self.chat.bot_said(user)[after:] if words in one.text]
                if found:
                    return found[0]
                await asyncio.sleep(0.01)

    async def asks(self, user, text, words, **extra):
        before = len(self.chat.bot_said(user))
        self.chat.types(user, text, **extra)
        return await self.hears(user, words, before)

    def rows(self, query):
        with reading(self.settings.database) as connection:
            return connection.execute(query).fetchall()

    async def until(self, query, rows):
        async with asyncio.timeout(WAIT_S):
            while self.rows(query) != rows:
                await asyncio.sleep(0.01)


@pytest.fixture
async def chat():
    running = TelegramChat(Journal())
    running.people = {KIM: "kim", LEE: "lee"}
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def home(tmp_path, chat):
    made = Home(tmp_path, chat)
    init_database(made.settings.database)
    yield made
    await made.stop()


@pytest.mark.requirement("DEC-2", "DEC-3")
async def test_without_a_guard_the_switch_is_written_and_said_to_be_no_more_than_that(home):
    home.start()
    said = await home.asks(KIM, "/kill", "실행 중인 감시가 없습니다")
    assert "KILL 파일, 데이터베이스" in said.text
    assert '"level": "active"' in home.settings.kill_file.read_text()
    await home.asks(KIM, "/kill hard", "실행 중인 감시가 없습니다")
    await home.asks(LEE, "/kill", "더 엄격한 단계")
    assert '"level": "hard"' in home.settings.kill_file.read_text()
    assert home.rows("SELECT kill_level FROM system_state ORDER BY state_id") == [("active",), ("hard",)]
    assert "멈추지 못했습니다" in (await home.asks(KIM, "/halt", "❗️")).text
    await home.asks(KIM, "/resume", "감시가 실행 중이 아닙니다")
    assert "flatten" in (await home.asks(KIM, "/kill flatten", "두 사람이")).text
    await home.asks(KIM, "/status", "마지막 기록")


async def test_stopping_needs_no_records_and_says_that_none_were_kept(home):
    home.start()
    await home.asks(KIM, "/help", "명령")
    for path in home.settings.home.glob("hantu.db*"):
        path.unlink()
    said = await home.asks(KIM, "/kill", "감사 기록을")
    assert "KILL 파일에" in said.text
    assert home.settings.kill_file.exists()
    assert not home.settings.database.exists(), "a new file would look like records that were lost"


async def test_what_goes_on_is_not_done_where_nobody_can_write_it_down(home):
    home.start()
    await home.asks(KIM, "/help", "명령")
    book = home.settings.home / "phone.db"
    for path in home.settings.home.glob("phone.db*"):
        path.unlink()
    book.write_text("nonsense " * 100)
    await home.asks(KIM, "/silence order_failed 5m x", "하지 않았습니다")
    assert home.rows("SELECT count(*) FROM alert_silences") == [(0,)]
    await home.asks(KIM, "/kill", "실행 중인 감시가 없습니다")


@pytest.mark.requirement("DEC-36")
async def test_what_waited_through_an_outage_is_not_carried_out(home):
    key = phone_key(home.settings.audit_dir)
    data = sealed(key, KIM, Press.KILL, "", b"n" * NONCE, time.time())
    under = Bubble(1, KIM, mine=False, text="alert")
    home.chat.presses(KIM, under, data=data)
    home.chat.types(KIM, "/halt", age_s=3_600)
    home.start()
    pressed = await home.hears(KIM, "언제 눌렀는지")
    typed = await home.hears(KIM, "초 전에 보낸 명령이라")
    assert [one.buttons[0][0]["text"] for one in (pressed, typed)] == ["🛑 킬스위치", "⏸ 정지"]
    assert not home.settings.kill_file.exists()
    home.chat.presses(KIM, pressed, "🛑")
    await home.hears(KIM, "실행 중인 감시가 없습니다")
    assert home.settings.kill_file.exists()


async def test_buttons_run_out(home):
    key = phone_key(home.settings.audit_dir)
    home.start()
    await home.asks(KIM, "/help", "명령")
    data = sealed(key, KIM, Press.KILL, "", b"n" * NONCE, time.time() - LIFE_S[Press.KILL] - 1)
    home.chat.presses(KIM, home.chat.bot_said(KIM)[0], data=data)
    async with asyncio.timeout(WAIT_S):
        while not any("시간이 지난" in one for one in home.chat.toasts):
            await asyncio.sleep(0.01)
    assert not home.settings.kill_file.exists()


@pytest.mark.requirement("SVC-42")
async def test_an_order_that_changed_after_it_was_shown_is_not_approved(home):
    totp = home.enrol("kim")
    terms = OrderTerms("local", "main", "005930", Side.BUY, 10, 70_000, 71_000)
    propose(home.settings.database, "A-00000001", terms, actor="lee")
    home.start()
    shown = await home.hears(KIM, "A-00000001")
    home.chat.presses(KIM, shown, "🖋")
    await home.hears(KIM, "6자리 코드")
    await asyncio.to_thread(_tamper, home.settings.database)
    assert "보여 드린 주문과 다릅니다" in (await home.asks(KIM, totp.now(), "하지 않았습니다")).text
    assert home.rows("SELECT status FROM approvals") == [("pending",)]
    # Lee has no second factor: told how to get one, and nothing waits.
    home.chat.presses(LEE, await home.hears(LEE, "A-00000001"), "🖋")
    await home.hears(LEE, "찾을 수 없습니다")
    home.chat.presses(LEE, await home.hears(LEE, "A-00000001"), "⛔️")
    await home.until("SELECT status, decided_by FROM approvals", [("denied", "lee")])


async def test_one_office_polls_and_the_other_takes_over_when_it_ends(home):
    home.start()
    await home.asks(KIM, "/help", "명령")
    await asyncio.sleep(0.1)  # the question after the answer is under way
    polls = home.chat.polls
    home.may = False
    async with asyncio.timeout(WAIT_S):
        while await asyncio.to_thread(_holder, home):
            await asyncio.sleep(0.02)
    assert home.chat.polls == polls, "it stopped asking before it gave the role up"
    home.may = True
    await home.asks(KIM, "/help", "명령")
    assert home.chat.conflicts == 0


async def test_the_bot_speaks_english_where_it_is_asked_to(tmp_path, chat):
    home = Home(tmp_path, chat, HANTU_TELEGRAM_LANGUAGE="en")
    init_database(home.settings.database)
    home.start()
    try:
        said = await home.asks(KIM, "/kill", "No guard is running")
        assert "the KILL file, the database" in said.text
        assert "commands" in (await home.asks(KIM, "/help", "hantu")).text
    finally:
        await home.stop()


def test_alerts_get_buttons_only_in_a_listed_person_s_own_chat(tmp_path):
    alert = Alert("order_failed", "k", Severity.CRITICAL, Priority.EMERGENCY, "OPS-02", "x")

    def buttons(**environ):
        given = {
            "HANTU_HOME": str(tmp_path),
            "HANTU_TELEGRAM_TOKEN": "1:a",
            "HANTU_TELEGRAM_CHAT_ID": str(KIM),
            **environ,
        }
        made = alert_buttons(load_settings(None, given)[0])
        return None if made is None else [one.label for one in made(alert)]

    assert buttons() is None
    assert buttons(HANTU_TELEGRAM_PEOPLE="lee:102") is None
    assert buttons(HANTU_TELEGRAM_PEOPLE="kim:101", HANTU_TELEGRAM_CHAT_ID="-100101") is None
    assert buttons(HANTU_TELEGRAM_PEOPLE="kim:101") == ["✅ 확인 (30분)", "🏁 끝난 일"]


def test_who_is_listed_is_named_once_by_a_person_s_number(tmp_path):
    settings, _ = load_settings(None, {"HANTU_HOME": str(tmp_path), "HANTU_TELEGRAM_PEOPLE": "김 운영:1, lee:22"})
    assert listed(settings) == {"김 운영": 1, "lee": 22}
    assert not heard(settings)
    assert phone_office(settings, lambda: True) is None
    for wrong in ("kim", "kim:-100", "kim:x", ":5", "kim:1,kim:2", "kim:1,lee:1"):
        with pytest.raises(UsageError):
            load_settings(None, {"HANTU_HOME": str(tmp_path), "HANTU_TELEGRAM_PEOPLE": wrong})


def _holder(home):
    factors = SecondFactors(home.settings.home, home.settings.audit_dir, time.time)
    row = factors.book.at_work(lambda connection: connection.execute("SELECT heartbeat FROM roles").fetchone())
    return row[0]


def _tamper(database):
    connection = connect(database, wait_s=2)
    connection.execute("UPDATE approvals SET quantity_max = 10000, order_hash = 'another'")
    connection.close()
