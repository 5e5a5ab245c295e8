"""Deaths of the notifier: real processes, real channels of tests/receivers, the guard's own dispatcher beside them.

    python -m tests.chaos.notifier                          # 200 deaths
    python -m tests.chaos.notifier KILLS=40 SEED=9 REPORT=0

Each death: an emergency and a high alert are recorded, the notifier is killed with ``kill -9`` at a drawn step of its
work and started again; both alerts must reach people, in time, and what comes twice must carry the same key. Writes
docs/notifier-deaths.md; ends with 1 when anything was lost.
"""

import asyncio
import contextlib
import os
import platform
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hantu.adapters.clock import SystemClock
from hantu.adapters.notify.bridge import SenderNotifier
from hantu.adapters.store.sqlite import connect_readonly
from hantu.adapters.store.stand_in import StandIn
from hantu.adapters.store.store import SqliteStore
from hantu.domain import events as ev
from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.session import Calendar
from hantu.ports import Batch, Presence
from hantu.runtime.dispatcher import Dispatcher
from tests.receivers import slack, telegram, webhook
from tests.receivers.town import Town, town

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "notifier-deaths.md"
STEPS = {
    "random": "any moment of the first 0.3 s",
    "claimed": "the alert is marked as taken, nothing was sent",
    "accepted": "the channel has the message, its answer has not left",
    "answered": "the channel has answered, the mark may or may not be written",
    "idle": "before the alert was recorded",
}
LIMIT_S = 8.0
"""Real seconds after which an alert counts as lost."""
CHANNELS = ("telegram", "slack")


@dataclass
class Death:
    """One kill and what came of the two alerts around it."""

    step: str
    seconds: dict[str, float] = field(default_factory=dict)
    """Alert → real seconds from its record to the first channel that had it."""
    twice: int = 0
    """Arrivals beyond the first of one alert on one channel."""
    problems: list[str] = field(default_factory=list)


