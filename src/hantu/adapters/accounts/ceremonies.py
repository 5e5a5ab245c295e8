"""What passkeys sign and how it is checked (WebAuthn level 2): challenges that count once, answers, proofs.

1. A challenge is for one purpose and one session, and is spent before its answer is looked at.
2. Every answer is of our host name and one of our addresses, with the person verified by the device.
3. Whatever a stranger's bytes make the library raise is a refusal, never a fault of ours.
"""

import base64
import binascii
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from hantu.adapters.accounts import factors
from hantu.adapters.accounts.book import Book
from hantu.adapters.store.sqlite import Connection
from hantu.domain.access import AccessError

CHALLENGE_S: Final = 120.0
CHALLENGES_MAX: Final = 10_000
"""That wait for an answer, for each session or for all strangers together; the oldest go first."""
PROOF_S: Final = 60.0
PROOF_MARK: Final = "pk_"
"""By which a proof of a passkey is told from a code of six digits."""
SECRET_BYTES: Final = 32
ALGORITHMS: Final = (-7, -8, -257)
"""ES256, EdDSA, RS256: what phones, security keys and Windows Hello make."""
T = TypeVar("T")


class Purpose(StrEnum):
    """What a challenge may be answered for."""

    SIGN_IN = "sign_in"
    REGISTER = "register"
    STEP_UP = "step_up"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """What passkeys of this server are bound to."""

    rp_id: str
    """A host name; a passkey never answers to another one."""
    origins: tuple[str, ...]
    """Addresses (scheme, host, port) pages may ask from."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a device made."""

    credential_id: bytes
    public_key: bytes
    """COSE, as it is given to the library again."""
    sign_count: int
    backed_up: bool


@dataclass(frozen=True, slots=True)
class Use:
    """What a device said while it signed."""

    sign_count: int
    backed_up: bool


def new_challenge(book: Book, purpose: Purpose, owner: str = "") -> str:
    """Return a fresh challenge in base64url for one session (``owner``), or for whoever comes."""
    challenge, now = secrets.token_urlsafe(SECRET_BYTES), book.now_s()
    with book.writing() as connection:
        connection.execute("DELETE FROM passkey_challenges WHERE expires_at <= ?", (now,))
        connection.execute(
            """DELETE FROM passkey_challenges WHERE challenge_hash IN (SELECT challenge_hash FROM passkey_challenges
                WHERE owner = ? ORDER BY expires_at DESC LIMIT -1 OFFSET ?)""",
            (owner, CHALLENGES_MAX - 1),
        )
        connection.execute(
            "INSERT INTO passkey_challenges (challenge_hash, purpose, owner, expires_at) VALUES (?, ?, ?, ?)",
            (factors.secret_hash(challenge), purpose.value, owner, now + CHALLENGE_S),
        )
    return challenge


def spend_challenge(book: Book, purpose: Purpose, client_data: str, owner: str = "") -> bytes:
    """Return the challenge an answer was made for; it is gone from now on, whatever the answer is worth.

    Raises:
        AccessError: Not one of ours, of another purpose or session, used before, or too old.
    """
    challenge = _challenge_in(client_data)
    with book.writing() as connection:
        found = connection.execute(
            "DELETE FROM passkey_challenges WHERE challenge_hash = ? AND purpose = ? AND owner = ? AND expires_at > ?",
            (factors.secret_hash(challenge), purpose.value, owner, book.now_s()),
        ).rowcount
    if not found:
        raise refusal()
    return plain_of(challenge)


