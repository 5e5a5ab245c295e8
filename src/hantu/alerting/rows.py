"""Rows of the catalogue: event types that are facts of the guard."""

from hantu.alerting.catalogue import Area, Delivery, Row, StopScope
from hantu.domain.alert import Priority, Severity

_SYS, _TRADE, _PERF, _FIX, _AUDIT = Area.SYSTEM, Area.TRADING, Area.PERFORMANCE, Area.RECOVERY, Area.AUDIT
_INFO, _WARN, _CRIT = Severity.INFO, Severity.WARN, Severity.CRITICAL
_LOW, _NORMAL, _HIGH, _EMERGENCY = Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.EMERGENCY
_NOW, _BATCH, _LOG, _CLOSING = Delivery.AT_ONCE, Delivery.BATCH, Delivery.LOG, Delivery.CLOSING


def _log(event_type: str, area: Area, condition: str, runbook: str = "monitoring") -> Row:
    return Row(event_type, area, _INFO, _LOW, _LOG, condition, runbook=runbook)


SESSION = (
    _log("session_state_changed", _SYS, "모니터링 상태 변경"),
    _log("trading_day_began", _SYS, "새 날짜 시작"),
    Row("monitor_started", _SYS, _INFO, _HIGH, _NOW, "종목 구독을 마치고 감시 시작",
        "hantu monitor status", "구독 종목 수가 예상과 같은지 확인하세요."),
    _log("subscribe_done", _SYS, "모든 종목 구독 완료"),
    _log("subscribe_failed", _SYS, "감시 종목 구독이 3회 실패", "connection"),
    Row("connection_lost", _SYS, _WARN, _HIGH, _NOW, "실시간 연결이 끊김",
        "hantu monitor status", "자동으로 재연결합니다. 5회 실패하면 다시 알립니다.", runbook="connection"),
    _log("reconnect_failed", _SYS, "재연결 1회 실패", "connection"),
    Row("reconnected", _SYS, _INFO, _LOW, _CLOSING, "재연결 성공",
        "hantu monitor status", "조치가 필요하지 않습니다.", runbook="connection"),
    Row("reconnect_exhausted", _SYS, _CRIT, _EMERGENCY, _NOW, "재연결 5회 모두 실패",
        "hantu monitor status", "네트워크와 KIS 서버를 확인한 뒤 `hantu monitor restart`를 실행하세요.",
        StopScope.BUYS, "connection"),
    Row("connection_flapping", _SYS, _WARN, _HIGH, _NOW, "5분 안에 연결이 3회 이상 끊김",
        "hantu events --type connection_lost", "네트워크 상태를 확인하세요.", runbook="connection"),
    Row("server_maintenance", _SYS, _WARN, _EMERGENCY, _NOW, "KIS 서버가 점검 중이라고 응답",
        "hantu monitor status", "점검이 끝나면 `hantu monitor restart`를 실행하세요.", runbook="connection"),
    Row("auth_failed", _SYS, _CRIT, _EMERGENCY, _NOW, "접속키를 다시 발급해도 인증이 거부됨",
        "hantu doctor", "앱키와 앱시크릿을 확인한 뒤 `hantu monitor restart`를 실행하세요.",
        StopScope.BUYS, "authentication"),
    Row("session_in_use", _SYS, _CRIT, _EMERGENCY, _NOW, "같은 앱키를 다른 프로그램이 사용 중",
        "hantu doctor", "다른 프로그램의 실시간 연결을 끝낸 뒤 `hantu monitor restart`를 실행하세요.",
        StopScope.BUYS, "authentication"),
    _log("sleep_entered", _SYS, "휴면 모드 진입", "connection"),
    _log("sleep_left", _SYS, "휴면 모드 해제", "connection"),
    Row("monitor_stopped", _SYS, _INFO, _HIGH, _NOW, "사용자가 모니터링을 중지",
        "hantu monitor status", "다시 시작하려면 `hantu monitor start`를 실행하세요."),
    _log("monitor_finished", _SYS, "장 마감 후 감시 종료"),
    _log("blind_period_ended", _SYS, "실시간 시세가 없던 구간 종료", "connection"),
    Row("recovery_completed", _FIX, _INFO, _LOW, _LOG, "시작할 때 잔고·주문과 기록을 맞춤",
        "hantu orders", "차이가 있으면 내용을 확인하세요.", runbook="recovery"),
)  # fmt: skip

