"""A stand-in for the Telegram Bot API on this machine: shows what the trader would read.

Run as a process of its own by the demo, so that it lives as long as the guard
does; every message becomes one line of JSON in a file.
"""

import html
import json
import re
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

BODY_MAX = 64 * 1024
TAG = re.compile(r"</?[a-zA-Z][^>]*>")


class PhoneServer(ThreadingHTTPServer):
    """Takes messages on a loopback port and hands each to ``receive``."""

    daemon_threads = True

    def __init__(self, port: int, receive: Callable[[dict[str, Any]], int]) -> None:
        super().__init__(("127.0.0.1", port), PhoneHandler)
        self.receive = receive


class PhoneHandler(BaseHTTPRequestHandler):
    """Answers ``/bot<token>/sendMessage`` and ``getMe`` the way Telegram does."""

    server: PhoneServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take one message."""
        length = min(int(self.headers.get("Content-Length") or 0), BODY_MAX)
        body = self.rfile.read(length)
        if not self.path.split("?")[0].endswith("/sendMessage"):
            self._answer(404, {"ok": False, "error_code": 404, "description": "Not Found"})
            return
        message = _fields(body, self.headers.get("Content-Type", ""))
        if not message.get("text") or not message.get("chat_id"):
            self._answer(400, {"ok": False, "error_code": 400, "description": "Bad Request: message text is empty"})
            return
        number = self.server.receive(message)
        self._answer(200, {"ok": True, "result": {"message_id": number, "text": message["text"]}})

    def do_GET(self) -> None:
        """Say who this is."""
        self._answer(200, {"ok": True, "result": {"id": 1, "is_bot": True, "username": "hantu_demo_bot"}})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name is the standard library's)
        """Keep the terminal for the story."""

    def _answer(self, status: int, data: dict[str, Any]) -> None:
        body = json.dumps(data, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def visible_text(message: dict[str, Any]) -> str:
    """Return what a person sees of a message: marks gone, entities resolved."""
    text = str(message.get("text", ""))
    if str(message.get("parse_mode", "")).upper() == "HTML":
        text = html.unescape(TAG.sub("", text))
    return text


def _fields(body: bytes, content_type: str) -> dict[str, Any]:
    try:
        if "json" in content_type:
            found = json.loads(body)
            return found if isinstance(found, dict) else {}
        return {name: values[-1] for name, values in parse_qs(body.decode()).items()}
    except (ValueError, UnicodeDecodeError):
        return {}


def main(argv: list[str]) -> None:
    """Serve on port ``argv[0]`` and append messages to the file ``argv[1]``."""
    port, file = int(argv[0]), Path(argv[1])
    count = 0

    def receive(message: dict[str, Any]) -> int:
        nonlocal count
        count += 1
        line = {"text": visible_text(message), "silent": bool(message.get("disable_notification"))}
        with file.open("a", encoding="utf-8") as target:
            target.write(json.dumps(line, ensure_ascii=False) + "\n")
        return count

    PhoneServer(port, receive).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
