"""Talk to a running guard over its control socket: one JSON object per line."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hantu.domain.errors import BrokenError, DeniedError, HantuError, UsageError

ANSWER_TIMEOUT_S = 10.0
ANSWER_SIZE_MAX = 4 * 1024 * 1024
SOCKET_PATH_MAX = 107
"""Bytes; a limit of Linux for the address of a unix socket."""
ERRORS: dict[str, type[HantuError]] = {"usage": UsageError, "denied": DeniedError}


class NotRunning(HantuError):
    """There is no guard to talk to."""


class GuardLink:
    """The guard that owns ``path``, if one runs."""

    def __init__(self, path: Path, actor: str, *, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self.path = path
        self.actor = actor

    def request(self, command: str, **args: Any) -> Any:
        """Return the result of one command.

        Raises:
            NotRunning: Nobody listens.
            HantuError: The guard said no; of the class its code names.
        """
        with self._connect(self._timeout_s) as line:
            self._send(line, command, args)
            for answer in _answers(line):
                return _result(answer)
        raise BrokenError("감시 프로세스가 답하지 않고 연결을 끊었습니다.", next_step="`hantu logs` 를 확인하세요.")

    def status(self) -> dict[str, Any] | None:
        """Return the status object, None if no guard runs."""
        try:
            result = self.request("status")
        except NotRunning:
            return None
        assert isinstance(result, dict)
        return result

    def watch(self, interval_s: float) -> Iterator[dict[str, Any]]:
        """Yield status objects until the guard ends.

        Raises:
            NotRunning: Nobody listens.
        """
        with self._connect(ANSWER_TIMEOUT_S + interval_s) as line:
            self._send(line, "watch", {"interval_s": interval_s})
            for answer in _answers(line):
                result = _result(answer)
                assert isinstance(result, dict)
                yield result

    def _connect(self, timeout_s: float) -> socket.socket:
        if len(str(self.path).encode()) > SOCKET_PATH_MAX:
            raise UsageError(
                f"데이터 폴더 경로가 너무 깁니다: {self.path.parent}",
                next_step="HANTU_HOME 을 더 짧은 경로로 바꾸세요.",
            )
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(timeout_s)
        try:
            line.connect(str(self.path))
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            line.close()
            raise NotRunning("실행 중인 감시가 없습니다.", next_step="`hantu monitor start` 로 시작하세요.") from None
        except OSError as error:
            line.close()
            raise BrokenError(
                f"감시 프로세스에 연결할 수 없습니다({self.path}): {error.strerror or error}.",
                next_step="그 파일의 주인과 권한을 확인하세요.",
            ) from error
        return line

    def _send(self, line: socket.socket, command: str, args: dict[str, Any]) -> None:
        request = {"command": command, "args": args, "actor": self.actor}
        try:
            line.sendall(json.dumps(request, ensure_ascii=False).encode() + b"\n")
        except OSError as error:
            raise BrokenError(
                "감시 프로세스가 연결을 끊었습니다.", next_step="`hantu monitor status` 로 다시 확인하세요."
            ) from error


def _answers(line: socket.socket) -> Iterator[dict[str, Any]]:
    buffer = b""
    while True:
        try:
            block = line.recv(65_536)
        except TimeoutError:
            raise BrokenError(
                "감시 프로세스가 제때 답하지 않습니다.", next_step="`hantu doctor` 와 `hantu logs` 를 확인하세요."
            ) from None
        except ConnectionResetError:
            return
        if not block:
            return
        buffer += block
        while b"\n" in buffer:
            text, _, buffer = buffer.partition(b"\n")
            yield json.loads(text)
        if len(buffer) > ANSWER_SIZE_MAX:
            raise BrokenError("감시 프로세스의 답이 너무 깁니다.", next_step="`hantu monitor restart` 를 시도하세요.")


def _result(answer: dict[str, Any]) -> Any:
    if answer.get("ok"):
        return answer.get("result") or {}
    kind = ERRORS.get(str(answer.get("code", "")), BrokenError)
    raise kind(str(answer.get("message", "")), next_step=str(answer.get("next_step", "")))
