"""One language of the bot: texts by name, with outside values made harmless."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from hantu.alerting.phone import texts_en, texts_ko
from hantu.alerting.wording import plain

Language: TypeAlias = Literal["ko", "en"]


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one language."""

    words: Mapping[str, str]
    levels: Mapping[str, str]
    environments: Mapping[str, str]
    sides: Mapping[str, str]
    states: Mapping[str, str]
    sessions: Mapping[str, str]
    currency: str

    def say(self, key: str, **values: object) -> str:
        """Return a text with values from outside as one bounded line each; no value brings marks of its own."""
        return self.words[key].format(**{name: plain(str(value)) for name, value in values.items()})

    def level(self, code: str) -> str:
        """Return the name of a kill switch level."""
        return self.levels.get(code, code)

    def state(self, code: str) -> str:
        """Return the name of a state of a holding or order."""
        head = code.partition(":")[0]
        return self.states.get(head, code)

    def won(self, amount: float | None, *, sign: bool = False) -> str:
        """Return an amount of won; a dash for nothing."""
        if amount is None:
            return "-"
        return f"{amount:+,.0f}{self.currency}" if sign else f"{amount:,.0f}{self.currency}"


def wording(language: Language) -> Wording:
    """Return the texts of a language."""
    if language == "en":
        t = texts_en
        return Wording(t.WORDS, t.LEVELS, t.ENVIRONMENTS, t.SIDES, t.STATES, t.SESSIONS, " won")
    k = texts_ko
    return Wording(k.WORDS, k.LEVELS, k.ENVIRONMENTS, k.SIDES, k.STATES, k.SESSIONS, "원")
