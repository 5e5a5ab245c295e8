"""The Bot API: refuses what Telegram refuses."""

import html
import html.parser
import json
import re
from typing import Any

from aiohttp import web

from tests.receivers.http import HttpReceiver
from tests.receivers.journal import ACCEPTED, Journal

TOKEN = "987654321:AAE-canaryCanaryCanaryCanaryCanary99"
CHAT = "-4499887766"
TEXT_MAX = 4_096
ALLOWED = {
    "chat_id", "text", "parse_mode", "disable_notification", "reply_parameters", "reply_markup",
}  # fmt: skip


class _Markup(html.parser.HTMLParser):
    """Refuses unknown, crossed or unclosed tags, and bare signs."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.broken = False

    def handle_starttag(self, tag, attrs):
        self.broken |= tag not in ("b", "i", "u", "s", "code", "pre") or bool(attrs)
        self.open.append(tag)

    def handle_endtag(self, tag):
        self.broken |= not self.open or self.open.pop() != tag


class TelegramReceiver(HttpReceiver):
    channel = "telegram"

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self.chat = CHAT
        self.messages = 0

    async def contract(self, request: web.Request, body: bytes) -> web.Response:
        token, _, method = request.path.removeprefix("/bot").partition("/")
        if token != TOKEN:
            return _no(401, "Unauthorized")
        if method == "getMe":
            return web.json_response({"ok": True, "result": {"id": 1, "is_bot": True}})
        message = json.loads(body) if body else dict(request.query)
        if str(message.get("chat_id")) != self.chat:
            return _no(400, "Bad Request: chat not found")
        if method == "getChat":
            return web.json_response({"ok": True, "result": {"id": int(self.chat), "type": "group"}})
        assert method == "sendMessage", method
        why = _problem(message)
        silent = bool(message.get("disable_notification"))
        if why:
            self.journal.note(self.channel, f"refused: {why}", message, text=message["text"], silent=silent)
            return _no(400, f"Bad Request: {why}")
        self.messages += 1
        shown = message["text"]
        if message.get("parse_mode"):
            shown = html.unescape(re.sub(r"<[^>]*>", "", shown))
        self.journal.note(self.channel, ACCEPTED, message, text=shown, silent=silent)
        return web.json_response({"ok": True, "result": {"message_id": self.messages}})

    def limited(self, seconds: float) -> web.Response:
        return _no(429, f"Too Many Requests: retry after {seconds:g}", retry_after=int(seconds))

    def markup_refused(self) -> web.Response:
        return _no(400, "Bad Request: can't parse entities: Unsupported start tag")

    def moved(self, to: str) -> web.Response:
        self.chat = to
        return _no(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=int(to))


def _problem(message: dict[str, Any]) -> str:
    text = message.get("text", "")
    if not text.strip():
        return "message text is empty"
    if len(text.encode("utf-16-le")) // 2 > TEXT_MAX:
        return "message is too long"
    if set(message) - ALLOWED:
        return f"unknown {sorted(set(message) - ALLOWED)}"
    if message.get("parse_mode") == "HTML":
        markup = _Markup()
        markup.feed(text)
        if markup.broken or markup.open or re.search(r"&(?!(?:lt|gt|amp|quot);)", text):
            return "can't parse entities: unexpected tag"
    for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
        for button in row:
            if not 0 < len(button["callback_data"].encode()) <= 64:
                return "BUTTON_DATA_INVALID"
    return ""


def _no(code: int, description: str, **parameters: Any) -> web.Response:
    answer = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return web.json_response(answer, status=code)
