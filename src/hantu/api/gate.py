"""Between a request and its handler: who asks, may they, how often, with what proof; and no command twice.

The order is fixed: identity, frequency, permission, forgery token, a remembered
answer, second factor, and the key is written down last, right before the work.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from hantu.api.buckets import Buckets
from hantu.api.house import House
from hantu.api.policy import BY_NAME, Key, Pace, Rule, allows
from hantu.api.problems import UNREACHED, Problem, of_error
from hantu.domain.access import Caller, Remembered
from hantu.domain.errors import HantuError
from hantu.telemetry import get_logger

GateLog = get_logger(__name__, "system")
SECURE_COOKIE: Final = "__Host-hantu"
CODE_HEADER: Final = "x-hantu-code"
CSRF_HEADER: Final = "x-hantu-csrf"
KEY_HEADER: Final = "idempotency-key"
UNATTENDED_HEADER: Final = "x-hantu-unattended"
"""What a page sends with what it asks by itself, when nobody has touched it lately."""
KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
CODE: Final = re.compile(r"\d{6}|pk_[A-Za-z0-9_-]{43}")
"""Of the authenticator, or the proof that a passkey gave."""
ANSWER_KEPT_MAX: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Watch:
    """What the gate needs beside the house."""

    house: House
    buckets: Buckets


def house_of(request: Request) -> House:
    """Return the house, for handlers."""
    watch: Watch = request.app.state.watch
    return watch.house


def caller_of(request: Request) -> Caller:
    """Return who asks; only for handlers behind a rule that asks."""
    found = request.state.caller
    assert isinstance(found, Caller)
    return found


def source_of(request: Request) -> str:
    """Return the address at the other end; what a proxy claims is not believed."""
    return request.client.host if request.client else "local"


class GatedRoute(APIRoute):
    """A route whose handler runs only after its rule was kept; its name is the rule's."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler behind the gate."""
        work = super().get_route_handler()
        rule = BY_NAME[self.name]

        async def handler(request: Request) -> Response:
            watch: Watch = request.app.state.watch
            request.state.caller, request.state.key = None, ""
            if rule.changes:
                await request.body()  # a body that grows too large is refused here, with its own word
            remembered = await admit(watch, rule, request)
            if remembered is not None:
                return Response(remembered.body, remembered.status, {"Idempotent-Replayed": "true"}, "application/json")
            if not request.state.key:
                return await work(request)
            return await _once(watch.house, request, work)

        return handler


async def admit(watch: Watch, rule: Rule, request: Request) -> Remembered | None:
    """Let a request in, or return the answer it has had before.

    Raises:
        Problem: It is refused; says why.
    """
    source = source_of(request)
    if rule.public:
        _paced(watch, rule.pace, source)
        return None
    caller = await run_in_threadpool(_identify, watch, request, source)
    request.state.caller, request.state.who = caller, f"{caller.kind}:{caller.name}"
    _paced(watch, rule.pace, caller.ident)
    if not allows(rule, role=caller.role, scopes=caller.scopes):
        await run_in_threadpool(watch.house.doorkeeper.note_refusal, caller, "forbidden", rule.operation, source=source)
        raise Problem(403, "forbidden", "이 일을 할 권한이 없습니다.", next_step="관리자에게 역할을 확인하세요.")
    if caller.kind == "person" and rule.changes:
        _unforged(caller, request)
    key = _key(rule, request)
    digest = ""
    if key:
        digest = hashlib.sha256(request.url.path.encode() + b"\0" + await request.body()).hexdigest()
        found = await run_in_threadpool(watch.house.keys.look, caller, key, digest)
        if found is not None:
            return _told_before(found)
    if rule.code:
        await _proved(watch.house, caller, request, source)
    if key:
        found = await run_in_threadpool(watch.house.keys.begin, caller, key, rule.operation, digest)
        if found is not None:
            return _told_before(found)
        request.state.key = key
    return None


