"""The control socket: a person's wishes in, the guard's state out, one JSON line each.

The socket file belongs to the user the guard runs as and to nobody else; whoever
can open it may steer. It works without database, server and network.
"""

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from hantu.domain import commands as cmd
from hantu.domain.commands import Command
from hantu.domain.errors import DeniedError, HantuError, UsageError
from hantu.domain.instrument import Symbol
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
CODES = ((UsageError, "usage"), (DeniedError, "denied"))
"""What a program may conclude from an error; anything else is "failed"."""
LINE_LIMIT = 64 * 1024
WATCH_INTERVAL_MIN_S = 0.1
SHUTDOWN_AFTER_S = 0.05
Call: TypeAlias = Callable[[dict[str, Any], str], Awaitable[dict[str, Any]]]
"""Answers a command that takes its time; given its arguments and who asks."""


class Request(msgspec.Struct):
    """One line from a client."""

    command: str
    args: dict[str, Any] = {}
    actor: str = ""


class Control:
    """Serves one unix socket."""

    def __init__(
        self,
        path: Path,
        *,
        deliver: Callable[[Command], None],
        status: Callable[[], dict[str, Any]],
        set_level: Callable[[str], None],
        shutdown: Callable[[str], None],
        kill: Callable[[dict[str, Any], str], Awaitable[None]],
        calls: Mapping[str, Call] | None = None,
        objection: Callable[[cmd.ResolveOrder], str] = lambda _: "",
    ) -> None:
        self._calls = calls or {}
        self._path = path
        self._deliver = deliver
        self._status = status
        self._set_level = set_level
        self._shutdown = shutdown
        self._kill = kill
        self._objection = objection
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen; a socket file left by a dead guard is replaced.

        Raises:
            UsageError: The path is too long for a socket.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, str(self._path), limit=LINE_LIMIT)
        except OSError as error:
            raise UsageError(
                f"제어 소켓을 열 수 없습니다: {self._path} ({error})",
                next_step="HANTU_HOME을 더 짧은 경로의 쓰기 가능한 폴더로 지정하세요.",
            ) from error
        finally:
            os.umask(before)

    async def close(self) -> None:
        """Stop listening and cut those who watch."""
        if self._server is not None:
            self._server.close()
        for task in list(self._clients):
            task.cancel()
        if self._clients:
            await asyncio.gather(*self._clients, return_exceptions=True)
        self._path.unlink(missing_ok=True)

    # --- leaves --------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            while line := await reader.readline():
                await self._answer(line, writer)
        except (ConnectionError, ValueError, asyncio.CancelledError):
            # A client that went away or sent an endless line concerns nobody else.
            SystemLog.debug("제어 연결 종료")
        finally:
            self._clients.discard(task)
            writer.close()

    async def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> None:
        try:
            request = msgspec.json.decode(line, type=Request)
            if request.command == "watch":
                await self._watch(float(request.args.get("interval_s", 0.5)), writer)
                return
            call = self._calls.get(request.command)
            if request.command == "kill":
                await self._kill(request.args, request.actor or "unknown")
                result = self._status()
            else:
                result = await call(request.args, client_of(writer, request)) if call else self._do(request)
            answer: dict[str, Any] = {"ok": True, "result": result}
        except HantuError as error:
            code = next((name for kind, name in CODES if isinstance(error, kind)), "failed")
            answer = {"ok": False, "code": code, "message": str(error), "next_step": error.next_step}
        except (msgspec.DecodeError, TypeError, ValueError) as error:
            answer = {"ok": False, "code": "usage", "message": f"알 수 없는 요청입니다: {error}", "next_step": ""}
        await self._write(writer, answer)

    async def _watch(self, interval_s: float, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            await self._write(writer, {"ok": True, "result": self._status()})
            await asyncio.sleep(max(WATCH_INTERVAL_MIN_S, interval_s))

    async def _write(self, writer: asyncio.StreamWriter, answer: dict[str, Any]) -> None:
        writer.write(msgspec.json.encode(answer) + b"\n")
        await writer.drain()

    def _do(self, request: Request) -> dict[str, Any]:
        args, actor = request.args, request.actor or "unknown"
        match request.command:
            case "status":
                return self._status()
            case "start":
                self._deliver(cmd.StartMonitoring(actor))
            case "stop":
                self._deliver(cmd.StopMonitoring(actor))
            case "restart":
                self._deliver(cmd.RestartMonitoring(actor))
            case "halt":
                self._deliver(cmd.HaltOrders(actor, Symbol(str(args.get("symbol", "")))))
            case "resume":
                self._deliver(cmd.ResumeOrders(actor, Symbol(str(args.get("symbol", "")))))
            case "recover":
                self._deliver(cmd.RunRecovery(actor))
            case "resolve":
                self._resolve(_resolve(args, actor))
            case "log_level":
                self._set_level(str(args.get("level", "")))
            case "shutdown":
                # The answer goes out before the loop that would send it ends.
                asyncio.get_running_loop().call_later(SHUTDOWN_AFTER_S, self._shutdown, actor)
            case _:
                raise UsageError(f"알 수 없는 명령입니다: {request.command}")
        return self._status()

    def _resolve(self, wish: cmd.ResolveOrder) -> None:
        """Hand a person's word over; it is recorded even when it is not taken.

        Raises:
            DeniedError: The broker's own records say otherwise, or nobody asked.
        """
        objection = self._objection(wish)
        self._deliver(wish)
        if objection:
            raise DeniedError(
                objection, next_step=f"`hantu orders show {wish.intent_id}`와 증권사 앱을 다시 확인하세요."
            )


def _resolve(args: dict[str, Any], actor: str) -> cmd.ResolveOrder:
    try:
        verdict = cmd.Verdict(str(args.get("verdict", "")))
    except ValueError:
        raise UsageError(
            f"알 수 없는 결론입니다: {args.get('verdict')}", next_step="filled, absent, adopted 중 하나입니다."
        ) from None
    return cmd.ResolveOrder(
        actor, str(args.get("intent_id", "")), verdict, str(args.get("reason", "")), str(args.get("order_no", ""))
    )


def client_of(writer: asyncio.StreamWriter, request: Request) -> str:
    """Return who is at the other end, as the kernel knows it, with the name it gives itself.

    Raises:
        DeniedError: Another user's process; the socket's permissions were loosened.
    """
    peer = writer.get_extra_info("socket")
    _, uid, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    if uid not in (0, os.getuid()):
        raise DeniedError(
            "다른 사용자의 프로그램은 주문을 요청할 수 없습니다.", next_step="감시를 실행한 사용자로 다시 시도하세요."
        )
    return f"socket:{uid}:{request.actor or 'unknown'}"
