"""Protocol state of one stream connection, client side: texts in, events and texts out.

The owner of the socket hands over every message and sends what it is told to.
Nothing here raises for what a server sent: a message that cannot be read is an
event, and the next one is read as if nothing had happened.
"""

from dataclasses import dataclass
from typing import TypeAlias

from hantu.domain.instant import Instant
from hantu.domain.market import MarketOperation
from hantu.domain.order import Notice
from hantu.domain.quote import BookTop, Trade
from hantu.kis import control
from hantu.kis.cipher import NoticeCipher
from hantu.kis.control import Ack, PingPong, SubscribeRequest, parse_control
from hantu.kis.frames import DataFrame, MalformedFrame, parse_data, split_records
from hantu.kis.hot import TRADE_TR_IDS, decode_trades
from hantu.kis.layouts import is_encrypted
from hantu.kis.masking import masked
from hantu.kis.messages import (
    BOOK_MINIMUM,
    NOTICE_MINIMUM,
    OPERATION_MINIMUM,
    decode_book,
    decode_notice,
    decode_operation,
)
from hantu.kis.translate_stream import to_book_top, to_notice, to_operations

SILENCE_S = 60.0
"""Without any frame or pong for this long the connection is lost, whatever the socket says."""
PING_S = 30.0
"""Time between our protocol pings; two of them fit into the silence."""
BOOK_TR_IDS = ("H0STASP0", "H0UNASP0", "H0NXASP0")
OPERATION_TR_IDS = ("H0STMKO0", "H0UNMKO0", "H0NXMKO0")
_OLD_NOTICE_NAMES = {"K0STCNI0": "H0STCNI0", "K0STCNI9": "H0STCNI9"}
_SESSION_ENDS = (control.INVALID_APPROVAL, control.SESSION_IN_USE)


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A registration is in force, new or from before."""

    tr_id: str
    key: str


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """A registration is not in force any more, or never was."""

    tr_id: str
    key: str


@dataclass(frozen=True, slots=True)
class SubscribeRefused:
    """One registration was refused; the session goes on."""

    tr_id: str
    key: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class SessionRefused:
    """The server refuses the session as a whole and will close it."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class TradesDecoded:
    trades: tuple[Trade, ...]


@dataclass(frozen=True, slots=True)
class BookDecoded:
    book: BookTop


@dataclass(frozen=True, slots=True)
class NoticeDecoded:
    notice: Notice


@dataclass(frozen=True, slots=True)
class OperationDecoded:
    operation: MarketOperation


@dataclass(frozen=True, slots=True)
class Reply:
    """A text to send back at once."""

    text: str


@dataclass(frozen=True, slots=True)
class Unparsable:
    """A message that was ignored; ``text`` is masked and bounded."""

    reason: str
    text: str


StreamEvent: TypeAlias = (
    Subscribed
    | Unsubscribed
    | SubscribeRefused
    | SessionRefused
    | TradesDecoded
    | BookDecoded
    | NoticeDecoded
    | OperationDecoded
    | Reply
    | Unparsable
)