class Watch:
    """A guard's store and dispatcher in this process, receivers beside it, and notifiers that come and go."""

    def __init__(self, home: Path, place: Town, channels: tuple[str, ...]) -> None:
        self.home, self.town, self.channels = home, place, channels
        self.path = home / "hantu.db"
        self.clock = SystemClock()
        self.store = SqliteStore(
            self.path, self.clock, holder="guard", account_alias="main", environment="local",
            spill_dir=home / "spill",
        )  # fmt: skip
        self.stand_in = StandIn(self.path, self.store)
        senders = place.senders()
        self._senders = [SenderNotifier(senders[name]) for name in channels]
        self.guard = Dispatcher(
            self.store, self._senders[0], self.clock, fallbacks=self._senders[1:], desk=self.store.desk,
            calendar=Calendar(always_open=True), charge=self.stand_in,
        )  # fmt: skip
        self._others = [sender for name, sender in senders.items() if name not in channels]
        self._tasks: list[asyncio.Task[None]] = []
        self.notifier: asyncio.subprocess.Process | None = None
        self.numbers = 0

    async def open(self) -> None:
        await self.store.open()
        await self.stand_in.begin()
        self._tasks = [
            asyncio.create_task(self.guard.run()),
            asyncio.create_task(self.stand_in.watch(self.guard.hint)),
        ]

    async def close(self) -> None:
        await self.kill()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.store.close()
        for one in self._senders:
            await one.close()
        for sender in self._others:
            await sender.aclose()

    # --- the notifier ----------------------------------------------------------------

    def environ(self) -> dict[str, str]:
        environ = {key: value for key, value in os.environ.items() if not key.startswith("HANTU_")}
        environ |= {"HANTU_HOME": str(self.home), "HANTU_CONFIG": str(self._config()), "NO_COLOR": "1"}
        if "telegram" in self.channels:
            environ |= {"HANTU_TELEGRAM_TOKEN": telegram.TOKEN, "HANTU_TELEGRAM_CHAT_ID": telegram.CHAT}
            environ |= {"HANTU_TELEGRAM_API_URL": self.town.telegram.url}
        if "slack" in self.channels:
            environ |= {"HANTU_SLACK_TOKEN": slack.TOKEN}
        if "webhook" in self.channels:
            environ |= {"HANTU_WEBHOOK_SECRET": webhook.SECRET}
        return environ

    async def start(self, module: str = "hantu.cli.main") -> asyncio.subprocess.Process:
        """Start a notifier; returns at once."""
        with (self.home / "notifier.out").open("ab") as output:
            self.notifier = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, "run", "notifier", stdout=output, stderr=output, env=self.environ(),
                cwd=ROOT,
            )  # fmt: skip
        return self.notifier

    async def until_here(self) -> None:
        """Wait until the guard sees a notifier that began after now."""
        await self.until(lambda: self._begun() and self.stand_in.presence is Presence.HERE, "the notifier's beat")

    async def kill(self) -> None:
        """``kill -9`` of the notifier, by its id."""
        found, self.notifier = self.notifier, None
        if found is not None and found.returncode is None:
            with suppress(ProcessLookupError):
                found.send_signal(signal.SIGKILL)
            await found.wait()

    async def until(self, held: Callable[[], bool], what: str, limit_s: float = 10.0) -> None:
        end = time.monotonic() + limit_s
        while not held():
            assert time.monotonic() < end, f"waited for {what}; {self.said()}"
            await asyncio.sleep(0.01)

    def said(self) -> str:
        file = self.home / "notifier.out"
        return file.read_text() if file.exists() else ""

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        # By the guard's own library: two libraries in one process take each other's locks away.
        with contextlib.closing(connect_readonly(self.path)) as connection:
            return connection.execute(query, values).fetchall()

    def _begun(self) -> bool:
        pid = self.notifier.pid if self.notifier is not None else 0
        return bool(self.rows("SELECT 1 FROM roles WHERE holder LIKE ? AND heartbeat <> ''", f"%:{pid}:%"))

    def _config(self) -> Path:
        lines = ['environment = "local"', "[calendar]", "always_open = true"]
        if "slack" in self.channels:
            lines += ["[alerts.slack]", f'channel = "{slack.CHANNEL}"', f'api_url = "{self.town.slack.url}"']
        if "webhook" in self.channels:
            lines += ["[alerts.webhook]", f'url = "{self.town.webhook.url}/alerts"']
        file = self.home / "hantu.toml"
        file.write_text("\n".join(lines) + "\n")
        file.chmod(0o600)
        return file

    # --- alerts ----------------------------------------------------------------------

    async def record(self, *priorities: Priority) -> tuple[str, ...]:
        """Record one fact with alerts as the guard does; return their texts."""
        alerts = [self.alert(priority) for priority in priorities]
        await self.store.record(
            Batch(self.clock.now(), (ev.SubscribeDone(1),), tuple((0, one) for one in alerts), self.store.epoch)
        )
        self.guard.hint()
        return tuple(one.short for one in alerts)

    def alert(self, priority: Priority) -> Alert:
        self.numbers += 1
        kind = "order_failed" if priority is Priority.EMERGENCY else "stop_loss_filled"
        return Alert(kind, f"{kind}:{self.numbers}", Severity.WARN, priority, "OPS-02", f"alert no {self.numbers} end")

    def arrivals(self, text: str) -> list[Any]:
        """Everything that reached a person, with and without a key seen before."""
        verdicts = ("accepted", "duplicate")
        return [one for one in self.town.journal.arrivals if text in one.text and one.verdict in verdicts]


@asynccontextmanager
async def watch(channels: tuple[str, ...] = CHANNELS) -> AsyncIterator[Watch]:
    """Receivers, a guard's half and no notifier yet."""
    with TemporaryDirectory(prefix="hantu-") as folder:
        async with town(Path(folder)) as place:
            made = Watch(Path(folder), place, channels)
            await made.open()
            try:
                yield made
            finally:
                await made.close()


async def die(place: Watch, step: str, chance: random.Random) -> Death:
    """Play one death; a notifier lives before and after it."""
    death = Death(step)
    if step == "idle":
        await place.kill()
    armed = _armed(place, step)
    began = asyncio.get_running_loop().time()
    texts = await place.record(Priority.EMERGENCY, Priority.HIGH)
    if step == "random":
        await asyncio.sleep(chance.uniform(0.0, 0.3))
    elif step != "idle":
        with suppress(TimeoutError):
            await asyncio.wait_for(armed, 1.5)
    await place.kill()
    await place.start()
    for text, kind in zip(texts, ("emergency", "high"), strict=True):
        try:
            await place.until(lambda text=text: bool(place.arrivals(text)), text, LIMIT_S)  # type: ignore[misc]
        except AssertionError:
            death.problems.append(f"{step}: {text} ({kind}) reached nobody in {LIMIT_S:.0f} s")
            continue
        death.seconds[kind] = place.arrivals(text)[0].at_s - began
    await place.until_here()
    await place.until(lambda: _settled(place), "every alert to be marked", 8.0)
    for text in texts:
        arrived = place.arrivals(text)
        death.twice += len(arrived) - len({one.channel for one in arrived})
        strangers = [one for one in arrived if one.channel == "webhook" and one.verdict == "accepted"]
        if len(strangers) > 1:
            death.problems.append(f"{step}: {text} came with {len(strangers)} keys")
    return death


