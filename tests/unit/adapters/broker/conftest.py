"""A scripted broker and the adapter's parts around it."""

import math
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from hantu.adapters.broker.auth import Authority
from hantu.adapters.broker.checks.authority import Binding, Lease
from hantu.adapters.broker.checks.form import Bounds, PriceLimits
from hantu.adapters.broker.checks.losses import DayResult
from hantu.adapters.broker.checks.repeats import Repeats
from hantu.adapters.broker.door import Door, Rules
from hantu.adapters.broker.keyring import Kept, Keyring
from hantu.adapters.broker.orders import OrderSender
from hantu.adapters.broker.pace import Pacer
from hantu.adapters.broker.rest import ReadBounds, RestReads, open_session
from hantu.adapters.broker.wires import Wires
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.instrument import Market, Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.order import CancelRequest, OrderRequest
from hantu.domain.session import Calendar
from hantu.kis.environment import EnvironmentName, KisEnvironment
from hantu.kis.throttle import Limits
from hantu.kis.tokens import Grant
from tests.unit.adapters.broker.scripted_broker import ACCOUNT, ALIAS, START, FastClock, ScriptedBroker

ANSWER_TIMEOUT_S = 0.15
SEEN = PriceLimits(Market.KOSPI, 49_700, 92_300, 71_500, math.inf)
"""A stock whose price has just been seen, whenever one asks."""
ALIKE = Rules(repeats=Repeats(window_s=0.0, per_hour=100_000))
"""For tests whose subject is the sending: the same order again and again."""

DECIDED = {"account": ALIAS, "environment": "local"}
"""For whom and where the engine of these tests decides."""


@dataclass
class Views:
    """What the door is told; a test changes it."""

    kill: KillLevel = KillLevel.OFF
    lease: Lease = field(default_factory=lambda: Lease(7, 60.0))
    limits: PriceLimits | None = SEEN
    bounds: Bounds = field(default_factory=lambda: Bounds(exits_per_day=5_000))
    rules: Rules = ALIKE
    calendar: Calendar = field(default_factory=Calendar)


class Rig:
    """The parts of the adapter, built as the gateway builds them."""

    def __init__(self, environment: KisEnvironment, folder: Path, clock: FastClock, limits: Limits) -> None:
        self.environment = environment
        self.clock = clock
        self.views = Views()
        self.folder = folder
        self.session = open_session()
        self.keyring = Keyring(folder, environment)
        self.authority = Authority(environment, self.session, self.keyring, clock)
        self.pacer = Pacer(limits, clock)
        self.reads = RestReads(environment, self.session, self.authority, self.pacer, clock, ReadBounds(total_s=2.0))
        self.wires = Wires(environment.rest_url)
        self.door = self.new_door()
        self.sender = self.new_sender()

    def new_door(self) -> Door:
        return Door(
            Binding(EnvironmentName.LOCAL, ACCOUNT + "01"),
            self.views.bounds,
            kill=lambda: self.views.kill,
            lease=lambda: self.views.lease,
            price_limits=lambda _: self.views.limits,
            calendar=lambda: self.views.calendar,
            day_result=lambda: DayResult(10_000_000, 10_000_000),
            rules=self.views.rules,
        )

    def new_sender(self, *, patience_s: float = 2.0) -> OrderSender:
        return OrderSender(
            self.environment,
            self.wires,
            self.authority,
            self.pacer,
            self.door,
            self.clock,
            answer_timeout_s=ANSWER_TIMEOUT_S,
            patience_s=patience_s,
        )

    def grant_token(self, secret: str = "token-0") -> None:
        grant = Grant(secret, START - timedelta(hours=7), START + timedelta(hours=17))
        self.keyring.put("token", Kept(grant))

    async def close(self) -> None:
        await self.sender.close()
        await self.authority.close()
        await self.session.close()


@pytest.fixture
async def broker() -> AsyncIterator[ScriptedBroker]:
    broker = ScriptedBroker()
    await broker.start()
    yield broker
    await broker.stop()


@pytest.fixture
async def rig(broker: ScriptedBroker, tmp_path: Path) -> AsyncIterator[Rig]:
    """A rig with a token at hand."""
    rig = Rig(broker.environment(), tmp_path, FastClock(), Limits(18, 10))
    rig.grant_token()
    yield rig
    await rig.close()


@pytest.fixture
def sell() -> OrderRequest:
    return OrderRequest("20261123-0001", Symbol("005930"), Side.SELL, Quantity(10), Price(71_500), epoch=7, **DECIDED)


@pytest.fixture
def cancel() -> CancelRequest:
    return CancelRequest("20261123-0002", "20261123-0001", Symbol("005930"), "85001", "03930", epoch=7, **DECIDED)


def numbered(order: OrderRequest, number: int) -> OrderRequest:
    return replace(order, intent_id=f"20261123-{number:04d}")
