"""Passkeys: one touch is both factors; every way to lie about one is refused alike, and a copy is noticed."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from hantu.adapters.accounts.attempts import PAIR_MAX
from hantu.adapters.accounts.ceremonies import CHALLENGE_S, CHALLENGES_MAX, PROOF_S, Purpose, new_challenge, plain_of
from hantu.adapters.accounts.passkeys import KEYS_MAX
from hantu.adapters.accounts.register import CONSOLE
from hantu.domain.access import AccessError, Role
from hantu.settings.model import Settings
from hantu.settings.server.office import relying_party
from hantu.settings.serving import ServerSettings
from tests.unit.api.device import ORIGIN, Device, b64
from tests.unit.api.site import PASSWORD, TOML, Site, Surfer, opened
from tests.unit.api.test_commands import PretendGuard
from tests.unit.api.waiting import until

WITH_ORIGIN = f'{TOML}passkey_origins = ["{ORIGIN}"]\n'
RELEASE = {"reason": "checked"}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """One for all: a start and a good password hash take their time. What a test leaves behind is put away."""
    with tempfile.TemporaryDirectory(prefix="hantu-") as folder, opened(Path(folder), toml=WITH_ORIGIN) as found:
        yield found


@pytest.fixture(scope="module")
def otto(site: Site) -> Surfer:
    return site.browser("otto")


@pytest.fixture(autouse=True)
def _put_away(site: Site) -> Iterator[None]:
    yield
    with site.accounts.book.writing() as connection:
        for table in ("passkeys", "attempts", "passkey_challenges"):
            connection.execute(f"DELETE FROM {table}")
    site.clock.wind(60)  # for the limits of frequency


def registered(browser: Surfer, device: Device, name: str = "phone") -> dict[str, Any]:
    offer = browser.do("/passkeys/challenge", {}, **browser.prove())
    assert offer.status == 200, offer.body
    found = browser.do("/passkeys", device.make(offer.json, name))
    assert found.status == 201, found.body
    row: dict[str, Any] = found.json
    return row


def asked(browser: Surfer) -> dict[str, Any]:
    found: dict[str, Any] = browser.ask("POST", "/session/passkey/challenge", {}).json
    return found


def enter(site: Site, device: Device, **wrong: Any) -> Any:
    browser = site.browser()
    return browser.ask("POST", "/session/passkey", device.sign(asked(browser), **wrong))


def kinds(site: Site) -> list[str]:
    return [row["kind"] for row in site.accounts.register.access(20, 0)]


@pytest.mark.requirement("SVC-42", "DEC-36")
def test_a_passkey_opens_a_session_without_name_password_or_code(site: Site, otto: Surfer) -> None:
    device = Device()
    row = registered(otto, device, "사무실 노트북")
    assert (row["name"], row["last_used_at"], row["blocked_at"]) == ("사무실 노트북", "", "")
    browser = site.browser()
    challenge = asked(browser)
    assert challenge["credential_ids"] == [], "nobody learns whose keys there are"
    found = browser.ask("POST", "/session/passkey", device.sign(challenge))
    assert (found.status, found.json["user"], found.json["role"]) == (200, "otto", "operator")
    browser.csrf = found.json["csrf"]
    assert browser.get("/session").json["passkeys"] == 1
    assert otto.get("/passkeys").json["items"][0]["last_used_at"] != ""
    assert kinds(site)[:2] == ["signed_in", "passkey_added"]
    trail = otto.get("/audit").json["items"]
    assert [one["event_type"] for one in trail][:2] == ["user_signed_in", "passkey_added"]
    assert "passkey" in str(trail[0])
    # The key itself is public; nothing that is secret was kept.
    assert browser.do("/killswitch/release", RELEASE).code == "step_up_required", "the touch was for the sign-in"


def test_a_synced_key_that_does_not_count_goes_on_signing_in(site: Site, otto: Surfer) -> None:
    device = Device(counter=0, steps=0)
    registered(otto, device)
    assert [enter(site, device).status for _ in range(2)] == [200, 200]


@pytest.mark.requirement("SVC-42")
def test_a_key_is_registered_with_a_fresh_code_and_by_the_session_that_began(site: Site, otto: Surfer) -> None:
    assert otto.do("/passkeys/challenge", {}).code == "step_up_required"
    offer = otto.do("/passkeys/challenge", {}, **otto.prove()).json
    body = Device().make(offer)
    for other in (site.browser("otto"), site.browser("olga")):
        assert other.do("/passkeys", body).code == "passkey_wrong"
    assert otto.do("/passkeys", body).status == 201
    assert otto.do("/passkeys", body).code == "passkey_wrong", "the challenge is spent"
    offer = otto.do("/passkeys/challenge", {}, **otto.prove()).json
    assert offer["credential_ids"] == [body["credential_id"]]
    assert offer["user_handle"] == otto.do("/passkeys/challenge", {}, **otto.prove()).json["user_handle"]
    site.clock.wind(CHALLENGE_S)
    assert otto.do("/passkeys", Device().make(offer)).code == "passkey_wrong", "too late"


def test_a_key_made_for_another_place_or_by_nobody_is_not_kept(otto: Surfer) -> None:
    for wrong in (
        {"origin": "http://localhost:9999"}, {"origin": "https://evil.example"}, {"rp_id": "evil.example"},
        {"verified": False}, {"type": "webauthn.get"}, {"cross": True}, {"challenge": "AAAA"},
        {"fmt": "packed"}, {"statement": {"sig": b"x"}}, {"fmt": "of our own"},
    ):  # fmt: skip
        offer = otto.do("/passkeys/challenge", {}, **otto.prove()).json
        answer = otto.do("/passkeys", Device().make(offer, **wrong))
        assert (answer.status, answer.code) == (403, "passkey_wrong"), wrong
    assert otto.get("/passkeys").json["items"] == []


@pytest.mark.requirement("SVC-42")
def test_every_lie_at_sign_in_looks_the_same(site: Site, otto: Surfer) -> None:
    """Replay, another origin, another host name, nobody verified, another's key, an unknown key, a removed one."""
    device, others = Device(), Device()
    registered(otto, device)
    registered(site.browser("olga"), others)
    stranger = Device(keys={**device.copy().keys})
    own = next(iter(device.keys))
    theirs = next(iter(others.keys.values()))
    right = device.sign(asked(site.browser()))
    assert site.browser().ask("POST", "/session/passkey", right).status == 200
    told = set()
    lies: list[Callable[[], Any]] = [
        lambda: site.browser().ask("POST", "/session/passkey", right),
        lambda: enter(site, device, origin="http://localhost:9999"),
        lambda: enter(site, device, origin="http://evil.example"),
        lambda: enter(site, device, rp_id="evil.example"),
        lambda: enter(site, device, verified=False),
        lambda: enter(site, device, type="webauthn.create"),
        lambda: enter(site, device, cross=True),
        lambda: enter(site, device, challenge="A" * 43),
        lambda: enter(site, device, handle=theirs.handle),
        lambda: enter(site, device, handle=""),
        lambda: enter(site, others, handle=device.keys[own].handle),
        lambda: enter(site, device, private=ec.generate_private_key(ec.SECP256R1())),
        lambda: enter(site, device, private=theirs.private),
        lambda: enter(site, Device(keys={"c3RyYW5nZXI": stranger.keys[own]})),
    ]
    for lie in lies:
        site.accounts.register.unlock("otto")
        site.accounts.register.unlock("olga")
        site.clock.wind(6)  # for the limit of frequency
        answer = lie()
        assert answer.status == 401
        assert "set-cookie" not in answer.headers
        told.add((answer.code, answer.json["message"], answer.json["next_step"]))
    assert {code for code, *_ in told} == {"wrong_credentials"}
    assert len(told) == 1
    assert enter(site, device).status == 200, "none of it spoilt the key"


