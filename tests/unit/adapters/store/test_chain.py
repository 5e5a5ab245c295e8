"""Every damage to the audit trail is found, named and located."""

import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from hantu.adapters.audit.anchors import Folder, current_head, head_line, read_anchors, sign_head
from hantu.adapters.audit.check import verify
from hantu.adapters.audit.keys import signer
from hantu.adapters.store import migrations
from hantu.adapters.store.chain import COLUMNS, GENESIS, READ_ROWS, chain_existing, head_of, leaf_of, node_of
from hantu.adapters.store.chain_check import Damage, check_trail
from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.sqlite import IntegrityError, connect, transaction
from hantu.adapters.store.state_rows import audit
from hantu.domain.errors import BrokenError
from tests.drills import DRILL

ROWS = 60
CASES = 1_000 if DRILL else 150
AT = "2026-11-23 00:12:31.000000"


def fill(path: Path, count: int = ROWS) -> None:
    init_database(path)
    with closing(connect(path, wait_s=1)) as connection, transaction(connection):
        for number in range(count):
            audit(
                connection,
                f"kind_{number % 7}",
                "kim",
                AT,
                f'{{"n":{number},"이유":"점검"}}',
                f"e{number}",
                f"f{number}",
            )


def loosen(connection):
    """What somebody with the file does first."""
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'ops_audit_log'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")


def rechain(connection, start: int) -> None:
    """Compute every hash from a row on, as an attacker who knows the program would."""
    head, hashes = GENESIS, []
    for row in connection.execute(READ_ROWS, (-1,)).fetchall():
        leaf = leaf_of(row[0], row[1 : 1 + len(COLUMNS)])
        if row[0] >= start:
            hashes.append((head.hex(), leaf.hex(), row[0]))
        head = node_of(head, leaf)
    connection.executemany("UPDATE ops_audit_log SET prev_hash = ?, leaf_hash = ? WHERE audit_id = ?", hashes)


def flip_bit(connection, chance: random.Random) -> tuple[int, set[Damage]]:
    number = chance.randint(1, ROWS)
    column = chance.choice((*COLUMNS, "prev_hash", "leaf_hash"))
    (data,) = connection.execute(
        f"SELECT CAST({column} AS BLOB) FROM ops_audit_log WHERE audit_id = ?", (number,)
    ).fetchone()
    place, bit = chance.randrange(len(data)), chance.randrange(8)
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    connection.execute(
        f"UPDATE ops_audit_log SET {column} = CAST(? AS TEXT) WHERE audit_id = ?", (bytes(changed), number)
    )
    return number, {Damage.ALTERED}


def flip_number(connection, chance: random.Random) -> tuple[int, set[Damage]]:
    number = chance.randint(1, ROWS)
    # One bit of the number, such that no other row has it.
    changed = number ^ (1 << chance.randint(7, 40))
    connection.execute("UPDATE ops_audit_log SET audit_id = ? WHERE audit_id = ?", (changed, number))
    return number, {Damage.MOVED}


def cut(connection, chance: random.Random) -> tuple[int, set[Damage]]:
    first = chance.randint(1, ROWS)
    connection.execute("DELETE FROM ops_audit_log WHERE audit_id >= ?", (first,))
    connection.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'ops_audit_log'", (first - 1,))
    return first, {Damage.CUT}


def take_out(connection, chance: random.Random) -> tuple[int, set[Damage]]:
    first = chance.randint(1, ROWS - 1)
    connection.execute(
        "DELETE FROM ops_audit_log WHERE audit_id BETWEEN ? AND ?", (first, min(ROWS - 1, first + chance.randint(0, 3)))
    )
    return first, {Damage.MISSING}


def swap(connection, chance: random.Random) -> tuple[int, set[Damage]]:
    one, other = sorted(chance.sample(range(1, ROWS + 1), 2))
    if chance.random() < 0.5:
        for old, new in ((one, -1), (other, one), (-1, other)):
            connection.execute("UPDATE ops_audit_log SET audit_id = ? WHERE audit_id = ?", (new, old))
    else:
        names = ", ".join(COLUMNS)
        rows = {
            n: connection.execute(f"SELECT {names} FROM ops_audit_log WHERE audit_id = ?", (n,)).fetchone()
            for n in (one, other)
        }
        for target, source in ((one, other), (other, one)):
            connection.execute(
                f"UPDATE ops_audit_log SET ({names}) = (?, ?, ?, ?, ?, ?) WHERE audit_id = ?", (*rows[source], target)
            )
    return one, {Damage.MOVED}


