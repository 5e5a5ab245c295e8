"""SMS through Aligo: the second gateway, by the same rules of text; what is left is counted in messages.

The key travels in the body of every call, so the address must be encrypted.
Source: https://smartsms.aligo.in/admin/api/spec.html.
"""

from collections.abc import Mapping

from hantu.adapters.notify.http import TIMEOUT_S, HttpDoor, Reply, check_address, judged, short_words
from hantu.adapters.notify.sms_numbers import checked_number
from hantu.adapters.notify.sms_text import SUBJECT, sms
from hantu.domain.delivery import ChannelHealth, Message, Receipt, accepted, ambiguous, left_over, permanent
from hantu.domain.errors import UsageError
from hantu.telemetry import hide

API_URL = "https://apis.aligo.in"
LEFT_WARN = 50
"""Messages; below this many a person is told to pay in."""


class AligoSender:
    """Sends to one phone; implements ``ports.Sender``."""

    name = "sms"

    def __init__(
        self,
        api_key: str,
        user_id: str,
        *,
        sender: str,
        recipient: str,
        left_warn: int = LEFT_WARN,
        rehearsal: bool = False,
        api_url: str = API_URL,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Check the settings; nothing is sent. With ``rehearsal`` the gateway takes messages and delivers none.

        Raises:
            UsageError: A key or number is missing or malformed, or an unencrypted address off this machine.
        """
        if not api_key or not user_id:
            raise UsageError("문자 API 키 또는 사용자 ID가 없습니다.", next_step="docs/channels.md를 보고 설정하세요.")
        check_address(api_url, "alerts.sms.api_url")
        hide(api_key)
        self._login = {"key": api_key, "user_id": user_id}
        self._sender = checked_number(sender, "alerts.sms.sender")
        self._recipient = checked_number(recipient, "alerts.sms.recipient")
        self._left_warn = left_warn
        self._rehearsal = rehearsal
        self._url = api_url.rstrip("/")
        self._door = HttpDoor(timeout_s)

    def __repr__(self) -> str:
        return "AligoSender(***)"

    async def send(self, message: Message) -> Receipt:
        """Send one message; refusals come with status 200 and a negative code."""
        made = sms(message)
        form = {"sender": self._sender, "receiver": self._recipient, "msg": made.text, "msg_type": made.kind}
        if made.kind == "LMS":
            form["title"] = SUBJECT
        if self._rehearsal:
            form["testmode_yn"] = "Y"
        reply = await self._post("send", form)
        if isinstance(reply, Receipt):
            return reply
        if reply.status != 200:
            return judged(reply, self._said(reply))
        code = _code(reply)
        if code is None:
            return ambiguous("문자 서비스의 응답을 읽을 수 없습니다")
        if code < 0 or str(reply.body.get("success_cnt", "1")) == "0":
            return permanent(f"문자가 거부되었습니다: {code} {self._said(reply)}")
        return accepted(str(reply.body.get("msg_id", "")))

    async def check(self) -> ChannelHealth:
        """Ask how many short messages are left."""
        reply = await self._post("remain", {})
        if isinstance(reply, Receipt):
            return ChannelHealth(reachable=False, detail=reply.reason)
        code = _code(reply)
        if reply.status != 200 or code is None:
            return ChannelHealth(reachable=False, detail=judged(reply, self._said(reply)).reason)
        if code < 0:
            return ChannelHealth(reachable=True, credentials_ok=False, detail=f"{code} {self._said(reply)}")
        left = _whole(reply.body.get("SMS_CNT")) or 0
        return left_over(left, "건", border=self._left_warn, what="보낼 수 있는 문자가")

    async def aclose(self) -> None:
        """Close the connection."""
        await self._door.aclose()

    async def _post(self, path: str, form: Mapping[str, str]) -> Reply | Receipt:
        return await self._door.post(f"{self._url}/{path}/", data={**self._login, **form})

    def _said(self, reply: Reply) -> str:
        text = str(reply.body.get("message", ""))
        for hidden in (self._recipient, self._sender, self._login["key"]):
            text = text.replace(hidden, "***")
        return short_words(text)


def _code(reply: Reply) -> int | None:
    return _whole(reply.body.get("result_code"))


def _whole(value: object) -> int | None:
    """Return a number that may come as text; None for anything else."""
    try:
        return int(str(value))
    except ValueError:
        return None
