"""The practice exchange on real sockets: REST and stream servers around one simulated market."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

from hantu.domain.session import KST
from hantu.kis.layouts import GENERATIONS, Generation
from hantu.simulator.gateway import Gateway
from hantu.simulator.inspection import Inspection
from hantu.simulator.ports import ListeningPort
from hantu.simulator.rest.auth import RestAuth
from hantu.simulator.rest.gate import RestGate
from hantu.simulator.scenario import Fault, Scenario
from hantu.simulator.scenario_file import load_scenario
from hantu.simulator.stream.door import StreamDoor
from hantu.simulator.stream.hub import StreamHub

STEP_S: Final = 0.01
"""Real seconds between two steps of the market."""
SHUTDOWN_S: Final = 0.2
"""How long open calls may finish when the servers stop."""
CURRENT_LAYOUT: Final = "2026-09"
PAPER_LAYOUT: Final = "paper"


class SimulatorServer:
    """One practice exchange; ``start`` it on a running loop, ``stop`` it on the same one.

    The market's clock starts with ``start``. Ports 0 let the machine choose; the
    addresses are in ``rest_url`` and ``ws_url`` afterwards.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        host: str = "127.0.0.1",
        rest_port: int = 0,
        ws_port: int = 0,
        seed: int | None = None,
        speed: float | None = None,
        layout: Generation | str | None = None,
    ) -> None:
        """Prepare.

        Args:
            scenario: What is played.
            host: A loopback address, as long as nobody asks for trouble.
            rest_port: Port of the REST server.
            ws_port: Port of the stream server.
            seed: Chance of the day; by default the scenario's.
            speed: Market seconds per real second; by default the scenario's.
            layout: A generation or the name of one; by default the current one of the host
                (``generation_of`` replaces single widths).
        """
        if speed is not None:
            scenario = msgspec.structs.replace(scenario, clock=msgspec.structs.replace(scenario.clock, speed=speed))
        self.scenario = scenario
        self.rest_url = ""
        self.ws_url = ""
        self.stopping = asyncio.Event()
        """Set when somebody asked for the end over ``/_sim/stop``, or the market failed."""
        self.failure: BaseException | None = None
        """What ended the market by itself, if anything did."""
        self._host = host
        self._wanted = (rest_port, ws_port)
        self._seed = seed
        chosen = layout or (PAPER_LAYOUT if scenario.rules.paper else CURRENT_LAYOUT)
        self._generation = GENERATIONS[chosen] if isinstance(chosen, str) else chosen
        self._runners: list[web.AppRunner] = []
        self._ports: dict[str, ListeningPort] = {}
        self._stepper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open both ports and let the market begin."""
        self.gateway = Gateway(self.scenario, self._seed)
        self.hub = StreamHub(self.gateway)
        self.gateway.deliver = self.hub.publish
        await self._open("rest", self._rest_app(), self._wanted[0])
        await self._open("ws", self._stream_app(), self._wanted[1])
        shown = f"[{self._host}]" if ":" in self._host else self._host
        self.rest_url = f"http://{shown}:{self._ports['rest'].port}"
        self.ws_url = f"ws://{shown}:{self._ports['ws'].port}"
        self._stepper = asyncio.create_task(self._play(), name="market")

    async def stop(self) -> None:
        """Close every connection and both ports."""
        if self._stepper is not None:
            self._stepper.cancel()
            await asyncio.gather(self._stepper, return_exceptions=True)
        for line in tuple(self.hub.lines.values()):
            await line.close()
        for port in self._ports.values():
            await port.shut()
            port.release()
        for runner in self._runners:
            await runner.cleanup()

    async def begin_fault(self, fault: Fault) -> None:
        """Start a fault now."""
        self.gateway.begin_fault(fault)
        if fault.kind == "cut":
            for line in self.hub.cut(fault.target, clean=bool(fault.params.get("clean", 0))):
                await line.close()

    @property
    def day_over(self) -> bool:
        """Whether the scenario's last stretch, or else its trading day, has been played."""
        spec = self.scenario.clock
        moments = spec.moments()
        end = moments[-1][1] if moments else spec.moment(self.scenario.calendar.close) + timedelta(minutes=1)
        return self.gateway.wall() >= end

    def _rest_app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 16)
        gate = RestGate(self.gateway)
        app.add_routes(RestAuth(self.gateway, gate).routes())
        app.add_routes(Inspection(self.gateway, self.hub, self.begin_fault, self.stopping).routes())
        app.add_routes([web.route("*", "/{path:.*}", gate.serve)])
        return app

    def _stream_app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.get("/{path:.*}", StreamDoor(self.gateway, self.hub, self._generation).serve)])
        return app

    async def _open(self, side: str, app: web.Application, port: int) -> None:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        self._runners.append(runner)
        self._ports[side] = ListeningPort(runner, self._host, port)
        await self._ports[side].open()

    async def _play(self) -> None:
        try:
            while True:
                await self._step()
                await asyncio.sleep(STEP_S)
        except Exception as error:
            # The supervisor boundary: a market that broke must not look like a quiet one.
            self.failure = error
            self.stopping.set()
            raise

    async def _step(self) -> None:
        gateway = self.gateway
        gateway.play()
        for fault in gateway.faults.due(gateway.wall()):
            await self.begin_fault(fault)
        self.hub.step(gateway.mono())
        for side, port in self._ports.items():
            wanted = gateway.faults.listening(side, gateway.mono())
            if wanted and not port.listening:
                await port.open()
            elif not wanted and port.listening:
                await port.shut()


