"""Telegram: one alert to one chat through the Bot API; never shows its token or chat.

A network error after the first byte is ambiguous (the message may have arrived), so
delivery is at least once. Nothing here waits or retries; the dispatcher does.
Source: https://core.telegram.org/bots/api#making-requests and #responseparameters.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from hantu.adapters.notify.bridge import SenderNotifier
from hantu.adapters.notify.http import (
    JSON_HEADERS,
    TIMEOUT_S,
    HttpDoor,
    Reply,
    check_address,
    json_bytes,
    short_words,
)
from hantu.adapters.notify.recent import Recent
from hantu.adapters.notify.telegram_text import parts
from hantu.domain.delivery import ChannelHealth, Message, Receipt, accepted, ambiguous, permanent, retry_at, temporary
from hantu.domain.errors import UsageError
from hantu.telemetry import get_logger, hide, mask

API_URL = "https://api.telegram.org"
REFUSED = {
    400: "텔레그램이 알림을 거부했습니다",
    401: "텔레그램 봇 토큰이 거부되었습니다",
    403: "텔레그램이 알림을 거부했습니다",
    404: "텔레그램 봇 토큰이 거부되었습니다",
}
NEXT_STEPS = {
    400: "대화방 번호를 확인하세요.",
    401: "봇 토큰을 확인하세요.",
    403: "봇 차단을 풀거나 봇을 대화방에 다시 초대하세요.",
    404: "봇 토큰을 확인하세요.",
}
_log = get_logger(__name__)


class TelegramSender:
    """Sends to one chat of one bot; implements ``ports.Sender``."""

    name = "telegram"

    def __init__(self, token: str, chat_id: str, *, api_url: str = API_URL, timeout_s: float = TIMEOUT_S) -> None:
        """Check the settings; nothing is sent.

        Raises:
            UsageError: Token or chat missing, or an unencrypted address off this machine.
        """
        if not token or not chat_id:
            raise UsageError(
                "텔레그램 봇 토큰 또는 대화방 번호가 없습니다.", next_step="docs/channels.md를 보고 설정하세요."
            )
        check_address(api_url, "telegram.api_url")
        hide(token)
        self._url = f"{api_url.rstrip('/')}/bot{token}"
        self._token = token
        self._chat_id = chat_id
        self._door = HttpDoor(timeout_s)
        self._begun = Recent[tuple[str, ...]]()
        self._threads = Recent[int]()

    def __repr__(self) -> str:
        return "TelegramSender(***)"

    async def send(self, message: Message) -> Receipt:
        """Send one message, in several parts if it is long; a part that was taken is not sent again."""
        marked = bool(message.long)
        text = mask(message.long or message.short)
        receipt = await self._send_parts(message, parts(text, html=True, marked=marked), html=True)
        if receipt is None:
            receipt = await self._send_parts(message, parts(text, html=False, marked=marked), html=False)
            assert receipt is not None
        return receipt

    async def check(self) -> ChannelHealth:
        """Ask for the bot and its chat."""
        for asked in ("getMe", f"getChat?{urlencode({'chat_id': self._chat_id})}"):
            reply = await self._door.get(f"{self._url}/{asked}")
            if isinstance(reply, Receipt):
                return ChannelHealth(reachable=False, detail=reply.reason)
            if not _ok(reply):
                refused = _code(reply) in REFUSED
                return ChannelHealth(
                    reachable=refused, credentials_ok=False if refused else None, detail=self._said(reply)
                )
        return ChannelHealth(reachable=True, credentials_ok=True)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._door.aclose()

    async def _send_parts(self, message: Message, texts: tuple[str, ...], *, html: bool) -> Receipt | None:
        """Return what came of it; None when the markup was refused."""
        done = self._begun.get(message.key, ())
        begin = len(done) if done == texts[: len(done)] else 0
        receipt = accepted()
        for index in range(begin, len(texts)):
            body = self._body(message, texts[index], html=html, last=index == len(texts) - 1)
            reply = await self._post(body)
            if html and isinstance(reply, Reply) and _markup_refused(reply):
                return None
            receipt = self._judged(reply)
            if not receipt.accepted:
                return receipt
            self._begun.put(message.key, texts[: index + 1])
            if message.thread and receipt.provider_id and index == 0 and not self._threads.get(message.thread, 0):
                self._threads.put(message.thread, int(receipt.provider_id))
        self._begun.drop(message.key)
        return receipt

    def _body(self, message: Message, text: str, *, html: bool, last: bool) -> dict[str, Any]:
        body: dict[str, Any] = {"text": text, "disable_notification": message.silent}
        if html:
            body["parse_mode"] = "HTML"
        begun = self._threads.get(message.thread, 0) if message.thread else 0
        if begun:
            body["reply_parameters"] = {"message_id": begun, "allow_sending_without_reply": True}
        if message.buttons and last:
            row = [{"text": mask(one.label), "callback_data": one.data} for one in message.buttons]
            body["reply_markup"] = {"inline_keyboard": [row]}
        return body

    async def _post(self, body: Mapping[str, Any]) -> Reply | Receipt:
        reply = await self._request(body)
        moved = _parameter(reply, "migrate_to_chat_id") if isinstance(reply, Reply) else None
        if moved and str(moved) != self._chat_id:
            self._chat_id = str(moved)
            _log.warning("텔레그램 대화방이 슈퍼그룹으로 옮겨졌습니다 - 설정의 chat_id를 새 번호로 바꾸세요")
            reply = await self._request(body)
        return reply

    async def _request(self, body: Mapping[str, Any]) -> Reply | Receipt:
        data = json_bytes({"chat_id": self._chat_id, **body})
        return await self._door.post(f"{self._url}/sendMessage", data=data, headers=JSON_HEADERS)

    def _judged(self, reply: Reply | Receipt) -> Receipt:
        if isinstance(reply, Receipt):
            return reply
        if _ok(reply):
            result = reply.body.get("result")
            found = result.get("message_id") if isinstance(result, dict) else None
            return accepted(str(found) if type(found) is int else "")
        code, said = _code(reply), self._said(reply)
        if code == 429:
            wait_s = _parameter(reply, "retry_after")
            wait_s = wait_s if isinstance(wait_s, int | float) else reply.retry_after_s
            reason = f"텔레그램 전송 제한: {said}"
            return retry_at(float(wait_s), reason) if wait_s is not None else temporary(reason)
        if code in REFUSED:
            return permanent(f"{REFUSED[code]}: {said} - {NEXT_STEPS[code]}")
        if reply.status == 200:
            return ambiguous(f"텔레그램의 응답을 읽을 수 없습니다: {said}")
        return temporary(f"텔레그램 오류: {said}")

    def _said(self, reply: Reply) -> str:
        description = str(reply.body.get("description", "")) or "answer is not JSON"
        description = description.replace(self._token, "***").replace(self._chat_id, "***")
        return f"{_code(reply)} {short_words(description)}"


class TelegramNotifier(SenderNotifier):
    """Telegram behind the port the dispatcher knows today; implements ``ports.Notifier``."""

    def __init__(self, token: str, chat_id: str, *, api_url: str = API_URL, timeout_s: float = TIMEOUT_S) -> None:
        """Check the settings; nothing is sent.

        Raises:
            UsageError: Token or chat missing, or an unencrypted address off this machine.
        """
        super().__init__(TelegramSender(token, chat_id, api_url=api_url, timeout_s=timeout_s))


def _ok(reply: Reply) -> bool:
    return reply.status == 200 and reply.body.get("ok") is True


def _code(reply: Reply) -> int:
    code = reply.body.get("error_code")
    return code if isinstance(code, int) else reply.status


def _parameter(reply: Reply, name: str) -> object:
    parameters = reply.body.get("parameters")
    return parameters.get(name) if isinstance(parameters, dict) else None


def _markup_refused(reply: Reply) -> bool:
    return _code(reply) == 400 and "parse entities" in str(reply.body.get("description", "")).lower()
