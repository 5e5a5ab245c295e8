"""The policy's memory in the runtime: loaded at the start, saved when it changes, and what people said.

The axis of its times is the calendar's time of the start plus the stopwatch since: the
same in the next life, and no jump of the wall clock moves it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from hantu.alerting import policy
from hantu.alerting.judgement import Judgement, Kind, Setting, Waiting
from hantu.alerting.routes import Channels
from hantu.alerting.silences import People
from hantu.alerting.situations import of_alert
from hantu.alerting.state import State, dumping, loaded
from hantu.domain.instant import Instant
from hantu.domain.krx_calendar import KRX_CALENDAR
from hantu.domain.session import Calendar
from hantu.ports import AlertDesk, Clock, JudgedAlert, PendingAlert
from hantu.runtime.crowd import Pause, in_slices
from hantu.runtime.right_of_way import RightOfWay
from hantu.telemetry import get_logger

WORDS_S = 5.0
"""Real seconds between two looks at what people have said."""
LATELY_S = 30.0
"""Real seconds back in which the other process may have told what this one does not know."""
NOTED = 2_000
LARGE, SAVE_S = 1_000, 1.0
"""From so many remembered alerts on writing them all takes milliseconds: at most once in so many real seconds."""
_log = get_logger(__name__)


class AlertMemory:
    """Holds the policy's state for one dispatcher; without a desk it lasts one life."""

    def __init__(
        self,
        clock: Clock,
        channels: Channels,
        desk: AlertDesk | None = None,
        calendar: Calendar = KRX_CALENDAR,
        *,
        shared: bool = False,
        pause: Pause | None = None,
    ) -> None:
        self._pause = pause or RightOfWay().pause
        self._shared = shared
        """Another process may tell people from the same outbox."""
        self.state = State()
        self.people = People()
        self._clock = clock
        self._desk = desk
        self._calendar = calendar
        self._channels = channels
        start = clock.now()
        self._offset = start.wall.timestamp() - start.mono
        self._began = desk is None
        self._listened: float | None = None
        self._noted: dict[int, tuple[str, ...]] = {}
        self._unsaved: list[JudgedAlert] = []
        self._dirty = False
        self._saved_at = float("-inf")
        self._desk_ok = True

    def now(self) -> Instant:
        """Return the present with its stopwatch on the axis of the state."""
        now = self._clock.now()
        return Instant(now.wall, now.mono + self._offset)

    def market_s(self, real_s: float) -> float:
        """Return the seconds of the axis that ``real_s`` real seconds take."""
        real = self._clock.real_delay(1.0)
        return real_s / real if real > 0 else real_s

    async def begin(self) -> None:
        """Take up what the last life left; without its memory the records of what was told must do."""
        if self._began or self._desk is None:
            return
        try:
            text = await self._desk.policy_state()
            lately = await self._desk.told_lately(policy.DAY_S)
        except Exception as error:  # noqa: BLE001 -- alerts go on without the memory; it is tried again
            self._trouble(error)
            return
        self._began = True
        now = self.now().mono
        if text:
            try:
                self.state = loaded(text, now)
            except ValueError as error:
                _log.warning("알림 정책의 기억을 읽을 수 없어 새로 시작합니다: %s", error)
        for one in lately:
            self.state = policy.remember(self.state, one.alert_id, one.alert, now - one.age_s)

    def begin_anew(self) -> None:
        """Another process kept the memory meanwhile: read what it left before the next judgement."""
        self._began = self._desk is None

    async def listen(self) -> None:
        """Read what people have said, now and then; a failing read leaves what is known."""
        now = self.now().mono
        if self._desk is None or (self._listened is not None and now - self._listened < self.market_s(WORDS_S)):
            return
        self._listened = now
        try:
            said = await self._desk.words()
            lately = await self._desk.told_lately(self.market_s(LATELY_S)) if self._shared else ()
        except Exception as error:  # noqa: BLE001 -- what is known holds until it ends by itself
            self._trouble(error)
            return
        self._desk_ok = True
        for one in lately:
            self.state = policy.remember(self.state, one.alert_id, one.alert, now - one.age_s)
        self.people = People(
            tuple(replace(one, until=now + self.market_s(one.until)) for one in said.silences),
            tuple(
                replace(one, until=now + self.market_s(one.until), at=now + self.market_s(one.at)) for one in said.acks
            ),
        )

    async def judge(self, waiting: Iterable[Waiting]) -> tuple[Judgement, ...]:
        """Judge what waits, a few at a time so that no order waits for all, and note every new verdict."""
        setting = Setting(self._calendar, self._channels, self.people, self.market_s(1.0))
        self.state, judgements = await in_slices(policy.judging(self.state, waiting, self.now(), setting), self._pause)
        for one in judgements:
            for alert_id in one.alert_ids:
                mark = (one.verdict.value, one.code, one.about)
                if self._noted.get(alert_id) != mark:
                    self._noted[alert_id] = mark
                    self.note(JudgedAlert(alert_id, *mark, one.reason, one.wait_s))
        while len(self._noted) > NOTED:
            del self._noted[next(iter(self._noted))]
        return judgements

    def occurrence(self, judgement: Judgement, seen: Mapping[int, PendingAlert]) -> str:
        """Name what is told, so that whoever tells it again, in any process, uses the same key."""
        if judgement.kind is Kind.SUMMARY:
            owed = self.state.owed.get(judgement.about)
            return f"summary {judgement.about} {owed.since if owed is not None else ''}"
        if judgement.kind is Kind.REPEAT:
            one = of_alert(self.state, judgement.alert_ids[0])
            return f"repeat {judgement.alert_ids[0]} {one.repeats if one is not None else 0}"
        return ",".join(f"{number} {seen[number].event_at}" for number in judgement.alert_ids if number in seen)

    def told(self, judgement: Judgement, channels: Sequence[str], *, waits: bool = False) -> None:
        """Note that channels accepted a message; ``waits`` where the main channel is still to get it."""
        now = self.now().mono
        for channel in channels:
            self.state = policy.told(self.state, judgement, now, channel, waits=waits)
            for alert_id in judgement.alert_ids:
                self.note(JudgedAlert(alert_id, "told", judgement.kind.value, channel, "accepted by the channel"))
        self._dirty = True

    def given_up(self, judgement: Judgement) -> None:
        """Note that nobody will deliver the alerts of a judgement."""
        self.state = policy.given_up(self.state, judgement)
        self._dirty = True

    def note(self, one: JudgedAlert) -> None:
        """Keep one step of an alert's story for the records; alerts without a record have none."""
        if one.alert_id > 0 and self._desk is not None and len(self._unsaved) < NOTED:
            self._unsaved.append(one)
        self._dirty = True

    async def save(self, *, whole: bool = True, at_once: bool = False) -> None:
        """Write what is new; a failure is told once and tried again. Not ``whole``: another keeps the state.

        A large memory is written once a second, the next time somebody saves, or ``at_once``: what a
        channel took meanwhile is on record of its own and is read again by ``begin``.
        """
        if not self._dirty or self._desk is None:
            return
        now = self._clock.now().mono
        if len(self.state.noted) > LARGE and now - self._saved_at < self.market_s(SAVE_S) and not at_once:
            return
        self._saved_at = now
        notes, self._unsaved, self._dirty = tuple(self._unsaved), [], False
        try:
            text = await in_slices(dumping(self.state), self._pause) if whole else ""
            await self._desk.judged(notes, text)
        except Exception as error:  # noqa: BLE001 -- telling goes on; the next save brings it all
            self._unsaved = [*notes, *self._unsaved]
            self._dirty = True
            self._trouble(error)
        else:
            self._desk_ok = True

    def _trouble(self, error: Exception) -> None:
        if self._desk_ok:
            _log.error("알림 정책의 기억을 읽거나 쓸 수 없습니다: %s", error)
        self._desk_ok = False
