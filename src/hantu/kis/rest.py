"""The envelope around every REST call, in both directions, and its paging."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import msgspec

from hantu.kis.codes import CodeClass, http_status, korean_text, lookup
from hantu.kis.endpoints import Endpoint
from hantu.kis.environment import KisEnvironment

Row: TypeAlias = Mapping[str, str]
CONTENT_TYPE: Final = "application/json; charset=utf-8"
MORE_PAGES: Final = frozenset({"F", "M"})
"""``tr_cont`` of an answer that has a next page; D, E and nothing end it."""
NEXT_PAGE: Final = "N"
PAGES_MAX: Final = 100
MESSAGE_WIDTH: Final = 80
CONTEXT_WIDTH: Final = 100


class MalformedAnswer(ValueError):
    """An answer that is not what the endpoint documents; it proves nothing."""


@dataclass(frozen=True, slots=True)
class RestRequest:
    """One HTTP request; what identifies the customer is kept out of ``repr``."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A well-formed answer: result flag, code, text and the data beside them."""

    status: int
    rt_cd: str
    msg_cd: str
    msg1: str
    tr_cont: str = ""
    data: Mapping[str, object] = field(default_factory=dict, repr=False)

    @property
    def succeeded(self) -> bool:
        """Whether the broker did what was asked; the HTTP status alone does not tell."""
        return self.rt_cd == "0" and self.status == 200

    @property
    def kind(self) -> CodeClass:
        """What the message code proves."""
        return lookup(self.msg_cd).kind

    def rows(self, *names: str) -> tuple[Row, ...]:
        """Return the list under the first of ``names`` that is present.

        Raises:
            MalformedAnswer: None is present, or an element is not an object of texts.
        """
        value = self._first(names)
        if isinstance(value, Mapping):
            value = [value]
        if not isinstance(value, list):
            raise MalformedAnswer(f"{names[0]} is not a list")
        # Out-of-range rows may be empty objects; they carry nothing.
        return tuple(_row(item, names[0]) for item in value if item)

    def row(self, *names: str) -> Row:
        """Return the object (or one-element list) under the first of ``names`` present.

        Raises:
            MalformedAnswer: It is missing or is no object of texts.
        """
        value = self._first(names)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        return _row(value, names[0])

    def _first(self, names: tuple[str, ...]) -> object:
        for name in names:
            if name in self.data:
                return self.data[name]
        raise MalformedAnswer(f"{names[0]} is missing")


def parse_envelope(status: int, body: bytes, tr_cont: str = "") -> Envelope:
    """Read an answer of any endpoint, token refusals included.

    Raises:
        MalformedAnswer: Not a JSON object, or without a result.
    """
    try:
        data = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedAnswer(f"not JSON (HTTP {status})") from error
    if not isinstance(data, dict):
        raise MalformedAnswer(f"not an object (HTTP {status})")
    if "error_code" in data:
        # Token issue refuses in a shape of its own.
        return Envelope(
            status,
            "1",
            str(data["error_code"]),
            str(data.get("error_description", "")).strip(),
            "",
            data,
        )
    if not isinstance(data.get("rt_cd"), str):
        raise MalformedAnswer(f"no result flag (HTTP {status})")
    return Envelope(
        status,
        data["rt_cd"],
        str(data.get("msg_cd", "")),
        str(data.get("msg1", "")).strip(),
        tr_cont.strip(),
        data,
    )


def headers_for(environment: KisEnvironment, endpoint: Endpoint, token: str, tr_cont: str = "") -> dict[str, str]:
    """Return the headers of a call that needs an access token."""
    return {
        "content-type": CONTENT_TYPE,
        "authorization": f"Bearer {token}",
        "appkey": environment.credentials.appkey,
        "appsecret": environment.credentials.appsecret,
        "tr_id": environment.tr_id(endpoint),
        "custtype": "P",
        "tr_cont": tr_cont,
    }


def build_get(
    environment: KisEnvironment,
    endpoint: Endpoint,
    query: Mapping[str, str],
    token: str,
    tr_cont: str = "",
) -> RestRequest:
    """Return a read request."""
    return RestRequest(
        endpoint.method,
        endpoint.path,
        headers_for(environment, endpoint, token, tr_cont),
        query,
    )


