"""Now: the state, its stream, positions, the kill switch, and the wishes that steer the guard."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from hantu.api.gate import SECURE_COOKIE
from hantu.api.house import House
from hantu.api.models.now import (
    Flatten,
    KillAnswer,
    KillHistory,
    KillRelease,
    KillRow,
    KillSet,
    KillView,
    PairRequest,
    PairRequests,
    PositionList,
    PositionView,
    StateView,
)
from hantu.api.models.shapes import Done
from hantu.api.problems import Problem, absent
from hantu.api.routes.answer import Answer, Ident, Inside, Limit, Who
from hantu.api.streams import Full
from hantu.domain.access import Caller
from hantu.domain.errors import HantuError
from hantu.domain.place import Place, Told

TWO_PEOPLE: Final = ("hard", "flatten")
STREAM_HEADERS: Final = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
ASKED: Final = Done(status="taken", message="감시가 받았습니다.")


def state(house: Inside) -> StateView:
    """Show everything the first page needs."""
    return StateView.model_validate(house.guard.state())


async def stream(
    request: Request,
    caller: Who,
    house: Inside,
    last_event_id: Annotated[str, Header(max_length=64)] = "",
    after: Annotated[str, Query(max_length=64, description="As Last-Event-ID, for who cannot set headers.")] = "",
) -> StreamingResponse:
    """Send states, facts and beats as server-sent events until the session or the server ends."""

    async def missed(place: Place, limit: int) -> tuple[Sequence[Told], Place]:
        return await run_in_threadpool(house.records.facts_after, place, limit)

    async def end() -> Place:
        return await run_in_threadpool(house.records.end)

    async def valid() -> bool:
        return await run_in_threadpool(_still, house, request, caller)

    body = house.hub.listen(caller.ident, last_event_id or after, missed, end, valid)
    try:
        first = await anext(body)
    except Full:
        raise Problem(429, "too_many_streams", "실시간 연결이 너무 많습니다.", retry_s=5.0) from None

    async def parts() -> Any:
        try:
            yield first
            async for part in body:
                yield part
        finally:
            await body.aclose()  # type: ignore[attr-defined]

    return StreamingResponse(parts(), media_type="text/event-stream", headers=STREAM_HEADERS)


def _still(house: House, request: Request, caller: Caller) -> bool:
    if caller.kind == "program":
        return (
            house.doorkeeper.by_token(request.headers["authorization"].removeprefix("Bearer "), source="") is not None
        )
    secret, agent = request.cookies[SECURE_COOKIE], request.headers.get("user-agent", "")
    return house.doorkeeper.by_cookie(secret, agent=agent, touch=False) is not None


def positions(house: Inside) -> PositionList:
    """Show what is held, live where a guard answers."""
    return PositionList(items=[PositionView.model_validate(row) for row in house.guard.state()["positions"]])


def position(symbol: Ident, house: Inside) -> PositionView:
    """Show one holding."""
    found = next((row for row in house.guard.state()["positions"] if row["symbol"] == symbol), None)
    if found is None:
        raise absent(f"종목 {symbol}")
    return PositionView.model_validate(found)


def killswitch(house: Inside) -> KillView:
    """Show the strictest of all doors."""
    return KillView.model_validate(house.guard.kill_view())


def killswitch_history(house: Inside, limit: Limit = 50) -> KillHistory:
    """Show who set and released it, newest first."""
    return KillHistory(items=[KillRow.model_validate(row) for row in house.records.kill_history(limit)])


def killswitch_set(caller: Who, house: Inside, asked: KillSet | None = None) -> KillAnswer:
    """Block orders now; file and row stand in for a guard that does not answer."""
    wanted = asked or KillSet()
    return KillAnswer.model_validate(house.guard.kill_set(wanted.level, wanted.reason, by=caller))


def killswitch_flatten(asked: Flatten, caller: Who, house: Inside) -> KillAnswer:
    """Ask to sell everything; begins when a second person confirms."""
    made = house.pairs.ask("flatten", "flatten", asked.reason, by=caller)
    return _waits(made)


def killswitch_release(asked: KillRelease, caller: Who, house: Inside) -> KillAnswer:
    """Allow orders again; from ``hard`` and ``flatten`` a second person has to agree."""
    if house.guard.kill_view()["level"] in TWO_PEOPLE:
        return _waits(house.pairs.ask("release", "off", asked.reason, by=caller, release_s=asked.release_s))
    found = house.guard.kill_ask("off", asked.reason, by=caller, release_s=asked.release_s)
    return KillAnswer.model_validate(found)


def requests_list(house: Inside) -> PairRequests:
    """Show what waits for a second person, and what lately did."""
    return PairRequests(items=[PairRequest.model_validate(row) for row in house.pairs.waiting()])


def request_confirm(request_id: Ident, caller: Who, house: Inside) -> KillAnswer:
    """Agree, as another person than who asked; the guard is asked at once."""
    row = house.pairs.confirm(request_id, by=caller)
    try:
        found = house.guard.kill_ask(
            row["level"], row["reason"], by=row["caller"], second=caller.actor, release_s=row["release_s"]
        )
    except HantuError:
        house.pairs.failed(request_id)
        raise
    return KillAnswer.model_validate({**found, "request_id": request_id})


def request_withdraw(request_id: Ident, caller: Who, house: Inside) -> PairRequest:
    """Take a wish back."""
    return PairRequest.model_validate(house.pairs.withdraw(request_id, by=caller))


def monitor_start(caller: Who, house: Inside) -> Done:
    """Have the guard monitor."""
    house.guard.command("start", by=caller)
    return ASKED


def monitor_stop(caller: Who, house: Inside) -> Done:
    """Have the guard stop monitoring; holdings are not guarded then."""
    house.guard.command("stop", by=caller)
    return ASKED


def monitor_restart(caller: Who, house: Inside) -> Done:
    """Have the guard leave sleep and begin anew."""
    house.guard.command("restart", by=caller)
    return ASKED


def recovery_run(caller: Who, house: Inside) -> Done:
    """Have the recovery go on from the step that failed."""
    house.guard.command("recover", by=caller)
    return ASKED


def _waits(made: Mapping[str, Any]) -> KillAnswer:
    return KillAnswer(
        status="asked", level=str(made["level"]), request_id=str(made["request_id"]),
        message="두 번째 사람의 확인을 기다립니다.",
    )  # fmt: skip


HANDLERS: Final[Mapping[str, Answer]] = {
    "state": Answer(state, StateView),
    "stream": Answer(stream, None, 200, StreamingResponse, ("text/event-stream",), "state, fact, beat, reset and end"),
    "positions": Answer(positions, PositionList),
    "position": Answer(position, PositionView),
    "killswitch": Answer(killswitch, KillView),
    "killswitch_history": Answer(killswitch_history, KillHistory),
    "killswitch_set": Answer(killswitch_set, KillAnswer),
    "killswitch_flatten": Answer(killswitch_flatten, KillAnswer, 202),
    "killswitch_release": Answer(killswitch_release, KillAnswer),
    "requests_list": Answer(requests_list, PairRequests),
    "request_confirm": Answer(request_confirm, KillAnswer),
    "request_withdraw": Answer(request_withdraw, PairRequest),
    "monitor_start": Answer(monitor_start, Done),
    "monitor_stop": Answer(monitor_stop, Done),
    "monitor_restart": Answer(monitor_restart, Done),
    "recovery_run": Answer(recovery_run, Done),
}
