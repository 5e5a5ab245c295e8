"""Where people and programs ask for a token and place an order under it.

Entry points: ``issue_token`` and ``place_order``. The desk finds out what only
the outside knows (signature, records, time) and hands it to the engine, which
decides and records; the answer comes from the facts that follow. Tokens stay
here: neither the engine nor its records ever hold one.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

import msgspec

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.approval import REASONS, ApprovalFound, ApprovalStatus, OrderAsked, Rejection
from hantu.domain.commands import KillLevel
from hantu.domain.errors import BrokenError, UsageError
from hantu.domain.events import Fact
from hantu.domain.instrument import Symbol
from hantu.domain.order import OrderRequest, Purpose
from hantu.domain.order_token import (
    LIFETIME_MAX_S,
    Claims,
    InvalidToken,
    TokenKey,
    derive,
    flaw_of,
    terms_of,
)
from hantu.engine.inputs import Input, OrderPlaced, TokenIssued
from hantu.engine.manual import flow_of, token_rejection
from hantu.ports import Approvals
from hantu.telemetry import get_logger

OrderLog = get_logger(__name__, "order")
ANSWER_WAIT_S = 20.0
"""Real seconds to wait for the broker's word: patience for a place and a wire, then its own time-out."""
UNAVAILABLE = "503 Service Unavailable"
KILLED = "order_blocked_killswitch"
FLOW_PAUSED = "order_flow_paused"
PAUSED_WORDS = "Orders by hand are paused until the cause of failed token calls is recorded"
PAUSED_HINT = '`hantu approvals resume --note "원인 분석"` 으로 다시 여세요.'
SYMBOL = re.compile(r"[0-9A-Z]{6,7}")
REQUEST_ID = re.compile(r"[0-9A-Za-z_.-]{1,64}")
STATUS = {
    Rejection.INVALID_SIGNATURE: 403, Rejection.EXPIRED: 410, Rejection.APPROVAL_NOT_FOUND: 404,
    Rejection.HASH_MISMATCH: 422, Rejection.ALREADY_USED: 409, Rejection.NOT_ALLOWED: 409,
}  # fmt: skip
"""HTTP status of each rejection."""


class IssueAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``/issue_token``."""

    approval_id: str
    request_id: str = ""


class PlaceAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``/place_order``."""

    token: str
    symbol: str
    side: Side
    quantity: int
    limit_price: int
    account: str = ""
    venue: str = "KRX"
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client is told, with the HTTP status that says the same."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the desk asks of the guard around it."""

    deliver: Callable[[Input], None]
    kill: Callable[[], KillLevel]
    """Strictest level of all doors, at this moment."""
    epoch: Callable[[], int]
    now_s: Callable[[], float]
    """Seconds since 1970 by the machine's clock."""
    draw: Callable[[], str]
    """128 bits of chance, as text."""
    learn_price: Callable[[Symbol], "asyncio.Future[None] | None"]
    """Have a stock's price limits read; None when they are known."""
    on_unavailable: Callable[[str], None]
    """Told when no token could be issued, with the HTTP status."""


@dataclass(slots=True)
class _Waiting:
    future: "asyncio.Future[Answer]"
    request_id: str
    token_id: str
    token: str = field(repr=False)


