"""Plays a range of seeded days in a process of its own; one line of JSON for each.

``python -m hantu.harness.batch 1 200``; used by ``hantu simulate`` so that a
batch can run under a hash seed of its own.
"""

import json
import sys

from hantu.harness.world import Result, run


def line_of(result: Result) -> str:
    """Return one result as JSON."""
    return json.dumps(
        {
            "seed": result.seed,
            "hash": result.trace_hash,
            "market_s": result.market_s,
            "violations": [[one.invariant, one.at, one.text] for one in result.violations],
            "seen": dict(sorted(result.seen.items())),
        },
        ensure_ascii=False,
    )


def main(first: int, last: int, step: int = 1) -> None:
    """Play every ``step``-th day from ``first`` to ``last``, both included."""
    for seed in range(first, last + 1, step):
        sys.stdout.write(line_of(run(seed)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