class StreamSession:
    """One connection from its opening to its end; never reused for another.

    Args:
        approval_key: Key of the session, part of every request.
        opened_mono: Monotonic seconds at which the connection stood.
        account: Our account, ten digits; notices of others are marked. Empty = all ours.
    """

    __slots__ = ("_account", "_approval_key", "_cipher", "_ciphers", "_heard", "_pinged", "_waiting")

    def __init__(self, approval_key: str, opened_mono: float, account: str = "") -> None:
        self._approval_key = approval_key
        self._account = account
        self._heard = opened_mono
        self._pinged = opened_mono
        self._ciphers: dict[str, NoticeCipher] = {}
        self._cipher: NoticeCipher | None = None
        # Requests without an answer yet, oldest first; True = subscribe.
        self._waiting: dict[tuple[str, str], bool] = {}

    @property
    def silence_deadline(self) -> float:
        """Return the monotonic moment at which the connection counts as lost."""
        return self._heard + SILENCE_S

    @property
    def ping_due(self) -> float:
        """Return the monotonic moment of our next ping."""
        return self._pinged + PING_S

    def heard(self, mono: float) -> None:
        """Note a sign of life that is not a message: a ping or pong frame."""
        self._heard = mono

    def pinged(self, mono: float) -> None:
        """Note that a ping was sent."""
        self._pinged = mono

    def subscribe(self, tr_id: str, key: str) -> str:
        """Return the text that asks for one registration."""
        return self._ask(tr_id, key, subscribe=True)

    def unsubscribe(self, tr_id: str, key: str) -> str:
        """Return the text that ends one registration."""
        return self._ask(tr_id, key, subscribe=False)

    def receive(self, text: str, now: Instant) -> list[StreamEvent]:
        """Return what one message means, in order; ``now`` is when its bytes were read."""
        self._heard = now.mono
        try:
            if text[2:10] in TRADE_TR_IDS and text[:1] == "0":
                return [TradesDecoded(tuple(decode_trades(text, now.mono, now.wall)))]
            if text[:1] == "{":
                return self._control(text)
            return self._data(parse_data(text), now)
        except MalformedFrame as error:
            return [Unparsable(str(error), masked(text))]

    def _ask(self, tr_id: str, key: str, *, subscribe: bool) -> str:
        self._waiting.pop((tr_id, key), None)
        self._waiting[tr_id, key] = subscribe
        return SubscribeRequest(self._approval_key, tr_id, key, subscribe).render()

    def _data(self, frame: DataFrame, now: Instant) -> list[StreamEvent]:
        tr_id = _OLD_NOTICE_NAMES.get(frame.tr_id, frame.tr_id)
        if is_encrypted(tr_id):
            return self._notices(tr_id, frame, now)
        if frame.encrypted:
            raise MalformedFrame("encrypted frame of an unknown transaction id")
        if tr_id in BOOK_TR_IDS:
            records = split_records(frame, BOOK_MINIMUM)
            return [BookDecoded(to_book_top(decode_book(fields), now.mono)) for fields in records]
        if tr_id in OPERATION_TR_IDS:
            decoded = [decode_operation(fields) for fields in split_records(frame, OPERATION_MINIMUM)]
            return [OperationDecoded(each) for record in decoded for each in to_operations(record, now.wall)]
        raise MalformedFrame(f"transaction id {tr_id} has no reader")

    def _notices(self, tr_id: str, frame: DataFrame, now: Instant) -> list[StreamEvent]:
        plain = frame
        if frame.encrypted:
            # All keys of a session are the same; the own one is preferred, the last one will do.
            cipher = self._ciphers.get(tr_id, self._cipher)
            if cipher is None:
                raise MalformedFrame("encrypted notice before any key")
            plain = DataFrame(encrypted=False, tr_id=tr_id, count=frame.count, payload=cipher.decrypt(frame.payload))
        records = [decode_notice(fields) for fields in split_records(plain, NOTICE_MINIMUM)]
        return [NoticeDecoded(to_notice(record, self._account, now.mono)) for record in records]

    def _control(self, text: str) -> list[StreamEvent]:
        message = parse_control(text)
        if isinstance(message, PingPong):
            return [Reply(text)]
        if message.msg_cd in _SESSION_ENDS:
            return [SessionRefused(message.msg_cd, message.msg1)]
        found: list[StreamEvent] = []
        try:
            self._keep_key(message)
        except MalformedFrame as error:
            # The registration is in force all the same; its notices will be reported one by one.
            found.append(Unparsable(str(error), masked(text)))
        tr_id, key = _OLD_NOTICE_NAMES.get(message.tr_id, message.tr_id), message.tr_key
        subscribe = self._waiting.pop((tr_id, key), None)
        if subscribe is None and tr_id in ("", control.NO_TR_ID):
            tr_id, key, subscribe = self._oldest(message.msg_cd)
        if tr_id in ("", control.NO_TR_ID):
            found.append(Unparsable("answer to no request of ours", masked(text)))
        else:
            found.append(self._answer(message, tr_id, key, subscribe))
        return found

    def _answer(self, message: Ack, tr_id: str, key: str, subscribe: bool | None) -> StreamEvent:
        match message.msg_cd:
            case control.SUBSCRIBED | control.ALREADY_SUBSCRIBED:
                return Subscribed(tr_id, key)
            case control.UNSUBSCRIBED | control.NOT_SUBSCRIBED:
                return Unsubscribed(tr_id, key)
        if message.rt_cd != "0":
            return SubscribeRefused(tr_id, key, message.msg_cd, message.msg1)
        return Unsubscribed(tr_id, key) if subscribe is False else Subscribed(tr_id, key)

    def _keep_key(self, message: Ack) -> None:
        if not (message.key and message.iv):
            return
        self._cipher = NoticeCipher(message.key, message.iv)
        if is_encrypted(message.tr_id):
            self._ciphers[message.tr_id] = self._cipher

    def _oldest(self, code: str) -> tuple[str, str, bool | None]:
        """Return the request an answer without names belongs to: answers come in order.

        A wrong HTS id can only be meant for a notice.
        """
        for (tr_id, key), subscribe in self._waiting.items():
            if code != control.WRONG_HTS_ID or is_encrypted(tr_id):
                del self._waiting[tr_id, key]
                return tr_id, key, subscribe
        return "", "", None
