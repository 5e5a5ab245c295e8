"""The service manager hears what it is meant to hear, at the pace it asked for."""

import os
import socket
from pathlib import Path

import pytest

from hantu.operations.supervisor import Supervisor


class Manager:
    """A socket as systemd's."""

    def __init__(self, path: Path) -> None:
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.line.bind(str(path))
        self.line.setblocking(False)

    def heard(self) -> list[str]:
        texts = []
        while True:
            try:
                texts.append(self.line.recv(4096).decode())
            except BlockingIOError:
                return texts


@pytest.mark.requirement("REL-60")
def test_ready_alive_stopping(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("n") / "s"
    manager = Manager(path)
    now = [0.0]
    speaker = Supervisor({"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "30000000"}, lambda: now[0])
    speaker.ready("guarding\nmain")
    for second in range(31):
        now[0] = float(second)
        speaker.alive()
    speaker.status("well")
    speaker.stopping()
    heard = manager.heard()
    manager.line.close()
    assert heard[0] == "READY=1\nSTATUS=guarding main"
    assert heard[1:-2] == ["WATCHDOG=1"] * 4, "at 0, 10, 20 and 30 s: three times a period"
    assert heard[-2:] == ["STATUS=well", "STOPPING=1"]


@pytest.mark.parametrize(
    "environ",
    [{}, {"NOTIFY_SOCKET": "/nowhere/at/all", "WATCHDOG_USEC": "1000"}, {"NOTIFY_SOCKET": "@hantu-nobody-listens"}],
)
def test_nobody_who_listens_is_no_trouble(environ: dict[str, str]) -> None:
    speaker = Supervisor(environ, lambda: 1.0)
    speaker.ready("x")
    speaker.alive()
    speaker.stopping()
    assert "NOTIFY_SOCKET" not in os.environ or environ is not os.environ


def test_a_watchdog_meant_for_another_process_is_not_fed(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("n") / "s"
    manager = Manager(path)
    other = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}
    Supervisor(other, lambda: 5.0).alive()
    assert manager.heard() == []
    manager.line.close()
