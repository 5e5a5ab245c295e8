"""The application log on the terminal: level, time, following a rotated file."""

import json
import threading

import pytest

from hantu.cli.logs import _followed, _followed_all, earliest_text
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


@pytest.fixture
def notifiers(home):
    file = home / "notifier" / "logs" / "app.log"
    file.parent.mkdir(parents=True)
    file.write_text("""2026-11-23 09:00:30.000 notifier system [INFO] between
2026-11-23 09:02:00.000 notifier system [ERROR] failed
Traceback: telegram
""")
    return file


@pytest.mark.requirement("SVC-37")
def test_what_the_notifier_writes_is_shown_with_the_guards_by_time(hantu, log, notifiers):
    words = [line.rsplit(" ", 1)[-1] for line in hantu("logs")[1].splitlines()]
    assert words == ["one", "between", "two", "three", "failed", "telegram", "four"]
    only = hantu("logs", "--process", "notifier")[1]
    assert ("between" in only, "two" in only) == (True, False)
    assert "between" not in hantu("logs", "--process", "guard")[1]
    assert hantu("logs", "--process", "exchange")[0] == 2


def test_without_a_notifier_its_log_says_how_there_will_be_one(hantu, log):
    code, _, err = hantu("logs", "--process", "notifier")
    assert (code, "hantu run notifier" in err) == (2, True)


def test_both_are_followed(log, notifiers):
    seen = []

    def follow():
        for line in _followed_all([log, notifiers]):
            seen.append(line)
            if len(seen) == 2:
                return

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    for _ in range(50):
        for file, word in ((log, "of the guard\n"), (notifiers, "of the notifier\n")):
            with file.open("a") as end:
                end.write(word)
        thread.join(0.3)
        if not thread.is_alive():
            break
    assert not thread.is_alive()
    assert set(seen) <= {"of the guard", "of the notifier"}
