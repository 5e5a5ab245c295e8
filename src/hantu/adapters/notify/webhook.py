"""A signed call to a program of the user's own.

Headers: ``X-Hantu-Timestamp`` (seconds since 1970), ``X-Hantu-Signature``
(``v1=`` and the hex HMAC-SHA256 of ``timestamp + "." + body`` under the shared secret)
and ``Idempotency-Key`` (the delivery key). A receiver checks the signature over the raw
bytes, refuses a timestamp more than five minutes off, and ignores a key it has seen.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

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
from hantu.adapters.notify.telegram_text import to_plain
from hantu.domain.delivery import ChannelHealth, Message, Receipt, accepted
from hantu.domain.errors import UsageError
from hantu.domain.instant import Instant
from hantu.telemetry import hide, mask

SECRET_BYTES_MIN = 16
VERSION = 1
MACHINE = SystemClock()
"""What peers compare with their own clocks is the machine's time, on a practice market, too."""


class WebhookSender:
    """Posts signed JSON to one address; implements ``ports.Sender``."""

    name = "webhook"

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        timeout_s: float = TIMEOUT_S,
        now: Callable[[], Instant] = MACHINE.now,
    ) -> None:
        """Check the settings; nothing is sent.

        Raises:
            UsageError: No address, an unencrypted one off this machine, or a secret that is too short.
        """
        check_address(url, "alerts.webhook.url")
        if len(secret.encode()) < SECRET_BYTES_MIN:
            raise UsageError(
                f"웹훅 서명 비밀 값은 {SECRET_BYTES_MIN}바이트 이상이어야 합니다.",
                next_step="alerts.webhook.secret_file 이나 환경변수 HANTU_WEBHOOK_SECRET 을 정해 주세요.",
            )
        hide(secret)
        self._url = url
        self._secret = secret.encode()
        self._now = now
        self._door = HttpDoor(timeout_s)

    def __repr__(self) -> str:
        return "WebhookSender(***)"

    async def send(self, message: Message) -> Receipt:
        """Post one message; any 2xx means taken."""
        reply = await self._post(_body(message), message.key)
        if isinstance(reply, Receipt):
            return reply
        if 200 <= reply.status < 300:
            return accepted(short_words(reply.body.get("id", "")))
        return judged(reply, reply.text)

    async def check(self) -> ChannelHealth:
        """Post a signed ``ping``, which a receiver answers with 2xx and shows nobody."""
        reply = await self._post({"version": VERSION, "kind": "ping"}, "ping")
        if isinstance(reply, Receipt):
            return ChannelHealth(reachable=False, detail=reply.reason)
        if 200 <= reply.status < 300:
            return ChannelHealth(reachable=True, credentials_ok=True)
        refused = reply.status in {401, 403}
        return ChannelHealth(
            reachable=reply.status < 500, credentials_ok=False if refused else None, detail=judged(reply).reason
        )

    async def aclose(self) -> None:
        """Close the connection."""
        await self._door.aclose()

    async def _post(self, content: dict[str, Any], key: str) -> Reply | Receipt:
        body = json_bytes(content)
        at = str(int(self._now().wall.timestamp()))
        headers = {
            **JSON_HEADERS,
            "Idempotency-Key": key,
            "X-Hantu-Timestamp": at,
            "X-Hantu-Signature": f"v1={signature(self._secret, at, body)}",
        }
        return await self._door.post(self._url, data=body, headers=headers)


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """Return the hex signature of one call."""
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _body(message: Message) -> dict[str, Any]:
    alert = message.alert
    return {
        "version": VERSION,
        "kind": "alert",
        "key": message.key,
        "event_type": alert.event_type,
        "severity": str(alert.severity),
        "priority": str(alert.priority),
        "category": alert.category,
        "short": mask(message.short),
        "long": to_plain(mask(message.long)),
        "silent": message.silent,
        "thread": message.thread,
        "buttons": [{"label": mask(one.label), "data": one.data} for one in message.buttons],
    }
