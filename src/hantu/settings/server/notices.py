"""Alerts, silences and incidents over the interface: the same acts on the same rows as the command line's."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hantu.adapters.store import alert_words
from hantu.adapters.store import incidents as rows
from hantu.adapters.store.pages import Pages
from hantu.alerting.explain import explained
from hantu.alerting.silences import Silence
from hantu.domain.access import Caller
from hantu.domain.errors import NotThereError, UsageError
from hantu.settings.model import Settings
from hantu.settings.people import actor_of

Report = Callable[[Any, Sequence[Any], str], str]


class NoticeBoard:
    """Implements the notices of the interface; ``report`` writes an incident's report."""

    def __init__(self, settings: Settings, report: Report) -> None:
        self._settings = settings
        self._database = settings.database
        self._pages = Pages(settings.database)
        self._report = report

    def alerts(self, where: Mapping[str, str], limit: int, cursor: str) -> tuple[Sequence[Mapping[str, Any]], str]:
        """Return alerts, newest first, each once."""
        return self._pages.alerts(where, limit, cursor)

    def alert(self, alert_id: int) -> dict[str, Any]:
        """Return one alert with its deliveries and its story."""
        found = self._pages.alert(alert_id)
        steps = alert_words.story_of(self._database, alert_id)
        return {
            "alert": found, "deliveries": alert_words.rows_of(self._database, alert_id),
            "steps": [{name: getattr(step, name) for name in step.__slots__} for step in steps],
            "text": list(explained(steps)),
        }  # fmt: skip

    def deliveries(self, where: Mapping[str, str], limit: int, cursor: str) -> tuple[Sequence[Mapping[str, Any]], str]:
        """Return alerts on their channels, newest first."""
        return self._pages.deliveries(where, limit, cursor)

    def stats(self, since: str) -> alert_words.Stats:
        """Count alerts."""
        return alert_words.stats(self._database, since=since)

    def acknowledge(self, alert_id: int, *, length_s: int, done: bool, by: Caller) -> str:
        """Note that a person has seen an emergency; return its text."""
        self._pages.alert(alert_id)
        return alert_words.acknowledge(self._database, alert_id, actor=by.actor, length_s=length_s, done=done)

    def silences(self, *, every: bool) -> Sequence[alert_words.SilenceRow]:
        """Return silences, newest first."""
        return alert_words.silences(self._database, every=every)

    def silence(self, asked: Any, *, by: Caller) -> int:
        """Begin a silence; return its number."""
        wanted = Silence(
            0, 0.0, by.actor, asked.comment, asked.event_type, asked.symbol, asked.category, asked.priority,
            asked.emergency, asked.maintenance,
        )  # fmt: skip
        return alert_words.add_silence(self._database, wanted, asked.length_s)

    def end_silence(self, silence_id: int, *, by: Caller) -> None:
        """End a silence now."""
        if not any(row.silence_id == silence_id for row in alert_words.silences(self._database, every=True)):
            raise NotThereError(f"{silence_id}번 침묵이 없습니다.", next_step="목록에서 번호를 확인하세요.")
        alert_words.end_silence(self._database, silence_id, actor=by.actor)

    def incidents(self, *, every: bool, limit: int) -> Sequence[rows.Incident]:
        """Return incidents, newest first."""
        return rows.incidents(self._database, limit, every=every)

    def incident(self, number: int) -> dict[str, Any]:
        """Return one incident with its time line."""
        self._known(number)
        found, moments = rows.story(self._database, number)
        return {"incident": found, "moments": moments}

    def incident_act(self, number: int, act: str, *, by: Caller, text: str = "", choice: str = "") -> rows.Incident:
        """Do what a person does about an incident.

        Raises:
            NotThereError: There is none of that number.
            DeniedError: Its state does not allow it.
        """
        self._known(number)
        if act == "ack":
            return rows.acknowledge(self._database, number, actor=by.actor, note=text)
        if act == "assign":
            return rows.assign(self._database, number, actor_of(self._settings, text), actor=by.actor)
        if act == "decide":
            return rows.decide(self._database, number, choice, text, actor=by.actor)
        return rows.close(self._database, number, text, actor=by.actor, write=self._report)

    def _known(self, number: int) -> None:
        try:
            rows.incident(self._database, number)
        except UsageError as error:
            raise NotThereError(str(error), next_step=error.next_step) from error
