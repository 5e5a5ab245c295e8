"""One chaotic day: the guard is killed with -9 again and again, started again at once, and judged from outside."""

import json
import random
import socket
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos import checker
from tests.chaos.checker import Evidence, Notes
from tests.chaos.market import PERSON, BusyMarket
from tests.chaos.plan import MOST_SOLD, SETTINGS, STOCKS, Climate, climate, scenario
from tests.chaos.proxy import STAGES, Proxy, Spell, schedule
from tests.e2e.arena import Arena

STRANGER = f"{PERSON[:4]}…{PERSON[-2:]}"
LIFE_S = (0.0, 2.6)
"""Real seconds a life lasts from the moment it listens, when its end is not aimed."""
EARLY, EARLY_S = 0.2, (0.05, 1.5)
"""Share of deaths that do not wait for the guard to listen, and how long after its start they come."""
START_S = 15.0
AIMED = 0.45
"""Share of deaths aimed at a stage of an order."""
AIM_PATIENCE_S = 5.0
SETTLE_S = 60.0
"""Real seconds within which the last life must have everything in order."""
NETWORKS_OWN = ("key_in_use", "wrong_approval_key", "refused_request", "refused_key", "no_upgrade", "malformed_body")
"""Misbehaviour that a bad network makes out of a dutiful call."""


@dataclass
class Result:
    """What came of one day."""

    climate: Climate
    kills: int = 0
    phases: Counter[str] = field(default_factory=Counter)
    """What the guard's records showed at each death."""
    stages: Counter[str] = field(default_factory=Counter)
    """What each death was aimed at."""
    problems: list[str] = field(default_factory=list)
    verdicts: dict[str, int] = field(default_factory=dict)
    """Violations of each rule in the whole day's record."""
    orders: int = 0
    cancels: int = 0
    fills: int = 0
    sold: int = 0
    bought: int = 0
    escalated: int = 0
    network: Counter[str] = field(default_factory=Counter)
    wall_s: float = 0.0


