"""From settings to the guard's control socket: what it answers and whom it calls."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, Protocol

from hantu.__about__ import __version__
from hantu.adapters.clock import FollowedClock, SystemClock
from hantu.adapters.store.offline import record_operation
from hantu.alerting.rules import operations_alert
from hantu.domain import events as ev
from hantu.domain.alert import Alert
from hantu.domain.commands import SetKill
from hantu.domain.errors import HantuError, UsageError
from hantu.domain.events import Fact
from hantu.domain.instant import Instant
from hantu.ports import Clock
from hantu.runtime.control import Call, Control
from hantu.runtime.dispatcher import Dispatcher
from hantu.runtime.guard import Guard
from hantu.runtime.kill_wish import KillDesk
from hantu.runtime.status import status
from hantu.settings.model import Settings
from hantu.telemetry import Logs, get_logger

ControlLog = get_logger(__name__, "system")


Record = Callable[[tuple[Fact, ...], Instant], Awaitable[None]]
"""Puts facts on record, with the alerts they raise; raises HantuError."""


class Desk(Protocol):
    """A part of the guard that people and programs may call."""

    @property
    def calls(self) -> Mapping[str, Call]: ...


class Keeper(Desk, Protocol):
    """A desk that puts facts on record."""

    @property
    def record(self) -> Record: ...


COMPANIONS: Mapping[str, Callable[[str, str], Fact]] = {
    "strategy_restarted": ev.StrategyRestarted, "strategy_given_up": ev.StrategyGivenUp,
    "process_given_up": ev.ProcessGivenUp,
}  # fmt: skip
"""What processes beside the guard may have told, and the fact it is put on record as."""
TOLD_ONLY = ("sign_in_locked", "recovery_code_used", "passkey_added", "passkey_copied", "order_flow_paused")
"""What the server has written into the audit trail itself: people are told, and no fact of trading is made of it."""
SUBJECT_MAX, DETAIL_MAX = 80, 600


def control_socket(
    settings: Settings,
    clock: SystemClock | FollowedClock,
    logs: Logs,
    guard: Guard,
    dispatcher: Dispatcher,
    make: Callable[..., Control],
    health: Callable[[], dict[str, Any]] | None = None,
) -> Control:
    """Return the control socket of one life, not open yet; ``health`` is what its observer saw."""
    fixed = {
        "environment": settings.environment, "account": settings.account.alias, "mode": settings.guard.mode,
        "pid": os.getpid(), "version": __version__, "speed": clock.speed, "home": str(settings.home),
    }  # fmt: skip

    def state() -> dict[str, Any]:
        return {
            **status(guard.engine, guard.counts, clock.now(), fixed), "alerts": asdict(dispatcher.counts),
            **({"health": health()} if health is not None else {}),
        }  # fmt: skip

    def refused(wish: SetKill, why: str) -> None:
        details = {"reason": wish.reason, "level": wish.level, "obstacles": [why]}
        write = partial(record_operation, settings.database, "killswitch_release_refused", details, actor=wish.actor)
        task = asyncio.get_running_loop().run_in_executor(None, write)
        task.add_done_callback(_said)

    return make(
        settings.socket,
        deliver=guard.deliver,
        status=state,
        set_level=logs.set_level,
        shutdown=lambda actor: guard.end(f"shutdown by {actor}"),
        kill=KillDesk(guard.engine, guard.deliver, real=settings.environment == "real", on_refused=refused).ask,
        objection=lambda wish: guard.engine.objection(wish, clock.now()),
    )


def tell_call(record: Record, now: Callable[[], Instant], post: Callable[[Alert], None]) -> Call:
    """Return the command by which processes beside the guard have people told, of their own events only.

    What they say becomes a fact with its alert, so that it opens an incident where it is critical. Where
    the records do not take it people are told all the same, and the answer says that it is not on record.
    """

    async def tell(args: dict[str, Any], _client: str) -> dict[str, Any]:
        event_type = str(args.get("event_type", ""))
        if event_type in TOLD_ONLY:
            post(operations_alert(event_type, str(args.get("detail", ""))[:DETAIL_MAX], key=str(args.get("key", ""))))
            return {"event_type": event_type, "recorded": False}
        make = COMPANIONS.get(event_type)
        if make is None:
            raise UsageError(f"알릴 수 없는 일입니다: {event_type}", next_step=", ".join((*COMPANIONS, *TOLD_ONLY)))
        subject, detail = str(args.get("subject", ""))[:SUBJECT_MAX], str(args.get("detail", ""))[:DETAIL_MAX]
        try:
            await record((make(subject, detail),), now())
        except HantuError as error:
            ControlLog.error("%s 을(를) 기록하지 못함, 알리기만 함: %s", event_type, error)
            post(operations_alert(event_type, detail, key=f"{event_type}:{subject}"))
            return {"event_type": event_type, "recorded": False}
        return {"event_type": event_type, "recorded": True}

    return tell


def all_calls(
    office: Desk | None, health: Keeper | None, clock: Clock, post: Callable[[Alert], None]
) -> dict[str, Call]:
    """Return every command that the guard's offices take by the control socket."""
    calls: dict[str, Call] = {}
    for desk in (office, health):
        calls |= desk.calls if desk is not None else {}
    if health is not None:
        calls["tell"] = tell_call(health.record, clock.now, post)
    return calls


def _said(done: "asyncio.Future[None]") -> None:
    if not done.cancelled() and done.exception() is not None:
        ControlLog.error("거절된 해제를 감사 기록에 남기지 못했습니다: %s", done.exception())
