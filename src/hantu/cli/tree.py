"""The tree of commands, with the texts of the chosen language put in.

Command modules hold no help texts: they come from ``texts`` by the command's
path, so that a language is one table and a test can see what is missing.
"""

import re
from collections.abc import Iterator
from typing import Any

import typer

from hantu.cli import (
    alerts,
    approvals,
    audit,
    backup,
    bench,
    checklist,
    database,
    demo,
    doctor,
    health,
    incidents,
    jobs,
    kill,
    logs,
    monitor,
    notifier,
    phone_people,
    privacy,
    records,
    recovery,
    replay,
    seeded,
    server,
    simulate,
    strategies,
    trends,
    up,
    users,
)
from hantu.cli.texts.entry import Texts

SENTENCE_END = re.compile(r"[.:](?: |$)|\(")
HELP_NAMES = ["-h", "--help"]
ORDER = (
    "demo", "sim", "up", "monitor", "run", "status", "health", "kill", "recovery", "approvals", "strategies", "jobs", "positions", "orders", "exits",
    "explain", "replay", "simulate", "events", "opportunities", "alerts", "incidents", "checklist", "trends", "audit", "event", "privacy", "phone",
    "watchlist", "db", "backup", "users", "api", "tls",
    "logs", "doctor", "bench",
    "version",
)  # fmt: skip
"""As the overview lists them: first things first."""


def build(texts: Texts) -> Any:
    """Return the root command in one language."""
    app = typer.Typer(
        no_args_is_help=True, context_settings={"help_option_names": HELP_NAMES}, pretty_exceptions_enable=False
    )
    app.callback()(_root)
    app.command("demo")(demo.demo)
    app.add_typer(simulate.app, name="sim")
    app.command("up")(up.up)
    app.add_typer(monitor.run_app, name="run")
    monitor.run_app.command("notifier")(notifier.run_notifier)
    monitor.run_app.command("server")(server.run_server)
    monitor.run_app.command("jobs")(jobs.run_jobs)
    app.add_typer(monitor.app, name="monitor")
    app.command("status")(health.status)
    app.add_typer(health.app, name="health")
    app.add_typer(kill.app, name="kill")
    app.add_typer(approvals.app, name="approvals")
    app.add_typer(strategies.app, name="strategies")
    app.add_typer(jobs.app, name="jobs")
    app.add_typer(recovery.app, name="recovery")
    records.register(app)
    app.add_typer(alerts.app, name="alerts")
    app.add_typer(incidents.app, name="incidents")
    app.add_typer(checklist.app, name="checklist")
    app.command("trends")(trends.trends)
    app.command("replay")(replay.replay)
    app.command("simulate")(seeded.simulate)
    app.command("logs")(logs.logs)
    app.command("doctor")(doctor.doctor)
    app.add_typer(audit.app, name="audit")
    app.add_typer(audit.event_app, name="event")
    app.add_typer(privacy.app, name="privacy")
    app.add_typer(phone_people.app, name="phone")
    app.add_typer(database.app, name="db")
    app.add_typer(database.watch_app, name="watchlist")
    app.add_typer(backup.app, name="backup")
    app.add_typer(users.app, name="users")
    app.add_typer(server.api_app, name="api")
    app.add_typer(server.tls_app, name="tls")
    app.command("bench")(bench.bench)
    app.command("version")(doctor.version)
    root: Any = typer.main.get_command(app)
    root.commands = {name: root.commands[name] for name in ORDER}
    for path, command in walk(root):
        _fill(path, command, texts)
    return root


def walk(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every command with its path, the root as the empty one."""
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from walk(child, f"{path} {name}".strip())


def _root() -> None:
    pass


def _fill(path: str, command: Any, texts: Texts) -> None:
    entry = texts.commands[path]
    command.help = entry.help
    command.short_help = _first_sentence(entry.help)
    command.epilog = "\n\n".join((f"{texts.example}  {entry.example}", texts.common))
    switch = command.get_help_option(typer.Context(command, help_option_names=HELP_NAMES))
    for param in (*command.params, *([switch] if switch else [])):
        param.help = entry.params.get(param.name) or texts.params.get(param.name) or param.help
        if getattr(param, "is_flag", False):
            # A flag takes no value; typer would show its type all the same.
            param.metavar = " "


def _first_sentence(text: str) -> str:
    return SENTENCE_END.split(text, maxsplit=1)[0].rstrip(".")
