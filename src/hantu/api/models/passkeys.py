"""Bodies about passkeys; bytes of a device travel in base64url without padding."""

from typing import Annotated, TypeAlias

from pydantic import Field, StringConstraints

from hantu.api.models.shapes import Ask, View

_B64 = r"^[A-Za-z0-9_-]+$"
CredentialId: TypeAlias = Annotated[str, StringConstraints(pattern=_B64, max_length=1_364)]
"""1023 bytes at most, says the standard."""
Handle: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]*$", max_length=88)]
ClientData: TypeAlias = Annotated[str, StringConstraints(pattern=_B64, max_length=4_000)]
DeviceData: TypeAlias = Annotated[str, StringConstraints(pattern=_B64, max_length=2_000)]
Made: TypeAlias = Annotated[str, StringConstraints(pattern=_B64, max_length=4_000)]
Signature: TypeAlias = Annotated[str, StringConstraints(pattern=_B64, max_length=1_000)]
Label: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f]+$")]


class PasskeyChallenge(View):
    """What a device is to sign; for one answer, soon."""

    challenge: str
    rp_id: str = Field(examples=["localhost"], description="The host name passkeys of this server are bound to.")
    origins: list[str] = Field(
        examples=[["http://localhost:8700"]], description="Addresses of the dashboard under which a passkey answers."
    )
    timeout_s: float
    credential_ids: list[str] = Field(
        description="Signing in: empty, the device knows. Before a risky wish: one's own keys. Registering: keys that are there already."
    )


class PasskeyOffer(PasskeyChallenge):
    """What a device makes a new key of."""

    user: str
    user_handle: str = Field(description="Random; says nothing of the person.")
    algorithms: list[int] = Field(examples=[[-7, -8, -257]], description="COSE numbers, the best first.")


class PasskeyAnswer(Ask):
    """What a device signed."""

    credential_id: CredentialId
    client_data: ClientData
    authenticator_data: DeviceData
    signature: Signature
    user_handle: Handle = ""


class PasskeyNew(Ask):
    """A key that a device made, and what its owner calls it."""

    name: Label = Field(examples=["사무실 노트북"])
    credential_id: CredentialId
    client_data: ClientData
    attestation_object: Made


class PasskeyRow(View):
    """One of one's own passkeys."""

    passkey_id: str
    name: str
    created_at: str
    last_used_at: str = Field(description="Empty: never.")
    blocked_at: str = Field(description="Since when it lets nobody in, because its counter went back; empty: it does.")
    backed_up: bool = Field(description="Kept by a service that copies it to other devices.")


class PasskeyList(View):
    items: list[PasskeyRow]


class PasskeyProof(View):
    """Stands for a code, once, within a minute, in this session: send it as ``X-Hantu-Code``."""

    proof: str
