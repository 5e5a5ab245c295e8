"""When a waiting alert is sent: at once, later, with others, or never, and why.

Pure: ``judge``, ``told`` and ``given_up`` take the memory of the policy and return the next one.
Invariants:
1. Emergencies never wait here. One is dropped only as the duplicate of one that is told
   in its window, or by a silence that names emergencies; it is told again every five
   minutes until it ends or a person acknowledges it.
2. High alerts go at once in market hours and, if they are about trading, at any hour.
3. Normal alerts: the first of a quiet period goes at once, those of the next five
   minutes go together as one message; what the night held back is the morning's digest.
4. Low alerts are for the log; the one that ends an outage is sent, silently, only
   if a person was told of that outage.
5. What is not told is counted: in the next equal alert, in a summary, or under a silence.
   Only the consequences of an outage that ended with it are on record alone.
Times are ``mono`` seconds of the instants the functions are given.
"""

from collections.abc import Callable, Generator, Iterable
from dataclasses import replace

from hantu.alerting import messages, situations
from hantu.alerting.catalogue import Delivery
from hantu.alerting.consequences import consequence_of
from hantu.alerting.hours import told_from
from hantu.alerting.judgement import Judgement, Kind, Setting, Verdict, Waiting, row_for
from hantu.alerting.owed import owe, repeats, summaries
from hantu.alerting.rate import take, within_rate
from hantu.alerting.round import Round, judged, reported
from hantu.alerting.state import MEMORY, State, Told
from hantu.domain.alert import Alert, Priority
from hantu.domain.instant import Instant

BATCH_S = 300.0
"""Normal alerts are joined over this time."""
DUPLICATE_S = 300.0
GROUP_S = 10.0
"""Equal causes of several stocks are joined over this time, after the first."""
LATE_S = 60.0
"""What ended before it could be told for this long is told as one late message."""
DAY_S = 86_400.0
ONCE_A_DAY = frozenset({"stop_loss_reached", "take_profit_reached", "position_unguarded"})
"""Their keys carry the trading date."""
STALE_S = DAY_S
"""Nothing but an emergency is told later than this."""
_ORDER = {Priority.EMERGENCY: 0, Priority.HIGH: 1, Priority.NORMAL: 2, Priority.LOW: 3}
_SEND, _WAIT, _DROP = Verdict.SEND, Verdict.WAIT, Verdict.DROP


def judge(
    state: State, waiting: Iterable[Waiting], now: Instant, setting: Setting
) -> tuple[State, tuple[Judgement, ...]]:
    """Return the next memory and a judgement for every waiting alert, the most urgent to send first.

    An alert is judged again on each call until it is ``told`` or ``given_up``;
    repeats and summaries are messages of the policy's own and name no waiting alert.
    """
    steps = judging(state, waiting, now, setting)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: tuple[State, tuple[Judgement, ...]] = end.value
            return found


def judging(
    state: State, waiting: Iterable[Waiting], now: Instant, setting: Setting
) -> Generator[None, None, tuple[State, tuple[Judgement, ...]]]:
    """Do as ``judge``, and stop after every alert, so that a caller with other work can turn to it."""
    items = sorted(waiting, key=_urgency)
    draft = state.copy()
    _forget(draft, now.mono)
    situations.calm_down(draft, now.mono)
    situations.note(draft, items, now.mono)
    situations.heed(draft, setting.people)
    this = Round(draft, now, setting, {item.alert_id: item for item in items})
    for item in items:
        if item.alert_id not in this.done:
            _judge_one(this, item)
        yield
    _close_groups(this)
    if this.batch:
        this.found.append(_batched(this))
    this.found += repeats(this) + summaries(this)
    this.found.sort(key=lambda one: _ORDER[one.alert.priority])
    return draft, within_rate(this)


def told(state: State, judgement: Judgement, now: float, channel: str = "main", *, waits: bool = False) -> State:
    """Return the memory after ``channel`` accepted what ``judgement`` said to send.

    ``waits``: the main channel is still to get it, so what it ends is not over for those who read that one.
    """
    draft = state.copy()
    take(draft, judgement, now, channel)
    if judgement.kind is Kind.SUMMARY:
        draft.owed.pop(judgement.about, None)
        return draft
    if judgement.kind is not Kind.REPEAT:
        for key in [key for key, entry in draft.told.items() if entry.alert_id in judgement.alert_ids]:
            # The window counts from the telling; put last, for the oldest are forgotten from the front.
            draft.told[key] = replace(draft.told.pop(key), at=now, repeats=0, carried=0)
    for one in draft.open.values():
        if any(alert_id in one.ids for alert_id in judgement.alert_ids):
            one.repeats += judgement.kind is Kind.REPEAT
            one.accepted_at = one.accepted_at if one.delivered else now
            one.delivered, one.told_at = True, now
    if not waits:
        _closed(draft, judgement.alert_ids)
    if judgement.kind in (Kind.SINGLE, Kind.GROUP) and row_for(judgement.alert.event_type).joins:
        draft.groups[judgement.alert.event_type] = now
    if judgement.kind in (Kind.SINGLE, Kind.BATCH, Kind.DIGEST) and judgement.alert.priority is Priority.NORMAL:
        draft.batch_at = now
    return draft


