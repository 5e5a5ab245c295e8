"""How numbers, times and reasons are written in messages to people (Korean)."""

from datetime import UTC, date, datetime, timedelta

from hantu.domain.order import Purpose
from hantu.domain.session import KST

TIMES = "\N{MULTIPLICATION SIGN}"
"""Between a price and a quantity."""
VALUE_LIMIT = 300
"""Longest value taken from outside (broker text, names) in one message."""
_WEEKDAYS = "월화수목금토일"
_PURPOSES = {
    Purpose.STOP_LOSS: "손절",
    Purpose.TAKE_PROFIT: "익절",
    Purpose.TRAILING_STOP: "트레일링 스탑",
    Purpose.PARTIAL_PROFIT: "부분 익절",
    Purpose.MANUAL: "수동 주문",
    Purpose.FLATTEN: "전량 정리",
}
_HALT_SOURCES = {
    "stream": "장운영 정보",
    "trade": "체결 정보",
    "refusal": "주문 거부",
    "manual": "수동",
    "vi": "변동성완화장치",
    "acceptance": "접수된 주문이 다름",
}


def purpose_word(purpose: Purpose) -> str:
    """Return the word for why something is sold, for example 손절."""
    return _PURPOSES[purpose]


def halt_source_word(source: str) -> str:
    """Return the word for how a halt was noticed."""
    return _HALT_SOURCES.get(source, source)


def won(amount: int) -> str:
    """Return an amount or price with separators: ``64,500원``."""
    return f"{amount:,}원"


def signed_percent(fraction: float, places: int) -> str:
    """Return a fraction as percent with its sign; what rounds to zero has none."""
    text = f"{fraction:+.{places}%}"
    return text if any(digit in text for digit in "123456789") else f"{0:.{places}%}"


def plain(value: str) -> str:
    """Return outside text as one bounded line that cannot be taken for markup."""
    line = " ".join(value.split()).replace("*", "\N{FULLWIDTH ASTERISK}").replace("`", "'")
    return line if len(line) <= VALUE_LIMIT else line[: VALUE_LIMIT - 1] + "…"


def stock(name: str, symbol: str) -> str:
    """Return ``삼성전자 (005930)``, or the code alone when the name is not known."""
    return f"{plain(name)} ({symbol})" if name and name != symbol else symbol


def korean_time(utc_text: str) -> str:
    """Return a stored UTC text as Korean date and time; anything else as it is."""
    moment = _moment(utc_text)
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else plain(utc_text)


def opening_word(utc_text: str, today: date) -> str:
    """Return when the market opens next: ``내일 09:00`` only where that is true."""
    moment = _moment(utc_text)
    if moment is None:
        return "다음 장 시작"
    if moment.date() == today + timedelta(days=1):
        return f"내일 {moment:%H:%M}"
    if moment.date() == today:
        return f"오늘 {moment:%H:%M}"
    return f"{moment.month}월 {moment.day}일 ({_WEEKDAYS[moment.weekday()]}) {moment:%H:%M}"


def duration(seconds: float) -> str:
    """Return a length of time as a person says it: ``3분 20초``."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "시간"), (minutes, "분"), (rest, "초"))
    return " ".join(f"{count}{unit}" for count, unit in parts if count) or "0초"


def _moment(utc_text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(utc_text)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(KST)


_RECOVERY_STEPS = {
    "detect": "1/5 장애 감지",
    "kill_switch": "2/5 킬 스위치",
    "clean_up": "3/5 미체결 주문 정리",
    "restart": "4/5 감시 재개",
    "synchronise": "5/5 주문·체결 동기화",
}


def recovery_step(step: str) -> str:
    """Return the word for a step of a recovery, with its place."""
    return _RECOVERY_STEPS.get(str(step), str(step))


_COMPONENTS = {
    "guard": "감시 루프",
    "guard_process": "감시 프로세스",
    "rest": "KIS REST",
    "stream": "실시간 시세",
    "token": "접근 토큰",
    "approval": "실시간 접속키",
    "database": "데이터베이스",
    "disk": "디스크",
    "memory": "메모리",
    "clock": "시계",
    "alerts": "알림 채널",
    "notifier": "알림 프로세스",
    "phone": "텔레그램 명령",
    "backup": "백업",
    "certificate": "인증서",
}
_HEALTH = {"ok": "정상", "warn": "주의", "down": "장애", "not_expected": "해당 없음"}
_GRADES = {"normal": "정상", "warning": "경고", "danger": "위험"}


def component_word(component: str) -> str:
    """Return a component in Korean; one that has no word is named as it is."""
    return _COMPONENTS.get(component, component)


def health_word(state: str) -> str:
    """Return the state of a component in Korean."""
    return _HEALTH.get(state, state)


def grade_word(grade: str) -> str:
    """Return the class of a measure in Korean."""
    return _GRADES.get(grade, grade)


KILL_CAUSES = {
    "position_mismatch": "보유 수량 불일치",
    "duplicate_order": "중복 주문",
    "duplicate": "중복 주문",
    "rejection_burst": "주문 거부 급증",
    "day_loss": "하루 손실 한도",
    "repeats_hour": "같은 종목 반복 체결",
    "unclean_restart": "장중 비정상 재시작",
    "recovery_stopped": "복구 중단",
    "release_expired": "임시 해제 만료",
    "state_unreadable": "킬 스위치 상태를 읽을 수 없음",
    "records_lost": "기록 분실",
}
"""What set the kill switch by itself."""
