"""What has begun and not ended: openings, endings, flapping, and what follows from what.

A situation is an event type and, where it has one, a stock. Rows of the catalogue say
which types end it (``ends``) and what is not told while it lasts (``caused_by``).
"""

from collections.abc import Iterable

from hantu.alerting.catalogue import Delivery
from hantu.alerting.judgement import Waiting, row_for
from hantu.alerting.rows import CATALOGUE
from hantu.alerting.silences import People
from hantu.alerting.state import LISTED, SITUATIONS, Flaps, Situation, State
from hantu.domain.alert import Alert, Priority

FLAP_WINDOW_S = 600.0
FLAP_CHANGES = 6
"""Begins and ends within the window from which the next begin counts as flapping."""
FLAP_CALM_S = 300.0
"""Without a change for this long it is stable again."""
CAUSE_S = 3_600.0
"""A cause that nobody ended stops muting its consequences after this time."""
PERSON = -1
"""In ``ended_by``: a person said it is over."""
ENDABLE = frozenset(name for row in CATALOGUE.values() for name in row.ends)
CAUSES = frozenset(
    name
    for row in CATALOGUE.values()
    for names in (row.caused_by, *(one.causes for one in row.consequences))
    for name in names
)


def note(state: State, items: Iterable[Waiting], now: float) -> None:
    """Take in, once each and in the order of events, what new alerts begin and end."""
    for item in sorted(items, key=lambda one: (-one.age_s, abs(one.alert_id))):
        if item.alert_id in state.noted:
            continue
        state.noted[item.alert_id] = now
        _end(state, item, now)
        _begin(state, item, now)


def heed(state: State, people: People) -> None:
    """End the situations of which a person said that they are over."""
    for one in state.open.values():
        if any(ack.done and ack.key in one.keys and one.since <= ack.at for ack in people.acks) and not one.ended_by:
            one.ended_by = PERSON


def ended_by(state: State, alert_id: int) -> tuple[Situation, ...]:
    """Return the situations one alert ended whose beginning was not withheld on purpose."""
    return tuple(one for one in state.open.values() if one.ended_by == alert_id and not one.untold)


def of_alert(state: State, alert_id: int) -> Situation | None:
    """Return the situation an alert opened or confirmed."""
    return next((one for one in state.open.values() if alert_id in one.ids), None)


def cause_of(state: State, item: Waiting, causes: tuple[str, ...], now: float) -> Situation | None:
    """Return what lasts, began before ``item`` and is one of ``causes``, types of events."""
    for one in state.open.values():
        lasts = not one.ended_by and now - one.since < CAUSE_S
        if one.event_type in causes and lasts and _before(one.ids[0], item.alert_id):
            return one
    return None


def lasts(state: State, event_type: str, now: float) -> bool:
    """Tell whether a cause of that type still mutes its consequences."""
    return any(
        one.event_type == event_type and not one.ended_by and now - one.since < CAUSE_S for one in state.open.values()
    )


def flaps_of(state: State, alert: Alert, alert_id: int) -> tuple[str, Flaps] | None:
    """Return the flapping an alert belongs to, by its own situation or by the one it ends."""
    names = [_name(alert.event_type, alert.symbol)]
    if row_for(alert.event_type).delivery is Delivery.CLOSING:
        names += [_name(one.event_type, one.symbol) for one in state.open.values() if one.ended_by == alert_id]
    for name in names:
        found = state.flaps.get(name)
        if found is not None and found.flapping:
            return name, found
    return None


def calm_down(state: State, now: float) -> None:
    """End flapping that has been quiet for long enough, and forget old changes."""
    for name, one in list(state.flaps.items()):
        one.changes = tuple(at for at in one.changes if now - at < FLAP_WINDOW_S)
        if one.flapping and now - max((one.flapping, *one.changes)) >= FLAP_CALM_S:
            one.flapping, one.changes = 0.0, ()
        if not one.flapping and not one.changes:
            del state.flaps[name]


def forget(state: State, now: float, day_s: float) -> None:
    """Drop what ended long ago, and the oldest when there are too many."""
    for name, one in list(state.open.items()):
        over = bool(one.ended_by) or one.alert is None
        if over and now - one.since >= day_s:
            del state.open[name]
    while len(state.open) > SITUATIONS:
        first = next((name for name, one in state.open.items() if one.ended_by or one.alert is None), "")
        del state.open[first or next(iter(state.open))]


def _begin(state: State, item: Waiting, now: float) -> None:
    alert = item.alert
    emergency = alert.priority is Priority.EMERGENCY
    if not emergency and alert.event_type not in ENDABLE and alert.event_type not in CAUSES:
        return
    kept = alert if emergency else None
    lasting = [one for one in state.open.values() if not one.ended_by and _same(one, alert)]
    for one in lasting:
        if emergency:
            one.ids = (one.ids[0], *(*one.ids[1:], item.alert_id)[1 - LISTED :])
            one.keys = (*(key for key in one.keys if key != alert.key), alert.key)[-LISTED:]
            one.count, one.alert, one.untold = one.count + 1, kept, False
            return
    name = f"{_name(alert.event_type, alert.symbol)}#{item.alert_id}"
    state.open[name] = Situation((item.alert_id,), alert.event_type, alert.symbol, now, (alert.key,), kept)
    if not emergency and not lasting and alert.event_type in ENDABLE:
        _changed(state, alert, item.alert_id, now)


def _end(state: State, item: Waiting, now: float) -> None:
    ends = row_for(item.alert.event_type).ends
    for one in state.open.values():
        same = one.symbol == item.alert.symbol or not one.symbol or not item.alert.symbol
        if one.event_type in ends and same and not one.ended_by and _before(one.ids[0], item.alert_id):
            one.ended_by = item.alert_id
            if one.alert is not None:
                # Should it begin anew, people believe it is over: that is no duplicate.
                for key in one.keys:
                    state.told.pop(key, None)
            flaps = state.flaps.get(_name(one.event_type, one.symbol))
            if flaps is not None:
                flaps.changes = (*flaps.changes, now)


def _changed(state: State, alert: Alert, alert_id: int, now: float) -> None:
    name = _name(alert.event_type, alert.symbol)
    one = state.flaps.setdefault(name, Flaps())
    recent = tuple(at for at in one.changes if now - at < FLAP_WINDOW_S)
    if not one.flapping and len(recent) >= FLAP_CHANGES:
        one.flapping, one.announced = now, alert_id
    one.changes = (*recent, now)[-2 * FLAP_CHANGES :]


def _same(one: Situation, alert: Alert) -> bool:
    return (one.event_type, one.symbol) == (alert.event_type, alert.symbol)


def _before(opened: int, alert_id: int) -> bool:
    # Alerts without a record count down from -1 and are never older than what they are compared with.
    return opened < alert_id or alert_id < 0 or opened < 0


def _name(event_type: str, symbol: str) -> str:
    return f"{event_type}:{symbol}"
