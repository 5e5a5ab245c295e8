"""Token policy: one issue a day, never two in a minute, never a rejected one again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.engine.config import Pace as Connecting
from hantu.kis.tokens import (
    APPROVALS,
    APPROVALS_PER_HOUR,
    ISSUES_PER_HOUR,
    LIFETIME,
    TOKENS,
    Grant,
    Issue,
    IssueLog,
    Pace,
    Use,
    Wait,
    granted,
    next_step,
    reject,
)

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
NEVER = IssueLog()


def token(age: timedelta, secret: str = "token-1") -> Grant:
    return Grant(secret, NOW - age, NOW - age + LIFETIME)


def test_without_a_token_one_is_issued() -> None:
    assert next_step(None, NEVER, NOW) == Issue()


def test_fresh_token_is_used() -> None:
    grant = token(timedelta(hours=7))
    assert next_step(grant, NEVER, NOW) == Use(grant)


def test_token_near_its_end_is_replaced_and_serves_until_then() -> None:
    grant = token(timedelta(hours=23, minutes=45))
    assert next_step(grant, NEVER, NOW) == Issue(grant)
    assert next_step(grant, NEVER.attempted(NOW), NOW + timedelta(seconds=5)) == Use(grant)


def test_ended_token_is_not_used() -> None:
    assert next_step(token(LIFETIME), NEVER, NOW) == Issue()


def test_short_lived_token_is_not_asked_for_again_within_six_hours() -> None:
    """The same token would come back, and the customer would get another message."""
    grant = Grant("token-1", NOW - timedelta(hours=1), NOW + timedelta(minutes=5))
    assert next_step(grant, NEVER, NOW) == Use(grant)


def test_rejected_token_is_replaced_once_a_minute() -> None:
    rejected = reject(token(timedelta(hours=1)), "token-1")
    assert next_step(rejected, NEVER, NOW) == Issue()
    log = NEVER.attempted(NOW)
    assert next_step(rejected, log, NOW + timedelta(seconds=30)) == Wait(NOW + timedelta(seconds=61))
    assert next_step(rejected, log, NOW + timedelta(seconds=61)) == Issue()


def test_late_rejection_of_an_older_token_changes_nothing() -> None:
    newer = token(timedelta(0), "token-2")
    assert reject(newer, "token-1") is newer
    assert reject(None, "token-1") is None


def test_refused_issue_waits_a_minute_and_twice_as_long_when_refused_again() -> None:
    """A life that died between asking and keeping leaves the next one the minute it would have waited itself."""
    log = NEVER.attempted(NOW).too_often(NOW)
    assert next_step(None, log, NOW + timedelta(seconds=30)) == Wait(NOW + timedelta(seconds=61))
    again = NOW + timedelta(seconds=61)
    assert next_step(None, log, again) == Issue()
    log = log.attempted(again).too_often(again)
    assert next_step(None, log, again + timedelta(seconds=90)) == Wait(again + timedelta(seconds=120))
    much_later = again + timedelta(hours=2)
    log = log.attempted(much_later).too_often(much_later)
    assert next_step(None, log, much_later) == Wait(much_later + timedelta(seconds=61))


@pytest.mark.parametrize(
    ("clock", "ends", "renewed"),
    [
        ("07:30", "10:00", True),
        ("05:59", "10:00", False),
        ("08:50", "10:00", False),
        ("07:30", "15:59", True),
        ("07:30", "16:00", False),
    ],
)
def test_token_that_would_end_in_session_is_renewed_before_the_opening(clock: str, ends: str, renewed: bool) -> None:
    now = datetime.fromisoformat(f"2026-11-23T{clock}:00+09:00").astimezone(UTC)
    expires = datetime.fromisoformat(f"2026-11-23T{ends}:00+09:00").astimezone(UTC)
    grant = Grant("token-1", expires - LIFETIME, expires)
    assert next_step(grant, NEVER, now) == (Issue(grant) if renewed else Use(grant))


@pytest.mark.requirement("MON-1.04")
@pytest.mark.parametrize(
    ("pace", "budget"), [(TOKENS, ISSUES_PER_HOUR), (APPROVALS, APPROVALS_PER_HOUR)], ids=["token", "approval key"]
)
def test_budget_of_an_hour_holds(pace: Pace, budget: int) -> None:
    log, now, issued = NEVER, NOW, 0
    while now < NOW + timedelta(hours=1):
        if isinstance(next_step(None, log, now, pace), Issue):
            log, issued = log.attempted(now), issued + 1
        now += timedelta(seconds=10)
    assert issued == budget
    assert isinstance(next_step(None, log, now, pace), Issue), "an hour after the first there is room again"


def test_keys_of_an_hour_are_enough_for_its_connections() -> None:
    assert Pace(timedelta(seconds=2), Connecting().connects_per_hour) == APPROVALS


def test_clock_set_back_does_not_block_for_more_than_an_hour() -> None:
    log = NEVER.attempted(NOW).too_often(NOW)
    earlier = NOW - timedelta(days=3)
    assert log.next_allowed(earlier) <= earlier + timedelta(hours=1)


@given(st.lists(st.floats(0, 400), min_size=1, max_size=60))
def test_two_issues_are_never_less_than_a_minute_apart(pauses: list[float]) -> None:
    log, now, previous = NEVER, NOW, None
    for pause in pauses:
        now += timedelta(seconds=pause)
        if isinstance(next_step(None, log, now), Issue):
            assert previous is None or now - previous > timedelta(minutes=1)
            log, previous = log.attempted(now), now


def test_end_is_read_as_korean_time() -> None:
    grant = granted("t", NOW, expiry_text="2026-11-24 09:00:00", expires_in_s=86_400)
    assert grant.expires_at == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert grant.issued_at == NOW


def test_repeated_token_keeps_its_first_issue() -> None:
    grant = granted("t", NOW, expiry_text="2026-11-24 04:00:00")
    assert grant.issued_at == NOW - timedelta(hours=5)
    assert next_step(grant, NEVER, NOW) == Use(grant)


def test_earliest_named_end_counts() -> None:
    assert granted("t", NOW, expires_in_s=60).expires_at == NOW + timedelta(seconds=60)
    assert granted("t", NOW).expires_at == NOW + LIFETIME


@pytest.mark.parametrize(("secret", "text"), [("", ""), ("t", "tomorrow")])
def test_nonsense_is_refused(secret: str, text: str) -> None:
    with pytest.raises(ValueError):
        granted(secret, NOW, expiry_text=text)


def test_secret_does_not_show() -> None:
    assert "token-1" not in repr(token(timedelta(0)))
    assert "token-1" not in repr(next_step(token(timedelta(hours=1)), NEVER, NOW))
