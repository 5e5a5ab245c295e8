"""How a job changes: small steps on its record, each told what it needs."""

from collections.abc import Mapping

from hantu.strategies.job import Filed, Job
from hantu.strategies.protocol import Decided, Done, Filled, Step, Timer
from hantu.strategies.sdk import Proposal
from hantu.strategies.supervision import JobState

GONE = frozenset({"denied", "expired", "used", "void"})
"""A proposal that is so is over."""
HOUR_S = 3_600.0


def became(job: Job, state: JobState, reason: str, by: str, at: str) -> None:
    job.state, job.reason, job.by, job.changed_at = state, reason, by, at


def set_status(job: Job, key: str, status: str) -> None:
    for filed in job.proposals:
        if filed.proposal.key == key:
            filed.status = status
    job.proposals = [one for one in job.proposals if not (one.proposal.key == key and status in GONE)]


def void(job: Job, reasons: Mapping[str, str]) -> None:
    """Mark proposals that are never filed; their strategy is told, and then they go."""
    for filed in job.proposals:
        if filed.proposal.key in reasons:
            filed.status, filed.reason = "void", reasons[filed.proposal.key]


def words(one: Proposal) -> str:
    return f"{one.key} {one.side} {one.symbol} {one.quantity}주 {one.low:,}~{one.high:,}원 ({one.reason})"


def room(job: Job, per_hour: int, now_s: float) -> int:
    """Return how many more proposals the hour before ``now_s`` (seconds since 1970) allows."""
    return max(0, per_hour - sum(at > now_s - HOUR_S for at in job.proposed_at))


def stepped(job: Job, done: Done, step: Step, records: str, left: int, now_s: float) -> None:
    """Take one answered step into the record: journal, state, and the first ``left`` wishes; the rest are void."""
    job.journal.step = done.number
    job.counter = max(job.counter, done.counter)
    if done.state is not None:
        job.kept = done.state
    if isinstance(step, Filled):
        job.journal.fill, job.journal.records = step.fill.number, records
    elif isinstance(step, Timer):
        job.journal.timer = step.slot
    elif isinstance(step, Decided):
        set_status(job, step.decision.proposal, step.decision.status)
    job.proposed_at = [at for at in job.proposed_at if at > now_s - HOUR_S] + [now_s] * len(done.wishes[:left])
    job.proposals += [Filed(wish) for wish in done.wishes[:left]]
    job.proposals += [Filed(wish, "void", "limit") for wish in done.wishes[left:]]
