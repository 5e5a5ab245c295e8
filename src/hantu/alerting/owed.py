"""What is still owed to people: emergencies told again, and accounts of what was not told one by one."""

from hantu.alerting import messages, situations
from hantu.alerting.hours import told_from
from hantu.alerting.judgement import Judgement, Kind, Verdict, Waiting, row_for
from hantu.alerting.round import Round
from hantu.alerting.silences import Silence
from hantu.alerting.state import LISTED, Owed, Situation

REPEAT_S = 300.0
"""Real seconds between two messages of an emergency that lasts."""


def owe(this: Round, cause: str, about: str, item: Waiting) -> None:
    """Count an alert that is not told; ``cause`` and ``about`` name the account."""
    name = f"{cause}:{about}"
    one = this.state.owed.setdefault(name, Owed(cause, about, this.at))
    one.count += 1
    one.kinds[item.alert.event_type] = one.kinds.get(item.alert.event_type, 0) + 1
    one.keys = (*one.keys, item.alert.key)[:LISTED]


def repeats(this: Round) -> list[Judgement]:
    """Return the emergencies that last and nobody has acknowledged, as often as is due."""
    found = []
    for one in this.state.open.values():
        due = one.told_at + REPEAT_S * this.setting.pace
        if not _is_repeated(this, one) or this.at < due or one.alert is None:
            continue
        again = messages.repeated(one, one.alert, this.wall(one.since))
        reason = f"nobody has acknowledged it and it lasts, {one.repeats + 1} repeats"
        found.append(
            Judgement(Verdict.SEND, one.ids[-1:], again, reason, code="repeat", about=str(one.ids[0]), kind=Kind.REPEAT)
        )
    return found


def _is_repeated(this: Round, one: Situation) -> bool:
    if one.alert is None or not one.delivered or one.ended_by or not row_for(one.event_type).repeats:
        return False
    if one.ids[-1] < 0:
        # Not on record, so nobody could acknowledge it; who raised it raises it again while it lasts.
        return False
    silenced = this.setting.people.silence_of(one.alert, this.at)
    return silenced is None and this.setting.people.ack_of(one.keys, this.at) is None


def summaries(this: Round) -> list[Judgement]:
    """Return the accounts that are closed: the window is over, the cause has ended."""
    found = []
    active = [str(one.silence_id) for one in this.setting.people.silences if _runs(one, this.at)]
    for name, owed in this.state.owed.items():
        lasting = {
            "maintenance": owed.about in active,
            "caused": situations.lasts(this.state, owed.about, this.at),
            "flapping": owed.about in this.state.flaps and bool(this.state.flaps[owed.about].flapping),
        }
        since = this.wall(owed.since)
        alert = messages.summary(owed, since)
        if lasting.get(owed.cause, False) or this.now.wall < told_from(alert, since, this.setting.calendar):
            continue
        reason = f"{owed.count} alerts were not told one by one"
        found.append(Judgement(Verdict.SEND, (), alert, reason, code="summary", about=name, kind=Kind.SUMMARY))
    return found


def _runs(silence: Silence, now: float) -> bool:
    return silence.maintenance and now < silence.until
