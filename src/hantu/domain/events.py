"""Facts: what happened, in the past tense; recorded first, then acted upon.

The event type of a fact is its class name in snake case. Facts hold only
text, integers, booleans, floats, enumerations and tuples of these, so that any
of them survives a round trip through JSON and a book can be rebuilt from them.
Money is won, prices won per share, ``*_at`` UTC text as stored, ``*_s`` seconds.
"""

import re
from functools import cache
from typing import TypeAlias

from hantu.domain.approval_facts import (
    MandateInForce,
    MandateLapsed,
    MandateReviewDue,
    ManualSellFilled,
    OrderRejected,
    OrderRejectedAlreadyUsed,
    OrderRejectedApprovalNotFound,
    OrderRejectedExpired,
    OrderRejectedHashMismatch,
    OrderRejectedInvalidSignature,
    OrderRejectedNotAllowed,
    OrderTokenIssued,
)
from hantu.domain.companion_facts import ProcessGivenUp, StrategyGivenUp, StrategyRestarted
from hantu.domain.day_facts import (
    DailySummary,
    EventLogFailed,
    EventLogResumed,
    KillswitchOff,
    KillswitchOn,
    OrderAllowedProtective,
    OrderBlockedKillswitch,
    TradeSaveFailed,
)
from hantu.domain.exit_facts import (
    CancelResolved,
    ExitHeld,
    ExitSimulated,
    FillUnconfirmed,
    ForeignFill,
    IntentRecorded,
    IntentVoided,
    OrderAbsent,
    OrderAccepted,
    OrderCanceled,
    OrderEscalated,
    OrderExpired,
    OrderFailed,
    OrderFilled,
    OrderNotSent,
    OrderRejectedBroker,
    OrderUnresolved,
    StopLossFilled,
    StopLossReached,
    TakeProfitFilled,
    TakeProfitReached,
)
from hantu.domain.health_facts import AlertTest, HealthChanged, MeasureCrossed, PnlShock
from hantu.domain.kill_facts import (
    FlattenCompleted,
    FlattenStarted,
    KillswitchReleaseRefused,
    PositionsUnprotected,
)
from hantu.domain.position_facts import (
    AddBuyOpportunity,
    ExitRuleFallback,
    PositionChanged,
    PositionClosed,
    PositionGuarded,
    PositionUnguarded,
    PriceRejected,
    PriceSuspected,
    TrailingStopRaised,
)
from hantu.domain.recovery_facts import (
    AcceptanceMismatch,
    DoubtOutlivedDay,
    HoldingMismatch,
    HoldingMismatchEnded,
    OrderResolvedByPerson,
    PositionJumped,
    RecoveryBegan,
    RecoveryCompleted,
    RecoveryResumed,
    RecoveryStep,
    RecoveryStepDone,
    RecoveryStopped,
)
from hantu.domain.session_facts import (
    AuthFailed,
    BlindPeriodEnded,
    ConnectionFlapping,
    ConnectionLost,
    DataDelay,
    DayStartValued,
    MarketHalted,
    MarketResumed,
    MonitorFinished,
    MonitorStarted,
    MonitorStopped,
    Reconnected,
    ReconnectExhausted,
    ReconnectFailed,
    ServerMaintenance,
    SessionInUse,
    SessionStateChanged,
    SleepEntered,
    SleepLeft,
    SubscribeDone,
    SubscribeFailed,
    TradingDayBegan,
)

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def event_type(fact: type | object) -> str:
    """Return the catalogue name of a fact or fact class, for example ``order_filled``."""
    return _name_of(fact if isinstance(fact, type) else type(fact))


@cache
def _name_of(cls: type) -> str:
    return _WORD.sub("_", cls.__name__).lower()


