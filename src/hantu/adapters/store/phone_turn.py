"""The right to poll the bot, as a row of the phone's own file; implements ``phone_ports.PhoneTurn``.

A sign of life each second must not take the write lock of the guard's records.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from hantu.adapters.clock import SystemClock
from hantu.adapters.store.phone_book import PhoneBook
from hantu.adapters.store.roles import holder_name, leave_role, renew_role, take_role
from hantu.adapters.store.sqlite import Connection, transaction
from hantu.domain.errors import DeniedError
from hantu.runtime.phone_ports import LineSeen

T = TypeVar("T")
PHONE = "phone"
MACHINE = SystemClock()
"""Signs of life are of this machine; a practice market's clock may jump."""


class PhoneRole:
    """One process's side of the role."""

    def __init__(self, book: PhoneBook) -> None:
        self._book = book
        self._holder = holder_name()

    async def take(self) -> bool:
        """Take the role if nobody who lives has it.

        Raises:
            BrokenError: The file cannot be used.
        """
        try:
            await self._do(lambda connection: take_role(connection, PHONE, self._holder, MACHINE.now().wall))
        except DeniedError:
            return False
        return True

    async def renew(self) -> bool:
        """Show a sign of life; False when another has the role.

        Raises:
            BrokenError: The file does not take it, so nobody can tell.
        """
        return await self._do(lambda connection: renew_role(connection, PHONE, self._holder, MACHINE.now().wall))

    async def note(self, seen: LineSeen) -> None:
        """Say how the questions go; without effect once another process has the role.

        Raises:
            BrokenError: The file does not take it.
        """
        row = (PHONE, seen.answered_s, seen.update_s, seen.problem, PHONE, self._holder)

        def write(connection: Connection) -> None:
            with transaction(connection):
                connection.execute(
                    """INSERT OR REPLACE INTO line (role, answered_s, update_s, problem)
                    SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM roles WHERE role = ? AND holder = ?)""",
                    row,
                )

        await self._do(write)

    async def leave(self) -> None:
        """Give the role back; without effect once another has it.

        Raises:
            BrokenError: The file does not take it.
        """
        await self._do(lambda connection: leave_role(connection, PHONE, self._holder))

    async def _do(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(self._book.at_work, work)