MARKET = (
    Row("market_halted", _TRADE, _WARN, _HIGH, _NOW, "장 중단·종목 거래 정지·VI 발동",
        "hantu monitor status", "재개되면 자동으로 다시 판단합니다.", runbook="market-halt"),
    Row("market_resumed", _TRADE, _INFO, _HIGH, _NOW, "장 또는 종목 거래 재개",
        "hantu monitor status", "조치가 필요하지 않습니다.", runbook="market-halt"),
    Row("data_delay", _PERF, _WARN, _HIGH, _NOW, "체결 시각과 수신 시각의 차이가 5초 이상 (1초 이상은 로그)",
        "hantu monitor status", "네트워크와 KIS 서버 상태를 확인하세요.", runbook="data-delay"),
    _log("position_guarded", _TRADE, "보유 종목의 손절·익절 기준 설정", "positions"),
    Row("position_unguarded", _TRADE, _WARN, _NORMAL, _BATCH, "기준이 없어 감시하지 않는 보유 종목",
        "hantu positions", "감시하려면 설정에 규칙을 추가하세요.", runbook="positions"),
    _log("position_changed", _TRADE, "보유 수량 변경", "positions"),
    _log("position_closed", _TRADE, "보유 종목 정리", "positions"),
    _log("exit_rule_fallback", _TRADE, "ATR을 쓸 수 없어 고정 비율 적용", "positions"),
    _log("trailing_stop_raised", _TRADE, "추적 손절가 상향", "positions"),
    Row("add_buy_opportunity", _TRADE, _INFO, _NORMAL, _BATCH, "감시 종목이 지지선에 근접",
        "hantu events --type add_buy_opportunity", "매수는 직접 판단하세요. 자동 주문은 없습니다.",
        runbook="positions"),
)  # fmt: skip

EXITS = (
    Row("stop_loss_reached", _TRADE, _WARN, _HIGH, _NOW, "현재가가 손절가 이하",
        "hantu explain", "자동 매도 결과를 기다리세요.", runbook="exits"),
    Row("take_profit_reached", _TRADE, _WARN, _HIGH, _NOW, "현재가가 목표가 이상",
        "hantu explain", "자동 매도 결과를 기다리세요.", runbook="exits"),
    _log("exit_held", _TRADE, "조건에 도달했지만 주문을 보류", "exits"),
    Row("exit_simulated", _TRADE, _INFO, _HIGH, _NOW, "감시 전용 모드에서 매도 조건 도달",
        "hantu explain", "주문은 나가지 않았습니다. 필요하면 직접 매도하세요.", runbook="exits"),
    _log("intent_recorded", _TRADE, "주문 의도 기록", "exits"),
    _log("intent_voided", _TRADE, "보내지 않은 주문 의도 취소", "exits"),
    _log("order_accepted", _TRADE, "주문 접수", "exits"),
    _log("order_rejected_broker", _TRADE, "주문 거부 (1건)", "order-failed"),
    _log("order_not_sent", _TRADE, "주문이 전송되지 않음", "order-failed"),
    Row("order_failed", _TRADE, _CRIT, _EMERGENCY, _NOW, "주문이 거부되었고 재시도도 실패",
        "hantu explain", "보유 종목을 확인하고 필요하면 직접 매도하세요.", StopScope.STOCK, "order-failed"),
    Row("order_unresolved", _TRADE, _CRIT, _EMERGENCY, _NOW, "주문을 보냈으나 결과를 알 수 없음",
        "hantu orders show", "증권사 앱에서 주문 내역을 확인하세요. 확인 전에는 직접 매도하지 마세요.",
        StopScope.STOCK, "order-unresolved"),
    Row("order_absent", _TRADE, _INFO, _HIGH, _NOW, "결과를 모르던 주문이 접수되지 않았음을 확인",
        "hantu orders show", "조건이 유지되면 자동으로 다시 매도합니다.", runbook="order-unresolved"),
    Row("order_escalated", _TRADE, _CRIT, _EMERGENCY, _NOW, "주문 결과를 스스로 확인하지 못함",
        "hantu orders show", "증권사에 주문 상태를 확인하고 직접 처리하세요.",
        StopScope.STOCK, "order-unresolved"),
    _log("order_filled", _TRADE, "매도 주문의 체결", "exits"),
    _log("order_canceled", _TRADE, "주문 취소 확인", "exits"),
    Row("order_expired", _TRADE, _WARN, _HIGH, _NOW, "장 마감까지 체결되지 않은 주문 소멸",
        "hantu orders", "다음 장에서 다시 판단합니다. 보유 수량을 확인하세요.", runbook="exits"),
    _log("cancel_resolved", _TRADE, "취소 요청의 결과", "exits"),
    Row("fill_unconfirmed", _TRADE, _WARN, _HIGH, _NOW, "주문 후 1분 넘게 체결되지 않음",
        "hantu orders show", "증권사 앱에서 체결 여부를 확인하세요.", runbook="fill-unconfirmed"),
    Row("foreign_fill", _TRADE, _INFO, _NORMAL, _BATCH, "hantu 밖에서 낸 주문의 체결",
        "hantu positions", "직접 낸 주문이 맞는지 확인하세요.", runbook="positions"),
    Row("stop_loss_filled", _TRADE, _INFO, _HIGH, _NOW, "손절 매도 전량 체결",
        "hantu explain", "조치가 필요하지 않습니다.", runbook="exits"),
    Row("take_profit_filled", _TRADE, _INFO, _HIGH, _NOW, "익절 매도 전량 체결",
        "hantu explain", "조치가 필요하지 않습니다.", runbook="exits"),
)  # fmt: skip

