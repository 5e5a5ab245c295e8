"""Six-digit codes of people's authenticators (RFC 6238): secrets sealed at rest, each step counted once.

The secret is drawn here, shown once on the console and kept only as AES-256-GCM
ciphertext bound to its owner. The key is a file of the home, so a copy of the
database alone opens nothing.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from pathlib import Path

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hantu.adapters.audit.keys import secret_key
from hantu.adapters.store.phone_book import FILE_NAME, Judged, PhoneBook
from hantu.alerting.phone.policy import steps_at
from hantu.domain.errors import BrokenError, DeniedError
from hantu.telemetry import hide

KEY_FILE = "phone.key"
ISSUER = "hantu"
DIGITS = 6
NONCE = 12
SECRET_BYTES = 20
"""160 bits, as RFC 4226 section 4 recommends."""
_SEAL, _BUTTONS = b"hantu/phone/factor/v1", b"hantu/phone/buttons/v1"


def phone_key(key_dir: Path) -> bytes:
    """Return the key buttons are marked with; drawn with its file on the first call.

    Raises:
        UsageError: Other users may read the file.
        BrokenError: It cannot be read or written, or is no key.
    """
    return _derived(secret_key(key_dir, KEY_FILE), _BUTTONS)


def new_secret() -> str:
    """Return a fresh secret in base32, as authenticators take it; it appears in no log."""
    secret = pyotp.random_base32(SECRET_BYTES * 8 // 5)
    hide(secret)
    return secret


def address_of(secret: str, person: str) -> str:
    """Return the ``otpauth`` address of a secret; it is the secret."""
    return pyotp.TOTP(secret, digits=DIGITS).provisioning_uri(name=person, issuer_name=ISSUER)


def step_of(secret: str, code: str, now_s: float, *, previous: bool) -> int | None:
    """Return the step whose code ``code`` is, None if it is none that counts; takes as long either way."""
    totp, found = pyotp.TOTP(secret, digits=DIGITS), None
    for step in steps_at(now_s, previous=previous):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            found = step
    return found


class SecondFactors:
    """The second factors of one home."""

    def __init__(self, home: Path, key_dir: Path, now_s: Callable[[], float], *, previous: bool = False) -> None:
        self.book = PhoneBook(home / FILE_NAME)
        self._key_dir = key_dir
        self._now_s = now_s
        self._previous = previous

    def enrol(self, person: str, secret: str, code: str) -> None:
        """File a secret once its owner has shown a code of it; that code is used up.

        Raises:
            DeniedError: The code is not of this secret at this moment.
            BrokenError: The file or the key cannot be used.
        """
        now_s = self._now_s()
        step = step_of(secret, code, now_s, previous=True)
        if step is None:
            raise DeniedError(
                "코드가 맞지 않아 등록하지 않았습니다.",
                next_step="휴대전화와 이 컴퓨터의 시계가 맞는지 확인하고 같은 명령을 다시 실행하세요.",
            )
        self.book.enrol(person, _seal(self._sealing_key(), person, secret), step, now_s)

    def judge(self, person: str, code: str) -> Judged:
        """Judge one code; a right one is used up.

        Raises:
            BrokenError: The file or the key cannot be used, so nothing was judged.
        """
        now_s = self._now_s()

        def matched(sealed: bytes) -> int | None:
            secret = _open(self._sealing_key(), person, sealed)
            return step_of(secret, code, now_s, previous=self._previous)

        return self.book.judge(person, matched, now_s)

    def readable(self) -> int:
        """Open every secret to see whether the key is the right one; return how many there are.

        Raises:
            BrokenError: One does not open, or the key is not there.
        """
        found = self.book.sealed()
        if not found:
            return 0
        if not (self._key_dir / KEY_FILE).exists():
            # Drawn anew it would open nothing.
            raise BrokenError(f"{KEY_FILE} 가 없습니다.", next_step=f"{self._key_dir} 에 키의 백업을 되돌려 놓으세요.")
        key = self._sealing_key()
        for person, sealed in found:
            _open(key, person, sealed)
        return len(found)

    def _sealing_key(self) -> bytes:
        return _derived(secret_key(self._key_dir, KEY_FILE), _SEAL)


def _derived(master: bytes, purpose: bytes) -> bytes:
    return hmac.new(master, purpose, hashlib.sha256).digest()


def _bound(person: str) -> bytes:
    return b"factors.sealed/" + person.encode()


def _seal(key: bytes, person: str, secret: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, secret.encode(), _bound(person))


def _open(key: bytes, person: str, sealed: bytes) -> str:
    try:
        secret = AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], _bound(person)).decode()
    except (InvalidTag, ValueError) as error:
        raise BrokenError(
            f"{person} 의 2차 인증을 풀 수 없습니다.",
            next_step="데이터 폴더의 phone.key 와 phone.db 가 짝인지 확인하거나 `hantu phone enrol` 로 다시 등록하세요.",
        ) from error
    hide(secret)
    return secret