def given_up(state: State, judgement: Judgement) -> State:
    """Return the memory after nobody will deliver the alerts of ``judgement``."""
    draft = state.copy()
    ids = judgement.alert_ids
    draft.open = {name: one for name, one in draft.open.items() if not any(alert_id in one.ids for alert_id in ids)}
    draft.told = {key: entry for key, entry in draft.told.items() if entry.alert_id not in ids}
    return draft


def remember(state: State, alert_id: int, alert: Alert, at: float) -> State:
    """Return the memory that knows of an alert told in an earlier life, should it not know already."""
    if alert_id in state.noted:
        return state
    draft = state.copy()
    situations.note(draft, (Waiting(alert_id, alert),), at)
    draft.told.setdefault(alert.key, Told(alert_id, at))
    judgement = Judgement(_SEND, (alert_id,), alert, "told in an earlier life")
    return told(draft, judgement, at, channel="")


def _judge_one(this: Round, item: Waiting) -> None:
    for rule in _RULES:
        judgement = rule(this, item)
        if judgement is not None:
            if judgement.verdict is _DROP:
                _dropped(this.state, item)
            this.found.append(judgement)
            return
    if item.alert_id in this.done:
        return
    if item.alert.priority is Priority.NORMAL:
        this.batch.append(item)
    elif item.alert.priority is Priority.HIGH and row_for(item.alert.event_type).joins:
        this.groups.setdefault(item.alert.event_type, []).append(item)
    else:
        this.found.append(judged(this, _SEND, item, "at_once", "at once"))


def _stale(this: Round, item: Waiting) -> Judgement | None:
    if item.age_s <= STALE_S or item.alert.priority is Priority.EMERGENCY:
        return None
    owe(this, "expired", "", item)
    return judged(this, _DROP, item, "expired", "older than a day")


def _silenced(this: Round, item: Waiting) -> Judgement | None:
    silence = this.setting.people.silence_of(item.alert, this.at)
    if silence is None or any(one.delivered for one in situations.ended_by(this.state, item.alert_id)):
        # Who was told of a beginning is told of its end.
        return None
    if silence.maintenance:
        owe(this, "maintenance", str(silence.silence_id), item)
    return judged(this, _DROP, item, "silenced", f"{silence.name} by {silence.author}: {silence.comment}",
                   about=silence.name)  # fmt: skip


def _caused(this: Round, item: Waiting) -> Judgement | None:
    if item.alert.priority is Priority.EMERGENCY:
        return None
    cause = situations.cause_of(this.state, item, row_for(item.alert.event_type).caused_by, this.at)
    if cause is None:
        return None
    owe(this, "caused", cause.event_type, item)
    return judged(this, _DROP, item, "caused", f"follows from alert {cause.ids[0]} ({cause.event_type})",
                   about=str(cause.ids[0]))  # fmt: skip


def _flapping(this: Round, item: Waiting) -> Judgement | None:
    found = situations.flaps_of(this.state, item.alert, item.alert_id)
    if found is None or item.alert.priority is Priority.EMERGENCY or found[1].announced == item.alert_id:
        return None
    owe(this, "flapping", found[0], item)
    reason = f"flapping since alert {found[1].announced}"
    return judged(this, _DROP, item, "flapping", reason, about=str(found[1].announced))


def _duplicate(this: Round, item: Waiting) -> Judgement | None:
    memory, key = this.state.told, item.alert.key
    before = memory.get(key)
    if before is None:
        memory[key] = Told(item.alert_id, this.at)
    elif before.alert_id != item.alert_id:
        window = _window(item.alert)
        if (this.at - before.at < window or before.alert_id in this.here) and not _anew(this, item, before):
            memory[key] = replace(before, repeats=before.repeats + 1)
            reason = f"duplicate of alert {before.alert_id} within {window:.0f} s"
            return judged(this, _DROP, item, "duplicate", reason, about=str(before.alert_id))
        del memory[key]
        memory[key] = Told(item.alert_id, this.at, carried=before.repeats)
    return None


def _anew(this: Round, item: Waiting, before: Told) -> bool:
    """Tell whether an emergency began again after what ``before`` told of had ended."""
    one = situations.of_alert(this.state, item.alert_id)
    return one is not None and one.alert is not None and 0 < before.alert_id < one.ids[0]


def _low(this: Round, item: Waiting) -> Judgement | None:
    if item.alert.priority is not Priority.LOW:
        return None
    if row_for(item.alert.event_type).delivery is not Delivery.CLOSING:
        return judged(this, _DROP, item, "low", "low priority is only logged")
    ended = situations.ended_by(this.state, item.alert_id)
    if any(one.delivered for one in ended):
        return judged(this, _SEND, item, "closing", "closes a delivered outage")
    if ended:
        return judged(this, _WAIT, item, "closing_waits", "its outage is not delivered yet", wait_s=1.0)
    return judged(this, _DROP, item, "closing_unasked", "no outage was delivered")


