"""Log lines of moments that are not facts: an attempt begins, a frame cannot be read."""

from dataclasses import dataclass
from typing import Literal

from hantu.alerting.wording import plain, won

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
Kind = Literal["system", "strategy", "order"]


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line for the log: level, text, and the type the record carries."""

    level: Level
    text: str
    kind: Kind = "system"


def connecting() -> LogLine:
    """Return the line of every connection attempt."""
    return LogLine("INFO", "WebSocket 연결 시도...")


def connected(seconds: float) -> LogLine:
    """Return the line of a connection made, with how long it took."""
    return LogLine("INFO", f"WebSocket 연결 성공 ({seconds:.2f}초)")


def reconnecting(attempt: int, limit: int) -> LogLine:
    """Return the line of one reconnection attempt, counted from 1."""
    return LogLine("WARNING", f"WebSocket 연결 끊김 감지 - 재연결 시도 {attempt}/{limit}")


def subscribing(tr_id: str, key: str) -> LogLine:
    """Return the line of one subscribe request."""
    return LogLine("INFO", f"구독 요청 전송: {tr_id} - {key}")


def subscribed(done: int, total: int) -> LogLine:
    """Return the progress line; the last one reads n/n."""
    return LogLine("INFO", f"구독 완료: {done}/{total}")


def trade_received(symbol: str, price: int) -> LogLine:
    """Return the line of one trade; at DEBUG, or a day would flood the log."""
    return LogLine("DEBUG", f"체결가 수신: {symbol} - 현재가 {won(price)}", "strategy")


def frame_unparsable(masked: str) -> LogLine:
    """Return the line of a message that could not be read; ``masked`` shows no secret."""
    return LogLine("ERROR", f"메시지 파싱 실패: {plain(masked)}")


def buffer_purged(count: int) -> LogLine:
    """Return the line of old prices removed from memory."""
    return LogLine("INFO", f"메모리 정리: 버퍼 {count}개 삭제")


def rate_limited() -> LogLine:
    """Return the line of a call that waits for its turn."""
    return LogLine("WARNING", "Rate limit 대기 중")


def market_closing() -> LogLine:
    """Return the line with which the day's release of subscriptions begins."""
    return LogLine("INFO", "장 마감 - 모든 구독 해제 중")


def feed_closed() -> LogLine:
    """Return the line of a connection closed for the day."""
    return LogLine("INFO", "WebSocket 연결 종료 완료 - 다음 장 시작까지 대기")


def database_unusable(cause: str) -> LogLine:
    """Return the line of a database that cannot be opened or created."""
    return LogLine("ERROR", f"Database initialization failed: {plain(cause)}")


def token_refused(cause: str) -> LogLine:
    """Return the line of a token that was not issued, for example ``502 Bad Gateway``."""
    return LogLine("ERROR", f"Token issuance failed: {plain(cause)}")
