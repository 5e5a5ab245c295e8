"""Coming in: passwords, codes that count once, locks, recovery, sessions; attacks S1, S5, S15 of the fault catalogue."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest

from hantu.adapters.accounts import factors
from hantu.adapters.accounts.attempts import NAME_MAX, PAIR_MAX, WINDOW_S
from hantu.adapters.accounts.register import CONSOLE
from hantu.domain.access import AccessError, Role
from hantu.settings.model import Settings, TelegramSettings
from hantu.settings.secret import Secret
from hantu.settings.telling import have_told
from tests.receivers import telegram
from tests.receivers.journal import Journal
from tests.unit.api.site import PASSWORD, Site
from tests.unit.api.test_commands import PretendGuard
from tests.unit.api.waiting import until

DESK = {"agent": "other/1.0"}


def knock(
    site: Site, name: str, *, source: str, password: str = "wrong wrong wrong wrong", code: str = "000000"
) -> str:
    """One attempt from an address of one's own choice; returns the word of the refusal."""
    try:
        site.accounts.desk.sign_in(name, password, code=code, recovery_code="", source=source, agent="thief/1.0")
    except AccessError as error:
        return error.code
    return ""


@pytest.mark.requirement("SVC-42", "DEC-36")
def test_name_password_and_code_are_all_needed_and_look_alike_when_wrong(site: Site) -> None:
    browser = site.browser()
    told = set()
    for body in (
        {"user": "nobody", "password": PASSWORD, "code": "123456"},
        {"user": "otto", "password": "not the password at all", "code": site.code("otto")},
        {"user": "otto", "password": PASSWORD, "code": "000000"},
        {"user": "otto", "password": PASSWORD},
    ):
        answer = browser.ask("POST", "/session", body)
        assert answer.status == 401
        assert "set-cookie" not in answer.headers
        told.add((answer.code, answer.json["message"], answer.json["next_step"]))
    assert len(told) == 1, "a stranger learns nothing from how he is refused"
    assert browser.enter("otto").status == 200
    assert browser.get("/session").json["role"] == "operator"


@pytest.mark.requirement("SVC-42")
def test_a_code_counts_once(site: Site) -> None:
    code = site.code("otto")
    assert site.browser().enter("otto", code=code).status == 200
    assert site.browser().enter("otto", code=code).status == 401
    site.clock.wind(factors.STEP_S)
    assert site.browser().enter("otto", code=code).status == 401, "the step before this one is over"


