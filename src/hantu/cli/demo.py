"""``hantu demo``: a compressed trading day with real processes, told and judged."""

import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from hantu.cli.shell import CheckFailed, Shell

LONGEST_S = 55.0
"""A day that is not over by then is judged as it stands."""
SETTLE_S = 2.0
"""Real seconds the last messages get to arrive."""


def demo(
    ctx: typer.Context,
    keep: Annotated[bool, typer.Option("--keep")] = False,
    home: Annotated[Path | None, typer.Option("--home", show_default=False)] = None,
    scenario: Annotated[str, typer.Option("--scenario")] = "demo",
    speed: Annotated[float | None, typer.Option("--speed", min=0.1, max=1_000, show_default=False)] = None,
) -> None:
    """Play the day, tell it, judge it."""
    from hantu.cli.playbill import Playbill
    from hantu.cli.simulator_options import check_scenario_name
    from hantu.cli.stage import Stage, make_home
    from hantu.simulator.scenario_file import load_scenario

    shell: Shell = ctx.obj
    check_scenario_name(scenario)
    play = load_scenario(scenario)
    folder, own = make_home(home)
    stage = Stage(folder, scenario, speed, shell.environ, own_home=own)
    bill = Playbill(shell, folder)
    left_running = False
    held = False
    # A polite end from outside must take the children along like Ctrl-C does.
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    try:
        findings = _perform(stage, bill, play)
        held = all(finding.held for finding in findings)
        left_running = keep
        bill.table(findings)
        if keep:
            bill.how_to_look(stage)
        else:
            bill.dashboard_ends(stage)
    finally:
        if not left_running:
            stage.end()
            if held:
                stage.remove()
    if not held:
        shell.note(f"기록은 {folder} 에 남겨 두었습니다.")
        raise CheckFailed("demo")


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _perform(stage: Any, bill: Any, play: Any) -> list[Any]:
    """Start everything, follow the day to its end and return the findings."""
    from hantu.cli.practice import seed_watchlist
    from hantu.cli.stage import held_before
    from hantu.cli.verdict import Evidence, judge

    began = time.monotonic()
    bill.opening(play)
    stage.write_config()
    seed_watchlist(stage.home / "hantu.db", play, play.clock.day)
    stage.start_phone()
    viewer = _open_dashboard(stage, bill)
    stage.start_exchange()
    # The guard asks the exchange for its clock first; the market opens ten market seconds after it begins.
    stage.wait_listening()
    stage.start_guard()
    told = _follow(stage, bill, began, viewer)
    clock = play.clock
    halts = [
        (clock.moment(fault.at), clock.moment(fault.at) + timedelta(seconds=fault.duration))
        for fault in play.faults
        if fault.kind == "halt"
    ]
    evidence = Evidence(
        events=told,
        exchange=stage.exchange("state"),
        messages=[message["text"] for message in stage.messages()],
        held_before=held_before(play),
        halts=halts,
        anomalies=stage.exchange("anomalies"),
    )
    bill.closing(time.monotonic() - began)
    return judge(evidence)


def _open_dashboard(stage: Any, bill: Any) -> Any:
    """Start the server, and make somebody who may look; None where there is nothing to look at."""
    from hantu.cli.demo_viewer import bundle_built, make_viewer

    stage.start_server()
    viewer = make_viewer(stage.home)
    stage.viewer = viewer
    bill.dashboard(stage, built=bundle_built(), ready=stage.server_ready())
    return viewer if bundle_built() else None


def _follow(stage: Any, bill: Any, began: float, viewer: Any) -> list[Any]:
    """Tell events and messages as they come until the day is over."""
    from hantu.cli.event_reader import EventReader
    from hantu.cli.stage import pause
    from hantu.cli.verdict import Told

    reader = EventReader(stage.home / "hantu.db")
    told: list[Told] = []
    messages = 0
    over_at = 0.0
    while time.monotonic() - began < LONGEST_S:
        for row in reader.fresh():
            event = Told(row.event_type, row.payload, row.timestamp)
            told.append(event)
            bill.event(event)
            if row.event_type == "monitor_finished":
                over_at = time.monotonic()
        if viewer is not None:
            bill.code(viewer, time.time())
        arrived = stage.messages()
        for message in arrived[messages:]:
            bill.message(message["text"])
        messages = len(arrived)
        if stage.ended("guard") or stage.ended("exchange"):
            bill.trouble(stage)
            break
        if over_at and time.monotonic() - over_at > SETTLE_S:
            break
        pause()
    return told
