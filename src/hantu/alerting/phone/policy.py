"""Who is heard, and how often: decisions about one update from outside, without any clock of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

AGE_S: Final = 60.0
"""Seconds after which a message is not acted on; by the sender's service's clock."""
AHEAD_S: Final = 60.0
"""A message from that far in the future is as strange as an old one."""
STEP_S: Final = 30
"""Seconds one code lives (RFC 6238, section 5.2)."""
TRIES: Final = 5
"""Wrong codes until a person is locked, and again each further five."""
LOCK_S: Final = 900.0
LOCK_MAX_S: Final = 86_400.0


class Kind(StrEnum):
    """What an update is."""

    MESSAGE = "message"
    BUTTON = "button"
    OTHER = "other"
    """Nothing we asked for: an edited message, a channel post."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update, as far as anything here depends on it; nothing in it is believed yet."""

    update_id: int
    kind: Kind
    user_id: int = 0
    chat_id: int = 0
    private: bool = False
    text: str = ""
    sent_s: float | None = None
    """Seconds since 1970 by the service's clock; None where it does not say, as with buttons."""
    forwarded: bool = False
    bot: bool = False
    edited: bool = False
    callback: str = ""
    data: str = ""
    message_id: int = 0
    """The message itself, or the one whose button was pressed."""
    marks: tuple[Mapping[str, object], ...] = ()
    """Formatting of ``text``, as the service describes it."""
    waited: bool = False
    """It was waiting when we came back, so nobody knows how old it is."""


class Refused(StrEnum):
    """Why an update is not acted on."""

    OTHER = "other_update"
    EDITED = "edited"
    BOT = "bot"
    GROUP = "group"
    UNLISTED = "unlisted"
    FORWARDED = "forwarded"
    OLD = "old"


SILENT: Final = frozenset(Refused) - {Refused.OLD}
"""Nobody learns from an answer that anybody listens."""


def refusal(got: Incoming, listed: Mapping[int, str], now_s: float) -> Refused | None:
    """Return why ``got`` is not acted on, None if it may be; ``now_s`` is the service's own time."""
    if got.edited:
        return Refused.EDITED
    if got.kind is Kind.OTHER:
        return Refused.OTHER
    if not got.private or got.chat_id != got.user_id:
        return Refused.GROUP
    if got.bot:
        return Refused.BOT
    if got.user_id not in listed:
        return Refused.UNLISTED
    if got.forwarded:
        return Refused.FORWARDED
    if got.sent_s is None:
        return Refused.OLD if got.waited else None
    return None if -AHEAD_S <= now_s - got.sent_s <= AGE_S else Refused.OLD


@dataclass(frozen=True, slots=True)
class Bucket:
    """What somebody has left of a rate: ``left`` of ``burst``, one more each ``every_s`` seconds."""

    burst: float
    every_s: float
    left: float
    at: float = 0.0


def drawn(bucket: Bucket, now: float) -> tuple[Bucket, bool]:
    """Return the bucket after one more, and whether there was one left."""
    left = min(bucket.burst, bucket.left + max(0.0, now - bucket.at) / bucket.every_s)
    taken = left >= 1.0
    return replace(bucket, left=left - 1.0 if taken else left, at=now), taken


@dataclass(frozen=True, slots=True)
class Factor:
    """What is remembered of a person's codes."""

    last_step: int = 0
    """Newest step a code was accepted of; none up to it counts again."""
    failures: int = 0
    """Wrong codes since the last right one."""
    locked_until_s: float = 0.0
    """Seconds since 1970 by the machine's clock."""


class Came(StrEnum):
    """What came of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    USED = "used"
    LOCKED = "locked"
    """Not looked at."""
    NONE = "none"
    """The person has no secret."""


def steps_at(now_s: float, *, previous: bool) -> tuple[int, ...]:
    """Return the steps whose codes count at ``now_s``: the current one, and the one before if that is allowed."""
    step = int(now_s // STEP_S)
    return (step, step - 1) if previous else (step,)


def judged(factor: Factor, now_s: float, step: int | None) -> tuple[Factor, Came]:
    """Return what came of a code that matched ``step`` (None: no step), and what to remember.

    A code that was right but used counts as wrong: who guesses must not learn more for free.
    """
    if now_s < factor.locked_until_s:
        return factor, Came.LOCKED
    if step is not None and step > factor.last_step:
        return Factor(last_step=step), Came.RIGHT
    failures = factor.failures + 1
    until = now_s + lock_s(failures) if failures % TRIES == 0 else 0.0
    return Factor(factor.last_step, failures, until), Came.WRONG if step is None else Came.USED


def lock_s(failures: int) -> float:
    """Return for how long a person is locked after so many wrong codes in a row."""
    return float(min(LOCK_MAX_S, LOCK_S * 2 ** (min(failures // TRIES, 20) - 1)))
