"""The process of one strategy: ``python -m hantu.strategies.runner``, started by the jobs process only.

Reads one step, does it, answers, reads the next. It has a socket to the jobs
process and nothing else of hantu: no database, no secret, no address.
"""

import argparse
import os
import socket
import sys
import traceback
from pathlib import Path

from hantu.strategies.limits import confine
from hantu.strategies.protocol import HEAD, Failed, Hello, Word, ask_of, pack

ERROR_MAX = 500
TRACE_MAX = 4_000
FAILED, DONE = 70, 0


def main() -> int:
    """Serve until the jobs process closes its end; 70 after an error of the strategy."""
    parser = argparse.ArgumentParser(prog="hantu.strategies.runner", description=__doc__)
    parser.add_argument("name")
    for word in ("--folder", "--socket", "--memory-mb", "--parent"):
        parser.add_argument(word, required=True)
    parser.add_argument("--cpu-s", type=float, required=True)
    args = parser.parse_args()
    confine(int(args.memory_mb), args.cpu_s, int(args.parent))
    line = socket.socket(fileno=int(args.socket))
    try:
        return _serve(args.name, Path(args.folder), line)
    except BrokenPipeError:
        return DONE
    except Exception as error:  # noqa: BLE001 - whatever the strategy raised is the answer to its step
        trace = traceback.format_exc()
        sys.stderr.write(trace)
        text = " ".join(f"{type(error).__name__}: {error}".split())[:ERROR_MAX]
        _say(line, Failed(text, trace[-TRACE_MAX:]))
        return FAILED


def _serve(name: str, folder: Path, line: socket.socket) -> int:
    # Behind the limits: what a file does while it is read counts as the strategy's own.
    from hantu.strategies.loading import load
    from hantu.strategies.session import Session

    kind = load(name, folder)
    session = Session(kind)
    _say(line, Hello(os.getpid(), kind.timer_s))
    while (head := _read(line, HEAD.size)) is not None:
        body = _read(line, HEAD.unpack(head)[0])
        if body is None:
            break
        _say(line, session.take(ask_of(body)))
    return DONE


def _say(line: socket.socket, word: Word) -> None:
    line.sendall(pack(word))


def _read(line: socket.socket, count: int) -> bytes | None:
    """Return exactly ``count`` bytes; None at the end of the stream."""
    parts = []
    while count:
        part = line.recv(min(count, 1 << 16))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


if __name__ == "__main__":
    sys.exit(main())
