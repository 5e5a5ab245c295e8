"""A handler with what it answers; the address and who may come stand in the policy table."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from hantu.api.gate import caller_of, house_of, source_of
from hantu.api.house import House
from hantu.domain.access import Caller

Inside: TypeAlias = Annotated[House, Depends(house_of)]
Who: TypeAlias = Annotated[Caller, Depends(caller_of)]
Source: TypeAlias = Annotated[str, Depends(source_of)]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=500)]
Cursor: TypeAlias = Annotated[str, Query(max_length=200, pattern=r"^[0-9A-Za-z|:. -]*$")]
Number: TypeAlias = Annotated[int, Path(ge=1, le=2**53 - 1)]
"""Of a row; what a database and a browser can hold."""
Ident: TypeAlias = Annotated[str, Path(max_length=100, pattern=r"^[^\x00]*$")]
Moment: TypeAlias = Annotated[str, Query(max_length=32, pattern=r"^[0-9T:. Z-]*$", examples=["2026-11-23 00:00:00"])]
Word: TypeAlias = Annotated[str, Query(max_length=80, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True, slots=True)
class Answer:
    """One handler and the shape of its success."""

    handler: Callable[..., Any]
    model: Any
    status: int = 200
    response_class: type[Response] = JSONResponse
    media: tuple[str, ...] = ()
    """Other than JSON; every kind it may be."""
    about: str = ""


def written_once(answer: Answer) -> Answer:
    """Return a read that writes its model as JSON itself, in its own thread.

    FastAPI would check it again, take it apart and have the text put together piece by piece
    in the loop everybody waits for; for a page of the dashboard that is most of the work.
    """
    handler = answer.handler

    def text(found: Any) -> Any:
        if not isinstance(found, BaseModel):
            return found
        return Response(found.model_dump_json(by_alias=True), answer.status, media_type="application/json")

    if inspect.iscoroutinefunction(handler):

        @functools.wraps(handler)
        async def waited(**given: Any) -> Any:
            return text(await handler(**given))

        return replace(answer, handler=waited)

    @functools.wraps(handler)
    def plain(**given: Any) -> Any:
        return text(handler(**given))

    return replace(answer, handler=plain)
