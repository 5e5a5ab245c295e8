"""Checklists from a browser: the same items, records and trail as ``hantu checklist``, checked one by one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from hantu.adapters.accounts.checklists import ChecklistBook
from hantu.adapters.checklist.items import worst
from hantu.adapters.checklist.monthly import REVIEWED
from hantu.adapters.guard_link import GuardLink
from hantu.adapters.store.checklist_rows import save_run
from hantu.adapters.store.offline import record_operation
from hantu.domain.access import Caller
from hantu.domain.errors import HantuError
from hantu.settings.checklist.kinds import items_of
from hantu.settings.checklist.round import Round
from hantu.settings.model import Settings
from hantu.settings.people import name_of

ASK_S: Final = 5.0


class Rounds:
    """Implements the rounds of the interface."""

    def __init__(self, settings: Settings, book: ChecklistBook, status: Callable[[], Mapping[str, Any] | None]) -> None:
        self._settings = settings
        self._book = book
        self._status = status

    def start(self, kind: str, *, by: Caller) -> Mapping[str, Any]:
        """Look at everything of one list now and keep it for checking; a morning sends its test alert."""
        settings = self._settings
        link = GuardLink(settings.socket, by.actor, timeout_s=ASK_S)
        items = items_of(kind, Round(settings, link, lambda actor: name_of(settings, actor)), self._status())
        found = self._book.begin(kind, worst(items).value, items, by=by)
        told = {"checklist": found["checklist_id"], "kind": kind, "result": found["result"]}
        record_operation(settings.database, "checklist_started", told, actor=by.actor)
        return found

    def under_way(self) -> Sequence[Mapping[str, Any]]:
        """Return the lists that can be gone on with."""
        return self._book.under_way()

    def one(self, checklist_id: str) -> Mapping[str, Any]:
        """Return one list."""
        return self._book.one(checklist_id)

    def check(self, checklist_id: str, item: str, *, checked: bool, note: str, by: Caller) -> Mapping[str, Any]:
        """Say that one item was looked at."""
        return self._book.check(checklist_id, item, checked=checked, note=note, by=by)

    def finish(self, checklist_id: str, note: str, *, by: Caller) -> int:
        """Put a list on record, confirmed by who finishes it; return the number of the run."""
        found = self._book.end(checklist_id, "finished")
        # Names of people stand in the records as the trail knows them.
        items = [{name: value for name, value in item.items() if name != "checked_by"} for item in found["items"]]
        try:
            return save_run(
                self._settings.database, str(found["kind"]), str(found["result"]), items, actor=str(found["actor"]),
                confirmed_by=by.actor, note=note,
            )  # fmt: skip
        except HantuError:
            self._book.reopen(checklist_id)
            raise

    def withdraw(self, checklist_id: str, *, by: Caller) -> None:
        """Take a list back; nothing comes of it but a line of the trail."""
        found = self._book.end(checklist_id, "withdrawn")
        told = {"checklist": checklist_id, "kind": found["kind"]}
        record_operation(self._settings.database, "checklist_withdrawn", told, actor=by.actor)

    def reviewed(self, note: str, *, by: Caller) -> None:
        """Record that the procedures were gone over, which the monthly list asks for."""
        record_operation(self._settings.database, REVIEWED, {"note": note, "entered_by": by.actor}, actor=by.actor)