APPROVALS = (
    _log("order_token_issued", _AUDIT, "승인된 주문의 1회용 토큰 발급", "approvals"),
    _log("order_rejected_invalid_signature", _TRADE, "서명이 맞지 않는 토큰의 주문 요청", "approvals"),
    _log("order_rejected_expired", _TRADE, "만료된 토큰이나 승인의 주문 요청", "approvals"),
    _log("order_rejected_approval_not_found", _TRADE, "승인 기록이 없는 주문 요청", "approvals"),
    _log("order_rejected_hash_mismatch", _TRADE, "승인과 다른 주문 요청", "approvals"),
    _log("order_rejected_already_used", _TRADE, "이미 쓴 토큰의 주문 요청", "approvals"),
    _log("order_rejected_not_allowed", _TRADE, "감시 규칙이 지금 막는 주문 요청", "approvals"),
    Row("manual_sell_filled", _TRADE, _INFO, _HIGH, _NOW, "사람이 낸 매도 주문 종료",
        "hantu explain", "조치가 필요하지 않습니다.", runbook="approvals"),
    _log("mandate_in_force", _AUDIT, "자동 매도 상시 승인 적용", "approvals"),
    Row("mandate_lapsed", _TRADE, _WARN, _HIGH, _NOW, "자동 매도 상시 승인이 없거나 무효",
        "hantu approvals mandate show", "청산 규칙을 확인하고 `hantu approvals mandate sign`으로 서명하세요.",
        runbook="approvals"),
    Row("mandate_review_due", _AUDIT, _WARN, _HIGH, _NOW, "자동 매도 상시 승인 후 30일마다",
        "hantu approvals mandate show", "규칙이 여전히 맞으면 `hantu approvals mandate sign`으로 다시 서명하세요.",
        runbook="approvals"),
)  # fmt: skip

SWITCH_AND_DAY = (
    Row("killswitch_on", _FIX, _CRIT, _EMERGENCY, _NOW, "킬 스위치 작동",
        "hantu kill status", "원인을 확인한 뒤 `hantu kill off`로 해제하세요.", StopScope.ALL, "kill-switch"),
    Row("killswitch_off", _FIX, _INFO, _HIGH, _NOW, "킬 스위치 해제",
        "hantu kill status", "해제한 사람과 사유를 확인하세요.", runbook="kill-switch"),
    Row("order_blocked_killswitch", _TRADE, _CRIT, _EMERGENCY, _NOW, "킬 스위치가 켜진 동안 주문 요청",
        "hantu events --type order_blocked_killswitch",
        "요청한 프로그램과 킬 스위치 사유를 확인하세요. 필요하면 직접 매도하세요.",
        StopScope.ALL, "kill-switch"),
    _log("order_allowed_protective", _AUDIT, "킬 스위치 중 허용된 손절 매도", "kill-switch"),
    Row("daily_summary", _TRADE, _INFO, _HIGH, _NOW, "장 마감 후 하루 결과",
        "hantu events --type daily_summary", "조치가 필요하지 않습니다."),
    Row("trade_save_failed", _SYS, _WARN, _LOW, _LOG, "거래 기록 저장이 3회 실패",
        "hantu doctor", "저장 공간과 데이터베이스를 확인하세요.", runbook="storage"),
    Row("event_log_failed", _SYS, _CRIT, _EMERGENCY, _NOW, "이벤트 기록 실패",
        "hantu doctor", "저장 공간과 데이터베이스 권한을 확인하세요.", StopScope.BUYS, "storage"),
)  # fmt: skip

