"""What a person types to the bot, taken apart: a verb and its words."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """Everything the bot understands."""

    STATUS = "status"
    POSITIONS = "positions"
    ORDERS = "orders"
    PNL = "pnl"
    ALERTS = "alerts"
    ACK = "ack"
    SILENCE = "silence"
    KILL = "kill"
    HALT = "halt"
    RESUME = "resume"
    HELP = "help"


STOPS = frozenset({Verb.KILL, Verb.HALT})
"""Need no code, wait behind nothing and act before anything is written."""
SYMBOL = re.compile(r"[0-9A-Z]{6,7}")
CODE = re.compile(r"(?P<code>[0-9]{6}|[0-9]{3} [0-9]{3})(?:\s+(?P<rest>\S.*))?", re.DOTALL)
SPAN = re.compile(r"(\d{1,5})([smhd])")
VERBS = {one.value: one for one in Verb}
UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
WORDS_MAX = 300
"""Characters of a reason or comment that are kept."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command; ``rest`` is what stood behind the verb, one line."""

    verb: Verb
    rest: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """``rest`` by words."""
        return tuple(self.rest.split())


@dataclass(frozen=True, slots=True)
class Typed:
    """Six digits, and what stood behind them: a confirmation with its reason."""

    code: str
    rest: str = ""


def read(text: str, bot: str = "") -> Command | Typed | None:
    """Return the command or code of a message, None for anything else.

    ``/kill@other_bot`` is not for us; without knowing our own name every name is.
    """
    line = " ".join(text.split())
    typed = CODE.fullmatch(line)
    if typed is not None:
        return Typed(typed["code"].replace(" ", ""), (typed["rest"] or "")[:WORDS_MAX])
    if not line.startswith("/"):
        return None
    head, _, rest = line[1:].partition(" ")
    name, at, whose = head.partition("@")
    if at and bot and whose.lower() != bot.lower():
        return None
    name = "help" if name.lower() == "start" else name.lower()
    return Command(VERBS[name], rest[:WORDS_MAX]) if name in VERBS else None


def span_s(word: str) -> int:
    """Return the seconds of ``30m``, ``2h``, ``1d``; 0 for what is none."""
    found = SPAN.fullmatch(word)
    return int(found[1]) * UNITS_S[found[2]] if found else 0
