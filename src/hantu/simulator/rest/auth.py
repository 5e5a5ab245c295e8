"""The calls that issue keys: access token, its revocation, approval key, hash key."""

import hashlib
from typing import Final

import msgspec
from aiohttp import web

from hantu.domain.session import KST
from hantu.kis.endpoints import APPROVAL, HASHKEY, REVOKE, TOKEN
from hantu.simulator.gateway import Gateway, masked
from hantu.simulator.identity import TOKEN_LIFE, AuthRefusal
from hantu.simulator.rest.gate import RestGate
from hantu.simulator.rest.replies import Reply, failure, issue_failure, response_of

BAD_GRANT: Final = ("EGW00116", "지원하지 않는 grant_type 입니다.")


class RestAuth:
    """Answers ``/oauth2/*`` and the hash key call."""

    def __init__(self, gateway: Gateway, gate: RestGate) -> None:
        self._gateway = gateway
        self._gate = gate

    def routes(self) -> list[web.RouteDef]:
        """Return where these calls live."""
        return [
            web.post(TOKEN.path, self.token),
            web.post(REVOKE.path, self.revoke),
            web.post(APPROVAL.path, self.approval),
            web.post(HASHKEY.path, self.hashkey),
        ]

    async def token(self, request: web.Request) -> web.StreamResponse:
        """Issue an access token (접근토큰발급)."""
        blocked = await self._gate.interference(request, ("rest", "tokenP"))
        if blocked is not None:
            return blocked
        fields = await self._fields(request)
        if fields.get("grant_type") != "client_credentials":
            return _sent(issue_failure(403, *BAD_GRANT))
        gateway = self._gateway
        wall = gateway.wall()
        appkey = fields.get("appkey", "")
        result = gateway.identity.issue_token(appkey, fields.get("appsecret", ""), wall, gateway.mono())
        if isinstance(result, AuthRefusal):
            gateway.note("refused_token", result.code, masked(appkey))
            return _sent(issue_failure(result.http, result.code, result.message))
        body = {
            "access_token": result.text,
            # Korean time without a zone, as the broker writes it.
            "access_token_token_expired": f"{result.expires.astimezone(KST):%Y-%m-%d %H:%M:%S}",
            "token_type": "Bearer",
            "expires_in": min(int((result.expires - wall).total_seconds()), int(TOKEN_LIFE.total_seconds())),
        }
        return _sent(Reply(200, msgspec.json.encode(body)))

    async def revoke(self, request: web.Request) -> web.StreamResponse:
        """Take an access token back (접근토큰폐기)."""
        fields = await self._fields(request)
        if not self._gateway.identity.revoke(fields.get("token", "")):
            return _sent(issue_failure(403, "EGW00121", "유효하지 않은 token 입니다."))
        body = {"code": 200, "message": "접근토큰 폐기에 성공하였습니다"}
        return _sent(Reply(200, msgspec.json.encode(body)))

    async def approval(self, request: web.Request) -> web.StreamResponse:
        """Issue a key for the stream (실시간 접속키); its secret is named ``secretkey``."""
        blocked = await self._gate.interference(request, ("rest", "Approval"))
        if blocked is not None:
            return blocked
        fields = await self._fields(request)
        appkey = fields.get("appkey", "")
        result = self._gateway.identity.issue_approval(appkey, fields.get("secretkey", ""), self._gateway.wall())
        if isinstance(result, AuthRefusal):
            self._gateway.note("refused_approval", result.code, masked(appkey))
            return _sent(issue_failure(result.http, result.code, result.message))
        return _sent(Reply(200, msgspec.json.encode({"approval_key": result})))

    async def hashkey(self, request: web.Request) -> web.StreamResponse:
        """Return a hash of the body; optional since 2022, older clients ask for it."""
        appkey, secret = request.headers.get("appkey", ""), request.headers.get("appsecret", "")
        refusal = self._gateway.identity.check_pair(appkey, secret)
        if refusal is not None:
            return _sent(failure(refusal.code, refusal.message, status=refusal.http))
        body = await request.read()
        fields = await self._fields(request)
        return _sent(Reply(200, msgspec.json.encode({"BODY": fields, "HASH": hashlib.sha256(body).hexdigest()})))

    async def _fields(self, request: web.Request) -> dict[str, str]:
        try:
            parsed = msgspec.json.decode(await request.read())
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            self._gateway.note("malformed_body", f"not JSON: {error}", path=request.path)
            return {}
        return {key: str(value) for key, value in parsed.items()} if isinstance(parsed, dict) else {}


def _sent(reply: Reply) -> web.Response:
    return response_of(reply, "", "")