class OrderDesk:
    """Serves one guard; every method runs in its loop."""

    def __init__(
        self, key: TokenKey, environment: str, account: str, approvals: Approvals, around: Surroundings
    ) -> None:
        self._key = key
        self._environment = environment
        self._account = account
        self._approvals = approvals
        self._around = around
        self._by_flow: dict[str, _Waiting] = {}
        self._by_intent: dict[str, _Waiting] = {}
        self._tokens: dict[str, str] = {}
        """Token of each order on its way to the door, by its id."""
        self._latest_s = 0.0

    async def open(self) -> None:
        """Learn the newest moment on record: time before it is not believed again."""
        self._latest_s = await self._approvals.latest_decision_s()

    async def issue_token(self, body: bytes, client: str) -> Answer:
        """Hand out a token for an approved order; at most 120 s of life."""
        asked = _decode(body, IssueAsked)
        request_id = asked.request_id or self._around.draw()
        if self._around.kill() is not KillLevel.OFF:
            return _error(403, KILLED, "Order blocked: Kill switch is active", request_id)
        try:
            found = await self._approvals.find(asked.approval_id, "")
        except BrokenError as error:
            OrderLog.exception("[ERROR] Token issuance failed: %s [%s]", UNAVAILABLE, request_id)
            self._around.on_unavailable(UNAVAILABLE)
            return _error(503, "unavailable", str(error), request_id)
        if found.paused:
            return _error(409, FLOW_PAUSED, PAUSED_WORDS, request_id, hint=PAUSED_HINT)
        approval, problem = found.approval, _no_token(found)
        if problem is not None or approval is None:
            rejection = problem or Rejection.APPROVAL_NOT_FOUND
            return _error(STATUS[rejection], f"order_rejected_{rejection}", REASONS[rejection], request_id)
        now = self._now_s()
        issued = int(now)
        expires = issued + max(1, min(LIFETIME_MAX_S, int(found.left_s)))
        jti = self._around.draw()
        claims = Claims(
            approval.decided_by, jti, approval.order_hash, approval.approval_id, "", issued, issued, expires,
            self._around.epoch(),
        )  # fmt: skip
        self._around.deliver(
            TokenIssued(
                ev.OrderTokenIssued(
                    request_id, client, approval.approval_id, jti, approval.decided_by, _stored(expires)
                )
            )
        )
        return Answer(
            200,
            {"token": self._key.sign(claims), "token_id": jti, "expires_in_s": expires - now, "request_id": request_id},
        )

    async def place_order(self, body: bytes, client: str) -> Answer:
        """Place one order under a token; the answer says what is known of it, no more."""
        asked = _decode(body, PlaceAsked)
        request_id = asked.request_id or self._around.draw()
        order = OrderAsked(
            self._environment, asked.account or self._account, asked.symbol, asked.side, asked.quantity,
            asked.limit_price, asked.venue,
        )  # fmt: skip
        claims, flaw = self._read(asked.token)
        kill = self._around.kill()
        found = ApprovalFound(None, 0.0, spent=False)
        if kill is KillLevel.OFF and claims is not None:
            try:
                found = await self._approvals.find(claims.approval, claims.jti)
            except BrokenError as error:
                return _error(503, "unavailable", str(error), request_id)
        if found.paused:
            return _error(409, FLOW_PAUSED, PAUSED_WORDS, request_id, hint=PAUSED_HINT)
        placed = OrderPlaced(
            request_id, client, order, claims, flaw, found.approval, self._left_s(found), found.spent, self._now_s(),
            kill,
        )  # fmt: skip
        if order.side is Side.BUY and kill is KillLevel.OFF:
            placed = await self._with_price(placed)
        return await self._hand_over(placed, asked.token)

    def authorize(self, order: OrderRequest) -> OrderRequest:
        """Return ``order`` with a token for exactly itself, derived from the client's or from the mandate."""
        approval, subject = "", "mandate" if order.mandate else "protection"
        if order.purpose is Purpose.MANUAL:
            claims, _ = self._read(self._tokens.pop(order.token_id, ""))
            if claims is None or claims.jti != order.token_id:
                return order
            approval, subject = claims.approval, claims.subject
        terms = terms_of(self._environment, self._account, order)
        return replace(order, token=derive(self._key, terms, order, subject, approval, self._now_s()))

    def flaw(self, order: OrderRequest) -> str:
        """Return why an order must not leave, for the door; empty if its token allows exactly this order."""
        return flaw_of(self._key, terms_of(self._environment, self._account, order), order, self._now_s())

    def note(self, fact: Fact) -> None:
        """Follow the facts: an answer is given when one says what became of a request."""
        request_id = getattr(fact, "request_id", "")
        if request_id and not isinstance(fact, ev.OrderTokenIssued):
            self._settle(self._by_flow.get(flow_of(request_id)), _rejected(fact))
        elif isinstance(fact, ev.IntentRecorded) and fact.flow in self._by_flow:
            self._by_intent[fact.intent_id] = self._by_flow[fact.flow]
        elif self._by_intent:
            waiting = self._by_intent.get(getattr(fact, "intent_id", ""))
            if waiting is not None:
                self._settle(waiting, _outcome(fact, waiting.request_id))

    # --- leaves ---------------------------------------------------------------------

    async def _hand_over(self, placed: OrderPlaced, token: str) -> Answer:
        flow = flow_of(placed.request_id)
        if flow in self._by_flow:
            return _error(409, "duplicate_request", "request_id is in use", placed.request_id)
        token_id = placed.claims.jti if placed.claims else ""
        waiting = _Waiting(asyncio.get_running_loop().create_future(), placed.request_id, token_id, token)
        self._by_flow[flow] = waiting
        if token_id:
            # Whoever is first in the engine spends it; the same token again is rejected there.
            self._tokens.setdefault(token_id, token)
        try:
            self._around.deliver(placed)
            async with asyncio.timeout(ANSWER_WAIT_S):
                return await waiting.future
        except TimeoutError:
            return Answer(
                202, {"outcome": "asked", "request_id": placed.request_id, "intent_id": self._intent(waiting)}
            )
        finally:
            self._by_flow.pop(flow, None)
            self._by_intent = {key: kept for key, kept in self._by_intent.items() if kept is not waiting}
            if not any(other.token_id == token_id for other in self._by_flow.values()):
                self._tokens.pop(token_id, None)

    async def _with_price(self, placed: OrderPlaced) -> OrderPlaced:
        """Have the price limits of a stock to be bought known; not for an order that is rejected anyway."""
        if token_rejection(placed) is not None:
            return placed
        reading = self._around.learn_price(Symbol(placed.asked.symbol))
        if reading is not None:
            await reading
        # Time has passed: what was true of kill switch and token is asked again.
        return replace(placed, at_s=self._now_s(), kill=self._around.kill())

    def _settle(self, waiting: "_Waiting | None", answer: Answer | None) -> None:
        if waiting is not None and answer is not None and not waiting.future.done():
            waiting.future.set_result(answer)

    def _intent(self, waiting: _Waiting) -> str:
        return next((key for key, kept in self._by_intent.items() if kept is waiting), "")

    def _read(self, token: str) -> tuple[Claims | None, str]:
        try:
            return self._key.read(token), ""
        except InvalidToken as error:
            return None, str(error)

    def _now_s(self) -> float:
        """Return the machine's time, never earlier than it has been: a clock set back revives nothing."""
        self._latest_s = max(self._latest_s, self._around.now_s())
        return self._latest_s

    def _left_s(self, found: ApprovalFound) -> float:
        return found.left_s - (self._now_s() - self._around.now_s())


