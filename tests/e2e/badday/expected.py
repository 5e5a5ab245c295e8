"""The list of messages a bad day may bring: read from its file, compared with what came, and shown to users."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hantu.domain.session import KST

FILE = Path(__file__).resolve().parents[1] / "bad_day_expected.md"
LATE = "지연 전달 - 발생 시각"
URGENCY = ("emergency", "high", "normal", "low")
LOUD = URGENCY[:2]


@dataclass(frozen=True, slots=True)
class Expected:
    """One row: a message that arrives once on each of its channels."""

    number: int
    begin: str
    end: str
    priority: str
    late: bool
    channels: tuple[str, ...]
    text: str
    happened: str
    got: str

    def fits(self, text: str) -> bool:
        """Tell whether a message reads like this; an ellipsis stands for anything."""
        return re.fullmatch(".*".join(map(re.escape, self.text.split("…"))), text.strip(), re.DOTALL) is not None


@dataclass(frozen=True, slots=True)
class Got:
    """One message as a channel took it."""

    at: datetime
    channel: str
    text: str
    silent: bool
    body: str
    """Everything a person can read of it."""

    @property
    def clock(self) -> str:
        """Korean time of day."""
        return f"{self.at.astimezone(KST):%H:%M:%S}"

    def __str__(self) -> str:
        return f"{self.clock} {self.channel}: {self.text.splitlines()[0][:90]}"


def table() -> tuple[Expected, ...]:
    """Return the rows of the file, in order."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d\d:", line)]
    rows = []
    for number, line in enumerate(lines, 1):
        begin, end, priority, channels, text, happened, got = (cell.strip() for cell in line.strip("|").split("|"))
        word, _, late = priority.partition(" ")
        names = tuple(name.strip() for name in channels.split("+"))
        rows.append(Expected(number, begin, end, word, late == "late", names, text, happened, got))
    return tuple(rows)


def differences(expected: tuple[Expected, ...], came: list[Got]) -> list[str]:
    """Return, one line each, what is missing, too much, at a wrong time or in a wrong order; empty if all is right."""
    found: list[str] = []
    for channel in sorted({name for row in expected for name in row.channels} | {one.channel for one in came}):
        left = [one for one in came if one.channel == channel]
        places: list[tuple[int, Expected]] = []
        for row in (row for row in expected if channel in row.channels):
            one = next((one for one in left if row.fits(one.text) and row.begin <= one.clock <= row.end), None)
            if one is None:
                elsewhen = [str(one) for one in left if row.fits(one.text)]
                found.append(f"missing on {channel}: row {row.number}, {row.begin}-{row.end} {row.text} {elsewhen}")
                continue
            left.remove(one)
            places.append((came.index(one), row))
            found += _flaws(row, one)
        found += [f"too much: {one}" for one in left]
        found += _overtaken(channel, [row for _, row in sorted(places, key=lambda place: place[0])])
    return found


def _overtaken(channel: str, rows: list[Expected]) -> list[str]:
    """Return what came before a row of the list above it without being more urgent."""
    return [
        f"order on {channel}: row {later.number} came after row {sooner.number}"
        for place, sooner in enumerate(rows)
        for later in rows[place + 1 :]
        if later.number < sooner.number and URGENCY.index(later.priority) <= URGENCY.index(sooner.priority)
    ]


def _flaws(row: Expected, one: Got) -> list[str]:
    found = []
    if (LATE in one.body) != row.late:
        found.append(f"row {row.number} should {'' if row.late else 'not '}say that it is late: {one}")
    if one.channel == "telegram" and one.silent == (row.priority in LOUD):
        found.append(f"row {row.number} with the wrong sound: {one}")
    return found


def page() -> str:
    """Return the table for users, as it stands in docs/bad-day.md."""
    names = {"telegram": "텔레그램", "slack": "슬랙", "email": "메일"}
    lines = ["| 언제 (까지) | 무슨 일 | 받은 것 | 채널 | 글 |", "|---|---|---|---|---|"]
    for row in table():
        where = ", ".join(names[name] for name in row.channels)
        late = " (지연 표시)" if row.late else ""
        lines.append(f"| {row.begin} ({row.end}) | {row.happened} | {row.got}{late} | {where} | {row.text} |")
    return "\n".join(lines) + "\n"