def _armed(place: Watch, step: str) -> Awaitable[None]:
    """Return what is done when the step is reached; the kill happens in the receiver where it must not answer."""
    reached: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    receiver: Any = {"telegram": place.town.telegram, "webhook": place.town.webhook}[place.channels[0]]
    kept = type(receiver).contract

    async def contract(request: Any, body: bytes) -> Any:
        answer = await kept(receiver, request, body)
        if not reached.done() and place.numbers and f"no {place.numbers - 1} end".encode() in body:
            if step == "accepted":
                await place.kill()
            reached.set_result(None)
        return answer

    async def claimed() -> None:
        while not place.rows("SELECT 1 FROM alert_events WHERE claimed_by <> '' AND channel = '' AND sent_at = ''"):
            await asyncio.sleep(0.001)

    receiver.contract = contract
    return claimed() if step == "claimed" else reached


def _settled(place: Watch) -> bool:
    return not place.rows("SELECT 1 FROM alert_events WHERE sent_at = '' AND given_up = 0")


async def play(kills: int, seed: int, channels: tuple[str, ...] = CHANNELS) -> list[Death]:
    """Play deaths one after another, every step about equally often."""
    chance = random.Random(seed)
    steps = [list(STEPS)[number % len(STEPS)] for number in range(kills)]
    chance.shuffle(steps)
    async with watch(channels) as place:
        await place.start()
        await place.until_here()
        return [await die(place, step, chance) for step in steps]


def report(deaths: list[Death], keyed: list[Death], command: str, wall_s: float) -> str:
    """Return docs/notifier-deaths.md."""
    every = [*deaths, *keyed]
    problems = [problem for death in every for problem in death.problems]
    measured = (
        f"Measured {datetime.now(UTC):%Y-%m-%d} with `{command}`, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}, {wall_s / 60:.1f} minutes."
    )
    summary = (
        f"**{len(every)} deaths, {2 * len(every)} urgent alerts, {len(problems)} problems.** "
        f"{sum(one.twice for one in deaths)} messages came again over Telegram and Slack; of the {len(keyed)} deaths "
        f"with the webhook, which shows keys, {sum(one.twice for one in keyed)} came again, each with its first key."
    )
    lines = [
        "# Deaths of the notifier", "",
        "Written by `python -m tests.chaos.notifier`; do not edit by hand. A real `hantu run notifier` is killed with",
        "`kill -9` around an emergency and a high alert and started again at once; the guard's dispatcher stands by.",
        "",
        measured, "", summary, "",
        "| killed when | deaths | came again | emergency: median, worst | high: median, worst |",
        "|---|---|---|---|---|",
    ]  # fmt: skip
    for step, words in STEPS.items():
        some = [one for one in every if one.step == step]
        spans = [sorted(one.seconds[kind] for one in some if kind in one.seconds) for kind in ("emergency", "high")]
        shown = [f"{span[len(span) // 2]:.2f} s, {span[-1]:.2f} s" if span else "-" for span in spans]
        lines.append(f"| {words} | {len(some)} | {sum(one.twice for one in some)} | {shown[0]} | {shown[1]} |")
    lines += [
        "",
        "On one machine the guard sees within a quarter of a second that the process is gone, and delivers itself.",
    ]
    lines += ["", *(f"- {problem}" for problem in problems)] if problems else []
    return "\n".join([*lines, ""])


def main(words: list[str]) -> int:
    """Run everything; 1 when something was lost or came with two keys."""
    wishes = {"KILLS": 200, "SEED": 1, "REPORT": 1}
    for word in words:
        name, _, value = word.partition("=")
        if name not in wishes:
            sys.stderr.write(f"unknown {name}: one of {', '.join(wishes)}\n")
            return 2
        wishes[name] = int(value)
    began = time.monotonic()
    keyed_kills = wishes["KILLS"] // 4
    deaths = asyncio.run(play(wishes["KILLS"] - keyed_kills, wishes["SEED"]))
    keyed = asyncio.run(play(keyed_kills, wishes["SEED"], ("webhook",)))
    command = " ".join(["python -m tests.chaos.notifier", *words])
    text = report(deaths, keyed, command, time.monotonic() - began)
    if wishes["REPORT"]:
        REPORT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return int(any(death.problems for death in (*deaths, *keyed)))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
