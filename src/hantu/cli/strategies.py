"""``hantu strategies``: make one, see which there are, try one on a day."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hantu.cli.shell import Shell

app = typer.Typer(no_args_is_help=True)
Name = Annotated[str, typer.Argument(show_default=False)]


@app.command("new")
def new(ctx: typer.Context, name: Name) -> None:
    """Make a working example with its test."""
    from hantu.strategies.templates import write_new

    shell: Shell = ctx.obj
    files = write_new(name, shell.settings.strategy_dir)

    def render(out: Any) -> None:
        for file in files:
            out.print(f"만들었습니다: {file}", markup=False, soft_wrap=True)
        out.print(f"다음: `hantu strategies backtest {name}`, 그리고 `hantu jobs start {name}`", markup=False)

    shell.show({"name": name, "files": [str(file) for file in files]}, render)


@app.command("list")
def list_strategies(ctx: typer.Context) -> None:
    """List strategies: own files and samples."""
    from hantu.strategies.loading import names

    shell: Shell = ctx.obj
    folder = shell.settings.strategy_dir
    rows = [
        {"name": name, "file": str(folder / f"{name}.py") if (folder / f"{name}.py").is_file() else "hantu"}
        for name in names(folder)
    ]
    text = "\n".join(f"{row['name']}  ({row['file']})" for row in rows)
    shell.show(rows, lambda out: out.print(text, markup=False, soft_wrap=True))


@app.command("backtest")
def backtest(
    ctx: typer.Context,
    name: Name,
    day: Annotated[str, typer.Option("--day", show_default=False)] = "",
    simulated: Annotated[int, typer.Option("--simulated", min=0, max=250)] = 0,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 1,
    cash: Annotated[int, typer.Option("--cash", min=1)] = 10_000_000,
    params: Annotated[list[str] | None, typer.Option("--set", "-s", show_default=False)] = None,
    out: Annotated[Path | None, typer.Option("--out", show_default=False)] = None,
) -> None:
    """Play a strategy over recorded or simulated days."""
    from hantu.cli.jobs import params_of
    from hantu.cli.views.backtest import backtest_lines
    from hantu.settings.strategy_backtest import Wanted, backtest_of

    shell: Shell = ctx.obj
    wanted = Wanted(name, day, simulated, seed, cash, params_of(params or []))
    with shell.progress(f"{name} 을(를) 시험하는 중 …"):
        report = backtest_of(shell.settings, wanted)
    written = None
    if out is not None:
        from hantu.strategies.plot import plot

        out.write_text(plot(report), encoding="utf-8")
        written = str(out)
    value = {**report.as_json(), "plot": written}
    shell.show(value, lambda console: console.print(backtest_lines(report, written), markup=False, soft_wrap=True))
