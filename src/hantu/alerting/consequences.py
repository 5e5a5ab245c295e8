"""What an outage breaks beside itself is told only if it stays broken when the outage is over.

A consequence is the state of a part (``rest`` in ``health_changed:rest:down``). Rows of the catalogue
say which parts follow from what (``Row.consequences``). Its news waits in the outbox while the cause lasts and
``GRACE_S`` longer; what is over by then is on record and not told, what stays is told.
Only what is seen after its cause can wait for it: nothing is held back on a guess.
"""

from hantu.alerting import situations
from hantu.alerting.catalogue import Consequence
from hantu.alerting.judgement import Judgement, Verdict, Waiting, row_for
from hantu.alerting.round import Round, judged
from hantu.alerting.state import LISTED, Held, Situation, State
from hantu.domain.alert import Alert, Priority

GRACE_S = 60.0
"""Real seconds a part has to get well again after its cause has ended: two looks and some."""
_SOUND = frozenset({"ok", "not_expected"})


def consequence_of(this: Round, item: Waiting) -> Judgement | None:
    """Hold back or drop the news of a part that follows from a lasting cause; None to judge it as any other."""
    wanted = _wanted(item.alert)
    if wanted is None or item.alert.priority is Priority.EMERGENCY:
        return None
    name = f"{item.alert.event_type}:{wanted.part}"
    held = this.state.held.get(name)
    cause = _cause(this, item, wanted)
    if held is None or not _belongs(held, item):
        if cause is None or _is_sound(item.alert):
            return None
        held = Held(cause.ids[0], cause.event_type, ())
    if item.alert_id not in held.ids:
        if _is_sound(item.alert) and _known_ill(this.state, name):
            # Who was told of trouble before the outage is told of its end; what was held is over with it.
            held.over = item.alert_id
            return None
        held.ids = (*held.ids, item.alert_id)[-LISTED:]
        held.over = item.alert_id if _is_sound(item.alert) else held.over
    this.state.held[name] = held
    if held.over or item.alert_id != held.ids[-1]:
        return judged(this, Verdict.DROP, item, "consequence_over", f"began and ended with alert {held.cause}",
                      about=str(held.cause))  # fmt: skip
    return _held(this, item, name, held, lasts=cause is not None)


def _held(this: Round, item: Waiting, name: str, held: Held, *, lasts: bool) -> Judgement | None:
    held.freed = 0.0 if lasts else held.freed or this.at
    left = GRACE_S * this.setting.pace - (this.at - held.freed)
    if not lasts and left <= 0:
        del this.state.held[name]
        return None
    return judged(this, Verdict.WAIT, item, "consequence", f"follows from alert {held.cause} ({held.event_type})",
                  about=str(held.cause), wait_s=0.0 if lasts else left)  # fmt: skip


def _belongs(held: Held, item: Waiting) -> bool:
    return item.alert_id in held.ids or (not held.over and held.ids[-1] < item.alert_id)


def _cause(this: Round, item: Waiting, wanted: Consequence) -> Situation | None:
    cause = situations.cause_of(this.state, item, wanted.causes, this.at)
    if cause is None or this.at - item.age_s - cause.since > wanted.within_s * this.setting.pace:
        return None
    return cause


def _wanted(alert: Alert) -> Consequence | None:
    part = _piece(alert.key, 1)
    return next((one for one in row_for(alert.event_type).consequences if one.part == part), None)


def _is_sound(alert: Alert) -> bool:
    return _piece(alert.key, 2) in _SOUND


def _known_ill(state: State, name: str) -> bool:
    """Tell whether the last thing people were told of a part is that it is in trouble."""
    last = next((key for key in reversed(state.told) if key.startswith(f"{name}:")), "")
    return bool(last) and _piece(last, 2) not in _SOUND


def _piece(key: str, place: int) -> str:
    return (*key.split(":"), "", "")[place]
