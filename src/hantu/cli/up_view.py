"""How ``hantu up`` looks: one screen on a terminal, one line for each happening elsewhere, JSON for programs."""

import contextlib
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from hantu.cli.caretaker import GUARD
from hantu.cli.shell import Shell
from hantu.cli.texts.up_words import UpWords
from hantu.cli.wards import Happening, State, Ward
from hantu.domain.errors import HantuError
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
STORY_LINES: Final = 8
SHOW_S: Final = 0.5
VERDICT_S: Final = 2.0
ANSWER_S: Final = 0.5
"""Real seconds the guard has to say how it is; the view waits for nobody."""


class View:
    """Shows what happens: one screen on a terminal, one line each elsewhere, JSON for programs."""

    def __init__(self, shell: Shell, words: UpWords, wards: list[Ward], live: Any) -> None:
        self._shell, self._words, self._wards, self._live = shell, words, wards, live
        self._story: deque[tuple[datetime, Happening]] = deque(maxlen=STORY_LINES)
        self._shown = self._asked = float("-inf")
        self._verdict = (words.guard_silent, "dim")
        self._gone = False

    def say(self, text: str) -> None:
        """Say one sentence beside the view."""
        self._seen(lambda: self._shell.note(text))

    def tell(self, told: Happening) -> None:
        """Show one happening."""
        from hantu.cli.views.up import sentence, style_of

        text = sentence(self._words, told)
        self._story.append((datetime.now().astimezone(), told))
        SystemLog.info("%s", text)
        if self._shell.json:
            line = {
                "at": datetime.now(UTC).isoformat(), "process": told.role, "kind": told.kind, "pid": told.pid,
                "detail": told.detail, "next_step": told.step, "text": text,
            }  # fmt: skip
            self._seen(lambda: self._shell.emit(line))
        elif self._live is None:
            self._seen(lambda: self._shell.out.print(text, style=style_of(told), markup=False, soft_wrap=True))
        self._shown = float("-inf")

    def show(self, now: float) -> None:
        """Draw the screen anew when it is time."""
        if self._live is None or now - self._shown < SHOW_S:
            return
        from hantu.cli.views.up import screen

        if now - self._asked >= VERDICT_S:
            self._asked, self._verdict = now, self._ask()
        self._shown = now
        drawn = screen(self._words, self._wards, self._story, self._verdict, now)
        self._seen(lambda: self._live.update(drawn, refresh=True))

    def _ask(self) -> tuple[str, str]:
        from hantu.adapters.guard_link import GuardLink
        from hantu.operations.safety import dangers, verdict

        if not any(ward.role.name == GUARD and ward.state is State.RUNNING for ward in self._wards):
            return self._words.guard_silent, "dim"
        try:
            found = GuardLink(self._shell.settings.socket, "up", timeout_s=ANSWER_S).request("status")
        except HantuError:
            return self._words.guard_silent, "bold red"
        return verdict(found), "bold red" if dangers(found) else "bold green"

    def _seen(self, shown: Callable[[], None]) -> None:
        """Show something; a terminal that is gone ends the view, not the processes."""
        if self._gone:
            return
        try:
            shown()
        except OSError as error:
            self._gone, self._live = True, None
            SystemLog.warning("화면에 쓸 수 없음: %s", error)


@contextlib.contextmanager
def view_of(shell: Shell, words: UpWords, wards: list[Ward]) -> Iterator[View]:
    if shell.json or not shell.out.is_terminal:
        yield View(shell, words, wards, None)
        return
    from rich.live import Live

    with Live(console=shell.out, auto_refresh=False, transient=False) as live:
        yield View(shell, words, wards, live)
