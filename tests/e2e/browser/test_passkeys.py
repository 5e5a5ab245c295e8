"""Passkeys with the browser's own device in software: registered, used to come in and in the place of a code, removed."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from hantu.adapters.accounts.ceremonies import RelyingParty
from tests.e2e.browser.tab import Tab
from tests.e2e.browser.test_entry import CODE, sign_in
from tests.e2e.browser.town import Town

DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.mark.requirement("SVC-42")
def test_a_device_signs_its_owner_in_and_proves(
    town: Town, opened: Callable[..., Tab], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = town.server
    origin = f"http://localhost:{site.port}"
    # The port is one that was free, so no setting could have named it.
    monkeypatch.setattr(site.accounts.passkeys, "_party", RelyingParty("localhost", (origin,)))
    tab = opened()
    tab.call("WebAuthn.enable")
    device = tab.call("WebAuthn.addVirtualAuthenticator", options=DEVICE)["authenticatorId"]
    tab.open("/sign-in")
    tab.press("button", "패스키로 로그인")
    tab.says(origin, "[role=alert]")

    tab.origin = origin
    tab.open("/sign-in?back=/settings")
    sign_in(tab, "olga", site.code("olga"))
    tab.at("/settings")
    tab.fill("input", "내 기기", "기기 이름")
    tab.press("button[type=submit]", "이 기기 등록")
    tab.fill(CODE, site.code("olga"))
    tab.press(".code-dialog button[type=submit]", "이 기기 등록")
    tab.says("내 기기을(를) 등록했습니다.", "[role=status]")
    assert len(tab.call("WebAuthn.getCredentials", authenticatorId=device)["credentials"]) == 1

    # In the place of a code: the same device cannot make a second key, so the proof was taken and the wish went on.
    tab.press("button[type=submit]", "이 기기 등록")
    tab.press(".code-dialog button", "패스키로 확인")
    tab.says("이미 패스키가 있습니다", ".code-dialog [role=alert]")
    tab.press(".code-dialog button", "취소")

    tab.press("button", "로그아웃")
    tab.says("로그인", "h1")
    tab.press("button", "패스키로 로그인")
    tab.at("/")
    tab.says("olga", "nav")
    tab.visit("/settings")
    for _ in range(5):  # the question ends by itself after five seconds, which a busy machine may miss
        tab.press("button", "지우기")
        with suppress(AssertionError):
            tab.press("button", "정말 지우기", within=4.0)
            break
    tab.says("등록한 패스키가 없습니다")
    tab.press("button", "로그아웃")
    tab.says("로그인", "h1")
    tab.press("button", "패스키로 로그인")
    tab.says("패스키를 확인하지 못했습니다", "[role=alert]")
