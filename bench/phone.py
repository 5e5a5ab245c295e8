"""A Bot API in a process of its own that takes every message at once and counts: ``python -m bench.phone``.

Says its port, and answers ``count`` with the messages so far; ends with its input.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

taken: list[str] = []


class Handler(BaseHTTPRequestHandler):
    """Takes a message and keeps its text."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer as the Bot API does."""
        taken.append(str(json.loads(self.rfile.read(int(self.headers["Content-Length"]))).get("text", "")))
        answer = json.dumps({"ok": True, "result": {"message_id": len(taken)}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until the input ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _say({"port": server.server_port})
    for _ in sys.stdin:
        _say({"messages": len(taken), "urgent": sum("주문 실패" in text for text in taken)})


def _say(found: dict[str, int]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
