"""A read writes its own answer: the same text FastAPI would make of its model, without making it twice."""

import asyncio
import inspect
import json
from typing import Any

from fastapi.responses import Response
from pydantic import BaseModel, Field

from hantu.api.app import HANDLERS
from hantu.api.policy import POLICY
from hantu.api.routes.answer import Answer, written_once


class View(BaseModel):
    name: str
    share: float | None = None
    kind: str = Field(default="", alias="type")


FOUND = View(name="삼성전자", share=0.1, type="x")


def said(found: Any) -> tuple[int, str, Any]:
    assert isinstance(found, Response)
    return found.status_code, found.headers["content-type"], json.loads(bytes(found.body))


def test_a_model_is_written_by_its_aliases_with_the_status_of_the_answer() -> None:
    made = written_once(Answer(lambda: FOUND, View, 202)).handler()
    assert said(made) == (202, "application/json", {"name": "삼성전자", "share": 0.1, "type": "x"})
    assert "삼성전자".encode() in bytes(made.body)


def test_a_handler_of_the_loop_stays_one() -> None:
    async def handler() -> View:
        return FOUND

    made = written_once(Answer(handler, View)).handler
    assert asyncio.iscoroutinefunction(made)
    assert said(asyncio.run(made()))[0] == 200


def test_an_answer_that_is_no_model_is_left_as_it_is() -> None:
    own = Response(b"a,b", media_type="text/csv")
    assert written_once(Answer(lambda: own, None)).handler() is own


def test_what_a_handler_asks_for_is_still_seen() -> None:
    """FastAPI reads the parameters; a wrapper that hid them would answer 422 to everybody."""
    for rule in (rule for rule in POLICY if rule.method == "GET"):
        answer = HANDLERS[rule.operation]
        assert inspect.signature(written_once(answer).handler) == inspect.signature(answer.handler)
