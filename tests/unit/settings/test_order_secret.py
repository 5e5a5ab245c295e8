"""The secret that signs orders: its names, its length, and that nobody ever sees it."""

from pathlib import Path

import msgspec
import pytest

from hantu.adapters.store.maintenance import init_database
from hantu.domain.approval import MandateRow
from hantu.domain.errors import UsageError
from hantu.runtime.mandate_watch import judged
from hantu.settings.loading import default_local_settings, load_settings
from hantu.settings.model import Rule, Settings
from hantu.settings.order_office import new_mandate, sign_for_practice
from hantu.settings.order_secret import rules_hash, token_key

GOOD = "of this test and long enough: 0123456789"
OTHER = "another one that is long enough: 9876543210"


def loaded(tmp_path: Path, environ: dict[str, str], text: str = 'environment = "paper"\n') -> Settings:
    file = tmp_path / "hantu.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, {"HANTU_HOME": str(tmp_path / "var"), **environ})[0]


@pytest.mark.requirement("ALR-43", "DEC-25")
@pytest.mark.parametrize(
    "environ",
    [{}, {"EXECUTION_JWT_SECRET": ""}, {"EXECUTION_JWT_SECRET": "too short"}],
    ids=["unset", "empty", "short"],
)
def test_outside_practice_nothing_starts_without_a_secret_and_no_value_is_shown(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    settings = loaded(tmp_path, environ)
    with pytest.raises(UsageError) as caught:
        token_key(settings)
    assert "EXECUTION_JWT_SECRET" in str(caught.value)
    assert "too short" not in str(caught.value) + caught.value.next_step + repr(settings)


@pytest.mark.requirement("DEC-25")
def test_the_old_name_is_taken_and_two_different_values_are_not(tmp_path: Path) -> None:
    assert token_key(loaded(tmp_path, {"EXECUTION_JWT_SECRET": GOOD})).secret == GOOD.encode()
    assert token_key(loaded(tmp_path, {"JWT_SECRET": GOOD})).secret == GOOD.encode()
    assert token_key(loaded(tmp_path, {"JWT_SECRET": GOOD, "EXECUTION_JWT_SECRET": GOOD})).secret == GOOD.encode()
    with pytest.raises(UsageError) as caught:
        loaded(tmp_path, {"JWT_SECRET": GOOD, "EXECUTION_JWT_SECRET": OTHER})
    assert GOOD not in str(caught.value) and OTHER not in str(caught.value)


def test_a_file_holds_it_too_and_the_configuration_never_does(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(GOOD)
    secret.chmod(0o600)
    settings = loaded(tmp_path, {}, f'environment = "paper"\n[approvals]\nsecret_file = "{secret}"\n')
    assert token_key(settings).secret == GOOD.encode()
    with pytest.raises(UsageError):
        loaded(tmp_path, {}, f'environment = "paper"\n[approvals]\nsecret = "{GOOD}"\n')


def test_practice_draws_its_own_and_keeps_it(tmp_path: Path) -> None:
    settings = default_local_settings("http://127.0.0.1:5", "ws://127.0.0.1:6", tmp_path)
    first = token_key(settings)
    assert first == token_key(settings) and len(first.secret) >= 32
    (file,) = settings.token_dir.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("address", ["0.0.0.0:8790", "example.com:80", "127.0.0.1", "127.0.0.1:99999", ":80"])
def test_the_control_address_is_of_this_machine(tmp_path: Path, address: str) -> None:
    environ = {"HANTU_GUARD_CONTROL_ADDRESS": address, "HANTU_CLIENT_SECRET": GOOD}
    with pytest.raises(UsageError):
        loaded(tmp_path, environ)


def test_the_control_address_needs_a_secret_for_its_clients(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        loaded(tmp_path, {"HANTU_GUARD_CONTROL_ADDRESS": "127.0.0.1:0"})
    with pytest.raises(UsageError):
        loaded(tmp_path, {"HANTU_GUARD_CONTROL_ADDRESS": "127.0.0.1:0", "HANTU_CLIENT_SECRET": "short"})
    assert loaded(tmp_path, {"HANTU_GUARD_CONTROL_ADDRESS": "127.0.0.1:0", "HANTU_CLIENT_SECRET": GOOD})


@pytest.mark.requirement("DEC-25")
def test_a_mandate_holds_until_the_exit_rules_change_or_it_is_revoked(tmp_path: Path) -> None:
    settings = default_local_settings("http://127.0.0.1:5", "ws://127.0.0.1:6", tmp_path)
    key, mandate = token_key(settings), new_mandate(settings, "operator", {"005930": 5})
    row = MandateRow(key.sign_mandate(mandate), "", "", 0, "", 29)
    assert judged(row, key, rules_hash(settings)).mandate == mandate
    assert judged(row, key, rules_hash(settings)).review_days == 0
    assert judged(MandateRow(row.document, "", "", 0, "", 30), key, rules_hash(settings)).review_days == 30
    for changed in (
        msgspec.structs.replace(settings, exits=msgspec.structs.replace(settings.exits, stop_bps=301)),
        msgspec.structs.replace(settings, rules=(Rule(symbol="005930", stop_price=60_000),)),
        msgspec.structs.replace(settings, guard=msgspec.structs.replace(settings.guard, default_rule=False)),
    ):
        assert judged(row, key, rules_hash(changed)).reason == "rules_changed"
    assert (
        judged(MandateRow(row.document, "bob", "2026-11-23", 0, "", 0), key, rules_hash(settings)).reason == "revoked"
    )
    assert (
        judged(MandateRow(row.document + "x", "", "", 0, "", 0), key, rules_hash(settings)).reason
        == "invalid_signature"
    )
    assert judged(None, key, rules_hash(settings)).reason == "none"


@pytest.mark.requirement("DEC-25")
def test_practice_signs_by_itself_once_and_not_against_a_persons_will(tmp_path: Path) -> None:
    from hantu.adapters.store.approvals import revoke_mandate

    settings = default_local_settings("http://127.0.0.1:5", "ws://127.0.0.1:6", tmp_path)
    init_database(settings.database)
    key = token_key(settings)
    assert sign_for_practice(settings, key) and not sign_for_practice(settings, key)
    changed = msgspec.structs.replace(settings, exits=msgspec.structs.replace(settings.exits, stop_bps=301))
    assert sign_for_practice(changed, key), "new rules, new signature"
    revoke_mandate(settings.database, "local", "main", actor="op")
    assert not sign_for_practice(changed, key)
