"""The gateway's rules for keys, tokens and approval keys."""

from datetime import UTC, datetime, timedelta
from random import Random

from hantu.simulator.identity import AuthRefusal, Identity, Token

WALL = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
KEY = "K" * 36
SECRET = "S" * 180


def identity(**options: object) -> Identity:
    return Identity(secrets={}, lenient=False, rng=Random(1), **options)  # type: ignore[arg-type]


def issued(result: Token | AuthRefusal) -> Token:
    assert isinstance(result, Token)
    return result


def refused(result: object) -> str:
    assert isinstance(result, AuthRefusal)
    return result.code


def test_issue_within_a_minute_is_refused_with_its_own_status() -> None:
    gate = identity()
    issued(gate.issue_token(KEY, SECRET, WALL, 0.0))
    second = gate.issue_token(KEY, SECRET, WALL, 59.0)
    assert isinstance(second, AuthRefusal)
    assert (second.http, second.code) == (403, "EGW00133")


def test_issue_limit_can_be_switched_off() -> None:
    gate = identity(issue_limit=False)
    first = issued(gate.issue_token(KEY, SECRET, WALL, 0.0))
    assert issued(gate.issue_token(KEY, SECRET, WALL, 1.0)) is first


def test_same_token_comes_back_within_six_hours_and_a_new_one_after() -> None:
    gate = identity()
    first = issued(gate.issue_token(KEY, SECRET, WALL, 0.0))
    again = issued(gate.issue_token(KEY, SECRET, WALL + timedelta(hours=5), 5 * 3600.0))
    later = issued(gate.issue_token(KEY, SECRET, WALL + timedelta(hours=6), 6 * 3600.0))
    assert again is first
    assert later.text != first.text


def test_malformed_keys_are_refused_unless_lenient() -> None:
    assert refused(identity().check_pair("short", SECRET)) == "EGW00103"
    assert refused(identity().check_pair(KEY, "short")) == "EGW00105"
    lenient = Identity(secrets={}, lenient=True, rng=Random(1))
    assert lenient.check_pair("short", "short") is None


def test_listed_keys_are_compared() -> None:
    gate = Identity(secrets={KEY: SECRET}, lenient=True, rng=Random(1))
    assert gate.check_pair(KEY, SECRET) is None
    assert refused(gate.check_pair("X" * 36, SECRET)) == "EGW00103"
    assert refused(gate.check_pair(KEY, "X" * 180)) == "EGW00105"


def test_authorize_tells_unknown_from_expired() -> None:
    gate = identity()
    token = issued(gate.issue_token(KEY, SECRET, WALL, 0.0))
    bearer = f"Bearer {token.text}"
    assert gate.authorize(bearer, KEY, SECRET, WALL) is None
    assert refused(gate.authorize("Bearer other", KEY, SECRET, WALL)) == "EGW00121"
    assert refused(gate.authorize(bearer, KEY, SECRET, WALL + timedelta(hours=24))) == "EGW00123"
    gate.revoke(token.text)
    assert refused(gate.authorize(bearer, KEY, SECRET, WALL)) == "EGW00121"


def test_forced_expiry_allows_an_immediate_new_token() -> None:
    gate = identity()
    token = issued(gate.issue_token(KEY, SECRET, WALL, 0.0))
    assert gate.expire_tokens(WALL) == 1
    assert refused(gate.authorize(f"Bearer {token.text}", KEY, SECRET, WALL)) == "EGW00123"
    assert issued(gate.issue_token(KEY, SECRET, WALL, 1.0)).text != token.text


def test_newer_approval_key_replaces_the_older_only_for_new_sessions() -> None:
    gate = identity()
    first = gate.issue_approval(KEY, SECRET, WALL)
    second = gate.issue_approval(KEY, SECRET, WALL)
    assert isinstance(first, str)
    assert isinstance(second, str)
    assert len(second) == 36
    assert gate.approve(first, "", WALL) is None
    assert gate.approve(second, "", WALL) == KEY
    assert gate.approve(first, KEY, WALL) == KEY
    assert gate.approve(second, "other", WALL) is None
    assert gate.approve(second, "", WALL + timedelta(hours=24)) is None
