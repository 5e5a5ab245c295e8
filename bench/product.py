"""hantu's own guard as a client of the stub: the process of ``hantu run guard`` with four names replaced.

Replaced are the clock (a trading day), the limits on orders a second (the bench asks for
more than a broker allows), the number of registrations, and, for the path without
the commit, the store. Everything else is what runs in production. Says ``ready`` when
it watches, answers ``rss`` and ``gaps``, ends with its input.
"""

import argparse
import asyncio
import gc
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import market, squall
from hantu import bootstrap
from hantu.adapters.broker import gateway
from hantu.adapters.broker.checks.form import Bounds
from hantu.adapters.broker.checks.repeats import Repeats
from hantu.adapters.store.store import SqliteStore
from hantu.engine.journey import State
from hantu.kis.throttle import Limits
from hantu.ports import Batch
from hantu.settings import order_door
from hantu.settings.loading import load_settings

READY_POLL_S = 0.01
GAP_S = 0.001
"""The loop's longest stop is measured by a timer that should fire this often."""


class Forgetful(SqliteStore):
    """The store without its commit: a batch counts as durable at once."""

    async def record(self, batch: Batch) -> None:
        """Return at once."""


class Gaps:
    """The longest time the loop did not come back to its timer."""

    def __init__(self) -> None:
        self.worst_s = 0.0
        self._due = 0.0

    def begin(self) -> None:
        """Start to watch."""
        self.worst_s, self._due = 0.0, 0.0
        self._beat()

    def _beat(self) -> None:
        now = time.monotonic()
        if self._due:
            self.worst_s = max(self.worst_s, now - self._due)
        self._due = now + GAP_S
        asyncio.get_running_loop().call_later(GAP_S, self._beat)


def main() -> None:
    """Run the guard until the input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rest", required=True)
    parser.add_argument("--ws", required=True)
    parser.add_argument("--home", required=True, type=Path)
    parser.add_argument("--stocks", required=True, type=int)
    parser.add_argument("--started", required=True, type=float)
    parser.add_argument("--forgetful", action="store_true")
    args = parser.parse_args()
    _replace_names(args)
    guards: list[Any] = []
    made = bootstrap.Guard

    def remembered(**parts: Any) -> Any:
        guards.append(made(**parts))
        return guards[-1]

    bootstrap.Guard = remembered  # type: ignore[assignment,misc]
    settings, _ = load_settings(_configured(args), {**os.environ, "HANTU_HOME": str(args.home)})
    lives = bootstrap._lives

    async def watched(*arguments: Any) -> int:
        task = asyncio.ensure_future(_converse(guards, args.stocks))
        try:
            return await lives(*arguments)
        finally:
            task.cancel()

    bootstrap._lives = watched
    sys.exit(bootstrap.run_guard(settings, start_now=True))


def _replace_names(args: argparse.Namespace) -> None:
    clock = market.BenchClock(args.started)

    async def practice_clock(_url: str) -> market.BenchClock:
        return clock

    configured = bootstrap.engine_config

    def engine_config(*parts: Any) -> Any:
        config = configured(*parts)
        streams = replace(config.streams, max_registrations=2 * args.stocks + 2)
        return replace(config, streams=streams, pace=replace(config.pace, subscribe_s=0.0))

    rules_of = order_door.rules_of

    def bounds(_: Any) -> Bounds:
        return Bounds(100_000, 10_000_000_000, 1_000, 100_000, 100_000, 100_000)

    def rules(*parts: Any, **more: Any) -> Any:
        return replace(rules_of(*parts, **more), repeats=Repeats(0.0, 100_000))

    order_door.bounds_of, order_door.rules_of = bounds, rules
    names: dict[str, Any] = {"practice_clock": practice_clock, "engine_config": engine_config}
    if args.forgetful:
        names["SqliteStore"] = Forgetful
    for name, value in names.items():
        setattr(bootstrap, name, value)
    gateway.REAL_LIMITS = Limits(total=10_000, ledger=10_000)  # type: ignore[misc]


def _configured(args: argparse.Namespace) -> Path:
    path: Path = args.home / "hantu.toml"
    path.write_text(
        f"""environment = "local"
[account]
number = "{market.ACCOUNT}-{market.PRODUCT}"
[kis]
hts_id = "{market.HTS_ID}"
rest_url = "{args.rest}"
ws_url = "{args.ws}"
[guard]
default_rule = true
[calendar]
always_open = true
""",
        encoding="utf-8",
    )
    return path


async def _converse(guards: list[Any], stocks: int) -> None:
    gaps, squalls = Gaps(), list[asyncio.Task[dict[str, float]]]()
    while not (guards and _watches(guards[-1], stocks)):
        await asyncio.sleep(READY_POLL_S)
    _say("ready")
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        match line.decode().strip():
            case "rss":
                _say(json.dumps({"rss_kb": _rss_kb(), "frames": guards[-1].counts.frames}))
            case "watch":
                gaps.begin()
                _say("ok")
            case "gaps":
                started = time.perf_counter()
                gc.collect()
                _say(json.dumps({"worst_ms": gaps.worst_s * 1e3, "collect_ms": (time.perf_counter() - started) * 1e3}))
            case "told" | "recorded" as kind:
                squalls.append(asyncio.ensure_future(squall.blow(guards[-1], guards[-1]._clock, kind)))
                _say("ok")
            case "blown":
                _say(json.dumps(await squalls.pop()))
            case "counts":
                _say(json.dumps({"parse_errors": guards[-1].counts.parse_errors, "trades": guards[-1].counts.trades}))
    guards[-1].end("bench")


def _watches(guard: Any, stocks: int) -> bool:
    book, desk = guard.engine.book, guard.engine.desk
    return (
        book.state is State.MONITORING
        and desk.recovered
        and len(book.positions) == stocks
        and len(desk.line.active) >= 2 * stocks
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _rss_kb() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


if __name__ == "__main__":
    main()
