"""Connections that stay open for many readers: each sees the present, none holds anything, all follow the file."""

import threading
from contextlib import closing
from pathlib import Path

import pytest

from hantu.adapters.store import standing_readers
from hantu.adapters.store.maintenance import init_database, reading, standing
from hantu.adapters.store.pages import limited
from hantu.adapters.store.sqlite import Connection, connect, transaction
from hantu.adapters.store.standing_readers import StandingReaders
from hantu.domain.errors import BrokenError, RetryableError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    database = tmp_path / "hantu.db"
    init_database(database)
    with closing(connect(database, wait_s=1)) as own:
        own.execute("CREATE TABLE probe (n INTEGER)")
    return database


def write(path: Path) -> None:
    with closing(connect(path, wait_s=1)) as writer:
        writer.execute("INSERT INTO probe VALUES (1)")


def count(path: Path) -> int:
    with reading(path) as connection:
        return int(connection.execute("SELECT count(*) FROM probe").fetchone()[0])


def lent(path: Path) -> Connection:
    with reading(path) as connection:
        return connection


def test_one_connection_answers_again_and_sees_what_was_written_since(path: Path) -> None:
    with standing(path):
        first = lent(path)
        for expected in range(3):
            assert count(path) == expected
            write(path)
        assert lent(path) is first
    assert lent(path) is not first, "nothing stands open any more"


def test_two_at_one_moment_have_one_each_from_any_thread(path: Path) -> None:
    found: list[Connection] = []
    together = threading.Barrier(3)

    def read() -> None:
        with reading(path) as connection:
            together.wait(5)
            connection.execute("SELECT 1 FROM probe").fetchall()
            found.append(connection)

    with standing(path):
        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(map(id, found))) == 3
        assert lent(path) in found


def test_between_reads_nothing_keeps_others_from_writing_or_tidying_up(path: Path) -> None:
    with standing(path):
        assert count(path) == 0
        with closing(connect(path, wait_s=0)) as writer, transaction(writer):
            writer.execute("INSERT INTO probe VALUES (1)")
        with closing(connect(path, wait_s=0)) as writer:
            assert writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0


def test_a_file_put_in_its_place_is_read_instead(path: Path, tmp_path: Path) -> None:
    with standing(path):
        assert count(path) == 0
        other = tmp_path / "restored.db"
        with closing(connect(other, wait_s=1)) as restored:
            restored.execute("CREATE TABLE probe (n INTEGER)")
            restored.execute("INSERT INTO probe VALUES (1)")
            restored.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for name in ("hantu.db-wal", "hantu.db-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        other.rename(path)
        assert count(path) == 1


def test_one_that_failed_or_was_left_in_a_transaction_is_not_lent_again(path: Path) -> None:
    with standing(path):
        first = lent(path)
        with pytest.raises(BrokenError) as told, reading(path) as connection:
            connection.execute("SELECT * FROM nothing")
        assert told.value.next_step
        second = lent(path)
        with reading(path) as connection:
            connection.execute("BEGIN")
            connection.execute("SELECT * FROM probe").fetchall()
        write(path)
        assert lent(path) not in (first, second)
        assert count(path) == 1


def test_a_question_that_took_too_long_bounds_no_later_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT count(*) FROM n"
    with standing(path):
        with limited(path) as connection:
            connection.execute("SELECT 1").fetchall()
        monkeypatch.setattr("hantu.adapters.store.pages.TIME_MAX_S", -1.0)
        with reading(path) as connection:
            assert connection.execute(wide).fetchone()[0] == 200_000
        with pytest.raises(RetryableError), limited(path) as connection:
            connection.execute(wide)


def test_not_more_wait_for_their_next_use_than_allowed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing_readers, "IDLE_MAX", 1)
    readers = StandingReaders(path)
    with readers.reading() as first, readers.reading() as second:
        pass
    with readers.reading() as again, readers.reading() as other:
        assert again is second
        assert other is not first
    with readers.reading() as late:
        readers.close()
    with pytest.raises(Exception, match="closed"):
        late.execute("SELECT 1")


def test_a_missing_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    missing = tmp_path / "none.db"
    with standing(missing), pytest.raises(BrokenError) as told, reading(missing):
        pass
    assert "init_db" in told.value.next_step
