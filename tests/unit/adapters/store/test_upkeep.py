"""Creating, upgrading, checking, copying the database, and acts of people beside the guard."""

import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from hantu.adapters.store.maintenance import (
    backup_database,
    check_database,
    init_database,
    set_practice_aside,
)
from hantu.adapters.store.migrations import Migration, migrate, migrations, schema_of
from hantu.adapters.store.offline import MANUAL_EVENT, add_manual_event, record_kill
from hantu.adapters.store.queries import Queries
from hantu.adapters.store.sqlite import FIRST_SOUND, connect, driver, require_sound
from hantu.adapters.store.store import SqliteStore
from hantu.domain import events as ev
from hantu.domain.commands import KillLevel
from hantu.domain.errors import BrokenError, UsageError
from hantu.storage.init_db import database_path, main, require_packages
from tests.contract.lives import HandClock, batch

TODAY = date(2026, 11, 23)
SECOND = Migration(9000, "9000_more.sql", "CREATE TABLE more (a INTEGER) STRICT;\nINSERT INTO more VALUES (1);")


def test_an_affected_sqlite_is_refused_with_a_sentence() -> None:
    require_sound(FIRST_SOUND)
    require_sound(driver.sqlite_version_info)
    with pytest.raises(BrokenError, match=r"3\.51\.2") as told:
        require_sound((3, 51, 2))
    assert "pysqlite3" in told.value.next_step


def test_connections_survive_a_power_cut_by_their_settings(database: Path) -> None:
    init_database(database)
    with closing(connect(database, wait_s=0.1)) as connection:
        found = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert found == ["wal", 2, 1]


def test_a_migration_runs_once_and_whole(database: Path) -> None:
    steps = migrations()
    with closing(connect(database, wait_s=0.1)) as connection:
        assert migrate(connection, database, steps) == len(steps)
        broken = Migration(
            9001, "9001_broken.sql", "CREATE TABLE more (a INTEGER) STRICT;\nCREATE TABLE orders (a INTEGER);"
        )
        with pytest.raises(BrokenError):
            migrate(connection, database, (*steps, broken))
        assert "more" not in schema_of(connection)
        assert migrate(connection, database, (*steps, SECOND)) == 1
        assert migrate(connection, database, (*steps, SECOND)) == 0
        assert connection.execute("SELECT a FROM more").fetchall() == [(1,)]


@pytest.mark.requirement("ALR-26")
@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        ("ALTER TABLE orders DROP COLUMN how", "orders"),
        ("DROP TABLE fills", "fills"),
        ("UPDATE schema_version SET checksum = 'edited'", "0001_records.sql"),
        ("INSERT INTO schema_version (version, name, checksum) VALUES (99, 'later', 'x')", "99"),
        ("DROP TABLE schema_version", "테이블"),
    ],
)
def test_a_database_that_does_not_fit_is_refused(database: Path, spoil: str, named: str) -> None:
    init_database(database)
    with closing(driver.connect(str(database), isolation_level=None)) as other:
        other.execute(spoil)
    with pytest.raises(BrokenError) as told:
        init_database(database)
    assert named in str(told.value)
    assert told.value.next_step


async def test_a_copy_made_while_writing_is_whole(store: SqliteStore, database: Path, clock: HandClock) -> None:
    for number in range(50):
        await store.record(batch(clock.advance(1), ev.SubscribeDone(number)))
    target = database.with_name("copy.db")
    size = backup_database(database, target)
    await store.record(batch(clock.advance(1), ev.SubscribeDone(50)))

    assert size == target.stat().st_size
    assert sorted(path.name for path in target.parent.glob("copy.db*")) == ["copy.db"]
    check_database(target)
    assert len(Queries(target).events(limit=99)) == 50
    with pytest.raises(UsageError):
        backup_database(database, target)


def test_a_check_finds_a_damaged_page(database: Path) -> None:
    init_database(database)
    check_database(database)
    content = bytearray(database.read_bytes())
    content[4096 * 3 : 4096 * 3 + 300] = b"\xff" * 300
    database.write_bytes(content)
    with pytest.raises(BrokenError, match="손상"):
        check_database(database)
    with pytest.raises(BrokenError, match="없습니다"):
        check_database(database.with_name("none.db"))