def verified_new(party: RelyingParty, answer: Mapping[str, str], challenge: bytes) -> NewKey:
    """Return the key a device made for this challenge.

    Raises:
        AccessError: It was not made for us, or nobody was verified.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.structs import AttestationFormat

    made = _or_refused(
        lambda: verify_registration_response(
            credential=_shaped(answer, ("clientDataJSON", "client_data"), ("attestationObject", "attestation_object")),
            expected_challenge=challenge, expected_rp_id=party.rp_id, expected_origin=list(party.origins),
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(number) for number in ALGORITHMS],
        )
    )  # fmt: skip
    # No attestation is asked for: which make a device is decides nothing here.
    if made.fmt != AttestationFormat.NONE or made.credential_id != plain_of(answer["credential_id"]):
        raise refusal()
    return NewKey(made.credential_id, made.credential_public_key, made.sign_count, made.credential_backed_up)


def verified_use(party: RelyingParty, answer: Mapping[str, str], public_key: bytes, challenge: bytes) -> Use:
    """Return what a device said with its signature over this challenge; its counter is for the caller to judge.

    Raises:
        AccessError: Another key, another place, or nobody was verified.
    """
    from webauthn import verify_authentication_response

    names = (("clientDataJSON", "client_data"), ("authenticatorData", "authenticator_data"), ("signature", "signature"))
    used = _or_refused(
        lambda: verify_authentication_response(
            credential=_shaped(answer, *names), expected_challenge=challenge, expected_rp_id=party.rp_id,
            expected_origin=list(party.origins), credential_public_key=public_key,
            # Compared where it is written down, in one step: two uses at one moment are no two sign-ins.
            credential_current_sign_count=0, require_user_verification=True,
        )
    )  # fmt: skip
    return Use(used.new_sign_count, used.credential_backed_up)


def new_proof(book: Book, connection: Connection, session_id: str) -> str:
    """Return what counts once, for a minute, as a code of this session."""
    proof, now = PROOF_MARK + secrets.token_urlsafe(SECRET_BYTES), book.now_s()
    connection.execute("DELETE FROM passkey_proofs WHERE expires_at <= ? OR session_id = ?", (now, session_id))
    connection.execute(
        "INSERT INTO passkey_proofs (proof_hash, session_id, expires_at) VALUES (?, ?, ?)",
        (factors.secret_hash(proof), session_id, now + PROOF_S),
    )
    return proof


def spend_proof(book: Book, session_id: str, proof: str) -> None:
    """Take a proof.

    Raises:
        AccessError: There is none such for this session, or it was used or is too old.
    """
    with book.writing() as connection:
        found = connection.execute(
            "DELETE FROM passkey_proofs WHERE proof_hash = ? AND session_id = ? AND expires_at > ?",
            (factors.secret_hash(proof), session_id, book.now_s()),
        ).rowcount
    if not found:
        raise AccessError(
            "code_wrong", "패스키 확인이 지났거나 이미 쓰였습니다.", next_step="패스키로 다시 확인하세요."
        )


def refusal() -> AccessError:
    """Return the one word for every answer that is not believed."""
    return AccessError(
        "passkey_wrong", "패스키를 확인하지 못했습니다.",
        next_step="다시 시도하고, 되지 않으면 비밀번호와 인증 앱 코드로 로그인하세요.",
    )  # fmt: skip


def plain_of(text: str) -> bytes:
    """Return what base64url without padding stands for.

    Raises:
        AccessError: It is none.
    """
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise refusal() from None
    if text_of_bytes(plain) != text:
        raise refusal()  # one value, one spelling
    return plain


def text_of_bytes(plain: bytes) -> str:
    """Return bytes in base64url without padding."""
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def _challenge_in(client_data: str) -> str:
    try:
        found = json.loads(plain_of(client_data))
    except (ValueError, RecursionError):
        raise refusal() from None
    challenge = found.get("challenge") if isinstance(found, dict) else None
    # A page inside somebody else's page is none of ours.
    if not isinstance(challenge, str) or found.get("crossOrigin") or found.get("topOrigin"):
        raise refusal()
    return challenge


def _shaped(answer: Mapping[str, str], *names: tuple[str, str]) -> dict[str, Any]:
    """Return an answer as browsers shape it and the library reads it."""
    ident = answer["credential_id"]
    return {
        "id": ident, "rawId": ident, "type": "public-key",
        "response": {theirs: answer[ours] for theirs, ours in names},
    }  # fmt: skip


def _or_refused(work: Callable[[], T]) -> T:
    try:
        return work()
    except Exception as error:
        # The library raises many kinds for bytes that are none of a device.
        raise refusal() from error
