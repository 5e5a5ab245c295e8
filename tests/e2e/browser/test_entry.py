"""Coming in: the first time with an authenticator, every day, and with codes that are wrong or were used."""

from collections.abc import Callable

import pyotp

from hantu.adapters.accounts import factors
from hantu.adapters.accounts.register import CONSOLE
from hantu.domain.access import Role
from tests.e2e.browser.tab import Tab
from tests.e2e.browser.town import Town
from tests.unit.api.site import PASSWORD

CODE = 'input[autocomplete="one-time-code"]'


def sign_in(tab: Tab, name: str, code: str, password: str = PASSWORD) -> None:
    tab.fill('input[autocomplete="username"]', name)
    tab.fill('input[autocomplete="current-password"]', password)
    tab.press("button[type=submit]", "다음")
    tab.fill(CODE, code)
    tab.press("button[type=submit]", "로그인")


def test_a_person_enrols_and_signs_in(town: Town, opened: Callable[..., Tab]) -> None:
    site = town.server
    made = site.accounts.register.add_user("nari", Role.OPERATOR, by=CONSOLE)
    tab = opened()
    tab.open("/")
    assert tab.run("() => location.pathname") == "/sign-in", "nobody is let in without a session"
    tab.press("a", "처음 등록하기")
    tab.says("처음 등록", "h1")
    tab.fill("input", "nari", "이름")
    tab.fill("input", made["enrolment_code"], "등록 코드")
    tab.press("button[type=submit]", "다음")
    tab.fill("input", "too short", "새 비밀번호")
    assert tab.run("() => document.querySelector('button[type=submit]').disabled"), "fifteen characters at least"
    tab.fill("input", PASSWORD, "새 비밀번호")
    tab.fill("input", PASSWORD, "비밀번호 다시")
    tab.press("button[type=submit]", "다음")
    tab.says("인증 앱에 등록하세요", "h1")
    secret = tab.text("code.secret").replace(" ", "")
    assert tab.run("() => document.querySelector('svg.qr path.dark').getAttribute('d').length") > 1_000
    site.seeds["nari"] = secret
    wrong = str((int(site.code("nari")) + 1) % 1_000_000).zfill(6)
    tab.fill(CODE, wrong)
    tab.press("button[type=submit]", "등록 마치기")
    tab.says("", "[role=alert]")
    tab.fill(CODE, site.code("nari"))
    tab.press("button[type=submit]", "등록 마치기")
    tab.says("복구 코드", "h1")
    codes = tab.run("() => [...document.querySelectorAll('ol.codes code')].map((one) => one.innerText)")
    assert len(set(codes)) == 10
    assert tab.run("() => document.querySelector('button[type=submit]').disabled"), "the codes have to be kept first"
    tab.press("label", "안전한 곳에 보관했습니다")
    tab.press("button[type=submit]", "로그인하러 가기")
    tab.says("로그인", "h1")
    assert not any(code in tab.run("() => document.documentElement.innerHTML") for code in codes), "shown once"

    sign_in(tab, "nari", site.code("nari"))
    tab.at("/")
    tab.says("nari", "nav")
    kept = tab.run("() => JSON.stringify({...localStorage, ...sessionStorage}) + document.cookie")
    assert secret not in kept and PASSWORD not in kept and "__Host-hantu" not in kept, (
        "no secret within reach of a script"
    )
    tab.press("button", "로그아웃")
    tab.says("로그인", "h1")
    tab.open("/positions")
    assert tab.run("() => location.pathname + location.search") == "/sign-in?back=/positions"


def test_a_wrong_code_and_one_that_was_used_let_nobody_in(town: Town, opened: Callable[..., Tab]) -> None:
    site = town.server
    tab = opened()
    tab.open("/sign-in?back=/health")
    good = site.code("olga")
    sign_in(tab, "olga", str((int(good) + 1) % 1_000_000).zfill(6))
    tab.says("", "[role=alert]")
    wrong = tab.text("[role=alert]")
    assert tab.run(f"() => document.querySelector('{CODE}').value") == "", "the next code is to be typed"
    tab.fill(CODE, good)
    tab.press("button[type=submit]", "로그인")
    tab.at("/health")  # where the person wanted to go

    other = opened()
    other.open("/sign-in")
    sign_in(other, "olga", good)
    other.says("", "[role=alert]")
    used = other.text("[role=alert]")
    assert used.split("요청 번호")[0] == wrong.split("요청 번호")[0], "which of the three was wrong is not told"
    assert other.run("async () => (await fetch('/api/v1/session')).status") == 401
    site.clock.wind(factors.STEP_S)
    other.fill(CODE, str(pyotp.TOTP(site.seeds["olga"]).generate_otp(int(site.clock.now_s()) // factors.STEP_S)))
    other.press("button[type=submit]", "로그인")
    other.at("/")
