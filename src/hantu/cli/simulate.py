"""``hantu sim``: the practice exchange as a program."""

from typing import Annotated, Any

import typer

from hantu.cli.shell import Shell

app = typer.Typer(invoke_without_command=True)

REST_PORT, WS_PORT = 9443, 21000
"""The port numbers of the real broker, on this machine."""


@app.callback()
def sim(
    ctx: typer.Context,
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    rest_port: Annotated[int, typer.Option("--rest-port", min=0, max=65_535)] = REST_PORT,
    ws_port: Annotated[int, typer.Option("--ws-port", min=0, max=65_535)] = WS_PORT,
    scenario: Annotated[str, typer.Option("--scenario")] = "practice",
    seed: Annotated[int | None, typer.Option("--seed", show_default=False)] = None,
    speed: Annotated[float | None, typer.Option("--speed", min=0.01, max=100_000, show_default=False)] = None,
    layout: Annotated[str, typer.Option("--layout", show_default=False)] = "",
    trade_width: Annotated[int | None, typer.Option("--trade-width", show_default=False)] = None,
    book_width: Annotated[int | None, typer.Option("--book-width", show_default=False)] = None,
    notice: Annotated[str, typer.Option("--notice", show_default=False)] = "",
) -> None:
    """Run the exchange until Ctrl-C."""
    if ctx.invoked_subcommand is not None:
        return
    from hantu.cli.simulator_options import Columns, run_simulator

    shell: Shell = ctx.obj
    run_simulator(
        shell,
        host=host,
        ports=(rest_port, ws_port),
        scenario=scenario,
        seed=seed,
        speed=speed,
        layout=Columns(layout, trade_width, book_width, notice),
    )


@app.command("schema")
def schema(ctx: typer.Context) -> None:
    """Print the JSON schema of a scenario file."""
    from hantu.simulator.scenario import scenario_schema

    shell: Shell = ctx.obj
    shell.show(
        scenario_schema(), lambda out: out.print_json(data=scenario_schema(), indent=2, highlight=out.is_terminal)
    )


@app.command("scenarios")
def scenarios(ctx: typer.Context) -> None:
    """List the scenarios that come with hantu."""
    from hantu.cli.views.tables import table
    from hantu.simulator.scenario_file import built_in_names, load_scenario

    shell: Shell = ctx.obj
    found = [load_scenario(name) for name in built_in_names()]
    rows = [
        {
            "name": name,
            "description": scenario.description.strip(),
            "stocks": len(scenario.stocks),
            "speed": scenario.clock.speed,
            "faults": [fault.kind for fault in scenario.faults],
        }
        for name, scenario in zip(built_in_names(), found, strict=True)
    ]

    def render(out: Any) -> None:
        listed = table("", "이름", "종목>", "배속>", "설명")
        listed.title = None
        for row in rows:
            listed.add_row(str(row["name"]), str(row["stocks"]), f"{row['speed']:g}", str(row["description"]))
        out.print(listed)
        out.print("실행: hantu sim --scenario 이름   (파일 경로도 됩니다)", style="dim")

    shell.show(rows, render)
