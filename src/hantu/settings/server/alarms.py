"""What the server has people told: no token to be had, a sign-in locked, a recovery code used. Never a flood."""

import threading
from collections.abc import Callable, Mapping
from typing import Final

from hantu.adapters.accounts.attempts import PAIR_MAX, WINDOW_S
from hantu.adapters.accounts.book import Book
from hantu.adapters.clock import SystemClock
from hantu.domain.errors import HantuError
from hantu.settings.model import Settings
from hantu.settings.people import actor_of
from hantu.settings.telling import have_told, tell_directly
from hantu.telemetry import get_logger

AlarmLog = get_logger(__name__, "system")
MACHINE: Final = SystemClock()
TOKEN_EVERY_S: Final = 60.0
ACCESS_EVERY_S: Final = 3_600.0
"""One name is told of so often at most, whatever is tried under it."""
SENDER: Final = "server"
_WORDS: Final[Mapping[str, str]] = {
    "sign_in_locked": f"{{who}} ({{detail}}) - {PAIR_MAX}번 틀려 {WINDOW_S / 60:.0f}분 동안 막음",
    "recovery_code_used": "{who} ({detail}) - 새 인증 앱을 등록하게 됩니다",
    "passkey_added": "{who} ({detail}) - 이제 이 기기로 로그인할 수 있습니다",
    "passkey_copied": "{who} ({detail}) - 횟수가 되돌아간 키라 막음",
}


class TokenAlarm:
    """Tells people that no token was to be had, at most once a minute; the guard may be dead, so this side sends."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._told = -TOKEN_EVERY_S
        self._lock = threading.Lock()

    def tell(self, cause: str) -> None:
        """Send in a thread of its own; nobody waits for a channel."""
        with self._lock:
            now = MACHINE.now().mono
            if now - self._told < TOKEN_EVERY_S:
                return
            self._told = now
        _in_background(lambda: tell_directly(self._settings, "token_issue_failed", cause))

    def paused(self, cause: str) -> None:
        """Tell people that orders by hand wait for one of them; it happens once until one resumes them."""
        detail = f"{cause} - 두 번째 실패, 원인을 기록할 때까지 승인과 제출을 멈춤"
        _in_background(
            lambda: have_told(self._settings, "order_flow_paused", detail, "order_flow_paused", sender=SENDER)
        )


class AccessAlarm:
    """Tells people of their own accounts: of names that exist, each once an hour for each kind, across restarts."""

    def __init__(self, settings: Settings, book: Book) -> None:
        self._settings = settings
        self._book = book

    def tell(self, kind: str, who: str, detail: str) -> None:
        """Have people told of what happened to an account, if it is one of those things; nobody waits for it."""
        words = _WORDS.get(kind)
        if words is None:
            return
        try:
            if not self._first(kind, who):
                return
        except HantuError as error:
            AlarmLog.error("알림을 준비하지 못함 (%s %s): %s", kind, who, error)
            return
        _in_background(lambda: self._send(kind, who, words, detail))

    def _send(self, kind: str, who: str, words: str, detail: str) -> None:
        actor = actor_of(self._settings, who)
        have_told(self._settings, kind, words.format(who=actor, detail=detail), f"{kind}:{actor}", sender=SENDER)

    def _first(self, kind: str, who: str) -> bool:
        now = self._book.now_s()
        with self._book.writing() as connection:
            # Names that do not exist lock nobody out, and there is no end of them.
            return bool(
                connection.execute(
                    """INSERT INTO told (kind, name, at) SELECT ?1, name, ?3 FROM users WHERE name = ?2
                    ON CONFLICT (kind, name) DO UPDATE SET at = excluded.at WHERE at <= excluded.at - ?4""",
                    (kind, who, now, ACCESS_EVERY_S),
                ).rowcount
            )


def _in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True, name="alarm").start()
