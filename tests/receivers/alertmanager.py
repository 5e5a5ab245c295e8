"""What Alertmanager's webhook talks to: a program that reads version 4 of its message and writes down what it says."""

import json

from aiohttp import web

from tests.receivers.http import HttpReceiver
from tests.receivers.journal import ACCEPTED

VERSION = "4"
FIELDS = {"version", "groupKey", "truncatedAlerts", "status", "receiver", "groupLabels", "commonLabels",
          "commonAnnotations", "externalURL", "alerts"}  # fmt: skip
OF_ALERT = {"status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint"}


class AlertmanagerReceiver(HttpReceiver):
    """One journal entry a notification; its text is the path, the state and the names, its body the message."""

    channel = "alertmanager"

    async def contract(self, request: web.Request, body: bytes) -> web.Response:
        message = json.loads(body)
        assert message["version"] == VERSION
        assert set(message) == FIELDS
        assert all(set(one) == OF_ALERT for one in message["alerts"])
        names = sorted({one["labels"]["alertname"] for one in message["alerts"]})
        text = f"{request.path} {message['status']} {' '.join(names)}"
        self.journal.note(self.channel, ACCEPTED, message, text=text)
        return web.Response()
