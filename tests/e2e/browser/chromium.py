"""Debian's Chromium, driven over its DevTools socket: one process, a context of its own for each tab.

The protocol is JSON over one WebSocket, and the client the tests have anyway carries it; a browser library
would bring a runtime of 160 MB into the locked requirements of everyone (docs/decisions/0003-dependencies.md).
"""

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.programs import program

STARTED_S = 60.0
ANSWER_S = 30.0
END_S = 10.0
WORDS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--remote-allow-origins=*",
    "--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
    "--disable-default-apps", "--disable-extensions", "--disable-sync", "--disable-dev-shm-usage", "--mute-audio",
    "--disable-features=Translate,MediaRouter,OptimizationHints,OptimizationGuideOnDeviceModel", "--password-store=basic", "--hide-scrollbars",
    "--force-color-profile=srgb", "--lang=ko",
    # A page that is not in front is drawn and timed like one that is.
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
    # Nothing outside this machine can be found, whatever a page or the browser itself asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)  # fmt: skip


ENVIRON = {"TZ": "Asia/Seoul", "LANGUAGE": "ko", "LANG": "ko_KR.UTF-8"}
"""As on the desk of somebody in Seoul: fields of dates are written that way, too."""


class Refused(Exception):
    """The browser said no to a command."""


class Chromium:
    """One browser process; tabs are made by ``attach``."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "chromium.out"
        profile = folder / "profile"
        command = [program("chromium"), *WORDS, f"--user-data-dir={profile}", "about:blank"]
        environ = {key: value for key, value in os.environ.items() if not key.startswith("DBUS_")}
        with self._log.open("wb") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env={**environ, **ENVIRON}
            )
        self._waiting: dict[int, Future[Any]] = {}
        self._hears: dict[str, Callable[[str, Any], None]] = {}
        self._lock = threading.Lock()
        self._last = 0
        self._open = ExitStack()
        try:
            line = connect(self._address(profile), max_size=None, compression=None, ping_interval=None)
            self._line: ClientConnection = self._open.enter_context(line)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _address(self, profile: Path) -> str:
        end = time.monotonic() + STARTED_S
        told = profile / "DevToolsActivePort"
        while not (told.exists() and len(lines := told.read_text().splitlines()) == 2):
            assert self.process.poll() is None and time.monotonic() < end, self._log.read_text(errors="replace")
            time.sleep(0.02)
        return f"ws://127.0.0.1:{lines[0]}{lines[1]}"

    def call(self, method: str, session: str = "", **words: Any) -> Any:
        """Send one command and return its result."""
        answer: Future[Any] = Future()
        message: dict[str, Any] = {"method": method, "params": words}
        if session:
            message["sessionId"] = session
        with self._lock:
            self._last += 1
            message["id"] = self._last
            self._waiting[self._last] = answer
            self._line.send(json.dumps(message))
        return answer.result(ANSWER_S)

    def attach(self, hear: Callable[[str, Any], None]) -> tuple[str, str]:
        """Open an empty tab with cookies and storage of its own; returns its session and its context."""
        context = self.call("Target.createBrowserContext", disposeOnDetach=True)["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = str(self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        self._hears[session] = hear
        return session, str(context)

    def detach(self, session: str, context: str) -> None:
        """Close the tab and forget what its context kept."""
        self.call("Target.disposeBrowserContext", browserContextId=context)
        self._hears.pop(session, None)

    def _read(self) -> None:
        try:
            for text in self._line:
                message = json.loads(text)
                if "id" in message:
                    self._answered(message)
                elif hear := self._hears.get(message.get("sessionId", "")):
                    hear(message["method"], message["params"])
        except ConnectionClosed:
            pass  # a browser that was killed ends its line this way; who waits is told below
        for answer in list(self._waiting.values()):
            answer.set_exception(Refused("the browser has ended"))

    def _answered(self, message: dict[str, Any]) -> None:
        answer = self._waiting.pop(message["id"], None)
        if answer is None:
            return
        if "error" in message:
            answer.set_exception(Refused(message["error"].get("message", "")))
        else:
            answer.set_result(message["result"])

    def close(self) -> None:
        """End the browser in order, by its id if it does not."""
        try:
            self.call("Browser.close")
        except (Refused, ConnectionClosed, OSError):
            self.process.terminate()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._open.close()
        self._reader.join(END_S)
