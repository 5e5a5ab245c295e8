"""What a button carries: kind, expiry, nonce and subject under a mark that only this home can make.

A mark covers the person's id, so that nobody can use another's button. 64 bytes are all there is:
kind 1, expiry 4, nonce 8, subject up to 22, mark 12, as base64.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NONCE: Final = 8
MARK: Final = 12
HEAD: Final = 1 + 4 + NONCE
SUBJECT_MAX: Final = 22
_DOMAIN: Final = b"hantu/phone/button/v1"


class Press(StrEnum):
    """What a button asks for; one letter on the wire."""

    ACK = "a"
    DONE = "d"
    SILENCE = "s"
    APPROVE = "y"
    DENY = "n"
    KILL = "k"
    HARD = "x"
    HALT = "h"
    RESUME = "r"
    RELEASE = "o"
    CANCEL = "c"


STOPS: Final = frozenset({Press.KILL, Press.HARD, Press.HALT})
HARMLESS: Final = STOPS | {Press.CANCEL, Press.DENY}
"""Take risk away."""
LIFE_S: Final = {
    Press.ACK: 86_400, Press.DONE: 86_400, Press.SILENCE: 86_400, Press.APPROVE: 3_600, Press.DENY: 3_600,
    Press.KILL: 600, Press.HARD: 600, Press.HALT: 600, Press.RESUME: 90, Press.RELEASE: 90, Press.CANCEL: 90,
}  # fmt: skip
"""Seconds each kind may be pressed."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """An authentic button; whether it has run out or was used is another question."""

    press: Press
    subject: str
    nonce: str
    until_s: int


def sealed(key: bytes, user_id: int, press: Press, subject: str, nonce: bytes, now_s: float) -> str:
    """Return the data of a button for one person; at most 63 characters.

    Raises:
        ValueError: The subject is too long, or the nonce has another length.
    """
    named = subject.encode()
    if len(named) > SUBJECT_MAX or len(nonce) != NONCE:
        raise ValueError(f"a button carries {SUBJECT_MAX} bytes of subject and {NONCE} of nonce")
    until = int(now_s) + LIFE_S[press]
    body = press.value.encode() + until.to_bytes(4, "big") + nonce + named
    return _text(body + _mark(key, user_id, body))


def opened(key: bytes, user_id: int, data: str) -> Pressed | None:
    """Return what a button of ``user_id`` carries, None for anything we did not make for that person."""
    try:
        raw = base64.b64decode(data.encode("ascii") + b"=" * (-len(data) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    body, mark = raw[:-MARK], raw[-MARK:]
    if _text(raw) != data or len(body) < HEAD or not hmac.compare_digest(mark, _mark(key, user_id, body)):
        return None
    return Pressed(Press(body[:1].decode()), body[HEAD:].decode(), body[5:HEAD].hex(), int.from_bytes(body[1:5], "big"))


def digest(text: str) -> str:
    """Return the short name of something too long for a button: 64 bits, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _text(raw: bytes) -> str:
    """The one way these bytes are written; the last sign of base64 has bits that mean nothing."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _mark(key: bytes, user_id: int, body: bytes) -> bytes:
    return hmac.new(key, _DOMAIN + user_id.to_bytes(8, "big", signed=True) + body, hashlib.sha256).digest()[:MARK]