def test_a_challenge_is_for_one_purpose_and_a_short_time(site: Site, otto: Surfer) -> None:
    device = Device()
    registered(otto, device)
    for path, ask in (
        ("/session/passkey", "/passkeys/proof/challenge"),
        ("/passkeys/proof", "/session/passkey/challenge"),
    ):
        challenge = otto.do(ask, {}).json
        assert otto.do(path, device.sign(challenge)).status in {401, 403}, path
    # A stolen session gets this challenge without a code; no key of the thief's comes of it.
    challenge = otto.do("/passkeys/proof/challenge", {}).json
    assert otto.do("/passkeys", Device().make({**challenge, "user_handle": "AA"})).code == "passkey_wrong"
    challenge = asked(otto)
    site.clock.wind(CHALLENGE_S)
    assert otto.ask("POST", "/session/passkey", device.sign(challenge)).status == 401


@pytest.mark.requirement("SVC-42")
def test_a_copied_key_is_blocked_and_its_owner_told(site: Site, otto: Surfer) -> None:
    guard = PretendGuard(site.home, {"tell": {"ok": True, "result": {}}})
    try:
        device = Device()
        registered(otto, device, "열쇠")
        thief = device.copy()
        assert enter(site, device).status == 200
        assert enter(site, thief).status == 401, "its counter stands where the other one's does"
        assert enter(site, device).status == 401, "nobody knows which of the two is the copy"
        assert otto.get("/passkeys").json["items"][0]["blocked_at"] != ""
        assert "passkey_copied" in kinds(site)
        until(lambda: "passkey_copied" in [one["args"]["event_type"] for one in guard.asked], "the alert")
        assert [one["args"]["detail"] for one in guard.asked if one["args"]["event_type"] == "passkey_copied"] == [
            "otto (열쇠) - 횟수가 되돌아간 키라 막음"
        ]
        assert otto.do("/passkeys/proof/challenge", {}).status == 404, "and proves nothing any more"
    finally:
        guard.close()


