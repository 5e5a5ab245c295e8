"""The demonstration's processes and folder: exchange, phone, guard and server, ended by their ids."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hantu.cli.background import end_process, hantu_command, last_words, listens, spawn
from hantu.cli.practice import inspect
from hantu.cli.shell import broken, wait_until
from hantu.domain.errors import UsageError
from hantu.simulator.scenario import Scenario

if TYPE_CHECKING:
    from hantu.cli.demo_viewer import Viewer

START_TIMEOUT_S = 15.0
SERVER_WAIT_S = 8.0
"""The day does not wait longer for a server: nobody needs it to be guarded."""
SOCKET_NAME_ROOM = 90
"""Bytes of a home's path that leave room for the control socket's name."""
CONFIG = """# 연습 하루를 위해 만든 설정입니다.
environment = "local"

[account]
alias = "demo"

[kis]
rest_url = "{rest}"
ws_url = "{ws}"

[guard]
default_rule = true

[telegram]
api_url = "{phone}"
token_file = "telegram.token"
chat_id = "1"

[server]
address = "127.0.0.1:{server}"
"""


def free_port() -> int:
    """Return a loopback port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True)
class Stage:
    """Everything the demonstration starts; ``end`` takes it down again."""

    home: Path
    scenario: str
    speed: float | None
    environ: Mapping[str, str]
    own_home: bool = False
    """The folder was made for this run and may be removed."""
    rest_port: int = field(default_factory=free_port)
    ws_port: int = field(default_factory=free_port)
    phone_port: int = field(default_factory=free_port)
    server_port: int = field(default_factory=free_port)
    viewer: "Viewer | None" = None
    """Who may look at the dashboard."""
    children: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    @property
    def rest_url(self) -> str:
        """Where the exchange answers."""
        return f"http://127.0.0.1:{self.rest_port}"

    @property
    def server_url(self) -> str:
        """Where the dashboard is."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def messages_file(self) -> Path:
        """What arrived on the phone, one JSON object a line."""
        return self.home / "phone.jsonl"

    @property
    def child_environ(self) -> dict[str, str]:
        """The caller's environment without any hantu setting: no real key may reach the play."""
        kept = {
            name: value
            for name, value in self.environ.items()
            if not name.startswith("HANTU_") and name not in ("DATABASE_URL", "EXECUTION_JWT_SECRET")
        }
        return {**kept, "HANTU_HOME": str(self.home), "PYTHONUNBUFFERED": "1"}

    def write_config(self) -> None:
        """Write the settings of the guard that plays."""
        text = CONFIG.format(
            rest=self.rest_url, ws=f"ws://127.0.0.1:{self.ws_port}", phone=f"http://127.0.0.1:{self.phone_port}",
            server=self.server_port,
        )  # fmt: skip
        (self.home / "hantu.toml").write_text(text, encoding="utf-8")
        token = self.home / "telegram.token"
        token.touch(mode=0o600)
        token.write_text("1:DEMO", encoding="utf-8")

    def start_phone(self) -> None:
        """Start the stand-in for Telegram."""
        command = [sys.executable, "-m", "hantu.cli.phone", str(self.phone_port), str(self.messages_file)]
        self._start("phone", command)

    def start_server(self) -> None:
        """Start the server beside what is to come; it waits for the guard by itself."""
        self._start("server", hantu_command("run", "server"))

    def server_ready(self) -> bool:
        """Tell whether the server can be reached; waits a moment for it."""
        if "server" not in self.children:
            return False
        wait_until(lambda: self.ended("server") or listens(self.server_url), SERVER_WAIT_S, 0.05)
        return not self.ended("server") and listens(self.server_url)

    def start_exchange(self) -> None:
        """Start the practice exchange; its day begins at once."""
        ports = ("--rest-port", str(self.rest_port), "--ws-port", str(self.ws_port))
        speed = () if self.speed is None else ("--speed", str(self.speed))
        self._start("exchange", hantu_command("sim", "--scenario", self.scenario, *ports, *speed))

    def start_guard(self) -> None:
        """Start the guard; it waits for the opening by itself."""
        self._start("guard", hantu_command("run", "guard", "--start"))

    def wait_listening(self) -> None:
        """Wait until phone and exchange can be reached.

        Raises:
            BrokenError: One of them ended or never listened.
        """
        addresses = {
            "phone": f"http://127.0.0.1:{self.phone_port}",
            "exchange": self.rest_url,
        }
        for name, url in addresses.items():
            self._wait(name, url)

    def ended(self, name: str) -> bool:
        """Tell whether a child has ended by itself."""
        child = self.children.get(name)
        return child is not None and child.poll() is not None

    def last_words(self, name: str) -> str:
        """Return the end of what a child said."""
        return last_words(self.home / "logs" / f"{name}.out")

    def exchange(self, page: str) -> Any:
        """Return a page of the exchange's inspection.

        Raises:
            BrokenError: The exchange does not answer.
        """
        try:
            return inspect(self.rest_url, page)
        except (OSError, ValueError) as error:
            raise broken(
                f"연습 거래소가 답하지 않습니다: {error}", f"{self.home}/logs/exchange.out 을 확인하세요."
            ) from error

    def messages(self) -> list[dict[str, Any]]:
        """Return what has arrived on the phone."""
        if not self.messages_file.exists():
            return []
        lines = self.messages_file.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.endswith("}")]

    def end(self) -> None:
        """End every child: those who look on, then the guard, so that it can close its line properly."""
        # A second Ctrl-C must not leave one of them behind; each end is bounded in time.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        for name in ("server", "guard", "exchange", "phone"):
            child = self.children.pop(name, None)
            if child is not None:
                end_process(child)
        signal.signal(signal.SIGINT, before)

    def remove(self) -> None:
        """Remove the folder if it was made for this run."""
        if self.own_home:
            shutil.rmtree(self.home, ignore_errors=True)

    def _start(self, name: str, command: list[str]) -> None:
        self.children[name] = spawn(command, self.child_environ, self.home / "logs" / f"{name}.out")

    def _wait(self, name: str, url: str) -> None:
        ready = wait_until(lambda: self.ended(name) or listens(url), START_TIMEOUT_S, 0.05)
        if not ready or self.ended(name):
            raise broken(
                f"{name} 프로세스가 시작하지 못했습니다: {self.last_words(name)}", "이유를 고친 뒤 다시 실행하세요."
            )


def make_home(wanted: Path | None) -> tuple[Path, bool]:
    """Return the folder to play in and whether it was made for that.

    Raises:
        UsageError: The wanted folder is not empty.
    """
    if wanted is not None:
        wanted = wanted.absolute()
        if wanted.exists() and (not wanted.is_dir() or any(wanted.iterdir())):
            raise UsageError(
                f"{wanted} 이(가) 비어 있지 않습니다.", next_step="비어 있거나 아직 없는 폴더를 지정하세요."
            )
        wanted.mkdir(parents=True, exist_ok=True, mode=0o700)
        return wanted, False
    root = tempfile.gettempdir()
    if len(os.fsencode(root)) > SOCKET_NAME_ROOM - 20:
        root = "/tmp"  # noqa: S108  (made by mkdtemp, owner only)
    return Path(tempfile.mkdtemp(prefix="hantu-demo-", dir=root)), True


def held_before(scenario: Scenario) -> dict[str, int]:
    """Return the shares the first account starts with."""
    return {holding.symbol: holding.quantity for holding in scenario.accounts[0].holdings}


def pause() -> None:
    """Wait a moment between two looks."""
    time.sleep(0.1)
