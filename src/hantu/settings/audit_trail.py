"""What a running guard does for the audit trail: changed settings at the start, signed heads, archives at the end.

Nothing here is on the way of an order, and no failure here ends the guard: it
is told to people instead.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from hantu.adapters.audit.anchors import Folder, message_lines, sign_head
from hantu.adapters.audit.archive import archive_due, remove_old
from hantu.adapters.audit.keys import Signer, signer
from hantu.adapters.store.config_rows import ConfigValue, record_config
from hantu.adapters.store.offline import record_operation
from hantu.adapters.store.timestamps import to_text
from hantu.alerting.rules import operations_alert
from hantu.domain.alert import Alert
from hantu.domain.errors import HantuError
from hantu.domain.session import trading_date
from hantu.ports import Clock
from hantu.settings.keys import KEYS
from hantu.settings.model import Settings
from hantu.settings.people import actor_of
from hantu.settings.secret import Secret
from hantu.telemetry import get_logger

AuditLog = get_logger(__name__, "system")
PRIVATE = frozenset({"kis.hts_id", "telegram.chat_id", "incidents.duty"})
"""Settings that name a person; recorded like secrets."""


@dataclass(slots=True)
class SignedHead:
    """The newest signed head, for the message of the day; empty before the first."""

    line: str = ""


class AuditTrail:
    """The audit trail of one life of a guard; ``tell`` sends an alert to people."""

    def __init__(
        self, settings: Settings, clock: Clock, tell: Callable[[Alert], None], newest: SignedHead | None = None
    ) -> None:
        self._newest = newest or SignedHead()
        self._settings = settings
        self._clock = clock
        self._tell = tell
        self._told = ""
        self._recorded: asyncio.Task[None] | None = None
        self._signing: asyncio.Task[None] | None = None

    def begin(self) -> "AuditTrail":
        """Start to record what changed in the configuration and to sign heads; the guard does not wait for it."""
        self._recorded = asyncio.create_task(self._guarded(self._record_settings), name="audit settings")
        self._signing = asyncio.create_task(self._keep_signing(self._recorded), name="audit heads")
        return self

    async def close(self) -> None:
        """Archive whole months and sign the last head, the row of the clean end included; never raises."""
        if self._signing is not None and self._recorded is not None:
            self._signing.cancel()
            ended = await asyncio.gather(self._recorded, self._signing, return_exceptions=True)
            for error in ended:
                if isinstance(error, Exception):
                    AuditLog.error("감사 기록 작업이 중간에 끝났습니다", exc_info=error)
        await self._guarded(lambda: archive(self._settings, self._clock))
        await self._guarded(self._sign)

    async def _keep_signing(self, recorded: "asyncio.Task[None]") -> None:
        await asyncio.shield(recorded)
        while True:
            await self._guarded(self._sign)
            await asyncio.sleep(self._settings.audit.anchor_every_s)

    async def _guarded(self, work: Callable[[], object]) -> None:
        try:
            await asyncio.to_thread(work)
        except (HantuError, OSError) as error:
            AuditLog.error("감사 기록 작업 실패: %s", error)
            if str(error) != self._told:
                # Once for each reason: a full disk must not flood people every minute.
                self._told = str(error)
                self._tell(operations_alert("health_degraded", f"감사 기록: {error}", key="audit"))

    def _record_settings(self) -> None:
        settings = self._settings
        key = signer(settings.audit_dir)
        changed = record_config(settings.database, config_values(settings, key), actor=actor_of(settings))
        if changed:
            AuditLog.info("설정 변경 %d건을 기록했습니다: %s", len(changed), ", ".join(changed))

    def _sign(self) -> None:
        settings = self._settings
        at = to_text(self._clock.now().wall)
        sign_head(settings.database, places(settings), signer(settings.audit_dir), at)
        self._newest.line = message_lines(places(settings)[0])


def places(settings: Settings) -> list[Folder]:
    """Return where signed heads are kept: the home, and outside it where that is set up."""
    outside = [Folder(settings.audit.anchor_dir)] if settings.audit.anchor_dir is not None else []
    return [Folder(settings.audit_dir), *outside]


def archive(settings: Settings, clock: Clock) -> tuple[str, ...]:
    """Archive the months that have ended, remove those past their time; return the new ones.

    Raises:
        HantuError: Records or folder cannot be used.
    """
    key, now = signer(settings.audit_dir), clock.now().wall
    today, at = trading_date(now), to_text(now)
    made = archive_due(settings.database, settings.archive_dir, settings.log_file.parent, key, today, at)
    for month in made:
        record_operation(settings.database, "archive_made", {"month": month}, actor="guard")
    for month in remove_old(settings.archive_dir, key, today, settings.audit.keep_years, at):
        record_operation(settings.database, "archive_removed", {"month": month}, actor="guard")
    return made


def config_values(settings: Settings, key: Signer) -> dict[str, ConfigValue]:
    """Return every effective setting as recorded: secrets and names of people as marks."""
    return {name: _value(name, settings, key) for name in KEYS}


def _value(name: str, settings: Settings, key: Signer) -> ConfigValue:
    found: Any = settings
    for part in name.split("."):
        found = getattr(found, part)
    if isinstance(found, Secret) or name in PRIVATE:
        text = found.text if isinstance(found, Secret) else str(found)
        return ConfigValue(key.mark_of(text) if text else "", secret=True)
    if isinstance(found, str):
        return ConfigValue(found)
    return ConfigValue(msgspec.json.encode(found, enc_hook=str).decode())
