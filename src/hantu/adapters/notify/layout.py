"""An alert's text taken apart, for channels that show more than lines: title, pairs, points, plain lines."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from hantu.adapters.notify.telegram_text import MARKS, to_plain
from hantu.domain.alert import Severity
from hantu.domain.delivery import Message
from hantu.telemetry import mask

SEVERITY_WORDS = {Severity.INFO: "정보", Severity.WARN: "경고", Severity.CRITICAL: "위험"}
_PAIR = re.compile(r"(?P<name>[^\s:*`\d-][^:*`]{0,15}): (?P<value>\S.{0,60})")
"""``종목: 삼성전자 (005930)``: a short name and a short value on one line."""
_POINT = re.compile(r"(?:- |\d+\. )")


class LineKind(Enum):
    """What a line of the text is."""

    TEXT = "text"
    PAIR = "pair"
    POINT = "point"


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``name`` is set for pairs only. Values still hold their marks."""

    kind: LineKind
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """One message: its title without marks, and paragraphs of lines."""

    title: str
    paragraphs: tuple[tuple[Line, ...], ...]
    marked: bool


def layout(message: Message) -> Layout:
    """Return the message's text taken apart; a short text is a title and nothing else."""
    if not message.alert.long:
        notes = ((Line(LineKind.TEXT, mask(message.late_note)),),) if message.late_note else ()
        return Layout(mask(message.alert.short), notes, marked=False)
    title, _, rest = mask(message.long).partition("\n")
    paragraphs: list[tuple[Line, ...]] = []
    for block in re.split(r"\n{2,}", rest):
        lines = tuple(_line(line) for line in block.split("\n") if line.strip())
        if lines:
            paragraphs.append(lines)
    return Layout(to_plain(title), tuple(paragraphs), marked=True)


def with_marks(
    text: str, escape: Callable[[str], str], bold: tuple[str, str], code: tuple[str, str], *, fence: str = ""
) -> str:
    """Return ``text`` escaped, its marks replaced by a channel's own.

    ``fence`` goes between a mark and a letter that touches it, for channels that
    would not see the mark then: Korean particles follow their word without a space.
    """
    escaped = escape(text)

    def shown(match: re.Match[str]) -> str:
        around = code if match[3] else bold
        before = fence if match.start() and escaped[match.start() - 1].isalnum() else ""
        after = fence if escaped[match.end() : match.end() + 1].isalnum() else ""
        return f"{before}{around[0]}{match[1] or match[2] or match[3]}{around[1]}{after}"

    return MARKS.sub(shown, escaped)


def _line(line: str) -> Line:
    point = _POINT.match(line)
    if point:
        return Line(LineKind.POINT, line.removeprefix("- "))
    pair = _PAIR.fullmatch(line)
    return Line(LineKind.PAIR, pair["value"], pair["name"]) if pair else Line(LineKind.TEXT, line)
