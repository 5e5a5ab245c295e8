"""Telegram: one alert to one chat through the Bot API; never shows its token.

A network error is ambiguous (the message may have arrived), so delivery is at
least once. Nothing here waits or retries; the dispatcher does.
Source: https://core.telegram.org/bots/api#making-requests and #responseparameters.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec

from hantu.adapters.notify.telegram_text import parts
from hantu.domain.alert import Alert, Priority
from hantu.domain.errors import BrokenError, RetryableError, UsageError
from hantu.telemetry import get_logger, hide

API_URL = "https://api.telegram.org"
TIMEOUT_S = 5.0
ANSWER_LIMIT = 65_536
"""Bytes read of an answer."""
SILENT = frozenset({Priority.NORMAL, Priority.LOW})
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    code: int
    ok: bool
    description: str = ""
    retry_after_s: float | None = None
    new_chat_id: str = ""


class TelegramNotifier:
    """Sends alerts to one chat of one bot; implements ``ports.Notifier``."""

    name = "telegram"

    def __init__(self, token: str, chat_id: str, *, api_url: str = API_URL, timeout_s: float = TIMEOUT_S) -> None:
        """Check the settings; nothing is sent.

        Raises:
            UsageError: Token or chat missing, or an unencrypted address off this machine.
        """
        if not token or not chat_id:
            raise UsageError(
                "텔레그램 봇 토큰 또는 대화방 번호가 없습니다.", next_step="docs/telegram.md를 보고 설정하세요."
            )
        _check_address(api_url)
        hide(token)
        self._url = f"{api_url.rstrip('/')}/bot{token}/sendMessage"
        self._token = token
        self._chat_id = chat_id
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._session: aiohttp.ClientSession | None = None
        self._begun: tuple[str, int] = ("", 0)

    def __repr__(self) -> str:
        return "TelegramNotifier(***)"

    async def send(self, alert: Alert) -> None:
        """Deliver one alert, in several messages if it is long.

        Raises:
            RetryableError: Not delivered, with ``retry_s`` when Telegram said how long to wait.
            BrokenError: Token refused, chat unknown or bot blocked.
        """
        text = alert.long or alert.short
        marked = bool(alert.long)
        messages = parts(text, html=True, marked=marked)
        # A long alert that failed half way continues where it stopped.
        done = self._begun[1] if self._begun[0] == text else 0
        for index in range(done, len(messages)):
            answer = await self._post(messages[index], alert.priority, html=True)
            if _markup_refused(answer):
                await self._send_plain(text, alert.priority, marked=marked)
                break
            self._raise_for(answer)
            self._begun = (text, index + 1)
        self._begun = ("", 0)

    async def close(self) -> None:
        """Close the connection."""
        if self._session:
            await self._session.close()
            self._session = None

    async def _send_plain(self, text: str, priority: Priority, *, marked: bool) -> None:
        for message in parts(text, html=False, marked=marked):
            self._raise_for(await self._post(message, priority, html=False))

    async def _post(self, text: str, priority: Priority, *, html: bool) -> _Answer:
        answer = await self._request(text, priority, html=html)
        if answer.new_chat_id and answer.new_chat_id != self._chat_id:
            self._chat_id = answer.new_chat_id
            _log.warning("텔레그램 대화방이 옮겨졌습니다 - 설정의 chat_id를 %s(으)로 바꾸세요", answer.new_chat_id)
            answer = await self._request(text, priority, html=html)
        return answer

    async def _request(self, text: str, priority: Priority, *, html: bool) -> _Answer:
        body: dict[str, Any] = {
            "chat_id": self._chat_id,
            "text": text,
            "disable_notification": priority in SILENT,
        }
        if html:
            body["parse_mode"] = "HTML"
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        failure = ""
        try:
            async with self._session.post(self._url, json=body, allow_redirects=False) as response:
                return _answer(response.status, await _bounded(response.content))
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            # The error's own text may hold the address and with it the token.
            failure = type(error).__name__
        raise RetryableError(f"텔레그램에 연결하지 못했습니다: {failure}", next_step="네트워크 상태를 확인하세요.")

    def _raise_for(self, answer: _Answer) -> None:
        if answer.ok:
            return
        said = f"{answer.code} {answer.description}".replace(self._token, "***").strip()
        if answer.code == 429:
            raise RetryableError(f"텔레그램 전송 제한: {said}", retry_s=answer.retry_after_s)
        if answer.code in (401, 404):
            raise BrokenError(f"텔레그램 봇 토큰이 거부되었습니다: {said}", next_step="봇 토큰을 확인하세요.")
        if answer.code in (400, 403):
            raise BrokenError(
                f"텔레그램이 알림을 거부했습니다: {said}", next_step="대화방 번호와 봇 차단 여부를 확인하세요."
            )
        raise RetryableError(f"텔레그램 오류: {said}")


def _check_address(api_url: str) -> None:
    address = urlsplit(api_url)
    if address.scheme == "https" or (address.scheme == "http" and _loopback(address.hostname or "")):
        return
    raise UsageError(
        "텔레그램 주소는 https이거나 이 컴퓨터의 주소여야 합니다.", next_step="telegram.api_url을 확인하세요."
    )


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    read = b""
    while len(read) < ANSWER_LIMIT and (chunk := await content.read(ANSWER_LIMIT - len(read))):
        read += chunk
    return read


def _answer(status: int, content: bytes) -> _Answer:
    try:
        body = msgspec.json.decode(content)
    except msgspec.DecodeError:
        body = None
    if not isinstance(body, dict):
        return _Answer(status if status >= 300 else 502, ok=False, description="answer is not JSON")
    hints = body.get("parameters")
    hints = hints if isinstance(hints, dict) else {}
    retry_after, moved = hints.get("retry_after"), hints.get("migrate_to_chat_id")
    code = body.get("error_code")
    return _Answer(
        code=code if isinstance(code, int) else status,
        ok=status == 200 and body.get("ok") is True,
        description=str(body.get("description", ""))[:200],
        retry_after_s=float(retry_after) if isinstance(retry_after, int | float) else None,
        new_chat_id=str(moved) if moved else "",
    )


def _markup_refused(answer: _Answer) -> bool:
    return answer.code == 400 and "parse entities" in answer.description.lower()
