"""A device that holds passkeys, in software: makes keys, signs challenges, and does it wrong where a test wants it."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN, RP_ID = "http://localhost:8700", "localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


@dataclass
class Kept:
    """One key inside a device."""

    private: ec.EllipticCurvePrivateKey
    handle: str


@dataclass
class Device:
    """Counts its uses from ``counter`` on; a synced one (``steps`` 0) does not count."""

    counter: int = 0
    steps: int = 1
    keys: dict[str, Kept] = field(default_factory=dict)

    def make(self, offer: Mapping[str, Any], name: str = "phone", **wrong: Any) -> dict[str, str]:
        """Make a key of an offer; what a browser sends then."""
        private = ec.generate_private_key(ec.SECP256R1())
        plain_id = secrets.token_bytes(16)
        self.keys[b64(plain_id)] = Kept(private, offer["user_handle"])
        point = private.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + len(plain_id).to_bytes(2, "big") + plain_id + cbor2.dumps(cose)
        data = self._data(wrong, ATTESTED) + attested
        client = self._client("webauthn.create", offer["challenge"], wrong)
        kind, statement = wrong.get("fmt", "none"), wrong.get("statement", {})
        if kind == "packed":  # it vouches for itself, and rightly
            statement = {"alg": -7, "sig": self._signed(private, data, client)}
        made = cbor2.dumps({"fmt": kind, "attStmt": statement, "authData": data})
        return {
            "name": name, "credential_id": b64(plain_id), "attestation_object": b64(made), "client_data": client,
        }  # fmt: skip

    def sign(self, asked: Mapping[str, Any], **wrong: Any) -> dict[str, str]:
        """Answer a challenge with the newest key, or the one that is wanted."""
        ident = wrong.get("key", next(reversed(self.keys)))
        kept = self.keys[ident]
        client, data = self._client("webauthn.get", asked["challenge"], wrong), self._data(wrong, 0)
        signature = self._signed(wrong.get("private", kept.private), data, client)
        return {
            "credential_id": ident, "client_data": client, "authenticator_data": b64(data), "signature": b64(signature),
            "user_handle": wrong.get("handle", kept.handle),
        }  # fmt: skip

    def copy(self) -> "Device":
        """What a thief has who copied the keys: they count from where they were."""
        return Device(self.counter, self.steps, dict(self.keys))

    @staticmethod
    def _signed(private: ec.EllipticCurvePrivateKey, data: bytes, client: str) -> bytes:
        plain = base64.urlsafe_b64decode(client + "==")
        return private.sign(data + hashlib.sha256(plain).digest(), ec.ECDSA(SHA256()))

    def _data(self, wrong: Mapping[str, Any], more: int) -> bytes:
        self.counter += self.steps
        flags = PRESENT | (0 if wrong.get("verified") is False else VERIFIED) | more
        rp_hash = hashlib.sha256(wrong.get("rp_id", RP_ID).encode()).digest()
        return rp_hash + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, wrong: Mapping[str, Any]) -> str:
        told = {
            "type": wrong.get("type", kind), "challenge": wrong.get("challenge", challenge),
            "origin": wrong.get("origin", ORIGIN), "crossOrigin": wrong.get("cross", False),
        }  # fmt: skip
        return b64(json.dumps(told).encode())
