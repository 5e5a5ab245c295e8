"""Slack: by bot token (``chat.postMessage``), and by incoming webhook where there is only an address.

An answer of status 200 may still be a refusal; ``ok`` decides.
Source: https://docs.slack.dev/reference/methods/chat.postMessage and
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
"""

from collections.abc import Mapping
from typing import Any

from hantu.adapters.notify.http import (
    JSON_HEADERS,
    TIMEOUT_S,
    HttpDoor,
    Reply,
    check_address,
    json_bytes,
    judged,
    short_words,
)
from hantu.adapters.notify.recent import Recent
from hantu.adapters.notify.slack_blocks import blocks, full_text, preview
from hantu.domain.delivery import (
    ChannelHealth,
    Message,
    Receipt,
    ReceiptKind,
    accepted,
    ambiguous,
    permanent,
    retry_at,
    temporary,
)
from hantu.domain.errors import UsageError
from hantu.telemetry import hide

API_URL = "https://slack.com/api"
WAIT_S = 30.0
"""Seconds to wait when Slack limits us and does not say how long."""
TOO_LONG = frozenset({"msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format"})
"""The blocks are refused, not the message."""
PASSING = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org", "rate_limited"}
)
EMPTY = frozenset({"no_text", "invalid_payload", "missing_text_or_fallback_or_attachments"})
"""What a webhook that works says to an empty message."""
NEXT_STEPS = {
    "invalid_auth": "봇 토큰을 확인하세요.",
    "not_authed": "봇 토큰을 확인하세요.",
    "token_revoked": "봇 토큰을 다시 발급받으세요.",
    "token_expired": "봇 토큰을 다시 발급받으세요.",
    "account_inactive": "봇이 비활성화되었습니다. 앱을 다시 설치하세요.",
    "missing_scope": "앱에 chat:write 권한을 주고 다시 설치하세요.",
    "channel_not_found": "채널 ID를 확인하세요.",
    "is_archived": "보관된 채널입니다. 다른 채널을 쓰세요.",
    "not_in_channel": "채널에서 봇을 초대하세요(/invite).",
}


class SlackSender:
    """Posts to one channel as a bot; implements ``ports.Sender``."""

    name = "slack"

    def __init__(self, token: str, channel: str, *, api_url: str = API_URL, timeout_s: float = TIMEOUT_S) -> None:
        """Check the settings; nothing is sent.

        Raises:
            UsageError: Token or channel missing, or an unencrypted address off this machine.
        """
        if not token or not channel:
            raise UsageError("슬랙 봇 토큰 또는 채널이 없습니다.", next_step="docs/channels.md를 보고 설정하세요.")
        check_address(api_url, "alerts.slack.api_url")
        hide(token)
        self._url = api_url.rstrip("/")
        self._channel = channel
        self._headers = {**JSON_HEADERS, "Authorization": f"Bearer {token}"}
        self._door = HttpDoor(timeout_s)
        self._threads = Recent[str]()

    def __repr__(self) -> str:
        return "SlackSender(***)"

    async def send(self, message: Message) -> Receipt:
        """Post one message; blocks that Slack will not take are sent as text at once."""
        shape = blocks(message)
        reply = await self._post(message, {"text": preview(message), "blocks": shape} if shape else _plain(message))
        if shape and isinstance(reply, Reply) and _error(reply) in TOO_LONG:
            reply = await self._post(message, _plain(message))
        receipt = self._judged(reply)
        if receipt.accepted and message.thread and not self._threads.get(message.thread, ""):
            self._threads.put(message.thread, receipt.provider_id)
        return receipt

    async def check(self) -> ChannelHealth:
        """Ask who the token belongs to."""
        reply = await self._door.post(f"{self._url}/auth.test", data=b"", headers=self._headers)
        if isinstance(reply, Receipt):
            return ChannelHealth(reachable=False, detail=reply.reason)
        if reply.body.get("ok") is True:
            return ChannelHealth(reachable=True, credentials_ok=True)
        receipt = self._judged(reply)
        refused = receipt.kind is ReceiptKind.PERMANENT
        reachable = refused or receipt.kind is ReceiptKind.RETRY_AT
        return ChannelHealth(reachable=reachable, credentials_ok=False if refused else None, detail=receipt.reason)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._door.aclose()

    async def _post(self, message: Message, content: Mapping[str, Any]) -> Reply | Receipt:
        body = {"channel": self._channel, "unfurl_links": False, "unfurl_media": False, **content}
        begun = self._threads.get(message.thread, "") if message.thread else ""
        if begun:
            body["thread_ts"] = begun
        return await self._door.post(f"{self._url}/chat.postMessage", data=json_bytes(body), headers=self._headers)

    def _judged(self, reply: Reply | Receipt) -> Receipt:
        if isinstance(reply, Receipt):
            return reply
        error = _error(reply)
        if reply.status == 429 or error == "ratelimited":
            return retry_at(reply.retry_after_s if reply.retry_after_s is not None else WAIT_S, "슬랙 전송 제한")
        if reply.status != 200:
            return judged(reply, f"슬랙 오류 {error}".strip())
        if reply.body.get("ok") is True:
            return accepted(str(reply.body.get("ts", "")))
        if not error:
            return ambiguous("슬랙의 응답을 읽을 수 없습니다")
        if error in PASSING:
            return temporary(f"슬랙 오류: {error}")
        step = NEXT_STEPS.get(error, "앱 설정을 확인하세요.")
        return permanent(f"슬랙이 알림을 거부했습니다: {error} - {step}")


