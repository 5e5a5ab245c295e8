"""Help texts by command path; one table per language."""

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


def texts_of(lang: str) -> Texts:
    """Return the table of a language (``ko`` or ``en``)."""
    if lang == "en":
        from hantu.cli.texts.en import TEXTS as ENGLISH

        return ENGLISH
    from hantu.cli.texts.ko import TEXTS as KOREAN

    return KOREAN