def rewrite(connection, chance: random.Random) -> tuple[int, set[Damage]]:
    number = chance.randint(1, ROWS)
    connection.execute("UPDATE ops_audit_log SET actor = 'somebody else' WHERE audit_id = ?", (number,))
    rechain(connection, number)
    return number, {Damage.REWRITTEN}


def rewrite_without(connection, chance: random.Random) -> tuple[int, set[Damage]]:
    """Take a row out, close the gap, add one at the end: as many rows, all hashes right."""
    number = chance.randint(1, ROWS)
    connection.execute("DELETE FROM ops_audit_log WHERE audit_id = ?", (number,))
    for following in range(number + 1, ROWS + 1):
        connection.execute("UPDATE ops_audit_log SET audit_id = ? WHERE audit_id = ?", (following - 1, following))
    audit(connection, "invented", "nobody", AT, "{}")
    rechain(connection, number)
    return number, {Damage.REWRITTEN}


ATTACKS = (flip_bit, flip_bit, flip_number, cut, take_out, swap, rewrite, rewrite_without)


@pytest.mark.requirement("OPS-06-6")
def test_every_random_damage_is_found_and_located(tmp_path: Path) -> None:
    original = tmp_path / "hantu.db"
    keys = tmp_path / "audit"
    fill(original, ROWS // 2)
    sign_head(original, [Folder(keys)], signer(keys), AT)
    with closing(connect(original, wait_s=1)) as connection, transaction(connection):
        for number in range(ROWS // 2, ROWS):
            audit(connection, "later", "lee", AT, f'{{"n":{number}}}', f"e{number}", f"f{number}")
    sign_head(original, [Folder(keys)], signer(keys), AT)
    with closing(connect(original, wait_s=1)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert verify(original, keys, [Folder(keys)]).finding is None

    data = original.read_bytes()
    chance = random.Random(20261123)
    missed = []
    for case in range(CASES):
        attack = ATTACKS[case % len(ATTACKS)]
        copy = tmp_path / "copy.db"
        copy.write_bytes(data)
        with closing(connect(copy, wait_s=1)) as connection, transaction(connection):
            loosen(connection)
            row, kinds = attack(connection, chance)
        finding = verify(copy, keys, [Folder(keys)]).finding
        if finding is None or finding.row != row or finding.damage not in kinds:
            missed.append((case, attack.__name__, row, finding))
        for ending in ("", "-wal", "-shm"):
            copy.with_name(copy.name + ending).unlink(missing_ok=True)
    assert missed == []


@pytest.mark.requirement("OPS-06-6")
def test_bits_flipped_in_the_file_itself_are_found(tmp_path: Path) -> None:
    path, keys = tmp_path / "hantu.db", tmp_path / "audit"
    fill(path)
    with closing(connect(path, wait_s=1)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sign_head(path, [Folder(keys)], signer(keys), AT)
    data, chance = path.read_bytes(), random.Random(7)
    for _ in range(40):
        number = chance.randrange(ROWS)
        words = f'{{"n":{number},"이유":"점검"}}'.encode()
        changed = bytearray(words)
        changed[chance.randrange(len(words))] ^= 1 << chance.randrange(8)
        copy = tmp_path / "copy.db"
        # Everywhere: where a page was split, bytes that mean nothing any more still lie about.
        copy.write_bytes(data.replace(words, changed))
        finding = verify(copy, keys, [Folder(keys)]).finding
        assert finding is not None
        assert (finding.damage, finding.row) == (Damage.ALTERED, number + 1)


def test_a_replaced_database_does_not_fit_the_signed_heads(tmp_path: Path) -> None:
    keys = tmp_path / "audit"
    fill(tmp_path / "ours.db")
    sign_head(tmp_path / "ours.db", [Folder(keys)], signer(keys), AT)
    init_database(tmp_path / "theirs.db")
    with closing(connect(tmp_path / "theirs.db", wait_s=1)) as connection:
        for _ in range(ROWS + 5):
            audit(connection, "invented", "nobody", AT, "{}")
    finding = verify(tmp_path / "theirs.db", keys, [Folder(keys)]).finding
    assert finding is not None
    assert (finding.damage, finding.row) == (Damage.REWRITTEN, 1)


@pytest.mark.requirement("OPS-06-6")
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ops_audit_log SET actor = 'x' WHERE audit_id = 3",
        "UPDATE ops_audit_log SET leaf_hash = '' WHERE audit_id = 3",
        "DELETE FROM ops_audit_log WHERE audit_id = 60",
        "INSERT OR REPLACE INTO ops_audit_log SELECT * FROM ops_audit_log WHERE audit_id = 3",
        "INSERT INTO ops_audit_log (event_type, actor, event_ts, details_json) VALUES ('a', 'b', 'c', '{}')",
        "INSERT INTO ops_audit_log (audit_id, event_type, actor, event_ts, details_json) VALUES (99, 'a', 'b', 'c', '')",
    ],
)
def test_the_database_refuses_what_is_no_next_row(tmp_path: Path, sql: str) -> None:
    fill(tmp_path / "hantu.db")
    connection = connect(tmp_path / "hantu.db", wait_s=1)
    with closing(connection), pytest.raises(IntegrityError, match="append-only"):
        connection.execute(sql)
    assert check_trail(tmp_path / "hantu.db", []).finding is None


def test_rows_of_an_earlier_release_are_chained_when_the_schema_is_raised(tmp_path: Path) -> None:
    path = tmp_path / "hantu.db"
    steps = migrations.migrations()
    earlier = tuple(step for step in steps if step.name < "0005")
    with closing(connect(path, wait_s=1)) as connection:
        migrations.migrate(connection, path, earlier)
        for number in range(5):
            connection.execute(
                "INSERT INTO ops_audit_log (event_type, actor, event_ts, details_json) VALUES ('a', 'b', 'c', ?)",
                (f"{{{number}}}",),
            )
        assert migrations.migrate(connection, path) == len(steps) - len(earlier)
        with transaction(connection):
            audit(connection, "next", "kim", AT, "{}")
        assert head_of(connection).rows == 6
        with pytest.raises(IntegrityError, match="append-only"):
            connection.execute("UPDATE ops_audit_log SET actor = 'x'")
        chain_existing_twice_is_the_same = head_of(connection).hash
        with transaction(connection):
            chain_existing(connection)
        assert head_of(connection).hash == chain_existing_twice_is_the_same
    assert check_trail(path, []).finding is None


WRITER = """
import sys
from pathlib import Path
from hantu.adapters.store.sqlite import connect, transaction
from hantu.adapters.store.state_rows import audit
connection = connect(Path(sys.argv[1]), wait_s=5)
number = 0
print("go", flush=True)
while True:
    with transaction(connection):
        for _ in range(3):
            number += 1
            audit(connection, "busy", "kim", "2026-11-23 00:00:00.000000", '{"n":%d}' % number)
"""


@pytest.mark.requirement("OPS-06-6")
def test_a_writer_killed_in_the_middle_leaves_a_valid_chain(tmp_path: Path) -> None:
    path = tmp_path / "hantu.db"
    fill(path, 1)
    chance = random.Random(9)
    counts = []
    for _ in range(4):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.05 + chance.random() * 0.1)
        writer.send_signal(signal.SIGKILL)
        writer.wait(10)
        writer.stdout.close()
        verdict = check_trail(path, [])
        assert verdict.finding is None
        assert verdict.head.rows % 3 == 1, "a transaction is there whole or not at all"
        counts.append(verdict.head.rows)
    assert counts == sorted(set(counts))


def test_two_writers_share_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "hantu.db"
    fill(path, 1)
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) for _ in range(2)]
    time.sleep(1.0)
    for writer in writers:
        writer.kill()
        writer.communicate(timeout=10)
    verdict = check_trail(path, [])
    assert verdict.finding is None
    assert verdict.head.rows > 6


