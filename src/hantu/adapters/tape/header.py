"""What stands before the inputs of a part: by which release, rule and calendar they were decided."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from hantu.adapters.tape.codec import LAYOUT, encoder, to_sorted_bytes
from hantu.domain.errors import BrokenError
from hantu.engine.config import GuardConfig

PACKAGE = Path(__file__).resolve().parents[2]
DECIDING = ("domain", "engine")
"""The floors whose text decides; anything else may change without changing a decision."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who records."""

    version: str
    build: str
    life: str
    """Tells one process from the next; for people."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first block of a part."""

    version: str
    build: str
    life: str
    day: str
    config: bytes
    """``GuardConfig``, with its calendar, in a fixed order; private words are masked."""
    state: bytes | None
    """What the engine had at hand; None for one that has seen nothing yet."""
    layout: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, origin: Origin, day: date, config: GuardConfig, state: bytes | None) -> "Header":
        """Return the header of a new part."""
        return cls(
            origin.version, origin.build, origin.life, day.isoformat(), to_sorted_bytes(config), state, dict(LAYOUT)
        )

    def encode(self) -> bytes:
        """Return it as bytes."""
        return encoder.encode(self)

    @property
    def config_hash(self) -> str:
        """Twelve digits that change with any value of the configuration or the calendar."""
        return hashlib.blake2b(self.config, digest_size=6).hexdigest()

    def guard_config(self) -> GuardConfig:
        """Return the configuration the engine decided by.

        Raises:
            BrokenError: This release has other settings.
        """
        try:
            return msgspec.convert(msgspec.msgpack.decode(self.config), GuardConfig, str_keys=True)
        except msgspec.DecodeError as error:
            raise BrokenError(
                f"테이프의 설정을 읽을 수 없습니다: {error}", next_step="기록한 판의 hantu 로 재생하세요."
            ) from error


def decode_header(data: bytes) -> Header:
    """Return a header.

    Raises:
        BrokenError: It is none.
    """
    try:
        return msgspec.msgpack.decode(data, type=Header)
    except msgspec.DecodeError as error:
        raise BrokenError(
            f"테이프의 머리말을 읽을 수 없습니다: {error}", next_step="파일이 손상되지 않았는지 확인하세요."
        ) from error


@cache
def build_hash() -> str:
    """Return twelve digits that change with the text of any module that decides."""
    digest = hashlib.blake2b(digest_size=6)
    for floor in DECIDING:
        for path in sorted((PACKAGE / floor).rglob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
