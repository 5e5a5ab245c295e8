"""One-time order tokens and standing mandates: compact JWS with one fixed form.

A token is ``header.claims.signature``. The header is compared with the only one
there is, byte by byte, before anything in it could be believed: another
algorithm, type or key id is not a choice anybody has. The signature is compared
as text, so that no bit of a token can change without being noticed.
Source: RFC 7515 compact form, RFC 8725 (fixed algorithm, explicit type,
issuer and audience always checked).
"""

import base64
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hantu.domain.approval import Mandate, OrderTerms, order_hash
from hantu.domain.order import OrderRequest

ISSUER: Final = "hantu"
LIFETIME_MAX_S: Final = 120
"""Seconds a token may live; what was approved must be ordered soon or asked for anew."""
CLOCK_SKEW_S: Final = 5
"""Seconds by which a token may come from the future before it is not believed."""
SECRET_BYTES_MIN: Final = 32
"""Shortest secret taken, bytes: as long as what HMAC-SHA256 yields (RFC 7518, 3.2)."""
LENGTH_MAX: Final = 4_096
_FORM: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_to_json: Final = json.JSONEncoder(separators=(",", ":")).encode
"""Claims are written in the order of their names; made once, since an exit waits for its token."""
_JTI: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")


class InvalidToken(ValueError):
    """A text that is no token of ours; the message says in what way, without quoting it."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What one order token states; moments are seconds since 1970 UTC."""

    subject: str
    """Who approved."""
    jti: str
    order_hash: str
    approval: str
    mandate: str
    issued_at: int
    not_before: int
    expires_at: int
    epoch_min: int
    """No guard of an older lease may act on it."""


@dataclass(frozen=True, slots=True)
class TokenKey:
    """Signs and verifies for one audience (environment and account alias)."""

    secret: bytes
    audience: str

    def __repr__(self) -> str:
        return f"TokenKey({self.audience!r})"

    def sign(self, claims: Claims) -> str:
        """Return the token that states ``claims``."""
        return self._seal(_ORDER_HEADER, {
            "approval": claims.approval, "aud": self.audience, "epoch_min": claims.epoch_min,
            "exp": claims.expires_at, "iat": claims.issued_at, "iss": ISSUER, "jti": claims.jti,
            "mandate": claims.mandate, "nbf": claims.not_before, "order": claims.order_hash, "sub": claims.subject,
        })  # fmt: skip

    def read(self, token: str) -> Claims:
        """Return what ``token`` states; says nothing about its time.

        Raises:
            InvalidToken: Not signed with this secret, altered, or made for something else.
        """
        found = self._open(_ORDER_HEADER, token)
        if set(found) != _ORDER_FIELDS:
            raise InvalidToken("claims")
        texts = [found[name] for name in ("sub", "jti", "order", "approval", "mandate")]
        numbers = [found[name] for name in ("iat", "nbf", "exp", "epoch_min")]
        if not all(type(text) is str for text in texts) or not all(type(number) is int for number in numbers):
            raise InvalidToken("claims")
        claims = Claims(*texts, *numbers)
        if not _JTI.fullmatch(claims.jti) or not 0 < claims.expires_at - claims.issued_at <= LIFETIME_MAX_S:
            raise InvalidToken("claims")
        return claims

    def sign_mandate(self, mandate: Mandate) -> str:
        """Return the signed document of a standing approval."""
        return self._seal(_MANDATE_HEADER, {
            "aud": self.audience, "default_limit": mandate.default_limit, "iat": mandate.signed_at, "iss": ISSUER,
            "jti": mandate.mandate_id, "limits": dict(mandate.limits), "rules": mandate.rules_hash,
            "sub": mandate.signed_by,
        })  # fmt: skip

    def read_mandate(self, document: str) -> Mandate:
        """Return the mandate a document states.

        Raises:
            InvalidToken: Not signed with this secret, altered, or made for another account.
        """
        found = self._open(_MANDATE_HEADER, document)
        try:
            limits = tuple((str(symbol), int(limit)) for symbol, limit in found["limits"].items())
            return Mandate(
                str(found["jti"]), str(found["sub"]), str(found["iat"]), str(found["rules"]),
                int(found["default_limit"]), limits,
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidToken("claims") from error

    # --- leaves ---------------------------------------------------------------------

    def _seal(self, header: str, claims: Mapping[str, Any]) -> str:
        body = _to_json(claims).encode("ascii")
        signed = f"{header}.{_encode(body)}"
        return f"{signed}.{self._signature(signed)}"

    def _open(self, header: str, token: str) -> dict[str, Any]:
        if len(token) > LENGTH_MAX:
            raise InvalidToken("length")
        form = _FORM.fullmatch(token)
        if form is None:
            raise InvalidToken("form")
        head, body, signature = form.groups()
        if head != header:
            raise InvalidToken("header")
        if not hmac.compare_digest(self._signature(f"{head}.{body}"), signature):
            raise InvalidToken("signature")
        # From here on it is our own text; what does not fit is a token of another use.
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        if found.get("iss") != ISSUER or found.pop("aud", None) != self.audience:
            raise InvalidToken("audience")
        del found["iss"]
        return dict(found)

    def _signature(self, signed: str) -> str:
        return _encode(hmac.digest(self.secret, signed.encode("ascii"), "sha256"))


def audience(environment: str, account: str) -> str:
    """Return for whom tokens are made: one guard's account in one environment."""
    return f"hantu-guard:{environment}:{account}"


def untimely(claims: Claims, now_s: float) -> str:
    """Return why a token does not hold at ``now_s`` (seconds since 1970), empty if it does."""
    if now_s >= claims.expires_at:
        return "expired"
    if now_s < max(claims.not_before, claims.issued_at) - CLOCK_SKEW_S:
        return "not valid yet"
    return ""


def terms_of(environment: str, account: str, order: OrderRequest) -> OrderTerms:
    """Return the terms that allow exactly one order and nothing else."""
    price = int(order.limit_price)
    return OrderTerms(
        environment, account, order.symbol, order.side, int(order.quantity), price, price, (order.venue,),
        order.order_type, order.purpose,
    )  # fmt: skip


def derive(key: TokenKey, terms: OrderTerms, order: OrderRequest, subject: str, approval: str, now_s: float) -> str:
    """Return the token of exactly one order, made in process from an approval or a mandate."""
    issued = int(now_s)
    claims = Claims(
        subject, order.token_id, order_hash(terms), approval, order.mandate, issued, issued, issued + LIFETIME_MAX_S,
        order.epoch,
    )  # fmt: skip
    return key.sign(claims)


def flaw_of(key: TokenKey, terms: OrderTerms, order: OrderRequest, now_s: float) -> str:
    """Return why the token of ``order`` does not allow exactly this order now, empty if it does."""
    if not order.token:
        return "missing"
    try:
        claims = key.read(order.token)
    except InvalidToken as error:
        return str(error)
    if claims.jti != order.token_id or claims.order_hash != order_hash(terms):
        return "order"
    if claims.epoch_min > order.epoch:
        return "epoch"
    return untimely(claims, now_s)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _header(kind: str) -> str:
    return _encode(json.dumps({"alg": "HS256", "typ": kind}, separators=(",", ":")).encode("ascii"))


_ORDER_HEADER: Final = _header("hantu-order+jwt")
_MANDATE_HEADER: Final = _header("hantu-mandate+jwt")
_ORDER_FIELDS: Final = frozenset({"approval", "epoch_min", "exp", "iat", "jti", "mandate", "nbf", "order", "sub"})
