"""What ``hantu up`` puts on record and has people told, in a thread of its own."""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from hantu.cli.caretaker import GUARD
from hantu.cli.shell import Shell
from hantu.cli.texts.up_words import up_words
from hantu.cli.wards import Happening
from hantu.domain.errors import HantuError
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
RECORDED: Final = ("again", "ended", "refused", "given_up", "silent", "never_ready", "stopped_by_force")


class Clerk:
    """Records and alerts, in a thread of its own: neither a locked database nor a slow channel delays a look."""

    def __init__(self, shell: Shell) -> None:
        self._shell, self._words = shell, up_words("ko")
        self._work: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._do, name="clerk")
        self._thread.start()

    def note(self, operation: str, details: Mapping[str, object]) -> None:
        """Put an operation into the audit trail, where there are records."""
        self._work.put(lambda: self._record(operation, details))

    def tell(self, told: Happening) -> None:
        """Record what a person may ask for later, and have people told of what needs one now."""
        from hantu.cli.views.up import sentence

        if told.kind in RECORDED:
            self.note(f"process_{told.kind}", {"process": told.role, "detail": told.detail})
        if told.kind == "given_up":
            text = sentence(self._words, told)
            self._work.put(lambda: self._alert(told.role, text))

    def close(self) -> None:
        """Do what is left, and end."""
        self._work.put(None)
        self._thread.join()

    def _do(self) -> None:
        while (work := self._work.get()) is not None:
            try:
                work()
            except HantuError as error:
                SystemLog.error("기록하거나 알리지 못함: %s", error)

    def _record(self, operation: str, details: Mapping[str, object]) -> None:
        database = self._shell.settings.database
        # Never a new file: the guard would take it for records that were lost.
        if database.exists():
            from hantu.adapters.store.offline import record_operation

            record_operation(database, operation, details, actor=self._shell.actor)

    def _alert(self, role: str, text: str) -> None:
        """Have the guard tell it, so that it is on record; past it when it is the guard, or does not answer."""
        if role != GUARD:
            with contextlib.suppress(HantuError):
                self._shell.guard.request("tell", event_type="process_given_up", subject=role, detail=text)
                return
        import asyncio

        from hantu.adapters.notify.last_word import last_word
        from hantu.alerting.rules import operations_alert
        from hantu.settings.channels import notifiers_of

        kind = "guard_given_up" if role == GUARD else "process_given_up"
        asyncio.run(
            last_word(notifiers_of(self._shell.settings)[0], operations_alert(kind, text, key=f"{kind}:{role}"))
        )


@contextlib.contextmanager
def clerk_of(shell: Shell) -> Iterator[Clerk]:
    made = Clerk(shell)
    try:
        yield made
    finally:
        made.close()
