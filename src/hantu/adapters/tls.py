"""A certificate authority of one's own, and a server's certificate from it (``hantu tls init``).

ECDSA P-256. The authority lives ten years, a server's certificate 397 days, as
browsers ask; both keys are readable by their owner only. Nothing here is sent anywhere.
"""

import ipaddress
import os
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hantu.domain.errors import BrokenError, UsageError

CA_FILE, CA_KEY, SERVER_FILE, SERVER_KEY = "ca.pem", "ca-key.pem", "server.pem", "server-key.pem"
CA_LIFE: Final = timedelta(days=3_650)
SERVER_LIFE: Final = timedelta(days=397)
LATE: Final = timedelta(minutes=5)
"""Clocks of browsers may be behind by so much."""


def init_tls(folder: Path, names: Sequence[str], now: datetime) -> Path:
    """Make the authority if there is none, and a fresh certificate for ``names``; return the authority's file.

    Raises:
        UsageError: No name was given.
        BrokenError: The folder cannot be written, or the authority's key cannot be read.
    """
    if not names:
        raise UsageError(
            "인증서에 넣을 이름이 없습니다.", next_step="`hantu tls init --name hantu.example` 처럼 적으세요."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (folder / CA_KEY).exists():
            _new_authority(folder, now)
        _new_server(folder, names, now)
    except (OSError, ValueError) as error:
        raise BrokenError(f"인증서를 만들 수 없습니다: {error}", next_step=f"{folder} 의 권한을 확인하세요.") from error
    return folder / CA_FILE


def has_certificate(folder: Path) -> bool:
    """Tell whether a server can be started with what is there."""
    return (folder / SERVER_FILE).is_file() and (folder / SERVER_KEY).is_file()


def server_context(folder: Path) -> ssl.SSLContext:
    """Return what a server needs to speak TLS 1.2 or newer.

    Raises:
        UsageError: Certificate or key cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(folder / SERVER_FILE, folder / SERVER_KEY)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"인증서를 쓸 수 없습니다({type(error).__name__}: {error}).",
            next_step="`hantu tls init` 으로 다시 만드세요.",
        ) from error
    return context


def _new_authority(folder: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hantu local authority")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - LATE)
        .not_valid_after(now + CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(folder / CA_KEY, _private(key), 0o600)
    _write(folder / CA_FILE, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _new_server(folder: Path, names: Sequence[str], now: datetime) -> None:
    authority = x509.load_pem_x509_certificate((folder / CA_FILE).read_bytes())
    signing = serialization.load_pem_private_key((folder / CA_KEY).read_bytes(), None)
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - LATE)
        .not_valid_after(now + SERVER_LIFE)
        .add_extension(x509.SubjectAlternativeName([_name(one) for one in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .sign(signing, hashes.SHA256())
    )
    _write(folder / SERVER_KEY, _private(key), 0o600)
    _write(folder / SERVER_FILE, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, key_cert_sign=signs, crl_sign=signs, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
