"""The application: routes from the policy table, one shape of errors, and the dashboard's files."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from hantu.api.buckets import Buckets
from hantu.api.dashboard import add_dashboard
from hantu.api.description import responses_of
from hantu.api.gate import GatedRoute, Watch
from hantu.api.house import House
from hantu.api.lanes import Lanes
from hantu.api.policy import POLICY, Rule
from hantu.api.problems import CODES, INTERNAL, FieldProblem, Problem, of_error
from hantu.api.routes import (
    approvals,
    charts,
    health,
    live,
    notices,
    passkeys,
    people,
    records,
    rounds,
    session,
    strategies,
)
from hantu.api.routes.answer import Answer, written_once
from hantu.api.shield import Shield, error_body
from hantu.domain.errors import HantuError
from hantu.telemetry import get_logger

AppLog = get_logger(__name__, "system")
PREFIX: Final = "/api/v1"
STATIC: Final = Path(__file__).parent / "static"
"""The built dashboard; absent in a checkout that never built it."""
FIELDS_MAX: Final = 20
TITLES: Final = {404: "그런 주소가 없습니다.", 405: "이 주소에서는 쓸 수 없는 방식입니다."}
HANDLERS: Final[Mapping[str, Answer]] = {
    **session.HANDLERS, **people.HANDLERS, **live.HANDLERS, **records.HANDLERS, **notices.HANDLERS,
    **approvals.HANDLERS, **strategies.HANDLERS, **health.HANDLERS, **charts.HANDLERS, **rounds.HANDLERS,
    **passkeys.HANDLERS,
}  # fmt: skip


def bare_app() -> FastAPI:
    """Return the application without a house: what its description is made of.

    Raises:
        AssertionError: The policy table and the handlers do not match.
    """
    assert {rule.operation for rule in POLICY} == set(HANDLERS), "every row has one handler, every handler one row"
    app = FastAPI(title="hantu", version="v1", docs_url=None, redoc_url=None, openapi_url=None)
    app.router.route_class = GatedRoute
    lanes = Lanes()
    for rule in POLICY:
        answer = HANDLERS[rule.operation]
        if rule.method == "GET":
            answer = written_once(answer)
        _add(app, rule, replace(answer, handler=lanes.of(rule.pace, answer.handler)))
    _add_errors(app)
    return app


def application(
    house: House, *, mono_s: Callable[[], float], hosts: Iterable[str], secure: bool, static: Path = STATIC
) -> tuple[FastAPI, Shield]:
    """Return the application of one server and the same inside its shield."""
    app = bare_app()
    app.state.watch = Watch(house, Buckets(mono_s))
    add_dashboard(app, static)
    return app, Shield(app, clock=house.clock, draw=house.draw, hosts=hosts, secure=secure)


def _add(app: FastAPI, rule: Rule, answer: Answer) -> None:
    app.add_api_route(
        PREFIX + rule.path, answer.handler, methods=[rule.method], name=rule.operation, operation_id=rule.operation,
        response_model=answer.model, status_code=answer.status, tags=[rule.object], responses=responses_of(rule, answer),
        response_class=answer.response_class, summary=f"{rule.action}: {rule.object}",
    )  # fmt: skip


def _add_errors(app: FastAPI) -> None:
    def told(request: Request, problem: Problem) -> Response:
        watch: Watch = request.app.state.watch
        body = error_body(problem, request.state.request_id, watch.house.clock)
        headers = {} if problem.retry_s is None else {"Retry-After": str(max(1, round(problem.retry_s)))}
        return JSONResponse(body.model_dump(), problem.status, headers)

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return told(request, error)

    async def on_ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, HantuError)
        problem = of_error(error)
        if problem.status >= 500:
            AppLog.error("%s [%s]: %s", problem.code, request.state.request_id, error)
        return told(request, problem)

    async def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return told(request, Problem(422, "invalid", "요청의 값이 올바르지 않습니다.", fields=_fields(error.errors())))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status = error.status_code
        code = CODES.get(status, "error")
        return told(request, Problem(status, code, TITLES.get(status, "요청을 처리할 수 없습니다.")))

    async def on_bug(request: Request, _error: Exception) -> Response:
        # Raised again behind this answer; the shield logs it with its trace.
        return told(request, Problem(500, "internal", INTERNAL))

    app.add_exception_handler(Exception, on_bug)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HantuError, on_ours)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)


def _fields(errors: Iterable[Mapping[str, Any]]) -> list[FieldProblem]:
    """Name each field and what is wrong with it, without repeating what was sent."""
    return [
        FieldProblem(field=".".join(str(part) for part in one["loc"])[:200], problem=str(one["msg"])[:300])
        for one in list(errors)[:FIELDS_MAX]
    ]
