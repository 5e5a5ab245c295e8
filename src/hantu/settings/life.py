"""What one life of a guard is made of, and who makes its edges; put together by ``bootstrap``."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hantu.adapters.broker.door import Door
from hantu.adapters.broker.feed import PicowsFeed
from hantu.adapters.broker.gateway import KisBroker
from hantu.adapters.kill_switch import Switch
from hantu.adapters.market_tap import MarketTap
from hantu.adapters.store.stand_in import StandIn
from hantu.adapters.store.store import SqliteStore
from hantu.adapters.watches import Looks
from hantu.engine.engine import Engine
from hantu.ports import Clock, Notifier, Tape
from hantu.runtime.control import Control
from hantu.runtime.dispatcher import Dispatcher
from hantu.runtime.guard import Guard
from hantu.runtime.performer import Performer
from hantu.runtime.record_watch import RecordWatch
from hantu.settings.audit_trail import SignedHead
from hantu.settings.health_office import HealthOffice
from hantu.settings.model import Settings
from hantu.settings.order_office import Guarded, OrderOffice


@dataclass(frozen=True, slots=True)
class Makers:
    """What puts a guard's edges together; a simulated world brings its own."""

    store: Callable[..., SqliteStore] = SqliteStore
    broker: Callable[..., KisBroker] = KisBroker
    feed: Callable[..., PicowsFeed] = PicowsFeed
    guard: Callable[..., Guard] = Guard
    control: Callable[..., Control] = Control
    notifier: Callable[[Settings], Notifier] | None = None
    """By default every channel that is set up, else the log."""
    tape: Callable[..., Tape] | None = None
    """By default nothing is kept."""
    office: Callable[[Settings, Guarded], OrderOffice] | None = None
    """By default nobody signs: exits need no mandate, and no orders are taken."""
    health: Callable[..., HealthOffice] | None = None
    """By default nobody watches the guard from inside."""
    stand_in: Callable[..., StandIn] | None = None
    """By default no other process delivers alerts."""
    tap: Callable[[Path], MarketTap] | None = None
    """By default nobody else sees the prices."""
    looks: Looks = field(default_factory=Looks)


@dataclass(slots=True)
class Life:
    """Everything one life of a guard is made of."""

    guard: Guard
    engine: Engine
    performer: Performer
    store: SqliteStore
    broker: KisBroker
    feed: PicowsFeed
    dispatcher: Dispatcher
    control: Control
    notifiers: tuple[Notifier, ...]
    """The main channel first."""
    clock: Clock
    switch: Switch
    records: RecordWatch
    door: Door
    signed: SignedHead
    tape: Tape | None = None
    office: OrderOffice | None = None
    health: HealthOffice | None = None
    looks: Looks = field(default_factory=Looks)
    stand_in: StandIn | None = None
    tap: MarketTap | None = None
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)
