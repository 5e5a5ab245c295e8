"""From settings to everything around order tokens: key, desk, mandate, control address."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from hantu.adapters.clock import SystemClock
from hantu.adapters.store.approvals import ApprovalDesk, newest_mandate, save_mandate
from hantu.alerting.rules import operations_alert
from hantu.domain.alert import Alert
from hantu.domain.approval import Mandate
from hantu.domain.commands import KillLevel
from hantu.domain.errors import BrokenError, HantuError
from hantu.domain.instrument import Symbol
from hantu.domain.order_token import TokenKey
from hantu.engine.engine import Engine
from hantu.engine.inputs import Input, PricesRead
from hantu.ports import Broker, Clock
from hantu.runtime.control import Call
from hantu.runtime.mandate_watch import MandateWatch, judged
from hantu.runtime.order_desk import Answer, OrderDesk, Surroundings
from hantu.settings.checks import control_address
from hantu.settings.model import Settings
from hantu.settings.order_secret import rules_hash, token_key
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
AUTOMATIC = "practice (automatic)"
"""Who signed on the practice exchange, where nothing has to be prepared."""
MACHINE = SystemClock()
"""A practice market's wall clock may jump; a token's life is of the machine's."""
JTI_BYTES = 16
"""128 bits."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """What the office needs of the guard it belongs to."""

    engine: Engine
    broker: Broker
    clock: Clock
    deliver: Callable[[Input], None]
    kill: Callable[[], KillLevel]
    post: Callable[[Alert], None]
    announce: Callable[[str], None]


@dataclass(slots=True)
class OrderOffice:
    """Issues tokens, takes orders, keeps the mandate in view; one for each life of a guard."""

    settings: Settings
    key: TokenKey
    desk: OrderDesk
    watch: MandateWatch
    announce: Callable[[str], None]
    metrics: Callable[[], bytes] | None = None
    """The metrics page, shown beside the two calls where there is one."""
    _http: Any = None
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    @property
    def calls(self) -> Mapping[str, Call]:
        """Commands of the control socket."""
        return {
            "issue_token": lambda args, client: _call(self.desk.issue_token, args, client),
            "place_order": lambda args, client: _call(self.desk.place_order, args, client),
            "mandate": self._look,
        }

    async def open(self) -> None:
        """Begin: the mandate first, since the first price may ask for it.

        Raises:
            UsageError: The control address cannot be opened.
        """
        if self.settings.environment == "local" and await asyncio.to_thread(sign_for_practice, self.settings, self.key):
            self.announce("연습 거래소: 자동 매도 상시 승인을 스스로 서명했습니다 (실전·모의에서는 직접 서명합니다)")
        try:
            await self.watch.look()
            await self.desk.open()
        except BrokenError as error:
            SystemLog.error("승인 기록을 읽을 수 없음: %s", error)
        self._tasks.append(asyncio.create_task(self.watch.run(), name="mandate"))
        address = control_address(self.settings)
        if address is not None:
            # Only those who open the address pay for a web server in the guard's memory.
            from hantu.adapters.control_http import ControlHttp

            secret = self.settings.approvals.client_secret.reveal()
            self._http = ControlHttp(self.desk, address, secret, self.metrics)
            await self._http.open()

    async def close(self) -> None:
        """Take nothing more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    async def _look(self, _args: dict[str, Any], _client: str) -> dict[str, Any]:
        await self.watch.look()
        return {"ok": True}


def order_office(settings: Settings, around: Guarded) -> OrderOffice:
    """Return the office of one guard.

    Raises:
        UsageError: The signing secret is missing, empty or too short.
    """
    key = token_key(settings)
    approvals = ApprovalDesk(settings.database, settings.environment, settings.account.alias)
    desk = OrderDesk(
        key,
        settings.environment,
        settings.account.alias,
        approvals,
        Surroundings(
            deliver=around.deliver,
            kill=around.kill,
            epoch=lambda: around.engine.desk.epoch,
            now_s=_machine_s,
            draw=lambda: secrets.token_hex(JTI_BYTES),
            learn_price=lambda symbol: _learn_price(around, symbol),
            on_unavailable=lambda status: around.post(operations_alert("token_issue_failed", status)),
        ),
    )
    return OrderOffice(
        settings, key, desk, MandateWatch(key, rules_hash(settings), approvals, around.deliver), around.announce
    )


def new_mandate(settings: Settings, signer: str, limits: Mapping[str, int] | None = None) -> Mandate:
    """Return a standing approval of the exit rules as they are now, not signed yet."""
    return Mandate(
        f"M-{secrets.token_hex(8)}", signer, f"{MACHINE.now().wall:%Y-%m-%d %H:%M:%S.%f}", rules_hash(settings),
        settings.limits.max_order_quantity, tuple(sorted((limits or {}).items())),
    )  # fmt: skip


def sign_for_practice(settings: Settings, key: TokenKey) -> bool:
    """Sign a mandate where none holds and nobody has revoked one; tell whether it was needed."""
    owner = (settings.environment, settings.account.alias)
    row = newest_mandate(settings.database, *owner)
    found = judged(row, key, rules_hash(settings))
    if found.mandate is not None or found.reason == "revoked":
        return False
    mandate = new_mandate(settings, AUTOMATIC)
    save_mandate(settings.database, key.sign_mandate(mandate), mandate, *owner)
    return True


def _machine_s() -> float:
    return MACHINE.now().wall.timestamp()


async def _call(ask: Callable[[bytes, str], Awaitable[Answer]], args: dict[str, Any], client: str) -> dict[str, Any]:
    answer = await ask(msgspec.json.encode(args), client)
    return {**answer.body, "status": answer.status}


def _learn_price(around: Guarded, symbol: Symbol) -> "asyncio.Future[None] | None":
    return asyncio.ensure_future(_read_price(around, symbol))


async def _read_price(around: Guarded, symbol: Symbol) -> None:
    """Read a stock's price and limits: a purchase needs to know both, and they must be fresh."""
    asked = around.clock.now().mono
    try:
        prices = await around.broker.prices((symbol,), urgent=False)
    except HantuError as error:
        # The door denies a purchase whose price it does not know.
        SystemLog.warning("현재가 조회 실패 %s: %s", symbol, error)
        return
    around.deliver(PricesRead(prices, asked))
