"""What people and programs ask of the jobs process: one JSON line in, one out, as at the guard's socket."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from hantu.domain.errors import HantuError, UsageError
from hantu.runtime.control import CODES, LINE_LIMIT, Request, client_of
from hantu.strategies.office import Office
from hantu.telemetry import get_logger

StrategyLog = get_logger(__name__, "strategy")


class JobsControl:
    """Serves ``jobs.sock``; it belongs to the user the process runs as and to nobody else."""

    def __init__(self, path: Path, office: Office) -> None:
        self._path = path
        self._office = office
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen.

        Raises:
            UsageError: The path is too long for a socket, or not writable.
        """
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, str(self._path), limit=LINE_LIMIT)
        except OSError as error:
            raise UsageError(
                f"작업 소켓을 열 수 없습니다: {self._path} ({error})",
                next_step="HANTU_HOME을 더 짧은 경로의 쓰기 가능한 폴더로 지정하세요.",
            ) from error
        finally:
            os.umask(before)

    async def close(self) -> None:
        """Take nothing more."""
        if self._server is not None:
            self._server.close()
        for task in list(self._clients):
            task.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            while line := await reader.readline():
                writer.write(msgspec.json.encode(await self._answer(line, writer)) + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError) as error:
            # A client that went away or sent an endless line concerns nobody else.
            StrategyLog.debug("작업 연결 종료: %s", error)
        finally:
            self._clients.discard(task)
            with suppress(ConnectionError):
                writer.close()

    async def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> dict[str, Any]:
        try:
            request = msgspec.json.decode(line, type=Request)
            client_of(writer, request)
            return {"ok": True, "result": await self._do(request)}
        except HantuError as error:
            code = next((name for kind, name in CODES if isinstance(error, kind)), "failed")
            return {"ok": False, "code": code, "message": str(error), "next_step": error.next_step}
        except (msgspec.DecodeError, TypeError, ValueError) as error:
            return {"ok": False, "code": "usage", "message": f"알 수 없는 요청입니다: {error}", "next_step": ""}

    async def _do(self, request: Request) -> dict[str, Any]:
        office, args, by = self._office, request.args, request.actor or "unknown"
        job_id, reason = str(args.get("job_id", "")), str(args.get("reason", ""))
        wishes: dict[str, Callable[[], Awaitable[dict[str, Any]]]] = {
            "start": lambda: office.start(str(args.get("strategy", "")), dict(args.get("params") or {}), by),
            "suspend": lambda: office.suspend(job_id, by, reason),
            "resume": lambda: office.resume(job_id, by),
            "stop": lambda: office.stop(job_id, by, reason),
            "remove": lambda: office.remove(job_id, by),
        }
        if request.command == "list":
            return {"jobs": office.listed(), "watch_deaths": office.watch_deaths, "pid": os.getpid()}
        if request.command == "show":
            return office.shown(job_id)
        if request.command not in wishes:
            raise UsageError(f"알 수 없는 명령입니다: {request.command}")
        return await wishes[request.command]()
