"""What every command is given: its settings, its way to speak, its language.

Results go to standard output, everything else to standard error; with ``--json``
standard output carries exactly one JSON value (or one per line where it follows).
"""

import getpass
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hantu.domain.errors import BrokenError, HantuError

if TYPE_CHECKING:
    from rich.console import Console

    from hantu.adapters.guard_link import GuardLink
    from hantu.settings.loading import Sources
    from hantu.settings.model import Settings

PIPED_WIDTH = 160
"""Columns when nobody tells how wide the reader is."""
LOOK_UP_S = 1.5
"""Real seconds a pseudonym may take."""
QUIET_S = 2.0
"""Anything longer says that it is still at work."""


class CheckFailed(HantuError):
    """A check found something; its result has been shown already."""


@dataclass
class Shell:
    """One invocation of the command line."""

    environ: Mapping[str, str]
    lang: str = "ko"
    json: bool = False
    config: Path | None = None
    _settings: "tuple[Settings, Sources] | None" = field(default=None, repr=False)
    _names: dict[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def out(self) -> "Console":
        """Standard output; plain text without colour when it is not a terminal."""
        return self._console(stderr=False)

    @cached_property
    def err(self) -> "Console":
        """Standard error."""
        return self._console(stderr=True)

    @property
    def settings(self) -> "Settings":
        """The effective settings.

        Raises:
            UsageError: The configuration is wrong.
        """
        return self._load()[0]

    @property
    def sources(self) -> "Sources":
        """Where the settings came from."""
        return self._load()[1]

    @property
    def actor(self) -> str:
        """Who typed the command, as the records name them."""
        return self.named("")

    def named(self, name: str) -> str:
        """Return how the records name a person; by default the one who types."""
        name = name.strip() or _user()
        if not self.settings.pseudonyms:
            return name
        if name not in self._names:
            self._names[name] = self._looked_up(name)
        return self._names[name]

    def person(self, actor: str) -> str:
        """Return the name of who stands in a record."""
        if not self.settings.pseudonyms:
            return actor
        from hantu.settings.people import name_of

        return name_of(self.settings, actor)

    @property
    def guard(self) -> "GuardLink":
        """The control socket of the guard of this home."""
        from hantu.adapters.guard_link import GuardLink

        return GuardLink(self.settings.socket, self.actor)

    def show(self, value: Any, render: "Callable[[Console], None]") -> None:
        """Print a result: as JSON for programs, otherwise as ``render`` draws it."""
        if self.json:
            self.emit(value)
        else:
            render(self.out)

    def emit(self, value: Any) -> None:
        """Print one line of JSON."""
        sys.stdout.write(to_json(value) + "\n")
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """Say something beside the result; not with ``--json``."""
        if not self.json:
            self.err.print(text, markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def progress(self, text: str) -> Iterator[Callable[[str], None]]:
        """Show that work goes on; the value changes the text."""
        if self.json or not self.err.is_terminal:
            yield _lines(self)
            return
        with self.err.status(text) as status:
            yield status.update

    def _looked_up(self, name: str) -> str:
        """Ask for a pseudonym, but not longer than a moment: the kill switch must not wait for a stuck disk."""
        from hantu.settings.people import NOBODY, actor_of

        found: list[str] = []
        asking = threading.Thread(target=lambda: found.append(actor_of(self.settings, name)), daemon=True)
        asking.start()
        asking.join(LOOK_UP_S)
        return found[0] if found else NOBODY

    def _console(self, *, stderr: bool) -> "Console":
        from rich.console import Console

        stream = sys.stderr if stderr else sys.stdout
        width = None
        if not stream.isatty():
            columns = self.environ.get("COLUMNS", "")
            width = int(columns) if columns.isdigit() and int(columns) >= 40 else PIPED_WIDTH
        return Console(stderr=stderr, width=width, highlight=False, emoji=False)

    def _load(self) -> "tuple[Settings, Sources]":
        if self._settings is None:
            from hantu.settings.loading import load_settings

            self._settings = load_settings(self.config, self.environ)
        return self._settings


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no account entry, as in some containers
        return "unknown"


def to_json(value: Any) -> str:
    """Return compact JSON with Korean left readable; values may be typed records."""
    import msgspec

    return msgspec.json.encode(value, enc_hook=str).decode()


def wait_until(check: Callable[[], bool], timeout_s: float, every_s: float = 0.1) -> bool:
    """Ask ``check`` again and again; false when time ran out."""
    end = time.monotonic() + timeout_s
    while not check():
        if time.monotonic() >= end:
            return False
        time.sleep(every_s)
    return True


def broken(message: str, next_step: str = "") -> BrokenError:
    """Return the error of a thing that should work and does not."""
    return BrokenError(message, next_step=next_step)


def _lines(shell: Shell) -> Callable[[str], None]:
    said: dict[str, float] = {"": time.monotonic()}

    def say(text: str) -> None:
        if text not in said and time.monotonic() - said[""] > QUIET_S:
            said[text] = time.monotonic()
            shell.note(text)

    return say
