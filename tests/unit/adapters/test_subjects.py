"""A person can be found behind a pseudonym until erased, and nowhere after that."""

import gzip
from datetime import date, timedelta
from pathlib import Path

import pytest

from hantu.adapters.audit.archive import archive_due
from hantu.adapters.audit.keys import signer
from hantu.adapters.store.chain_check import check_trail
from hantu.adapters.store.maintenance import backup_database, init_database
from hantu.adapters.store.offline import add_manual_event
from hantu.adapters.subjects import Subjects
from hantu.domain.errors import BrokenError, UsageError

NAME = "kim.chulsoo.unique"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    init_database(tmp_path / "hantu.db")
    return tmp_path / "hantu.db"


@pytest.fixture
def people(database: Path, tmp_path: Path) -> Subjects:
    return Subjects(database, tmp_path / "audit")


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_one_person_has_one_pseudonym_and_it_tells_nothing(people: Subjects, tmp_path: Path) -> None:
    first = people.pseudonym(NAME)
    assert first.startswith("P-")
    assert people.pseudonym(NAME) == first
    assert people.pseudonym(first) == first
    assert people.pseudonym("lee") != first
    assert people.find(first).name == NAME
    assert people.find(NAME).pseudonym == first
    assert NAME.encode() not in on_disk(tmp_path), "the name lies nowhere in clear"


@pytest.mark.requirement("SVC-46")
def test_an_erased_person_is_nowhere_and_the_chain_still_holds(
    people: Subjects, database: Path, tmp_path: Path
) -> None:
    pseudonym = people.pseudonym(NAME)
    add_manual_event(database, "점검", "서버 재부팅", actor=pseudonym)
    before = tmp_path / "before.db"
    backup_database(database, before)
    row = Subjects(before, tmp_path / "audit").find(NAME)
    assert row.pseudonym == pseudonym
    secret = _stored(database, pseudonym)
    archive = tmp_path / "archive"
    archive_due(
        database,
        archive,
        tmp_path,
        signer(tmp_path / "audit"),
        date.today() + timedelta(days=32),
        "2026-11-23 00:00:00.000000",
    )
    archived = b"".join(gzip.decompress(path.read_bytes()) for path in archive.glob("*.gz"))
    assert pseudonym.encode() in archived
    assert NAME.encode() not in archived

    people.erase(NAME, actor=pseudonym)

    assert people.find(pseudonym).name == ""
    assert people.find(pseudonym).erased_at
    with pytest.raises(UsageError):
        people.find(NAME)
    backup_database(database, tmp_path / "after.db")
    for part in (database, database.with_name("hantu.db-wal"), tmp_path / "after.db"):
        data = part.read_bytes() if part.exists() else b""
        assert NAME.encode() not in data
        assert all(piece not in data for piece in secret), "neither the key nor the name's ciphertext is left"
    verdict = check_trail(database, [])
    assert (verdict.finding, verdict.head.rows) == (None, 2), "the act, and its erasure"
    assert people.pseudonym(NAME) != pseudonym, "a person who comes back is another one"


def test_erasing_twice_is_recorded_once(people: Subjects, database: Path) -> None:
    pseudonym = people.pseudonym(NAME)
    people.erase(NAME, actor="lee")
    people.erase(pseudonym, actor="lee")
    assert check_trail(database, []).head.rows == 1
    assert people.records("lee") == 1


def test_another_homes_key_opens_nothing(people: Subjects, database: Path, tmp_path: Path) -> None:
    people.pseudonym(NAME)
    with pytest.raises(BrokenError, match="풀 수 없습니다"):
        Subjects(database, tmp_path / "other").all()


def _stored(database: Path, pseudonym: str) -> tuple[bytes, ...]:
    from hantu.adapters.store.maintenance import reading

    with reading(database) as connection:
        row = connection.execute(
            "SELECT wrapped_key, secret FROM subjects WHERE pseudonym = ?", (pseudonym,)
        ).fetchone()
    return tuple(bytes(part) for part in row)
