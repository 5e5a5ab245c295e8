"""Start the exchange with what was typed; the one place that knows its entry point."""

import socket
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hantu.cli.shell import CheckFailed, Shell, broken
from hantu.domain.errors import UsageError

if TYPE_CHECKING:
    from hantu.kis.layouts import Generation

LAYOUTS = ("2025", "2026-07", "2026-09", "paper")
NOTICES = ("legacy", "full", "compact")
TRADE_WIDTHS, BOOK_WIDTHS = (46, 47), (59, 62, 63)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns clients are served; empty and None follow the scenario."""

    name: str = ""
    trade: int | None = None
    book: int | None = None
    notice: str = ""

    def generation(self) -> "Generation | str | None":
        """Return what the exchange is told."""
        if self.trade is None and self.book is None and not self.notice:
            return self.name or None
        from hantu.kis.layouts import DEFAULT_GENERATION, GENERATIONS

        base = GENERATIONS[self.name] if self.name else DEFAULT_GENERATION
        return replace(
            base, trade=self.trade or base.trade, book=self.book or base.book, notice=self.notice or base.notice
        )

    def check(self) -> None:
        """Refuse what no client ever saw.

        Raises:
            UsageError: Names the switch and what is allowed.
        """
        for switch, value, known in (
            ("--layout", self.name or None, LAYOUTS),
            ("--trade-width", self.trade, TRADE_WIDTHS),
            ("--book-width", self.book, BOOK_WIDTHS),
            ("--notice", self.notice or None, NOTICES),
        ):
            if value is not None and value not in known:
                allowed = ", ".join(map(str, known))
                raise UsageError(
                    f"{switch} 에 {value} 을(를) 쓸 수 없습니다.", next_step=f"{allowed} 가운데 하나를 쓰세요."
                )


def run_simulator(
    shell: Shell,
    *,
    host: str,
    ports: tuple[int, int],
    scenario: str,
    seed: int | None,
    speed: float | None,
    layout: Columns,
) -> None:
    """Check the options and run the exchange until it is told to end.

    Raises:
        UsageError: An option is wrong.
        BrokenError: A port is taken.
    """
    layout.check()
    check_scenario_name(scenario)
    for port, switch in zip(ports, ("--rest-port", "--ws-port"), strict=True):
        _check_free(host, port, switch)
    from hantu.simulator.server import SimulatorServer, run

    def announce(server: SimulatorServer) -> None:
        shell.emit({"rest_url": server.rest_url, "ws_url": server.ws_url, "scenario": server.scenario.name})

    code = run(
        scenario,
        host=host,
        rest_port=ports[0],
        ws_port=ports[1],
        seed=seed,
        speed=speed,
        layout=layout.generation(),
        announce=announce if shell.json else None,
    )
    if code:
        raise CheckFailed("exchange")


def _check_free(host: str, port: int, switch: str) -> None:
    if port == 0:
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise broken(
            f"포트 {host}:{port} 을(를) 열 수 없습니다({reason}).",
            f"이미 실행 중인 `hantu sim` 이 있는지 확인하거나 {switch} 로 다른 번호를 쓰세요.",
        ) from error


def check_scenario_name(scenario: str) -> None:
    """Refuse a scenario that does not exist, naming the nearest one.

    Raises:
        UsageError: Neither a built-in name nor a file.
    """
    from hantu.settings.keys import nearest
    from hantu.simulator.scenario_file import built_in_names

    names = built_in_names()
    if scenario in names or Path(scenario).is_file():
        return
    guess = nearest(scenario, names)
    hint = f"혹시 {guess} 인가요? " if guess else ""
    raise UsageError(
        f"시나리오 {scenario!r} 을(를) 찾을 수 없습니다.",
        next_step=f"{hint}내장 시나리오: {', '.join(names)}. 파일이면 경로를 확인하세요.",
    )
