"""A plain client of the practice exchange that hides nothing of the wire."""

import asyncio
import base64
import json
from typing import Any

import aiohttp
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hantu.simulator.server import SimulatorServer

KEY = "K" * 36
SECRET = "S" * 180
STOCK = "005930"
TRADING = "/uapi/domestic-stock/v1/trading"
QUOTATIONS = "/uapi/domestic-stock/v1/quotations"
ACCOUNT = {"CANO": "12345678", "ACNT_PRDT_CD": "01"}
SELL = {
    **ACCOUNT,
    "PDNO": STOCK,
    "ORD_DVSN": "01",
    "ORD_QTY": "3",
    "ORD_UNPR": "0",
    "EXCG_ID_DVSN_CD": "KRX",
    "SLL_TYPE": "01",
    "CNDT_PRIC": "",
}
PATIENCE_S = 5.0


class Client:
    """One customer: a key pair, its token, and connections to both ports."""

    def __init__(self, server: SimulatorServer, session: aiohttp.ClientSession, key: str = KEY):
        self.server = server
        self.session = session
        self.key = key
        self.bearer = ""
        self.streams: list[Stream] = []

    async def call(self, method: str, path: str, **options: Any) -> tuple[int, Any, Any]:
        async with self.session.request(method, self.server.rest_url + path, **options) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith(("{", "[")) else text, answer.headers

    async def token(self) -> tuple[int, Any, Any]:
        body = {"grant_type": "client_credentials", "appkey": self.key, "appsecret": SECRET}
        answer = await self.call("POST", "/oauth2/tokenP", json=body)
        if answer[0] == 200:
            self.bearer = "Bearer " + answer[1]["access_token"]
        return answer

    async def approval(self) -> str:
        body = {"grant_type": "client_credentials", "appkey": self.key, "secretkey": SECRET}
        return str((await self.call("POST", "/oauth2/Approval", json=body))[1]["approval_key"])

    def headers(self, tr_id: str, **more: str) -> dict[str, str]:
        return {
            "content-type": "application/json; charset=utf-8",
            "authorization": self.bearer,
            "appkey": self.key,
            "appsecret": SECRET,
            "tr_id": tr_id,
            "custtype": "P",
            **more,
        }

    async def get(self, path: str, tr_id: str, params: dict[str, str], **more: str) -> tuple[int, Any, Any]:
        return await self.call("GET", path, params=params, headers=self.headers(tr_id, **more))

    async def order(self, body: dict[str, Any], tr_id: str = "TTTC0011U") -> tuple[int, Any, Any]:
        return await self.call("POST", f"{TRADING}/order-cash", json=body, headers=self.headers(tr_id))

    async def price(self, symbol: str = STOCK) -> tuple[int, Any, Any]:
        wish = {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": symbol}
        return await self.get(f"{QUOTATIONS}/inquire-price", "FHKST01010100", wish)

    async def fault(self, kind: str, **rest: Any) -> None:
        status, answer, _ = await self.call("POST", "/_sim/fault", json={"kind": kind, **rest})
        assert status == 200, answer

    async def state(self) -> dict[str, Any]:
        return (await self.call("GET", "/_sim/state"))[1]

    async def anomalies(self, kind: str = "") -> list[dict[str, Any]]:
        found = (await self.call("GET", "/_sim/anomalies"))[1]
        return [each for each in found if not kind or each["kind"] == kind]

    async def stream(self, path: str = "/tryitout", approval: str | None = None, **options: Any) -> "Stream":
        key = await self.approval() if approval is None else approval
        socket = await self.session.ws_connect(self.server.ws_url + path, autoping=False, **options)
        self.streams.append(Stream(socket, key))
        return self.streams[-1]

    def other(self, key: str = "L" * 36) -> "Client":
        """Return another customer on the same machine."""
        client = Client(self.server, self.session, key)
        client.streams = self.streams
        return client

    def leave(self) -> None:
        """Drop every connection; aiohttp keeps those the server has reset."""
        for stream in self.streams:
            stream.socket._response.close()


class Stream:
    """One connection; control texts and data frames are kept apart."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, approval: str):
        self.socket = socket
        self.approval = approval
        self.data: list[str] = []
        self.iv = self.key = ""

    def request(self, tr_id: str, key: str, kind: str = "1", **header: str) -> str:
        head = {"approval_key": self.approval, "custtype": "P", "tr_type": kind, "content-type": "utf-8", **header}
        return json.dumps({"header": head, "body": {"input": {"tr_id": tr_id, "tr_key": key}}})

    async def ask(self, tr_id: str, key: str, kind: str = "1") -> dict[str, Any]:
        await self.socket.send_str(self.request(tr_id, key, kind))
        answer = json.loads(await self.control())
        output = answer["body"].get("output", {})
        self.iv, self.key = output.get("iv", self.iv), output.get("key", self.key)
        return answer

    async def code(self, tr_id: str, key: str, kind: str = "1") -> str:
        return (await self.ask(tr_id, key, kind))["body"]["msg_cd"]

    async def control(self) -> str:
        """Return the next text that is no data frame."""
        async with asyncio.timeout(PATIENCE_S):
            while not (text := await self.text()).startswith("{"):
                self.data.append(text)
        return text

    async def frame(self, tr_id: str) -> list[str]:
        """Return the four parts of the next data frame of a TR."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for place, text in enumerate(self.data):
                    if text.split("|")[1:2] == [tr_id]:
                        del self.data[place]
                        return text.split("|", 3)
                self.data.append(await self.text())

    async def notice(self, tr_id: str = "H0STCNI0") -> list[str]:
        flag, _, count, payload = await self.frame(tr_id)
        assert (flag, count) == ("1", "001")
        return decrypted(payload, self.key, self.iv).split("^")

    async def text(self) -> str:
        async with asyncio.timeout(PATIENCE_S):
            message = await self.socket.receive()
        assert message.type is aiohttp.WSMsgType.TEXT, message
        return message.data

    async def end(self) -> aiohttp.WSMessage:
        """Read on until the connection ends; returns the last message."""
        async with asyncio.timeout(PATIENCE_S):
            while (message := await self.socket.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
        return message


def decrypted(payload: str, key: str, iv: str) -> str:
    """Decrypt a notice without the code under test."""
    cipher = Cipher(algorithms.AES(key.encode()), modes.CBC(iv.encode())).decryptor()
    plain = cipher.update(base64.b64decode(payload)) + cipher.finalize()
    unpadder = padding.PKCS7(128).unpadder()
    return (unpadder.update(plain) + unpadder.finalize()).decode()