Fact: TypeAlias = (
    SessionStateChanged | TradingDayBegan | DayStartValued | MonitorStarted | SubscribeDone | SubscribeFailed | ConnectionLost
    | ReconnectFailed | Reconnected | ReconnectExhausted | ConnectionFlapping | ServerMaintenance
    | AuthFailed | SessionInUse | SleepEntered | SleepLeft | MonitorStopped | MonitorFinished
    | BlindPeriodEnded | RecoveryCompleted | MarketHalted | MarketResumed | DataDelay
    | PositionGuarded | PositionUnguarded | PositionChanged | PositionClosed | ExitRuleFallback
    | TrailingStopRaised | AddBuyOpportunity | StopLossReached | TakeProfitReached | ExitHeld
    | ExitSimulated | IntentRecorded | IntentVoided | OrderAccepted | OrderRejectedBroker
    | OrderNotSent | OrderFailed | OrderUnresolved | OrderAbsent | OrderEscalated | OrderFilled
    | OrderCanceled | OrderExpired | CancelResolved | FillUnconfirmed | ForeignFill
    | KillswitchReleaseRefused | PositionsUnprotected | FlattenStarted | FlattenCompleted
    | StopLossFilled | TakeProfitFilled | KillswitchOn | KillswitchOff | OrderBlockedKillswitch
    | OrderAllowedProtective | DailySummary | TradeSaveFailed | EventLogFailed | EventLogResumed | OrderTokenIssued
    | OrderRejectedInvalidSignature | OrderRejectedExpired | OrderRejectedApprovalNotFound
    | OrderRejectedHashMismatch | OrderRejectedAlreadyUsed | OrderRejectedNotAllowed | ManualSellFilled
    | MandateInForce | MandateLapsed | MandateReviewDue
    | RecoveryBegan | RecoveryStepDone | RecoveryStopped | RecoveryResumed | OrderResolvedByPerson
    | DoubtOutlivedDay | PositionJumped | HoldingMismatch | HoldingMismatchEnded
    | PriceSuspected | PriceRejected | AcceptanceMismatch
    | HealthChanged | MeasureCrossed | PnlShock | AlertTest
    | StrategyRestarted | StrategyGivenUp | ProcessGivenUp
)  # fmt: skip

FACTS: dict[str, type] = {event_type(cls): cls for cls in Fact.__args__}
"""Every fact class by its event type."""

__all__ = [
    "FACTS",
    "AcceptanceMismatch",
    "AddBuyOpportunity",
    "AlertTest",
    "AuthFailed",
    "BlindPeriodEnded",
    "CancelResolved",
    "ConnectionFlapping",
    "ConnectionLost",
    "DailySummary",
    "DataDelay",
    "DayStartValued",
    "DoubtOutlivedDay",
    "EventLogFailed",
    "EventLogResumed",
    "ExitHeld",
    "ExitRuleFallback",
    "ExitSimulated",
    "Fact",
    "FillUnconfirmed",
    "FlattenCompleted",
    "FlattenStarted",
    "ForeignFill",
    "HealthChanged",
    "HoldingMismatch",
    "HoldingMismatchEnded",
    "IntentRecorded",
    "IntentVoided",
    "KillswitchOff",
    "KillswitchOn",
    "KillswitchReleaseRefused",
    "MandateInForce",
    "MandateLapsed",
    "MandateReviewDue",
    "ManualSellFilled",
    "MarketHalted",
    "MarketResumed",
    "MeasureCrossed",
    "MonitorFinished",
    "MonitorStarted",
    "MonitorStopped",
    "OrderAbsent",
    "OrderAccepted",
    "OrderAllowedProtective",
    "OrderBlockedKillswitch",
    "OrderCanceled",
    "OrderEscalated",
    "OrderExpired",
    "OrderFailed",
    "OrderFilled",
    "OrderNotSent",
    "OrderRejected",
    "OrderRejectedAlreadyUsed",
    "OrderRejectedApprovalNotFound",
    "OrderRejectedBroker",
    "OrderRejectedExpired",
    "OrderRejectedHashMismatch",
    "OrderRejectedInvalidSignature",
    "OrderRejectedNotAllowed",
    "OrderResolvedByPerson",
    "OrderTokenIssued",
    "OrderUnresolved",
    "PnlShock",
    "PositionChanged",
    "PositionClosed",
    "PositionGuarded",
    "PositionJumped",
    "PositionUnguarded",
    "PositionsUnprotected",
    "PriceRejected",
    "PriceSuspected",
    "ProcessGivenUp",
    "ReconnectExhausted",
    "ReconnectFailed",
    "Reconnected",
    "RecoveryBegan",
    "RecoveryCompleted",
    "RecoveryResumed",
    "RecoveryStep",
    "RecoveryStepDone",
    "RecoveryStopped",
    "ServerMaintenance",
    "SessionInUse",
    "SessionStateChanged",
    "SleepEntered",
    "SleepLeft",
    "StopLossFilled",
    "StopLossReached",
    "StrategyGivenUp",
    "StrategyRestarted",
    "SubscribeDone",
    "SubscribeFailed",
    "TakeProfitFilled",
    "TakeProfitReached",
    "TradeSaveFailed",
    "TradingDayBegan",
    "TrailingStopRaised",
    "event_type",
]