async def test_a_kill_switch_set_without_a_guard_is_in_force_at_its_start(
    database: Path, store: SqliteStore, clock: HandClock, queries: Queries
) -> None:
    record_kill(database, level=KillLevel.HARD, reason="점검", actor="kim")
    assert queries.kill_state().level is KillLevel.HARD
    assert (queries.audit(1)[0].event_type, queries.audit(1)[0].actor) == ("killswitch_on", "kim")
    assert queries.events(kind="killswitch_on")[0].payload["reason"] == "점검"
    last = (await store.load(TODAY)).facts[-1]
    assert (type(last), last.level) == (ev.KillswitchOn, KillLevel.HARD)

    record_kill(database, level=KillLevel.OFF, reason="", actor="kim")
    assert queries.kill_state().level is KillLevel.OFF
    assert not any(isinstance(fact, ev.KillswitchOn) for fact in (await store.load(TODAY)).facts)


@pytest.mark.requirement("ALR-37")
async def test_a_manual_event_is_marked_and_names_who(
    database: Path, store: SqliteStore, queries: Queries, clock: HandClock
) -> None:
    event_id = add_manual_event(database, "network", "스위치 교체", actor="kim")

    [row] = queries.events(kind=MANUAL_EVENT)
    assert row.event_id == event_id
    assert row.payload == {"kind": "network", "text": "스위치 교체", "actor": "kim", "manual": True}
    assert queries.audit(1)[0].actor == "kim"
    assert ev.SubscribeDone(1) not in (await store.load(TODAY)).facts


# --- python -m hantu.storage.init_db ------------------------------------------------


def initialize(folder: Path, *arguments: str, told: list[str] | None = None, **environ: str) -> int:
    sinks = [] if told is None else [told.append]
    return main(arguments, {"HANTU_HOME": str(folder), **environ}, sinks)


@pytest.mark.requirement("ALR-28")
async def test_the_command_twice_in_a_row_loses_no_row(tmp_path: Path, clock: HandClock) -> None:
    command = [sys.executable, "-m", "hantu.storage.init_db"]
    environ = {**os.environ, "HANTU_HOME": str(tmp_path / "new"), "DATABASE_URL": ""}
    first = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    add_manual_event(tmp_path / "new" / "hantu.db", "note", "kept", actor="kim")
    second = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    assert (first.returncode, second.returncode, second.stderr) == (0, 0, "")
    assert len(Queries(tmp_path / "new" / "hantu.db").events()) == 1


@pytest.mark.requirement("ALR-23", "ALR-24", "ALR-29")
@pytest.mark.parametrize("case", ["folder is a file", "not a database", "old schema"])
def test_a_failure_is_told_with_its_cause_and_its_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    home = tmp_path / "home"
    if case == "folder is a file":
        home.write_text("")
    else:
        home.mkdir()
    if case == "not a database":
        (home / "hantu.db").write_text("hello " * 1000)
    if case == "old schema":
        with closing(driver.connect(str(home / "hantu.db"))) as old:
            old.execute("CREATE TABLE event_log (id INTEGER, message TEXT)")
    told: list[str] = []
    code = initialize(home, told=told)

    error = capsys.readouterr().err
    assert code == 1
    assert error.startswith("[ERROR] Database initialization failed: ")
    assert "Traceback (most recent call last)" in error
    assert str(home) in error.splitlines()[0]
    assert told == [error.splitlines()[0]]