class ChaosDay:
    """Drives one day; ``arena`` owns the processes, the proxy stands between them."""

    def __init__(self, arena: Arena, seed: int, kills: int) -> None:
        self.result = Result(climate(seed))
        self._arena = arena
        self._rng = random.Random(seed)
        self._kills = kills
        self._switches: tuple[tuple[float, str], ...] = ()
        self._in_order_at = ""
        self._known: set[tuple[str, str]] = set()
        self._recoveries = 0
        self._epoch = 0
        self._aim: tuple[str, float] | None = None
        self._died = threading.Event()

    def play(self) -> Result:
        """Open the market, kill as often as wanted, settle, judge."""
        began = time.monotonic()
        arena, day = self._arena, self.result.climate
        path = arena.home / "chaos.yaml"
        path.write_text(scenario(day))
        arena.start_exchange(str(path), "--seed", str(day.seed))
        self._proxy = Proxy(arena.rest_url, arena.ws_url, day.seed)
        arena.extra_env |= SETTINGS | {"HANTU_REST_URL": self._proxy.rest_url, "HANTU_WS_URL": self._proxy.ws_url}
        arena.run("db", "init")
        market = BusyMarket(arena, day.seed)
        try:
            self._start()
            market.start()
            self._blow()
            for number in range(self._kills):
                if day.switch and number == self._kills * 2 // 3:
                    self._throw(day.switch)
                self._kill_once(number)
            market.stop()
            self.result.bought = market.bought
            self._settle()
            self._judge_all()
        finally:
            self._proxy.close()
        self.result.network.update(self._proxy.counts)
        self.result.wall_s = time.monotonic() - began
        return self.result

    # --- deaths ------------------------------------------------------------------

    def _start(self) -> None:
        self._arena.start_guard(wait=False)

    def _blow(self) -> None:
        """Let the day's weather happen beside everything else."""
        day, rng = self.result.climate, random.Random(self.result.climate.seed + 77)
        if day.weather == "slow":
            for side in ("rest", "ws"):
                self._proxy.begin(Spell(0.0, side, 3_600.0, {"delay_s": 0.004, "jitter_s": rng.choice((0.01, 0.03))}))
        self._spells = list(schedule(day.seed, self._kills * 3.0, 4.0)) if day.weather == "rough" else []
        self._spells_from = time.monotonic()

    def _weather_due(self) -> None:
        while self._spells and time.monotonic() - self._spells_from >= self._spells[0].at:
            self._proxy.begin(self._spells.pop(0))

    def _kill_once(self, number: int) -> None:
        aimed = self._rng.random() < AIMED
        stage = self._rng.choice(STAGES) if aimed else "random"
        self._died.clear()
        early = not aimed and self._rng.random() < EARLY
        if not early:
            self._wait_until_it_listens()
        if aimed:
            self._aim_at(stage)
            self._died.wait(AIM_PATIENCE_S)
            self._proxy.on_order = _nothing
            if not self._died.is_set():
                stage = "random"
        else:
            end = time.monotonic() + self._rng.uniform(*(EARLY_S if early else LIFE_S))
            while time.monotonic() < end:
                self._weather_due()
                time.sleep(min(0.05, max(0.0, end - time.monotonic())))
        self._weather_due()
        guard = self._arena.guard
        assert guard is not None
        if guard.poll() not in (None, -9):
            self._ended_by_itself(guard.returncode)
        guard.kill()
        guard.wait()
        self._socket().unlink(missing_ok=True)
        self.result.kills += 1
        self.result.stages[stage] += 1
        with tempfile.TemporaryDirectory(prefix="hantu-chaos-") as folder:
            copy = checker.keep_copy(self._arena.home / "hantu.db", Path(folder))
            self._start()
            self._look(number, copy)

    def _wait_until_it_listens(self) -> None:
        guard, end = self._arena.guard, time.monotonic() + START_S
        assert guard is not None
        while guard.poll() is None and not self._socket().exists() and time.monotonic() < end:
            self._weather_due()
            time.sleep(0.02)

    def _socket(self) -> Path:
        return self._arena.home / "guard.sock"

    def _aim_at(self, stage: str) -> None:
        """Die at the next order that reaches ``stage``, or a moment after it."""
        guard = self._arena.guard
        assert guard is not None
        after = self._rng.choice((0.0, 0.0, self._rng.uniform(0.0, 0.004), self._rng.uniform(0.0, 0.05)))
        victim = guard

        def seen(reached: str) -> None:
            if reached != stage or self._died.is_set():
                return
            if after:
                threading.Timer(after, self._shoot, (victim,)).start()
            else:
                self._shoot(victim)

        self._proxy.on_order = seen

    def _shoot(self, victim: Any) -> None:
        victim.kill()
        self._died.set()

    def _ended_by_itself(self, code: int) -> None:
        # A start that meets a network that refuses ends with 1, and is tried again, as a service manager does.
        if not (code == 1 and self.result.climate.weather == "rough"):
            said = (self._arena.home / "guard.out").read_text(errors="replace")[-600:]
            self.result.problems.append(f"ended by itself with {code}: {said}")

    def _look(self, number: int, copy: Path) -> None:
        """Judge the moment of death: the exchange knows nothing the dead guard's records do not."""
        self.result.phases[self._phase(copy)] += 1
        # Asked after the copy was made; a guard that lives again needs longer than this to send anything.
        evidence = self._evidence(copy, over=False)
        for rule, found in checker.judge(evidence).items():
            new = [problem for problem in found if (rule, problem) not in self._known]
            self._known.update((rule, problem) for problem in new)
            self.result.problems += [f"at death {number}: {rule}: {problem}" for problem in new]

    def _phase(self, copy: Path) -> str:
        found = checker.query(
            copy,
            "SELECT (SELECT max(epoch) FROM lease) AS epoch,"
            " (SELECT count(*) FROM event_log WHERE event_type = 'recovery_completed') AS recoveries,"
            " (SELECT group_concat(kind || ':' || state) FROM intents"
            "  WHERE state IN ('sending', 'unknown', 'working', 'partial')) AS open",
        )[0]
        epoch, recoveries, opened = found["epoch"] or 0, found["recoveries"], found["open"] or ""
        started, recovered = epoch > self._epoch, recoveries > self._recoveries
        self._epoch, self._recoveries = epoch, recoveries
        if not started:
            return "starting, records not open yet"
        if "order:sending" in opened:
            return "an order committed, its outcome open"
        if "cancel:sending" in opened or "cancel:unknown" in opened:
            return "a cancel committed, its outcome open"
        if not recovered:
            return "recovering"
        if "order:unknown" in opened:
            return "an order's fate being looked for"
        if "order:" in opened:
            return "an order resting or partly filled"
        return "watching"

    # --- the switch, the end and the judgement -----------------------------------

    def _throw(self, level: str) -> None:
        """Throw the kill switch by its file, complete at one moment."""
        target = self._arena.home / "KILL"
        part = target.with_name("KILL.part")
        part.write_text(json.dumps({"level": level, "reason": "chaos"}))
        part.rename(target)
        self._switches = ((time.monotonic(), level),)

    def _settle(self) -> None:
        """Calm weather, nobody trades: wait until everything is in order, then end the guard in order."""
        end = time.monotonic() + SETTLE_S
        left = ["never looked"]
        while left and time.monotonic() < end:
            guard = self._arena.guard
            assert guard is not None
            if guard.poll() is not None:
                self._ended_by_itself(guard.returncode)
                self._start()
            time.sleep(0.2)
            left = self._unsettled()
        self.result.problems += [f"not settled: {each}" for each in left]
        guard = self._arena.guard
        assert guard is not None
        guard.terminate()
        code = guard.wait(30)
        if code:
            self.result.problems.append(f"SIGTERM ended the guard with {code}")

    def _unsettled(self) -> list[str]:
        try:
            status = self._ask("status")
            state = self._arena.get("/_sim/state")
            doubts = self._arena.rows(
                "SELECT intent_id, kind, state FROM intents WHERE state IN ('triggered','prepared','sending','unknown')"
            )
            rows = self._arena.rows("SELECT order_no, sum(quantity) FROM fills GROUP BY order_no")
            filled = {int(number): quantity for number, quantity in rows}
        except Exception as error:  # noqa: BLE001 - whatever does not answer yet is not settled
            return [repr(error)]
        self._in_order_at = state["now"]
        if status["state"] == "sleeping":
            self._ask("restart")
        ours = {call["order_no"] for call in state["order_calls"] if call["client"] != STRANGER and call["order_no"]}
        found = [f"intent {row}" for row in doubts]
        found += [
            f"order {order['order_no']}: {order['filled']} filled, {filled.get(int(order['order_no']), 0)} on record"
            for order in state["orders"]
            if order["order_no"] in ours and order["kind"] == "new"
            and filled.get(int(order["order_no"]), 0) != order["filled"]
        ]  # fmt: skip
        if not status["recovered"]:
            found.append(f"state {status['state']}, not recovered")
        return found

    def _judge_all(self) -> None:
        result, arena = self.result, self._arena
        evidence = self._evidence(arena.home / "hantu.db", over=True)
        for rule, found in checker.judge(evidence).items():
            result.verdicts[rule] = len(found)
            result.problems += [f"{rule}: {problem}" for problem in found]
        log = (arena.home / "logs" / "app.log").read_text(errors="replace")
        result.problems += [f"log: {line[:300]}" for line in log.splitlines() if "내부 오류" in line]
        result.orders = sum(call["tr_id"] == checker.SELL for call in evidence.calls)
        result.cancels = sum(call["tr_id"] == checker.REVISE for call in evidence.calls)
        result.fills = len(evidence.tables["fills"])
        result.sold = sum(order["filled"] for order in evidence.orders)
        result.escalated = sum(row["state"] == "escalated" for row in evidence.tables["intents"])

    def _evidence(self, database: Path, *, over: bool) -> Evidence:
        notes = Notes(
            strangers=(STRANGER,), opening={s.symbol: s.quantity for s in STOCKS}, most_sold=MOST_SOLD,
            switches=self._switches, over=over, until=self._in_order_at,
            # A bad network may hold bytes longer that left in time.
            grace_s=checker.SWITCH_GRACE_S + {"clear": 0.0, "slow": 0.1, "rough": 0.7}[self.result.climate.weather],
            allowed=NETWORKS_OWN if self.result.climate.weather == "rough" else (),
        )  # fmt: skip
        tables = checker.read_tables(database, self._arena.home / "spill")
        return Evidence(self._arena.get("/_sim/state"), self._arena.get("/_sim/anomalies"), tables, notes)

    def _ask(self, command: str) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(self._arena.home / "guard.sock"))
            line.sendall(json.dumps({"command": command, "args": {}, "actor": "chaos"}).encode() + b"\n")
            with line.makefile("rb") as answers:
                answer = json.loads(answers.readline())
        return dict(answer["result"])


def _nothing(_stage: str) -> None:
    """Aim at nothing."""


def play(seed: int, kills: int) -> Result:
    """Play one day in a folder of its own; what goes wrong is in the result."""
    with tempfile.TemporaryDirectory(prefix="hantu-") as folder:
        arena = Arena(Path(folder))
        day = ChaosDay(arena, seed, kills)
        try:
            return day.play()
        except Exception as error:  # noqa: BLE001 - one broken day must not hide the others
            day.result.problems.append(f"the day broke: {error!r} {arena.story()[-1500:]}")
            return day.result
        finally:
            arena.close()