VARIANTS = (
    Row("subscribe_failed_held", _SYS, _WARN, _HIGH, _NOW, "보유 종목을 구독하지 못해 감시하지 못함",
        "hantu monitor status", "이 종목은 실시간으로 감시되지 않습니다. 직접 확인하세요.", runbook="connection"),
    Row("exit_held_unable", _TRADE, _WARN, _HIGH, _NOW, "조건에 도달했지만 매도할 수 없음",
        "hantu explain", "보유 종목을 확인하고 필요하면 직접 매도하세요.", runbook="exits"),
    Row("recovery_differences", _FIX, _WARN, _HIGH, _NOW, "시작할 때 기록과 잔고·주문이 다름",
        "hantu orders", "아래 차이를 증권사 앱과 비교하세요.", runbook="recovery"),
    Row("fill_confirmed", _TRADE, _INFO, _NORMAL, _BATCH, "매수 주문 체결",
        "hantu orders", "조치가 필요하지 않습니다.", runbook="positions"),
    Row("data_delay_noted", _PERF, _WARN, _LOW, _LOG, "체결 시각과 수신 시각의 차이가 1초 이상",
        runbook="data-delay"),
)  # fmt: skip
"""The same fact with a different weight; chosen by ``hantu.alerting.rules.row_of``."""

OPERATIONS = (
    Row("order_rejected_burst", _TRADE, _WARN, _HIGH, _NOW, "5분 안에 주문 거부 10건 이상",
        "hantu events --type order_rejected_broker", "거부 사유를 확인하고 필요하면 `hantu kill on`을 실행하세요.",
        runbook="order-failed"),
    Row("db_init_failed", _SYS, _CRIT, _EMERGENCY, _NOW, "데이터베이스를 초기화하지 못함",
        "hantu doctor", "파일 권한과 스키마를 확인한 뒤 다시 실행하세요.", StopScope.ALL, "storage"),
    Row("token_issue_failed", _SYS, _WARN, _HIGH, _NOW, "토큰을 발급받지 못함",
        "hantu doctor", "앱키와 KIS 서버 상태를 확인하세요.", runbook="authentication"),
    Row("pnl_shock", _TRADE, _WARN, _HIGH, _NOW, "손익이 기준보다 급하게 변함",
        "hantu positions", "보유 종목을 확인하세요.", runbook="positions"),
    Row("health_degraded", _SYS, _WARN, _HIGH, _NOW, "구성 요소의 상태가 나빠짐",
        "hantu doctor", "표시된 구성 요소를 확인하세요."),
    Row("resource_high", _PERF, _WARN, _HIGH, _NOW, "메모리 또는 디스크 사용률 90% 이상",
        "hantu doctor", "사용량을 줄이세요."),
    Row("strategy_restarted", _SYS, _WARN, _NORMAL, _BATCH, "전략을 자동으로 다시 시작함",
        "hantu events", "마지막 오류를 확인하세요."),
    Row("strategy_given_up", _SYS, _CRIT, _EMERGENCY, _NOW, "전략이 5회 재시작 후에도 실패",
        "hantu events", "오류를 고친 뒤 직접 시작하세요.", StopScope.STRATEGY),
    Row("backup_failed", _FIX, _WARN, _HIGH, _NOW, "백업 실패",
        "hantu doctor", "저장 위치와 공간을 확인하세요.", runbook="storage"),
    Row("restore_done", _FIX, _INFO, _HIGH, _NOW, "백업에서 복원 완료",
        "hantu doctor", "복원 보고서를 확인하세요.", runbook="storage"),
    Row("venue_switched", _FIX, _WARN, _HIGH, _NOW, "주문 거래소를 전환함",
        "hantu events", "전환 원인을 확인하세요."),
    Row("model_rolled_back", _FIX, _WARN, _HIGH, _NOW, "예측 모델을 이전 버전으로 되돌림",
        "hantu events", "원인을 확인하세요."),
    Row("failover", _FIX, _WARN, _HIGH, _NOW, "대기 서버로 전환함",
        "hantu events", "원래 서버의 상태를 확인하세요."),
    Row("report", Area.ALERTS, _INFO, _NORMAL, _BATCH, "통계·점검 보고",
        "hantu events", "조치가 필요하지 않습니다."),
    Row("alert_test", Area.ALERTS, _INFO, _HIGH, _NOW, "알림 시험",
        "hantu events", "조치가 필요하지 않습니다."),
)  # fmt: skip
"""Events that are not facts of the guard; see ``hantu.alerting.rules.operations_alert``."""

CATALOGUE: dict[str, Row] = {
    row.event_type: row for row in (*SESSION, *MARKET, *EXITS, *APPROVALS, *SWITCH_AND_DAY, *VARIANTS, *OPERATIONS)
}
