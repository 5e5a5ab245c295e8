"""Delivery of alerts: outbox → policy → channel, beside the guard and never in its way.

Invariants:
1. At least once: an alert is marked only after a channel accepted it.
2. The most urgent due alert is chosen anew before every message.
3. No error of a channel or of the outbox ends the loop; every wait and queue is bounded.
4. A second failure of the main channel also tells the fallback channels, once.

Entry points: ``run`` (a task of the guard), ``hint`` after every commit, ``post``
for what cannot be recorded because the database does not take it.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hantu.alerting.policy import Judgement, Policy, Verdict, Waiting
from hantu.alerting.wording import korean_time
from hantu.domain.alert import Alert, Priority
from hantu.domain.errors import BrokenError, RetryableError
from hantu.domain.instant import Instant
from hantu.ports import Clock, Notifier, Outbox, PendingAlert
from hantu.telemetry import get_logger, mask

POLL_S = 1.0
"""Real seconds between looks at the outbox without a hint."""
RETRY_S = (3.0, 10.0, 30.0, 60.0)
"""Seconds after the first, second … failed try; the last one repeats."""
SEND_TIMEOUT_S = 20.0
"""Real seconds a channel may take for one alert, all parts included."""
LOOK = 100
"""Alerts looked at together."""
BURST = 20
"""Messages of one step; then other tasks get their turn."""
DIRECT_MAX = 100
REFUSED_RETRY_S = 300.0
"""Seconds between tries of an emergency that the channel refuses for good."""
STAND_IN_AT = 1
"""Failed tries before the one that also tells a fallback channel."""
POLICY = "policy"
"""Named as the channel of what was not sent on purpose."""
LATE_S = 60.0
"""From this age on a message says when its event was."""
_log = get_logger(__name__)


@dataclass(slots=True)
class Counts:
    """What became of alerts in this life."""

    sent: int = 0
    failed: int = 0
    dropped: int = 0
    lost: int = 0
    """Direct alerts pushed out of a full queue."""


class Dispatcher:
    """Sends what waits in the outbox through ``main``; ``fallbacks`` stand in for it."""

    def __init__(
        self,
        outbox: Outbox,
        main: Notifier,
        clock: Clock,
        *,
        fallbacks: Sequence[Notifier] = (),
        poll_s: float = POLL_S,
    ) -> None:
        self._poll_s = poll_s
        self.counts = Counts()
        self._outbox = outbox
        self._main = main
        self._clock = clock
        self._fallbacks = tuple(fallbacks)
        self._policy = Policy()
        self._wake = asyncio.Event()
        self._direct: dict[int, PendingAlert] = {}
        self._last_direct = 0
        self._seen: dict[int, PendingAlert] = {}
        self._unmarked: dict[int, str] = {}
        self._not_before: dict[int, float] = {}
        self._told_elsewhere: dict[int, str] = {}
        self._parked_until = 0.0
        self._outbox_ok = True

    def hint(self) -> None:
        """Say that something was written to the outbox; returns at once."""
        self._wake.set()

    def post(self, alert: Alert) -> None:
        """Send an alert that is in no outbox; returns at once, kept in memory only."""
        if len(self._direct) >= DIRECT_MAX:
            del self._direct[next(iter(self._direct))]
            self.counts.lost += 1
        # Identifiers of the outbox are positive, so these never meet one.
        self._last_direct -= 1
        event_at = self._clock.now().wall.isoformat()
        self._direct[self._last_direct] = PendingAlert(self._last_direct, alert, event_at, attempts=0)
        self._wake.set()

    async def run(self) -> None:
        """Deliver until canceled."""
        while True:
            self._wake.clear()
            if await self._guarded_step():
                await asyncio.sleep(0)
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
        except TimeoutError:
            _log.warning("종료 전에 보내지 못한 알림이 남았습니다 - 다음 시작 때 보냅니다")

    async def step(self) -> bool:
        """Deliver what is due; True when more may wait to be sent at once."""
        for _ in range(BURST):
            await self._mark()
            now = self._clock.now()
            judgements = self._policy.judge(await self._waiting(now), now.mono)
            await self._drop([one for one in judgements if one.verdict is Verdict.DROP])
            due = next((one for one in judgements if one.verdict is Verdict.SEND), None)
            if due is None or now.mono < self._parked_until:
                return False
            await self._deliver(due, now)
        return True

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
        waiting = {one.alert_id: one for one in stored if one.alert_id not in self._unmarked} | self._direct
        self._seen = {held: one for held, one in waiting.items() if held not in self._not_before}
        return [Waiting(one.alert_id, one.alert, _age_s(one.event_at, now)) for one in self._seen.values()]

    async def _deliver(self, judgement: Judgement, now: Instant) -> None:
        alert = _outgoing(judgement.alert, self._seen[judgement.alert_ids[0]].event_at, now)
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._main.send(alert)
        except RetryableError as error:
            await self._retry(judgement, alert, str(error), error.retry_s)
        except TimeoutError:
            await self._retry(judgement, alert, "timeout", None)
        except BrokenError as error:
            await self._refused(judgement, alert, str(error))
        except Exception as error:  # noqa: BLE001 -- a supervisor boundary: a channel may fail in any way
            _log.exception("알림 채널 오류: %s", self._main.name)
            await self._retry(judgement, alert, type(error).__name__, None)
        else:
            await self._accepted(judgement, self._main.name)

    async def _accepted(self, judgement: Judgement, channel: str) -> None:
        self._policy.told(judgement, self._clock.now().mono)
        self.counts.sent += 1
        for alert_id in judgement.alert_ids:
            self._direct.pop(alert_id, None)
            if alert_id > 0:
                self._unmarked[alert_id] = channel
        await self._mark()

    async def _retry(self, judgement: Judgement, alert: Alert, reason: str, asked_s: float | None) -> None:
        self.counts.failed += 1
        attempts = self._attempts(judgement)
        wait_s = self._market_s(asked_s if asked_s is not None else RETRY_S[min(attempts, len(RETRY_S) - 1)])
        if asked_s is not None:
            # The channel asked for quiet, whatever the alert.
            self._parked_until = self._clock.now().mono + wait_s
        _log.warning("알림 전달 실패 (%d번째, %s): %s", attempts + 1, self._main.name, reason)
        if attempts >= STAND_IN_AT:
            await self._stand_in(judgement, alert)
        await self._failed(judgement, self._main.name, reason, wait_s)

    async def _refused(self, judgement: Judgement, alert: Alert, reason: str) -> None:
        self.counts.failed += 1
        _log.error("알림 채널이 거부함 (%s): %s", self._main.name, reason)
        channel = await self._stand_in(judgement, alert)
        if alert.priority is Priority.EMERGENCY:
            # A person may unblock the bot; until then the fallback has told it once.
            await self._failed(judgement, self._main.name, reason, self._market_s(REFUSED_RETRY_S))
            return
        await self._failed(judgement, self._main.name, reason, None)
        if channel:
            await self._accepted(judgement, channel)
        else:
            self._policy.given_up(judgement)

    async def _stand_in(self, judgement: Judgement, alert: Alert) -> str:
        """Tell the first fallback that takes it, once; return the one that has told it."""
        known = self._told_elsewhere.get(judgement.alert_ids[0])
        if known:
            return known
        for notifier in self._fallbacks:
            try:
                async with asyncio.timeout(SEND_TIMEOUT_S):
                    await notifier.send(alert)
            except Exception:  # noqa: BLE001 -- a supervisor boundary: the next channel is tried
                _log.exception("대체 알림 채널 오류: %s", notifier.name)
            else:
                self._told_elsewhere |= dict.fromkeys(judgement.alert_ids, notifier.name)
                while len(self._told_elsewhere) > LOOK:
                    del self._told_elsewhere[next(iter(self._told_elsewhere))]
                return notifier.name
        return ""

    async def _drop(self, judgements: list[Judgement]) -> None:
        for judgement in judgements:
            self.counts.dropped += 1
            # A channel that has tried it is told, or the outbox would keep its next try.
            channel = self._main.name if self._attempts(judgement) else POLICY
            await self._failed(judgement, channel, judgement.reason, None)

    async def _failed(self, judgement: Judgement, channel: str, reason: str, wait_s: float | None) -> None:
        now = self._clock.now().mono
        for alert_id in judgement.alert_ids:
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

    def _attempts(self, judgement: Judgement) -> int:
        return max(self._seen[alert_id].attempts for alert_id in judgement.alert_ids)

    def _market_s(self, real_s: float) -> float:
        real = self._clock.real_delay(1.0)
        return real_s / real if real > 0 else real_s


def _outgoing(alert: Alert, event_at: str, now: Instant) -> Alert:
    short, long = alert.short, alert.long
    if alert.priority in (Priority.EMERGENCY, Priority.HIGH) and _age_s(event_at, now) >= LATE_S:
        note = f"(지연 전달 - 발생 시각 {korean_time(event_at)})"
        short, long = f"{short} {note}", f"{long}\n\n{note}" if long else ""
    return replace(alert, short=mask(short), long=mask(long))


def _age_s(event_at: str, now: Instant) -> float:
    try:
        moment = datetime.fromisoformat(event_at)
    except ValueError:
        return 0.0
    return (now.wall - moment.replace(tzinfo=moment.tzinfo or UTC)).total_seconds()
