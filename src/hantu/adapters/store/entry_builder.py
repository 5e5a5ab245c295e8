"""Gives every fact of a batch its id, time, flow and cause."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import timedelta

from hantu.adapters.store.entries import AlertRow, BatchEntry, EventRow, encode_fact
from hantu.adapters.store.event_ids import EventIds
from hantu.adapters.store.timestamps import to_text
from hantu.domain.events import Fact, IntentRecorded, event_type
from hantu.domain.session import trading_date
from hantu.ports import Batch

REMEMBERED_FLOWS = 20_000
_MICROSECOND = timedelta(microseconds=1)


def no_category(_event_type: str) -> str:
    """Stand for the event catalogue where none is wired."""
    return ""


class EntryBuilder:
    """Turns batches into entries; remembers flows so that each event names its cause."""

    def __init__(
        self, *, environment: str, account: str, produced_by: str, ids: EventIds, category_of: Callable[[str], str]
    ) -> None:
        self._environment = environment
        self._account = account
        self._produced_by = produced_by
        self._ids = ids
        self._category_of = category_of
        self._flow_of_intent: OrderedDict[str, str] = OrderedDict()
        self._last_event: OrderedDict[str, str] = OrderedDict()
        self._last_timestamp = ""
        self._next_alert = 1

    def remember(
        self,
        *,
        flows: Iterable[tuple[str, str]],
        last_events: Iterable[tuple[str, str]],
        last_event_id: str,
        last_alert: int,
    ) -> None:
        """Continue where an earlier life ended.

        ``flows`` are (intent id, flow), ``last_events`` (flow, newest event id).
        """
        self._flow_of_intent.update(flows)
        self._last_event.update(last_events)
        if last_event_id:
            self._ids.continue_after(last_event_id)
        self._next_alert = max(self._next_alert, last_alert + 1)

    def build(self, batch: Batch) -> BatchEntry | None:
        """Return the entry of a batch; None if it has no facts."""
        if not batch.facts:
            return None
        flows = [self._flow(fact) for fact in batch.facts]
        named = {flow for flow in flows if flow}
        common = named.pop() if len(named) == 1 else ""
        millis = int(batch.at.wall.timestamp() * 1000)
        moment = batch.at.wall
        events: list[EventRow] = []
        for fact, flow in zip(batch.facts, flows, strict=True):
            timestamp = to_text(moment)
            if timestamp == self._last_timestamp or events:
                moment += _MICROSECOND
                timestamp = to_text(moment)
            self._last_timestamp = timestamp
            event_id = self._ids.next(millis)
            # facts of no flow belong to the batch's only one, else to the batch itself
            common = common or ("" if flow else event_id)
            correlation = flow or common
            name = event_type(fact)
            events.append(
                EventRow(event_id, name, timestamp, encode_fact(fact), correlation,
                         self._last_event.get(correlation, ""), self._category_of(name))
            )  # fmt: skip
            self._last_event[correlation] = event_id
        self._forget()
        return BatchEntry(
            at=to_text(batch.at.wall), trade_date=trading_date(batch.at.wall).isoformat(),
            environment=self._environment, account=self._account, produced_by=self._produced_by,
            epoch=batch.epoch, events=tuple(events), alerts=self._alerts(batch, events),
        )  # fmt: skip

    def _flow(self, fact: Fact) -> str:
        flow: str = getattr(fact, "flow", "")
        if isinstance(fact, IntentRecorded):
            self._flow_of_intent[fact.intent_id] = flow
        return flow or self._flow_of_intent.get(getattr(fact, "intent_id", ""), "")

    def _alerts(self, batch: Batch, events: list[EventRow]) -> tuple[AlertRow, ...]:
        rows = []
        for index, alert in batch.alerts:
            event = events[index]
            rows.append(
                AlertRow(self._next_alert, event.event_id, alert.event_type, alert.key, alert.severity.value,
                         alert.priority.value, alert.category, alert.short, alert.long, event.timestamp, alert.symbol)
            )  # fmt: skip
            self._next_alert += 1
        return tuple(rows)

    def _forget(self) -> None:
        for memory in (self._flow_of_intent, self._last_event):
            while len(memory) > REMEMBERED_FLOWS:
                memory.popitem(last=False)
