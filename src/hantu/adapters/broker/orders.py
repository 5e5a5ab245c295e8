"""Sending an order or a cancel: exactly one write, and the truth about what became of it.

Order of things: checks, token, place among the calls, wire, checks again, write.
Between the last check and the write nothing is awaited. There is no retry here,
on no answer and on no error; a new attempt is a new intent of the engine.
"""

import asyncio
from dataclasses import replace
from typing import Final

import msgspec

from hantu.adapters.broker.auth import Authority
from hantu.adapters.broker.checks.counts import lane_of
from hantu.adapters.broker.checks.verdict import Request
from hantu.adapters.broker.door import Door
from hantu.adapters.broker.pace import Pacer
from hantu.adapters.broker.wire import Answer, Wire
from hantu.adapters.broker.wires import ConnectFailed, Wires
from hantu.domain.errors import BrokenError, RetryableError
from hantu.domain.instant import Instant
from hantu.domain.order import CancelRequest, OrderRequest, Outcome, OutcomeKind
from hantu.kis.codes import CodeClass, lookup
from hantu.kis.endpoints import ORDER_REVISE, Endpoint
from hantu.kis.environment import KisEnvironment
from hantu.kis.orders import cancel_of, order_of
from hantu.kis.outcomes import classify
from hantu.kis.rest import headers_for
from hantu.ports import Clock

ANSWER_TIMEOUT_S: Final = 3.0
"""Real seconds from the write to the complete answer."""
PATIENCE_S: Final = 10.0
"""Real seconds a request may wait for token, place and wire before it is given up unsent.

Long enough for every held stock to leave at one moment at the broker's pace; the
last checks come after the wait.
"""
KEEP_S: Final = 15.0
"""Real seconds between two looks at the age of wires and token."""
REFILL_PAUSE_S: Final = (1.0, 5.0, 20.0, 60.0)
"""Real seconds between attempts to keep spare wires open; the last one repeats."""
_TIMER_S: Final = 0.001
"""Shortest real pause; loops round their timers to milliseconds."""


