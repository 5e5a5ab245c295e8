"""Codes: RFC 6238, each counted once, secrets sealed to their owner, locks that last."""

import threading

import pyotp
import pytest

from hantu.adapters.second_factor import SecondFactors, address_of, new_secret, phone_key, step_of
from hantu.alerting.phone.policy import Came
from hantu.domain.errors import BrokenError, DeniedError, UsageError

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The seed of RFC 6238, appendix B."""
NOW = 1_790_000_010.0


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def factors(tmp_path, clock):
    return SecondFactors(tmp_path, tmp_path / "audit", clock)


def enrolled(factors, clock, person="kim"):
    secret = new_secret()
    factors.enrol(person, secret, pyotp.TOTP(secret).at(clock.now - 30))
    return pyotp.TOTP(secret)


@pytest.mark.requirement("SVC-42")
@pytest.mark.parametrize(
    ("at_s", "code"),
    [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")],
)
def test_codes_are_those_of_the_rfc(at_s, code):
    assert step_of(RFC_SECRET, code, at_s, previous=False) == at_s // 30
    assert step_of(RFC_SECRET, code, at_s + 30, previous=False) is None
    assert step_of(RFC_SECRET, code, at_s + 30, previous=True) == at_s // 30
    assert step_of(RFC_SECRET, code, at_s - 30, previous=False) is None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "한글코드요"])
def test_what_is_no_code_matches_nothing(code):
    assert step_of(RFC_SECRET, code, NOW, previous=True) is None


@pytest.mark.requirement("SVC-42")
def test_a_code_counts_once(factors, clock):
    totp = enrolled(factors, clock)
    code = totp.at(clock.now)
    assert factors.judge("kim", code).came is Came.RIGHT
    assert factors.judge("kim", code).came is Came.USED
    clock.now += 30
    assert factors.judge("kim", code).came is Came.WRONG
    found = factors.judge("kim", totp.at(clock.now))
    assert (found.came, found.before) == (Came.RIGHT, 2)
    assert factors.judge("lee", code).came is Came.NONE


@pytest.mark.requirement("SVC-42")
def test_two_at_once_are_not_both_right(factors, clock):
    code = enrolled(factors, clock).at(clock.now)
    begin, came = threading.Barrier(8), []

    def ask():
        begin.wait()
        came.append(factors.judge("kim", code).came)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert came.count(Came.RIGHT) == 1


@pytest.mark.requirement("SVC-42")
def test_five_wrong_ones_lock_also_in_the_next_process(factors, clock, tmp_path):
    totp = enrolled(factors, clock)
    wrong = f"{(int(totp.at(clock.now)) + 1) % 1_000_000:06d}"
    assert [factors.judge("kim", wrong).failures for _ in range(5)] == [1, 2, 3, 4, 5]
    later = SecondFactors(tmp_path, tmp_path / "audit", clock)
    found = later.judge("kim", totp.at(clock.now))
    assert (found.came, found.locked_s) == (Came.LOCKED, 900.0)
    clock.now += 901
    assert later.judge("kim", totp.at(clock.now)).came is Came.RIGHT
    clock.now -= 600  # a clock that was set back revives no code
    assert later.judge("kim", totp.at(clock.now)).came is Came.USED


@pytest.mark.requirement("SVC-42")
def test_the_secret_stands_nowhere_in_clear_and_opens_for_its_owner_only(factors, clock, tmp_path):
    totp = enrolled(factors, clock)
    enrolled(factors, clock, "lee")
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or totp.secret.encode() not in path.read_bytes(), path
    assert (tmp_path / "phone.db").stat().st_mode & 0o077 == 0
    assert (tmp_path / "audit" / "phone.key").stat().st_mode & 0o077 == 0
    swap = "UPDATE factors SET sealed = (SELECT sealed FROM factors WHERE person = 'kim') WHERE person = 'lee'"
    factors.book.at_work(lambda connection: connection.execute(swap))
    with pytest.raises(BrokenError, match="풀 수 없습니다"):
        factors.judge("lee", totp.at(clock.now))
    (tmp_path / "audit" / "phone.key").write_text("00" * 32)
    with pytest.raises(BrokenError):
        factors.judge("kim", totp.at(clock.now))


def test_enrolling_needs_a_right_code_and_replaces_the_earlier_secret(factors, clock):
    with pytest.raises(DeniedError):
        factors.enrol("kim", new_secret(), "000000")
    assert factors.book.factors() == ()
    first = enrolled(factors, clock)
    second = enrolled(factors, clock)
    assert factors.judge("kim", first.at(clock.now)).came is Came.WRONG
    assert factors.judge("kim", second.at(clock.now)).came is Came.RIGHT
    assert factors.book.revoke("kim")
    assert not factors.book.revoke("kim")
    assert factors.judge("kim", second.at(clock.now + 30)).came is Came.NONE


def test_the_code_of_the_enrolment_is_used_up(factors, clock):
    secret = new_secret()
    factors.enrol("kim", secret, pyotp.TOTP(secret).at(clock.now))
    assert factors.judge("kim", pyotp.TOTP(secret).at(clock.now)).came is Came.USED


def test_a_key_others_may_read_is_not_used(tmp_path):
    assert len(phone_key(tmp_path)) == 32
    assert phone_key(tmp_path) == phone_key(tmp_path)
    (tmp_path / "phone.key").chmod(0o644)
    with pytest.raises(UsageError):
        phone_key(tmp_path)


def test_the_address_is_what_authenticators_read():
    address = address_of("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "김운영")
    assert address.startswith("otpauth://totp/hantu:%EA%B9%80")
    assert "issuer=hantu" in address
