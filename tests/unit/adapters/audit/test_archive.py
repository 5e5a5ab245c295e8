"""Months of records as files that can be checked, kept for three years."""

import gzip
import json
import random
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from hantu.adapters.audit.archive import MANIFEST, archive_due, check_archive, remove_old
from hantu.adapters.audit.keys import Signer, signer
from hantu.adapters.store.chain import COLUMNS, leaf_of
from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.sqlite import connect, transaction
from hantu.adapters.store.state_rows import audit
from hantu.domain.errors import BrokenError

AT = "2026-12-01 00:00:00.000000"


@pytest.fixture
def key(tmp_path: Path) -> Signer:
    return signer(tmp_path / "audit")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "hantu.db"
    init_database(path)
    with closing(connect(path, wait_s=1)) as connection, transaction(connection):
        # The last one is December in Seoul already.
        for moment in ("2026-10-05 01:00:00", "2026-11-23 00:00:00", "2026-11-30 14:59:59", "2026-11-30 15:00:00"):
            audit(connection, "kind", "kim", f"{moment}.000000", "{}")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "errors-2026-11.log").write_text("11-23 09:00 [ERROR] 하나\n11-24 [ERROR] 둘\n")
    return path


def archived(database: Path, key: Signer, today: date = date(2026, 12, 1)) -> tuple[str, ...]:
    home = database.parent
    return archive_due(database, home / "archive", home / "logs", key, today, AT)


@pytest.mark.requirement("SVC-26", "DEC-30")
def test_whole_months_are_archived_once_with_their_errors(database: Path, key: Signer, tmp_path: Path) -> None:
    assert archived(database, key) == ("2026-10", "2026-11")
    assert archived(database, key) == ()
    assert check_archive(tmp_path / "archive", key.public) == (2, None)
    lines = gzip.decompress((tmp_path / "archive" / "2026-11-audit.jsonl.gz").read_bytes()).splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["audit_id"] for row in rows] == [2, 3]
    for row in rows:
        assert leaf_of(row["audit_id"], [row[name].encode() for name in COLUMNS]).hex() == row["leaf_hash"]
    errors = gzip.decompress((tmp_path / "archive" / "2026-11-errors.log.gz").read_bytes()).decode()
    assert errors.splitlines() == ["11-23 09:00 [ERROR] 하나", "11-24 [ERROR] 둘"]
    assert archived(database, key, date(2027, 1, 1)) == ("2026-12",)


@pytest.mark.requirement("SVC-45")
def test_nothing_younger_than_three_years_is_removed(database: Path, key: Signer, tmp_path: Path) -> None:
    archived(database, key)
    folder = tmp_path / "archive"
    assert remove_old(folder, key, date(2029, 10, 31), 3, AT) == ()
    assert remove_old(folder, key, date(2029, 11, 1), 3, AT) == ("2026-10",)
    assert not (folder / "2026-10-audit.jsonl.gz").exists()
    assert (folder / "2026-11-audit.jsonl.gz").exists()
    assert check_archive(folder, key.public) == (1, None)
    assert archived(database, key, date(2026, 12, 2)) == (), "what was removed is not archived again"
    assert remove_old(folder, key, date(2029, 11, 2), 3, AT) == ()


def test_every_changed_bit_is_found(database: Path, key: Signer, tmp_path: Path) -> None:
    archived(database, key)
    chance = random.Random(5)
    folder = tmp_path / "archive"
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        for _ in range(10):
            changed = bytearray(data)
            changed[chance.randrange(len(data) - 1)] ^= 1 << chance.randrange(8)
            path.write_bytes(changed)
            assert check_archive(folder, key.public)[1] is not None, path.name
        path.write_bytes(data)
    assert check_archive(folder, key.public)[1] is None


def test_missing_files_lines_and_foreign_keys_are_found(database: Path, key: Signer, tmp_path: Path) -> None:
    archived(database, key)
    folder = tmp_path / "archive"
    assert "서명" in str(check_archive(folder, signer(tmp_path / "other").public)[1])
    manifest = folder / MANIFEST
    data = manifest.read_bytes()
    manifest.write_bytes(data.splitlines(keepends=True)[1])
    assert "앞의 줄" in str(check_archive(folder, key.public)[1])
    manifest.write_bytes(b"{}\n")
    with pytest.raises(BrokenError, match="훼손"):
        archived(database, key)
    manifest.write_bytes(data)
    (folder / "2026-10-events.jsonl.gz").unlink()
    assert "없습니다" in str(check_archive(folder, key.public)[1])
