"""Runs the suite on four workers; what judges real time and failed there is judged once more, alone.

    python tools/run_tests.py [arguments of pytest]

Tests with real processes, sockets and clocks hold promises of seconds that a machine with more workers than free
processors cannot keep. A few of those failing are run again with the machine to themselves, and named at the end; a
failure there counts, and so does the failure of any other test, at once (docs/decisions/0035).
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
PYTEST = [sys.executable, "-m", "pytest"]
# The unit tests of domain and engine run under coverage beside this, except those that are left out there.
NOT_HERE = [f"--ignore-glob=*/unit/engine/test_{name}*.py" for name in ("[!s]", "s[!t]", "st[!o]")]
SUITE = ["-n", "4", "--dist", "worksteal", "--ignore=tests/unit/domain", *NOT_HERE]
REAL_TIME = (
    "tests/e2e/",
    "tests/chaos/",
    "tests/contract/",
    "tests/third_party/",
    "tests/unit/adapters/",
    "tests/unit/api/",
    "tests/unit/cli/test_caretaker.py",
    "tests/test_bench.py",
)
AGAIN_MAX = 5
TESTS_FAILED = 1


def again(failed: Sequence[str]) -> list[str]:
    """Return the tests that may be judged alone: a few, and all of them real processes on real clocks."""
    tests = sorted(name for name in failed if name.startswith(REAL_TIME) and "::" in name)
    return tests if len(tests) == len(failed) and 0 < len(tests) <= AGAIN_MAX else []


def prepare() -> int:
    """Compile what the workers and their processes import, once instead of by each of them; return what failed."""
    compiled = subprocess.run([sys.executable, "-m", "compileall", "-q", "src", "bench"], cwd=ROOT, check=False)
    collected = subprocess.run(
        [*PYTEST, "--collect-only", "-qq"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return compiled.returncode or collected.returncode


def main(arguments: Sequence[str]) -> int:
    """Run everything; return what pytest returns."""
    if "--prepare" in arguments:
        return prepare()
    FAILED.unlink(missing_ok=True)
    first = subprocess.Popen([*PYTEST, *SUITE, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    closing = ""
    for line in first.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        closing = line.strip("= \n") if re.search(r"(passed|failed).* in [0-9.]+s", line) else closing
    status = first.wait()
    if status != TESTS_FAILED or not FAILED.exists():
        return status
    tests = again(list(json.loads(FAILED.read_text())))
    if not tests:
        return status
    sys.stdout.write(f"\n{len(tests)} failed among four workers; again, alone:\n")
    sys.stdout.flush()
    status = subprocess.run([*PYTEST, "-n", "0", *tests], cwd=ROOT, check=False).returncode
    if status == 0:
        sys.stdout.write("".join(f"passed only alone: {name}\n" for name in tests))
        sys.stdout.write(f"all passed, {len(tests)} of them only alone; the whole run: {closing}\n")
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