def build_post(environment: KisEnvironment, endpoint: Endpoint, body: Mapping[str, str], token: str) -> RestRequest:
    """Return a request that changes something."""
    headers = headers_for(environment, endpoint, token)
    return RestRequest(endpoint.method, endpoint.path, headers, body=msgspec.json.encode(body))


def next_page(endpoint: Endpoint, answer: Envelope) -> dict[str, str] | None:
    """Return the query keys that ask for the page after ``answer``; None at the end.

    Raises:
        MalformedAnswer: The answer promises a page but does not say where it begins.
    """
    if endpoint.page_keys is None or answer.tr_cont not in MORE_PAGES:
        return None
    context = {key: answer.data.get(key.lower()) for key in endpoint.page_keys}
    texts = {key: value.rstrip() for key, value in context.items() if isinstance(value, str)}
    if len(texts) != len(context) or not any(texts.values()):
        raise MalformedAnswer("another page is promised without its beginning")
    return texts


def fold_query(query: Mapping[str, str]) -> dict[str, str]:
    """Return query keys in upper case; the broker ignores their case."""
    return {key.upper(): value for key, value in query.items()}


def render_success(
    msg_cd: str,
    msg1: str = "",
    *,
    ledger: bool = False,
    context: Mapping[str, str] | None = None,
    **outputs: object,
) -> bytes:
    """Return the body of a successful answer as the broker writes it.

    Args:
        msg_cd: Message code.
        msg1: Text; empty takes the code's own.
        ledger: Account answers are padded with spaces, quotations are not.
        context: Paging keys, in any case; ``None`` for calls without pages.
        outputs: ``output``, ``output1`` … in the order given.
    """
    text = msg1 or korean_text(msg_cd)
    pages = {key.lower(): value.ljust(CONTEXT_WIDTH) for key, value in (context or {}).items()}
    return msgspec.json.encode(
        {
            **pages,
            **outputs,
            "rt_cd": "0",
            "msg_cd": msg_cd,
            "msg1": text.ljust(MESSAGE_WIDTH) if ledger else text,
        }
    )


def render_failure(msg_cd: str, msg1: str = "", rt_cd: str = "") -> tuple[int, bytes]:
    """Return (HTTP status, body) of a refusal as the broker writes it."""
    text = msg1 or korean_text(msg_cd)
    if lookup(msg_cd).kind is CodeClass.ISSUE:
        return http_status(msg_cd), msgspec.json.encode({"error_description": text, "error_code": msg_cd})
    return http_status(msg_cd), msgspec.json.encode(
        {"rt_cd": rt_cd or lookup(msg_cd).rt_cd or "1", "msg_cd": msg_cd, "msg1": text}
    )


def whole(row: Row, name: str) -> int:
    """Return the whole number in column ``name``; decimals must be zeros.

    Raises:
        MalformedAnswer: The column is missing or holds something else.
    """
    text = row.get(name, "").strip()
    head, _, tail = text.partition(".")
    digits = head[1:] if head[:1] in ("-", "+") else head
    if not digits.isascii() or not digits.isdigit() or tail.strip("0"):
        raise MalformedAnswer(f"{name} is not a whole number")
    return int(head)


def rounded(row: Row, name: str) -> int:
    """Return the number in column ``name`` rounded half up to a whole one.

    Raises:
        MalformedAnswer: The column is missing or is no plain number.
    """
    text = row.get(name, "").strip()
    head, _, tail = text.partition(".")
    negative = head.startswith("-")
    digits = head[1:] if head[:1] in ("-", "+") else head
    if not (digits + tail).isascii() or not digits.isdigit() or (tail and not tail.isdigit()):
        raise MalformedAnswer(f"{name} is not a number")
    size = int(digits) + (1 if tail[:1] >= "5" else 0)
    return -size if negative else size


def optional(row: Row, name: str) -> int:
    """Return the whole number in column ``name``, 0 where it is absent or empty."""
    return whole(row, name) if row.get(name, "").strip() else 0


def _row(value: object, name: str) -> Row:
    if not isinstance(value, dict):
        raise MalformedAnswer(f"{name} is not an object")
    texts = {key: "" if item is None else item for key, item in value.items()}
    if not all(isinstance(item, str) for item in texts.values()):
        raise MalformedAnswer(f"{name} is not an object of texts")
    return texts
