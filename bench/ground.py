"""What a run stands on: a scratch folder, a certificate, the C client where it can be built."""

import shutil
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import market, tls
from bench.stub import Stub

HERE = Path(__file__).resolve().parent
COMPILE_S = 60.0
_BODY = b'{"PDNO":"100000"}'
_PLACEHOLDER = (
    b"POST /uapi/domestic-stock/v1/trading/order-cash HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: %d\r\n\r\n%b"
    % (len(_BODY), _BODY)
)
"""Sent by the C client until an order of hantu's own has been seen."""


@dataclass(slots=True)
class Ground:
    """Everything the measures share."""

    folder: Path
    certificate: Path
    server_tls: ssl.SSLContext
    started: float
    clock: market.BenchClock
    c_program: Path | None
    c_note: str = ""

    @property
    def request(self) -> Path:
        """File with the bytes of one order of hantu's."""
        return self.folder / "order.request"

    @contextmanager
    def stub(self, stocks: int, *, tls: bool) -> Iterator[Stub]:
        """Run a stub with ``stocks`` holdings."""
        stub = Stub(self.clock, self.server_tls if tls else None, stocks)
        try:
            yield stub
        finally:
            stub.close()


@contextmanager
def prepared(parent: Path) -> Iterator[Ground]:
    """Make a scratch folder below ``parent``, on the disk the guard itself would use, and remove it at the end."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=parent))
    try:
        certificate = tls.make_certificate(folder)
        started = time.monotonic()
        clock = market.BenchClock(started)
        program, note = _compiled(folder)
        (folder / "order.request").write_bytes(_PLACEHOLDER)
        yield Ground(folder, certificate, tls.server_context(certificate), started, clock, program, note)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _compiled(folder: Path) -> tuple[Path | None, str]:
    """Build the C client; without a compiler its rows are left out."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None, "no C compiler (cc): the C rows are left out"
    program = folder / "client"
    command = [compiler, "-O2", "-o", str(program), str(HERE / "client.c"), "-DWITH_TLS", "-lssl", "-lcrypto"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=COMPILE_S)
    if done.returncode:
        return None, "the C client needs OpenSSL's headers (libssl-dev) to compile: the C rows are left out"
    return program, ""
