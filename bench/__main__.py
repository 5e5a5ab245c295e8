"""``python -m bench``: measure against floors, peers and goals, print, and write docs/benchmarks.md."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from bench import audit, frames, kill, load, start, storm, strategies
from bench.figures import Figures
from bench.ground import Ground, prepared
from bench.orders import OrderRound
from bench.report import document, tables
from bench.stub import Silence
from bench.verdict import goals

ROOT = Path(__file__).resolve().parent.parent
MEASURES = ("orders", "frames", "checks", "memory", "start", "kill", "storm")


def main() -> int:
    """Run what was asked for; return 0, or 1 if a measure failed."""
    if sys.argv[1:2] == ["kill"]:
        return kill.main(sys.argv[2:])
    if sys.argv[1:2] == ["audit"]:
        return audit.main(sys.argv[2:])
    if sys.argv[1:2] == ["storm"]:
        return storm.main(sys.argv[2:])
    if sys.argv[1:2] == ["load"]:
        return load.main(sys.argv[2:])
    if sys.argv[1:2] == ["strategies"]:
        return strategies.main(sys.argv[2:])
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round of everything, at most 40 s")
    parser.add_argument("--smoke", action="store_true", help="five orders of hantu's and the checks: does it run?")
    parser.add_argument("--rounds", type=int, default=0, help="interleaved rounds of orders and frames")
    parser.add_argument("--orders", type=int, default=0, help="orders per client and round")
    parser.add_argument("--only", choices=MEASURES, action="append", help="measure only this; may be repeated")
    parser.add_argument("--json", action="store_true", help="print the figures and goals as one JSON object")
    parser.add_argument("--no-write", action="store_true", help="leave docs/benchmarks.md as it is")
    args = parser.parse_args()
    try:
        return _run(args)
    except Silence as error:
        sys.stderr.write(f"\nbench: a client fell silent: {error}\n")
        return 1


def _run(args: argparse.Namespace) -> int:
    began = time.monotonic()
    figures = Figures()
    rounds = args.rounds or (1 if args.quick or args.smoke else 5)
    with prepared(ROOT / "var") as ground:
        _measure(ground, figures, args, rounds)
        note = ground.c_note
    body = tables(figures, goals(figures, note), note)
    seconds = time.monotonic() - began
    command = " ".join(["python -m bench", *sys.argv[1:]])
    if args.json:
        judgements = [asdict(each) for each in goals(figures, note)]
        sys.stdout.write(json.dumps({"figures": figures.values, "goals": judgements}, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"\n{body}\nbench: {seconds:.0f} s\n")
    if not (args.no_write or args.quick or args.smoke or args.only):
        target = ROOT / "docs" / "benchmarks.md"
        target.write_text(document(ROOT, command, seconds, rounds, body), encoding="utf-8")
        sys.stderr.write(f"bench: wrote {target.relative_to(ROOT)}\n")
    return 0


def _measure(ground: Ground, figures: Figures, args: argparse.Namespace, rounds: int) -> None:
    if args.smoke:
        OrderRound(ground, figures, 5, 5).smoke()
        frames.check_cost(figures, 1)
        return
    wanted = args.only or MEASURES
    cold = args.orders or (10 if args.quick else 40)
    orders = OrderRound(ground, figures, cold, 2 * cold)
    scale = 0.2 if args.quick else 1.0
    for turn in range(rounds):
        for name, measure in (
            ("orders", orders.run),
            ("frames", lambda: frames.throughput(ground, figures, scale)),
            ("checks", lambda: frames.check_cost(figures, 3)),
            ("storm", lambda turn=turn: storm.measure(ground, figures, 20 if args.quick else storm.ORDERS, turn)),
        ):
            if name in wanted:
                _told(f"round {turn + 1} of {rounds}: {name}", measure)
    if "memory" in wanted:
        for stocks in (frames.STOCKS, 100):
            _told(
                f"memory with {stocks} stocks",
                lambda stocks=stocks: frames.memory(ground, figures, stocks, int(60_000 * scale)),  # type: ignore[misc]
            )
    if "kill" in wanted:
        _told("kill switch to the last order byte", lambda: kill.measure(ground, figures, 3 if args.quick else 14))
    if "start" in wanted:
        _told(
            "start to first subscription", lambda: start.start_to_subscription(ground, figures, 1 if args.quick else 3)
        )


def _told(what: str, measure: Callable[[], None]) -> None:
    began = time.monotonic()
    sys.stderr.write(f"bench: {what} …")
    sys.stderr.flush()
    measure()
    sys.stderr.write(f" {time.monotonic() - began:.1f} s\n")


if __name__ == "__main__":
    sys.exit(main())