def _identify(watch: Watch, request: Request, source: str) -> Caller:
    doorkeeper = watch.house.doorkeeper
    shown = request.headers.get("authorization", "")
    if shown:
        if "origin" in request.headers or not shown.startswith("Bearer "):
            # Programs send no origin; a browser that does was sent here by some page.
            raise Problem(401, "unauthorized", "인증되지 않았습니다.")
        found = doorkeeper.by_token(shown.removeprefix("Bearer "), source=source)
    else:
        secret = request.cookies.get(SECURE_COOKIE, "")
        # A stream of live data is open for hours, and a page loads again by itself: no sign that a person is there.
        touch = request.url.path != "/api/v1/monitor/stream" and UNATTENDED_HEADER not in request.headers
        agent = request.headers.get("user-agent", "")
        found = doorkeeper.by_cookie(secret, agent=agent, touch=touch) if secret else None
    if found is None:
        raise Problem(401, "unauthorized", "로그인이 필요합니다.", next_step="다시 로그인하세요.")
    return found


def _unforged(caller: Caller, request: Request) -> None:
    shown = request.headers.get(CSRF_HEADER, "").encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(shown, caller.csrf.encode()):
        raise Problem(
            403,
            "forged",
            f"{CSRF_HEADER} 값이 없거나 맞지 않습니다.",
            next_step="페이지를 새로 고치고 다시 시도하세요.",
        )


def _paced(watch: Watch, pace: Pace, name: str) -> None:
    wait_s = watch.buckets.wait_s(pace, name)
    if wait_s > 0:
        raise Problem(429, "too_many_requests", "너무 자주 요청했습니다.", retry_s=wait_s)


def _key(rule: Rule, request: Request) -> str:
    if rule.key is Key.NONE:
        return ""
    key = request.headers.get(KEY_HEADER, "")
    if not key and rule.key is Key.OPTIONAL:
        return ""
    if not KEY.fullmatch(key):
        raise Problem(
            428, "key_required", "Idempotency-Key 헤더가 필요합니다(영문, 숫자, _ - 로 8~64자).",
            next_step="누를 때마다 새로 만들고, 같은 누름을 다시 보낼 때는 같은 값을 쓰세요.",
        )  # fmt: skip
    return key


async def _proved(house: House, caller: Caller, request: Request, source: str) -> None:
    code = request.headers.get(CODE_HEADER, "")
    if not CODE.fullmatch(code):
        raise Problem(
            403,
            "step_up_required",
            "인증 앱의 새 코드나 패스키 확인이 필요합니다.",
            next_step="인증 앱에서 새 코드를 확인하세요.",
        )
    await run_in_threadpool(house.doorkeeper.spend_code, caller, code, source=source)


def _told_before(found: Remembered) -> Remembered:
    if not found.same:
        raise Problem(
            422, "key_reused", "같은 Idempotency-Key 로 다른 요청이 왔습니다.", next_step="새 값을 만들어 쓰세요."
        )
    if found.finished:
        return found
    if found.running:
        raise Problem(409, "in_progress", "같은 요청을 처리하고 있습니다.", retry_s=1.0)
    raise Problem(
        409, "outcome_unknown", "이 요청은 시작되었지만 결과를 알 수 없습니다. 다시 실행하지 않았습니다.",
        next_step="현재 상태(주문, 승인, 킬스위치)를 확인한 뒤 필요하면 새로 요청하세요.",
    )  # fmt: skip


async def _once(house: House, request: Request, work: Callable[[Request], Coroutine[Any, Any, Response]]) -> Response:
    """Do the work and keep its answer; what was refused before anything happened may be tried again."""
    caller, key = caller_of(request), str(request.state.key)
    try:
        response = await work(request)
    except (Problem, HantuError, RequestValidationError) as error:
        if _nothing_done(error):
            await run_in_threadpool(house.keys.forget, caller, key)
        else:
            GateLog.warning("명령의 결과를 알 수 없음 [%s] %s", request.state.request_id, error)
            await run_in_threadpool(house.keys.finish, caller, key, 0, b"")
        raise
    body = bytes(response.body)
    await run_in_threadpool(house.keys.finish, caller, key, response.status_code, body[:ANSWER_KEPT_MAX])
    return response


def _nothing_done(error: Problem | HantuError | RequestValidationError) -> bool:
    if isinstance(error, RequestValidationError):
        return True
    problem = error if isinstance(error, Problem) else of_error(error)
    return problem.status < 500 or problem.code == UNREACHED
