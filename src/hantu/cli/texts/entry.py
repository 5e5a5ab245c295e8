"""The shape of help texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entry:
    """Help of one command: what it does, one example, its own parameters."""

    help: str
    example: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything that is said about commands in one language."""

    commands: Mapping[str, Entry]
    params: Mapping[str, str]
    """Parameters that mean the same everywhere."""
    problems: Mapping[str, str]
    example: str
    common: str
