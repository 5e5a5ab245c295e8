"""The names people give the places of a session, and its passing moments.

State codes are stored; these words are shown. Moments last no longer than the
fact that makes them; ``monitor status`` shows the latest one.
"""

from hantu.domain import events as ev

STATES: dict[str, str] = {
    "idle": "대기",
    "connecting": "WebSocket 연결 수립",
    "subscribing": "종목 구독 중",
    "monitoring": "모니터링 중",
    "reconnecting": "재연결 시도",
    "unsubscribing": "구독 해제",
    "sleeping": "휴면 모드",
    "market_halted": "장 중단",
    "ordering": "주문 실행",
    "awaiting_fill": "체결 대기",
}
MOMENTS: dict[type, str] = {
    ev.SubscribeDone: "구독 완료",
    ev.StopLossReached: "조건 도달",
    ev.TakeProfitReached: "조건 도달",
    ev.IntentRecorded: "주문 실행",
    ev.OrderAccepted: "체결 대기",
    ev.OrderFilled: "체결 확인",
    ev.ConnectionLost: "연결 끊김",
    ev.ReconnectFailed: "재연결 시도",
    ev.ReconnectExhausted: "긴급 알림",
    ev.SleepEntered: "휴면 모드",
    ev.MarketHalted: "장 중단",
    ev.MarketResumed: "장 재개",
    ev.DailySummary: "장 마감",
    ev.MonitorFinished: "연결 종료",
}


def state_word(code: str) -> str:
    """Return the word for a state code; an unknown code stands for itself."""
    return STATES.get(code, code)
