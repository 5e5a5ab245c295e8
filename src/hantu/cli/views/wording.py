"""Numbers, times and states as people read them; Korean market colours (up red, down blue)."""

from datetime import UTC, datetime

from hantu.domain.session import KST

UP, DOWN, FLAT = "red", "blue", ""
POSITION_STATES = {
    "guarded": "감시 중",
    "ordering": "주문 실행",
    "awaiting_fill": "체결 대기",
    "unresolved": "주문 확인 중",
    "polled": "조회로 감시",
    "unguarded": "규칙 없음",
    "closed": "청산 완료",
}
HELD_REASONS = {
    "halt": "장 중단",
    "kill": "킬스위치",
    "cooldown": "재시도 대기",
    "unresolved": "이전 주문 확인 중",
    "no_price": "시세 없음",
    "not_sellable": "매도 가능 수량 없음",
    "mandate": "상시 승인 없음",
    "session": "장 시간 아님",
    "mismatch": "보유 수량 확인 중",
    "recovering": "복구 중",
}
PURPOSES = {
    "stop_loss": "손절",
    "take_profit": "익절",
    "trailing_stop": "추적 손절",
    "partial_profit": "부분 익절",
    "manual": "수동",
    "flatten": "전량 정리",
}
SIDES = {"buy": "매수", "sell": "매도"}
INTENT_STATES = {
    "triggered": "조건 도달",
    "prepared": "준비",
    "sending": "전송 중",
    "working": "접수",
    "partial": "부분 체결",
    "unknown": "확인 중",
    "filled": "체결 완료",
    "canceled": "취소",
    "expired": "장 마감 소멸",
    "refused": "거부",
    "rejected_late": "접수 뒤 거래소 거부",
    "not_sent": "미전송",
    "absent": "접수 안 됨",
    "void": "무효",
    "escalated": "사람 확인 필요",
}
KILL_LEVELS = {
    "off": "꺼짐",
    "active": "작동 중 (손절만 허용)",
    "hard": "작동 중 (모든 주문 차단)",
    "flatten": "전량 청산 중",
}
MODES = {"sell": "매도", "watch": "관찰만 (주문 없음)"}
ENVIRONMENTS = {"real": "실전", "paper": "모의투자", "local": "연습"}


def won(value: float | None) -> str:
    """Return an amount with thousands separators; a dash for nothing."""
    return "-" if value is None else f"{value:,.0f}원"


def plain(value: float | None) -> str:
    """Return a number with thousands separators; a dash for nothing or zero."""
    return f"{value:,.0f}" if value else "-"


def signed(value: float | None) -> str:
    """Return an amount with its sign."""
    return "-" if value is None else f"{value:+,.0f}"


def percent(fraction: float | None) -> str:
    """Return a fraction as percent with sign and one decimal."""
    return "-" if fraction is None else f"{fraction:+.1%}"


def colour(value: float | None) -> str:
    """Return the style of a gain or loss."""
    return FLAT if not value else UP if value > 0 else DOWN


def position_state(state: str) -> str:
    """Return the Korean name of a position's state, ``held:halt`` included."""
    head, _, reason = state.partition(":")
    if head == "held":
        return f"보류: {HELD_REASONS.get(reason, reason)}"
    return POSITION_STATES.get(state, state)


def korean_time(text: str | None, form: str = "%m-%d %H:%M:%S") -> str:
    """Return stored UTC text in Korean time; what is not a time stays as it is."""
    moment = parse_time(text)
    return (text or "-") if moment is None else moment.astimezone(KST).strftime(form)


def parse_time(text: str | None) -> datetime | None:
    """Return the moment of stored UTC text, None if it is not one."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def seconds(value: float | None) -> str:
    """Return a duration people can read."""
    if value is None:
        return "-"
    if value < 60:
        return f"{value:.1f}초"
    minutes, rest = divmod(int(value), 60)
    return f"{minutes}분 {rest}초" if minutes < 60 else f"{minutes // 60}시간 {minutes % 60}분"
