"""A notifier that stops itself (SIGSTOP) inside the transaction of its first mark, the write lock in its hand."""

import signal
import threading
from typing import Any

from hantu.adapters.store import commit
from hantu.cli.main import main

_deliver = commit.file_delivery


def _stop_inside(connection: Any, entry: Any) -> None:
    _deliver(connection, entry)
    # To this very thread: sent to the process, it may come a few instructions after the COMMIT.
    signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


if __name__ == "__main__":
    commit.file_delivery = _stop_inside
    main()
