"""The description of the interface (OpenAPI): complete, made from the handlers and the policy table."""

from typing import Any, Final

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from hantu.api.policy import POLICY, Key, Pace, Rule
from hantu.api.problems import ErrorBody
from hantu.api.routes.answer import Answer

_WHAT: Final = {
    400: "The request cannot be read, or the host is wrong.",
    401: "Nobody is signed in.",
    403: "Not allowed, forged, from another site, or a code of the second factor is missing or wrong.",
    404: "It is not there.",
    409: "A safety rule said no, or the state does not allow it.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A value cannot be used.",
    428: "An idempotency key is missing.",
    429: "Too often; see Retry-After.",
    500: "A fault of hantu; it is logged under the request id.",
    502: "The guard answered with a failure.",
    503: "Records or guard are out of reach.",
    504: "The guard did not answer in time; what was asked may have happened.",
}
_SCHEMAS: Final = "#/components/schemas/"
# Named and not given as a model: the framework would build a thousand validators for one and the same body at every start.
_ERROR: Final = {"application/json": {"schema": {"$ref": f"{_SCHEMAS}{ErrorBody.__name__}"}}}
_HEADERS: Final = {
    "Idempotency-Key": ("^[A-Za-z0-9_-]{8,64}$", "New for each press; the same when the same press is sent again."),
    "X-Hantu-Code": (
        r"^(\d{6}|pk_[A-Za-z0-9_-]{43})$",
        "A code of the authenticator that was not used before, or the proof of a passkey (`POST /passkeys/proof`).",
    ),
    "X-Hantu-CSRF": ("^[A-Za-z0-9_-]{1,128}$", "From `GET /session`; browsers only."),
}


def responses_of(rule: Rule, answer: Answer) -> dict[int | str, dict[str, Any]]:
    """Return every status an operation may answer with beside its success."""
    found = [400, 422, 500, 503]
    if not rule.public:
        found += [401, 403]
    else:
        found += [401, 403, 409]
    if "{" in rule.path or rule.public or rule.changes:
        found.append(404)
    if rule.changes:
        found += [409, 413, 415, 502, 504]
    if rule.key is not Key.NONE:
        found.append(428)
    if rule.pace is not Pace.FREE:
        found.append(429)
    told: dict[int | str, dict[str, Any]] = {
        status: {"content": _ERROR, "description": _WHAT[status]} for status in sorted(set(found))
    }
    if answer.media:
        content = {media: {"schema": {"type": "string"}} for media in answer.media}
        told[answer.status] = {"content": content, "description": answer.about}
    return told


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the description with what the gate asks for."""
    found = app.openapi()
    found["info"]["description"] = (
        "Guard of positions on the KIS OpenAPI. People sign in with a password and a code and hold a cookie; programs show "
        "a token. Everything that changes something may be refused by a safety rule; an answer never says more than the "
        "guard confirmed. Times are UTC text, money and prices won."
    )
    _, errors = models_json_schema([(ErrorBody, "serialization")], ref_template=_SCHEMAS + "{model}")
    schemas = found["components"]["schemas"]
    schemas.update(errors["$defs"])
    found["components"]["schemas"] = dict(sorted(schemas.items()))
    found["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-hantu"},
        "program": {"type": "http", "scheme": "bearer"},
    }
    for rule in POLICY:
        operation = found["paths"][f"/api/v1{rule.path}"][rule.method.lower()]
        ways: list[dict[str, list[str]]] = [] if rule.public else [{"session": []}]
        if rule.scope is not None:
            ways.append({"program": []})
        operation["security"] = ways
        operation["x-roles"] = sorted(rule.roles)
        operation["x-people"] = rule.people
        wanted = [("X-Hantu-CSRF", False)] if rule.changes and not rule.public else []
        if rule.key is not Key.NONE:
            wanted.append(("Idempotency-Key", rule.key is Key.REQUIRED))
        if rule.code:
            wanted.append(("X-Hantu-Code", True))
        operation.setdefault("parameters", []).extend(_header(name, required) for name, required in wanted)
    return found


def _header(name: str, required: bool) -> dict[str, Any]:
    pattern, about = _HEADERS[name]
    return {
        "name": name, "in": "header", "required": required, "description": about,
        "schema": {"type": "string", "pattern": pattern},
    }  # fmt: skip
