"""One strategy's process as the jobs process holds it: started, spoken to, watched, ended."""

import asyncio
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from hantu.strategies.limits import Usage, grant_cpu, kill_group, usage
from hantu.strategies.meter import Bounds
from hantu.strategies.protocol import HEAD, MESSAGE_MAX, Ask, Failed, Word, pack, word_of
from hantu.telemetry import get_logger, mask

StrategyLog = get_logger(__name__, "strategy")
KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV")
"""All a strategy sees of the environment: no secret, no address."""
END_S = 2.0
"""Real seconds a process has to end by itself."""
LINES_KEPT = 20
LINE_MAX = 400
LINES_PER_LOOK = 50
"""What a process prints beyond this between two looks is counted, not logged."""


class Child:
    """One process from start to end; every method runs in the loop of the jobs process."""

    def __init__(
        self, name: str, folder: Path, bounds: Bounds, hear: Callable[[Word], None], ended: Callable[[str], None]
    ) -> None:
        """Prepare; ``hear`` gets each word, ``ended`` once why the process is no more."""
        self._name = name
        self._folder = folder
        self._bounds = bounds
        self._hear = hear
        self._ended = ended
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._error = ""
        self._output: deque[str] = deque(maxlen=LINES_KEPT)
        self._printed = 0

    @property
    def pid(self) -> int:
        """Its process id; 0 before it was started."""
        return self._process.pid if self._process is not None else 0

    async def start(self) -> None:
        """Start the process.

        Raises:
            OSError: The machine has no room for one more.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            # Without -P a file called like a module of Python's would stand in its place.
            words = (
                "-P", "-m", "hantu.strategies.runner", self._name, "--folder", str(self._folder), "--socket",
                str(theirs.fileno()), "--memory-mb", str(self._bounds.memory_mb), "--cpu-s",
                str(self._bounds.cpu_allowance_s), "--parent", str(os.getpid()),
            )  # fmt: skip
            environ = {name: value for name, value in os.environ.items() if name in KEPT_VARIABLES}
            try:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable, *words, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.STDOUT, env=environ | {"PYTHONUNBUFFERED": "1"}, start_new_session=True,
                    pass_fds=(theirs.fileno(),), cwd=self._folder if self._folder.is_dir() else None,
                )  # fmt: skip
            except BaseException:
                # Also when the whole process ends while it is being started.
                ours.close()
                raise
        reader, self._writer = await asyncio.open_connection(sock=ours)
        self._tasks = [
            asyncio.create_task(self._listen(reader), name=f"{self._name} words"),
            asyncio.create_task(self._print(), name=f"{self._name} output"),
            asyncio.create_task(self._wait(), name=f"{self._name} end"),
        ]

    def send(self, ask: Ask) -> None:
        """Give one step; a process that is gone will say so by its end."""
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(pack(ask))

    def usage(self) -> Usage | None:
        """Return what it uses; grants more CPU, as the window moves on."""
        self._printed = 0
        found = usage(self.pid) if self._running else None
        if found is not None:
            grant_cpu(self.pid, found.cpu_s + self._bounds.cpu_allowance_s)
        return found

    def kill(self, why: str) -> None:
        """End it and all it has started, now; ``why`` is told as its end."""
        self._error = why
        if self._running:
            kill_group(self.pid)

    async def end(self) -> None:
        """Let it end by itself for a moment, then end it; nothing is told of this end."""
        self._ended = _nobody
        if self._writer is not None:
            self._writer.close()
        if self._process is not None and self._running:
            with suppress(TimeoutError):
                async with asyncio.timeout(END_S):
                    await self._process.wait()
        if self._process is not None:
            # What it has started goes with it in any case.
            kill_group(self.pid)
            await self._process.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._writer is not None:
            # What it did not read any more would keep the socket.
            self._writer.transport.abort()
            with suppress(ConnectionError):
                await self._writer.wait_closed()

    # --- leaves ---------------------------------------------------------------------

    @property
    def _running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                size = HEAD.unpack(await reader.readexactly(HEAD.size))[0]
                if size > MESSAGE_MAX:
                    self.kill(f"메시지가 너무 김 ({size:,}바이트)")
                    return
                word = word_of(await reader.readexactly(size))
                if isinstance(word, Failed):
                    self._error = mask(word.error)
                    StrategyLog.error("%s 오류: %s", self._name, mask(word.trace))
                else:
                    self._hear(word)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        except msgspec.DecodeError as error:
            self.kill(f"알 수 없는 응답: {error}")

    async def _print(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        rest = b""
        while block := await self._process.stdout.read(1 << 16):
            *lines, rest = (rest + block).split(b"\n")
            rest = rest[-LINE_MAX:]
            for line in lines:
                self._printed += 1
                text = mask(line[:LINE_MAX].decode("utf-8", "replace"))
                self._output.append(text)
                if self._printed <= LINES_PER_LOOK:
                    StrategyLog.info("%s: %s", self._name, text)

    async def _wait(self) -> None:
        assert self._process is not None
        code = await self._process.wait()
        # Its last words are in the sockets still.
        await asyncio.wait(self._tasks[:2], timeout=END_S)
        kill_group(self.pid)
        self._ended(self._error or _reason(code, self._output))


def _reason(code: int, output: deque[str]) -> str:
    """Say in words how a process ended that nobody has ended."""
    if code == -signal.SIGXCPU:
        return "CPU 한도 초과 (커널이 끝냄)"
    if code < 0:
        return f"신호 {signal.Signals(-code).name}로 끝남"
    last = next((line for line in reversed(output) if line.strip()), "")
    return f"종료 코드 {code}" + (f": {last}" if last else "")


def _nobody(_why: str) -> None:
    pass
