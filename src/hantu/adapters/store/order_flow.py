"""The pause of orders by hand after a second token call without an answer (ALR-45).

Whoever sees a call fail notes it here; guard, server and console read the same row.
Moments are of the machine's clock, by the database itself.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from hantu.adapters.store.maintenance import NOW, reading, writing
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.store.state_rows import audit
from hantu.domain.errors import DeniedError, UsageError

WINDOW_S: Final = 900
"""Two failures within so many seconds are one trouble that recurs."""
KEPT_DAYS: Final = 31
ANALYSIS_MIN: Final = 10
"""Characters; a word is no analysis."""
_json: Final = msgspec.json.Encoder()
_PAUSE: Final = "SELECT pause_id, paused_at, cause, resumed_at, resumed_by, analysis FROM flow_pauses"


@dataclass(frozen=True, slots=True)
class FlowPause:
    """One pause; ``resumed_at`` is empty while it lasts."""

    pause_id: int
    paused_at: str
    cause: str
    resumed_at: str = ""
    resumed_by: str = ""
    analysis: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """Whether orders by hand go, and how near a pause is."""

    pause: FlowPause | None
    """The one that lasts."""
    failures: int
    """Within the window, since the last pause ended."""
    last: FlowPause | None
    """The newest that ended."""


def note_failure(database: Path, cause: str, *, seen_by: str) -> FlowPause | None:
    """Note a token call without an answer; return the pause it began, if it is the second one within the window.

    Raises:
        BrokenError: The database does not take the write.
    """
    with writing(database) as connection:
        connection.execute(
            "DELETE FROM token_failures WHERE at < strftime('%Y-%m-%d', 'now', ?)", (f"-{KEPT_DAYS} days",)
        )
        connection.execute(
            f"INSERT INTO token_failures (at, cause, seen_by) VALUES ({NOW}, ?, ?)",  # noqa: S608 - our own words
            (cause, seen_by),
        )
        if _open(connection) is not None or _failures(connection) < 2:
            return None
        connection.execute(f"INSERT INTO flow_pauses (paused_at, cause) VALUES ({NOW}, ?)", (cause,))  # noqa: S608
        found = _open(connection)
        assert found is not None
        _audit(connection, "order_flow_paused", seen_by, {"pause": found.pause_id, "cause": cause})
    return found


def flow_of(database: Path) -> Flow:
    """Return how orders by hand stand.

    Raises:
        BrokenError: The records cannot be read.
    """
    with reading(database) as connection:
        row = connection.execute(f"{_PAUSE} WHERE resumed_at <> '' ORDER BY pause_id DESC LIMIT 1").fetchone()
        return Flow(_open(connection), _failures(connection), FlowPause(*row) if row else None)


def resume_flow(database: Path, analysis: str, *, actor: str) -> FlowPause:
    """Let orders by hand go again, with what was found out about the cause.

    Raises:
        UsageError: There is no analysis.
        DeniedError: Nothing is paused.
        BrokenError: The database does not take the write.
    """
    analysis = analysis.strip()
    if len(analysis) < ANALYSIS_MIN:
        raise UsageError(
            f"원인 분석을 {ANALYSIS_MIN}자 이상 적어야 다시 열 수 있습니다.",
            next_step="무엇이 왜 실패했고 무엇을 고쳤는지 적어 주세요.",
        )
    with writing(database) as connection:
        found = _open(connection)
        if found is None:
            raise DeniedError("멈춘 주문 흐름이 없습니다.")
        connection.execute(
            f"UPDATE flow_pauses SET resumed_at = {NOW}, resumed_by = ?, analysis = ? WHERE pause_id = ?",  # noqa: S608
            (actor, analysis, found.pause_id),
        )
        _audit(connection, "order_flow_resumed", actor, {"pause": found.pause_id, "analysis": analysis})
        row = connection.execute(f"{_PAUSE} WHERE pause_id = ?", (found.pause_id,)).fetchone()
    return FlowPause(*row)


def refuse_if_paused(connection: Connection) -> None:
    """Stop an approval while the flow is paused.

    Raises:
        DeniedError: It is; says since when and why.
    """
    found = _open(connection)
    if found is not None:
        raise DeniedError(
            f"주문 승인과 제출이 멈춰 있습니다({found.cause}, {found.paused_at} UTC 부터).",
            next_step='원인을 찾은 뒤 `hantu approvals resume --note "원인 분석"` 으로 다시 여세요.',
        )


def paused_since(connection: Connection) -> str:
    """Return since when the flow is paused; empty if it is not."""
    found = _open(connection)
    return "" if found is None else found.paused_at


def _open(connection: Connection) -> FlowPause | None:
    row = connection.execute(f"{_PAUSE} WHERE resumed_at = ''").fetchone()
    return FlowPause(*row) if row else None


def _failures(connection: Connection) -> int:
    found = connection.execute(
        """SELECT count(*) FROM token_failures WHERE at > strftime('%Y-%m-%d %H:%M:%f', 'now', ?)
            AND at > (SELECT coalesce(max(resumed_at), '') FROM flow_pauses)""",
        (f"-{WINDOW_S} seconds",),
    ).fetchone()[0]
    return int(found)


def _audit(connection: Connection, event_type: str, actor: str, details: dict[str, object]) -> None:
    moment = connection.execute(f"SELECT {NOW}").fetchone()[0]
    audit(connection, event_type, actor, moment, _json.encode(details).decode())