def test_a_counter_that_goes_back_is_a_copy_too(site: Site, otto: Surfer) -> None:
    device = Device(counter=7)
    registered(otto, device)
    thief = Device(keys=device.keys)
    assert enter(site, device).status == 200
    assert enter(site, thief).status == 401
    device.steps = -device.counter
    assert enter(site, device).status == 401, "nor does it stop counting"


@pytest.mark.requirement("SVC-42")
def test_a_removed_key_lets_nobody_in_and_nobody_removes_anothers(site: Site, otto: Surfer) -> None:
    device = Device()
    row = registered(otto, device)
    olga = site.browser("olga")
    assert olga.get("/passkeys").json["items"] == []
    assert olga.do(f"/passkeys/{row['passkey_id']}", method="DELETE").status == 404
    assert otto.do(f"/passkeys/{row['passkey_id']}", method="DELETE").json == {"revoked": 1}
    assert otto.do(f"/passkeys/{row['passkey_id']}", method="DELETE").status == 404
    assert enter(site, device).status == 401
    assert {"passkey_removed", "passkey_added"} <= {one["event_type"] for one in otto.get("/audit").json["items"]}


@pytest.mark.requirement("SVC-42")
def test_who_is_disabled_or_enrols_anew_has_no_keys_any_more(site: Site) -> None:
    codes, device = site.enrol("rita", Role.OPERATOR), Device()
    rita = site.browser("rita")
    registered(rita, device)
    change = site.accounts.register.change_user
    change("rita", role=None, disabled=True, enrol=False, by=CONSOLE)
    assert enter(site, device).status == 401
    assert {row["name"]: row["sessions"] for row in site.accounts.register.users()}["rita"] == 0
    change("rita", role=None, disabled=False, enrol=False, by=CONSOLE)
    assert enter(site, device).status == 200
    # A lost phone: the recovery code ends the key that was on it.
    code = rita.enter("rita", code=None, recovery_code=codes[0]).json["enrolment_code"]
    offer = site.accounts.desk.enrol_begin("rita", code, source="test")
    site.seeds["rita"] = offer["secret"]
    site.accounts.desk.enrol_complete("rita", code, PASSWORD, site.code("rita"), source="test")
    assert enter(site, device).status == 401
    again = site.browser("rita")
    registered(again, device)
    assert enter(site, device).status == 200
    change("rita", role=None, disabled=None, enrol=True, by=CONSOLE)
    with site.accounts.book.reading() as connection:
        assert connection.execute("SELECT count(*) FROM passkeys").fetchone()[0] == 0
    assert enter(site, device).status == 401


@pytest.mark.requirement("SVC-42", "DEC-36")
def test_a_touch_stands_for_a_code_once_in_its_own_session(site: Site, otto: Surfer) -> None:
    device = Device()
    registered(otto, device)

    def proof() -> dict[str, str]:
        challenge = otto.do("/passkeys/proof/challenge", {}).json
        assert challenge["credential_ids"] == list(device.keys)
        found = otto.do("/passkeys/proof", device.sign(challenge, handle=""))
        assert found.status == 200, found.body
        return {"X_Hantu_Code": found.json["proof"]}

    first = proof()
    # The wish goes on to a guard that does not run here.
    assert otto.do("/killswitch/release", RELEASE, **first).code == "guard_unreachable"
    assert otto.do("/killswitch/release", RELEASE, **first).code == "code_wrong"
    other = site.browser("otto")
    second = proof()
    assert other.do("/killswitch/release", RELEASE, **second).code == "code_wrong", "of another session"
    site.clock.wind(PROOF_S)
    assert otto.do("/killswitch/release", RELEASE, **second).code == "code_wrong", "too late"
    older, newer = proof(), proof()
    assert otto.do("/killswitch/release", RELEASE, **older).code == "code_wrong", "the newest counts"
    assert otto.do("/killswitch/release", RELEASE, **newer).code == "guard_unreachable"


@pytest.mark.requirement("SVC-42")
def test_another_persons_key_proves_nothing(site: Site, otto: Surfer) -> None:
    olga, hers = site.browser("olga"), Device()
    registered(olga, hers)
    assert otto.do("/passkeys/proof/challenge", {}).status == 404
    registered(otto, Device())
    challenge = otto.do("/passkeys/proof/challenge", {}).json
    for _ in range(2):
        answer = otto.do("/passkeys/proof", hers.sign(challenge))
        assert (answer.status, answer.code) == (403, "passkey_wrong")
    assert enter(site, hers).status == 200, "her key is none the worse"


