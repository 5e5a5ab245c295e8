"""Measure 4: how long the guard takes from its start to the first subscription, against the practice exchange."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from typing import Any

from bench import clients
from bench.figures import Figures
from bench.ground import Ground

HANTU = [sys.executable, "-m", "hantu.cli.main"]
PATIENCE_S = 15.0
POLL_S = 0.005


def start_to_subscription(ground: Ground, figures: Figures, times: int) -> None:
    """Start exchange and guard as a user would; the exchange tells when it was asked for a stream."""
    home = clients.scratch(ground.folder)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HANTU_")}
    environ |= {"HANTU_HOME": str(home), "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
    log = (home / "out.log").open("ab")
    command = [*HANTU, "--json", "sim", "--scenario", "quiet", "--rest-port", "0", "--ws-port", "0"]
    exchange = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environ)
    try:
        assert exchange.stdout is not None
        ready = json.loads(exchange.stdout.readline())
        environ |= {"HANTU_REST_URL": ready["rest_url"], "HANTU_WS_URL": ready["ws_url"]}
        for _ in range(times):
            began = time.monotonic()
            guard = subprocess.Popen([*HANTU, "run", "guard", "--start"], stdout=log, stderr=log, env=environ)
            try:
                while not _registered(ready["rest_url"]):
                    if time.monotonic() - began > PATIENCE_S or guard.poll() is not None:
                        raise TimeoutError((home / "out.log").read_text(errors="replace")[-2_000:])
                    time.sleep(POLL_S)
                figures.add("start to subscription ms", (time.monotonic() - began) * 1e3)
            finally:
                guard.terminate()
                guard.wait(10.0)
            while _registered(ready["rest_url"]):
                time.sleep(POLL_S)
    finally:
        exchange.terminate()
        exchange.wait(10.0)
        assert exchange.stdout is not None
        exchange.stdout.close()
        log.close()


def _registered(rest_url: str) -> bool:
    with urllib.request.urlopen(f"{rest_url}/_sim/state", timeout=5.0) as answer:
        state: dict[str, Any] = json.loads(answer.read())
    return any(session["registrations"] for session in state["stream"]["sessions"])
