"""An event loop on virtual time: nothing waits, everything happens in one fixed order.

The loop runs on real asyncio tasks, timers and futures; only its clock, its
threads and its notion of *processes* are its own. A process is a ``Node``: what
runs in its context stops for good when it is killed, and waits when it is
frozen, exactly as a real one would at SIGKILL and SIGSTOP.
"""

import asyncio
import contextvars
import heapq
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
THREAD_S = (0.000_2, 0.003)
"""Virtual seconds a call handed to a thread takes, least and most."""

OUR_MISTAKES = (AttributeError, NameError, TypeError, LookupError, AssertionError)
"""Errors no task may end with, whatever the network and the disk do."""

_node: contextvars.ContextVar["Node | None"] = contextvars.ContextVar("hantu_node", default=None)


class Deadlock(RuntimeError):
    """Nothing is ready and nothing will ever be: the run cannot go on."""


class Node:
    """One simulated process; everything begun by ``run`` or ``call`` belongs to it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self.frozen = False
        self.held: deque[asyncio.Handle] = deque()
        self.context = contextvars.copy_context()
        self.context.run(_node.set, self)

    def __repr__(self) -> str:
        return f"Node({self.name})"


def current_node() -> Node | None:
    """Return the process whose code runs now; None for the world around."""
    return _node.get()


class SimLoop(asyncio.BaseEventLoop):
    """Jumps from one due moment to the next; ``rng`` decides how long threads take."""

    def __init__(self, rng: Random) -> None:
        super().__init__()
        self._virtual = 0.0
        self._rng = rng
        self._tasks: dict[asyncio.Task[Any], None] = {}
        self._ended = False
        self.steps = 0
        """Callbacks run so far, a measure of the work done."""
        self.set_exception_handler(_keep_first)
        self.failure: BaseException | None = None
        """The first error nobody caught, of the world or of a living process."""

    def create_task(self, coro: Any, **words: Any) -> Any:
        """Start a task and hold on to it: what a dead process left must not end when memory is tidied."""
        task: asyncio.Task[Any] = super().create_task(coro, **words)
        self._tasks[task] = None
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.pop(task, None)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, OUR_MISTAKES) and self.failure is None:
            # Whoever owns the task may only log it, and logs are read by nobody here.
            self.failure = error

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, **words: Any
    ) -> asyncio.TimerHandle:
        """Call back at a virtual moment; after the end, never."""
        if self._ended:
            return asyncio.TimerHandle(when, callback, args, self)
        return super().call_at(when, callback, *args, **words)

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, **words: Any
    ) -> asyncio.Handle:
        """Call back next; after the end, never."""
        if self._ended:
            return asyncio.Handle(callback, args, self)
        return super().call_soon(callback, *args, **words)

    def time(self) -> float:
        """Return virtual seconds since the start."""
        return self._virtual

    def run_node(self, node: Node, work: Coroutine[Any, Any, T], name: str) -> "asyncio.Task[T]":
        """Start a task that lives and dies with ``node``."""
        task: asyncio.Task[T] = self.create_task(work, name=name, context=node.context.copy())
        return task

    def call_node(self, when: float, node: Node, callback: Callable[..., object], *args: Any) -> asyncio.TimerHandle:
        """Call back at ``when`` as part of ``node``; never, if it is dead by then."""
        return self.call_at(when, callback, *args, context=node.context)

    def freeze(self, node: Node) -> None:
        """Stop a process where it is; what would have run waits."""
        node.frozen = True

    def thaw(self, node: Node) -> None:
        """Let a frozen process go on with everything that waited, in order."""
        node.frozen = False
        self._ready.extend(node.held)  # type: ignore[attr-defined]
        node.held.clear()

    # --- what a loop without sockets and threads must answer -------------------------

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """There is one thread."""
        return self.call_soon(callback, *args, context=context)

    def run_in_executor(self, _executor: Any, func: Callable[..., T], *args: Any) -> "asyncio.Future[T]":  # type: ignore[override]
        """Run a blocking call a moment later, at once and alone."""
        done: asyncio.Future[T] = self.create_future()

        def work() -> None:
            if done.cancelled():
                return
            try:
                result = func(*args)
            except Exception as error:  # noqa: BLE001 - thread boundary: whoever waits gets every error
                done.set_exception(error)
            else:
                done.set_result(result)

        self.call_later(self._rng.uniform(*THREAD_S), work)
        return done

    def add_signal_handler(  # type: ignore[override]
        self, sig: int, callback: Callable[..., object], *args: Any
    ) -> None:
        """Signals do not reach a simulated process this way."""

    def remove_signal_handler(self, sig: int) -> bool:
        """Nothing was added."""
        return False

    def close(self) -> None:
        """End for good; what still hangs in it is closed here, where it can do no harm."""
        self._ended = True
        for task in self._tasks:
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001 - a killed process leaves its tasks where they were
            with suppress(Exception, asyncio.CancelledError):
                task.get_coro().close()
        self._tasks.clear()
        self._ready.clear()  # type: ignore[attr-defined]
        self._scheduled.clear()  # type: ignore[attr-defined]
        super().close()

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Cancelled timers are met and skipped when they come up."""

    def _run_once(self) -> None:
        ready: deque[asyncio.Handle] = self._ready  # type: ignore[attr-defined]
        timers: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        if not ready:
            while timers and timers[0]._cancelled:  # noqa: SLF001 - a loop reads its own handles
                heapq.heappop(timers)._scheduled = False  # type: ignore[attr-defined]  # noqa: SLF001
            if not timers:
                raise Deadlock("nothing is scheduled any more")
            self._virtual = max(self._virtual, timers[0].when())
        while timers and timers[0].when() <= self._virtual:
            timer = heapq.heappop(timers)
            timer._scheduled = False  # type: ignore[attr-defined]  # noqa: SLF001
            ready.append(timer)
        for _ in range(len(ready)):
            handle = ready.popleft()
            if handle._cancelled:  # noqa: SLF001
                continue
            node = handle._context.get(_node)  # type: ignore[attr-defined]  # noqa: SLF001
            if node is not None:
                if not node.alive:
                    continue
                if node.frozen:
                    node.held.append(handle)
                    continue
            self.steps += 1
            handle._run()  # noqa: SLF001


def _keep_first(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Errors nobody caught end the run, unless a dead process left them behind."""
    assert isinstance(loop, SimLoop)
    error = context.get("exception")
    if loop.failure is None:
        loop.failure = error if isinstance(error, BaseException) else RuntimeError(str(context.get("message")))
