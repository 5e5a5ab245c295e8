"""From settings to the guard's control socket: what it answers and whom it calls."""

import os
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from hantu.__about__ import __version__
from hantu.adapters.clock import FollowedClock, SystemClock
from hantu.runtime.control import Control
from hantu.runtime.dispatcher import Dispatcher
from hantu.runtime.guard import Guard
from hantu.runtime.kill_wish import KillDesk
from hantu.runtime.status import status
from hantu.settings.model import Settings
from hantu.telemetry import Logs


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

    return make(
        settings.socket,
        deliver=guard.deliver,
        status=state,
        set_level=logs.set_level,
        shutdown=lambda actor: guard.end(f"shutdown by {actor}"),
        kill=KillDesk(guard.engine, guard.deliver, real=settings.environment == "real").ask,
        objection=lambda wish: guard.engine.objection(wish, clock.now()),
    )
