"""A policy with its memory and a moving moment, so that tests read as a story."""

from datetime import UTC, datetime, timedelta

from hantu.alerting import policy
from hantu.alerting.judgement import Setting
from hantu.alerting.state import State, dumping, loaded
from hantu.domain.instant import Instant

START = datetime(2026, 11, 23, 0, 12, 31, tzinfo=UTC)
"""09:12:31 in Seoul, a Monday."""


def dumped(state):
    """Return the whole text of a state at once."""
    *_, text = whole(dumping(state))
    return text


def whole(steps):
    """Yield every step of work that stops now and then, and at last what it returns."""
    yield (yield from steps)


class Policy:
    """Calls the pure functions and keeps what they return; every state goes through its text."""

    def __init__(self, setting=None, start=START):
        self.setting = setting or Setting()
        self.start = start
        self.state = State()

    def instant(self, now):
        return Instant(self.start + timedelta(seconds=now), now)

    def judge(self, waiting, now):
        self.state, judgements = policy.judge(self.state, waiting, self.instant(now), self.setting)
        return judgements

    def told(self, judgement, now):
        self.state = policy.told(self.state, judgement, now)

    def given_up(self, judgement):
        self.state = policy.given_up(self.state, judgement)

    def restart(self, now):
        text = dumped(self.state)
        before, self.state = self.state, loaded(text, now)
        assert self.state == before
