"""The one poller of a bot: takes the role, asks for updates, hands them to the desk, gives the role up.

Invariants:
1. Nobody polls without the role. Who loses it cuts the question under way and acts on
   nothing that it brings; who gives it up stops first.
2. An update is confirmed to the service only after stopping was carried out, or a few
   seconds have passed. What was confirmed and not done is lost, never done late.
3. Trouble of the records takes the role from nobody: then nobody else can take it either.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from hantu.alerting.phone.policy import AGE_S
from hantu.domain.errors import HantuError
from hantu.runtime.phone_desk import PhoneDesk
from hantu.runtime.phone_notices import PhoneNotices
from hantu.runtime.phone_ports import LineSeen, PhoneBot, PhoneTurn, Polled
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
LOOK_S = 0.5
"""Real seconds between looks at whether the role is free, and whether we may still have it."""
BEAT_S = 1.0
SURE_S = 2.5
"""Without a sign of life for so long another process may have the role: it is asked for before acting."""
RESTS_S = (1.0, 2.0, 5.0, 10.0)
"""Real seconds after failed questions."""
CONFLICT_REST_S = 5.0
STOPS_S = 5.0
"""Real seconds stopping may take before the next question confirms it."""
UNDER_WAY = 200


class PhoneLine:
    """Polls while it has the role."""

    def __init__(
        self,
        bot: PhoneBot,
        desk: PhoneDesk,
        notices: PhoneNotices,
        turn: PhoneTurn,
        *,
        may: Callable[[], bool],
        now_s: Callable[[], float],
    ) -> None:
        """``may`` says whether this process should have the role if it is free."""
        self._bot, self._desk, self._notices, self._turn = bot, desk, notices, turn
        self._may, self._now_s = may, now_s
        self._offset = 0
        self._answered_s = float("-inf")
        self._beat_at = 0.0
        self._failures = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._seen = self._noted = LineSeen()

    async def run(self) -> None:
        """Work until canceled."""
        try:
            while True:
                if self._may() and await self._take():
                    await self._serve()
                await asyncio.sleep(LOOK_S)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- the role ------------------------------------------------------------------

    async def _take(self) -> bool:
        try:
            taken = await self._turn.take()
        except HantuError as error:
            SystemLog.debug("전화를 맡지 못함: %s", error)
            return False
        self._beat_at = self._mono()
        return taken

    async def _serve(self) -> None:
        """Poll until the role is lost or to be given up."""
        SystemLog.info("텔레그램 명령을 받음")
        beats = asyncio.create_task(self._beats(), name="phone beats")
        polling = asyncio.create_task(self._polls(), name="phone polls")
        looking = asyncio.create_task(self._looks(), name="phone notices")
        try:
            done, _ = await asyncio.wait({beats, polling, looking}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (polling, looking, beats):
                task.cancel()
            await asyncio.gather(polling, looking, beats, return_exceptions=True)
            # Only now: the one who waits begins to poll when the role is free.
            await self._leave()
        SystemLog.info("텔레그램 명령을 더는 받지 않음")

    async def _beats(self) -> None:
        """Show signs of life until the role is lost, or this process should not have it."""
        while self._may() and await self._renew():
            await self._note()
            await asyncio.sleep(BEAT_S)

    async def _looks(self) -> None:
        """Show what waits for people; a slow messenger delays no sign of life."""
        while True:
            await self._notices.look()
            await asyncio.sleep(BEAT_S)

    async def _renew(self) -> bool:
        try:
            held = await self._turn.renew()
        except HantuError as error:
            SystemLog.debug("전화의 생존 신호를 적지 못함: %s", error)
            return True
        if held:
            self._beat_at = self._mono()
        return held

    async def _note(self) -> None:
        """Let people see how it goes; what cannot be written now is written with a later beat."""
        seen = self._seen
        if seen == self._noted:
            return
        try:
            await self._turn.note(seen)
        except HantuError as error:
            SystemLog.debug("전화의 상태를 적지 못함: %s", error)
        else:
            self._noted = seen

    async def _leave(self) -> None:
        try:
            await self._turn.leave()
        except HantuError as error:
            SystemLog.warning("전화를 내려놓았다고 적지 못함: %s", error)

    # --- updates -------------------------------------------------------------------

    async def _polls(self) -> None:
        while True:
            away = self._now_s() - self._answered_s > AGE_S
            polled = await self._bot.updates(self._offset, away=away)
            if polled.problem:
                self._seen = replace(self._seen, problem=polled.problem)
                await self._rest(polled)
                continue
            self._failures = 0
            now_s = self._now_s()
            self._seen = LineSeen(now_s, now_s if polled.updates else self._seen.update_s)
            if not (away and polled.more):
                self._answered_s = self._now_s()
            # A process that was frozen wakes with an answer in its hands: first it looks whose turn it is.
            if self._mono() > self._beat_at + SURE_S and not await self._renew():
                return
            self._offset = polled.next_offset
            await self._hand_on(polled)

    async def _hand_on(self, polled: Polled) -> None:
        stopping = set()
        for got in polled.updates:
            task = asyncio.create_task(self._desk.take(got, polled.now_s), name=f"phone update {got.update_id}")
            self._tasks.add(task)
            task.add_done_callback(self._ended)
            if self._desk.urgent(got):
                stopping.add(task)
        if stopping:
            await asyncio.wait(stopping, timeout=STOPS_S)
        while len(self._tasks) > UNDER_WAY:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            SystemLog.error("전화 명령을 처리하다 생긴 오류", exc_info=task.exception())

    async def _rest(self, polled: Polled) -> None:
        if polled.conflict:
            await self._notices.conflict(polled.problem)
            await asyncio.sleep(CONFLICT_REST_S)
            return
        if self._failures == 0:
            SystemLog.warning("텔레그램에서 명령을 가져오지 못함: %s", polled.problem)
        rest_s = RESTS_S[min(self._failures, len(RESTS_S) - 1)]
        self._failures += 1
        await asyncio.sleep(max(rest_s, polled.wait_s or 0.0))

    def _mono(self) -> float:
        return asyncio.get_running_loop().time()