class TestSignedHeads:
    """The lines outside the database."""

    @pytest.fixture
    def database(self, tmp_path: Path) -> Path:
        fill(tmp_path / "hantu.db")
        return tmp_path / "hantu.db"

    def more(self, database: Path) -> None:
        with closing(connect(database, wait_s=1)) as connection:
            audit(connection, "more", "kim", AT, "{}")

    def signed(self, database: Path, lines: int = 4) -> tuple[Folder, Path]:
        folder = Folder(database.parent / "audit")
        for _ in range(lines):
            sign_head(database, [folder], signer(database.parent / "audit"), AT)
            self.more(database)
        return folder, Path(folder.name)

    def test_nothing_new_is_not_signed_again(self, database: Path) -> None:
        folder, keys = Folder(database.parent / "audit"), signer(database.parent / "audit")
        assert sign_head(database, [folder], keys, AT) is not None
        assert sign_head(database, [folder], keys, AT) is None
        assert len(folder.lines()) == 1

    def test_a_place_that_was_away_catches_up(self, database: Path) -> None:
        here, away = Folder(database.parent / "audit"), Folder(database.parent / "away")
        keys = signer(database.parent / "audit")
        sign_head(database, [here], keys, AT)
        self.more(database)
        sign_head(database, [here, away], keys, AT)
        anchors, finding = read_anchors(away.lines(), keys.public)
        assert finding is None
        assert [(one.n, one.count, len(one.known().marks)) for one in anchors] == [(1, ROWS + 1, ROWS + 1)]
        assert verify(database, database.parent / "audit", [here, away]).finding is None

    def test_every_bit_of_a_line_counts(self, database: Path) -> None:
        folder, file = self.signed(database)
        data, chance = file.read_bytes(), random.Random(3)
        whole = len(folder.lines())
        for _ in range(60):
            changed = bytearray(data)
            at = chance.randrange(len(data) - 1)
            changed[at] ^= 1 << chance.randrange(8)
            file.write_bytes(changed)
            finding = verify(database, database.parent / "audit", [folder]).finding
            assert finding is not None, (at, whole)
            assert finding.damage in {Damage.ANCHORS, Damage.SIGNATURE, Damage.REWRITTEN}

    def test_lines_taken_out_or_all_gone_are_noticed(self, database: Path) -> None:
        folder, file = self.signed(database)
        lines = file.read_bytes().splitlines(keepends=True)
        for rest in (lines[1:], lines[:1] + lines[2:], []):
            file.write_bytes(b"".join(rest))
            finding = verify(database, database.parent / "audit", [folder]).finding
            assert finding is not None
            assert finding.damage is Damage.ANCHORS

    def test_another_key_is_a_wrong_signature(self, database: Path, tmp_path: Path) -> None:
        other = Folder(tmp_path / "other")
        sign_head(database, [other], signer(tmp_path / "other"), AT)
        signer(tmp_path / "audit")
        finding = verify(database, tmp_path / "audit", [other]).finding
        assert finding is not None
        assert (finding.damage, finding.row) == (Damage.SIGNATURE, 1)

    def test_a_line_cut_short_by_a_crash_is_passed_over(self, database: Path) -> None:
        folder, file = self.signed(database, 2)
        with file.open("ab") as end:
            end.write(b'{"n":3,"count"')
        assert verify(database, database.parent / "audit", [folder]).finding is None
        sign_head(database, [folder], signer(database.parent / "audit"), AT)
        assert verify(database, database.parent / "audit", [folder]).finding is None
        assert verify(database, database.parent / "audit", [folder]).signed == ROWS + 2

    def test_a_damaged_or_shorter_trail_is_not_signed(self, database: Path) -> None:
        folder, _ = self.signed(database, 1)
        with closing(connect(database, wait_s=1)) as connection, transaction(connection):
            loosen(connection)
            connection.execute("UPDATE ops_audit_log SET actor = 'x' WHERE audit_id = ?", (ROWS + 1,))
        with pytest.raises(BrokenError, match="훼손"):
            sign_head(database, [folder], signer(database.parent / "audit"), AT)
        with closing(connect(database, wait_s=1)) as connection:
            connection.execute("DELETE FROM ops_audit_log WHERE audit_id > 5")
        with pytest.raises(BrokenError, match="적습니다"):
            sign_head(database, [folder], signer(database.parent / "audit"), AT)

    def test_the_line_for_the_daily_message_shows_count_and_head(self, database: Path) -> None:
        head = current_head(database)
        line = head_line(head, AT)
        assert "60건" in line
        assert head.hash.hex()[:16] in line

    def test_the_key_is_for_its_owner_only(self, database: Path) -> None:
        folder = database.parent / "audit"
        signer(folder)
        assert (folder / "audit.key").stat().st_mode & 0o777 == 0o600
        (folder / "audit.key").chmod(0o640)
        with pytest.raises(Exception, match="다른 사용자"):
            signer(folder)

    def test_two_places_that_disagree_are_found(self, database: Path, tmp_path: Path) -> None:
        """Somebody with the key rewrote the trail and one of the places."""
        here, away, keys = Folder(tmp_path / "audit"), Folder(tmp_path / "away"), signer(tmp_path / "audit")
        sign_head(database, [away], keys, AT)
        with closing(connect(database, wait_s=1)) as connection, transaction(connection):
            loosen(connection)
            connection.execute("UPDATE ops_audit_log SET actor = 'x' WHERE audit_id = 9")
            rechain(connection, 9)
        sign_head(database, [here], keys, AT)
        for order in ([here, away], [away, here]):
            finding = verify(database, tmp_path / "audit", order).finding
            assert finding is not None
            assert (finding.damage, finding.row) == (Damage.REWRITTEN, 9)