@pytest.mark.requirement("SVC-42")
def test_of_two_uses_of_a_code_at_one_moment_one_wins(site: Site) -> None:
    browsers = [site.browser("otto"), site.browser("otto")]
    code, answers = site.code("otto"), []

    def press(number: int) -> None:
        found = browsers[number].do("/killswitch/release", {"reason": "x"}, X_Hantu_Code=code)
        answers.append((found.status, found.code))

    threads = [threading.Thread(target=press, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The winner goes on to a guard that does not run here.
    assert sorted(answers) == [(403, "code_used"), (503, "guard_unreachable")]


def test_the_wrong_phone_clock_is_refused_not_followed(site: Site) -> None:
    seed = pyotp.TOTP(site.seeds["otto"])
    for shift in (-2, -1, 1, 2):
        site.clock.wind(factors.STEP_S)
        code = seed.generate_otp(int(site.clock.now_s()) // factors.STEP_S + shift)
        assert site.browser().enter("otto", code=code).status == 401


@pytest.mark.requirement("SVC-42")
def test_guessing_locks_the_pair_for_a_while_and_the_console_unlocks(site: Site) -> None:
    assert [knock(site, "otto", source="10.0.0.9") for _ in range(PAIR_MAX + 1)] == [
        *["wrong_credentials"] * PAIR_MAX, "locked"
    ]  # fmt: skip
    code = site.code("otto")
    assert knock(site, "otto", source="10.0.0.9", password=PASSWORD, code=code) == "locked", "right comes too late"
    assert site.accounts.register.unlock("otto") == PAIR_MAX
    assert knock(site, "otto", source="10.0.0.9", password=PASSWORD, code=code) == ""
    for _ in range(PAIR_MAX):
        knock(site, "vera", source="10.0.0.9")
    site.clock.wind(WINDOW_S)
    assert knock(site, "vera", source="10.0.0.9", password=PASSWORD, code=site.code("vera")) == ""


def test_a_lock_is_told_with_its_end(site: Site) -> None:
    browser = site.browser()
    for _ in range(PAIR_MAX):
        browser.enter("vera", password="wrong wrong wrong")
    answer = browser.enter("vera")
    assert (answer.status, answer.code) == (429, "locked")
    assert 0 < int(answer.headers["retry-after"]) <= WINDOW_S


def test_a_flood_from_everywhere_does_not_lock_the_operator_out(site: Site) -> None:
    """S15: who has signed in from his desk goes on doing so; strangers wait."""
    site.browser("otto")
    with site.accounts.book.writing() as connection:
        connection.executemany(
            "INSERT INTO attempts (name, source, at) VALUES ('otto', ?, ?)",
            [(f"203.0.113.{number}", site.clock.now_s()) for number in range(NAME_MAX + 5)],
        )
    assert knock(site, "otto", source="198.51.100.7", password=PASSWORD, code=site.code("otto")) == "locked"
    assert site.browser().enter("otto").status == 200


@pytest.mark.requirement("SVC-42")
def test_a_recovery_code_counts_once_and_opens_enrolment_only(site: Site) -> None:
    codes = site.enrol("rita", Role.OPERATOR)
    browser = site.browser()
    assert len(set(codes)) == 10
    answer = browser.enter("rita", code=None, recovery_code=codes[0].upper())
    assert answer.status == 200
    assert answer.json["status"] == "enrolment_required"
    assert browser.get("/session").status == 401, "no session comes of it"
    again = site.browser().enter("rita", code=None, recovery_code=codes[0])
    assert again.status == 401
    begun = browser.ask("POST", "/enrolment", {"user": "rita", "enrolment_code": answer.json["enrolment_code"]})
    assert begun.status == 200
    site.seeds["rita"] = begun.json["secret"]
    done = browser.ask(
        "POST", "/enrolment/complete",
        {"user": "rita", "enrolment_code": answer.json["enrolment_code"], "password": "another pond of carp", "code": site.code("rita")},
    )  # fmt: skip
    assert len(done.json["recovery_codes"]) == 10
    assert site.browser().enter("rita", code=None, recovery_code=codes[1]).status == 401, "the old codes are gone"
    assert site.browser().enter("rita", password="another pond of carp").status == 200
    kinds = [row["kind"] for row in site.accounts.register.access(20, 0)]
    assert "recovery_code_used" in kinds


def test_enrolment_needs_its_code_in_time_and_a_password_worth_the_name(site: Site) -> None:
    made = site.accounts.register.add_user("nina", Role.VIEWER, by=CONSOLE)
    browser = site.browser()
    assert browser.ask("POST", "/enrolment", {"user": "nina", "enrolment_code": "guess"}).status == 401
    begun = browser.ask("POST", "/enrolment", {"user": "nina", "enrolment_code": made["enrolment_code"]}).json
    same = browser.ask("POST", "/enrolment", {"user": "nina", "enrolment_code": made["enrolment_code"]}).json
    assert begun == same, "a page that is loaded again shows the same secret"
    site.seeds["nina"] = begun["secret"]
    base = {"user": "nina", "enrolment_code": made["enrolment_code"]}
    for weak in ("short", "a" * 20, "password password", "nina nina nina nina", "123456123456123456"):
        answer = browser.ask("POST", "/enrolment/complete", {**base, "password": weak, "code": site.code("nina")})
        assert (answer.status, answer.code) == (422, "invalid"), weak
    assert browser.ask("POST", "/enrolment/complete", {**base, "password": PASSWORD, "code": "000000"}).status == 401
    assert site.browser().enter("nina").status == 401, "not active yet"
    site.clock.wind(90_000)
    late = browser.ask("POST", "/enrolment/complete", {**base, "password": PASSWORD, "code": site.code("nina")})
    assert late.status == 401


@pytest.mark.requirement("SVC-41")
def test_there_is_no_account_nobody_made(site: Site) -> None:
    assert {row["name"] for row in site.accounts.register.users()} == {"ann", "olga", "otto", "vera"}
    with pytest.raises(AccessError):
        site.accounts.desk.sign_in("admin", "admin", code="000000", recovery_code="", source="x", agent="x")


def test_the_cookie_is_the_servers_alone(site: Site) -> None:
    answer = site.browser().enter("otto")
    jar = answer.headers["set-cookie"].lower()
    assert jar.startswith("__host-hantu=")
    assert all(word in jar for word in ("httponly", "secure", "samesite=strict", "path=/"))
    assert "domain" not in jar and "max-age" not in jar


def test_a_session_ends_by_idleness_and_by_age(site: Site) -> None:
    browser = site.browser("otto")
    site.clock.wind(899)
    assert browser.get("/session").status == 200
    site.clock.wind(901)
    assert browser.get("/session").status == 401
    browser = site.browser("otto")
    for _ in range(40):
        site.clock.wind(800)
        status = browser.get("/session").status
    assert status == 401, "eight hours are over whatever was done"


def test_what_a_page_loads_by_itself_keeps_no_session_alive(site: Site) -> None:
    """And the page can tell how long is left, without using the session up or keeping it alive."""
    browser = site.browser("otto")
    alone = {"X_Hantu_Unattended": "1"}
    began = browser.get("/session").json
    assert (began["idle_left_s"], began["left_s"]) == (900.0, 28_800.0)
    for _ in range(8):
        site.clock.wind(100)
        assert browser.get("/alerts", **alone).status == 200
    left = browser.get("/session", **alone).json
    assert (left["idle_left_s"], left["left_s"]) == (100.0, 28_000.0)
    assert browser.get("/session").json["idle_left_s"] == 900.0, "a person is there"
    site.clock.wind(901)
    assert browser.get("/session", **alone).status == 401


def test_a_stolen_session_is_over_when_another_browser_shows_it(site: Site) -> None:
    """S1: the cookie alone is not enough, and showing it elsewhere ends it for everybody."""
    mine = site.browser("otto")
    thief = site.browser(agent="curl/8.0")
    thief.cookie, thief.csrf = mine.cookie, mine.csrf
    assert thief.get("/session").status == 401
    assert mine.get("/session").status == 401
    assert site.accounts.register.access(1, 0)[0]["kind"] == "session_moved"


def test_a_stolen_session_cannot_release_or_approve(site: Site) -> None:
    """S1: what is risky asks for a code the thief does not have."""
    thief = site.browser("otto")
    for path, body in (("/killswitch/release", {"reason": "x"}), ("/approvals/A-1/approve", {"order_hash": "0" * 64})):
        assert thief.do(path, body).code == "step_up_required"
        for _ in range(2):
            assert thief.do(path, body, X_Hantu_Code="000000").code == "code_wrong"
    thief.do("/killswitch/release", {"reason": "x"}, X_Hantu_Code="000000")
    assert thief.get("/session").status == 401, "five wrong codes end the session"


def test_a_new_sign_in_replaces_the_session_of_this_browser(site: Site) -> None:
    browser = site.browser("otto")
    old = browser.cookie
    browser.enter("otto")
    assert browser.cookie != old
    browser.cookie = old
    assert browser.get("/session").status == 401


def test_people_see_and_end_their_own_sessions_only(site: Site) -> None:
    desk, phone, other = site.browser("otto"), site.browser("otto"), site.browser("olga")
    rows = desk.get("/sessions").json["items"]
    assert [row["current"] for row in rows].count(True) == 1
    theirs = other.get("/sessions").json["items"][0]["session_id"]
    assert desk.do(f"/sessions/{theirs}", method="DELETE").status == 404, "S6: another one's is not found"
    mine = next(row["session_id"] for row in rows if not row["current"])
    assert desk.do(f"/sessions/{mine}", method="DELETE").json == {"revoked": 1}
    assert phone.get("/session").status == 401
    assert desk.do("/sessions", method="DELETE").json == {"revoked": 1}
    assert desk.get("/session").status == 401
    assert other.get("/session").status == 200


@pytest.mark.requirement("SVC-40", "SVC-41")
def test_a_changed_role_holds_from_the_next_request_on(site: Site) -> None:
    boss, otto = site.browser("ann"), site.browser("otto")
    answer = boss.do("/users/otto", {"role": "viewer"}, method="PATCH", **boss.prove())
    assert answer.json["user"]["role"] == "viewer"
    assert otto.get("/session").status == 401
    again = site.browser("otto")
    assert again.do("/orders/pause", {}).code == "forbidden"
    assert boss.do("/users/otto", {"disabled": True}, method="PATCH", **boss.prove()).status == 200
    assert site.browser().enter("otto").status == 401


def test_nobody_changes_himself_and_the_last_administrator_stays(site: Site) -> None:
    boss = site.browser("ann")
    assert boss.do("/users/ann", {"role": "viewer"}, method="PATCH", **boss.prove()).code == "denied"
    with pytest.raises(Exception, match="마지막 관리자"):
        site.accounts.register.change_user("ann", role=Role.VIEWER, disabled=None, enrol=False, by=CONSOLE)
    assert site.browser("ann").get("/users").status == 200


def test_nobody_can_give_himself_a_role(site: Site) -> None:
    """S7: fields that are not one's own are refused, not ignored."""
    code = {"user": "vera", "password": PASSWORD, "code": site.code("vera"), "role": "admin"}
    assert site.browser().ask("POST", "/session", code).status == 422
    boss = site.browser("ann")
    body = {"name": "mole", "role": "viewer", "state": "active", "approved_by": "ann"}
    answer = boss.do("/users", body, **boss.prove())
    assert answer.status == 422
    assert {row["field"] for row in answer.json["fields"]} == {"body.state", "body.approved_by"}


def test_a_program_is_known_by_its_token_until_it_is_revoked(site: Site) -> None:
    boss = site.browser("ann")
    made = boss.do("/clients", {"name": "bot", "scopes": ["read"]}, **boss.prove()).json
    bot = site.browser(bearer=made["token"])
    assert bot.get("/session").json["scopes"] == ["read"]
    assert bot.do("/orders/pause", {}).code == "forbidden"
    assert bot.get("/positions", Origin=bot.origin).status == 401, "a browser has no business with a token"
    for bad in (made["token"][:-1], made["token"] + "x", "hantu__", "", "x" * 300):
        assert site.browser(bearer=bad or "x").get("/session").status == 401
    assert made["token"] not in str(site.accounts.register.clients())
    assert boss.do(f"/clients/{made['client']['client_id']}", method="DELETE").status == 200
    assert bot.get("/session").status == 401


@pytest.mark.requirement("SVC-45")
def test_who_came_in_and_who_did_not_is_on_record(site: Site) -> None:
    site.browser("otto")
    site.browser().enter("vera", password="wrong wrong wrong")
    rows = site.browser("ann").get("/audit/access").json["items"]
    assert ("refused", "vera") in {(row["kind"], row["who"]) for row in rows}
    trail = site.browser("otto").get("/audit?type=user_signed_in").json["items"]
    assert {row["actor"] for row in trail} >= {"otto", "ann"}
    site.clock.wind(2 * 365 * 86_400)
    site.accounts.book.tidy()
    kept = site.accounts.register.access(500, 0)
    assert any(row["kind"] == "refused" for row in kept), "three years, not two"
    site.clock.wind(2 * 365 * 86_400)
    site.accounts.book.tidy()
    assert site.accounts.register.access(500, 0) == []


def test_secrets_are_not_in_the_file_nor_in_the_log(site: Site) -> None:
    """S9: neither seed, password, code, cookie nor token lies in clear anywhere in the home."""
    browser = site.browser("otto")
    canaries = [site.seeds["otto"], PASSWORD, browser.cookie, browser.csrf[:0] or browser.cookie]
    site.accounts.book.close()
    for path in site.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [one for one in canaries if one.encode() in content], path


# --- people are told ------------------------------------------------------------------


@pytest.fixture
def guard(site: Site) -> Iterator[PretendGuard]:
    found = PretendGuard(site.home, {"tell": {"ok": True, "result": {}}})
    yield found
    found.close()


def told(guard: PretendGuard) -> list[tuple[str, str]]:
    return [(one["args"]["event_type"], one["args"]["detail"]) for one in guard.asked if one["command"] == "tell"]


def lock(site: Site, name: str, source: str) -> None:
    """Wrong so often, without the hash that makes each attempt slow."""
    for _ in range(PAIR_MAX):
        site.accounts.desk._wrong(name, source, "password")


def test_a_lock_out_is_told_once_an_hour_for_each_name_that_exists(site: Site, guard: PretendGuard) -> None:
    lock(site, "otto", "10.0.0.9")
    until(lambda: told(guard), "the alert")
    assert told(guard) == [("sign_in_locked", "otto (10.0.0.9) - 5번 틀려 15분 동안 막음")]
    assert guard.asked[-1]["args"]["key"] == "sign_in_locked:otto"
    for number in range(10, 16):
        lock(site, "otto", f"10.0.0.{number}")
        lock(site, f"stranger{number}", "10.1.0.1")
    lock(site, "vera", "10.0.0.9")
    until(lambda: len(told(guard)) >= 2, "the other name")
    site.clock.wind(3_600)
    lock(site, "otto", "10.0.0.40")
    until(lambda: len(told(guard)) >= 3, "the next hour")
    assert [detail.split()[0] for _, detail in told(guard)] == ["otto", "vera", "otto"]


def test_a_lock_out_by_wrong_codes_of_a_session_is_told_too(site: Site, guard: PretendGuard) -> None:
    otto = site.browser("otto")
    for _ in range(PAIR_MAX):
        site.clock.wind(factors.STEP_S)
        otto.do("/killswitch/release", {"reason": "x"}, X_Hantu_Code="000000")
    until(lambda: told(guard), "the alert")
    assert told(guard)[0][0] == "sign_in_locked"


def test_a_used_recovery_code_is_told(site: Site, guard: PretendGuard) -> None:
    codes = site.enrol("rita", Role.OPERATOR)
    assert site.browser().enter("rita", code=None, recovery_code=codes[0]).status == 200
    until(lambda: told(guard), "the alert")
    assert told(guard) == [("recovery_code_used", "rita (127.0.0.1) - 새 인증 앱을 등록하게 됩니다")]


def test_that_people_were_told_outlives_the_server(site: Site, guard: PretendGuard) -> None:
    lock(site, "otto", "10.0.0.9")
    until(lambda: told(guard), "the alert")
    site.stop()
    site.start()
    lock(site, "otto", "10.0.0.10")
    lock(site, "vera", "10.0.0.10")
    until(lambda: len(told(guard)) >= 2, "the other name")
    assert [detail.split()[0] for _, detail in told(guard)] == ["otto", "vera"]


async def test_without_a_guard_people_are_told_directly(tmp_path: Path) -> None:
    journal = Journal()
    receiver = telegram.TelegramReceiver(journal)
    await receiver.start()
    try:
        chat = TelegramSettings(chat_id=telegram.CHAT, api_url=receiver.url, token=Secret(telegram.TOKEN))
        own = Settings(home=tmp_path, database=tmp_path / "none.db", telegram=chat)
        await asyncio.to_thread(have_told, own, "sign_in_locked", "otto (10.0.0.9)", "k", sender="server")
        assert "로그인 막음: otto (10.0.0.9)" in journal.texts()[0]
    finally:
        await receiver.stop()
