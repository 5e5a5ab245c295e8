"""What people and the machine do to a guard on a simulated day: kills, wishes, orders by hand, dead lines."""

import asyncio
import json
from datetime import timedelta
from functools import partial
from typing import Any

from hantu.domain.account import Side
from hantu.domain.commands import KillLevel, RestartMonitoring, SetKill, StartMonitoring
from hantu.domain.instrument import Symbol
from hantu.engine.journey import State
from hantu.harness.workload import ACCOUNT, LAST_LOOK, Crash, KillAct, ManualOrder, wall_of
from hantu.simulator.model import NewOrder


class People:
    """Carries out the plan of the day."""

    def __init__(self, world: Any) -> None:
        self._world = world
        self.wished = KillLevel.OFF
        """The level the guard's process was told last, whether or not it has it on record yet."""
        self.wished_in = 0
        """The life that was told."""

    def plan(self) -> None:
        call = partial(self._world.loop.call_later, context=self._world.network.world)
        for crash in self._world.day.crashes:
            if not crash.boundary:
                call(crash.at, self._killed_at, crash)
        for freeze in self._world.day.freezes:
            if not freeze.boundary:
                call(freeze.at, self._world.process.freeze, "", freeze.lasts_s)
        for act in self._world.day.kills:
            if not act.boundary:
                call(act.at, self._kill_act, act)
        for order in self._world.day.manual:
            call(order.at, self._by_hand, order)
        for at, lasts_s in self._world.day.mutes:
            call(at, self._mute, lasts_s)
        for at, lasts_s in self._world.day.deaf:
            call(at, self._deafen, lasts_s)
        for at, by_s in self._world.day.clock_jumps:
            call(at, self._jump, by_s)

    def _killed_at(self, crash: Crash) -> None:
        world = self._world
        if world.faulty() and world.process.alive():
            world.struck("X1 killed: at a moment")
            world.process.die(crash.down_s)

    def met(self, where: str, nth: int) -> None:
        """A durable boundary is met for the ``nth`` time: somebody may choose this very moment."""
        for act in self._world.day.kills:
            if act.boundary == where and act.nth == nth:
                self._kill_act(act)

    def _kill_act(self, act: KillAct) -> None:
        world = self._world
        if not world.faulty():
            return
        world.struck(f"kill switch by {act.door}: {act.level}")
        if act.door == "file":
            text = json.dumps({"level": act.level, "reason": "simulated", "actor": "person", "timestamp": f"{act.at}"})
            world.settings.kill_file.write_text(text, encoding="utf-8")
        else:
            self._wish(act.level)
        if act.released_at is not None:
            world.loop.call_at(act.released_at, self._release, context=world.network.world)

    def _release(self) -> None:
        world = self._world
        world.settings.kill_file.unlink(missing_ok=True)
        world.tell("[person] releases the kill switch")
        self._wish(KillLevel.OFF)

    def _wish(self, level: KillLevel) -> None:
        process = self._world.process
        if process.deliver(SetKill("person", level, "simulated")):
            self.wished, self.wished_in = level, process.lives

    def _by_hand(self, order: ManualOrder) -> None:
        world = self._world
        if not world.faulty():
            return
        exchange, account = world.gateway.exchange, ACCOUNT.replace("-", "")
        held = world.judge.held(order.symbol)
        quantity = max(1, int(held * order.share)) if order.sell else 3
        world.judge.excused[order.symbol] = "a person traded it"
        world.struck("B7 manual order")
        side = Side.SELL if order.sell else Side.BUY
        exchange.submit(NewOrder(account, Symbol(order.symbol), side, "01", quantity, 0), world.gateway.wall())
        world.gateway.flush()

    def _mute(self, lasts_s: float) -> None:
        world = self._world
        if world.faulty():
            world.struck("N5 half-open stream")
            for cable in world.streams.cables:
                cable.mute_until = world.loop.time() + lasts_s

    def _deafen(self, lasts_s: float) -> None:
        world = self._world
        if world.faulty():
            world.struck("N8 one-way loss")
            world.network.deaf_until = world.loop.time() + lasts_s

    def _jump(self, by_s: float) -> None:
        world = self._world
        if world.faulty():
            world.struck("C1 wall clock jump")
            world.clock.offset = timedelta(seconds=by_s)

    async def help(self) -> None:
        """A person in the calm stretch: wakes a sleeping or stopped guard, once a minute."""
        world = self._world
        while not world.over:
            await asyncio.sleep(60.0)
            book = world.process.book()
            if world.calm_since is None or book is None:
                continue
            if book.state is State.SLEEPING:
                world.process.deliver(RestartMonitoring("person"))
            elif book.state is State.IDLE and world.gateway.wall() < wall_of(LAST_LOOK):
                world.process.deliver(StartMonitoring("person"))
