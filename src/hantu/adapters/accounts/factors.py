"""What people prove themselves with: a password, a code that counts once, recovery codes.

Argon2id at the library's recommended cost (64 MiB), at most two at a time. TOTP
is RFC 6238: SHA-1, six digits, 30 seconds, the current step only, since accepting
an older one would lengthen its life.
"""

import hashlib
import hmac
import secrets
import threading
from typing import Final

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hantu.domain.access import AccessError
from hantu.domain.errors import UsageError

PASSWORD_MIN, PASSWORD_MAX = 15, 256
STEP_S: Final = 30
AT_ONCE: Final = 2
PATIENCE_S: Final = 5.0
RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 15
"""120 bits each, so a plain hash is enough."""
ISSUER: Final = "hantu"
COMMON: Final = (
    "password",
    "qwerty",
    "asdfgh",
    "123456",
    "abcdef",
    "letmein",
    "iloveyou",
    "hantu",
    "비밀번호",
    "11111",
    "00000",
)
COMMON_SHARE: Final = 0.5
"""A password of which half is one of those words again and again is one of them."""

_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(AT_ONCE)
# A hash of nothing: verified for names that do not exist, so that they take as long.
_NOBODYS: Final = (
    f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}${'A' * 22}${'A' * 43}"
)


def password_flaw(password: str, name: str) -> str:
    """Return why a password cannot be taken, as a sentence; empty if it can."""
    if len(password) < PASSWORD_MIN:
        return f"비밀번호는 {PASSWORD_MIN}자 이상이어야 합니다."
    if len(password) > PASSWORD_MAX:
        return f"비밀번호는 {PASSWORD_MAX}자까지입니다."
    lowered = password.lower()
    if len(set(lowered)) < 6:
        return "같은 글자가 너무 많이 되풀이됩니다."
    for word in (*COMMON, name.lower()):
        if len(word) * lowered.count(word) >= COMMON_SHARE * len(lowered):
            return "흔한 말이 대부분인 비밀번호는 쓸 수 없습니다."
    return ""


def hash_password(password: str, name: str) -> str:
    """Return the hash of a new password.

    Raises:
        UsageError: It is too weak; says why.
    """
    flaw = password_flaw(password, name)
    if flaw:
        raise UsageError(flaw, next_step="서로 관계없는 낱말 네댓 개를 이어 보세요.")
    with _turn():
        return _hasher.hash(password)


def password_right(kept: str, password: str) -> bool:
    """Tell whether it is the password; takes as long for a hash that is not there.

    Raises:
        AccessError: Too many are being checked.
    """
    with _turn():
        try:
            return _hasher.verify(kept or _NOBODYS, password) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


class _turn:  # noqa: N801  (reads as a word in a with statement)
    def __enter__(self) -> None:
        if not _turns.acquire(timeout=PATIENCE_S):
            raise AccessError("busy", "지금 확인하는 로그인이 너무 많습니다.", retry_s=PATIENCE_S)

    def __exit__(self, *_: object) -> None:
        _turns.release()


def new_seed() -> str:
    """Return a secret for an authenticator, 160 bits."""
    return pyotp.random_base32()


def seed_uri(seed: str, name: str) -> str:
    """Return what an authenticator reads from a picture."""
    return pyotp.TOTP(seed).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(seed: str, code: str, now_s: float) -> int:
    """Return the step a code belongs to; 0 when it is not the one of now."""
    step = int(now_s) // STEP_S
    right = hmac.compare_digest(pyotp.TOTP(seed).generate_otp(step).encode(), code.encode())
    return step if right else 0


def new_recovery_codes() -> list[str]:
    """Return fresh codes as people write them down."""
    return [_grouped(secrets.token_hex(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]


def code_hash(code: str) -> str:
    """Return under what a random code is kept; dashes, spaces and case do not count."""
    plain = "".join(char for char in code.lower() if char.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def secret_hash(secret: str) -> str:
    """Return under what a random secret of 128 bits or more is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _grouped(text: str) -> str:
    return "-".join(text[start : start + 6] for start in range(0, len(text), 6))


def code_now(seed: str, now_s: float) -> str:
    """Return the code an authenticator shows now; for the console, which enrols in a person's place."""
    return pyotp.TOTP(seed).generate_otp(int(now_s) // STEP_S)
