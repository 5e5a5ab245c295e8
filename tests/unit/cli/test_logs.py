"""The application log on the terminal: level, time, following a rotated file."""

import json
import threading

import pytest

from hantu.cli.logs import _followed, earliest_text
from hantu.domain.errors import UsageError

LINES = """2026-11-23 09:00:00.000 guard system [INFO] one
2026-11-23 09:01:00.000 guard system [WARNING] two
2026-11-23 09:02:00.000 guard system [ERROR] three
2026-11-23 09:03:00.000 guard system [DEBUG] four
"""


@pytest.fixture
def log(home):
    file = home / "logs" / "app.log"
    file.parent.mkdir()
    file.write_text(LINES)
    return file


def test_without_log_says_when_there_will_be_one(hantu):
    code, _, err = hantu("logs")
    assert code == 2
    assert "monitor start" in err


def test_level_and_limit_choose_lines(hantu, log):
    assert hantu("logs")[1].count("\n") == 4
    assert hantu("logs", "--level", "warn")[1].count("\n") == 2
    assert "four" in hantu("logs", "--limit", "1")[1]
    assert hantu("logs", "--level", "loud")[0] == 2


def test_since_is_korean_time_like_the_log(hantu, log):
    out = hantu("logs", "--since", "2026-11-23 09:02")[1]
    assert "two" not in out
    assert "three" in out


def test_json_is_one_object_a_line(hantu, log):
    rows = [json.loads(line) for line in hantu("logs", "--json")[1].splitlines()]
    assert [row["level"] for row in rows] == ["INFO", "WARNING", "ERROR", "DEBUG"]


def test_following_survives_rotation(log):
    seen = []

    def follow():
        for line in _followed(log):
            seen.append(line)
            if line == "after":
                return

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    arrived = threading.Event()
    for _ in range(100):
        if arrived.wait(0.05) or "before" in seen:
            break
        with log.open("a") as target:
            target.write("before\n")
    log.rename(log.with_name("app.log.1"))
    log.write_text("after\n")
    thread.join(10)
    assert seen[-1] == "after"


@pytest.mark.parametrize(
    "text", ["10m", "2h", "1d", "30s", "2026-11-23", "2026-11-23 09:00", "2026-11-23T09:00:00+09:00"]
)
def test_times_people_type(text):
    assert len(earliest_text(text)) == 26


def test_korean_time_becomes_stored_time():
    assert earliest_text("2026-11-23 09:00") == "2026-11-23 00:00:00.000000"
    with pytest.raises(UsageError):
        earliest_text("gestern")
