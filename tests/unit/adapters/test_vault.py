"""Sealed values: of one place, of one key, and a rotation that may be interrupted. S10, S18."""

from pathlib import Path

import pytest

from hantu.adapters.accounts.book import Book
from hantu.adapters.accounts.doorkeeper import Lifetimes, SignInDesk, reseal
from hantu.adapters.accounts.register import CONSOLE, AccountRegister
from hantu.adapters.vault import NONCE_BYTES, NUMBER_BYTES, Vault
from hantu.domain.access import Role
from hantu.domain.errors import BrokenError


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "keys")


def test_what_is_sealed_for_one_place_opens_nowhere_else(vault: Vault) -> None:
    one, other = vault.seal(b"seed", "users|totp|1"), vault.seal(b"seed", "users|totp|2")
    assert vault.open(one, "users|totp|1") == b"seed"
    for sealed, place in ((one, "users|totp|2"), (other, "users|totp|1"), (one, "users|enrol|1")):
        with pytest.raises(BrokenError):
            vault.open(sealed, place)


def test_no_bit_can_be_changed(vault: Vault) -> None:
    sealed = vault.seal(b"seed", "p")
    for index in range(len(sealed)):
        changed = bytearray(sealed)
        changed[index] ^= 1
        with pytest.raises(BrokenError):
            vault.open(bytes(changed), "p")
    with pytest.raises(BrokenError):
        vault.open(b"", "p")


def test_no_nonce_comes_twice(vault: Vault) -> None:
    nonces = {vault.seal(b"x", "p")[NUMBER_BYTES:][:NONCE_BYTES] for _ in range(2_000)}
    assert len(nonces) == 2_000


def test_the_keys_are_their_owners_alone_and_a_lost_key_is_said(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "keys")
    sealed = vault.seal(b"seed", "p")
    (key,) = (tmp_path / "keys").iterdir()
    assert key.stat().st_mode & 0o077 == 0
    key.rename(tmp_path / "elsewhere")
    with pytest.raises(BrokenError, match="암호 키 1번"):
        Vault(tmp_path / "keys").open(sealed, "p")


@pytest.mark.requirement("SVC-44")
def test_a_rotation_that_was_interrupted_is_simply_done_again(tmp_path: Path) -> None:
    book, vault = Book(tmp_path / "server.db", lambda: 1_000_000.0), Vault(tmp_path / "keys")
    desk = SignInDesk(book, vault, Lifetimes(900, 28_800), actor_of=str, tell=lambda *_: None)
    register = AccountRegister(book, lambda *_: None)
    codes, seeds = {}, {}
    for name in ("ann", "ben", "cho"):
        codes[name] = register.add_user(name, Role.VIEWER, by=CONSOLE)["enrolment_code"]
        seeds[name] = desk.enrol_begin(name, codes[name], source="console")["secret"]
    vault.renew()

    class Dying(Vault):
        left = 1

        def seal(self, plain: bytes, place: str) -> bytes:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return super().seal(plain, place)

    with pytest.raises(KeyboardInterrupt):
        reseal(book, Dying(tmp_path / "keys"))

    def read() -> dict[str, str]:
        return {name: str(desk.enrol_begin(name, code, source="console")["secret"]) for name, code in codes.items()}

    assert read() == seeds, "both keys open"
    assert reseal(book, vault) == 2
    assert reseal(book, vault) == 0
    (tmp_path / "keys" / "0001.key").unlink()
    assert read() == seeds, "the old key is needed no more"
    book.close()
