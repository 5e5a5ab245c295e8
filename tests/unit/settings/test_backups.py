"""Backups: whole or not there, tried out with their keys, and put back so that everything sealed opens again."""

import gzip
import io
import json
import shutil
import tarfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from hantu.adapters.accounts.factors import code_now
from hantu.adapters.accounts.register import CONSOLE
from hantu.adapters.kill_copy import copy_of
from hantu.adapters.process_lock import ProcessLock
from hantu.adapters.second_factor import SecondFactors, new_secret
from hantu.adapters.store.account_rows import Account, open_accounts, record_account
from hantu.adapters.store.maintenance import init_database, newest_record, reading, writing
from hantu.adapters.store.offline import add_manual_event, record_operation
from hantu.adapters.store.queries import Queries
from hantu.adapters.vault import Vault
from hantu.alerting.phone.policy import Came
from hantu.domain.access import Role
from hantu.domain.errors import BrokenError, DeniedError, UsageError
from hantu.settings.backups import check_backup, make_backup, parts_of, restore_backup
from hantu.settings.model import Settings
from hantu.settings.sealing import keys_dir
from hantu.settings.server.office import accounts_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NOW_S = NOW.timestamp()
PASSWORD = "a password long enough"
ACCOUNT = Account("local", "main", "73904418-01", "hong1974")


