"""What the stream server remembers of one connection, and how it answers its requests.

No socket here: text in, texts out, and whether to hang up. The duties of a client
(spacing, answers to PINGPONG, no storms) are checked and their neglect is punished.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from hantu.kis.cipher import NoticeCipher
from hantu.kis.control import Ack, is_pingpong
from hantu.kis.layouts import Generation
from hantu.simulator.gateway import Gateway, masked
from hantu.simulator.limits import JITTER_S, MAX_REGISTRATIONS, SUBSCRIBE_SPACING_S, Pacing

NOTICE_TRS: Final = frozenset({"H0STCNI0", "H0STCNI9", "H0GSCNI0", "H0GSCNI9"})
"""Registered by HTS id; the last two are overseas and stay silent here."""
STOCK_TRS: Final = frozenset(
    f"H0{venue}{kind}"
    for venue in ("ST", "NX", "UN")
    for kind in ("CNT0", "ASP0", "MKO0", "ANC0", "MBC0", "PGM0", "OUP0", "OAA0", "OAC0", "NAV0", "VIC0")
)
"""Registered by issue code."""
_TR_SHAPE: Final = re.compile(r"[A-Z]{1,2}\d?[A-Z]{4,6}\d")
NULL_TR: Final = "(null)"
"""What the broker writes where it cannot tell the TR id."""
KEY_LENGTH: Final = 32
"""Characters of a session's key; its vector has half as many."""
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a text from the client leads to."""

    replies: tuple[str, ...] = ()
    hang_up: bool = False


class StreamSession:
    """One connection from its first byte to its end."""

    def __init__(
        self, gateway: Gateway, number: int, generation: Generation, occupied: Callable[[str, int], bool]
    ) -> None:
        self.number = number
        self.generation = generation
        self.appkey = ""
        self.registrations: dict[tuple[str, str], None] = {}
        self.iv = f"{gateway.rng.getrandbits(2 * KEY_LENGTH):016x}"
        self.key = "".join(gateway.rng.choice(LETTERS) for _ in range(KEY_LENGTH))
        self.cipher = NoticeCipher(self.key, self.iv)
        self.opened = gateway.mono()
        self.last_sent = self.opened
        self.asked: float | None = None
        """When the PINGPONG left that is still unanswered."""
        self._gateway = gateway
        self._occupied = occupied
        self._pacing = Pacing(SUBSCRIBE_SPACING_S, JITTER_S * (gateway.clock.speed - 1.0))

    @property
    def client(self) -> str:
        """A name for the record of misdeeds."""
        return f"ws#{self.number} {masked(self.appkey)}".strip()

    def hear(self, text: str) -> Heard:
        """Take one text frame."""
        if is_pingpong(text):
            self.asked = None
            return Heard()
        try:
            header, wish = _parts(text)
        except _UnreadableError as error:
            return self._garbled(error)
        refusal = self._admit(header, wish)
        return refusal if refusal is not None else self._register(header, wish)

    def hear_pong(self, payload: bytes) -> None:
        """Take a pong frame; the official sample answers PINGPONG with one."""
        if is_pingpong(payload.decode("utf-8", "replace")):
            self.asked = None

    def inspect(self) -> dict[str, Any]:
        """Return plain data for a person or a test."""
        return {
            "number": self.number,
            "appkey": masked(self.appkey),
            "registrations": [f"{tr_id}:{key}" for tr_id, key in self.registrations],
            "waiting_for_pong": self.asked is not None,
        }

    def _admit(self, header: dict[str, Any], wish: dict[str, Any]) -> Heard | None:
        gateway, key = self._gateway, str(header.get("approval_key", ""))
        wrong = gateway.faults.take("wrong_key", gateway.mono(), "ws")
        owner = None if wrong is not None else gateway.identity.approve(key, self.appkey, gateway.wall())
        if owner is None:
            if wrong is None:
                gateway.note("wrong_approval_key", masked(key), self.client)
            tr_id, tr_key = str(wish["tr_id"]), str(wish["tr_key"])
            return Heard((_refusal(tr_id, tr_key, "1", "OPSP0011", "invalid approval : NOT FOUND"),), hang_up=True)
        if self.appkey:
            return None
        if gateway.storms.mark(owner, gateway.mono()):
            gateway.note("connection_storm", "key blocked", masked(owner))
        if gateway.storms.blocked(owner, gateway.mono()) or self._occupied(owner, self.number):
            gateway.note("key_in_use", "second or too early session", masked(owner))
            return Heard((_refusal(NULL_TR, "", "9", "OPSP8996", "ALREADY IN USE appkey"),), hang_up=True)
        self.appkey = owner
        return None

    def _register(self, header: dict[str, Any], wish: dict[str, Any]) -> Heard:
        gateway, now = self._gateway, self._gateway.mono()
        tr_id, key = str(wish["tr_id"]), str(wish["tr_key"])
        if self._pacing.too_fast(now):
            gateway.note("subscribe_too_fast", f"{tr_id}:{key}", self.client)
        if "custtype" not in header:
            return self._refused(tr_id, key, "OPSP9997", "JSON PARSING ERROR : custtype not found")
        kind = header.get("tr_type")
        if kind == "2":
            return self._leave(tr_id, key)
        if kind != "1":
            return self._refused(tr_id, key, "OPSP8997", "JSON PARSING ERROR : invalid tr_type")
        refusal = self._why_not(tr_id, key)
        if refusal is not None:
            return refusal
        self.registrations[tr_id, key] = None
        return Heard((self._ack(tr_id, key, "0", "OPSP0000", "SUBSCRIBE SUCCESS"),))

    def _why_not(self, tr_id: str, key: str) -> Heard | None:
        gateway = self._gateway
        if (tr_id, key) in self.registrations:
            gateway.note("subscribed_twice", f"{tr_id}:{key}", self.client)
            return Heard((self._ack(tr_id, key, "1", "OPSP0002", "ALREADY IN SUBSCRIBE"),))
        if len(self.registrations) >= MAX_REGISTRATIONS:
            return self._refused(tr_id, key, "OPSP0008", "MAX SUBSCRIBE OVER")
        if tr_id in NOTICE_TRS:
            if all(account.hts_id != key for account in gateway.scenario.accounts):
                gateway.note("wrong_hts_id", key, self.client)
                return Heard((_refusal(NULL_TR, "", "9", "OPSP0017", "ERROR : htsid가잘못되었습니다"),))
            return None
        fault = gateway.faults.take("subscribe_refuse", gateway.mono(), tr_id, key, f"{tr_id}:{key}")
        if fault is not None:
            reply = _refusal(tr_id, key, "1", fault.code or "OPSP0007", "SUBSCRIBE INTERNAL ERROR")
            return Heard((reply,))
        if tr_id in STOCK_TRS:
            if key and gateway.scenario.stock(key) is None:
                return self._refused(tr_id, key, "OPSP8992", "SUBSCRIBE ERROR : invalid tr_key")
        elif _TR_SHAPE.fullmatch(tr_id) is None:
            return self._refused(tr_id, key, "OPSP8991", "SUBSCRIBE ERROR : invalid tr_id")
        return None

    def _leave(self, tr_id: str, key: str) -> Heard:
        gateway = self._gateway
        if gateway.resubscriptions.mark(self.appkey, gateway.mono()):
            gateway.note("resubscription_storm", "key blocked", self.client)
        if gateway.resubscriptions.blocked(self.appkey, gateway.mono()):
            return Heard(hang_up=True)
        if (tr_id, key) not in self.registrations:
            return self._refused(tr_id, key, "OPSP0003", "UNSUBSCRIBE ERROR(not found!)")
        del self.registrations[tr_id, key]
        return Heard((self._ack(tr_id, key, "0", "OPSP0001", "UNSUBSCRIBE SUCCESS"),))

    def _ack(self, tr_id: str, key: str, rt_cd: str, code: str, message: str) -> str:
        return Ack(
            tr_id=tr_id,
            tr_key=key,
            encrypt=tr_id in NOTICE_TRS,
            rt_cd=rt_cd,
            msg_cd=code,
            msg1=message,
            iv=self.iv,
            key=self.key,
        ).render()

    def _refused(self, tr_id: str, key: str, code: str, message: str) -> Heard:
        self._gateway.note("refused_request", f"{code} {tr_id}:{key}", self.client)
        return Heard((_refusal(tr_id, key, "1", code, message),))

    def _garbled(self, error: "_UnreadableError") -> Heard:
        self._gateway.note("bad_json", error.message, self.client)
        return Heard((_refusal(NULL_TR, "", "1", error.code, f"JSON PARSING ERROR : {error.message}"),))


class _UnreadableError(ValueError):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def _parts(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        parsed = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _UnreadableError("OPSP9999", "invalid json format") from error
    if not isinstance(parsed, dict):
        raise _UnreadableError("OPSP9999", "invalid json format")
    header, body = parsed.get("header"), parsed.get("body")
    if not isinstance(header, dict):
        raise _UnreadableError("OPSP9998", "header not found")
    if not isinstance(body, dict):
        raise _UnreadableError("OPSP9992", "body not found")
    wish = body.get("input")
    if not isinstance(wish, dict):
        raise _UnreadableError("OPSP9991", "input not found")
    if "tr_id" not in wish or "tr_key" not in wish:
        raise _UnreadableError("OPSP9990", "tr_key not found")
    return header, wish


def _refusal(tr_id: str, key: str, rt_cd: str, code: str, message: str) -> str:
    return Ack(tr_id=tr_id, tr_key=key, encrypt=False, rt_cd=rt_cd, msg_cd=code, msg1=message).render()
