"""When nobody saw the prices of a stock, or nobody might trade it: the gaps of a day, from the facts of that day.

Pure. ``until`` of a gap is empty while it lasts. Kinds: ``cut`` (the line was lost), ``blind`` (the line stood and held
stocks were not streamed), ``sleep``, ``stopped`` (by a person), ``restart`` (the guard itself was gone), ``halt``.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from hantu.adapters.store.timestamps import from_text, to_text

Row = dict[str, Any]
TOLD: Final = (
    "connection_lost", "reconnected", "blind_period_ended", "sleep_entered", "sleep_left", "market_halted",
    "market_resumed", "monitor_stopped", "monitor_finished", "session_state_changed",
)  # fmt: skip
RESTART: Final = "process restart"
SLACK_S: Final = 2.0
"""A blind period that begins and ends with a cut is that cut."""


class _Gaps:
    def __init__(self) -> None:
        self.found: list[Row] = []
        self._open: dict[str, Row] = {}

    def begin(self, kind: str, at: str, reason: str, name: str = "") -> None:
        if (name or kind) not in self._open:
            gap = self._open[name or kind] = {"kind": kind, "since": at, "until": "", "reason": reason}
            self.found.append(gap)

    def end(self, name: str, at: str) -> bool:
        gap = self._open.pop(name, None)
        if gap is not None:
            gap["until"] = at
        return gap is not None

    def add(self, kind: str, at: str, length_s: float, reason: str) -> None:
        since = to_text(from_text(at) - timedelta(seconds=length_s))
        self.found.append({"kind": kind, "since": since, "until": at, "reason": reason})

    def ended_at(self, at: str) -> bool:
        """Tell whether something ended at that moment, or just before it."""
        return any(_apart_s(str(gap["until"]), at) <= SLACK_S for gap in self.found)

    def end_all(self, at: str) -> None:
        for name in list(self._open):
            self.end(name, at)


def gaps_of(facts: Sequence[Mapping[str, Any]], symbol: str, last_sign: Callable[[str], str]) -> list[Row]:
    """Return the gaps, oldest first; ``last_sign`` tells when something was recorded before a moment."""
    gaps = _Gaps()
    for fact in facts:
        kind, at, told = str(fact["event_type"]), str(fact["timestamp"]), fact["payload"]
        if kind.startswith("market_"):
            if told["symbol"] in ("", symbol):
                _halt(gaps, kind, at, told)
        elif kind in ("session_state_changed", "monitor_stopped", "monitor_finished"):
            _session(gaps, kind, at, told, last_sign)
        else:
            _line(gaps, kind, at, told)
    cuts = [gap for gap in gaps.found if gap["kind"] == "cut"]
    return sorted(
        (gap for gap in gaps.found if gap["kind"] != "blind" or not any(_same(gap, cut) for cut in cuts)),
        key=lambda gap: str(gap["since"]),
    )


def _line(gaps: _Gaps, kind: str, at: str, told: Mapping[str, Any]) -> None:
    match kind:
        case "connection_lost":
            gaps.begin("cut", at, str(told["reason"]))
        case "reconnected":
            # After a restart or a sleep the line is back with the guard; that gap says it already.
            if not gaps.end("cut", at) and not gaps.ended_at(at):
                gaps.add("cut", at, float(told["outage_s"]), "")
        case "blind_period_ended":
            gaps.add("blind", at, float(told["unprotected_s"]), "")
        case "sleep_entered":
            gaps.begin("sleep", at, str(told["cause"]))
        case "sleep_left":
            gaps.end("sleep", at)


def _session(gaps: _Gaps, kind: str, at: str, told: Mapping[str, Any], last_sign: Callable[[str], str]) -> None:
    if kind == "monitor_stopped":
        gaps.begin("stopped", at, str(told["actor"]))
    elif kind == "monitor_finished":
        # A day that is over has no gap any more; one that a person ended is one until it begins anew.
        if not told.get("stopped"):
            gaps.end_all(at)
    elif told["cause"] == RESTART:
        gaps.begin("restart", last_sign(at), "")
    elif told["after"] == "monitoring":
        gaps.end("restart", at)
        gaps.end("stopped", at)


def _halt(gaps: _Gaps, kind: str, at: str, told: Mapping[str, Any]) -> None:
    name = f"halt {told['symbol']}"
    if kind == "market_halted":
        gaps.begin("halt", at, str(told["source"]), name)
    else:
        gaps.end(name, at)


def _same(gap: Row, cut: Row) -> bool:
    return all(_apart_s(str(gap[name]), str(cut[name])) <= SLACK_S for name in ("since", "until"))


def _apart_s(one: str, other: str) -> float:
    if not one or not other:
        return math.inf
    return abs((from_text(one) - from_text(other)).total_seconds())
