"""Carry decisions out: record first, act after, and bring the outcome back.

Invariants:
1. no order leaves before its intent is durable;
2. an order is handed to the broker exactly once, and whatever happens there
   comes back to the engine as one outcome: an unexpected error is *unknown*;
3. nothing here waits inside the engine's turn.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, assert_never

from hantu.domain.alert import Alert
from hantu.domain.errors import BrokenError, DeniedError, FencedError, HantuError, RetryableError, TokenSpentError
from hantu.domain.events import Fact
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.order import CancelRequest, OrderRequest, Outcome, OutcomeKind
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.decision import Action, Decision
from hantu.engine.inputs import FeedFailure, Input
from hantu.ports import Batch, Broker, Clock, Feed, Store
from hantu.runtime.right_of_way import RightOfWay
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
OrderLog = get_logger(__name__, "order")
NO_INTENT = "no_durable_intent"
TOKEN_SPENT = "denied:already_used"

AlertsOf = Callable[[Fact, Instant], tuple[Alert, ...]]
Deliver = Callable[[Input], None]


def _as_it_is(order: OrderRequest) -> OrderRequest:
    return order


class Performer:
    """Does what the engine decided, for one guard."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        feed: Feed,
        clock: Clock,
        alerts_of: AlertsOf,
        deliver: Deliver,
        on_alerts: Callable[[], None],
        on_denied: Callable[[DeniedError], None],
        on_unrecordable: Callable[[str], None],
        authorize: Callable[[OrderRequest], OrderRequest] | None = None,
    ) -> None:
        self._authorize = authorize or _as_it_is
        self.right_of_way = RightOfWay()
        """Taken by each order until its bytes have left; others that wait for it are given the same."""
        self._store = store
        self._broker = broker
        self._feed = feed
        self._clock = clock
        self._alerts_of = alerts_of
        self._deliver = deliver
        self._on_alerts = on_alerts
        self._on_denied = on_denied
        self._on_unrecordable = on_unrecordable
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = False
        self.epoch = 1

    def perform(self, decision: Decision, now: Instant, afterwards: Callable[[], None]) -> None:
        """Start carrying a decision out; returns at once.

        ``afterwards`` is called once the actions are on their way, or cannot be:
        what people read can wait until an order's bytes have left.
        """
        if self._over:
            return
        if decision.facts:
            alerts = tuple(
                (index, alert) for index, fact in enumerate(decision.facts) for alert in self._alerts_of(fact, now)
            )
            if any(isinstance(action, act.Submit) for action in decision.actions):
                afterwards = self.right_of_way.taken(afterwards)
            # The disk works from here on; this task's first turn comes later.
            writing = self._store.record(Batch(now, decision.facts, alerts, self.epoch))
            self._spawn(self._record_then_act(decision, writing, afterwards, alerted=bool(alerts)), "record")
        else:
            for action in decision.actions:
                self._start(action)
            afterwards()

    async def drain(self, timeout_s: float) -> None:
        """Wait until everything under way has ended, at most ``timeout_s`` real seconds."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=timeout_s)

    async def cancel_all(self) -> None:
        """End everything still under way and begin nothing any more; an order among it stays unknown on record."""
        self._over = True
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- recording -----------------------------------------------------------------

    async def _record_then_act(
        self, decision: Decision, writing: Awaitable[None], afterwards: Callable[[], None], *, alerted: bool
    ) -> None:
        try:
            await writing
        except TokenSpentError as error:
            afterwards()
            self._not_sent(decision, TOKEN_SPENT, str(error))
            return
        except DeniedError as error:
            afterwards()
            self._on_denied(error)
            fenced = isinstance(error, FencedError)
            self._not_sent(decision, "denied:fenced" if fenced else NO_INTENT, str(error))
            return
        except BrokenError as error:
            afterwards()
            OrderLog.error("기록 불가 - 주문 보류: %s", error)
            # Neither database nor spill: the alert cannot wait in an outbox either.
            self._on_unrecordable(str(error))
            self._not_sent(decision, NO_INTENT, str(error))
            for action in decision.actions:
                if not isinstance(action, act.Submit | act.Cancel):
                    self._start(action)
            return
        # Due when this task waits for the first time: after the order's bytes, not before.
        asyncio.get_running_loop().call_soon(self._recorded, afterwards, alerted)
        await self._act(decision.actions)

    def _recorded(self, afterwards: Callable[[], None], alerted: bool) -> None:
        if alerted:
            self._on_alerts()  # first: what an operator's screen makes of its lines holds up no alert
        afterwards()

    async def _act(self, actions: Sequence[Action]) -> None:
        """Start everything; the first order leaves from this very task, without another turn of the loop."""
        first: OrderRequest | None = None
        for action in actions:
            if first is None and isinstance(action, act.Submit):
                first = action.order
            else:
                self._start(action)
        if first is not None:
            await self._submit(first)

    def _not_sent(self, decision: Decision, code: str, reason: str) -> None:
        """Without a durable intent no order leaves: tell the engine so."""
        outcome = Outcome(OutcomeKind.NOT_SENT, code=code, message=reason)
        for action in decision.actions:
            if isinstance(action, act.Submit):
                self._deliver(inp.SubmitEnded(action.order.intent_id, outcome))
            elif isinstance(action, act.Cancel):
                self._deliver(inp.CancelEnded(action.cancel.intent_id, outcome))

    # --- acting --------------------------------------------------------------------

    def _start(self, action: Action) -> None:
        match action:
            case act.SendSubscribe(tr_id=tr_id, key=key):
                self._feed.subscribe(tr_id, key)
            case act.SendUnsubscribe(tr_id=tr_id, key=key):
                self._feed.unsubscribe(tr_id, key)
            case act.OpenFeed(new_key=new_key):
                self._spawn(self._open_feed(new_key), "open feed")
            case act.CloseFeed():
                self._spawn(self._feed.close(), "close feed")
            case act.Submit(order=order):
                self._spawn(self._submit(order), f"order {order.intent_id}")
            case act.Cancel(cancel=cancel):
                self._spawn(self._cancel(cancel), f"cancel {cancel.intent_id}")
            case act.ReadBalance():
                self._spawn(self._read_balance(), "balance")
            case act.ReadOrders():
                self._spawn(self._read_orders(), "orders")
            case act.ReadPrices():
                self._spawn(self._read_prices(action), "prices")
            case act.ReadRanges():
                self._spawn(self._read_ranges(action), "ranges")
            case _:
                assert_never(action)

    async def _open_feed(self, new_key: bool) -> None:
        try:
            key = await self._broker.approval_key(renew=new_key)
        except RetryableError as error:
            self._deliver(inp.FeedFailed(FeedFailure.NETWORK, str(error)))
            return
        except HantuError as error:
            self._deliver(inp.FeedFailed(FeedFailure.AUTH, str(error)))
            return
        self._feed.open(key)

    async def _submit(self, order: OrderRequest) -> None:
        try:
            outcome = await self._broker.submit(self._authorize(order))
        except Exception as error:  # noqa: BLE001 - supervisor boundary: an order's fate must come back
            OrderLog.exception("주문 처리 중 예외 - 결과 미확인")
            outcome = Outcome(OutcomeKind.UNKNOWN, code="error", message=type(error).__name__)
        self._deliver(inp.SubmitEnded(order.intent_id, outcome))

    async def _cancel(self, cancel: CancelRequest) -> None:
        try:
            outcome = await self._broker.cancel(cancel)
        except Exception as error:  # noqa: BLE001 - supervisor boundary: a cancel's fate must come back
            OrderLog.exception("취소 처리 중 예외 - 결과 미확인")
            outcome = Outcome(OutcomeKind.UNKNOWN, code="error", message=type(error).__name__)
        self._deliver(inp.CancelEnded(cancel.intent_id, outcome))

    async def _read_balance(self) -> None:
        asked = self._clock.now().mono
        try:
            balance = await self._broker.balance()
        except HantuError as error:
            self._deliver(inp.BalanceRead(None, asked, str(error)))
            return
        self._deliver(inp.BalanceRead(balance, asked))

    async def _read_orders(self) -> None:
        asked = self._clock.now().mono
        try:
            orders = await self._broker.orders_today()
        except HantuError as error:
            self._deliver(inp.OrdersRead(None, asked, str(error)))
            return
        self._deliver(inp.OrdersRead(orders, asked))

    async def _read_prices(self, action: act.ReadPrices) -> None:
        asked = self._clock.now().mono
        try:
            prices = await self._broker.prices(action.symbols, urgent=action.urgent)
        except HantuError as error:
            self._deliver(inp.PricesRead(None, asked, str(error)))
            return
        self._deliver(inp.PricesRead(prices, asked))

    async def _read_ranges(self, action: act.ReadRanges) -> None:
        found: list[tuple[Symbol, int]] = []
        for symbol in action.symbols:
            try:
                found.append((symbol, await self._broker.average_range(symbol, action.period)))
            except HantuError as error:
                SystemLog.warning("ATR 조회 실패 %s: %s", symbol, error)
                found.append((symbol, 0))
        self._deliver(inp.RangesRead(tuple(found)))

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        if self._over:
            # Broker and store are about to close: what is begun now could only fail.
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            SystemLog.error("작업 실패: %s", task.get_name(), exc_info=task.exception())
