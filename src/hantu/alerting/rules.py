"""From a fact to zero or one alert; the catalogue decides, nothing here waits.

Entry points: ``alerts_of`` for facts of the guard, ``operations_alert`` for events
of the operations part that are not facts (a database that cannot be opened has
no place to be recorded in).
"""

from dataclasses import dataclass
from datetime import datetime

from hantu.alerting.catalogue import Delivery, Row, unknown
from hantu.alerting.render import short_text
from hantu.alerting.render_health import COMPANION_MARKS, Noticed
from hantu.alerting.rows import CATALOGUE
from hantu.alerting.templates import long_text, with_action
from hantu.alerting.wording import plain
from hantu.domain import events as e
from hantu.domain.account import Side
from hantu.domain.alert import Alert
from hantu.domain.commands import KillLevel
from hantu.domain.session import trading_date

DELAY_ALERT_MS = 5_000
"""From here a delay of the data is told, below it is only logged."""
UNABLE = frozenset({"session", "no_price", "not_sellable", "mandate"})
"""Reasons of a held exit that no other alert has told already."""
_PREFIXES = {
    "db_init_failed": "[ERROR] Database initialization failed: ",
    "event_log_failed": "[ERROR] Failed to log event: ",
    "token_issue_failed": "[ERROR] Token issuance failed: ",
    "order_flow_paused": "⚠️ 주문 승인 멈춤: ",
    "order_rejected_burst": "⚠️ 주문 거부 반복: ",
    "pnl_shock": "⚠️ 손익 급변: ",
    "health_degraded": "⚠️ 상태 이상: ",
    "resource_high": "⚠️ 자원 사용률 높음: ",
    **COMPANION_MARKS,
    "guard_given_up": "🚨 감시 중단: ",
    "sign_in_locked": "🔒 로그인 막음: ",
    "recovery_code_used": "🔑 복구 코드 사용: ",
    "passkey_added": "🔑 패스키 등록: ",
    "passkey_copied": "🚨 복제된 패스키: ",
    "backup_failed": "⚠️ 백업 실패: ",
    "restore_done": "✅ 복원 완료: ",
    "venue_switched": "⚠️ 거래소 전환: ",
    "model_rolled_back": "⚠️ 예측 모델 되돌림: ",
    "failover": "⚠️ 대기 서버 전환: ",
    "report": "📈 ",
    "incident_escalated": "🚨 장애 미확인: ",
    "alert_test": "🔔 알림 시험: ",
    "morning_check_failed": "⚠️ 개장 전 점검 실패: ",
}


_STORAGE_CAUSES = (
    ("nowhere", ("임시 기록 파일에 모두",)),
    ("slow", ("제시간에", "대기열")),
    ("locked", ("locked", "busy", "잠그고")),
    ("full", ("full", "no space", "quota", "too large", "가득")),
    ("missing", ("removed", "no such file", "없습니다")),
    ("permission", ("readonly", "read-only", "permission", "권한")),
    ("damaged", ("malformed", "not a database", "손상")),
    ("disk", ("i/o", "input/output")),
)
"""Word of a cause → what its reasons contain, the most telling first."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule needs besides the fact: ``at`` is the fact's time, aware."""

    at: datetime
    audit_head: str = ""
    """Lines for the message of the day: where the signed audit trail ends."""


def alerts_of(fact: e.Fact, context: Context) -> tuple[Alert, ...]:
    """Return the alert a fact raises; none for facts that are only logged."""
    row = row_of(fact)
    if row.delivery is Delivery.LOG:
        return ()
    today, short = trading_date(context.at), short_text(fact)
    return (
        Alert(
            event_type=e.event_type(fact),
            key=key_of(fact, context),
            severity=row.severity,
            priority=row.priority,
            category=row.area,
            short=short,
            long=long_text(fact, row, today, short) + _head(fact, context),
            symbol=str(getattr(fact, "symbol", "")),
        ),
    )


def _head(fact: e.Fact, context: Context) -> str:
    """Return the head people keep outside this machine, behind the day's summary."""
    return f"\n\n{context.audit_head}" if isinstance(fact, e.DailySummary) and context.audit_head else ""


def row_of(fact: e.Fact) -> Row:
    """Return the catalogue row of a fact, by its content where that weighs."""
    event_type = _variant(fact) or _name_at_hard(fact) or _name_of_health(fact) or e.event_type(fact)
    return CATALOGUE.get(event_type) or unknown(event_type)


def _variant(fact: e.Fact) -> str:
    found = ""
    match fact:
        case e.SubscribeFailed(held=True):
            found = "subscribe_failed_held"
        case e.ExitHeld(reason=reason) if reason in UNABLE:
            found = "exit_held_unable"
        case e.RecoveryCompleted(flow=flow) if flow:
            found = "recovery_in_steps_completed"
        case e.PositionChanged(cause="reconcile"):
            found = "position_changed_unexplained"
        case e.RecoveryCompleted(differences=differences) if differences:
            found = "recovery_differences"
        case e.OrderFilled(side=Side.BUY):
            found = "fill_confirmed"
        case e.OrderAccepted(how="inquiry"):
            found = "order_found"
        case e.OrderResolvedByPerson(denied=denied) if denied:
            found = "person_not_believed"
        case e.DataDelay(delay_ms=delay_ms) if delay_ms < DELAY_ALERT_MS:
            found = "data_delay_noted"
        case _:
            pass
    return found


