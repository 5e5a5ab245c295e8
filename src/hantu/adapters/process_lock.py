"""One guard per account: an advisory lock of the operating system, freed by any death."""

import fcntl
import hashlib
import os
import tempfile
from pathlib import Path
from typing import IO

from hantu.domain.errors import DeniedError, UsageError


class ProcessLock:
    """Holds lock files from ``acquire`` to ``release`` (or to the end of the process)."""

    def __init__(self, *paths: Path) -> None:
        self._paths = paths
        self._held: list[IO[str]] = []

    def acquire(self) -> None:
        """Take every lock at once.

        Raises:
            DeniedError: Another process holds one; names its process id.
            UsageError: A lock file cannot be made; names it.
        """
        for path in self._paths:
            try:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                file = path.open("a+", encoding="ascii")
            except OSError as error:
                self.release()
                raise UsageError(
                    f"데이터 폴더에 쓸 수 없습니다: {path} ({error.strerror})",
                    next_step="HANTU_HOME을 쓸 수 있는 폴더로 지정하세요.",
                ) from error
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.seek(0)
                owner = file.read().strip() or "?"
                file.close()
                self.release()
                raise DeniedError(
                    f"이 계좌의 감시가 이미 실행 중입니다 (PID {owner}).",
                    next_step="`hantu monitor status`로 확인하거나, 그 감시를 `hantu monitor stop`으로 끝낸 뒤 시작하세요.",
                ) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            self._held.append(file)

    def release(self) -> None:
        """Give every lock back; the files stay, empty of meaning."""
        for file in self._held:
            fcntl.flock(file, fcntl.LOCK_UN)
            file.close()
        self._held.clear()


def account_lock(account: str, host: str) -> Path:
    """Return the machine-wide lock file of one account at one broker host.

    Two data directories on one machine must not guard the same account; the
    name is a hash, so no account number lies in a shared folder.
    """
    digest = hashlib.sha256(f"{account}@{host}".encode()).hexdigest()[:24]
    folder = Path(tempfile.gettempdir()) / f"hantu-{os.getuid()}"
    return folder / f"guard-{digest}.lock"
