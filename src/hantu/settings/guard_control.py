"""From settings to the guard's control socket: what it answers and whom it calls."""

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, Protocol

from hantu.__about__ import __version__
from hantu.adapters.clock import FollowedClock, SystemClock
from hantu.adapters.store.offline import record_operation
from hantu.alerting.rules import operations_alert
from hantu.domain.alert import Alert
from hantu.domain.commands import SetKill
from hantu.domain.errors import UsageError
from hantu.runtime.control import Call, Control
from hantu.runtime.dispatcher import Dispatcher
from hantu.runtime.guard import Guard
from hantu.runtime.kill_wish import KillDesk
from hantu.runtime.status import status
from hantu.settings.model import Settings
from hantu.telemetry import Logs, get_logger

ControlLog = get_logger(__name__, "system")


class Desk(Protocol):
    """A part of the guard that people and programs may call."""

    @property
    def calls(self) -> Mapping[str, Call]: ...


TOLD_FOR_OTHERS = ("strategy_restarted", "strategy_given_up", "sign_in_locked", "recovery_code_used")
"""What the jobs process and the server may have told."""
DETAIL_MAX = 600


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


def tell_call(post: Callable[[Alert], None]) -> Call:
    """Return the command by which processes beside the guard have people told, of their own events only."""

    async def tell(args: dict[str, Any], _client: str) -> dict[str, Any]:
        event_type = str(args.get("event_type", ""))
        if event_type not in TOLD_FOR_OTHERS:
            raise UsageError(f"알릴 수 없는 일입니다: {event_type}", next_step=", ".join(TOLD_FOR_OTHERS))
        post(operations_alert(event_type, str(args.get("detail", ""))[:DETAIL_MAX], key=str(args.get("key", ""))))
        return {"event_type": event_type}

    return tell


def all_calls(office: Desk | None, health: Desk | None, post: Callable[[Alert], None]) -> dict[str, Call]:
    """Return every command that the guard's offices take by the control socket."""
    told = {**office.calls, "tell": tell_call(post)} if office is not None else {}
    return {**told, **(health.calls if health is not None else {})}


def _said(done: "asyncio.Future[None]") -> None:
    if not done.cancelled() and done.exception() is not None:
        ControlLog.error("거절된 해제를 감사 기록에 남기지 못했습니다: %s", done.exception())
