"""Slack's ``chat.postMessage``, ``auth.test`` and one incoming webhook, with the borders of Block Kit."""

import html
import json
import re
from typing import Any

from aiohttp import web

from tests.receivers.http import HttpReceiver
from tests.receivers.journal import ACCEPTED, Journal

TOKEN = "xoxb-canary-1234567890-abcdefghijkl"
CHANNEL = "C09CANARYX"
HOOK = "/services/T000/B000/canaryHookSecret00"
TOTAL_MAX = 13_200
BARE = re.compile(r"<|>|&(?!(?:lt|gt|amp);)")


class SlackReceiver(HttpReceiver):
    channel = "slack"

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self.posted: list[str] = []

    @property
    def hook_url(self) -> str:
        return f"{self.url}{HOOK}"

    async def contract(self, request: web.Request, body: bytes) -> web.Response:
        if request.path.startswith("/services/"):
            return self._hook(request.path, body)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _no("invalid_auth")
        if request.path == "/auth.test":
            return web.json_response({"ok": True, "user": "hantu"})
        if request.path != "/chat.postMessage":
            return _no("unknown_method")
        message = json.loads(body)
        if message.get("channel") != CHANNEL:
            return _no("channel_not_found")
        if message.get("thread_ts", "") not in ("", *self.posted):
            return _no("thread_not_found")
        why = problem(message)
        if why:
            self.journal.note("slack", f"refused: {why}", message, text=message.get("text", ""))
            return _no(why)
        self.posted.append(f"1763884351.{len(self.posted):06d}")
        self._note("slack", message)
        return web.json_response({"ok": True, "channel": CHANNEL, "ts": self.posted[-1]})

    def _hook(self, path: str, body: bytes) -> web.Response:
        if path != HOOK:
            return web.Response(status=404, text="no_service")
        message = json.loads(body)
        if not message.get("text"):
            return web.Response(status=400, text="no_text")
        why = problem(message)
        if why:
            self.journal.note("slack_webhook", f"refused: {why}", message, text=message["text"])
            return web.Response(status=400, text=why)
        self._note("slack_webhook", message)
        return web.Response(text="ok")

    def _note(self, channel: str, message: dict[str, Any]) -> None:
        self.journal.note(channel, ACCEPTED, message, text=html.unescape(message["text"]))

    def limited(self, seconds: float) -> web.Response:
        headers = {"Retry-After": f"{seconds:g}"}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)

    def markup_refused(self) -> web.Response:
        return _no("msg_blocks_too_long")


def problem(message: dict[str, Any]) -> str:
    """Return Slack's word for what is wrong; empty for a good message."""
    if not message.get("text"):
        return "no_text"
    if BARE.search(message["text"]):
        return "unescaped_text"
    blocks = message.get("blocks", ())
    if len(blocks) > 50:
        return "invalid_blocks"
    total = 0
    for block in blocks:
        for text, most, plain in _texts(block):
            total += len(text)
            if not 0 < len(text) <= most or (not plain and BARE.search(text)):
                return "invalid_blocks"
        if len(block.get("fields", ())) > 10:
            return "invalid_blocks"
    return "msg_blocks_too_long" if total > TOTAL_MAX else ""


def _texts(block: dict[str, Any]):
    match block["type"]:
        case "header":
            assert block["text"]["type"] == "plain_text"
            yield block["text"]["text"], 150, True
        case "section":
            if "text" in block:
                yield block["text"]["text"], 3_000, False
            for field in block.get("fields", ()):
                yield field["text"], 2_000, False
        case "context":
            for element in block["elements"]:
                yield element["text"], 3_000, False
        case "actions":
            for element in block["elements"]:
                yield element["text"]["text"], 75, True
                yield element["value"], 2_000, True
        case other:
            raise AssertionError(f"unknown block {other}")


def _no(error: str) -> web.Response:
    return web.json_response({"ok": False, "error": error})
