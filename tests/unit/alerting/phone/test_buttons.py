"""What a button carries cannot be made, changed or used by anybody else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.alerting.phone.buttons import LIFE_S, NONCE, SUBJECT_MAX, Press, digest, opened, sealed
from hantu.domain.delivery import BUTTON_DATA_BYTES

KEY, OTHER = b"k" * 32, b"o" * 32
NOW = 1_790_000_000.0
SUBJECT = "A-1b2c3d4e/89abcdef"


@pytest.mark.parametrize("press", list(Press))
def test_what_was_put_in_comes_out(press):
    data = sealed(KEY, 101, press, SUBJECT, b"n" * NONCE, NOW)
    assert len(data.encode()) <= BUTTON_DATA_BYTES
    found = opened(KEY, 101, data)
    assert found is not None
    assert (found.press, found.subject, found.nonce) == (press, SUBJECT, (b"n" * NONCE).hex())
    assert found.until_s == NOW + LIFE_S[press]


@pytest.mark.requirement("SVC-42")
def test_another_person_s_another_home_s_and_forged_buttons_open_nothing():
    data = sealed(KEY, 101, Press.APPROVE, SUBJECT, b"n" * NONCE, NOW)
    assert opened(KEY, 102, data) is None
    assert opened(OTHER, 101, data) is None
    for forged in ("", "a", "approve", data + "A", data[:-1], "=" * 8, "한글", "\x00", data.replace("_", "/") + "="):
        assert opened(KEY, 101, forged) is None


@given(st.integers(0, 62), st.integers(1, 63))
def test_a_button_with_one_sign_changed_opens_nothing(at, by):
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    data = sealed(KEY, 101, Press.KILL, "x" * SUBJECT_MAX, b"n" * NONCE, NOW)
    at %= len(data)
    changed = data[:at] + signs[(signs.index(data[at]) + by) % 64] + data[at + 1 :]
    assert opened(KEY, 101, changed) is None


def test_a_body_without_our_mark_opens_nothing_whatever_it_says():
    body = b"k" + int(NOW).to_bytes(4, "big") + b"n" * NONCE
    assert opened(KEY, 101, base64.urlsafe_b64encode(body + b"\0" * 12).decode().rstrip("=")) is None


def test_what_does_not_fit_is_not_made():
    with pytest.raises(ValueError):
        sealed(KEY, 1, Press.KILL, "x" * (SUBJECT_MAX + 1), b"n" * NONCE, NOW)
    with pytest.raises(ValueError):
        sealed(KEY, 1, Press.KILL, "", b"n", NOW)
    assert len(digest("x" * 1_000)) == 16
