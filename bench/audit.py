"""``python -m bench audit``: what the audit trail costs to write, to sign and to check."""

import argparse
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from hantu.adapters.audit.anchors import Folder, sign_head
from hantu.adapters.audit.check import verify
from hantu.adapters.audit.keys import signer
from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.sqlite import connect, transaction
from hantu.adapters.store.state_rows import audit

AT = "2026-11-23 00:12:31.000000"
DETAILS = (
    '{"alert_id":17,"channel":"telegram","attempt":1,"reason":"timeout","next_try_at":"2026-11-23 00:12:34.000000"}'
)
EVENT = "019abcde-0000-7000-8000-%012x"


def main(words: list[str]) -> int:
    """Measure and print; return 1 if the trail is not in order."""
    parser = argparse.ArgumentParser(prog="python -m bench audit", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    args = parser.parse_args(words)
    figures = measure(args.rows)
    for name, value in figures.items():
        sys.stdout.write(f"{name:<28}{value:>12,.1f}\n")
    return 0 if figures["rows in order"] == args.rows else 1


def measure(rows: int) -> dict[str, float]:
    """Return the figures for a trail of ``rows``: microseconds a row, seconds for the whole."""
    with tempfile.TemporaryDirectory() as folder:
        path, keys = Path(folder) / "hantu.db", Path(folder) / "audit"
        init_database(path)
        with closing(connect(path, wait_s=1)) as connection:
            connection.execute(
                "CREATE TABLE plain (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT, d TEXT, e TEXT, f TEXT)"
            )
            connection.execute("CREATE INDEX plain_by_event ON plain (e)")
            began = time.perf_counter()
            with transaction(connection):
                for number in range(rows):
                    audit(connection, "alert_failed", "guard", AT, DETAILS, EVENT % number, "flow")
            chained = time.perf_counter() - began
            began = time.perf_counter()
            with transaction(connection):
                for number in range(rows):
                    values = ("alert_failed", "guard", AT, DETAILS, EVENT % number, "flow")
                    connection.execute("INSERT INTO plain (a, b, c, d, e, f) VALUES (?, ?, ?, ?, ?, ?)", values)
            plain = time.perf_counter() - began
        places = [Folder(keys)]
        began = time.perf_counter()
        sign_head(path, places, signer(keys), AT)
        signed = time.perf_counter() - began
        began = time.perf_counter()
        verdict = verify(path, keys, places)
        checked = time.perf_counter() - began
    return {
        "chained row, us": chained / rows * 1e6,
        "same row unchained, us": plain / rows * 1e6,
        "sign all rows at once, s": signed,
        "verify, s": checked,
        "rows in order": verdict.head.rows if verdict.finding is None else 0,
    }
