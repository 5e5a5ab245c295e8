"""Every number and choice the engine works with, as plain values.

Seconds are market seconds; the defaults are the documented ones and their
reasons stand in docs/decisions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hantu.domain.instrument import Market, Symbol
from hantu.domain.session import Calendar

QUARANTINE_MIN_S = 10.0
SNAPSHOTS_APART_MIN_S = 3.0


class Mode(StrEnum):
    """Sell, or only say what would have been sold."""

    SELL = "sell"
    WATCH = "watch"


class RuleKind(StrEnum):
    """How stop and target are derived from the average price."""

    FIXED = "fixed"
    ATR = "atr"


@dataclass(frozen=True, slots=True)
class Trailing:
    """A stop that follows the highest price down once profit reached ``activation_bps``."""

    enabled: bool = False
    activation_bps: int = 200
    distance_bps: int = 200


@dataclass(frozen=True, slots=True)
class Partial:
    """Sell ``share_bps`` of the position at the first profit of ``at_bps``."""

    enabled: bool = False
    at_bps: int = 500
    share_bps: int = 5_000


@dataclass(frozen=True, slots=True)
class ExitRule:
    """How one position is left; prices, when set, win over distances."""

    kind: RuleKind = RuleKind.FIXED
    stop_bps: int = 300
    target_bps: int = 800
    stop_price: int = 0
    target_price: int = 0
    atr_period: int = 14
    atr_stop_milli: int = 2_000
    """Distance of the stop in thousandths of the average true range."""
    atr_target_milli: int = 3_000
    trailing: Trailing = Trailing()
    partial: Partial = Partial()


@dataclass(frozen=True, slots=True)
class Streams:
    """Which registrations exist in this environment and how many fit."""

    notice_tr: str = "H0STCNI0"
    notice_key: str = ""
    """HTS id; empty = no notices (fills are then found by inquiry only)."""
    trade_tr: str = "H0STCNT0"
    quote_tr: str = "H0STASP0"
    operation_tr: str = "H0STMKO0"
    """Empty on paper, which does not offer market-operation messages."""
    max_registrations: int = 41


@dataclass(frozen=True, slots=True)
class Pace:
    """Waiting times and limits of the session, in market seconds."""

    subscribe_s: float = 0.5
    subscribe_tries: int = 4
    """The first request and three retries."""
    ack_wait_s: float = 3.0
    retry_offsets_s: tuple[float, ...] = (1.0, 3.0, 7.0, 15.0, 31.0)
    """Tries after a loss: the sums of waiting 1, 2, 4, 8, 16 s."""
    in_use_wait_s: float = 90.0
    """KIS keeps a session that was cut uncleanly for 60 to 90 s."""
    connects_per_hour: int = 40
    subscribes_per_hour: int = 1_000
    """About 24 times every registration of a session; a quiet day needs one."""
    flapping_outages: int = 3
    flapping_window_s: int = 300
    order_retry_s: float = 1.0
    fill_wait_s: float = 60.0
    cooldown_s: float = 60.0
    inquiry_every_s: float = 2.0
    send_within_s: float = 15.0
    """An order held up longer than this on its way to the socket is not sent; half of the quarantine."""
    quarantine_s: float = 30.0
    """An order is never held absent before this age."""
    snapshots_apart_s: float = 3.0
    escalated_inquiry_s: float = 10.0
    reconcile_every_s: float = 300.0
    read_retry_s: float = 2.0
    settle_s: float = 5.0
    """Balances lag behind fills; a difference younger than this is not believed."""
    raise_settle_s: float = 60.0
    """A balance that shows more than we know is older than our own fill, until proved otherwise."""
    blind_poll_after_s: float = 5.0
    blind_poll_every_s: float = 10.0
    sleep_poll_every_s: float = 30.0
    quiet_poll_after_s: float = 30.0
    """A held stock without a price for so long is asked for."""
    stale_trade_s: float = 5.0
    stale_quote_s: float = 60.0
    outlier_wait_s: float = 1.0
    """No longer than this is an exit held for a confirmation by REST while trades go on beyond its level."""
    delay_warn_ms: int = 1_000
    delay_alert_ms: int = 5_000
    recovery_step_s: float = 60.0
    """A step of a recovery that takes longer has failed."""
    last_look_s: float = 10.0
    """How long the close waits for the last inquiry before it reports without."""

    def __post_init__(self) -> None:
        """Refuse a proof of absence that would not be one (reliability protocol, resolution of UNKNOWN).

        Raises:
            ValueError: The quarantine is below 10 s or the two lists are less than 3 s apart.
        """
        if self.quarantine_s < QUARANTINE_MIN_S or self.snapshots_apart_s < SNAPSHOTS_APART_MIN_S:
            raise ValueError(f"quarantine {self.quarantine_s} s, lists {self.snapshots_apart_s} s apart: too short")


@dataclass(frozen=True, slots=True)
class AddBuy:
    """When a watched stock near its support is worth a message."""

    min_score: float = 70.0
    band_bps: int = 100
    rearm_bps: int = 200
    quiet_before_close_s: int = 600


@dataclass(frozen=True, slots=True)
class Costs:
    """What a sale costs, in thousandths of a basis point of its amount.

    Source: securities transaction tax from 2026-01-01: 0.20 % on KOSPI
    (0.05 % tax and 0.15 % rural special tax) and KOSDAQ alike; ETF exempt.
    """

    fee_milli_bps: int = 1_500
    """0.015 % each way."""
    tax_milli_bps: int = 20_000


@dataclass(frozen=True, slots=True)
class GuardConfig:
    """Everything the engine is told once, at construction."""

    calendar: Calendar = field(default_factory=Calendar)
    mode: Mode = Mode.SELL
    scheduled: bool = True
    """Start by itself at the opening."""
    default_rule: ExitRule | None = None
    """None: holdings without a rule of their own are reported, not guarded."""
    rules: Mapping[Symbol, ExitRule | None] = field(default_factory=dict)
    """Per stock; None = never guard this one."""
    markets: Mapping[Symbol, Market] = field(default_factory=dict)
    sell_while_sleeping: bool = False
    day_loss_bps: int = 300
    """Loss of a day, realised or not, against the account's worth at its start, that sets the kill switch; 0 = never."""
    account: str = "main"
    """Alias of the account orders are decided for."""
    environment: str = "local"
    """Where they are meant to go: real, paper or local."""
    order_quantity_max: int = 1_000_000
    """A larger position is sold in slices, each filled before the next."""
    order_value_max: int = 10_000_000_000
    """Won."""
    stale_exit_price_s: float = 120.0
    """Oldest price an exit may rest on: longer than one order waits for its fill in a stock nobody trades."""
    mandate_required: bool = False
    """Profit is taken only under a standing approval; a stop never waits for one."""
    streams: Streams = Streams()
    pace: Pace = Pace()
    outlier_bps: int = 500
    """A trade farther than this from the last accepted price triggers only once something supports it."""
    jump_bps: int = 5_000
    """A holding that changes by more than this without a fill we know of is believed only when shown twice."""
    add_buy: AddBuy = AddBuy()
    costs: Costs = Costs()

    def rule_for(self, symbol: Symbol) -> ExitRule | None:
        """Return the rule that guards ``symbol``, or None."""
        if symbol in self.rules:
            return self.rules[symbol]
        return self.default_rule