def _no_token(found: ApprovalFound) -> Rejection | None:
    if found.approval is None:
        return Rejection.APPROVAL_NOT_FOUND
    if found.spent or found.approval.status is ApprovalStatus.USED:
        return Rejection.ALREADY_USED
    if found.approval.status is ApprovalStatus.EXPIRED:
        return Rejection.EXPIRED
    if found.approval.status is not ApprovalStatus.APPROVED:
        return Rejection.APPROVAL_NOT_FOUND
    return Rejection.EXPIRED if found.left_s < 1 else None


S = TypeVar("S", IssueAsked, PlaceAsked)


def _decode(body: bytes, kind: type[S]) -> S:
    try:
        asked = msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"알 수 없는 요청입니다: {error}", next_step="docs/approvals.md 의 예를 확인하세요."
        ) from error
    if isinstance(asked, PlaceAsked) and not SYMBOL.fullmatch(asked.symbol):
        raise UsageError("종목 코드가 올바르지 않습니다.", next_step="숫자 6자리 종목 코드를 적어 주세요.")
    if asked.request_id and not REQUEST_ID.fullmatch(asked.request_id):
        raise UsageError("request_id 가 올바르지 않습니다.", next_step="영문, 숫자, _ . - 로 64자까지입니다.")
    return asked


def _error(status: int, code: str, reason: str, request_id: str, **more: Any) -> Answer:
    return Answer(status, {"outcome": "rejected", "code": code, "reason": reason, "request_id": request_id, **more})


def _rejected(fact: Fact) -> Answer | None:
    if isinstance(fact, ev.OrderBlockedKillswitch):
        return _error(403, KILLED, "Order blocked: Kill switch is active", fact.request_id, level=fact.level.value)
    if isinstance(fact, get_args(ev.OrderRejected)):
        name = ev.event_type(fact)
        status = STATUS[Rejection(name.removeprefix("order_rejected_"))]
        return _error(status, name, fact.reason, fact.request_id, detail=fact.detail, hint=fact.hint)
    return None


def _outcome(fact: Fact, request_id: str) -> Answer | None:
    """Return the answer that one fact about the intent gives; None for facts that settle nothing."""
    told = {"request_id": request_id, "intent_id": getattr(fact, "intent_id", "")}
    if isinstance(fact, ev.OrderAccepted):
        return Answer(200, {"outcome": "accepted", "order_no": fact.order_no, **told})
    if isinstance(fact, ev.OrderRejectedBroker):
        return Answer(422, {"outcome": "refused", "code": fact.code, "reason": fact.reason, **told})
    if isinstance(fact, ev.OrderNotSent):
        return Answer(422, {"outcome": "not_sent", "code": fact.code, "reason": fact.reason, **told})
    if isinstance(fact, ev.OrderUnresolved):
        return Answer(202, {"outcome": "unknown", "reason": fact.reason, **told})
    return None


def _stored(moment_s: float) -> str:
    return datetime.fromtimestamp(moment_s, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
