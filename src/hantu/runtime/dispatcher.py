"""Delivery of alerts: outbox → policy → channel, beside the guard and never in its way.

Invariants:
1. At least once: an alert is marked only after a channel accepted it.
2. The most urgent due alert is chosen anew before every message.
3. No error of a channel or of the outbox ends the loop; every wait and queue is bounded.
   The more alerts wait, the longer it rests between looks: others have work to do.
4. A second failure of the main channel also tells the next of the ladder, once; an
   emergency goes to two channels at once, and down the ladder at once if neither takes it.
   A channel that asked for quiet gets it, whichever it is.
5. What the policy decided, and why, is on record beside the alert.

Entry points: ``run`` (a task of the guard), ``hint`` after every commit, ``post``
for what cannot be recorded because the database does not take it.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from hantu.alerting.judgement import Judgement, Kind, Verdict, Waiting
from hantu.alerting.routes import TRIES, Channels, Route, route_of, rung_at
from hantu.alerting.situations import of_alert
from hantu.domain.alert import Alert, Priority
from hantu.domain.instant import Instant
from hantu.domain.krx_calendar import KRX_CALENDAR
from hantu.domain.session import Calendar
from hantu.ports import AlertDesk, Charge, Clock, JudgedAlert, Notifier, Outbox, PendingAlert
from hantu.runtime.alert_memory import AlertMemory
from hantu.runtime.crowd import Dropped, Unrecorded, gently, rest_s
from hantu.runtime.delivery import PARKED, POLICY, Came, Counts, Receipt, age_s, hand_over, keyed, masked, outgoing
from hantu.runtime.rests import RETRY_S, Rests
from hantu.runtime.right_of_way import RightOfWay
from hantu.telemetry import get_logger, mask

POLL_S = 1.0
"""Real seconds between looks at the outbox without a hint."""
LOOK = 500
"""Alerts looked at together."""
BURST = 20
"""Messages of one step; then other tasks get their turn."""
REFUSED_RETRY_S = 300.0
"""Seconds between tries of an emergency that the channel refuses for good."""
_log = get_logger(__name__)


class Dispatcher:
    """Sends what waits in the outbox through ``main``; ``fallbacks`` stand in for it."""

    def __init__(
        self,
        outbox: Outbox,
        main: Notifier,
        clock: Clock,
        *,
        fallbacks: Sequence[Notifier] = (),
        sms: Notifier | None = None,
        desk: AlertDesk | None = None,
        calendar: Calendar = KRX_CALENDAR,
        poll_s: float = POLL_S,
        charge: Charge | None = None,
    ) -> None:
        self._poll_s = poll_s
        self.charge = charge
        """Shares the outbox with another process; None: all of it is ours."""
        self._turn = charge.turn if charge is not None else 0
        self.counts, self.right_of_way = Counts(), RightOfWay()
        self._pause = self.right_of_way.pause
        self._outbox = outbox
        self._main = main
        self._clock = clock
        ladder = (*fallbacks, *((sms,) if sms else ()))
        self._others = {one.name: one for one in ladder}
        self._channels = Channels(main.name, tuple(one.name for one in fallbacks), sms.name if sms else "")
        self._memory = AlertMemory(clock, self._channels, desk, calendar, shared=charge is not None, pause=self._pause)
        self._wake = asyncio.Event()
        self._direct = Unrecorded()
        self._seen: dict[int, PendingAlert] = {}
        self._unmarked: dict[int, str] = {}
        self._dropped = Dropped(outbox, self._pause)
        self._not_before: dict[int, float] = {}
        self._told_elsewhere: dict[int, str] = {}
        self._market_s = self._memory.market_s
        self._rests = Rests(self._market_s)
        self._outbox_ok = True

    def hint(self) -> None:
        """Say that something was written to the outbox; returns at once."""
        self._wake.set()

    def post(self, alert: Alert) -> None:
        """Send an alert that is in no outbox; returns at once, kept in memory only."""
        self.counts.lost += self._direct.take(alert, self._clock.now().wall.isoformat())
        self._wake.set()

    async def run(self) -> None:
        """Deliver until canceled."""
        while True:
            more = await self._guarded_step()
            await asyncio.sleep(rest_s(len(self._seen)))
            if more:
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(self._poll_s):
                    await self._wake.wait()

    async def drain(self, limit_s: float) -> None:
        """Deliver what is due now, for at most ``limit_s`` real seconds; for the end of a life."""
        try:
            async with asyncio.timeout(limit_s):
                more = True
                while more:
                    more = await self._guarded_step()
                    await asyncio.sleep(0)
                await self._file()
                await self._memory.save(whole=self._whole, at_once=True)
        except TimeoutError:
            _log.warning("종료 전에 보내지 못한 알림이 남았습니다 - 다음 시작 때 보냅니다")

    async def step(self) -> bool:
        """Deliver what is due; True when more may wait to be sent at once."""
        if self.charge is not None and self.charge.turn != self._turn:
            self._turn = self.charge.turn
            self._memory.begin_anew()
            self._dropped = Dropped(self._outbox, self._pause)
        self._wake.clear()
        await self._memory.begin()
        await self._memory.listen()
        for _ in range(BURST):
            if not await self._one():
                return await self._file()
        return True

    async def _one(self) -> bool:
        await self._pause()
        await self._mark()
        now = self._clock.now()
        judgements = await self._memory.judge(await self._waiting(now))
        if self._whole:
            await self._drop([one for one in judgements if one.verdict is Verdict.DROP])
        due = self._next(judgements, now)
        if due is not None:
            await self._deliver(due, now)
        # After sending: telling a person never waits for a disk that has stopped.
        await self._memory.save(whole=self._whole)
        return due is not None

    def _next(self, judgements: Sequence[Judgement], now: Instant) -> Judgement | None:
        due = next((one for one in judgements if self._is_due(one, now)), None)
        if due is None or not self._rests.leads(now.mono) or self._rests.asked_s(self._main.name, now.mono):
            return due
        # Should the channel be back, what hangs and is more urgent goes first.
        return next(
            (one for one in judgements if one is due or (one.verdict is Verdict.SEND and self._hangs(one))), due
        )

    @property
    def _whole(self) -> bool:
        return self.charge is None or self.charge.whole

    def _is_due(self, judgement: Judgement, now: Instant) -> bool:
        if judgement.verdict is not Verdict.SEND or self._rests.waits(judgement.about, now.mono):
            return False
        if judgement.kind in (Kind.REPEAT, Kind.SUMMARY) and not self._whole:
            return False
        # A channel that asked for quiet gets it; an emergency goes to the others meanwhile.
        urgent = judgement.alert.priority is Priority.EMERGENCY and bool(self._companions(judgement))
        waits = self._rests.asked_s(self._main.name, now.mono) or (
            self._rests.closed(now.mono) and self._hangs(judgement)
        )
        return urgent or not waits

    async def _guarded_step(self) -> bool:
        try:
            return await self.step()
        except Exception:  # noqa: BLE001 -- a supervisor boundary: the loop outlives any fault
            _log.exception("알림 전달 중 예상하지 못한 오류")
        return False

    async def _waiting(self, now: Instant) -> list[Waiting]:
        self._not_before = {held: until for held, until in self._not_before.items() if until > now.mono}
        stored: tuple[PendingAlert, ...] = ()
        try:
            stored = await self._outbox.pending(LOOK)
        except Exception as error:  # noqa: BLE001 -- alerts without a database go on; the change is logged
            self._outbox_trouble(error)
        else:
            self._outbox_ok = True
        stored = tuple(one for one in self._dropped.others(stored) if one.alert_id not in self._unmarked)
        if self.charge is not None:
            stored = await self.charge.ours(stored, self.hint)
        waiting = {one.alert_id: one for one in stored} | self._direct
        self._seen = {held: one for held, one in waiting.items() if held not in self._not_before}
        return [
            Waiting(one.alert_id, one.alert, age_s(one.event_at, now), durable=one.alert_id > 0)
            async for one in gently(self._seen.values(), self._pause)
        ]

    async def _deliver(self, judgement: Judgement, now: Instant) -> None:
        seen = self._seen.get(judgement.alert_ids[0]) if judgement.alert_ids else None
        if judgement.kind in (Kind.REPEAT, Kind.SUMMARY) or seen is None:
            await self._tell_own(
                judgement, keyed(masked(judgement.alert), self._memory.occurrence(judgement, self._seen)), now
            )
            return
        alert = keyed(outgoing(judgement.alert, seen.event_at, now), self._memory.occurrence(judgement, self._seen))
        companions = self._companions(judgement)
        main, *others = await self._hand_to((self._main.name, *companions), alert)
        await self._settle(judgement, alert, main, others)
        await self._note_others(judgement, others)

    async def _settle(self, judgement: Judgement, alert: Alert, main: Receipt, others: Sequence[Receipt]) -> None:
        """Note what the main channel made of it; it first, for only it decides whether the alert waits on."""
        for one in others:
            if one.came is Came.ACCEPTED:
                self._tell_elsewhere(judgement, one.channel)
        if main.came is Came.ACCEPTED:
            await self._accepted(judgement, main.channel)
        elif main.came is Came.AGAIN:
            await self._retry(judgement, alert, main, [one.channel for one in others])
        else:
            await self._refused(judgement, alert, main.reason)

    async def _note_others(self, judgement: Judgement, receipts: Sequence[Receipt]) -> None:
        for one in receipts:
            if one.came is Came.ACCEPTED:
                self._tell_elsewhere(judgement, one.channel)
                self._memory.told(judgement, (one.channel,), waits=True)
            for alert_id in judgement.alert_ids:
                if alert_id > 0:
                    await self._row(alert_id, one)

    async def _row(self, alert_id: int, receipt: Receipt) -> None:
        """One row per destination; only the main channel's decides whether the alert waits on."""
        try:
            if receipt.came is Came.ACCEPTED:
                await self._outbox.delivered(alert_id, receipt.channel)
            else:
                await self._outbox.failed(alert_id, receipt.channel, mask(receipt.reason), retry_s=None)
        except Exception as error:  # noqa: BLE001 -- told all the same; the change is logged
            self._outbox_trouble(error)

    async def _tell_own(self, judgement: Judgement, alert: Alert, now: Instant) -> None:
        """Send a message that stands for no waiting alert: an emergency again, or an account."""
        names = self._route(judgement).at_once
        receipts = await self._hand_to(names, alert)
        taken = [one.channel for one in receipts if one.came is Came.ACCEPTED]
        if taken:
            self.counts.sent += 1
            self._rests.told(judgement.about)
            self._memory.told(judgement, taken)
            return
        self.counts.failed += 1
        _log.warning("알림 전달 실패 (%s): %s", ", ".join(names), receipts[0].reason)
        self._rests.again(judgement.about, now.mono)

    async def _hand_to(self, names: Sequence[str], alert: Alert) -> list[Receipt]:
        return list(await asyncio.gather(*(self._hand(name, alert) for name in names)))

    async def _hand(self, name: str, alert: Alert) -> Receipt:
        """Hand over, unless the channel asked to be left alone."""
        if self._rests.asked_s(name, self._clock.now().mono):
            return Receipt(name, Came.AGAIN, PARKED)
        await self._pause()
        receipt = await hand_over(self._main if name == self._main.name else self._others[name], alert)
        if name == self._main.name and receipt.came is Came.ACCEPTED:
            self._rests.well()
        if receipt.asked_s is not None:
            self._rests.ask(name, self._clock.now().mono, receipt.asked_s)
        return receipt

    def _route(self, judgement: Judgement) -> Route:
        rung = 0
        if judgement.kind is Kind.REPEAT:
            one = of_alert(self._memory.state, judgement.alert_ids[0])
            waited_s = self._memory.now().mono - one.accepted_at if one is not None else 0.0
            rung = rung_at(waited_s / self._market_s(1.0))
        return route_of(judgement.alert, self._channels, rung)

    def _companions(self, judgement: Judgement) -> tuple[str, ...]:
        """Return the channels that get an emergency beside the main one and have not got it yet."""
        first = judgement.alert_ids[0] if judgement.alert_ids else 0
        seen = self._seen.get(first)
        if seen is None or first in self._told_elsewhere:
            return ()
        names = self._route(judgement).at_once
        return tuple(name for name in names if name != self._main.name and name not in seen.delivered_to)

    async def _accepted(self, judgement: Judgement, channel: str) -> None:
        self._memory.told(judgement, (channel,))
        self.counts.sent += 1
        for alert_id in judgement.alert_ids:
            self._direct.pop(alert_id, None)
            if alert_id > 0:
                self._unmarked[alert_id] = channel
        await self._mark()

    async def _retry(self, judgement: Judgement, alert: Alert, main: Receipt, tried: Sequence[str]) -> None:
        now, attempts, hangs = self._clock.now().mono, self._attempts(judgement), False
        wait_s = self._rests.asked_s(self._main.name, now)
        if main.reason != PARKED:
            self.counts.failed += 1
            _log.warning("알림 전달 실패 (%d번째, %s): %s", attempts + 1, self._main.name, main.reason)
            hangs = attempts + 1 >= TRIES
            if not wait_s:
                self._rests.failed(now, hangs=hangs)
        await self._failed(judgement, self._main.name, main.reason, wait_s or self._market_s(RETRY_S[0]))
        # Nobody waits three seconds for the next try of an emergency that nobody has got.
        if hangs or (alert.priority is Priority.EMERGENCY and tried):
            await self._stand_in(judgement, alert, tried)

    async def _refused(self, judgement: Judgement, alert: Alert, reason: str) -> None:
        self.counts.failed += 1
        _log.error("알림 채널이 거부함 (%s): %s", self._main.name, reason)
        if alert.priority is Priority.EMERGENCY:
            # A person may unblock the bot; until then the fallback has told it once.
            await self._failed(judgement, self._main.name, reason, self._market_s(REFUSED_RETRY_S))
            await self._stand_in(judgement, alert)
            return
        await self._failed(judgement, self._main.name, reason, None)
        channel = await self._stand_in(judgement, alert)
        if channel:
            await self._accepted(judgement, channel)
        else:
            self._memory.given_up(judgement)

    async def _stand_in(self, judgement: Judgement, alert: Alert, tried: Sequence[str] = ()) -> str:
        """Tell the first of the ladder that takes it, once; return the one that has told it."""
        known = self._told_elsewhere.get(judgement.alert_ids[0])
        if known:
            return known
        route = self._route(judgement)
        for name in (*route.at_once, *route.ladder):
            if name == self._main.name or name in tried:
                continue
            receipt = await self._hand(name, alert)
            await self._note_others(judgement, (receipt,))
            if receipt.came is Came.ACCEPTED:
                return name
        return ""

    def _tell_elsewhere(self, judgement: Judgement, name: str) -> None:
        self._told_elsewhere |= dict.fromkeys(judgement.alert_ids, name)
        while len(self._told_elsewhere) > LOOK:
            del self._told_elsewhere[next(iter(self._told_elsewhere))]

    async def _drop(self, judgements: list[Judgement]) -> None:
        async for judgement in gently(judgements, self._pause):
            self.counts.dropped += 1
            # A channel that has tried it is told, or the outbox would keep its next try.
            channel, reason = self._main.name if self._attempts(judgement) else POLICY, mask(judgement.reason)
            for alert_id in judgement.alert_ids:
                if self._direct.pop(alert_id, None) is None:
                    self._dropped.put(alert_id, channel, reason)

    async def _file(self) -> bool:
        if not (self._dropped and self._whole):
            return False
        # First the memory that accounts for what is not told.
        await self._memory.save(at_once=True)
        return await self._dropped.file(self._wake.is_set, self._outbox_trouble)

    async def _failed(self, judgement: Judgement, channel: str, reason: str, wait_s: float | None) -> None:
        now = self._clock.now().mono
        for alert_id in judgement.alert_ids:
            self._memory.note(JudgedAlert(alert_id, "failed", "channel", channel, mask(reason), wait_s or 0.0))
            direct = self._direct.get(alert_id)
            if direct is None:
                try:
                    await self._outbox.failed(alert_id, channel, mask(reason), retry_s=wait_s)
                except Exception as error:  # noqa: BLE001 -- the wait below holds in memory; the change is logged
                    self._outbox_trouble(error)
            elif wait_s is None:
                del self._direct[alert_id]
            else:
                self._direct[alert_id] = replace(direct, attempts=direct.attempts + 1)
            # Also when the outbox could not note it: a failing channel is never hammered.
            self._not_before[alert_id] = now + (wait_s if wait_s is not None else self._market_s(RETRY_S[-1]))

    async def _mark(self) -> None:
        for alert_id, channel in list(self._unmarked.items()):
            try:
                await self._outbox.delivered(alert_id, channel)
            except Exception as error:  # noqa: BLE001 -- kept and marked later, never sent again in this life
                self._outbox_trouble(error)
                return
            del self._unmarked[alert_id]

    def _outbox_trouble(self, error: Exception) -> None:
        if self._outbox_ok:
            _log.error("알림 보관함을 쓸 수 없습니다: %s", error)
        self._outbox_ok = False

    def _hangs(self, judgement: Judgement) -> bool:
        own = judgement.kind in (Kind.REPEAT, Kind.SUMMARY)
        return not own and self._attempts(judgement) >= TRIES

    def _attempts(self, judgement: Judgement) -> int:
        return max(self._seen[alert_id].attempts for alert_id in judgement.alert_ids)
