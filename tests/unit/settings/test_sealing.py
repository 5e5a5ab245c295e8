"""The account behind the records: sealed, rotated, noticed when it is another one, and nowhere in clear."""

import logging
import shutil
from pathlib import Path

import pytest

from hantu.adapters.store.account_rows import (
    MARK_KEY,
    Account,
    is_other_account,
    open_accounts,
    record_account,
    reseal_accounts,
)
from hantu.adapters.store.maintenance import backup_database, init_database, writing
from hantu.adapters.vault import Vault
from hantu.domain.errors import BrokenError, DeniedError
from hantu.harness.workload import draw
from hantu.harness.world import World
from hantu.kis.environment import Credentials, EnvironmentName, KisEnvironment, real
from hantu.settings.model import AccountSettings, Settings
from hantu.settings.sealing import keep_account, keys_dir, require_own_records

NUMBER, HTS_ID = "73904418", "hong1974"
OWN = Account("real", "main", f"{NUMBER}-01", HTS_ID)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "hantu.db"
    init_database(path)
    return path


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "keys")


def raw(folder: Path) -> bytes:
    """Everything a thief of the folder has, but for the keys."""
    return b"".join(
        path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "keys" not in path.relative_to(folder).parts
    )


@pytest.mark.requirement("SVC-44")
def test_the_files_never_hold_the_account_and_every_key_opens_it(database: Path, vault: Vault, tmp_path: Path) -> None:
    assert record_account(database, vault, OWN)
    assert not record_account(database, vault, OWN), "the usual start writes nothing"
    backup_database(database, tmp_path / "copy.db")
    for canary in (NUMBER, HTS_ID, NUMBER[::-1]):
        assert canary.encode() not in raw(tmp_path)
    assert open_accounts(database, vault) == (OWN,)
    assert open_accounts(database, Vault(tmp_path / "keys")) == (OWN,)


@pytest.mark.requirement("SVC-44")
def test_a_rotation_seals_anew_and_may_be_interrupted(database: Path, vault: Vault, tmp_path: Path) -> None:
    record_account(database, vault, OWN)
    record_account(database, vault, Account("paper", "second", "11112222-01", "kim"))
    vault.renew()  # and the machine went down
    assert len(open_accounts(database, vault)) == 2, "both keys are there"
    assert reseal_accounts(database, vault) == 4
    assert reseal_accounts(database, vault) == 0
    (tmp_path / "keys" / "0001.key").unlink()
    assert OWN in open_accounts(database, Vault(tmp_path / "keys"))
    assert not is_other_account(database, vault, OWN), "the mark has a key of its own"


@pytest.mark.requirement("SVC-44")
def test_a_sealed_field_opens_only_where_it_was_sealed(database: Path, vault: Vault) -> None:
    record_account(database, vault, OWN)
    record_account(database, vault, Account("real", "second", "11112222-01", "kim"))
    swaps = (
        "UPDATE accounts SET number_sealed = (SELECT number_sealed FROM accounts WHERE account = 'second') WHERE account = 'main'",
        "UPDATE accounts SET number_sealed = hts_id_sealed WHERE account = 'main'",
    )
    for swap in swaps:
        with writing(database) as connection:
            connection.execute(swap)
        with pytest.raises(BrokenError):
            open_accounts(database, vault)


def settings_of(home: Path, alias: str = "main") -> Settings:
    return Settings(home=home, database=home / "hantu.db", environment="real", account=AccountSettings(alias=alias))


def broker(number: str) -> KisEnvironment:
    return real(Credentials(EnvironmentName.REAL, number, "key", "secret", "01", HTS_ID, "main"))


@pytest.mark.requirement("SVC-44")
def test_a_guard_does_not_go_by_the_records_of_another_account(database: Path, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    require_own_records(settings, broker(NUMBER))
    keep_account(settings, broker(NUMBER))
    require_own_records(settings, broker(NUMBER))
    with pytest.raises(DeniedError, match="다른 계좌"):
        require_own_records(settings, broker("11112222"))
    require_own_records(settings_of(tmp_path, "second"), broker("11112222"))
    shutil.rmtree(keys_dir(settings))
    require_own_records(settings, broker("11112222"))
    keep_account(settings, broker(NUMBER))
    assert open_accounts(database, Vault(keys_dir(settings))) == (OWN,), "restored without keys: they are made anew"


def test_records_that_cannot_be_read_are_left_to_who_opens_them_next(database: Path, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    keep_account(settings, broker(NUMBER))
    database.write_bytes(b"garbage" * 1_000)
    require_own_records(settings, broker("11112222"))


def test_records_of_an_earlier_release_know_no_account(database: Path, vault: Vault) -> None:
    vault.named(MARK_KEY)
    with writing(database) as connection:
        connection.execute("DROP TABLE accounts")
    # No migration here: whoever asks before the guard has opened the records finds them as they were.
    assert not is_other_account(database, vault, OWN)
    assert open_accounts(database, vault) == ()


@pytest.mark.requirement("SVC-44")
def test_a_whole_day_leaves_no_trace_of_the_account_number(tmp_path: Path) -> None:
    """Real guard, real store, spill, kill copy and logs of a simulated day: orders, notices, balances of the account."""
    logging.disable(logging.NOTSET)
    world = World(draw(7), tmp_path)
    world.play()
    number = world.judge.account[:8]
    assert len(number) == 8
    found = raw(tmp_path)
    assert len(found) > 100_000
    assert number.encode() not in found
