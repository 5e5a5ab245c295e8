"""Cipher of the execution notices: AES-256-CBC, PKCS#7, base64 text.

Key and vector are the 32 and 16 ASCII characters of the acknowledgement, taken
as bytes as they are. Source: protocol documents and official sample.
"""

import base64
import binascii

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from hantu.kis.frames import MalformedFrame

KEY_LENGTH = 32
IV_LENGTH = 16
_BLOCK = 16


class NoticeCipher:
    """Encrypts and decrypts the notices of one session.

    Raises:
        MalformedFrame: Key or vector are not 32 and 16 ASCII characters.
    """

    __slots__ = ("_cipher",)

    def __init__(self, key: str, iv: str) -> None:
        if not (key.isascii() and iv.isascii() and len(key) == KEY_LENGTH and len(iv) == IV_LENGTH):
            raise MalformedFrame("cipher key or vector has the wrong shape")
        # Built once: the key schedule costs as much as a notice.
        self._cipher = Cipher(AES(key.encode()), CBC(iv.encode()))

    def decrypt(self, b64: str) -> str:
        """Return the plain text of a notice.

        Raises:
            MalformedFrame: Not base64, not whole blocks, wrong padding (wrong key) or not UTF-8.
        """
        try:
            sealed = base64.b64decode(b64, validate=True)
        except (binascii.Error, ValueError):
            raise MalformedFrame("notice is not base64") from None
        if not sealed or len(sealed) % _BLOCK:
            raise MalformedFrame("notice is not whole cipher blocks")
        decryptor = self._cipher.decryptor()
        padded = decryptor.update(sealed) + decryptor.finalize()
        padding = padded[-1]
        if not 1 <= padding <= _BLOCK or padded[-padding:] != bytes([padding]) * padding:
            raise MalformedFrame("notice padding is wrong; the key may be another session's")
        try:
            return padded[:-padding].decode()
        except UnicodeDecodeError:
            raise MalformedFrame("notice is not UTF-8") from None

    def encrypt(self, text: str) -> str:
        """Return ``text`` as a server sends it."""
        plain = text.encode()
        padding = _BLOCK - len(plain) % _BLOCK
        encryptor = self._cipher.encryptor()
        sealed = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
        return base64.b64encode(sealed).decode("ascii")
