"""Small secrets at rest: AES-256-GCM under numbered keys, bound to where they lie.

1. What is sealed for one table, column and row opens nowhere else.
2. The newest key seals; older ones still open until everything was sealed anew.
3. A rotation that was interrupted is simply done again: both keys are there.
"""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hantu.domain.errors import BrokenError

NONCE_BYTES: Final = 12
NUMBER_BYTES: Final = 4
KEY_BYTES: Final = 32


class Vault:
    """Keys in one folder that only its owner may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[int, bytes] = {}

    def seal(self, plain: bytes, place: str) -> bytes:
        """Return ``plain`` sealed for ``place`` (table, column and row)."""
        number = max(self._known() or {self.renew()})
        nonce = secrets.token_bytes(NONCE_BYTES)
        head = number.to_bytes(NUMBER_BYTES, "big")
        return head + nonce + AESGCM(self._key(number)).encrypt(nonce, plain, head + place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Return what was sealed for ``place``.

        Raises:
            BrokenError: Changed, of another place, or its key is gone.
        """
        head, nonce, rest = (
            sealed[:NUMBER_BYTES],
            sealed[NUMBER_BYTES:][:NONCE_BYTES],
            sealed[NUMBER_BYTES + NONCE_BYTES :],
        )
        try:
            return AESGCM(self._key(int.from_bytes(head, "big"))).decrypt(nonce, rest, head + place.encode())
        except (InvalidTag, ValueError) as error:
            raise BrokenError(
                "암호화된 값이 바뀌었거나 다른 자리의 것입니다.", next_step=f"{self._folder} 의 키와 백업을 확인하세요."
            ) from error

    def stale(self, sealed: bytes) -> bool:
        """Tell whether a value was sealed by a key that is not the newest."""
        return int.from_bytes(sealed[:NUMBER_BYTES], "big") < max(self._known(), default=0)

    def renew(self) -> int:
        """Make a new key; everything is sealed by it from now on. Returns its number."""
        number = max(self._known(), default=0) + 1
        self._make(self._path(number))
        return number

    def has(self, name: str) -> bool:
        """Tell whether a named key is there."""
        return (self._folder / f"{name}.key").exists()

    def named(self, name: str) -> bytes:
        """Return a key that is for something else than sealing and is never renewed; made when it is first asked for.

        Raises:
            BrokenError: It cannot be read or made.
        """
        path = self._folder / f"{name}.key"
        try:
            if not path.exists():
                self._make(path)
            return path.read_bytes()
        except OSError as error:
            raise BrokenError(
                f"암호 키 {name} 을(를) 읽거나 만들 수 없습니다.",
                next_step=f"{self._folder} 의 권한을 확인하거나 백업에서 되살리세요.",
            ) from error

    def _make(self, path: Path) -> None:
        """Write a new key, whole or not at all; one that another process made a moment earlier stays."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(part, path)
        finally:
            part.unlink()

    def _known(self) -> set[int]:
        return {int(path.stem) for path in self._folder.glob("*.key") if path.stem.isdigit()}

    def _key(self, number: int) -> bytes:
        if number not in self._keys:
            try:
                key = self._path(number).read_bytes()
            except OSError as error:
                raise BrokenError(
                    f"암호 키 {number}번을 읽을 수 없습니다.", next_step=f"{self._folder} 을(를) 백업에서 되살리세요."
                ) from error
            self._keys[number] = key
        return self._keys[number]

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:04d}.key"