@pytest.mark.requirement("ALR-25")
@pytest.mark.parametrize("what", ["hantu.db", "."])
def test_what_cannot_be_written_is_named(tmp_path: Path, what: str) -> None:
    """As another user, since root may write anywhere."""
    home = tmp_path / "home"
    home.mkdir()
    init_database(home / "hantu.db")
    (home / "requirements.txt").write_text("")  # the other user may not see our packages
    (home / "hantu.db").chmod(0o666)
    blocked = home / what
    blocked.chmod(0o444 if what == "hantu.db" else 0o555)
    code = (
        "import os, sys\n"
        "from hantu.storage import init_db\n"
        "import hantu.adapters.store.maintenance\n"
        "os.geteuid() or (os.setgroups([]), os.setgid(65534), os.setuid(65534))\n"
        "sys.exit(init_db.main([], {'HANTU_HOME': '.'}))\n"
    )
    if what == "hantu.db":
        home.chmod(0o777)
    done = subprocess.run([sys.executable, "-c", code], cwd=home, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    named = "파일에 쓸 수 없습니다: hantu.db" if what == "hantu.db" else "폴더에 쓸 수 없습니다: ."
    assert done.stderr.splitlines()[0] == f"[ERROR] Database initialization failed: 데이터베이스 {named}"


@pytest.mark.requirement("ALR-26")
def test_only_development_may_start_over_and_a_copy_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(driver.connect(str(tmp_path / "hantu.db"))) as old:
        old.execute("CREATE TABLE event_log (id INTEGER, message TEXT)")
    assert initialize(tmp_path, "--recreate", HANTU_ENV="production") == 3
    assert initialize(tmp_path, "--recreate") == 3
    assert capsys.readouterr().err.startswith("[ERROR] Database initialization failed: ")
    assert initialize(tmp_path, "--recreate", HANTU_ENV="development") == 0

    assert Queries(tmp_path / "hantu.db").events() == ()
    with closing(driver.connect(str(tmp_path / "hantu.db.1.bak"))) as kept:
        assert list(schema_of(kept)) == ["event_log"]


@pytest.mark.requirement("ALR-27")
def test_missing_packages_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(
        "msgspec==0.20.0 \\\n    --hash=sha256:aa\nno-such-package-here==1.0\n# comment\n"
        "only-elsewhere==1 ; sys_platform == 'plan9'\nnor-this_one>=2\n"
    )
    told: list[str] = []
    assert initialize(tmp_path, "--requirements", str(lock), told=told) == 1

    assert "no-such-package-here, nor-this_one" in told[0]
    assert "msgspec" not in told[0]
    assert "elsewhere" not in told[0]
    require_packages(tmp_path / "none.txt")


@pytest.mark.requirement("ALR-34")
def test_the_environment_says_where_the_database_is() -> None:
    assert database_path({}) == Path("var/hantu.db")
    assert database_path({"HANTU_HOME": "/data"}) == Path("/data/hantu.db")
    assert database_path({"HANTU_HOME": "/data", "DATABASE_URL": "sqlite:////srv/h.db"}) == Path("/srv/h.db")
    with pytest.raises(ValueError, match="DATABASE_URL"):
        database_path({"DATABASE_URL": "mysql://x"})


PLAYED_UNTIL = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)
BEGINS_ANEW = PLAYED_UNTIL - timedelta(minutes=5)


def played(database: Path, *environments: str) -> None:
    """Leave a database as if it had been in use until a moment."""
    init_database(database)
    with closing(connect(database, wait_s=0.1)) as connection:
        connection.executemany(
            "INSERT INTO event_log (event_id, event_type, timestamp, payload_json, environment) "
            "VALUES (?, 'order_filled', '2026-11-23 00:05:00.000000', '{}', ?)",
            [(str(UUID(int=number)), environment) for number, environment in enumerate(environments)],
        )


def test_practice_that_begins_anew_finds_no_records_of_its_future(database: Path) -> None:
    for ending in ("", "-2"):
        played(database, "local")
        moved = set_practice_aside(database, BEGINS_ANEW)
        assert moved == database.with_name(f"practice-20261123-000500{ending}.db")
        assert not database.exists()
        assert [event.event_type for event in Queries(moved).events()] == ["order_filled"]


def test_practice_that_goes_on_keeps_its_records(database: Path) -> None:
    played(database, "local")
    assert set_practice_aside(database, PLAYED_UNTIL) is None
    assert set_practice_aside(database, PLAYED_UNTIL + timedelta(seconds=1)) is None
    assert database.exists()


@pytest.mark.parametrize("environment", ["real", "paper"])
def test_records_of_an_account_are_never_set_aside(database: Path, environment: str) -> None:
    played(database, "local", environment)
    assert set_practice_aside(database, BEGINS_ANEW) is None
    assert database.exists()


def test_a_kill_switch_that_is_on_is_not_set_aside(database: Path) -> None:
    played(database, "local")
    record_kill(database, level=KillLevel.ACTIVE, reason="test", actor="op")
    assert set_practice_aside(database, BEGINS_ANEW) is None
    assert database.exists()
