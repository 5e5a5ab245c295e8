"""The last checks before the socket, in one list; nothing else reaches the broker.

Each check is one function in ``checks`` that returns why not, or None;
docs/checks.md says what each is for and how it is set. The engine has decided
long before; these catch what changed since, and our own bugs. Two of them, kill
switch and lease, are asked again as the very last thing before the bytes leave.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from hantu.adapters.broker.checks.authority import Binding, Lease, bound, kill_switch, lease_held, timely
from hantu.adapters.broker.checks.counts import Counts
from hantu.adapters.broker.checks.form import Bounds, PriceLimits, price_valid, quantity_sane, value_sane
from hantu.adapters.broker.checks.history import sent_on
from hantu.adapters.broker.checks.losses import DayResult, day_lost, loss_bearable
from hantu.adapters.broker.checks.prices import Collar, Freshness, price_collared, price_fresh, unreferenced
from hantu.adapters.broker.checks.repeats import Memory, Repeats
from hantu.adapters.broker.checks.sessions import VenueHours, session_open
from hantu.adapters.broker.checks.tokens import token_held
from hantu.adapters.broker.checks.values import DayValues, Values
from hantu.adapters.broker.checks.verdict import Denied, Request
from hantu.domain.commands import KillLevel
from hantu.domain.events import Fact
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.order import OrderRequest, Outcome
from hantu.domain.session import Calendar, trading_date
from hantu.kis.environment import KisEnvironment

BREACHES: Final = frozenset({"repeats_hour", "duplicate"})
"""Denials that say something is wrong with us, not with one order."""
DAY_LOSS: Final = "day_loss"

OnBreach = Callable[[str, Request, str], None]
"""Code of the check, the request that met it, reason for people; must return at once."""
OnNote = Callable[[Request, str], None]
"""A request that goes though something about it is not known."""


def _no_flaw(_: OrderRequest) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Rules:
    """Configuration of the checks beyond size and pace."""

    collar: Collar = field(default_factory=Collar)
    freshness: Freshness = field(default_factory=Freshness)
    repeats: Repeats = field(default_factory=Repeats)
    day_loss_bps: int = 300
    """Of the account's worth at the day's start."""
    krx_only: bool = False
    """Paper trading knows no other venue."""
    values: DayValues = field(default_factory=DayValues)


class Door:
    """All checks together, with the views they need read at the moment of the check."""

    def __init__(
        self,
        binding: Binding,
        bounds: Bounds,
        *,
        kill: Callable[[], KillLevel],
        lease: Callable[[], Lease],
        price_limits: Callable[[Symbol], PriceLimits | None],
        calendar: Callable[[], Calendar],
        day_result: Callable[[], DayResult | None] = lambda: None,
        rules: Rules | None = None,
        on_breach: OnBreach = lambda _code, _request, _reason: None,
        on_note: OnNote = lambda _request, _note: None,
    ) -> None:
        """Put the checks together.

        Args:
            binding: Environment and account of our own records.
            bounds: Size and pace of orders.
            kill: The kill level at this moment.
            lease: The right to act at this moment.
            price_limits: What is known of a stock's price; None = nothing.
            calendar: Trading days and hours; a changed calendar is another object.
            day_result: The day's result; None = not known, which stops buys.
            rules: The other checks' configuration.
            on_breach: Told once a day per check and stock when a limit is broken.
            on_note: Told when a request goes without a comparison.
        """
        self._binding = binding
        self._bounds = bounds
        self._rules = rules or Rules()
        self._kill = kill
        self._lease = lease
        self._price_limits = price_limits
        self._calendar = calendar
        self._day_result = day_result
        self._on_breach = on_breach
        self._on_note = on_note
        self._hours = VenueHours(krx_only=self._rules.krx_only)
        self._counts = Counts(bounds)
        self._memory = Memory(self._rules.repeats)
        self._values = Values(self._rules.values)
        self._told: set[tuple[str, str, str]] = set()
        self.token_flaw: Callable[[OrderRequest], str] = _no_flaw
        """Why an order's one-time token does not hold, empty if it does; by default none is asked for."""

    def deny(self, request: Request, environment: KisEnvironment, now: Instant) -> Denied | None:
        """Return the first reason why ``request`` may not go, or None."""
        rules, limits, result = self._rules, self._price_limits(request.symbol), self._day_result()
        denied = (
            bound(self._binding, environment, request)
            or token_held(self.token_flaw, request)
            or quantity_sane(self._bounds, request)
            or price_valid(limits, request)
            or value_sane(self._bounds, limits, request)
            or price_collared(rules.collar, limits, request)
            or price_fresh(rules.freshness, limits, request, now)
            or loss_bearable(rules.day_loss_bps, result, request)
            or self._changing(limits, request, now)
        )
        lost = day_lost(rules.day_loss_bps, result)
        if lost is not None:
            self._tell_breach(DAY_LOSS, request, lost, now)
        if denied is None:
            note = unreferenced(limits, request)
            if note is not None:
                self._on_note(request, note)
        return denied

    def wait_s(self, request: Request, now: Instant) -> float:
        """Return the market seconds ``request`` has to wait for the pace of orders."""
        return self._counts.wait_s(request, now)

    def _last(self, request: Request) -> Denied | None:
        """Ask kill switch and lease once more; nothing may happen between this and the write."""
        return kill_switch(self._kill(), request) or lease_held(self._lease(), request)

    def leaves(self, request: Request, now: Instant) -> Denied | None:
        """Count ``request`` as sent, or deny it if it cannot be; called right before the write."""
        limits = self._price_limits(request.symbol)
        denied = timely(request, now) or self._counts.second_full(request, now) or self._changing(limits, request, now)
        if denied is None:
            self._counts.count(request, now)
            self._memory.note(request, now)
            self._values.note(limits, request, now)
        return denied

    def recall(self, facts: Iterable[Fact], now: Instant) -> None:
        """Take up the day where an earlier life of it ended; ``facts`` are those of its records, oldest first."""
        for one in sent_on(facts, trading_date(now.wall).isoformat()):
            self._counts.recall(one.request, now.wall)
            self._values.recall(one.request, one.value, now)
            self._memory.recall(one.request)

    def ended(self, request: Request, outcome: Outcome) -> None:
        """Learn what became of a request that left."""
        self._memory.ended(request, outcome)
        self._values.ended(request, outcome)

    def _changing(self, limits: PriceLimits | None, request: Request, now: Instant) -> Denied | None:
        """Ask what may have changed while a request waited: its venue, what others sent, who may act."""
        denied = session_open(self._hours.at(self._calendar(), now.wall), request, now.wall) or self._memory.deny(
            request, now
        )
        if denied is not None and denied.code in BREACHES:
            self._tell_breach(denied.code, request, denied.reason, now)
        return (
            denied
            or self._counts.day_full(request, now)
            or self._values.deny(limits, request, now)
            or self._last(request)
        )

    def _tell_breach(self, code: str, request: Request, reason: str, now: Instant) -> None:
        # The day's loss is the account's; everything else is about one stock.
        key = (code, "" if code == DAY_LOSS else str(request.symbol), f"{trading_date(now.wall)}")
        if key not in self._told:
            self._told.add(key)
            self._on_breach(code, request, reason)
