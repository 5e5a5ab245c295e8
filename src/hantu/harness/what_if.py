"""A recorded day under another rule: the market as it was, the broker as it might have answered.

Entry point: ``compare``. What the market did is replayed; what the broker said to
orders that were never sent is assumed, by the rule of ``what_if_broker``. The
differences are estimates, and ``ASSUMPTIONS`` stands beside them wherever they
are shown.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hantu.adapters.tape.codec import Row, decision_values, input_of
from hantu.adapters.tape.reader import Part
from hantu.domain.errors import BrokenError
from hantu.domain.instant import Instant
from hantu.domain.order import Notice
from hantu.domain.quote import BookTop, Trade
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.config import GuardConfig, Mode
from hantu.engine.engine import Engine
from hantu.engine.inputs import Input
from hantu.harness.ledger import Ledger, StockRow, rows_of
from hantu.harness.replay import Resumed, Tally, engine_of, replay
from hantu.harness.what_if_broker import WhatIfBroker
from hantu.settings.engine_config import exit_rules
from hantu.settings.model import Settings

ASSUMPTIONS = (
    "시세·호가·장운영 통보·조회 시세·연결 상태·사람의 명령은 기록된 그대로입니다.",
    "다른 규칙의 주문은 곧바로 접수되고, 같은 종목의 다음 가격이 지정가 이상일 때 지정가에 전량 체결된 것으로 칩니다.",
    "그 주문이 시장 가격에 준 영향과 호가 잔량은 없다고 봅니다.",
    "두 손절·익절가 사이에서 흘려보낸 시세는 테이프에 없어 다음 시세의 저가·고가로만 남아 있습니다.",
    "남은 보유는 테이프의 마지막 가격에 수수료와 세금을 빼고 평가합니다.",
)
_MARKET_FIELDS = ("received_at", "asked_mono")
_ANSWERED_HERE = (inp.Subscribed, inp.SubscribeRefused, inp.Unsubscribed, inp.SubmitEnded, inp.CancelEnded)
MIN_WAIT_S = 0.05


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Both outcomes of a day, stock by stock."""

    day: str
    inputs: int
    rows: list[StockRow]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return everything but the rows, for programs."""
        total = sum(row.difference for row in self.rows)
        return {
            "day": self.day,
            "inputs": self.inputs,
            "difference": total,
            "assumptions": ASSUMPTIONS,
            "notes": self.notes,
        }


def other_rule(recorded: GuardConfig, settings: Settings) -> GuardConfig:
    """Return what was recorded with the exit rules of ``settings`` in it; it sells, even if only watching was set."""
    default, rules = exit_rules(settings)
    return replace(
        recorded, mode=Mode.SELL, default_rule=default, rules=rules,
        sell_while_sleeping=settings.guard.sell_while_sleeping,
    )  # fmt: skip


def compare(
    parts: list[Part],
    config: GuardConfig,
    *,
    until: datetime | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> WhatIf:
    """Decide a day as it was decided, then by ``config``, and lay both side by side.

    Raises:
        BrokenError: This release does not come to the recorded decisions.
    """
    actual, tally = Ledger(), Tally()
    engine: Engine | None = None
    for step in replay(parts, tally, until=until):
        engine = step.engine
        if step.decision is not None:
            actual.take(step.decision.facts, step.now)
        if step.number % 20_000 == 0:
            told(step.number)
    if tally.first_difference is not None:
        raise BrokenError(
            "이 hantu 는 기록된 결정을 그대로 재현하지 못해 다른 규칙과 비교할 수 없습니다.",
            next_step="`hantu replay` 로 어디서 달라지는지 확인하세요.",
        )
    other = _Other(config, actual.own_orders)
    for part in parts:
        other.play(part, until, told)
    held = dict(engine.book.positions) if engine else {}
    rows = rows_of(actual, held, other.ledger, dict(other.engine.book.positions), other.broker.prices, config)
    return WhatIf(parts[0].header.day, tally.inputs, rows, tuple(other.notes))


class _Other:
    """The day under the other rule; one engine from its first input to its last."""

    def __init__(self, config: GuardConfig, own_orders: frozenset[str]) -> None:
        self._config = config
        self._own = own_orders
        self.engine: Engine = Engine(config)
        self.broker = WhatIfBroker()
        self.ledger = Ledger()
        self.notes: list[str] = []
        self._now: Instant | None = None
        self._shift = 0.0
        self._recorded_asks: frozenset[str] = frozenset()
        self._deadline: float | None = None
        self._inputs = 0

    def play(self, part: Part, until: datetime | None, told: Callable[[int], None]) -> None:
        """Play one life; a later one of the day goes on where the one before ended."""
        first = True
        for row in part.rows():
            got, now = input_of(row, part.header.layout)
            if until is not None and now.wall >= until:
                return
            if first:
                self._begin(part, now)
                first = False
            self._inputs += 1
            if self._inputs % 20_000 == 0:
                told(self._inputs)
            self._one(self._shifted(got), Instant(now.wall, now.mono + self._shift), row)

    def _begin(self, part: Part, now: Instant) -> None:
        if self._now is None:
            if part.header.state is not None:
                self._resume(part)
            return
        passed = max(0.0, (now.wall - self._now.wall).total_seconds())
        self._shift = self._now.mono + passed - now.mono
        self.notes.append("기록된 감시는 도중에 다시 시작했습니다. 다른 규칙의 감시는 이어서 한 것으로 칩니다.")
        if self.engine.desk.line.open:
            self._give(inp.FeedClosed("감시 재시작"), self._now)

    def _resume(self, part: Part) -> None:
        desk = engine_of(part.header).desk
        desk.config = self._config
        desk.told = {key for key in desk.told if key[0] != "ruled"}
        desk.reads.balance_due = 0.0
        self.engine = Resumed(desk)
        self.broker.hold(desk.book.positions)

    def _one(self, got: Input, now: Instant, row: Row) -> None:
        self._wake_until(now)
        self._recorded_asks = frozenset(name for name, _ in _actions(row))
        self._now = now
        for given in self._as_it_would_be(got, now):
            self._give(given, now)

    def _wake_until(self, now: Instant) -> None:
        """Let the engine look at its own deadlines between two recorded inputs."""
        while self._now is not None and self._now.mono + MIN_WAIT_S < now.mono:
            if self._deadline is None:
                self._deadline = self.engine.next_deadline(self._now)
            wait = max(self._deadline - self._now.mono, MIN_WAIT_S)
            if self._now.mono + wait >= now.mono:
                return
            self._recorded_asks = frozenset()
            self._now = Instant(min(self._now.wall + timedelta(seconds=wait), now.wall), self._now.mono + wait)
            self._give(inp.Woken(), self._now)

    def _as_it_would_be(self, got: Input, now: Instant) -> Iterator[Input]:
        """Yield what the engine sees in the place of one recorded input."""
        broker = self.broker
        if isinstance(got, Trade):
            trading = got.regular and not got.halted and not got.auction
            yield from broker.seen(got.symbol, got.price, got.high, now, trading=trading)
            yield got
        elif isinstance(got, inp.PricesRead):
            for price in got.prices or ():
                yield from broker.seen(price.symbol, price.price, 0, now, trading=not price.halted)
            yield got
        elif isinstance(got, Notice):
            if not {got.order_no, got.original_order_no} & self._own:
                broker.foreign(got)
                yield got
        elif isinstance(got, inp.BalanceRead):
            yield from self._balance(got)
        elif isinstance(got, inp.OrdersRead):
            yield from self._orders(got)
        elif isinstance(got, inp.Started):
            if self._inputs == 1:
                yield got
        elif not isinstance(got, _ANSWERED_HERE):
            yield got

    def _balance(self, got: inp.BalanceRead) -> Iterator[Input]:
        first = not self.broker.balance_known
        if got.balance is not None:
            self.broker.read(got.balance)
        if first:
            yield got

    def _orders(self, got: inp.OrdersRead) -> Iterator[Input]:
        first = not self.broker.orders_known
        if got.orders is not None:
            strangers = tuple(
                order for order in got.orders if not {order.order_no, order.original_order_no} & self._own
            )
            self.broker.listed(strangers)
            got = replace(got, orders=strangers)
        if first:
            yield got

    def _give(self, got: Input, now: Instant) -> None:
        waiting = deque([got])
        while waiting:
            decision = self.engine.handle(waiting.popleft(), now)
            if type(got) not in (Trade, BookTop) or decision.facts or decision.actions:
                self._deadline = None
            self.ledger.take(decision.facts, now)
            for action in decision.actions:
                waiting.extend(self._answers(action, now))

    def _answers(self, action: act.Action, now: Instant) -> Iterator[Input]:
        broker = self.broker
        match action:
            case act.SendSubscribe(tr_id=tr_id, key=key):
                yield inp.Subscribed(tr_id, key)
            case act.SendUnsubscribe(tr_id=tr_id, key=key):
                yield inp.Unsubscribed(tr_id, key)
            case act.Submit(order=order):
                yield broker.submit(order, now)
            case act.Cancel(cancel=cancel):
                yield from broker.cancel(cancel, now)
            case act.ReadBalance() if broker.balance_known:
                yield broker.balance(now)
            case act.ReadOrders() if broker.orders_known:
                yield broker.orders(now)
            case act.ReadPrices(symbols=symbols) if "ReadPrices" not in self._recorded_asks:
                yield broker.polled(symbols, now)
            case act.ReadRanges(symbols=symbols) if "ReadRanges" not in self._recorded_asks:
                self.notes.append("ATR(변동폭)이 테이프에 없어 고정 비율을 적용했습니다.")
                yield inp.RangesRead(tuple((symbol, 0) for symbol in symbols))
            case _:
                return

    def _shifted(self, got: Input) -> Input:
        if not self._shift:
            return got
        moved = {name: getattr(got, name) + self._shift for name in _MARKET_FIELDS if hasattr(got, name)}
        return replace(got, **moved) if moved else got


def _actions(row: Row) -> list[tuple[str, Any]]:
    values = decision_values(row[4]) if row[4] is not None else None
    return values[1] if isinstance(values, list) else []
