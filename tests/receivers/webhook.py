"""A program of the user's own, written by the page that documents the webhook and by nothing else."""

import hashlib
import hmac
import json
import time

from aiohttp import web

from tests.receivers.http import HttpReceiver
from tests.receivers.journal import ACCEPTED, DUPLICATE, Journal

SECRET = "canary-webhook-secret-0123456789"
SKEW_S = 300


class WebhookReceiver(HttpReceiver):
    channel = "webhook"

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self.seen: set[str] = set()
        self.offset_s = 0.0
        """How far this server's clock is from the machine's."""

    async def contract(self, request: web.Request, body: bytes) -> web.Response:
        at, key = request.headers.get("X-Hantu-Timestamp", ""), request.headers.get("Idempotency-Key", "")
        signed = hmac.new(SECRET.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(request.headers.get("X-Hantu-Signature", ""), f"v1={signed}"):
            return web.json_response({"error": "signature"}, status=401)
        if abs(time.time() + self.offset_s - int(at)) > SKEW_S:
            return web.json_response({"error": "clock"}, status=401)
        message = json.loads(body)
        if message["kind"] == "ping":
            return web.json_response({})
        if not key or message["key"] != key:
            return web.json_response({"error": "key"}, status=400)
        verdict = DUPLICATE if key in self.seen else ACCEPTED
        self.seen.add(key)
        self.journal.note(self.channel, verdict, message, text=message["short"], silent=message["silent"])
        return web.json_response({"id": f"w{len(self.seen)}"})
