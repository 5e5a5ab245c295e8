"""Who may talk to the exchange: key pairs, access tokens and approval keys.

Pure: chance comes from the generator handed in, time is a parameter. ``mono``
is in seconds of the simulated clock, ``wall`` its aware calendar time.

Source: protocol of the broker, authentication: a token lives 24 hours, the same
one is returned within 6 hours, one issue per minute and key, a newer approval
key replaces the older one for new sessions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

APPKEY_LENGTH = 36
SECRET_LENGTH = 180
TOKEN_LIFE = timedelta(hours=24)
SAME_TOKEN = timedelta(hours=6)
ISSUE_SPACING_S = 60.0
APPROVAL_LIFE = timedelta(hours=24)
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True)
class AuthRefusal:
    """Why the gateway turned somebody away; ``http`` is the status it says so with."""

    http: int
    code: str
    message: str


@dataclass(slots=True)
class Token:
    """An access token as issued; ``expires`` moves only when a fault cuts it short."""

    text: str
    appkey: str
    issued: datetime
    expires: datetime
    revoked: bool = False


@dataclass(slots=True)
class Issue:
    """One line of the issue book, shown by the inspection pages."""

    at: datetime
    appkey: str
    kind: str
    fresh: bool


@dataclass(slots=True)
class Identity:
    """The gateway's memory of keys, tokens and approval keys."""

    secrets: Mapping[str, str]
    """Known key pairs; empty = any well-formed pair."""
    lenient: bool
    """Accept any non-empty key pair (built-in practice scenarios)."""
    rng: Random
    issue_limit: bool = True
    """Whether a second issue within a minute is refused with EGW00133."""
    tokens: dict[str, Token] = field(default_factory=dict)
    approvals: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    newest_approval: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    _latest: dict[str, Token] = field(default_factory=dict)
    _issue_mono: dict[str, float] = field(default_factory=dict)

    def check_pair(self, appkey: str, secret: str) -> AuthRefusal | None:
        """Return why this key pair is not good, None if it is."""
        if not appkey:
            return AuthRefusal(403, "EGW00102", "AppKey는 필수입니다.")
        if not secret:
            return AuthRefusal(403, "EGW00104", "AppSecret은 필수입니다.")
        if self.secrets:
            if appkey not in self.secrets:
                return AuthRefusal(403, "EGW00103", "유효하지 않은 AppKey입니다.")
            if self.secrets[appkey] != secret:
                return AuthRefusal(403, "EGW00105", "유효하지 않은 AppSecret입니다.")
            return None
        if not self.lenient and len(appkey) != APPKEY_LENGTH:
            return AuthRefusal(403, "EGW00103", "유효하지 않은 AppKey입니다.")
        if not self.lenient and len(secret) != SECRET_LENGTH:
            return AuthRefusal(403, "EGW00105", "유효하지 않은 AppSecret입니다.")
        return None

    def issue_token(self, appkey: str, secret: str, wall: datetime, mono: float) -> Token | AuthRefusal:
        """Issue a token, or the one of the last six hours again."""
        refusal = self.check_pair(appkey, secret)
        if refusal is not None:
            return refusal
        last = self._issue_mono.get(appkey)
        if self.issue_limit and last is not None and mono - last < ISSUE_SPACING_S:
            return AuthRefusal(403, "EGW00133", "접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)")
        self._issue_mono[appkey] = mono
        token = self._latest.get(appkey)
        fresh = token is None or token.revoked or wall >= token.expires or wall - token.issued >= SAME_TOKEN
        if token is None or fresh:
            # The shape of a signed web token, since clients print its head in logs.
            text = f"eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.{self._letters(180)}.{self._letters(86)}"
            token = Token(text, appkey, wall, wall + TOKEN_LIFE)
            self.tokens[text] = self._latest[appkey] = token
        self.issues.append(Issue(wall, appkey, "token", fresh))
        return token

    def revoke(self, text: str) -> bool:
        """Take a token back; false when there is none of that text."""
        token = self.tokens.get(text)
        if token is None:
            return False
        token.revoked = True
        return True

    def authorize(self, bearer: str, appkey: str, secret: str, wall: datetime) -> AuthRefusal | None:
        """Return why a call with this Authorization header is refused, None if it is not."""
        refusal = self.check_pair(appkey, secret)
        if refusal is not None:
            return refusal
        scheme, _, text = bearer.partition(" ")
        token = self.tokens.get(text)
        if scheme != "Bearer" or token is None or token.revoked or token.appkey != appkey:
            return AuthRefusal(500, "EGW00121", "유효하지 않은 token 입니다.")
        if wall >= token.expires:
            return AuthRefusal(500, "EGW00123", "기간이 만료된 token 입니다.")
        return None

    def expire_tokens(self, wall: datetime) -> int:
        """End every living token now; the next issue makes a new one. Returns how many."""
        living = [token for token in self.tokens.values() if token.expires > wall and not token.revoked]
        for token in living:
            token.expires = wall
        # A client that renews at once after an expiry it did not cause must be able to.
        self._issue_mono.clear()
        return len(living)

    def issue_approval(self, appkey: str, secret: str, wall: datetime) -> str | AuthRefusal:
        """Issue an approval key for a WebSocket session."""
        refusal = self.check_pair(appkey, secret)
        if refusal is not None:
            return refusal
        digits = f"{self.rng.getrandbits(128):032x}"
        key = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        self.approvals[key] = (appkey, wall)
        self.newest_approval[appkey] = key
        self.issues.append(Issue(wall, appkey, "approval", True))
        return key

    def approve(self, key: str, session_appkey: str, wall: datetime) -> str | None:
        """Return the appkey an approval key stands for, None if it is not good.

        A session that has not named its appkey yet must show the newest key of
        one; a running session may show any of its own (python-kis issues a new
        key for each message).
        """
        appkey, issued = self.approvals.get(key, ("", wall))
        if not appkey or wall - issued >= APPROVAL_LIFE:
            return None
        if session_appkey:
            return appkey if appkey == session_appkey else None
        return appkey if self.newest_approval[appkey] == key else None

    def _letters(self, count: int) -> str:
        return "".join(self.rng.choice(ALPHABET) for _ in range(count))
