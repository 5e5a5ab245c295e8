"""The processes that are measured: how each is started, told to, and ended."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.stub import Silence, Stub

READY_S = 20.0
END_S = 5.0
ROOT = Path(__file__).resolve().parent.parent

EXTRA_ENVIRONMENT: dict[str, str] = {}
"""Given to every process that is started, on top of the rest."""


class Client:
    """One measured process, connected to a stub and waited for until it is ready."""

    def __init__(self, stub: Stub, command: Sequence[str], scratch: Path, certificate: Path | None) -> None:
        self._stub = stub
        self._lines: list[str] = []
        self._rest = b""
        self._log = (scratch / "client.log").open("ab")
        self.scratch = scratch
        self.process = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, cwd=scratch,
            env=_environment(scratch, certificate),
        )  # fmt: skip
        assert self.process.stdout is not None
        self._output = self.process.stdout.fileno()
        stub.watch(self._output, self._read)
        try:
            self.expect("ready", READY_S)
        except BaseException:
            self.end()
            raise

    def ask(self, question: str, patience_s: float = 10.0) -> dict[str, Any]:
        """Ask one question and return the answer."""
        self.tell(question)
        if not self._stub.serve(patience_s, lambda: bool(self._lines)):
            raise Silence(f"no answer to {question}")
        found = self._lines.pop(0)
        return dict(json.loads(found)) if found.startswith("{") else {}

    def tell(self, line: str) -> None:
        """Write one line to the client."""
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def expect(self, word: str, patience_s: float) -> None:
        """Serve until the client has said a word.

        Raises:
            Silence: It did not, or it ended.
        """
        found = self._stub.serve(patience_s, lambda: word in self._lines or self.process.poll() is not None)
        if not found or word not in self._lines:
            said = (self.scratch / "client.log").read_text(errors="replace")[-2_000:]
            raise Silence(f"{self.process.args!r} did not say {word}:\n{said}")
        self._lines.clear()

    def end(self) -> None:
        """End the process; by its input, by a signal, at last by force."""
        self._stub.unwatch(self._output)
        assert self.process.stdin is not None
        self.process.stdin.close()
        deadline = time.monotonic() + END_S
        while self.process.poll() is None and time.monotonic() < deadline:
            self._stub.serve(0.02)
        for stop in (self.process.terminate, self.process.kill):
            if self.process.poll() is None:
                stop()
                try:
                    self.process.wait(1.0)
                except subprocess.TimeoutExpired:
                    continue
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._log.close()
        self._stub.hang_up()

    def _read(self) -> None:
        data = os.read(self._output, 65_536)
        if not data:
            # Ended: the poll would report it again and again.
            time.sleep(0.001)
        *whole, self._rest = (self._rest + data).split(b"\n")
        self._lines += [line.decode(errors="replace").strip() for line in whole]


def product(
    stub: Stub, certificate: Path | None, stocks: int, started: float, *, forgetful: bool = False, home: Path
) -> Client:
    """Start hantu's guard."""
    words = ["--rest", stub.rest_url, "--ws", stub.ws_url, "--home", str(home), "--stocks", str(stocks)]
    words += ["--started", repr(started), *(["--forgetful"] if forgetful else [])]
    return Client(stub, [sys.executable, "-m", "bench.product", *words], home, certificate)


def python_client(stub: Stub, certificate: Path | None, module: str, home: Path) -> Client:
    """Start somebody else's client, driven by a module of the bench."""
    return Client(stub, [sys.executable, "-m", module, stub.rest_url, stub.ws_url], home, certificate)


def c_client(stub: Stub, program: Path, words: Sequence[str], home: Path) -> Client:
    """Start the C client on the stub's ports."""
    ports = [stub.ws_url.rsplit(":", 1)[1], stub.rest_url.rsplit(":", 1)[1]]
    return Client(stub, [str(program), *ports, *words], home, None)


def scratch(folder: Path) -> Path:
    """Return a new empty folder."""
    return Path(tempfile.mkdtemp(dir=folder))


def _environment(home: Path, certificate: Path | None) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HANTU_") and not name.lower().endswith("_proxy")
    }
    kept |= {"HOME": str(home), "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    kept |= EXTRA_ENVIRONMENT
    if certificate is not None:
        kept |= {"SSL_CERT_FILE": str(certificate), "REQUESTS_CA_BUNDLE": str(certificate)}
    return kept
