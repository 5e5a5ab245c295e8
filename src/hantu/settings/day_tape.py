"""From settings to the tape of a trading day."""

import os
import socket
from collections.abc import Callable

from hantu.__about__ import __version__
from hantu.adapters.tape.folder import Retention
from hantu.adapters.tape.header import Origin, build_hash
from hantu.kis.environment import KisEnvironment
from hantu.ports import Tape
from hantu.settings.model import Settings


def day_tape(
    settings: Settings,
    environment: KisEnvironment,
    make: Callable[..., Tape] | None,
    troubles: list[Callable[[str], object]],
) -> Tape | None:
    """Return where handled inputs are kept, if anywhere; ``troubles`` are told when that ends."""
    if make is None or not settings.tape.enabled:
        return None
    keys, kept = environment.credentials, settings.tape
    return make(
        settings.tape_dir, Origin(__version__, build_hash(), f"{socket.gethostname()}:{os.getpid()}"),
        retention=Retention(kept.keep_days, kept.max_mb * 1_000_000),
        private={keys.account: "(account)", keys.account_no: "(account)", keys.hts_id: "(hts id)"},
        on_trouble=lambda reason: [tell(reason) for tell in troubles],
    )  # fmt: skip
