"""JSON messages of the stream: subscribe requests, acknowledgements and PINGPONG.

Both roles: the guard renders requests and parses answers, the practice exchange
the reverse. An acknowledgement carries no correlation id; it belongs to the
request with the same transaction id and key. Keys, vectors and approval keys
never show in a ``repr``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from hantu.kis.frames import MalformedFrame

PINGPONG = "PINGPONG"
NO_TR_ID = "(null)"
"""What the server writes for the transaction id of some errors."""

SUBSCRIBED = "OPSP0000"
UNSUBSCRIBED = "OPSP0001"
ALREADY_SUBSCRIBED = "OPSP0002"
NOT_SUBSCRIBED = "OPSP0003"
MAX_SUBSCRIPTIONS = "OPSP0008"
INVALID_APPROVAL = "OPSP0011"
WRONG_HTS_ID = "OPSP0017"
SESSION_IN_USE = "OPSP8996"

_SUBSCRIBE, _UNSUBSCRIBE = "1", "2"


@dataclass(frozen=True, slots=True)
class SubscribeRequest:
    """One registration wish of a client, or its end."""

    approval_key: str = field(repr=False)
    tr_id: str
    tr_key: str
    subscribe: bool = True
    custtype: str = "P"

    def render(self) -> str:
        """Return the text a client sends."""
        header = {
            "approval_key": self.approval_key,
            "custtype": self.custtype,
            "tr_type": _SUBSCRIBE if self.subscribe else _UNSUBSCRIBE,
            "content-type": "utf-8",
        }
        return _dump({"header": header, "body": {"input": {"tr_id": self.tr_id, "tr_key": self.tr_key}}})


@dataclass(frozen=True, slots=True)
class Ack:
    """The server's answer to a request, or its reason to end the session.

    ``rt_cd`` alone does not say success: a duplicate subscribe has ``1`` and is
    one. ``iv`` and ``key`` are empty where the answer has no output.
    """

    tr_id: str
    tr_key: str
    encrypt: bool
    rt_cd: str
    msg_cd: str
    msg1: str
    iv: str = field(default="", repr=False)
    key: str = field(default="", repr=False)

    def render(self) -> str:
        """Return the text a server sends, keys in the order of the captures."""
        body: dict[str, object] = {"rt_cd": self.rt_cd, "msg_cd": self.msg_cd, "msg1": self.msg1}
        if self.iv or self.key:
            body["output"] = {"iv": self.iv, "key": self.key}
        header = {"tr_id": self.tr_id, "tr_key": self.tr_key, "encrypt": "Y" if self.encrypt else "N"}
        return _dump({"header": header, "body": body})


@dataclass(frozen=True, slots=True)
class PingPong:
    """Sign of life of the server; the client sends the same text back."""

    datetime: str
    """YYYYMMDDHHMMSS, Korean time."""

    def render(self) -> str:
        """Return the text a server sends."""
        return _dump({"header": {"tr_id": PINGPONG, "datetime": self.datetime}})


Control: TypeAlias = Ack | PingPong


def parse_request(text: str) -> SubscribeRequest:
    """Read what a client sent; unknown header keys are ignored.

    A missing approval key is read as an empty one, which the session refuses by name.

    Raises:
        MalformedFrame: Not JSON, or type, transaction id or key are missing.
    """
    message = _load(text)
    header, wish = _part(message, "header"), _part(_part(message, "body"), "input")
    tr_type = _text(header, "tr_type")
    if tr_type not in (_SUBSCRIBE, _UNSUBSCRIBE):
        raise MalformedFrame("tr_type is neither 1 nor 2")
    tr_id = _text(wish, "tr_id")
    if not tr_id or "tr_key" not in wish:
        raise MalformedFrame("tr_id or tr_key is missing")
    return SubscribeRequest(
        _text(header, "approval_key"),
        tr_id,
        _text(wish, "tr_key"),
        subscribe=tr_type == _SUBSCRIBE,
        custtype=_text(header, "custtype") or "P",
    )


def parse_control(text: str) -> Control:
    """Read what a server sent.

    Raises:
        MalformedFrame: Not JSON, or neither PINGPONG nor an answer with a result.
    """
    message = _load(text)
    header = _part(message, "header")
    if _text(header, "tr_id") == PINGPONG:
        return PingPong(_text(header, "datetime"))
    body = _part(message, "body")
    if "rt_cd" not in body:
        raise MalformedFrame("answer without rt_cd")
    output = body.get("output")
    keys: Mapping[str, object] = output if isinstance(output, dict) else {}
    return Ack(
        tr_id=_text(header, "tr_id"),
        tr_key=_text(header, "tr_key"),
        encrypt=_text(header, "encrypt") == "Y",
        rt_cd=_text(body, "rt_cd"),
        msg_cd=_text(body, "msg_cd"),
        msg1=_text(body, "msg1").rstrip(),
        iv=_text(keys, "iv"),
        key=_text(keys, "key"),
    )


def is_pingpong(text: str) -> bool:
    """Tell whether a text is the server's sign of life (or its echo)."""
    if not text.startswith("{") or PINGPONG not in text:
        return False
    try:
        return isinstance(parse_control(text), PingPong)
    except MalformedFrame:
        return False


def _dump(message: object) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _load(text: str) -> Mapping[str, object]:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        # The parser's own message quotes the text, which may hold a key.
        raise MalformedFrame("not JSON") from None
    if not isinstance(message, dict):
        raise MalformedFrame("JSON, but not an object")
    return message


def _part(message: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = message.get(name)
    if not isinstance(part, dict):
        raise MalformedFrame(f"{name} is missing")
    return part


def _text(part: Mapping[str, object], name: str) -> str:
    value = part.get(name, "")
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None:
        return ""
    raise MalformedFrame(f"{name} is not text")
