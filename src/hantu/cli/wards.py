"""One process that is looked after: started, heard, judged by its signs of life, ended by its own id.

A child speaks the protocol of systemd (``hantu.operations.supervisor``): ready, alive,
status. What it says counts only with its own process id on it, which the kernel vouches for.
Entry points: ``begin``, ``look`` (again and again), ``stop`` and ``stopped``.
"""

import signal
import socket
import struct
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from hantu.cli.background import last_error, last_words, spawn
from hantu.operations.restarts import After, Limits, Restarts

ABORT_S: Final = 5.0
"""Between asking a process that stands still to end and ending it by force."""
OUTPUT_MAX: Final = 2_000_000
"""What a process has said so far is set aside once it is longer."""
HEARD_MAX: Final = 64
CREDENTIALS: Final = struct.Struct("3i")


class State(StrEnum):
    """How a process is."""

    WAITING = "waiting"
    """Its turn has not come."""
    STARTING = "starting"
    RUNNING = "running"
    AGAIN = "again"
    """It ended and waits for its next start."""
    ENDED = "ended"
    """Somebody else ended it on purpose."""
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    STOPPING = "stopping"
    STOPPED = "stopped"
    """Ended by us."""

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self in (State.ENDED, State.REFUSED, State.GIVEN_UP, State.STOPPED)

    @property
    def answered(self) -> bool:
        """Whether it is known what came of its start, so that the next one's turn has come."""
        return self is State.RUNNING or self.over


OVER: Final = {After.ENDED: State.ENDED, After.REFUSED: State.REFUSED, After.GIVEN_UP: State.GIVEN_UP}


@dataclass(frozen=True, slots=True)
class Role:
    """What one process is for, and how much patience there is with it, seconds."""

    name: str
    watchdog_s: float
    """Longest time without a sign of life."""
    start_s: float = 60.0
    stop_s: float = 15.0
    always: bool = True
    """Started again also after an end in order; the guard's end may be somebody's wish."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something a person may want to know; ``kind`` names the sentence."""

    role: str
    kind: str
    detail: str = ""
    step: str = ""
    """What to do about it."""
    wait_s: float = 0.0
    pid: int = 0


