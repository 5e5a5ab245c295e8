"""Plays seeded days in a process of its own; one line of JSON for each.

``python -m hantu.harness.batch 1 200``, or ``-`` for the seeds on standard
input; used by ``hantu simulate`` so that a batch can run under a hash seed of
its own.
"""

import json
import sys
from collections.abc import Iterable

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


def main(seeds: Iterable[int]) -> None:
    """Play the days in their order."""
    for seed in seeds:
        sys.stdout.write(line_of(run(seed)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    words = sys.argv[1:]
    main(map(int, sys.stdin.read().split()) if words == ["-"] else range(int(words[0]), int(words[1]) + 1))
