"""Facts that other processes of this home have noticed and told the guard, which records them beside its own.

See ``hantu.domain.events`` for the rules all facts follow. ``detail`` is one Korean
sentence as people read it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StrategyRestarted:
    """The jobs process started a strategy again."""

    job_id: str
    detail: str


@dataclass(frozen=True, slots=True)
class StrategyGivenUp:
    """The jobs process starts a strategy no more."""

    job_id: str
    detail: str


@dataclass(frozen=True, slots=True)
class ProcessGivenUp:
    """Whoever looks after the processes of this home starts one of them no more."""

    process: str
    """server, notifier, jobs"""
    detail: str
