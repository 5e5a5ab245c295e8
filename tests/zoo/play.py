"""Plays days with one bug planted until one shows it; one line of JSON tells which.

``python -m tests.zoo.play BUG FIRST LAST``: a process of its own for each bug.
"""

import json
import signal
import sys
from types import FrameType

from tests.zoo.plant import bugs, plant

DAY_LIMIT_S = 90
"""Seconds one day may take; a planted day may never end."""


class Endless(Exception):
    """The planted day does not come to its end."""


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise Endless


def play(name: str, first: int, last: int) -> dict[str, object]:
    """Return the first day that shows the bug; seed 0 if none does."""
    bug = bugs().get(name)
    if bug is not None:
        plant(bug)
    from hantu.harness.world import run

    signal.signal(signal.SIGALRM, _too_long)
    for seed in range(first, last + 1):
        signal.alarm(DAY_LIMIT_S)
        try:
            violations = run(seed).violations
        except Exception as error:  # noqa: BLE001 - whatever a planted day does is what is looked for
            return {"seed": seed, "by": ["crash"], "text": f"{type(error).__name__}: {error}"}
        finally:
            signal.alarm(0)
        if violations:
            told = next((one for one in violations if one.invariant != "bug"), violations[0])
            return {"seed": seed, "by": sorted({one.invariant for one in violations}), "text": told.text}
    return {"seed": 0, "by": [], "text": ""}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(play(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])), ensure_ascii=False) + "\n")
