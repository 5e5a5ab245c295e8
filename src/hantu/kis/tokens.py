"""When an access token is used, renewed, or waited for.

The broker issues one token a minute at most and tells the customer of each; for
six hours it repeats the same one; it lasts 24 hours. So: one issue a day, kept
on disk, renewed ahead of its end, and once more after the broker rejected it.
Source: broker's notices of 2023-04-28 and later; see docs/kis/rest.md.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final, TypeAlias

from hantu.domain.session import KST

LIFETIME: Final = timedelta(hours=24)
SAME_TOKEN: Final = timedelta(hours=6)
"""A request this soon after an issue returns the same token again."""
RENEW_AHEAD: Final = timedelta(minutes=30)
"""A token that ends sooner is replaced before use."""
RENEW_FROM, RENEW_UNTIL, SESSION_OVER = time(6, 0), time(8, 50), time(16, 0)
"""Korean time: between the first two a token is renewed that would end before the third, so that none ends in session."""
ISSUE_INTERVAL: Final = timedelta(seconds=61)
"""One issue a minute, and a second for clocks that differ."""
ISSUE_PENALTY: Final = timedelta(seconds=120)
"""After a second EGW00133 in a row: longer waits than a minute were measured when asked repeatedly."""
PENALTY_MEMORY: Final = timedelta(minutes=5)
"""An EGW00133 this long after the wait for an earlier one is the first of its kind again."""
ISSUES_PER_HOUR: Final = 5
APPROVAL_INTERVAL: Final = timedelta(seconds=2)
"""Approval keys may be issued once a second; a refused one must be replaced within a try."""
APPROVALS_PER_HOUR: Final = 40
"""As many as connections: each asks for one at most, and a customer is told of none."""
_EXPIRY_FORMAT: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Pace:
    """How often something may be asked for, answered or not."""

    interval: timedelta
    per_hour: int


TOKENS: Final = Pace(ISSUE_INTERVAL, ISSUES_PER_HOUR)
APPROVALS: Final = Pace(APPROVAL_INTERVAL, APPROVALS_PER_HOUR)


@dataclass(frozen=True, slots=True)
class Grant:
    """An issued token or approval key; times are aware UTC."""

    secret: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime
    rejected: bool = False
    """The broker refused it; it is not used again."""


@dataclass(frozen=True, slots=True)
class IssueLog:
    """Attempts to have something issued, oldest first; kept across restarts."""

    attempts: tuple[datetime, ...] = ()
    not_before: datetime | None = None

    def attempted(self, now: datetime) -> "IssueLog":
        """Return the log with an attempt at ``now``; call it before the request goes."""
        recent = tuple(at for at in self.attempts if now - at < timedelta(hours=1))
        return replace(self, attempts=(*recent, now)[-2 * APPROVALS_PER_HOUR :])

    def too_often(self, now: datetime) -> "IssueLog":
        """Return the log after the broker answered that it was too soon."""
        # The first one only says that somebody, perhaps we in an earlier life, asked within the last minute.
        repeated = self.not_before is not None and now - self.not_before < PENALTY_MEMORY
        return replace(self, not_before=now + (ISSUE_PENALTY if repeated else ISSUE_INTERVAL))

    def next_allowed(self, now: datetime, pace: Pace = TOKENS) -> datetime:
        """Return the earliest moment of the next attempt at ``pace``."""
        earliest = self.not_before or now
        # Attempts from the future (a clock set back) do not block for ever.
        recent = [at for at in self.attempts if timedelta(0) <= now - at < timedelta(hours=1)]
        if recent:
            earliest = max(earliest, recent[-1] + pace.interval)
        if len(recent) >= pace.per_hour:
            earliest = max(earliest, recent[-pace.per_hour] + timedelta(hours=1))
        return min(max(earliest, now), now + timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Use:
    """Use this grant."""

    grant: Grant


@dataclass(frozen=True, slots=True)
class Issue:
    """Have a new one issued now; ``fallback`` still works should that fail."""

    fallback: Grant | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """There is nothing to use, and no issue before ``until``."""

    until: datetime


TokenStep: TypeAlias = Use | Issue | Wait


def next_step(grant: Grant | None, log: IssueLog, now: datetime, pace: Pace = TOKENS) -> TokenStep:
    """Decide what to do for a usable token, or approval key, at ``now`` (aware UTC)."""
    usable = grant if grant is not None and not grant.rejected and now < grant.expires_at else None
    if usable is not None:
        # Within six hours the same token would come back: asking gains nothing.
        renewable = now - usable.issued_at >= SAME_TOKEN or now < usable.issued_at
        if not _ends_soon(usable, now) or not renewable:
            return Use(usable)
    allowed = log.next_allowed(now, pace)
    if allowed <= now:
        return Issue(usable)
    return Use(usable) if usable is not None else Wait(allowed)


def _ends_soon(grant: Grant, now: datetime) -> bool:
    """Tell whether a grant should be replaced: before an opening also one that would end in that session."""
    if grant.expires_at - now <= RENEW_AHEAD:
        return True
    local = now.astimezone(KST)
    return RENEW_FROM <= local.time() < RENEW_UNTIL and grant.expires_at.astimezone(KST) < datetime.combine(
        local.date(), SESSION_OVER, KST
    )


def reject(grant: Grant | None, secret: str) -> Grant | None:
    """Return ``grant`` after the broker refused ``secret``; a newer grant stays as it is."""
    if grant is None or grant.secret != secret:
        return grant
    return replace(grant, rejected=True)


def granted(secret: str, now: datetime, *, expiry_text: str = "", expires_in_s: int = 0) -> Grant:
    """Return the grant of an answer, ending at the earliest time the answer names.

    Args:
        secret: The token or key.
        now: When it arrived, aware UTC.
        expiry_text: ``YYYY-MM-DD HH:MM:SS`` in Korean time without a zone; empty if not told.
        expires_in_s: Seconds of life; 0 if not told.

    Raises:
        ValueError: The secret is empty or the text is not a time.
    """
    if not secret:
        raise ValueError("an empty token was issued")
    ends = [now + LIFETIME]
    if expires_in_s > 0:
        ends.append(now + timedelta(seconds=expires_in_s))
    if expiry_text:
        ends.append(datetime.strptime(expiry_text, _EXPIRY_FORMAT).replace(tzinfo=KST).astimezone(UTC))
    expires_at = min(ends)
    # The same token may come back hours after its issue; its end tells when that was.
    return Grant(secret, min(now, expires_at - LIFETIME), expires_at)
