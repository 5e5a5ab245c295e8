"""SMS through Solapi: one message to one registered phone; the balance is prepaid.

Every call is signed over its date and a salt, so a clock that is off is refused.
Source: https://developers.solapi.com (authentication, sendManyDetail, balance).
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping

from hantu.adapters.clock import SystemClock
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
from hantu.adapters.notify.sms_numbers import checked_number
from hantu.adapters.notify.sms_text import SUBJECT, sms
from hantu.domain.delivery import ChannelHealth, Message, Receipt, accepted, ambiguous, left_over, permanent
from hantu.domain.errors import UsageError
from hantu.domain.instant import Instant
from hantu.telemetry import hide

API_URL = "https://api.solapi.com"
BALANCE_WARN_WON = 1_000
TAKEN = "2000"
"""Status code of a message that was registered."""
MACHINE = SystemClock()
"""What peers compare with their own clocks is the machine's time, on a practice market, too."""


class SolapiSender:
    """Sends to one phone; implements ``ports.Sender``."""

    name = "sms"

    def __init__(
        self,
        api_key: str,
        api_secret: str,
        *,
        sender: str,
        recipient: str,
        balance_warn_won: int = BALANCE_WARN_WON,
        api_url: str = API_URL,
        timeout_s: float = TIMEOUT_S,
        now: Callable[[], Instant] = MACHINE.now,
    ) -> None:
        """Check the settings; nothing is sent.

        Raises:
            UsageError: A key or number is missing or malformed, or an unencrypted address off this machine.
        """
        if not api_key or not api_secret:
            raise UsageError("문자 API 키 또는 시크릿이 없습니다.", next_step="docs/channels.md를 보고 설정하세요.")
        check_address(api_url, "alerts.sms.api_url")
        hide(api_key)
        hide(api_secret)
        self._key, self._secret = api_key, api_secret.encode()
        self._sender = checked_number(sender, "alerts.sms.sender")
        self._recipient = checked_number(recipient, "alerts.sms.recipient")
        self._warn_won = balance_warn_won
        self._url = api_url.rstrip("/")
        self._now = now
        self._door = HttpDoor(timeout_s)

    def __repr__(self) -> str:
        return "SolapiSender(***)"

    async def send(self, message: Message) -> Receipt:
        """Send one message; status 200 may still hold a refusal."""
        made = sms(message)
        one = {
            "to": self._recipient,
            "from": self._sender,
            "text": made.text,
            "type": made.kind,
            "customFields": {"key": message.key[:30]},
        }
        if made.kind == "LMS":
            one["subject"] = SUBJECT
        data = json_bytes({"messages": [one], "allowDuplicates": False, "showMessageList": True})
        reply = await self._door.post(f"{self._url}/messages/v4/send-many/detail", data=data, headers=self._headers())
        return reply if isinstance(reply, Receipt) else self._judged(reply)

    async def check(self) -> ChannelHealth:
        """Ask for the balance in won; points count like money."""
        reply = await self._door.get(f"{self._url}/cash/v1/balance", headers=self._headers())
        if isinstance(reply, Receipt):
            return ChannelHealth(reachable=False, detail=reply.reason)
        if reply.status != 200:
            known = reply.status < 500 and reply.status != 429
            return ChannelHealth(reachable=known, credentials_ok=False if known else None, detail=self._said(reply))
        if not isinstance(reply.body.get("balance"), int | float):
            return ChannelHealth(reachable=False, detail="문자 서비스의 응답을 읽을 수 없습니다")
        balance = int(_number(reply.body.get("balance")) + _number(reply.body.get("point")))
        return left_over(balance, "원", border=self._warn_won, what="문자 잔액이")

    async def aclose(self) -> None:
        """Close the connection."""
        await self._door.aclose()

    def _headers(self) -> Mapping[str, str]:
        date = self._now().wall.strftime("%Y-%m-%dT%H:%M:%SZ")
        salt = secrets.token_hex(16)
        signed = hmac.new(self._secret, f"{date}{salt}".encode(), hashlib.sha256).hexdigest()
        token = f"HMAC-SHA256 apiKey={self._key}, date={date}, salt={salt}, signature={signed}"
        return {**JSON_HEADERS, "Authorization": token}

    def _judged(self, reply: Reply) -> Receipt:
        if reply.status != 200:
            return judged(reply, self._said(reply))
        failed = reply.body.get("failedMessageList")
        if isinstance(failed, list) and failed:
            return permanent(f"문자가 거부되었습니다: {self._status(failed[0])}")
        listed = reply.body.get("messageList")
        if not isinstance(listed, list) or not listed or not isinstance(listed[0], dict):
            return ambiguous("문자 서비스의 응답을 읽을 수 없습니다")
        if listed[0].get("statusCode") != TAKEN:
            return permanent(f"문자가 거부되었습니다: {self._status(listed[0])}")
        return accepted(str(listed[0].get("messageId", "")))

    def _status(self, one: object) -> str:
        if not isinstance(one, dict):
            return ""
        return self._without_numbers(f"{one.get('statusCode', '')} {one.get('statusMessage', '')}")

    def _said(self, reply: Reply) -> str:
        return self._without_numbers(f"{reply.body.get('errorCode', '')} {reply.body.get('errorMessage', '')}")

    def _without_numbers(self, text: str) -> str:
        return short_words(text.replace(self._recipient, "***").replace(self._sender, "***"))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