def _quiet(this: Round, item: Waiting) -> Judgement | None:
    if not item.durable:
        return None
    start = told_from(item.alert, this.raised(item), this.setting.calendar)
    if this.now.wall >= start:
        return None
    wait_s = (start - this.now.wall).total_seconds()
    return judged(this, _WAIT, item, "quiet_hours", f"outside market hours, told from {start:%Y-%m-%d %H:%M} UTC",
                   about=start.isoformat(), wait_s=wait_s)  # fmt: skip


def _late(this: Round, item: Waiting) -> Judgement | None:
    one = situations.of_alert(this.state, item.alert_id)
    ending = this.here.get(one.ended_by) if one is not None and not one.delivered else None
    if ending is None or item.age_s < LATE_S or item.alert.priority is Priority.EMERGENCY:
        return None
    # One ending may end several openings; it goes with the first that is told late.
    ids = (item.alert_id,) if ending.alert_id in this.done else (item.alert_id, ending.alert_id)
    if len(ids) > 1:
        this.found = [found for found in this.found if ending.alert_id not in found.alert_ids]
    this.done[ending.alert_id] = True
    alert = messages.came_and_went(item.alert, ending.alert, this.raised(item), this.raised(ending), item.age_s)
    return Judgement(_SEND, ids, alert, "it began and ended before it could be told", code="late", kind=Kind.LATE)


_RULES: tuple[Callable[[Round, Waiting], Judgement | None], ...] = (
    _stale, _silenced, _caused, consequence_of, _flapping, _duplicate, _low, _quiet, _late,
)  # fmt: skip
"""In this order: what must not be told never marks its key as told."""


def _close_groups(this: Round) -> None:
    for cause, items in this.groups.items():
        rest_s = GROUP_S - (this.at - this.state.groups.get(cause, -GROUP_S))
        if rest_s > 0:
            for item in items:
                this.found.append(
                    judged(this, _WAIT, item, "group", "joined with equal causes of ten seconds", wait_s=rest_s)
                )
        elif len(items) == 1:
            this.found.append(judged(this, _SEND, items[0], "at_once", "at once"))
        else:
            alerts = tuple(reported(this, item) for item in items)
            title = f"⚠️ 같은 알림 {len(items)}건"
            joined = messages.headed(title, alerts, Priority.HIGH, cause)
            ids = tuple(item.alert_id for item in items)
            this.found.append(Judgement(_SEND, ids, joined, "equal causes", code="group", kind=Kind.GROUP))


def _batched(this: Round) -> Judgement:
    ids = tuple(item.alert_id for item in this.batch)
    alerts = tuple(reported(this, item) for item in this.batch)
    since = this.state.batch_at
    rest_s = BATCH_S - (this.at - since) if since is not None else 0.0
    if rest_s > 0:
        joined = messages.join(alerts)
        return Judgement(_WAIT, ids, joined, "joined with others of five minutes", rest_s, "batch", kind=Kind.BATCH)
    held = any(told_from(one.alert, this.raised(one), this.setting.calendar) > this.raised(one) for one in this.batch)
    if held and len(ids) > 1:
        digest = messages.headed(f"🌅 장 시간 밖의 알림 {len(ids)}건", alerts, Priority.NORMAL, "batch")
        return Judgement(_SEND, ids, digest, "digest of the quiet hours", code="digest", kind=Kind.DIGEST)
    reason = "first of a quiet period" if len(ids) == 1 else "joined"
    return Judgement(_SEND, ids, messages.join(alerts), reason, code="batch", kind=Kind.BATCH)


def _dropped(state: State, item: Waiting) -> None:
    # What nobody was told of must not silence the next equal alert, nor must its end be waited for.
    entry = state.told.get(item.alert.key)
    if entry is not None and entry.alert_id == item.alert_id:
        del state.told[item.alert.key]
    one = situations.of_alert(state, item.alert_id)
    if one is not None and len(one.ids) == 1 and not one.delivered:
        one.untold = True
    _closed(state, (item.alert_id,))


def _closed(state: State, alert_ids: tuple[int, ...]) -> None:
    state.open = {name: one for name, one in state.open.items() if one.ended_by not in alert_ids}


def _forget(state: State, now: float) -> None:
    # All are in the order of time, so what goes is at the front.
    while state.told and (len(state.told) > MEMORY or now - next(iter(state.told.values())).at >= DAY_S):
        del state.told[next(iter(state.told))]
    while len(state.noted) > MEMORY:
        del state.noted[next(iter(state.noted))]
    situations.forget(state, now, DAY_S)


def _window(alert: Alert) -> float:
    return DAY_S if alert.event_type in ONCE_A_DAY else DUPLICATE_S


def _urgency(item: Waiting) -> tuple[int, int]:
    return _ORDER[item.alert.priority], item.alert_id
