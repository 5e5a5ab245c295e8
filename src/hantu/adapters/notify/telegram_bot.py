"""The conversation side of the Bot API: fetch updates, answer, edit; never shows its token.

One poller a token: a second one is told 409 by Telegram, whichever came first.
Source: https://core.telegram.org/bots/api#getupdates, #answercallbackquery, #editmessagetext.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from hantu.adapters.notify.http import JSON_HEADERS, HttpDoor, Reply, check_address, json_bytes, short_words
from hantu.adapters.notify.telegram import API_URL
from hantu.adapters.notify.telegram_text import parts
from hantu.adapters.notify.telegram_updates import incoming
from hantu.domain.delivery import Button, Receipt
from hantu.runtime.phone_ports import Polled
from hantu.telemetry import get_logger, hide, mask

POLL_S = 25
"""Seconds Telegram holds a question that has no answer yet."""
SLACK_S = 10.0
CALL_S = 5.0
LIMIT = 20
"""Updates of one answer."""
ANSWER_MAX = 4 * 1024 * 1024
CALLBACK_TEXT_MAX = 200
TRIES = 3
WAIT_MAX_S = 5.0
"""Longest pause a 429 may ask for before an answer is given up; what was done is on record anyway."""
UPDATES = ["message", "callback_query"]
_log = get_logger(__name__)


class TelegramBot:
    """One bot; implements ``phone_ports.PhoneBot``."""

    def __init__(self, token: str, *, api_url: str = API_URL, poll_s: int = POLL_S) -> None:
        """Check the address; nothing is sent.

        Raises:
            UsageError: An unencrypted address off this machine.
        """
        check_address(api_url, "telegram.api_url")
        hide(token)
        self._url = f"{api_url.rstrip('/')}/bot{token}"
        self._token = token
        self._poll_s = poll_s
        self._poll = HttpDoor(poll_s + SLACK_S, ANSWER_MAX)
        self._door = HttpDoor(CALL_S)

    def __repr__(self) -> str:
        return "TelegramBot(***)"

    async def updates(self, offset: int, *, away: bool) -> Polled:
        """Return what came since ``offset``, which also confirms what came before; waits for it.

        ``away`` says that nobody has asked for a while: then only what lies there already is fetched, and marked so.
        """
        timeout_s = 0 if away else self._poll_s
        body = {"offset": offset, "limit": LIMIT, "timeout": timeout_s, "allowed_updates": UPDATES}
        reply = await self._poll.post(f"{self._url}/getUpdates", data=json_bytes(body), headers=JSON_HEADERS)
        if isinstance(reply, Receipt):
            return Polled(problem=reply.reason)
        found = reply.body.get("result")
        if not _ok(reply) or not isinstance(found, list):
            wait_s = _wait_s(reply)
            return Polled(problem=self._said(reply), conflict=reply.status == 409, wait_s=wait_s)
        read = [incoming(one, waited=away) for one in found]
        numbers = [one["update_id"] for one in found if isinstance(one, dict) and type(one.get("update_id")) is int]
        return Polled(
            tuple(one for one in read if one is not None), next_offset=max([offset, *(n + 1 for n in numbers)]),
            now_s=reply.date_s, more=len(found) >= LIMIT,
        )  # fmt: skip

    async def name(self) -> str:
        """Return the bot's user name; empty when nobody can be asked."""
        reply = await self._door.get(f"{self._url}/getMe")
        found = reply.body.get("result") if isinstance(reply, Reply) else None
        return str(found.get("username") or "") if isinstance(found, dict) else ""

    async def say(self, chat_id: int, text: str, buttons: Sequence[Sequence[Button]] = ()) -> int:
        """Send an answer; return the number of its last message, 0 when it was not taken."""
        number = 0
        pieces = parts(mask(text), html=True)
        for index, piece in enumerate(pieces):
            body: dict[str, Any] = {"chat_id": chat_id, "text": piece, "parse_mode": "HTML"}
            if buttons and index == len(pieces) - 1:
                body["reply_markup"] = keyboard(buttons)
            result = await self._call("sendMessage", body)
            number = int(result.get("message_id") or 0) if isinstance(result, dict) else 0
        return number

    async def edit(
        self, chat_id: int, message_id: int, text: str, marks: Sequence[Mapping[str, object]] | None = None
    ) -> None:
        """Put another text in the place of a message; its buttons go. ``marks``: the text is plain, with these."""
        body: dict[str, Any] = {"chat_id": chat_id, "message_id": message_id}
        if marks is None:
            body |= {"text": parts(mask(text), html=True)[0], "parse_mode": "HTML"}
        else:
            body |= {"text": mask(text), "entities": list(marks)}
        await self._call("editMessageText", body)

    async def answer(self, callback: str, text: str = "", *, alert: bool = False) -> None:
        """End the waiting of a pressed button."""
        body = {"callback_query_id": callback, "text": text[:CALLBACK_TEXT_MAX], "show_alert": alert}
        await self._call("answerCallbackQuery", body)

    async def aclose(self) -> None:
        """Close both connections."""
        await self._poll.aclose()
        await self._door.aclose()

    async def _call(self, method: str, body: Mapping[str, Any]) -> object:
        """Call and try again what was surely not taken; an answer that may have arrived is not sent twice."""
        said = ""
        for _ in range(TRIES):
            reply = await self._door.post(f"{self._url}/{method}", data=json_bytes(body), headers=JSON_HEADERS)
            if isinstance(reply, Receipt):
                said = reply.reason
                if reply.kind.value != "temporary":
                    break
                await asyncio.sleep(0.5)
                continue
            if _ok(reply):
                return reply.body.get("result")
            said = self._said(reply)
            wait_s = _wait_s(reply)
            if reply.status < 500 and (wait_s is None or wait_s > WAIT_MAX_S):
                break
            await asyncio.sleep(wait_s if wait_s is not None else 0.5)
        _log.warning("텔레그램 %s 실패: %s", method, said)
        return None

    def _said(self, reply: Reply) -> str:
        words = str(reply.body.get("description", "")) or "answer is not JSON"
        return f"{reply.status} {short_words(words.replace(self._token, '***'))}"


def keyboard(rows: Sequence[Sequence[Button]]) -> dict[str, Any]:
    """Return buttons as the Bot API takes them."""
    shown = [[{"text": mask(one.label), "callback_data": one.data} for one in row] for row in rows]
    return {"inline_keyboard": shown}


def _ok(reply: Reply) -> bool:
    return reply.status == 200 and reply.body.get("ok") is True


def _wait_s(reply: Reply) -> float | None:
    found = reply.body.get("parameters")
    wait_s = found.get("retry_after") if isinstance(found, dict) else None
    return float(wait_s) if isinstance(wait_s, int | float) else None
