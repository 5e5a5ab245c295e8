"""When a waiting alert is sent: at once, later with others, or never, and why.

Invariants:
1. Emergency and high alerts never wait here; only a duplicate of one already told
   (same key inside its window) is dropped, and the next one says how many were.
2. Normal alerts: the first of a quiet period goes at once, those of the next five
   minutes go together as one message.
3. Low alerts are for the log; the one that closes an outage is sent, silently, only
   if a person was told of that outage.
Times are ``mono`` seconds of the clock that ``judge`` is called with.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from hantu.domain.alert import Alert, Priority, Severity

BATCH_S = 300.0
"""Normal alerts are joined over this time."""
DUPLICATE_S = 300.0
DAY_S = 86_400.0
MEMORY = 10_000
"""Keys remembered; the oldest are forgotten first."""
ONCE_A_DAY = frozenset({"stop_loss_reached", "take_profit_reached", "position_unguarded"})
"""Their keys carry the trading date."""
STALE_S = DAY_S
"""Nothing but an emergency is told later than this."""
OUTAGES = 100
"""Outages remembered until they are closed."""
OPENING, CLOSING = "connection_lost", "reconnected"


class Verdict(StrEnum):
    """What to do with an alert now."""

    SEND = "send"
    WAIT = "wait"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert of the outbox; ``age_s`` is the time since the event."""

    alert_id: int
    alert: Alert
    age_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict on one alert, or on several that become one message."""

    verdict: Verdict
    alert_ids: tuple[int, ...]
    alert: Alert
    reason: str
    wait_s: float = 0.0


@dataclass(slots=True)
class _Told:
    alert_id: int
    at: float
    repeats: int = 0
    """Duplicates dropped since."""
    carried: int = 0
    """Duplicates of the one before, which this one reports."""


class Policy:
    """Judges waiting alerts; remembers what was told, so it belongs to one channel."""

    def __init__(self) -> None:
        self._told: dict[str, _Told] = {}
        self._outages: dict[int, bool] = {}
        self._batch_at: float | None = None

    def judge(self, waiting: Iterable[Waiting], now: float) -> tuple[Judgement, ...]:
        """Return a judgement for every waiting alert, those to drop or send first.

        An alert is judged again on each call until it is ``told`` or ``given_up``.
        """
        self._forget(now)
        judgements: list[Judgement] = []
        batch: list[Waiting] = []
        for item in sorted(waiting, key=_urgency):
            dropped = self._dropped(item, now)
            if dropped:
                judgements.append(dropped)
            elif item.alert.priority is Priority.LOW:
                judgements.append(self._closing(item))
            elif item.alert.priority is Priority.NORMAL:
                batch.append(item)
            else:
                if item.alert.event_type == OPENING:
                    self._outages.setdefault(item.alert_id, False)
                judgements.append(self._judged(Verdict.SEND, item, "at once"))
        if batch:
            judgements.append(self._batched(batch, now))
        return tuple(judgements)

    def told(self, judgement: Judgement, now: float) -> None:
        """Note that the channel accepted what ``judgement`` said to send."""
        for alert_id in judgement.alert_ids:
            if alert_id in self._outages:
                self._outages[alert_id] = True
        if judgement.alert.event_type == CLOSING:
            last = judgement.alert_ids[-1]
            self._outages = {lost: delivered for lost, delivered in self._outages.items() if lost > last}
        if judgement.alert.priority is Priority.NORMAL:
            self._batch_at = now

    def given_up(self, judgement: Judgement) -> None:
        """Note that the alerts of ``judgement`` will not be delivered by this channel."""
        ids = set(judgement.alert_ids)
        self._outages = {lost: delivered for lost, delivered in self._outages.items() if lost not in ids}
        self._told = {key: told for key, told in self._told.items() if told.alert_id not in ids}

    def _dropped(self, item: Waiting, now: float) -> Judgement | None:
        if item.age_s > STALE_S and item.alert.priority is not Priority.EMERGENCY:
            return self._judged(Verdict.DROP, item, "older than a day")
        before = self._told.get(item.alert.key)
        if before is None:
            self._told[item.alert.key] = _Told(item.alert_id, now)
        elif before.alert_id != item.alert_id:
            window = _window(item.alert)
            if now - before.at < window:
                before.repeats += 1
                return self._judged(Verdict.DROP, item, f"duplicate of alert {before.alert_id} within {window:.0f} s")
            del self._told[item.alert.key]
            self._told[item.alert.key] = _Told(item.alert_id, now, carried=before.repeats)
        return None

    def _closing(self, item: Waiting) -> Judgement:
        if item.alert.event_type != CLOSING:
            return self._unsent(item, "low priority is only logged")
        delivered = [told for lost, told in self._outages.items() if lost < item.alert_id]
        if any(delivered):
            return self._judged(Verdict.SEND, item, "closes a delivered outage")
        if delivered:
            return self._judged(Verdict.WAIT, item, "its outage is not delivered yet", wait_s=1.0)
        return self._unsent(item, "no outage was delivered")

    def _unsent(self, item: Waiting, reason: str) -> Judgement:
        # What nobody was told of must not silence the next equal alert.
        del self._told[item.alert.key]
        return self._judged(Verdict.DROP, item, reason)

    def _batched(self, batch: list[Waiting], now: float) -> Judgement:
        joined = join(tuple(self._reported(item) for item in batch))
        ids = tuple(item.alert_id for item in batch)
        rest_s = BATCH_S - (now - self._batch_at) if self._batch_at is not None else 0.0
        if rest_s > 0:
            return Judgement(Verdict.WAIT, ids, joined, "joined with others of five minutes", rest_s)
        return Judgement(Verdict.SEND, ids, joined, "first of a quiet period" if len(ids) == 1 else "joined")

    def _judged(self, verdict: Verdict, item: Waiting, reason: str, wait_s: float = 0.0) -> Judgement:
        return Judgement(verdict, (item.alert_id,), self._reported(item), reason, wait_s)

    def _reported(self, item: Waiting) -> Alert:
        told = self._told.get(item.alert.key)
        if told is None or told.alert_id != item.alert_id or not told.carried:
            return item.alert
        note = f"(같은 알림 {told.carried}회 더 있었음)"
        long = f"{item.alert.long}\n\n{note}" if item.alert.long else ""
        return replace(item.alert, short=f"{item.alert.short} {note}", long=long)

    def _forget(self, now: float) -> None:
        # Both are in the order of time, so what goes is at the front.
        while self._told and (len(self._told) > MEMORY or now - next(iter(self._told.values())).at >= DAY_S):
            del self._told[next(iter(self._told))]
        while len(self._outages) > OUTAGES:
            del self._outages[next(iter(self._outages))]


def join(alerts: tuple[Alert, ...]) -> Alert:
    """Return one message for several normal alerts, one short line each; one stays itself."""
    if len(alerts) == 1:
        return alerts[0]
    return Alert(
        event_type="batch",
        key="batch:" + alerts[0].key,
        severity=Severity.WARN if any(one.severity is Severity.WARN for one in alerts) else Severity.INFO,
        priority=Priority.NORMAL,
        category=alerts[0].category,
        short="\n".join(alert.short for alert in alerts),
    )


def _window(alert: Alert) -> float:
    return DAY_S if alert.event_type in ONCE_A_DAY else DUPLICATE_S


def _urgency(item: Waiting) -> tuple[int, int]:
    return _ORDER[item.alert.priority], item.alert_id


_ORDER = {Priority.EMERGENCY: 0, Priority.HIGH: 1, Priority.NORMAL: 2, Priority.LOW: 3}
