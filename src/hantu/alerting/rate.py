"""How many messages one channel gets: a bucket that refills; emergencies are not counted against it."""

from hantu.alerting import messages
from hantu.alerting.judgement import Judgement, Kind, Verdict
from hantu.alerting.round import Round
from hantu.alerting.state import Bucket, State
from hantu.domain.alert import Priority

RATE_BURST = 60.0
"""Messages one channel may get in a row …"""
RATE_PER_S = 0.5
"""… and then per real second; emergencies are not counted against it."""


def take(state: State, judgement: Judgement, now: float, channel: str) -> None:
    """Count a message that ``channel`` has accepted."""
    bucket = state.buckets.setdefault(channel, Bucket(RATE_BURST, now))
    if judgement.alert.priority is not Priority.EMERGENCY:
        bucket.tokens, bucket.held = max(0.0, bucket.tokens - 1.0), False


def within_rate(this: Round) -> tuple[Judgement, ...]:
    """Hold back what the main channel may not get yet; what was held back becomes one message."""
    bucket = this.state.buckets.setdefault(this.setting.channels.main, Bucket(RATE_BURST, this.at))
    per_s = RATE_PER_S / this.setting.pace
    bucket.tokens = min(RATE_BURST, bucket.tokens + max(0.0, this.at - bucket.at) * per_s)
    bucket.at = this.at
    bound = [one for one in this.found if _is_bound(one)]
    if bound and bucket.tokens < 1.0:
        bucket.held = True
        wait_s = (1.0 - bucket.tokens) / per_s
        return tuple(_held_back(one, wait_s) if _is_bound(one) else one for one in this.found)
    singles = [one for one in bound if one.kind is Kind.SINGLE]
    if not bucket.held or len(singles) < 2:
        return tuple(this.found)
    ids = tuple(alert_id for one in singles for alert_id in one.alert_ids)
    title = f"📦 한꺼번에 전하는 알림 {len(singles)}건"
    joined = messages.headed(title, tuple(one.alert for one in singles), Priority.HIGH, "batch")
    held = Judgement(Verdict.SEND, ids, joined, "held back by the rate of the channel", code="held", kind=Kind.HELD)
    first = [one for one in this.found if not _is_bound(one)]
    return (*first, held, *(one for one in bound if one.kind is not Kind.SINGLE))


def _is_bound(one: Judgement) -> bool:
    return one.verdict is Verdict.SEND and one.alert.priority is not Priority.EMERGENCY


def _held_back(one: Judgement, wait_s: float) -> Judgement:
    return Judgement(Verdict.WAIT, one.alert_ids, one.alert, "the channel has had enough for now", wait_s, "rate",
                     one.about, one.kind)  # fmt: skip
