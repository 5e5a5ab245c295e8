"""Checklists from a browser: begin one, check its items, put it on record."""

from collections.abc import Mapping
from typing import Final

from hantu.api.models.rounds import (
    Reviewed,
    RoundCheck,
    RoundDone,
    RoundFinish,
    RoundList,
    RoundStart,
    RoundView,
)
from hantu.api.models.shapes import Done
from hantu.api.routes.answer import Answer, Ident, Inside, Who


def rounds_list(house: Inside) -> RoundList:
    """List checklists under way, newest first."""
    return RoundList(items=[RoundView.model_validate(row) for row in house.rounds.under_way()])


def round_start(asked: RoundStart, caller: Who, house: Inside) -> RoundView:
    """Look at everything of one list now; the morning's sends a test alert and takes some seconds."""
    return RoundView.model_validate(house.rounds.start(asked.kind, by=caller))


def round_show(checklist_id: Ident, house: Inside) -> RoundView:
    """Show one checklist under way."""
    return RoundView.model_validate(house.rounds.one(checklist_id))


def round_check(checklist_id: Ident, asked: RoundCheck, caller: Who, house: Inside) -> RoundView:
    """Say that an item was looked at."""
    found = house.rounds.check(checklist_id, asked.item, checked=asked.checked, note=asked.note, by=caller)
    return RoundView.model_validate(found)


def round_finish(checklist_id: Ident, asked: RoundFinish, caller: Who, house: Inside) -> RoundDone:
    """Put a list on record, confirmed by who asks; refused while an item is not checked."""
    return RoundDone(run_id=house.rounds.finish(checklist_id, asked.note, by=caller))


def round_withdraw(checklist_id: Ident, caller: Who, house: Inside) -> Done:
    """Take a list back."""
    house.rounds.withdraw(checklist_id, by=caller)
    return Done(status="done")


def procedures_reviewed(asked: Reviewed, caller: Who, house: Inside) -> Done:
    """Record that the procedures were gone over."""
    house.rounds.reviewed(asked.note, by=caller)
    return Done(status="done", message="운영 절차 검토를 기록했습니다.")


HANDLERS: Final[Mapping[str, Answer]] = {
    "rounds_list": Answer(rounds_list, RoundList),
    "round_start": Answer(round_start, RoundView, 201),
    "round_show": Answer(round_show, RoundView),
    "round_check": Answer(round_check, RoundView),
    "round_finish": Answer(round_finish, RoundDone),
    "round_withdraw": Answer(round_withdraw, Done),
    "procedures_reviewed": Answer(procedures_reviewed, Done),
}
