"""Dashboards as people have them open: each signed in, on the live stream, and asking; a process of its own.

Requests are sent at a fixed pace whatever the answers do, and a latency counts from the moment a request was due, so
that a server that stalls cannot hide it by being asked less. Reads lines: ``go SECONDS`` runs, the end of input ends.
"""

import argparse
import asyncio
import itertools
import json
import os
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pyotp

AGENT = "hantu-bench/1.0"
HEALTH = "/api/v1/health"
MIX = (
    *[HEALTH] * 2, *["/api/v1/monitor/state"] * 4, *["/api/v1/positions"] * 3, *["/api/v1/orders?limit=50"] * 3,
    *["/api/v1/alerts?limit=50"] * 2, *["/api/v1/events?limit=100"] * 2, "/api/v1/fills?limit=50",
    "/api/v1/incidents", "/api/v1/summaries", "/api/v1/killswitch",
)  # fmt: skip
"""What the pages of one dashboard ask for, twenty requests long."""
SILENT_S = 10.0
"""A stream without a word for so long is broken: states come twice a second, signs of life every two."""
PATIENCE_S = 10.0
WORST = 5
TRIES = 3


@dataclass
class Tally:
    """What came of everything."""

    latencies_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    events: int = 0
    bytes: int = 0
    longest_silence_s: float = 0.0


class Dashboard:
    """One browser: a session, a live stream, and requests over connections that stay open."""

    def __init__(self, number: int, base: str, tally: Tally) -> None:
        # An address of its own: sign-ins are counted by where they come from, as those of fifty people are.
        connector = aiohttp.TCPConnector(limit=6, local_addr=(f"127.0.0.{10 + number}", 0), keepalive_timeout=60.0)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=PATIENCE_S)
        self._session = aiohttp.ClientSession(
            base,
            connector=connector,
            timeout=timeout,
            headers={"User-Agent": AGENT},
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._tally = tally
        self._heard = asyncio.Event()
        self._stream: asyncio.Task[None] | None = None
        self.heard_at = 0.0

    async def sign_in(self, who: dict[str, str], base: str) -> None:
        """Sign in as a person does, who types again when the code ended on its way."""
        headers = {"Origin": base, "Sec-Fetch-Site": "same-origin"}
        for _ in range(TRIES):
            code = pyotp.TOTP(who["secret"]).now()
            body = {"user": who["name"], "password": who["password"], "code": code}
            async with self._session.post("/api/v1/session", json=body, headers=headers) as answer:
                if answer.status == 200:
                    self._session.headers["Cookie"] = answer.headers["Set-Cookie"].split(";")[0]
                    return
                said = f"sign-in {answer.status}: {(await answer.text())[:300]}"
            if pyotp.TOTP(who["secret"]).now() == code:
                break
        raise RuntimeError(said)

    async def listen(self) -> None:
        """Open the live stream and wait for its first word."""
        self._stream = asyncio.create_task(self._follow())
        await asyncio.wait_for(self._heard.wait(), PATIENCE_S)

    async def ask(self, path: str, due: float) -> None:
        """Send one request and note how long its answer took from when it was due."""
        tally = self._tally
        try:
            async with asyncio.timeout(PATIENCE_S), self._session.get(path) as answer:
                tally.bytes += len(await answer.read())
                if answer.status != 200:
                    tally.errors[f"{answer.status} {path}"] += 1
                    return
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            tally.errors[f"{type(error).__name__} {path}"] += 1
            return
        tally.latencies_ms[path.partition("?")[0]].append((time.monotonic() - due) * 1e3)

    def judge_stream(self) -> None:
        """Count a stream that has ended, or says nothing, as an error."""
        assert self._stream is not None
        if self._stream.done():
            self._tally.errors["stream ended"] += 1
        elif time.monotonic() - self.heard_at > SILENT_S:
            self._tally.errors["stream silent"] += 1

    async def close(self) -> None:
        if self._stream is not None:
            self._stream.cancel()
            await asyncio.gather(self._stream, return_exceptions=True)
        await self._session.close()

    async def _follow(self) -> None:
        async with self._session.get("/api/v1/monitor/stream") as answer:
            if answer.status != 200:
                raise RuntimeError(f"stream {answer.status}")
            async for block in answer.content.iter_any():
                now = time.monotonic()
                if self.heard_at:
                    self._tally.longest_silence_s = max(self._tally.longest_silence_s, now - self.heard_at)
                self.heard_at = now
                self._tally.events += block.count(b"\nevent: ") + block.startswith(b"event: ")
                self._tally.bytes += len(block)
                self._heard.set()


async def _run(dashboards: list[Dashboard], tally: Tally, per_s: float, seconds: float) -> dict[str, Any]:
    began = time.monotonic()
    asked: set[asyncio.Task[None]] = set()
    paths = itertools.cycle(MIX)
    for number in range(int(per_s * seconds)):
        due = began + number / per_s
        wait = due - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        # Every dashboard goes through the whole mix, not through one part of it.
        task = asyncio.create_task(dashboards[number % len(dashboards)].ask(next(paths), due))
        asked.add(task)
        task.add_done_callback(asked.discard)
        if number % len(dashboards) == 0 and number % (len(dashboards) * len(MIX)) != 0:
            next(paths)
    took = time.monotonic() - began
    await asyncio.gather(*asked)
    for dashboard in dashboards:
        dashboard.judge_stream()
    every = sorted(itertools.chain.from_iterable(tally.latencies_ms.values()))
    return {
        "seconds": took, "requests": int(per_s * seconds), "answered": len(every), "errors": dict(tally.errors),
        "events": tally.events, "bytes": tally.bytes, "longest_silence_s": tally.longest_silence_s,
        "health_ms": sorted(tally.latencies_ms[HEALTH]), "all_ms": every,
        "worst_ms": {path: sorted(found)[-WORST:] for path, found in tally.latencies_ms.items()},
    }  # fmt: skip


async def _main(args: argparse.Namespace) -> None:
    base = f"http://127.0.0.1:{args.port}"
    people = json.loads(args.people.read_text(encoding="utf-8"))
    tally = Tally()
    dashboards = [Dashboard(number, base, tally) for number in range(len(people))]
    try:
        for dashboard, who in zip(dashboards, people, strict=True):
            await dashboard.sign_in(who, base)
            await dashboard.listen()
        _say({"ready": len(dashboards)})
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            word, _, seconds = line.decode().strip().partition(" ")
            if word == "go":
                _say(await _run(dashboards, tally, args.requests, float(seconds)))
    finally:
        await asyncio.gather(*(dashboard.close() for dashboard in dashboards))


def _say(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Sign everybody in, then do as told."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--people", type=Path, required=True, help="JSON: name, password and secret of each")
    parser.add_argument("--requests", type=float, required=True, help="a second, all dashboards together")
    parser.add_argument("--nice", type=int, default=0, help="by how much these browsers stand behind other processes")
    args = parser.parse_args()
    os.nice(args.nice)
    asyncio.run(_main(args))


if __name__ == "__main__":
    main()
