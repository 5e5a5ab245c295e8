"""Two Korean SMS gateways: what a carrier cannot carry is refused, what is sent is paid for."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from tests.receivers.http import HttpReceiver
from tests.receivers.journal import ACCEPTED, Journal

KEY = "NCSCANARYKEY0001"
SECRET = "canarySmsSecretCanarySmsSecret01"
SENDER, RECIPIENT = "0215880000", "01099887766"
SKEW = timedelta(minutes=15)
PRICES = {"SMS": 18, "LMS": 45}
_AUTHORIZATION = re.compile(
    r"HMAC-SHA256 apiKey=(?P<key>\w+), date=(?P<date>[\w:.+-]+), salt=(?P<salt>\w{12,64}), signature=(?P<sign>\w{64})"
)


def carried(kind: str, text: str, title: str = "") -> str:
    """Return why a carrier would not take this; empty if it would."""
    try:
        rare = [char for char in text if len(char.encode("euc_kr")) > 2]
        size = len(text.encode("euc_kr"))
        title_size = len(title.encode("euc_kr"))
    except UnicodeEncodeError as error:
        return f"no EUC-KR: {error.object[error.start]!r}"
    if rare:
        return f"no phone shows {rare}"
    if not 0 < size <= {"SMS": 90, "LMS": 2_000}[kind]:
        return f"{size} bytes are no {kind}"
    return "title too long" if title_size > 40 else ""


class SolapiReceiver(HttpReceiver):
    channel = "sms"

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self.balance = 10_000
        self.offset = timedelta()
        """How far this server's clock is from the machine's."""
        self._salts: set[str] = set()

    async def contract(self, request: web.Request, body: bytes) -> web.Response:
        why = self._unsigned(request.headers.get("Authorization", ""))
        if why:
            return web.json_response({"errorCode": why, "errorMessage": "인증에 실패했습니다."}, status=403)
        if request.path == "/cash/v1/balance":
            return web.json_response({"balance": self.balance, "point": 0})
        assert request.path == "/messages/v4/send-many/detail", request.path
        asked = json.loads(body)
        assert asked["allowDuplicates"] is False
        (message,) = asked["messages"]
        refused = self._refusal(message)
        if refused:
            self.journal.note(self.channel, f"refused: {refused[1]}", message, text=message["text"])
            failed = {"to": message["to"], "statusCode": refused[0], "statusMessage": refused[1]}
            return web.json_response({"groupInfo": {}, "failedMessageList": [failed], "messageList": []})
        if self.balance < PRICES[message["type"]]:
            return web.json_response({"errorCode": "NotEnoughBalance", "errorMessage": "잔액 부족"}, status=400)
        self.balance -= PRICES[message["type"]]
        self.journal.note(self.channel, ACCEPTED, message, text=message["text"])
        taken = {"messageId": f"M4V{self.requests:06d}", "to": message["to"], "statusCode": "2000"}
        return web.json_response({"groupInfo": {}, "failedMessageList": [], "messageList": [taken]})

    def _unsigned(self, authorization: str) -> str:
        found = _AUTHORIZATION.fullmatch(authorization)
        if not found or found["key"] != KEY:
            return "InvalidAPIKey"
        signed = hmac.new(SECRET.encode(), f"{found['date']}{found['salt']}".encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signed, found["sign"]):
            return "SignatureDoesNotMatch"
        if abs(datetime.fromisoformat(found["date"]) - datetime.now(UTC) - self.offset) > SKEW:
            return "RequestTimeTooSkewed"
        if found["salt"] in self._salts:
            return "DuplicatedSignature"
        self._salts.add(found["salt"])
        return ""

    @staticmethod
    def _refusal(message: Mapping[str, Any]) -> tuple[str, str] | None:
        if message["from"] != SENDER:
            return "1062", f"발신번호 미등록 {message['from']}"
        if message["to"] != RECIPIENT:
            return "1021", f"수신번호 오류 {message['to']}"
        why = carried(message["type"], message["text"], message.get("subject", ""))
        return ("1030", why) if why else None


class AligoReceiver(HttpReceiver):
    channel = "sms"
    user = "canaryuser"

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self.left = 500

    async def contract(self, request: web.Request, body: bytes) -> web.Response:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        if (form.get("key"), form.get("user_id")) != (KEY, self.user):
            return web.json_response({"result_code": -101, "message": "인증오류입니다."})
        if request.path == "/remain/":
            return web.json_response({"result_code": 1, "message": "", "SMS_CNT": self.left, "LMS_CNT": self.left // 3})
        assert request.path == "/send/", request.path
        why = carried(form["msg_type"], form["msg"], form.get("title", ""))
        if form["sender"] != SENDER or form["receiver"] != RECIPIENT:
            why = f"번호 오류 {form['receiver']}"
        if why:
            self.journal.note(self.channel, f"refused: {why}", form, text=form["msg"])
            return web.json_response({"result_code": -103, "message": why})
        if not self.left:
            return web.json_response({"result_code": -201, "message": "발송가능건수 부족"})
        self.left -= form.get("testmode_yn") != "Y"
        self.journal.note(self.channel, ACCEPTED, form, text=form["msg"])
        taken = {"result_code": 1, "message": "success", "msg_id": self.requests, "success_cnt": 1, "error_cnt": 0}
        return web.json_response(taken | {"msg_type": form["msg_type"]})
