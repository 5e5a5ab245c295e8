"""Short texts of what hantu noticed about itself (Korean)."""

from typing import TypeAlias

from hantu.alerting.wording import component_word, duration, grade_word, health_word, plain, signed_percent, won
from hantu.domain import events as e

COMPANION_MARKS = {
    "strategy_restarted": "🔁 전략 재시작: ",
    "strategy_given_up": "🚨 전략 중단: ",
    "process_given_up": "⚠️ 프로세스 중단: ",
}
"""How the text of each fact of another process begins."""


Noticed: TypeAlias = (
    e.HealthChanged | e.MeasureCrossed | e.PnlShock | e.StrategyRestarted | e.StrategyGivenUp | e.ProcessGivenUp
)


def health_text(fact: Noticed) -> str:
    """Return the one-line text of a fact."""
    match fact:
        case e.HealthChanged():
            return _changed(fact)
        case e.MeasureCrossed():
            mark = "✅ 측정값" if fact.eased else "⚠️ 측정값"
            what = f"{plain(fact.name)} {plain(fact.subject)}".rstrip()
            return f"{mark} {what}: {grade_word(fact.before)} → {grade_word(fact.after)} ({_measured(fact)})"
        case e.StrategyRestarted() | e.StrategyGivenUp() | e.ProcessGivenUp():
            return f"{COMPANION_MARKS[e.event_type(fact)]}{plain(fact.detail)}"
        case e.PnlShock():
            what = "하루 손실" if fact.rule == "day_loss" else "1분 안의 변화"
            share = fact.change / fact.equity if fact.equity else 0.0
            return f"⚠️ 손익 급변: {what} {won(fact.change)} ({signed_percent(share, 2)}), 오늘 결과 {won(fact.result)}"


def test_text(fact: e.AlertTest) -> str:
    """Return the text of a test alert."""
    return f"🔔 알림 시험: {plain(fact.text)}"


def resumed_text(fact: e.EventLogResumed) -> str:
    """Return the text of records that are taken again."""
    since = f"{duration(fact.lasted_s)} 동안 밀린 것까지" if fact.lasted_s else "이전 실행에서 멈춘 것까지"
    return f"✅ 이벤트 기록 재개 - {since} 기록함"


def _changed(fact: e.HealthChanged) -> str:
    mark = "✅ 상태 회복" if fact.recovered else "⚠️ 상태 이상"
    why = f" - {plain(fact.reason)}" if fact.reason else ""
    lasted = f" ({duration(fact.lasted_s)} 동안 {health_word(fact.before)})" if fact.recovered else ""
    return f"{mark}: {component_word(fact.component)} {health_word(fact.after)}{why}{lasted}"


def _measured(fact: e.MeasureCrossed) -> str:
    if fact.unit == "s":
        return f"{fact.value:g}초, 기준 {fact.warning:g}/{fact.danger:g}초"
    return f"{fact.value:.1%}, 기준 {fact.warning:.0%}/{fact.danger:.0%}"
