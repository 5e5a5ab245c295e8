"""The records and the guard as the jobs process uses them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hantu.adapters.guard_link import GuardLink
from hantu.adapters.kill_file import read_kill_file
from hantu.adapters.notify.last_word import close
from hantu.adapters.store.approvals import propose
from hantu.adapters.store.offline import record_operation
from hantu.adapters.store.strategy_rows import read_fills, read_strategy_rows
from hantu.alerting.rules import operations_alert
from hantu.domain.account import Side
from hantu.domain.approval import OrderTerms
from hantu.domain.commands import KillLevel
from hantu.domain.errors import HantuError
from hantu.domain.instant import Instant
from hantu.domain.session import trading_date
from hantu.engine.switch import STRICTNESS
from hantu.settings.channels import notifiers_of
from hantu.settings.model import Settings
from hantu.strategies.records import Snapshot, Told
from hantu.strategies.sdk import Fill, Holding, Proposal, Watch
from hantu.telemetry import get_logger

StrategyLog = get_logger(__name__, "strategy")
GUARD_WAIT_S = 2.0
SEND_S = 5.0
"""Real seconds a channel may take where no guard tells people."""
STATE_AGE_S = 2.0
"""The guard is asked for its state at most this often."""


class StrategyRecords:
    """Implements ``strategies.records.Records`` for one account."""

    def __init__(self, settings: Settings, market: Callable[[], Instant], mono: Callable[[], float]) -> None:
        self._settings = settings
        self._owner = (settings.environment, settings.account.alias)
        self._market = market
        self._mono = mono
        self._state = ""
        self._asked = float("-inf")

    def snapshot(self, approvals: Sequence[str]) -> Snapshot:
        """Read what strategies look at; raises BrokenError."""
        rows = read_strategy_rows(self._settings.database, *self._owner, trading_date(self._market().wall), approvals)
        kill = KillLevel(rows.kill)
        file = read_kill_file(self._settings.kill_file)
        if file is not None:
            kill = max(kill, file.level, key=STRICTNESS.__getitem__)
        return Snapshot(
            kill.value,
            tuple(Watch(one.symbol, one.name, one.score, one.support_price) for one in rows.watchlist),
            tuple(Holding(*one) for one in rows.holdings),
            rows.statuses,
            rows.newest_fill,
            rows.records,
        )

    def fills_after(self, number: int) -> tuple[Fill, ...]:
        """Return the next fills; raises BrokenError."""
        rows = read_fills(self._settings.database, self._settings.account.alias, number)
        return tuple(
            Fill(row.number, row.symbol, row.side, row.quantity, row.price, row.filled_at, row.approval_id)
            for row in rows
        )

    def file(self, proposal: Proposal, strategy: str) -> None:
        """Put a proposal before people, once; raises BrokenError and UsageError."""
        terms = OrderTerms(
            *self._owner, proposal.symbol, Side(proposal.side), proposal.quantity, proposal.low, proposal.high
        )
        propose(
            self._settings.database, proposal.key, terms, actor=f"strategy:{strategy}", note=proposal.reason,
            valid_s=self._settings.strategies.proposal_s, once=True,
        )  # fmt: skip

    def audit(self, operation: str, details: Mapping[str, object], actor: str) -> None:
        """File who did what; raises BrokenError."""
        record_operation(self._settings.database, operation, details, actor=actor)

    async def guard_state(self) -> str:
        """Return the guard's state word; empty where no guard answers."""
        if self._mono() - self._asked >= STATE_AGE_S:
            self._asked = self._mono()
            answer = await self._ask("status", {})
            self._state = str(answer.get("session_state", "")) if answer is not None else ""
        return self._state

    async def tell(self, event_type: str, detail: str, key: str, *, told: bool) -> Told:
        """Have the guard record it and tell people; without one, tell them directly unless they were told."""
        answer = await self._ask("tell", {"event_type": event_type, "detail": detail, "subject": key})
        if answer is not None:
            return Told.RECORDED if answer.get("recorded") else Told.DIRECTLY
        if told:
            return Told.NOT
        notifier = notifiers_of(self._settings)[0]
        try:
            async with asyncio.timeout(SEND_S):
                await notifier.send(operations_alert(event_type, detail, key=f"{event_type}:{key}"))
        except (HantuError, TimeoutError) as error:
            StrategyLog.error("감시가 없고 직접 알리지도 못함, 다음 점검에 다시: %s", error)
            return Told.NOT
        finally:
            await close(notifier)
        return Told.DIRECTLY

    async def _ask(self, command: str, args: Mapping[str, Any]) -> dict[str, Any] | None:
        """Ask the guard's control socket; None where nobody answers in time."""
        link = GuardLink(self._settings.socket, "jobs", timeout_s=GUARD_WAIT_S)
        try:
            return dict(await asyncio.to_thread(link.request, command, **args))
        except (HantuError, ValueError):
            # No guard, or one that has other worries.
            return None
