"""A sign of life to somebody outside: who does not hear it any more raises the alarm."""

import asyncio

import aiohttp

from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
TIMEOUT_S = 10.0
"""Real seconds one call may take."""


async def ping(url: str) -> bool:
    """Call ``url`` once and tell whether it was taken; its path is a secret and stays out of every log."""
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, allow_redirects=False) as answer:
            if answer.status < 300:
                return True
            SystemLog.warning("외부 생존 신호 거절: HTTP %d", answer.status)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        SystemLog.warning("외부 생존 신호 실패: %s", type(error).__name__)
    return False


class DeadMan:
    """Pings at most every ``every_s`` real seconds, and only when told that all is well."""

    def __init__(self, url: str, every_s: float) -> None:
        self._url, self._every_s = url, every_s
        self._told = float("-inf")
        self._task: asyncio.Task[bool] | None = None

    def well(self) -> None:
        """Say that the guard progresses and nothing is down; returns at once."""
        now = asyncio.get_running_loop().time()
        if now - self._told < self._every_s or (self._task is not None and not self._task.done()):
            return
        self._told = now
        self._task = asyncio.create_task(ping(self._url), name="dead man")

    async def close(self) -> None:
        """End a call under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
