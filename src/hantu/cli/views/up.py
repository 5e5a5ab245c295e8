"""One terminal view of every process: what it is, since when, its last sign of life; lately; safe or not."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from hantu.cli.processes import Running
from hantu.cli.texts.up_words import UpWords
from hantu.cli.views.tables import table
from hantu.cli.wards import Happening, State, Ward

STYLES = {
    "running": "green", "starting": "yellow", "again": "yellow", "stopping": "yellow", "silent": "bold red",
    "refused": "bold red", "given_up": "bold red", "ended": "yellow",
}  # fmt: skip
TROUBLE = ("again", "refused", "given_up", "never_ready", "silent", "stopped_by_force")


def sentence(words: UpWords, told: Happening) -> str:
    """Return a happening in words, with the next step where there is one."""
    role = words.roles.get(told.role, told.role)
    text = words.happenings[told.kind].format(role=role, pid=told.pid, detail=told.detail, wait_s=told.wait_s)
    if told.kind == "ready" and "://" in told.detail:
        # Where the dashboard is; what the others say of themselves stands in the table.
        text += f": {told.detail.rpartition(' ')[2]}"
    return f"{text} → {told.step}" if told.step else text


def style_of(told: Happening) -> str:
    """Return how a happening stands on the screen."""
    return "bold red" if told.kind in TROUBLE else "green" if told.kind == "ready" else ""


def screen(
    words: UpWords,
    wards: Sequence[Ward],
    story: Sequence[tuple[datetime, Happening]],
    verdict: tuple[str, str],
    now: float,
) -> RenderableType:
    """Return the whole view; ``verdict`` is the guard's sentence and its style, ``now`` monotonic seconds."""
    shown = table(words.title, *words.columns)
    for ward in wards:
        alive = ward.state in (State.STARTING, State.RUNNING, State.STOPPING)
        shown.add_row(
            words.roles[ward.role.name], Text(words.states[ward.state], STYLES.get(ward.state, "dim")),
            str(ward.pid or ""), span(now - ward.since) if ward.since else "", str(ward.restarts.total or ""),
            span(now - ward.sign_at) if alive else "", ward.said,
        )  # fmt: skip
    parts: list[RenderableType] = [Text(*verdict), shown, Text(words.story, "bold")]
    parts += [Text(f"  {at:%H:%M:%S}  {sentence(words, told)}", style_of(told)) for at, told in story]
    return Group(*parts, Text(words.how_to_end, "dim"))


def processes_view(words: UpWords, found: Sequence[Running]) -> RenderableType:
    """Return the processes of a home as a table."""
    shown = table(words.processes, *words.process_columns)
    for one in found:
        off = one.state == "absent"
        shown.add_row(
            words.roles[one.role], Text(words.states.get(one.state, one.state), STYLES.get(one.state, "dim")),
            str(one.pid or ""), str(one.restarts or ""), "" if off else words.looked_after if one.by_up else words.alone,
            one.detail,
        )  # fmt: skip
    return shown


def span(seconds: float) -> str:
    """Return a duration in the shortest form people read."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3_600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3_600}h{whole % 3_600 // 60:02d}m"
