"""Access token and approval key: issued rarely, shared by everybody, one request at a time.

The attempt is written down before the request leaves, so a guard that crashes
and restarts in a loop cannot exceed the broker's issue limits.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

import aiohttp
import msgspec

from hantu.adapters.broker.keyring import Keyring, rejected
from hantu.domain.errors import BrokenError, RetryableError
from hantu.kis.codes import CodeClass, korean_text
from hantu.kis.endpoints import APPROVAL, TOKEN, Endpoint
from hantu.kis.environment import KisEnvironment
from hantu.kis.rest import CONTENT_TYPE, Envelope, MalformedAnswer, parse_envelope
from hantu.kis.tokens import APPROVALS, TOKENS, Grant, Issue, Use, Wait, granted, next_step
from hantu.ports import Clock
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
ISSUE_TIMEOUT_S: Final = 5.0
"""Real seconds for one issue request."""
_TOKEN: Final = "token"
_APPROVAL: Final = "approval"
_NAMES: Final = {_TOKEN: "접근 토큰", _APPROVAL: "approval_key"}


class Authority:
    """Hands out the access token and the stream's approval key."""

    def __init__(
        self, environment: KisEnvironment, session: aiohttp.ClientSession, keyring: Keyring, clock: Clock
    ) -> None:
        self._environment = environment
        self._session = session
        self._keyring = keyring
        self._clock = clock
        self._issuing: dict[str, asyncio.Task[str]] = {}

    def token_at_hand(self) -> str:
        """Return a token that can be used at once, empty if there is none."""
        grant = self._keyring.get(_TOKEN).grant
        if grant is None or grant.rejected or self._clock.now().wall >= grant.expires_at:
            return ""
        return grant.secret

    def token_is_due(self) -> bool:
        """Tell whether a token should be issued now, before somebody needs it."""
        kept = self._keyring.get(_TOKEN)
        return isinstance(next_step(kept.grant, kept.log, self._clock.now().wall), Issue)

    def token_wait_s(self) -> float:
        """Return after how many market seconds a token may be asked for; 0 if one is at hand or may be asked for now."""
        kept, now = self._keyring.get(_TOKEN), self._clock.now().wall
        step = next_step(kept.grant, kept.log, now)
        return max(0.0, (step.until - now).total_seconds()) if isinstance(step, Wait) else 0.0

    async def token(self) -> str:
        """Return a usable access token.

        Raises:
            RetryableError: None now; the broker does not answer or a limit forbids asking.
            BrokenError: The keys are wrong.
        """
        return await self._secret(_TOKEN)

    async def approval(self, *, renew: bool = False) -> str:
        """Return the stream's approval key; ``renew`` says the stream refused the present one.

        Raises:
            RetryableError: None now; the broker does not answer or a limit forbids asking.
            BrokenError: The keys are wrong.
        """
        if renew and _APPROVAL not in self._issuing:
            self._keyring.put(_APPROVAL, rejected(self._keyring.get(_APPROVAL)))
        return await self._secret(_APPROVAL)

    def reject_token(self, secret: str) -> None:
        """Note that the broker refused ``secret``; a token issued since then stays good."""
        kept = self._keyring.get(_TOKEN)
        if kept.grant is not None and kept.grant.secret == secret and not kept.grant.rejected:
            self._keyring.put(_TOKEN, rejected(kept))

    async def close(self) -> None:
        """Stop asking."""
        for task in list(self._issuing.values()):
            task.cancel()
        await asyncio.gather(*self._issuing.values(), return_exceptions=True)

    async def _secret(self, name: str) -> str:
        running = self._issuing.get(name)
        if running is None:
            kept = self._keyring.get(name)
            step = next_step(kept.grant, kept.log, self._clock.now().wall, TOKENS if name == _TOKEN else APPROVALS)
            match step:
                case Use(grant):
                    return grant.secret
                case Wait(until):
                    raise _too_early(until, self._clock.now().wall)
                case Issue(fallback):
                    running = asyncio.create_task(self._issue(name, fallback), name=f"issue-{name}")
                    self._issuing[name] = running
                    running.add_done_callback(lambda task: self._issued(name, task))
        # A caller that gives up must not take the issue of all others with it.
        return await asyncio.shield(running)

    def _issued(self, name: str, task: asyncio.Task[str]) -> None:
        del self._issuing[name]
        if not task.cancelled():
            # Whoever waits gets the error; with nobody left it still counts as seen.
            task.exception()

    async def _issue(self, name: str, fallback: Grant | None) -> str:
        kept = self._keyring.get(name)
        now = self._clock.now().wall
        kept = replace(kept, log=kept.log.attempted(now))
        self._keyring.put(name, kept)
        await self._keyring.save()
        try:
            answer = await self._ask(TOKEN if name == _TOKEN else APPROVAL)
            if answer.kind is CodeClass.ISSUE:
                kept = replace(kept, log=kept.log.too_often(self._clock.now().wall))
                self._keyring.put(name, kept)
                await self._keyring.save()
            grant = _grant(name, answer, self._clock.now().wall)
        except (RetryableError, BrokenError):
            if fallback is None:
                raise
            return fallback.secret
        self._keyring.put(name, replace(kept, grant=grant))
        await self._keyring.save()
        took_s = (self._clock.now().wall - now).total_seconds()
        SystemLog.info("%s 발급 (%.1f초)", _NAMES[name], took_s)
        return grant.secret

    async def _ask(self, endpoint: Endpoint) -> Envelope:
        keys = self._environment.credentials
        body = {"grant_type": "client_credentials", "appkey": keys.appkey}
        # The approval call names the same secret differently.
        body["appsecret" if endpoint is TOKEN else "secretkey"] = keys.appsecret
        try:
            async with self._session.post(
                self._environment.rest_url + endpoint.path,
                data=msgspec.json.encode(body),
                headers={"content-type": CONTENT_TYPE},
                timeout=aiohttp.ClientTimeout(total=ISSUE_TIMEOUT_S),
                allow_redirects=False,
            ) as answer:
                return _envelope(answer.status, await answer.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RetryableError(
                f"no answer to an issue request: {type(error).__name__}",
                next_step="네트워크와 증권사 점검 시간을 확인하세요.",
            ) from error


def _envelope(status: int, body: bytes) -> Envelope:
    """Read an issue answer: success has no result flag, failure has one of two shapes."""
    try:
        data = msgspec.json.decode(body)
        if status == 200 and isinstance(data, dict) and "rt_cd" not in data and "error_code" not in data:
            return Envelope(200, "0", "", "", "", data)
        return parse_envelope(status, body)
    except (msgspec.DecodeError, UnicodeDecodeError, MalformedAnswer) as error:
        raise RetryableError(
            f"unreadable answer to an issue request (HTTP {status})", next_step="잠시 후 다시 시도됩니다."
        ) from error


def _grant(name: str, answer: Envelope, now: datetime) -> Grant:
    if not answer.succeeded:
        text = answer.msg1 or korean_text(answer.msg_cd)
        if answer.kind in (CodeClass.ISSUE, CodeClass.RATE, CodeClass.DOUBT):
            raise RetryableError(f"{answer.msg_cd}: {text}", next_step="잠시 후 자동으로 다시 발급합니다.")
        raise BrokenError(f"{answer.msg_cd}: {text}", next_step="앱 키와 시크릿, 실전·모의 구분을 확인하세요.")
    secret = _text(answer.data, "access_token" if name == _TOKEN else "approval_key")
    lifetime = answer.data.get("expires_in")
    # It goes into a header: nothing but visible ASCII may.
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise RetryableError("an issued key has characters no key has", next_step="잠시 후 다시 시도됩니다.")
    try:
        return granted(
            secret,
            now,
            expiry_text=_text(answer.data, "access_token_token_expired"),
            expires_in_s=lifetime if isinstance(lifetime, int) else 0,
        )
    except ValueError as error:
        raise RetryableError(
            f"unusable answer to an issue request: {error}", next_step="잠시 후 다시 시도됩니다."
        ) from error


def _text(data: Mapping[str, object], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _too_early(until: datetime, now: datetime) -> RetryableError:
    seconds = max(1, round((until - now).total_seconds()))
    return RetryableError(
        f"no key at hand and none may be issued for {seconds} s", next_step=f"{seconds}초 뒤 자동으로 다시 발급합니다."
    )
