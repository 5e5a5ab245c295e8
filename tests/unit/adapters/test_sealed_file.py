"""A sealed copy opens whole with its key, and never when anything about it was changed. S10."""

from pathlib import Path

import pytest

from hantu.adapters import sealed_file
from hantu.adapters.sealed_file import LENGTH_BYTES, MARK, NAME_BYTES, open_file, seal_file
from hantu.adapters.vault import Vault
from hantu.domain.errors import BrokenError, UsageError

CANARY = b"order of a person"


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_file, "PIECE_BYTES", 64)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "keys")


@pytest.mark.requirement("SVC-44")
@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 1_000])
def test_a_copy_comes_back_byte_for_byte(vault: Vault, tmp_path: Path, size: int) -> None:
    source, sealed, back = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    plain = (CANARY * (size // len(CANARY) + 1))[:size]
    source.write_bytes(plain)
    assert seal_file(vault, source, sealed) == sealed.stat().st_size
    assert size < len(CANARY) or CANARY not in sealed.read_bytes()
    vault.renew()
    assert open_file(vault, sealed, back) == size, "an older copy opens after a rotation"
    assert back.read_bytes() == plain
    assert (sealed.stat().st_mode & 0o077, back.stat().st_mode & 0o077) == (0, 0)


@pytest.mark.requirement("SVC-44")
def test_no_byte_can_be_changed_and_no_piece_moved_repeated_or_cut_off(vault: Vault, tmp_path: Path) -> None:
    source, sealed, other = tmp_path / "a", tmp_path / "b", tmp_path / "b2"
    source.write_bytes(bytes(range(200)))
    seal_file(vault, source, sealed)
    seal_file(vault, source, other)
    kept = sealed.read_bytes()
    head, pieces = pieces_of(kept)
    _, foreign = pieces_of(other.read_bytes())
    broken = [kept[:index] + bytes((kept[index] ^ 1,)) + kept[index + 1 :] for index in range(len(MARK), len(kept), 3)]
    broken += [kept[:length] for length in range(len(MARK), len(kept))]
    broken += [head + b"".join(some) for some in (
        pieces[::-1], [pieces[0], *pieces], pieces[:-1], [*pieces, pieces[-1]], [foreign[0], *pieces[1:]], pieces[1:],
    )]  # fmt: skip
    for number, text in enumerate(broken):
        wrong, back = tmp_path / f"w{number}", tmp_path / f"o{number}"
        wrong.write_bytes(text)
        with pytest.raises(BrokenError):
            open_file(vault, wrong, back)
        assert not back.exists(), "nothing half is left behind"
        wrong.unlink()


def test_a_stranger_opens_nothing_and_nothing_is_written_over(vault: Vault, tmp_path: Path) -> None:
    source, sealed = tmp_path / "a", tmp_path / "b"
    source.write_bytes(CANARY)
    seal_file(vault, source, sealed)
    stranger = Vault(tmp_path / "other keys")
    stranger.renew()
    with pytest.raises(BrokenError):
        open_file(stranger, sealed, tmp_path / "c")
    with pytest.raises(UsageError):
        open_file(vault, source, tmp_path / "c")
    for work in (lambda: seal_file(vault, source, sealed), lambda: open_file(vault, sealed, source)):
        with pytest.raises(UsageError, match="이미 있는"):
            work()
    assert source.read_bytes() == CANARY


def pieces_of(text: bytes) -> tuple[bytes, list[bytes]]:
    at = len(MARK) + NAME_BYTES
    head, found = text[:at], []
    while at < len(text):
        length = int.from_bytes(text[at : at + LENGTH_BYTES], "big") + LENGTH_BYTES + 1
        found.append(text[at : at + length])
        at += length
    return head, found
