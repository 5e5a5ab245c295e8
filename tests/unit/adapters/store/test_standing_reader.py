"""A read connection that stays open: it sees what others wrote, holds nothing, and follows the file."""

import threading
from contextlib import closing
from pathlib import Path

import pytest

from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.sqlite import OperationalError, connect, transaction
from hantu.adapters.store.standing_reader import StandingReader
from hantu.domain.errors import BrokenError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    database = tmp_path / "hantu.db"
    init_database(database)
    return database


def count(reader: StandingReader) -> int:
    with reader.reading() as connection:
        return int(connection.execute("SELECT count(*) FROM probe").fetchone()[0])


@pytest.fixture
def reader(path: Path) -> StandingReader:
    with closing(connect(path, wait_s=1)) as own:
        own.execute("CREATE TABLE probe (n INTEGER)")
    return StandingReader(path)


def test_each_read_sees_what_was_written_since(path: Path, reader: StandingReader) -> None:
    with closing(connect(path, wait_s=1)) as writer:
        for expected in range(3):
            assert count(reader) == expected
            writer.execute("INSERT INTO probe VALUES (1)")
    reader.close()
    assert count(reader) == 3, "a later read opens again"
    reader.close()


def test_between_reads_nothing_keeps_others_from_writing_or_tidying_up(path: Path, reader: StandingReader) -> None:
    assert count(reader) == 0
    with closing(connect(path, wait_s=0)) as writer, transaction(writer):
        writer.execute("INSERT INTO probe VALUES (1)")
    with closing(connect(path, wait_s=0)) as writer:
        busy = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    assert busy == 0
    reader.close()


def test_any_thread_may_read(reader: StandingReader) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(count(reader))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [0, 0, 0, 0]
    reader.close()


def test_a_file_put_in_its_place_is_read_instead(path: Path, reader: StandingReader, tmp_path: Path) -> None:
    assert count(reader) == 0
    other = tmp_path / "restored.db"
    with closing(connect(other, wait_s=1)) as restored:
        restored.execute("CREATE TABLE probe (n INTEGER)")
        restored.execute("INSERT INTO probe VALUES (1)")
        restored.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for name in ("hantu.db-wal", "hantu.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    other.rename(path)
    assert count(reader) == 1
    reader.close()


def test_a_failing_read_is_told_and_the_next_begins_afresh(path: Path, reader: StandingReader) -> None:
    assert count(reader) == 0
    with pytest.raises(BrokenError) as told, reader.reading() as connection:
        connection.execute("SELECT * FROM nothing")
    assert told.value.next_step
    with pytest.raises(BrokenError), reader.reading():
        raise OperationalError("database is locked")
    assert count(reader) == 0
    reader.close()


def test_a_missing_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BrokenError) as told, StandingReader(tmp_path / "none.db").reading():
        pass
    assert "init_db" in told.value.next_step
