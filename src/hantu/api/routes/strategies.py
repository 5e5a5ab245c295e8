"""Strategies and jobs, as whoever supervises them tells."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from hantu.api.models.acts import JobList, JobView, StrategyList, StrategyView
from hantu.api.models.shapes import Done
from hantu.api.routes.answer import Answer, Ident, Inside, Who


def strategies(house: Inside) -> StrategyList:
    """List the strategies under supervision."""
    found = [StrategyView.model_validate(row) for row in house.workshop.strategies()]
    return StrategyList(total_running=sum(one.state == "running" for one in found), strategies=found)


def strategy(strategy_id: Ident, house: Inside) -> StrategyView:
    """Show one strategy."""
    return StrategyView.model_validate(house.workshop.strategy(strategy_id))


def strategy_start(strategy_id: Ident, caller: Who, house: Inside) -> Done:
    """Start it, or let it go on after a suspension."""
    return Done(status="taken", message=house.workshop.act("strategy", strategy_id, "start", by=caller))


def strategy_stop(strategy_id: Ident, caller: Who, house: Inside) -> Done:
    """Suspend it: no signal until it is started again."""
    return Done(status="taken", message=house.workshop.act("strategy", strategy_id, "stop", by=caller))


def jobs(house: Inside) -> JobList:
    """List jobs."""
    found = [JobView.model_validate(row) for row in house.workshop.jobs()]
    many = Counter(one.state for one in found)
    return JobList(total=len(found), running=many["running"], paused=many["paused"], failed=many["failed"], items=found)


def job(job_id: Ident, house: Inside) -> JobView:
    """Show one job."""
    return JobView.model_validate(house.workshop.job(job_id))


def job_resume(job_id: Ident, caller: Who, house: Inside) -> Done:
    """Have a job go on where it was."""
    return Done(status="taken", message=house.workshop.act("job", job_id, "resume", by=caller))


def job_pause(job_id: Ident, caller: Who, house: Inside) -> Done:
    """Have a job wait."""
    return Done(status="taken", message=house.workshop.act("job", job_id, "pause", by=caller))


HANDLERS: Final[Mapping[str, Answer]] = {
    "strategies": Answer(strategies, StrategyList),
    "strategy": Answer(strategy, StrategyView),
    "strategy_start": Answer(strategy_start, Done),
    "strategy_stop": Answer(strategy_stop, Done),
    "jobs": Answer(jobs, JobList),
    "job": Answer(job, JobView),
    "job_resume": Answer(job_resume, Done),
    "job_pause": Answer(job_pause, Done),
}