class OrderSender:
    """The only way an order reaches the broker."""

    def __init__(
        self,
        environment: KisEnvironment,
        wires: Wires,
        authority: Authority,
        pacer: Pacer,
        door: Door,
        clock: Clock,
        *,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._environment = environment
        self._wires = wires
        self._authority = authority
        self._pacer = pacer
        self._door = door
        self._clock = clock
        self._answer_timeout_s = answer_timeout_s
        self._patience_s = patience_s
        self._heads: dict[str, tuple[str, bytes]] = {}
        self._keeper: asyncio.Task[None] | None = None

    async def submit(self, order: OrderRequest) -> Outcome:
        """Send one order exactly once and say what became of it."""
        wire_form = order_of(order, self._environment.credentials)
        return await self._send(order, wire_form.endpoint, wire_form.body())

    async def cancel(self, cancel: CancelRequest) -> Outcome:
        """Send one cancel exactly once and say what became of it."""
        return await self._send(cancel, ORDER_REVISE, cancel_of(cancel, self._environment.credentials).body())

    async def warm(self) -> None:
        """Open the wires and keep them open from now on; failing to is not an error."""
        try:
            await self._wires.fill()
        except ConnectFailed:
            self._wires.lost.set()
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name="order-wires")

    async def close(self) -> None:
        """Close the wires; a request under way ends as unknown."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        await self._wires.close()

    async def _send(self, request: Request, endpoint: Endpoint, body: dict[str, str]) -> Outcome:
        now = self._clock.now()
        denied = self._door.deny(request, self._environment, now)
        if denied is not None:
            return denied.outcome()
        payload = msgspec.json.encode(body)
        ready = self._at_hand(request, now) or await self._ready(request)
        if isinstance(ready, Outcome):
            return ready
        # From here to the write there is no await: what was checked still holds.
        token, wire = ready
        denied = self._door.leaves(request, self._clock.now())
        if denied is not None:
            self._wires.give_back(wire)
            return denied.outcome()
        waiting = wire.send(self._head(endpoint, token) + b"%d\r\n\r\n" % len(payload) + payload)
        outcome = await self._outcome(wire, waiting, token, self._clock.now().mono)
        self._door.ended(request, outcome)
        return outcome

    def _at_hand(self, request: Request, now: Instant) -> tuple[str, Wire] | None:
        """Return token and wire with a place taken, if nothing has to be waited for."""
        token = self._authority.token_at_hand()
        if not token or self._door.wait_s(request, now) > 0:
            return None
        wire = self._wires.take_idle()
        if wire is not None and not self._pacer.enter_now(lane_of(request), ledger=ORDER_REVISE.ledger):
            self._wires.give_back(wire)
            return None
        return None if wire is None else (token, wire)

    async def _ready(self, request: Request) -> tuple[str, Wire] | Outcome:
        """Wait for token, place and wire; what is returned can be used at once, without an await."""
        missing = "no_token"
        try:
            async with asyncio.timeout(self._patience_s):
                token = await self._authority.token()
                missing = "call_budget"
                await self._place(request)
                while True:
                    missing = "call_budget"
                    await self._pace(request)
                    missing = "no_connection"
                    wire = await self._wires.take()
                    # While a wire was waited for, others may have gone first, or the wire may have ended.
                    if wire.usable() and not self._door.wait_s(request, self._clock.now()):
                        return self._authority.token_at_hand() or token, wire
                    self._wires.give_back(wire)
                    await asyncio.sleep(0)
        except TimeoutError:
            return _not_sent(missing, retry_s=self._authority.token_wait_s() if missing == "no_token" else 0.0)
        except ConnectFailed as error:
            return classify(None, b"", first_byte_left=False, error=error.code)
        except (RetryableError, BrokenError) as error:
            wait_s = self._authority.token_wait_s()
            return _not_sent("no_token", str(error), retryable=isinstance(error, RetryableError), retry_s=wait_s)

    async def _place(self, request: Request) -> None:
        lane, ledger = lane_of(request), ORDER_REVISE.ledger
        while not await self._pacer.enter(lane, ledger=ledger, max_wait_s=PATIENCE_S):
            pass

    async def _pace(self, request: Request) -> None:
        while True:
            wait = self._door.wait_s(request, self._clock.now())
            if wait <= 0:
                return
            # Timers may end a little early, and others may go meanwhile: look again after it.
            await asyncio.sleep(max(self._clock.real_delay(wait), _TIMER_S))

    async def _outcome(self, wire: Wire, waiting: asyncio.Future[Answer], token: str, sent_mono: float) -> Outcome:
        try:
            async with asyncio.timeout(self._answer_timeout_s):
                answer = await waiting
        except TimeoutError:
            answer = Answer(None, b"", "timeout")
        finally:
            # A wire that still owes an answer is thrown away: nobody else may meet it there.
            self._wires.give_back(wire)
        answered_mono = self._clock.now().mono
        outcome = classify(answer.status, answer.body, first_byte_left=True, error=answer.error)
        if outcome.kind is OutcomeKind.REFUSED:
            self._learn(outcome, token)
        return replace(outcome, sent_mono=sent_mono, answered_mono=0.0 if answer.error else answered_mono)

    def _learn(self, outcome: Outcome, token: str) -> None:
        kind = lookup(outcome.code).kind
        if kind is CodeClass.TOKEN:
            self._authority.reject_token(token)
            # The keeper fetches the next one before the next attempt needs it.
            self._wires.lost.set()
        elif kind is CodeClass.RATE:
            self._pacer.pushed_back()

    def _head(self, endpoint: Endpoint, token: str) -> bytes:
        """Return everything before the length of the body, built once per token."""
        kept = self._heads.get(endpoint.name)
        if kept is not None and kept[0] == token:
            return kept[1]
        headers = headers_for(self._environment, endpoint, token)
        lines = [f"{endpoint.method} {endpoint.path} HTTP/1.1", f"host: {self._wires.host_header}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = ("\r\n".join(lines) + "\r\ncontent-length: ").encode("ascii")
        self._heads[endpoint.name] = (token, head)
        return head

    def _look_s(self) -> float:
        """Return real seconds until the keeper looks again: at once when the next token may be had."""
        wait_s = self._authority.token_wait_s()
        if not wait_s and not self._authority.token_is_due():
            return KEEP_S
        return min(KEEP_S, max(self._clock.real_delay(wait_s), _TIMER_S))

    async def _keep(self) -> None:
        """Keep the spare wires open and a token at hand, slower the less it helps."""
        losses = 0
        while True:
            try:
                async with asyncio.timeout(self._look_s()):
                    await self._wires.lost.wait()
            except TimeoutError:
                losses = 0
            self._wires.lost.clear()
            try:
                if self._authority.token_is_due():
                    await self._authority.token()
                await self._wires.fill()
            except (ConnectFailed, RetryableError, BrokenError):
                self._wires.lost.set()
            # A server that closes what we open must not be met by a storm of connections.
            await asyncio.sleep(REFILL_PAUSE_S[min(losses, len(REFILL_PAUSE_S) - 1)])
            losses += 1


def _not_sent(code: str, message: str = "", *, retryable: bool = True, retry_s: float = 0.0) -> Outcome:
    return Outcome(OutcomeKind.NOT_SENT, code=code, message=message, retryable=retryable, retry_s=retry_s)
