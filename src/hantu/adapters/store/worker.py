"""One daemon thread that runs what it is given, in order; a stuck disk can stop only it."""

import threading
from collections.abc import Callable
from queue import SimpleQueue

Task = Callable[[], None]


class Worker:
    """A thread with a queue; tasks handle their own errors."""

    def __init__(self, name: str) -> None:
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._started = False

    def submit(self, task: Task) -> None:
        """Run ``task`` after everything submitted before."""
        if not self._started:
            self._started = True
            self._thread.start()
        self._tasks.put(task)

    def stop(self, wait_s: float) -> bool:
        """End after what is queued; return whether it did within ``wait_s`` real seconds."""
        if not self._started:
            return True
        self._tasks.put(None)
        self._thread.join(wait_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()
