"""Who asks: people and programs, what they are, and why they are not let in."""

from dataclasses import dataclass, field
from enum import StrEnum

from hantu.domain.errors import HantuError


class Role(StrEnum):
    """What a person is; administrators keep the house, operators act, viewers look."""

    ADMIN = "admin"
    OPERATOR = "operator"
    VIEWER = "viewer"


class Scope(StrEnum):
    """What a program was allowed to do when its token was made; none of them releases or approves."""

    READ = "read"
    PROPOSE = "propose"
    """Put orders before a person, and place those that were approved."""
    ACKNOWLEDGE = "acknowledge"
    KILL = "kill"
    """Set the kill switch, never release it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as found by cookie or token."""

    kind: str
    """``person`` or ``program``."""
    ident: str
    """Of the session or the program; what is counted is kept under it."""
    name: str
    actor: str
    """As the records name them."""
    role: Role | None = None
    scopes: frozenset[Scope] = frozenset()
    csrf: str = field(default="", repr=False)
    expires_at: str = ""
    idle_s: float = 0.0
    idle_left_s: float = 0.0
    left_s: float = 0.0
    recovery_codes_left: int = 0
    passkeys: int = 0
    """That let in and prove."""

    @property
    def owner(self) -> str:
        """Whose commands these are, whatever the session."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The outcome of a sign-in: a session's secret, or a code to enrol the authenticator anew."""

    caller: Caller | None
    secret: str = field(repr=False, default="")
    enrolment_code: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of an idempotency key: its answer, or that it was begun and never ended."""

    same: bool
    """Whether it was the same request."""
    finished: bool
    running: bool
    status: int = 0
    body: bytes = b""


class AccessError(HantuError):
    """Not let in, or not with that proof; ``code`` is a stable word, ``retry_s`` when it may be tried again."""

    def __init__(self, code: str, message: str, *, next_step: str = "", retry_s: float | None = None) -> None:
        super().__init__(message, next_step=next_step)
        self.code = code
        self.retry_s = retry_s