class NotifyLine:
    """Where one child says that it is ready and alive."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.bind(str(path))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._socket.setblocking(False)

    def heard(self, pid: int) -> Iterator[dict[str, str]]:
        """Yield what the process with ``pid`` has said since; others are not heard."""
        for _ in range(HEARD_MAX):
            try:
                text, ancillary, _flags, _address = self._socket.recvmsg(4096, socket.CMSG_SPACE(CREDENTIALS.size))
            except BlockingIOError:
                return
            told = [
                data for level, kind, data in ancillary if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS)
            ]
            if told and CREDENTIALS.unpack(told[0][: CREDENTIALS.size])[0] == pid:
                lines = text.decode("utf-8", "replace").splitlines()
                yield dict(line.split("=", 1) for line in lines if "=" in line)

    def close(self) -> None:
        """Hear nothing more."""
        self._socket.close()
        self.path.unlink(missing_ok=True)


@dataclass(slots=True)
class Ward:
    """One process and what is known of it; moments are monotonic seconds."""

    role: Role
    command: Sequence[str]
    environ: Mapping[str, str]
    output: Path
    line: NotifyLine
    limits: Limits = field(default_factory=Limits)
    state: State = State.WAITING
    since: float = 0.0
    said: str = ""
    """Its own words about itself."""
    code: int = 0
    """How the last one ended."""
    sign_at: float = 0.0
    process: "subprocess.Popen[bytes] | None" = None
    restarts: Restarts = field(default_factory=Restarts)
    _said_before: int = 0
    _due: float = 0.0
    _aborted: float | None = None

    def __post_init__(self) -> None:
        self.restarts = Restarts(self.limits, always=self.role.always)

    @property
    def pid(self) -> int:
        """Its process id; 0 while there is none."""
        return self.process.pid if self.process is not None else 0

    def begin(self, now: float) -> Happening:
        """Start it; the one before must be gone, which its handle knows.

        Raises:
            OSError: It cannot be started at all.
        """
        assert self.process is None
        if self.output.is_file() and self.output.stat().st_size > OUTPUT_MAX:
            self.output.replace(self.output.with_name(self.output.name + ".1"))
        self._said_before = self.output.stat().st_size if self.output.is_file() else 0
        told = {"NOTIFY_SOCKET": str(self.line.path), "WATCHDOG_USEC": str(int(self.role.watchdog_s * 1e6))}
        environ = {name: value for name, value in self.environ.items() if name != "WATCHDOG_PID"}
        self.process = spawn(self.command, {**environ, **told}, self.output)
        self._aborted, self.sign_at, self.said = None, now, ""
        self._become(State.STARTING, now)
        return Happening(self.role.name, "starting", pid=self.pid)

    def look(self, now: float) -> Iterator[Happening]:
        """Hear it, judge it, and do what is due; yields what happened."""
        if self.state in (State.STARTING, State.RUNNING, State.STOPPING):
            yield from self._hear(now)
        if self.process is not None and self.process.poll() is not None and self.state is not State.STOPPING:
            yield self._ended(now)
        elif self.state in (State.STARTING, State.RUNNING):
            yield from self._judge(now)
        elif self.state is State.AGAIN and now >= self._due:
            yield self.begin(now)

    def excuse(self, slept_s: float) -> None:
        """Take off the time in which nobody could have heard it."""
        self.sign_at += slept_s
        self.since += slept_s

    def stop(self, now: float) -> Happening | None:
        """Ask it to end; None where there is nothing to end."""
        if self.process is None:
            self._become(self.state if self.state.over else State.STOPPED, now)
            return None
        self.process.terminate()
        self._become(State.STOPPING, now)
        return Happening(self.role.name, "stopping", pid=self.pid)

    def stopped(self, now: float) -> Happening | None:
        """Return its end once it has come; a process that takes too long is ended by force."""
        assert self.process is not None
        code = self.process.poll()
        if code is None:
            if now - self.since > self.role.stop_s:
                self.process.kill()
            return None
        forced = now - self.since > self.role.stop_s
        self.process, self.code = None, code
        self._become(State.STOPPED, now)
        return Happening(self.role.name, "stopped_by_force" if forced else "stopped")

    # --- leaves ---------------------------------------------------------------------

    def _become(self, state: State, now: float) -> None:
        if state is not self.state:
            self.state, self.since = state, now

    def _hear(self, now: float) -> Iterator[Happening]:
        for told in self.line.heard(self.pid):
            self.sign_at = now
            self.said = told.get("STATUS", self.said)
            if "READY" in told and self.state is State.STARTING:
                self._become(State.RUNNING, now)
                yield Happening(self.role.name, "ready", self.said, pid=self.pid)

    def _judge(self, now: float) -> Iterator[Happening]:
        """End what stands still; it is started again once it is gone, never before."""
        assert self.process is not None
        if self._aborted is not None:
            if now - self._aborted > ABORT_S:
                self.process.kill()
            return
        if self.state is State.STARTING and now - self.since > self.role.start_s:
            kind = "never_ready"
        elif self.state is State.RUNNING and now - self.sign_at > self.role.watchdog_s:
            kind = "silent"
        else:
            return
        self._aborted = now
        self.process.send_signal(signal.SIGABRT)
        yield Happening(
            self.role.name, kind, wait_s=self.role.start_s if kind == "never_ready" else self.role.watchdog_s
        )

    def _ended(self, now: float) -> Happening:
        assert self.process is not None
        self.code, self.process = self.process.wait(), None
        after, wait_s = self.restarts.ended(self.code, now)
        message = step = ""
        if self.code > 0:
            message, step = last_error(self.output, self._said_before)
            message = message or last_words(self.output, self._said_before).rpartition("\n")[2]
        why = f"{code_word(self.code)}: {message}" if message else code_word(self.code)
        if after is After.AGAIN:
            self._due = now + wait_s
            self._become(State.AGAIN, now)
            return Happening(self.role.name, "again", why, step, wait_s)
        self._become(OVER[after], now)
        return Happening(self.role.name, after.value, message or why if after is After.REFUSED else why, step)


def code_word(code: int) -> str:
    """Return how a process ended: its exit code, or the signal's name."""
    if code >= 0:
        return f"exit {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