def _name_at_hard(fact: e.Fact) -> str:
    """Stops are blocked, too: what is said must not promise them."""
    match fact:
        case e.KillswitchOn(level=KillLevel.HARD):
            return "killswitch_on_hard"
        case e.OrderBlockedKillswitch(level=KillLevel.HARD, purpose=purpose) if purpose.protective:
            return "order_blocked_hard"
        case _:
            return ""


def _name_of_health(fact: e.Fact) -> str:
    """What got better weighs less than what got worse."""
    match fact:
        case e.HealthChanged(recovered=True):
            return "health_recovered"
        case e.HealthChanged(component="memory" | "disk"):
            return "resource_high"
        case e.MeasureCrossed(eased=True):
            return "measure_eased"
        case _:
            return ""


def key_of(fact: e.Fact, context: Context) -> str:
    """Return the text by which equal alerts are recognised.

    A reached level and a holding nobody guards are told once a position and day;
    facts that happen once by nature carry what makes them unique.
    """
    match fact:
        case e.StopLossReached() | e.TakeProfitReached():
            part = f"{fact.symbol}:{fact.purpose}:{trading_date(context.at)}"
        case e.PositionUnguarded():
            part = f"{fact.symbol}:{trading_date(context.at)}"
        case e.StopLossFilled() | e.TakeProfitFilled() | e.ManualSellFilled() | e.ExitHeld() | e.ExitSimulated():
            part = fact.flow
        case (
            e.DoubtOutlivedDay()
            | e.OrderUnresolved()
            | e.OrderEscalated()
            | e.OrderAbsent()
            | e.AcceptanceMismatch()
            | e.FillUnconfirmed()
            | e.OrderExpired()
        ):
            part = fact.intent_id
        case e.OrderFailed():
            part = f"{fact.symbol}:{fact.code}"
        case e.OrderFilled():
            part = f"{fact.intent_id}:{fact.cumulative}"
        case e.OrderBlockedKillswitch():
            part = f"{fact.symbol}:{fact.purpose}:{fact.sender}"
        case e.AddBuyOpportunity() | e.SubscribeFailed() | e.PriceRejected():
            part = fact.symbol
        case e.MandateLapsed() | e.MandateReviewDue():
            part = f"{fact.mandate_id}:{trading_date(context.at)}"
        case (
            e.HealthChanged()
            | e.MeasureCrossed()
            | e.PnlShock()
            | e.EventLogFailed()
            | e.StrategyRestarted()
            | e.StrategyGivenUp()
            | e.ProcessGivenUp()
        ):
            part = _crossed(fact)
        case e.DataDelay() | e.ConnectionFlapping():
            part = "any"
        case _:
            part = f"{getattr(fact, 'symbol', '')}{context.at.isoformat()}"
    return f"{e.event_type(fact)}:{part}"


def _crossed(fact: Noticed | e.EventLogFailed) -> str:
    """Return what was crossed, and to where; of records that stopped, why; of a companion, whose."""
    match fact:
        case e.StrategyRestarted() | e.StrategyGivenUp():
            return fact.job_id
        case e.ProcessGivenUp():
            return fact.process
        case e.EventLogFailed():
            return storage_cause(fact.reason)
        case e.HealthChanged():
            return f"{fact.component}:{fact.after}"
        case e.MeasureCrossed():
            return f"{fact.measure}:{fact.after}"
        case e.PnlShock():
            return f"{fact.rule}:{fact.grade}"


def storage_cause(reason: str) -> str:
    """Return in one word why records could not be written, by what SQLite, the system or the store said."""
    text = reason.casefold()
    return next((cause for cause, marks in _STORAGE_CAUSES if any(mark in text for mark in marks)), "other")


def operations_alert(event_type: str, detail: str, *, key: str = "") -> Alert:
    """Return the alert of an event that is not a fact; ``detail`` completes its text."""
    row = CATALOGUE.get(event_type) or unknown(event_type)
    prefix = _PREFIXES.get(event_type, f"⚠️ 목록에 없는 이벤트: {event_type} ")
    short = f"{prefix}{plain(detail)}".rstrip()
    return Alert(
        event_type=event_type,
        key=key or event_type,
        severity=row.severity,
        priority=row.priority,
        category=row.area,
        short=short,
        long=with_action(short, row),
    )


def unrecordable(reason: str) -> Alert:
    """Return the emergency of facts that neither database nor spill took, which no outbox can hold."""
    return operations_alert("event_log_failed", reason, key=f"event_log_failed:{storage_cause(reason)}")


def category_of(event_type: str) -> str:
    """Return the operations function an event type belongs to: OPS-01 … OPS-06."""
    return (CATALOGUE.get(event_type) or unknown(event_type)).area