class Home:
    """A home with records, a person on the phone and one at the server."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(home=folder / "home", database=folder / "home" / "hantu.db")
        self.backups, self.keys = folder / "backups", folder / "keys"
        self.settings.home.mkdir()
        init_database(self.settings.database)
        add_manual_event(self.settings.database, "test", "before the backup", actor="kim")
        self.secret = new_secret()
        self.factors.enrol("kim", self.secret, pyotp.TOTP(self.secret).at(int(NOW_S) - 30))
        self.totp = self.enrol()
        record_account(self.settings.database, Vault(keys_dir(self.settings)), ACCOUNT)

    @property
    def factors(self) -> SecondFactors:
        return SecondFactors(self.settings.home, self.settings.audit_dir, lambda: NOW_S)

    def enrol(self) -> str:
        accounts = accounts_of(self.settings, lambda: NOW_S - 60)
        invited = accounts.register.add_user("lee", Role.VIEWER, by=CONSOLE)
        offer = accounts.desk.enrol_begin("lee", invited["enrolment_code"], source="test")
        code = code_now(offer["secret"], NOW_S - 60)
        accounts.desk.enrol_complete("lee", invited["enrolment_code"], PASSWORD, code, source="test")
        accounts.book.close()
        return str(offer["secret"])

    def signs_in(self) -> bool:
        accounts = accounts_of(self.settings, lambda: NOW_S)
        code = code_now(self.totp, NOW_S)
        found = accounts.desk.sign_in("lee", PASSWORD, code=code, recovery_code="", source="test", agent="test")
        accounts.book.close()
        return bool(found)

    def make(self, now: datetime = NOW, keep: int | None = None, keys: bool = True) -> Any:
        return make_backup(self.settings, self.backups, self.keys if keys else None, keep, now)

    def restore(self, made: Any, keys: bool = True) -> Any:
        return restore_backup(self.settings, Path(made.path), Path(made.keys) if keys else None, "kim", NOW)

    def events(self) -> list[str]:
        with reading(self.settings.database) as connection:
            rows = connection.execute("SELECT payload_json FROM event_log ORDER BY event_id").fetchall()
        return [json.loads(payload).get("text", "") for (payload,) in rows]


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path)


@pytest.mark.requirement("SVC-38", "SVC-57", "SVC-39", "SVC-16")
def test_a_home_that_was_lost_is_as_it_was_and_everything_sealed_opens(home):
    made = home.make()
    assert set(made.files) == {"hantu.db", "phone.db", "server/server.db"}
    add_manual_event(home.settings.database, "test", "after the backup", actor="kim")
    lost_until = newest_record(home.settings.database)[0]
    assert check_backup(home.settings, Path(made.path), Path(made.keys)).secrets == 4
    shutil.rmtree(keys_dir(home.settings))
    done = home.restore(made)
    assert home.events()[0] == "before the backup"
    assert "after the backup" not in home.events()
    assert (done.lost_until, done.lost_events) == (lost_until, 1)
    aside = Path(done.set_aside)
    assert newest_record(aside / "hantu.db")[0] == lost_until, "what lay there is kept"
    assert home.factors.judge("kim", pyotp.TOTP(home.secret).at(int(NOW_S))).came is Came.RIGHT
    assert home.signs_in()
    assert open_accounts(home.settings.database, Vault(keys_dir(home.settings))) == (ACCOUNT,)
    rows = Queries(home.settings.database).audit()
    assert {"restore_done", "killswitch_on"} <= {row.event_type for row in rows}
    with reading(home.settings.database) as connection:
        state = connection.execute("SELECT kill_level, reason FROM system_state ORDER BY timestamp DESC").fetchone()
    assert state[0] == "active", "nothing is bought on records that know nothing of the last orders"
    for part in parts_of(home.settings):
        assert not part.path.exists() or part.path.stat().st_mode & 0o077 == 0, part.name


@pytest.mark.requirement("SVC-38")
def test_nothing_of_the_home_need_be_left(home, tmp_path):
    made = home.make()
    home.settings.home.rename(tmp_path / "burnt")
    done = home.restore(made)
    assert (done.set_aside, done.lost_events) == ("", -1)
    assert set(done.keys) == {"audit/phone.key", "server/keys/0001.key", "keys/0001.key", "keys/mark.key"}
    assert home.signs_in()


@pytest.mark.requirement("SVC-15", "SVC-13")
def test_a_backup_under_writes_is_one_moment_of_them(home):
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            # Two rows a transaction: a torn copy would hold one of a pair.
            with writing(home.settings.database) as connection:
                for half in "ab":
                    connection.execute(
                        "INSERT INTO monitoring_metrics (metric_name, metric_value, recorded_at) VALUES (?, ?, ?)",
                        (f"pair-{half}", number, "2026-11-23 00:00:00.000000"),
                    )
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        made = home.make()
    finally:
        stop.set()
        thread.join()
    home.restore(made)
    with reading(home.settings.database) as connection:
        counts = dict(connection.execute("SELECT metric_name, count(*) FROM monitoring_metrics GROUP BY 1").fetchall())
    assert counts.get("pair-a") == counts.get("pair-b")


@pytest.mark.requirement("SVC-14")
def test_only_the_newest_are_kept_with_their_keys(home):
    names = [Path(home.make(NOW + timedelta(days=day), keep=3).path).name for day in range(5)]
    assert sorted(path.name for path in home.backups.iterdir()) == names[2:]
    assert len(list(home.keys.iterdir())) == 3
    with pytest.raises(UsageError, match="이미 있는"):
        home.make(NOW + timedelta(days=4))


def test_keys_never_lie_with_what_they_open(home):
    with pytest.raises(UsageError, match="같은 폴더"):
        make_backup(home.settings, home.backups, home.backups, None, NOW)
    made = home.make(keys=False)
    with tarfile.open(made.path) as archive:
        assert not [name for name in archive.getnames() if name.endswith(".key")]
    whole = gzip.decompress(Path(made.path).read_bytes())
    assert home.secret.encode() not in whole
    assert home.totp.encode() not in whole


def test_without_records_there_is_nothing_to_copy(tmp_path):
    empty = Settings(home=tmp_path / "none", database=tmp_path / "none" / "hantu.db")
    with pytest.raises(UsageError, match="데이터베이스가 없습니다"):
        make_backup(empty, tmp_path / "b", None, None, NOW)
    assert not (tmp_path / "b").exists()


@pytest.mark.requirement("SVC-16")
def test_the_keys_of_another_home_are_found_out_before_anything_is_moved(home, tmp_path):
    (tmp_path / "two").mkdir()
    other = Home(tmp_path / "two")
    made, foreign = home.make(), other.make()
    for act in (check_backup, lambda *words: restore_backup(*words, "kim", NOW)):
        with pytest.raises(BrokenError, match=r"풀 수 없습니다|바뀌었거나"):
            act(home.settings, Path(made.path), Path(foreign.keys))
    assert home.events() == ["before the backup"]
    assert not list(home.settings.home.glob("before-restore-*"))


def _rewritten(file: Path, change: Any) -> None:
    """Write a set anew with its members changed."""
    with tarfile.open(file) as archive:
        members = [(one.name, archive.extractfile(one).read()) for one in archive]  # type: ignore[union-attr]
    with tarfile.open(file, "w:gz") as archive:
        for name, body in change(dict(members)).items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))


def _manifest(members: dict[str, bytes], **changes: Any) -> dict[str, bytes]:
    told = json.loads(members["manifest.json"]) | changes
    return {**members, "manifest.json": json.dumps(told).encode()}


def _listed(members: dict[str, bytes], name: str) -> dict[str, bytes]:
    told = json.loads(members["manifest.json"])
    told["files"][name] = told["files"].pop("phone.db")
    body = members.pop("phone.db")
    return {
        "manifest.json": json.dumps(told).encode(),
        name: body,
        **{k: v for k, v in members.items() if k != "manifest.json"},
    }


DAMAGES = {
    # Of the sum at the end: elsewhere a bit may be one that means nothing when it is unpacked.
    "one bit": lambda file: file.write_bytes(bytes([*file.read_bytes()[:-6], file.read_bytes()[-6] ^ 4, *file.read_bytes()[-5:]])),
    "cut short": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "empty": lambda file: file.write_bytes(b""),
    "no archive": lambda file: file.write_text("hello"),
    "no manifest": lambda file: _rewritten(file, lambda all_: {k: v for k, v in all_.items() if k != "manifest.json"}),
    "a file too many": lambda file: _rewritten(file, lambda all_: {**all_, "extra": b"x"}),
    "a file too few": lambda file: _rewritten(file, lambda all_: {k: v for k, v in all_.items() if k != "phone.db"}),
    "another content": lambda file: _rewritten(file, lambda all_: {**all_, "phone.db": b"x" * len(all_["phone.db"])}),
    "a way out": lambda file: _rewritten(file, lambda all_: _listed(all_, "../../evil.db")),
    "a place of its own": lambda file: _rewritten(file, lambda all_: _listed(all_, "/tmp/evil.db")),
    "a newer release": lambda file: _rewritten(file, lambda all_: _manifest(all_, format=99)),
}  # fmt: skip


@pytest.mark.requirement("SVC-16")
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_found_out_and_nothing_is_moved(home, damage):
    made = home.make()
    DAMAGES[damage](Path(made.path))
    with pytest.raises(BrokenError, match="백업을 쓸 수 없습니다"):
        check_backup(home.settings, Path(made.path), None)
    with pytest.raises(BrokenError):
        home.restore(made)
    assert home.events() == ["before the backup"]
    assert sorted(path.name for path in home.settings.home.glob(".hantu-*")) == [], "nothing is left behind"


def test_records_of_a_newer_release_are_refused_before_anything_is_moved(home):
    with writing(home.settings.database) as connection:
        connection.execute("INSERT INTO schema_version (version, name, checksum) VALUES (999, 'later.sql', 'x')")
    made = home.make()
    with pytest.raises(BrokenError, match=r"새|newer|버전"):
        home.restore(made)
    assert not list(home.settings.home.glob("before-restore-*"))
    assert (home.settings.home / "server" / "server.db").exists()


def test_whoever_runs_is_not_pulled_away_from(home):
    made = home.make()
    lock = ProcessLock(home.settings.lock_file)
    lock.acquire()
    with pytest.raises(DeniedError):
        home.restore(made)
    lock.release()
    with pytest.raises(UsageError, match="그런 파일이 없습니다"):
        restore_backup(home.settings, home.backups / "none.tar.gz", None, "kim", NOW)


def test_a_stricter_switch_beside_the_records_and_signed_heads_stay(home):
    made = home.make()
    copy_of(home.settings.database).write_text('{"level": "hard", "reason": "later", "actor": "kim"}')
    heads = home.settings.audit_dir / "anchors.jsonl"
    heads.write_text("signed later\n")
    record_operation(home.settings.database, "test", {}, actor="kim")
    done = home.restore(made, keys=False)
    assert "hard" in copy_of(home.settings.database).read_text()
    assert heads.read_text() == "signed later\n"
    assert done.keys == ()
    assert home.signs_in(), "the keys that were there are left alone"
