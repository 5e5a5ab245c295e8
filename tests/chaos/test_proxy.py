"""The proxy does to bytes what it says, and nothing else."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.chaos.proxy import PAGE, Proxy, Spell, schedule

ORDER = "/uapi/domestic-stock/v1/trading/order-cash"


class Far:
    """A server that counts what reaches it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        far = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                far.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", "100")
                self.end_headers()
                self.wfile.write(b"y" * 100)

            def log_message(self, *_words: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def wait(self, count: int) -> int:
        end = time.monotonic() + 3
        while len(self.bodies) < count and time.monotonic() < end:
            time.sleep(0.005)
        return len(self.bodies)


@pytest.fixture
def far() -> Iterator[Far]:
    found = Far()
    yield found
    found.close()


@pytest.fixture
def proxy(far: Far) -> Iterator[Proxy]:
    url = f"http://127.0.0.1:{far.server.server_port}"
    found = Proxy(url, url)
    yield found
    found.close()


def post(proxy: Proxy, path: str = ORDER, timeout: float = 0.4) -> bytes:
    line = http.client.HTTPConnection("127.0.0.1", int(proxy.rest_url.rpartition(":")[2]), timeout=timeout)
    try:
        line.request("POST", path, b"x" * 10)
        return line.getresponse().read()
    finally:
        line.close()


def read_on(line: socket.socket) -> None:
    while line.recv(1_000):
        pass


def test_clear_weather_passes_everything_and_tells_the_stages(proxy: Proxy, far: Far) -> None:
    seen: list[str] = []
    proxy.on_order = seen.append
    assert post(proxy) == b"y" * 100
    assert post(proxy, "/other") == b"y" * 100
    assert far.bodies == [b"x" * 10] * 2
    assert seen[:3] == ["asked", "forwarded", "answered"]


@pytest.mark.parametrize(
    ("knob", "value", "arrives"),
    [("one_way", True, 1), ("swallow", True, 0), ("reset_after", 0, 1), ("reset_after", 50, 1), ("refuse", True, 0)],
)
def test_nothing_complete_comes_back(proxy: Proxy, far: Far, knob: str, value: Any, arrives: int) -> None:
    setattr(proxy.weather["rest"], knob, value)
    with pytest.raises((OSError, http.client.HTTPException)):
        post(proxy)
    assert far.wait(arrives) == arrives


def test_held_order_arrives_after_its_sender_has_gone(proxy: Proxy, far: Far) -> None:
    proxy.weather["rest"].hold_orders_s = 0.3
    with pytest.raises(TimeoutError):
        post(proxy, timeout=0.1)
    assert not far.bodies
    assert far.wait(1) == 1


def test_doubled_order_arrives_twice_and_other_calls_once(proxy: Proxy, far: Far) -> None:
    proxy.weather["rest"].duplicate_orders = True
    post(proxy, "/other")
    post(proxy)
    assert far.wait(3) == 3


def test_captive_page_answers_instead(proxy: Proxy, far: Far) -> None:
    proxy.weather["rest"].captive = True
    assert post(proxy) == PAGE
    assert not far.bodies


def test_slow_network_is_slow(proxy: Proxy) -> None:
    proxy.weather["rest"].delay_s = 0.05
    began = time.monotonic()
    post(proxy, timeout=2)
    assert time.monotonic() - began >= 0.1, "there and back"
    proxy.weather["rest"].delay_s = 0.0
    proxy.weather["rest"].bytes_per_s = 1_000
    began = time.monotonic()
    post(proxy, timeout=2)
    assert time.monotonic() - began >= 0.1, "at least 100 bytes at 1,000 a second"


def test_cut_resets_what_is_open_and_idle_lines_are_closed(proxy: Proxy) -> None:
    port = int(proxy.ws_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=3) as line:
        line.sendall(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        assert line.recv(1_000)
        proxy.begin(Spell(0.0, "ws", cut=True))
        with pytest.raises(ConnectionResetError):
            read_on(line)
    proxy.weather["ws"].idle_s = 0.05
    with socket.create_connection(("127.0.0.1", port), timeout=3) as line:
        assert line.recv(10) == b""


def test_spell_ends_by_itself_and_a_seed_is_a_schedule(proxy: Proxy) -> None:
    proxy.begin(Spell(0.0, "rest", 0.05, {"captive": True}))
    end = time.monotonic() + 3
    while not proxy.weather["rest"].captive and time.monotonic() < end:
        time.sleep(0.001)
    while proxy.weather["rest"].captive and time.monotonic() < end:
        time.sleep(0.005)
    assert post(proxy) == b"y" * 100
    assert schedule(7, 60, 3) == schedule(7, 60, 3)
    assert schedule(7, 60, 3) != schedule(8, 60, 3)