class SlackWebhookSender:
    """Posts to one incoming webhook, whose address is its secret; implements ``ports.Sender``.

    It returns no name of the message, and knows no threads and no answers to buttons.
    """

    name = "slack_webhook"

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        """Check the settings; nothing is sent.

        Raises:
            UsageError: No address, or an unencrypted one off this machine.
        """
        if not url:
            raise UsageError("슬랙 웹훅 주소가 없습니다.", next_step="docs/channels.md를 보고 설정하세요.")
        check_address(url, "alerts.slack.webhook_url")
        hide(url)
        hide(url.rpartition("/")[2])
        self._url = url
        self._door = HttpDoor(timeout_s)

    def __repr__(self) -> str:
        return "SlackWebhookSender(***)"

    async def send(self, message: Message) -> Receipt:
        """Post one message; blocks that Slack will not take are sent as text at once."""
        shape = tuple(block for block in blocks(message) if block["type"] != "actions")
        reply = await self._post({"text": preview(message), "blocks": shape} if shape else _plain(message))
        if shape and isinstance(reply, Reply) and reply.text in TOO_LONG:
            reply = await self._post(_plain(message))
        if isinstance(reply, Receipt):
            return reply
        if reply.status == 200:
            return accepted()
        if reply.status == 429:
            return retry_at(reply.retry_after_s if reply.retry_after_s is not None else WAIT_S, "슬랙 전송 제한")
        return judged(reply, f"슬랙 웹훅 오류 {reply.text}".strip())

    async def check(self) -> ChannelHealth:
        """Post nothing on purpose: Slack refuses it as empty, and refuses a dead address in another way."""
        reply = await self._post({})
        if isinstance(reply, Receipt):
            return ChannelHealth(reachable=False, detail=reply.reason)
        alive = reply.status == 400 and reply.text in EMPTY
        passing = reply.status == 429 or reply.status >= 500
        return ChannelHealth(
            reachable=not passing,
            credentials_ok=None if passing else alive,
            detail="" if alive else f"{reply.status} {reply.text}",
        )

    async def aclose(self) -> None:
        """Close the connection."""
        await self._door.aclose()

    async def _post(self, content: Mapping[str, Any]) -> Reply | Receipt:
        return await self._door.post(self._url, data=json_bytes(content), headers=JSON_HEADERS)


def _plain(message: Message) -> Mapping[str, Any]:
    return {"text": full_text(message)}


def _error(reply: Reply) -> str:
    return short_words(reply.body.get("error", ""))
