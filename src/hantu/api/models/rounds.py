"""Bodies of checklists that are being gone through."""

from typing import Literal

from pydantic import Field

from hantu.api.models.shapes import Ask, Note, Reason, View

Kind = Literal["daily", "weekly", "monthly", "morning"]


class RoundStart(Ask):
    kind: Kind


class RoundCheck(Ask):
    """One item was looked at; ``checked`` false takes that back."""

    item: str = Field(max_length=80, examples=["kill_switch"])
    checked: bool = True
    note: Note = ""


class RoundFinish(Ask):
    note: Note = ""


class Reviewed(Ask):
    note: Reason = Field(examples=["손절 절차 3단계를 고침"])


class RoundItem(View):
    """One item as it was when the list was begun; ``how`` is the command or query that shows ``value``."""

    name: str
    title: str
    result: Literal["ok", "warn", "fail"]
    value: str
    how: str
    detail: str
    number: float | None
    checked: bool
    checked_by: str
    checked_at: str
    note: str


class RoundView(View):
    """A checklist under way; it ends when it is finished, taken back, or a day old."""

    checklist_id: str = Field(examples=["C-0123456789ab"])
    kind: Kind
    result: Literal["ok", "warn", "fail"] = Field(description="The worst of its items.")
    state: Literal["open", "finished", "withdrawn"]
    started_by: str
    started_at: str
    items: list[RoundItem]


class RoundList(View):
    items: list[RoundView]


class RoundDone(View):
    status: Literal["done"] = "done"
    run_id: int = Field(description="Its number in `GET /checklists`.")
