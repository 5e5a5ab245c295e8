"""One round of the policy: what waits, what is known, and what has been found so far."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hantu.alerting import messages, situations
from hantu.alerting.judgement import Judgement, Setting, Verdict, Waiting
from hantu.alerting.state import State
from hantu.domain.alert import Alert
from hantu.domain.instant import Instant


@dataclass(slots=True)
class Round:
    """One judgement of everything that waits."""

    state: State
    now: Instant
    setting: Setting
    here: dict[int, Waiting]
    found: list[Judgement] = field(default_factory=list)
    batch: list[Waiting] = field(default_factory=list)
    groups: dict[str, list[Waiting]] = field(default_factory=dict)
    done: dict[int, bool] = field(default_factory=dict)
    """Alerts that became part of another's message."""

    @property
    def at(self) -> float:
        """The present on the axis of the state."""
        return self.now.mono

    def wall(self, at: float) -> datetime:
        """Return the calendar's time of a moment of the state."""
        return self.now.wall - timedelta(seconds=self.at - at)

    def raised(self, item: Waiting) -> datetime:
        """Return when the event of an alert was."""
        return self.now.wall - timedelta(seconds=item.age_s)


def judged(
    this: Round, verdict: Verdict, item: Waiting, code: str, reason: str, *, about: str = "", wait_s: float = 0.0
) -> Judgement:
    """Return the verdict on one alert, with its counts in the text."""
    alert = reported(this, item)
    if verdict is Verdict.SEND:
        found = situations.flaps_of(this.state, item.alert, item.alert_id)
        if found is not None and found[1].announced == item.alert_id:
            alert = messages.noted(alert, "(짧은 시간에 되풀이됨 - 안정될 때까지 세기만 합니다)")
    return Judgement(verdict, (item.alert_id,), alert, reason, wait_s, code, about)


def reported(this: Round, item: Waiting) -> Alert:
    """Return an alert that says how many equal ones it stands for."""
    entry = this.state.told.get(item.alert.key)
    if entry is None or entry.alert_id != item.alert_id:
        return item.alert
    return messages.counted(item.alert, entry.carried + entry.repeats)
