"""Everything goes wrong on one day, and people get exactly what the list says: tests/e2e/bad_day_expected.md."""

import asyncio
import math
from collections import Counter
from pathlib import Path

import pytest

from tests.e2e.arena import Arena
from tests.e2e.badday.expected import Got, differences, page, table
from tests.e2e.badday.records import check_lists, check_statements
from tests.e2e.badday.script import SLACK_QUIET_S, SPEED, BadDay, clock_text
from tests.receivers.journal import Arrival
from tests.receivers.town import Town, town

PAGE = Path(__file__).resolve().parents[2] / "docs" / "bad-day.md"
FIRST_CHANNEL_S = 1.0
TELEGRAM_DOWN = ("09:09:00", "09:19:30")


def got(day: BadDay, one: Arrival) -> Got:
    """Return an arrival with its market time and all that can be read of it."""
    body = str(one.body) if not hasattr(one.body, "walk") else one.text
    return Got(day.market(one.at_s), one.channel, one.text, one.silent, f"{one.text}\n{body}")


def first_channel_s(arena: Arena, *, channel_up: bool) -> list[float]:
    """Return, for each high or emergency event, the real seconds until the first channel had accepted its alert.

    Both moments are market times of the guard's records: ``event_at`` of the fact, and the earliest ``sent_at``
    over the channels. Their difference divided by the speed is real time. What the policy dropped was not told.
    """
    rows = arena.rows(
        "SELECT substr(time(event_at, '+9 hours'), 1, 8), (julianday(min(sent_at)) - julianday(event_at)) * 86400"
        " FROM alert_events WHERE priority IN ('high', 'emergency') AND sent_at <> '' GROUP BY alert_id"
    )
    begin, end = TELEGRAM_DOWN
    return sorted(float(market_s) / SPEED for at, market_s in rows if (not begin <= at < end) == channel_up)


def p99(values: list[float]) -> float:
    """Return the value that 99 % do not exceed; the largest one of fewer than a hundred."""
    return values[math.ceil(0.99 * len(values)) - 1]


def twice(came: list[Got]) -> list[str]:
    """Return what one channel got more often than the list has it; no channel shows a person a key that makes it the same."""
    times = Counter((one.channel, one.text) for one in came)
    listed = {
        (channel, text): sum(channel in row.channels and row.fits(text) for row in table()) for channel, text in times
    }
    return [
        f"twice: {channel}: {text}" for (channel, text), count in times.items() if count > max(1, listed[channel, text])
    ]


def weights(arena: Arena) -> list[str]:
    """Return the rows whose priority is not that of the records; what was told without a record has none."""
    records = arena.rows("SELECT DISTINCT message, priority FROM alert_events")
    found = [(row, {priority for message, priority in records if row.fits(message)}) for row in table()]
    return [f"row {row.number} is {known} on record" for row, known in found if known - {row.priority}]


@pytest.mark.requirement(
    "PR-2", "OPS-04-1", "OPS-04-9", "SVC-36", "DEC-26", "SQL-1", "SQL-2", "SQL-3", "SQL-4", "SQL-5", "SQL-6",
    "ALR-54", "ALR-55", "ALR-56", "ALR-57", "ALR-58", "ALR-59", "ALR-60", "ALR-61", "ALR-62", "ALR-63",
)  # fmt: skip
async def test_a_bad_day_brings_the_messages_of_the_list_and_no_other(
    arena: Arena, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with town(tmp_path) as place:
        day = BadDay(arena, place)
        await day.play()
        _judge(arena, day, place, capsys)
        # The evening: a person reads the day's records.
        await asyncio.to_thread(arena.run, "kill", "on", "--reason", "나쁜 하루의 끝")
        await asyncio.to_thread(check_statements, arena)
        await asyncio.to_thread(check_lists, arena)


def _judge(arena: Arena, day: BadDay, place: Town, capsys: pytest.CaptureFixture[str]) -> None:
    came = [got(day, one) for one in place.journal.taken()]
    problems = [
        *differences(table(), came),
        *twice(came),
        *weights(arena),
        *(f"still waits: {one}" for one in day.waiting()),
    ]
    assert not problems, "\n".join([*problems, "", "what came:", *map(str, came), arena.story()])
    quiet = [one for one in place.journal.refused() if "LIMIT" in one.verdict]
    after = [one.at_s for one in place.journal.taken("slack")]
    assert len(quiet) == 1, "Slack asked for quiet once"
    assert not [at for at in after if quiet[0].at_s < at < quiet[0].at_s + SLACK_QUIET_S], "and got it"
    up, down = first_channel_s(arena, channel_up=True), first_channel_s(arena, channel_up=False)
    with capsys.disabled():
        print(
            f"\nbad day: {len(came)} messages until {clock_text(came[-1].at)}; event to first channel, real seconds:"
            f" p99 {p99(up):.3f} of {len(up)} with Telegram up, {p99(down):.3f} of {len(down)} with it down"
        )
    assert len(up) >= 12
    assert p99(up) <= FIRST_CHANNEL_S


def test_the_page_for_users_shows_the_list() -> None:
    assert page() in PAGE.read_text(encoding="utf-8"), "print tests.e2e.badday.expected.page() into docs/bad-day.md"
