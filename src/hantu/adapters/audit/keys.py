"""The key that signs heads of the audit trail, and the one that wraps the keys of people.

Both are files of the data directory that only their owner may read; the public
half of the first lies beside every copy of the heads.
"""

import hashlib
import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hantu.domain.errors import BrokenError, UsageError

KEY_BYTES = 32
SIGNING_FILE, SUBJECTS_FILE, PUBLIC_FILE = "audit.key", "subjects.key", "audit.pub"


class Signer:
    """Signs with the key of one home."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._seed = seed
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """Return the signature of ``data``, 64 bytes."""
        return self._key.sign(data)

    def mark_of(self, text: str) -> str:
        """Return a short mark of a secret by which a change is noticed and nothing can be guessed."""
        keyed = hashlib.blake2b(text.encode(), key=self._seed, person=b"hantu/config", digest_size=8)
        return keyed.hexdigest()


def fingerprint(public: bytes) -> str:
    """Return the short name of a public key, for people to compare."""
    return hashlib.sha256(public).hexdigest()[:16]


def signed_by(public: bytes, signature: bytes, data: bytes) -> bool:
    """Tell whether ``signature`` of ``data`` was made by the owner of ``public``."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def signer(folder: Path) -> Signer:
    """Return the signer of a home, drawing its key when there is none yet.

    Raises:
        UsageError: Other users may read the key.
        BrokenError: It cannot be read or written, or is no key.
    """
    return Signer(secret_key(folder, SIGNING_FILE))


def known_public(folder: Path) -> bytes | None:
    """Return the public key of a home without making one; None where nothing was signed yet.

    Raises:
        UsageError: Other users may read the key.
        BrokenError: It cannot be read, or is no key.
    """
    path = folder / SIGNING_FILE
    return Signer(_read(path)).public if path.exists() else None


def secret_key(folder: Path, name: str) -> bytes:
    """Return 32 secret bytes kept in a file of ``folder``; they are drawn on the first call.

    Raises:
        UsageError: Other users may read the file.
        BrokenError: It cannot be read or written, or is no key.
    """
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    except OSError as error:
        raise _unreadable(path, str(error.strerror)) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(os.urandom(KEY_BYTES).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return _read(path)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise UsageError(
                f"감사 키 {path} 을(를) 다른 사용자도 읽을 수 있어 사용하지 않습니다.",
                next_step=f"`chmod 600 {path}` 을(를) 실행한 뒤 다시 시도하세요.",
            )
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error)) from error
    if len(key) != KEY_BYTES:
        raise _unreadable(path, "길이가 다릅니다")
    return key


def _unreadable(path: Path, reason: str) -> BrokenError:
    return BrokenError(
        f"감사 키 {path} 을(를) 쓸 수 없습니다: {reason}",
        next_step="파일과 권한을 확인하거나 보관한 사본을 되돌리세요.",
    )