def test_guessing_with_keys_is_locked_out_like_guessing_with_codes(site: Site, otto: Surfer) -> None:
    device = Device()
    registered(otto, device)
    bad = ec.generate_private_key(ec.SECP256R1())
    assert [enter(site, device, private=bad).status for _ in range(PAIR_MAX)] == [401] * PAIR_MAX
    assert enter(site, device).code == "locked", "right comes too late"
    assert otto.do("/killswitch/release", RELEASE, **otto.prove()).code == "locked"
    site.accounts.register.unlock("otto")
    assert enter(site, device).status == 200


def test_a_person_has_so_many_keys_and_each_once(site: Site, otto: Surfer) -> None:
    device = Device()
    first = registered(otto, device, "0")
    offer = otto.do("/passkeys/challenge", {}, **otto.prove()).json
    again = device.make(offer)
    with site.accounts.book.writing() as connection:
        connection.execute("UPDATE passkeys SET credential_id = ?", (plain_of(again["credential_id"]),))
    assert otto.do("/passkeys", again).code == "denied", "known already"
    with site.accounts.book.writing() as connection:
        connection.executemany(
            """INSERT INTO passkeys SELECT ?, user_id, ?, public_key, 0, label, 0, created_at, 0, 0 FROM passkeys
            WHERE passkey_id = ?""",
            [(f"more-{number}", bytes([number]), first["passkey_id"]) for number in range(KEYS_MAX - 1)],
        )
    assert otto.do("/passkeys/challenge", {}, **otto.prove()).code == "denied"


def test_challenges_that_nobody_answers_are_bounded_and_go(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    book = site.accounts.book
    monkeypatch.setattr("hantu.adapters.accounts.ceremonies.CHALLENGES_MAX", 3)
    assert CHALLENGES_MAX >= 1_000

    def waiting() -> int:
        with book.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM passkey_challenges").fetchone()[0])

    for _ in range(5):
        new_challenge(book, Purpose.SIGN_IN)
    new_challenge(book, Purpose.REGISTER, "a session")
    assert waiting() == 4, "strangers take no place of those who are in"
    site.clock.wind(CHALLENGE_S + 1)
    book.tidy()
    assert waiting() == 0


def test_no_bytes_of_a_stranger_are_a_fault_of_ours(site: Site, otto: Surfer) -> None:
    device = Device()
    registered(otto, device)
    browser = site.browser()
    good = device.sign(asked(browser))
    # Attested data and extensions that are said to be there and are not, or are no CBOR; deep nesting.
    head = plain_of(good["authenticator_data"])
    datas = [
        head[:32] + bytes([flags]) + head[33:37] + tail for flags in (0xC5, 0x85, 0x45) for tail in (b"", b"\x9f" * 600)
    ]
    bodies = [{**good, "authenticator_data": b64(data)} for data in datas]
    bodies += [{**good, name: "AA"} for name in good] + [{**good, "client_data": b64(b"[" * 2_000)}]
    bodies += [{**good, "client_data": b64(text)} for text in (b"[]", b"{}", b'{"challenge":1}', b"\xff\xfe")]
    for body in bodies:
        site.accounts.register.unlock("otto")
        site.accounts.register.unlock("?passkey")
        site.clock.wind(6)
        fresh = device.sign(asked(browser))
        mixed = {name: fresh[name] if body[name] == good[name] else body[name] for name in good}
        assert browser.ask("POST", "/session/passkey", mixed).status == 401, mixed
    for text in ("A", "A=", "AB", "a+/b"):
        with pytest.raises(AccessError):
            plain_of(text)


@pytest.mark.parametrize(
    ("server", "name", "origin"),
    [
        (ServerSettings(), "localhost", "http://localhost:8700"),
        (ServerSettings(names=("hantu.example",), tls=True, address="0.0.0.0:443"), "hantu.example", "https://hantu.example"),
        (ServerSettings(passkey_name="a.example", tls=True), "a.example", "https://a.example:8700"),
        (ServerSettings(passkey_origins=("https://b.example",)), "localhost", "https://b.example"),
    ],
)  # fmt: skip
def test_passkeys_are_bound_to_the_name_and_address_of_the_settings(
    tmp_path: Path, server: ServerSettings, name: str, origin: str
) -> None:
    found = relying_party(Settings(home=tmp_path, database=tmp_path / "x.db", server=server))
    assert (found.rp_id, found.origins) == (name, (origin,))
