"""Child processes of the command line: start them, find out whether they listen."""

import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

PROBE_TIMEOUT_S = 0.5
LAST_WORDS_LINES = 3
ERROR_WORDS = ("오류  ", "거부  ")
STEP_MARK = "→"
"""How ``hantu.cli.main`` prints an error; a child's is read back."""


def hantu_command(*words: str) -> list[str]:
    """Return the command line that runs this very program."""
    return [sys.executable, "-m", "hantu.cli.main", *words]


def spawn(command: Sequence[str], environ: Mapping[str, str], output: Path) -> "subprocess.Popen[bytes]":
    """Start a process of its own session; what it says goes to ``output``."""
    output.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with output.open("ab") as sink:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env=dict(environ),
            start_new_session=True,
        )


def spawn_guard(config: Path | None, environ: Mapping[str, str], output: Path) -> "subprocess.Popen[bytes]":
    """Start the guard in the background; it monitors at once when the market is open."""
    named = ("--config", str(config)) if config is not None else ()
    return spawn(hantu_command("run", "guard", "--start", *named), environ, output)


def last_words(output: Path, since: int = 0) -> str:
    """Return the end of what a process said; ``since`` skips the bytes of those before it."""
    if not output.is_file():
        return ""
    text = output.read_bytes()[since:].decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-LAST_WORDS_LINES:])


def last_error(output: Path, since: int = 0) -> tuple[str, str]:
    """Return the sentence and the next step a hantu process ended with; empty if it gave none."""
    message = step = ""
    for line in last_words(output, since).splitlines():
        for word in ERROR_WORDS:
            if line.startswith(word):
                message, step = line.removeprefix(word).strip(), ""
        if message and line.strip().startswith(STEP_MARK):
            step = line.strip().removeprefix(STEP_MARK).strip()
    return message, step


def listens(url: str) -> bool:
    """Tell whether something accepts connections at a loopback address."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=PROBE_TIMEOUT_S):
            return True
    except OSError:
        return False


def end_process(child: "subprocess.Popen[bytes]", wait_s: float = 10.0) -> int:
    """End a child of ours: asked first, then by force; returns its exit code."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(wait_s)
        except subprocess.TimeoutExpired:
            child.kill()
    return child.wait()
