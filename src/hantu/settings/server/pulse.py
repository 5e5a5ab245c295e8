"""What keeps the hub informed: one watch line to the guard, one eye on the records, for all browsers together."""

import asyncio
import json
from pathlib import Path
from typing import Final

from hantu.adapters.store.tail import Tail
from hantu.api.streams import Hub
from hantu.domain.errors import HantuError
from hantu.domain.place import Place
from hantu.settings.server.guard_door import SocketDoor
from hantu.telemetry import get_logger

PulseLog = get_logger(__name__, "system")
WATCH_S: Final = 0.5
"""Real seconds between two states of the guard."""
STATE_S: Final = 0.5
"""Between two pictures of everything; the doors of the kill switch are read for each."""
FACTS_S: Final = 0.2
FACTS_MAX: Final = 500
AGAIN_S: Final = 0.5
LINE_MAX: Final = 4 * 1024 * 1024


class Pulse:
    """Three tasks of the server's loop."""

    def __init__(self, hub: Hub, door: SocketDoor, database: Path, socket: Path) -> None:
        self._hub = hub
        self._door = door
        self._tail = Tail(database)
        self._socket = socket
        self._tasks: list[asyncio.Task[None]] = []
        self._troubled = False

    def begin(self) -> None:
        """Start, in the running loop."""
        works = (("watch", self._watch()), ("state", self._tell()), ("facts", self._follow()))
        self._tasks = [asyncio.create_task(work, name=name) for name, work in works]

    async def close(self) -> None:
        """Stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(str(self._socket), limit=LINE_MAX)
            except OSError:
                await asyncio.sleep(AGAIN_S)
                continue
            try:
                request = {"command": "watch", "args": {"interval_s": WATCH_S}, "actor": "server"}
                writer.write(json.dumps(request).encode() + b"\n")
                while line := await reader.readline():
                    told = json.loads(line)
                    if told.get("ok"):
                        self._door.saw(told["result"])
            except (OSError, ValueError) as error:
                PulseLog.info("감시와의 연결이 끊김: %s", error)
            finally:
                writer.close()
            await asyncio.sleep(AGAIN_S)

    async def _tell(self) -> None:
        while True:
            if self._hub.listening:
                try:
                    self._hub.tell_state(await asyncio.to_thread(self._door.state))
                except HantuError as error:
                    PulseLog.warning("상태를 만들 수 없음: %s", error)
            await asyncio.sleep(STATE_S)

    async def _follow(self) -> None:
        place: Place | None = None
        while True:
            try:
                if place is None or not self._hub.listening:
                    end = await asyncio.to_thread(self._tail.end)
                    # Who began to listen during the look is told what came with it.
                    if place is None or not self._hub.listening:
                        place = end
                else:
                    facts, place = await asyncio.to_thread(self._tail.after, place, FACTS_MAX)
                    if facts:
                        self._hub.tell_facts(facts)
                self._troubled = False
            except HantuError as error:
                if not self._troubled:
                    PulseLog.warning("새 이벤트를 읽을 수 없음: %s", error)
                self._troubled = True
            await asyncio.sleep(FACTS_S)
