"""The catalogue: what each event type means to a person, one row per type.

Every event type of ``hantu.domain.events`` has a row, and so has every event of
the operations part that raises no fact here. A type without a row is a failing
test; at run time it becomes a warning that names it.
"""

from dataclasses import dataclass
from enum import StrEnum

from hantu.domain.alert import Priority, Severity


class Area(StrEnum):
    """The function of operations an event belongs to."""

    SYSTEM = "OPS-01"
    TRADING = "OPS-02"
    PERFORMANCE = "OPS-03"
    ALERTS = "OPS-04"
    RECOVERY = "OPS-05"
    AUDIT = "OPS-06"


AREA_NAMES = {
    Area.SYSTEM: "시스템 상태 모니터링",
    Area.TRADING: "거래·주문·체결 모니터링",
    Area.PERFORMANCE: "성능 및 지연 모니터링",
    Area.ALERTS: "알림 관리",
    Area.RECOVERY: "장애 대응 및 복구",
    Area.AUDIT: "운영 감사 로그",
}


class Delivery(StrEnum):
    """When an event becomes a message."""

    AT_ONCE = "at_once"
    BATCH = "batch"
    CLOSING = "closing"
    """Only to close an alert that a person has received."""
    LOG = "log"


class StopScope(StrEnum):
    """What a critical event stops."""

    NOTHING = ""
    STOCK = "stock"
    BUYS = "buys"
    STRATEGY = "strategy"
    ALL = "all"
    EVERYTHING = "everything"
    """Protective sells too."""


SCOPE_WORDS = {
    StopScope.STOCK: "해당 종목의 주문",
    StopScope.BUYS: "신규 매수",
    StopScope.STRATEGY: "해당 전략",
    StopScope.ALL: "보호 매도를 제외한 모든 주문",
    StopScope.EVERYTHING: "손절을 포함한 모든 주문 (취소만 가능)",
}


@dataclass(frozen=True, slots=True)
class Consequence:
    """A part of an event type that follows from an outage; see ``hantu.alerting.consequences``."""

    part: str
    """Second piece of the alert's key, such as a component."""
    causes: tuple[str, ...]
    within_s: float = float("inf")
    """Real seconds after the cause began in which the part's trouble is taken for its consequence; later it is news."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one event type means: how bad, how told, what to check and do."""

    event_type: str
    area: Area
    severity: Severity
    priority: Priority
    delivery: Delivery
    condition: str
    """When it is raised (Korean)."""
    check: str = "hantu events"
    """Command that shows it."""
    action: str = ""
    """What the operator does now (Korean); never empty when it is told."""
    scope: StopScope = StopScope.NOTHING
    runbook: str = "monitoring"
    """Page of docs/runbook."""
    any_hour: bool = False
    """About trading, or asked for by a person: not held back outside market hours."""
    joins: bool = False
    """Several stocks with this cause become one message."""
    caused_by: tuple[str, ...] = ()
    """While one of these lasts, this one is counted and not told."""
    consequences: tuple[Consequence, ...] = ()
    """Parts that are told only if they stay when their cause is over."""
    ends: tuple[str, ...] = ()
    """What this one ends, of the same stock where it has one."""
    repeats: bool = True
    """An emergency is told again until it ends or a person acknowledges it."""


def unknown(event_type: str) -> Row:
    """Return the row of a type the catalogue does not know: a warning, at once."""
    return Row(
        event_type,
        Area.ALERTS,
        Severity.WARN,
        Priority.HIGH,
        Delivery.AT_ONCE,
        "이벤트 목록에 없는 이벤트 발생",
        action="이벤트 내용을 확인하고 개발자에게 알려 주세요.",
    )
