"""A local server that keeps the contract of the Bot API: it refuses what Telegram refuses."""

import asyncio
import html.parser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

TOKEN = "123456789:AAE-canaryCanaryCanaryCanaryCanary01"


class _Markup(html.parser.HTMLParser):
    """Refuses what Telegram refuses: unknown, crossed or unclosed tags."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.broken = False

    def handle_starttag(self, tag, attrs):
        self.broken |= tag not in ("b", "i", "code", "pre") or bool(attrs)
        self.open.append(tag)

    def handle_endtag(self, tag):
        self.broken |= not self.open or self.open.pop() != tag


@dataclass
class Sink:
    """What arrived, and the answers to give instead of the truthful ones."""

    url: str = ""
    chat_id: str = "42"
    received: list[dict] = field(default_factory=list)
    asked: list[dict] = field(default_factory=list)
    answers: list[tuple[int, dict | str]] = field(default_factory=list)
    hang: bool = False

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body)
        if self.hang:
            await asyncio.sleep(30)
        if self.answers:
            status, answer = self.answers.pop(0)
            if 300 <= status < 400:
                return web.Response(status=status, headers={"Location": str(request.url)})
            if status != 200 or answer != {}:
                return web.Response(status=status, text=answer) if isinstance(answer, str) else _json(answer, status)
        if request.match_info["token"] != TOKEN:
            return _refusal(401, "Unauthorized")
        if str(body["chat_id"]) != self.chat_id:
            return _refusal(400, "Bad Request: chat not found")
        if len(body["text"]) > 4096:
            return _refusal(400, "Bad Request: message is too long")
        if body.get("parse_mode") == "HTML":
            markup = _Markup()
            markup.feed(body["text"])
            if markup.broken or markup.open:
                return _refusal(400, "Bad Request: can't parse entities: unexpected tag")
        self.received.append(body)
        return _json({"ok": True, "result": {"message_id": len(self.received)}}, 200)

    @property
    def texts(self) -> list[str]:
        return [body["text"] for body in self.received]


def _json(answer, status):
    return web.json_response(answer, status=status)


def _refusal(code, description, **parameters):
    return _json(refusal(code, description, **parameters), code)


def refusal(code, description, **parameters):
    return {"ok": False, "error_code": code, "description": description, "parameters": parameters}


@asynccontextmanager
async def serve() -> AsyncIterator[Sink]:
    """Run the sink on a free port of this machine."""
    sink = Sink()
    app = web.Application()
    app.router.add_post("/bot{token}/sendMessage", sink.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sink.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield sink
    await runner.cleanup()
