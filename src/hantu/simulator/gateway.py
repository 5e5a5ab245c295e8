"""The broker's front as REST and stream see it: exchange, clock, keys, limits and a record of misdeeds."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from hantu.domain.market_clock import MarketClock
from hantu.simulator.exchange import Exchange
from hantu.simulator.faults_net import NetworkFaults
from hantu.simulator.identity import Identity
from hantu.simulator.limits import CallWindow, StormGuard
from hantu.simulator.model import Anomaly, ExchangeEvent
from hantu.simulator.scenario import EXCHANGE_FAULTS, Fault, Scenario

REAL_CALLS_PER_SECOND = 18
PAPER_CALLS_PER_SECOND = 1
RESUBSCRIPTIONS_PER_MINUTE = 120
"""More unsubscriptions of one key within a minute than this block it."""
RECORD_LIMIT = 20_000
"""Oldest anomalies and order calls are dropped beyond this many."""


@dataclass(frozen=True, slots=True)
class OrderCall:
    """One order, amend or cancel call as it reached the gateway."""

    received_real: float
    """Monotonic seconds of this machine when the call had been read."""
    at: datetime
    tr_id: str
    fields: dict[str, str]
    code: str
    order_no: str
    answered: bool
    """False when a fault kept the answer from leaving."""
    client: str = ""
    """The app key it came with, masked: who of several customers it was."""


class Gateway:
    """What the servers share; everything runs on one event loop, so nothing is locked."""

    def __init__(self, scenario: Scenario, seed: int | None = None, real: Callable[[], float] = time.monotonic) -> None:
        """``real`` is the machine's stopwatch, on which the simulated clock is built."""
        self.real = real
        self.scenario = scenario
        self.clock: MarketClock = scenario.clock.clock(self.real())
        self.seed = scenario.seed if seed is None else seed
        self.exchange = Exchange(scenario, self.seed)
        self.rng = Random(self.seed)
        pairs = {pair.app_key: pair.app_secret for account in scenario.accounts for pair in account.keys}
        rules = scenario.gateway
        self.identity = Identity(pairs, rules.lenient_keys, self.rng, rules.token_issue_limit)
        self.faults = NetworkFaults.of(scenario.faults, scenario.clock)
        default = PAPER_CALLS_PER_SECOND if scenario.rules.paper else REAL_CALLS_PER_SECOND
        self.calls = CallWindow(default if rules.calls_per_second is None else rules.calls_per_second)
        self.ledger = CallWindow(rules.ledger_calls_per_second) if rules.ledger_calls_per_second else None
        self.storms = StormGuard(rules.storm_per_minute, rules.storm_block)
        self.resubscriptions = StormGuard(RESUBSCRIPTIONS_PER_MINUTE, rules.storm_block)
        self.anomalies: list[Anomaly] = []
        self.order_calls: list[OrderCall] = []
        self.deliver: Callable[[list[ExchangeEvent]], None] = _nobody_listens

    @property
    def paper(self) -> bool:
        """Whether the host behaves like the practice one."""
        return self.scenario.rules.paper

    def wall(self) -> datetime:
        """Return the market's time of day, aware UTC."""
        return self.clock.wall(self.real())

    def mono(self) -> float:
        """Return the simulated stopwatch in market seconds."""
        return self.clock.mono(self.real())

    def play(self) -> None:
        """Move the market to the present and hand out what happened."""
        events = self.exchange.advance(self.wall())
        if events:
            self.deliver(events)

    def flush(self) -> None:
        """Hand out what an order just caused, without waiting for the next step."""
        events = self.exchange.drain_events()
        if events:
            self.deliver(events)

    def begin_fault(self, fault: Fault) -> None:
        """Start a fault now; ``cut`` is left to the server, which owns the sockets."""
        if fault.kind in EXCHANGE_FAULTS:
            self.exchange.inject(fault, self.wall())
            return
        self.faults.begin(fault, self.mono())
        if fault.kind == "token_expiry":
            self.identity.expire_tokens(self.wall())

    def note(self, kind: str, detail: str, client: str = "", **data: str) -> None:
        """Write down something a well-behaved client would not have done."""
        self.anomalies.append(Anomaly(self.wall(), kind, detail, client, data))
        del self.anomalies[:-RECORD_LIMIT]

    def note_order(self, call: OrderCall) -> None:
        """Write down an order call and what became of it."""
        self.order_calls.append(call)
        del self.order_calls[:-RECORD_LIMIT]

    def inspect(self) -> dict[str, Any]:
        """Return the gateway's own part of the inspection page."""
        calls = [
            {
                "received_real": call.received_real,
                "at": call.at.isoformat(),
                "tr_id": call.tr_id,
                "fields": call.fields,
                "code": call.code,
                "order_no": call.order_no,
                "answered": call.answered,
                "client": call.client,
            }
            for call in self.order_calls
        ]
        issues = [
            {"at": issue.at.isoformat(), "appkey": masked(issue.appkey), "kind": issue.kind, "fresh": issue.fresh}
            for issue in self.identity.issues
        ]
        running = [{"kind": f.kind, "target": f.target} for f in self.faults.running(self.mono())]
        return {"order_calls": calls, "issues": issues, "faults": running}


def masked(key: str) -> str:
    """Return enough of a key to tell clients apart."""
    return f"{key[:4]}…{key[-2:]}" if len(key) > 8 else key


def _nobody_listens(_events: list[ExchangeEvent]) -> None:
    """Events before the stream server starts have no audience."""