def run(
    scenario: str | Path | Scenario = "quiet",
    *,
    host: str = "127.0.0.1",
    rest_port: int = 0,
    ws_port: int = 0,
    seed: int | None = None,
    speed: float | None = None,
    layout: Generation | str | None = None,
    stop_at_end: bool = False,
    announce: Callable[[SimulatorServer], None] | None = None,
) -> int:
    """Run the exchange until it is told to stop; returns an exit code.

    Ends on SIGINT, SIGTERM, ``POST /_sim/stop`` and, with ``stop_at_end``, when
    the scenario's day is over. ``announce`` is called once both ports are open;
    without it the addresses are printed for a person.

    Raises:
        UsageError: The scenario cannot be read.
    """
    chosen = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)

    async def program() -> int:
        server = SimulatorServer(
            chosen, host=host, rest_port=rest_port, ws_port=ws_port, seed=seed, speed=speed, layout=layout
        )
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, server.stopping.set)
        await server.start()
        (announce or _print_start)(server)
        while not server.stopping.is_set() and not (stop_at_end and server.day_over):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(server.stopping.wait(), 0.2)
        await server.stop()
        if server.failure is not None:
            sys.stderr.write(f"모의 거래소 오류 (exchange failed): {server.failure!r}\n")
            return 1
        return 0

    return asyncio.run(program())


def _print_start(server: SimulatorServer) -> None:
    sys.stdout.write(start_text(server) + "\n")
    sys.stdout.flush()


def start_text(server: SimulatorServer) -> str:
    """Return what a person needs to know to connect."""
    scenario, gateway = server.scenario, server.gateway
    account = scenario.accounts[0] if scenario.accounts else None
    keys = "아무 키나 (any key pair)" if scenario.gateway.lenient_keys else "36자/180자 (36 and 180 characters)"
    if account is not None and account.keys:
        keys = ", ".join(pair.app_key for pair in account.keys)
    begin = gateway.clock.start_wall.astimezone(KST)
    stretches = "".join(f" {part.begin:%H:%M:%S}~{part.end:%H:%M:%S}" for part in scenario.clock.segments)
    lines = [
        f"모의 거래소 시작 (practice exchange): {scenario.name}",
        f"  REST  {server.rest_url}",
        f"  WS    {server.ws_url}",
        f"  계좌  {account.number} (HTS ID {account.hts_id})" if account is not None else "  계좌  없음",
        f"  앱키  {keys}",
        f"  시각  {begin:%Y-%m-%d %H:%M:%S} KST, {scenario.clock.speed:g}배속{stretches}",
        f"  상태  {server.rest_url}/_sim/state",
    ]
    return "\n".join(lines)
