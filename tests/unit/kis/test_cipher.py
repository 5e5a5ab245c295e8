"""The cipher of the notices: both ways, and what is not a cipher text."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.kis.cipher import NoticeCipher
from hantu.kis.frames import MalformedFrame

KEY, IV = "npudbpdylbqfsndkjgvknsjgsveanbca", "96de248bda413d58"


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=200))
def test_what_is_encrypted_is_decrypted(text):
    cipher = NoticeCipher(KEY, IV)
    assert cipher.decrypt(cipher.encrypt(text)) == text


def test_the_cipher_is_the_one_of_the_documents():
    # AES-256-CBC of "hantu", computed with openssl from the ASCII bytes of key and vector.
    assert NoticeCipher("0" * 32, "0" * 16).encrypt("hantu") == "mKi5Q91jwrSD4miNklgLyQ=="


@given(st.binary(max_size=100))
def test_no_payload_breaks_it(payload):
    cipher = NoticeCipher(KEY, IV)
    for text in (base64.b64encode(payload).decode(), payload.decode("latin-1")):
        try:
            cipher.decrypt(text)
        except MalformedFrame as error:
            assert len(str(error)) < 100


def test_another_sessions_key_is_noticed():
    sealed = NoticeCipher(KEY, IV).encrypt("USER^1234567801^0000001562")
    with pytest.raises(MalformedFrame):
        NoticeCipher(KEY[::-1], IV).decrypt(sealed)


@pytest.mark.parametrize(("key", "iv"), [("", IV), (KEY[:31], IV), (KEY, IV[:15]), ("한" * 32, IV)])
def test_keys_of_the_wrong_shape_are_refused(key, iv):
    with pytest.raises(MalformedFrame):
        NoticeCipher(key, iv)


@pytest.mark.parametrize("sealed", ["", "a", "ab==", "****", "QUJD", "한글"])
def test_what_is_no_cipher_text_is_refused(sealed):
    with pytest.raises(MalformedFrame):
        NoticeCipher(KEY, IV).decrypt(sealed)
