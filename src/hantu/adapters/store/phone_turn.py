"""The right to poll the bot, as a row of ``roles``; implements ``phone_ports.PhoneTurn``."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from hantu.adapters.clock import SystemClock
from hantu.adapters.store.roles import holder_name, leave_role, renew_role, take_role
from hantu.adapters.store.sqlite import Connection, DatabaseError, connect, unusable
from hantu.domain.errors import BrokenError, DeniedError

T = TypeVar("T")
PHONE = "phone"
WAIT_S = 1.0
MACHINE = SystemClock()
"""Signs of life are of this machine; a practice market's clock may jump."""


class PhoneRole:
    """One process's side of the role."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._holder = holder_name()

    async def take(self) -> bool:
        """Take the role if nobody who lives has it.

        Raises:
            BrokenError: The records cannot be used.
        """
        try:
            await self._do(lambda connection: take_role(connection, PHONE, self._holder, MACHINE.now().wall))
        except DeniedError:
            return False
        return True

    async def renew(self) -> bool:
        """Show a sign of life; False when another has the role.

        Raises:
            BrokenError: The records do not take it, so nobody can tell.
        """
        return await self._do(lambda connection: renew_role(connection, PHONE, self._holder, MACHINE.now().wall))

    async def leave(self) -> None:
        """Give the role back; without effect once another has it.

        Raises:
            BrokenError: The records do not take it.
        """
        await self._do(lambda connection: leave_role(connection, PHONE, self._holder))

    async def _do(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(self._work, work)

    def _work(self, work: Callable[[Connection], T]) -> T:
        if not self._database.exists():
            # Never a new file: the guard would take it for records that were lost.
            raise BrokenError(f"데이터베이스 파일이 없습니다: {self._database}")
        try:
            with closing(connect(self._database, wait_s=WAIT_S)) as connection:
                return work(connection)
        except DatabaseError as error:
            raise unusable(self._database, error) from error
