"""Records page by page for the interface: short reads with a limit of time, so that a wide search harms nobody.

A page goes on behind the last row's own id, so rows that arrive meanwhile move
nothing. Rows are mappings by the names of their columns.
"""

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from hantu.adapters.store.alert_meanings import ended_at, of_severity
from hantu.adapters.store.maintenance import reading
from hantu.adapters.store.sqlite import Connection, OperationalError
from hantu.domain.errors import NotThereError, RetryableError, UsageError

Row = dict[str, Any]
Page = tuple[Sequence[Row], str]
TIME_MAX_S: Final = 3.0
STEPS: Final = 20_000
"""Virtual machine steps between two looks at the clock."""
EVENT: Final = """SELECT event_id, event_type, timestamp, payload_json, produced_by, correlation_id, causation_id, environment,
    account, category FROM event_log"""
_ORDERS: Final = """SELECT i.intent_id, i.flow, i.kind, i.state, i.symbol, i.name, i.side, i.purpose, i.quantity,
    i.limit_price, i.filled, i.canceled, coalesce(o.average_fill_price, 0) AS average_fill_price, i.order_no,
    i.branch_no, i.attempt, i.parent, i.code, i.reason, i.trade_date, i.recorded_at, i.sent_at,
    coalesce(o.accepted_at, '') AS accepted_at, i.updated_at
FROM intents i LEFT JOIN orders o ON o.intent_id = i.intent_id"""
_ALERTS: Final = """SELECT alert_id, max(severity) AS severity, max(priority) AS priority, max(category) AS category,
    max(message) AS message, max(event_type) AS event_type, max(event_at) AS event_at, max(event_id) AS event_id,
    max(symbol) AS symbol, group_concat(CASE WHEN sent_at <> '' THEN channel END) AS delivered_to,
    sum(attempts) AS attempts, min(given_up) AS given_up, max(last_error) AS last_error,
    max(CASE channel WHEN 'policy' THEN last_error ELSE '' END) AS withheld,
    max(sent_at) = '' AND min(given_up) = 0 AS waiting
FROM alert_events"""
_ACKED: Final = """SELECT t.*, coalesce(k.author, '') AS acked_by, coalesce(k.acked_at, '') AS acked_at, coalesce(k.expires_at, '') AS ack_until,
    coalesce(k.done, 0) AS done
FROM ({told}) t LEFT JOIN alert_acks k
ON k.ack_id = (SELECT max(ack_id) FROM alert_acks n WHERE n.alert_id = t.alert_id) ORDER BY t.alert_id DESC"""


class Pages:
    """Opens the database for each question and closes it again; every method raises BrokenError when it cannot."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def orders(self, where: Mapping[str, str], limit: int, cursor: str) -> Page:
        """Return attempts, newest first."""
        names = ("state", "symbol", "side", "trade_date")
        conditions: list[tuple[str, Any]] = [(f"i.{name} = ?", where[name]) for name in names if where.get(name)]
        if cursor:
            at, _, ident = cursor.partition("|")
            conditions += [("(i.recorded_at, i.intent_id) < (?, ?)", (at, ident))]
        rows = self._rows(_ORDERS, conditions, "i.recorded_at DESC, i.intent_id DESC", limit)
        return rows, _next(rows, limit, "recorded_at", "intent_id")

    def fills(self, where: Mapping[str, str], limit: int, cursor: str) -> Page:
        """Return fills, newest first."""
        conditions: list[tuple[str, Any]] = [
            (f"{name} = ?", where[name]) for name in ("symbol", "trade_date") if where.get(name)
        ]
        if cursor:
            conditions.append(("fill_id < ?", _number(cursor)))
        query = """SELECT fill_id, event_id, trade_date, intent_id, order_no, symbol, name, side, quantity, price, cumulative,
            filled_at, received_at, source FROM fills"""
        rows = self._rows(query, conditions, "fill_id DESC", limit)
        return rows, _next(rows, limit, "fill_id")

    def events(self, where: Mapping[str, str], limit: int, cursor: str) -> Page:
        """Return facts, newest first; ``event_type`` may end in ``*``, ``q`` is looked for in type and payload."""
        conditions: list[tuple[str, Any]] = [
            (f"{name} = ?", where[name]) for name in ("category", "correlation_id") if where.get(name)
        ]
        kind = where.get("event_type", "")
        if kind:
            conditions.append(
                ("event_type LIKE ? ESCAPE '!'", f"{_plain(kind[:-1])}%")
                if kind.endswith("*")
                else ("event_type = ?", kind)
            )
        if where.get("severity"):
            types = of_severity(where["severity"])
            conditions.append((f"event_type IN ({', '.join('?' * len(types))})", types))
        if where.get("symbol"):
            conditions.append(("json_extract(payload_json, '$.symbol') = ?", where["symbol"]))
        if where.get("q"):
            found = f"%{_plain(where['q'])}%"
            conditions.append(("(payload_json LIKE ? ESCAPE '!' OR event_type LIKE ? ESCAPE '!')", (found, found)))
        for name, sign in (("since", ">="), ("until", "<")):
            if where.get(name):
                conditions.append((f"timestamp {sign} ?", where[name]))
        if cursor:
            conditions.append(("event_id < ?", cursor))
        rows = [_event(row) for row in self._rows(EVENT, conditions, "event_id DESC", limit)]
        return rows, _next(rows, limit, "event_id")

    def event(self, event_id: str) -> Row:
        """Return one fact.

        Raises:
            NotThereError: There is none of that id.
        """
        rows = self._rows(EVENT, [("event_id = ?", event_id)], "event_id", 1)
        if not rows:
            raise NotThereError("그런 이벤트가 없습니다.", next_step="목록에서 번호를 확인하세요.")
        return _event(rows[0])

    def event_types(self) -> Sequence[Row]:
        """Return every type on record with its number, the most frequent first."""
        return self._rows(
            "SELECT * FROM (SELECT event_type, count(*) AS count FROM event_log GROUP BY event_type)", [],
            "count DESC, event_type", 1_000,
        )  # fmt: skip

    def alerts(self, where: Mapping[str, str], limit: int, cursor: str) -> Page:
        """Return alerts, newest first, each once."""
        conditions: list[tuple[str, Any]] = [
            (f"{name} = ?", where[name]) for name in ("event_type", "priority") if where.get(name)
        ]
        if where.get("since"):
            conditions.append(("event_at >= ?", where["since"]))
        if cursor:
            conditions.append(("alert_id < ?", _number(cursor)))
        having = "HAVING waiting" if where.get("waiting") else ""
        rows = self._alerts(conditions, limit, having)
        return [_alert(row) for row in rows], _next(rows, limit, "alert_id")

    def alert(self, alert_id: int) -> Row:
        """Return one alert.

        Raises:
            NotThereError: There is none of that number.
        """
        rows = self._alerts([("alert_id = ?", alert_id)], 1)
        if not rows:
            raise NotThereError(f"{alert_id}번 알림이 없습니다.", next_step="목록에서 번호를 확인하세요.")
        return _alert(rows[0])

    def deliveries(self, where: Mapping[str, str], limit: int, cursor: str) -> Page:
        """Return alerts on their channels, newest first; ``failed`` only those with an error."""
        conditions: list[tuple[str, Any]] = [("channel <> ?", "")]
        if where.get("channel"):
            conditions.append(("channel = ?", where["channel"]))
        if where.get("failed"):
            # What the alert policy did not tell by itself has failed at no channel.
            conditions += [("last_error <> ?", ""), ("channel <> ?", "policy")]
        if cursor:
            number, _, channel = cursor.partition("|")
            conditions.append(("(alert_id, channel) < (?, ?)", (_number(number), channel)))
        query = """SELECT alert_id, severity, priority, category, message, channel, sent_at, event_id, event_type, event_at,
            attempts, given_up, last_error FROM alert_events"""
        rows = self._rows(query, conditions, "alert_id DESC, channel DESC", limit)
        return rows, _next(rows, limit, "alert_id", "channel")

    def kill_history(self, limit: int) -> Sequence[Row]:
        """Return kill switch states, newest first."""
        query = "SELECT timestamp, kill_level AS level, reason, actor, automatic FROM system_state"
        return self._rows(query, [], "timestamp DESC", limit)

    def audit(self, where: Mapping[str, str], limit: int, cursor: str) -> Page:
        """Return who operated, newest first."""
        conditions: list[tuple[str, Any]] = [
            (f"{name} = ?", where[name]) for name in ("actor", "event_type") if where.get(name)
        ]
        if cursor:
            conditions.append(("audit_id < ?", _number(cursor)))
        query = (
            "SELECT audit_id, event_type, actor, event_ts, details_json, event_id, correlation_id FROM ops_audit_log"
        )
        rows = self._rows(query, conditions, "audit_id DESC", limit)
        return [{**row, "details": _object(row["details_json"])} for row in rows], _next(rows, limit, "audit_id")

    def summaries(self, limit: int) -> Sequence[Row]:
        """Return days, newest first."""
        rows = self._rows("SELECT * FROM daily_summaries", [], "trade_date DESC", limit)
        return [{**row, "positions": msgspec.json.decode(row["positions_json"])} for row in rows]

    def waiting(self) -> dict[str, int]:
        """Return how much waits for a person."""
        with limited(self._path) as connection:
            row = connection.execute(
                """SELECT
                    (SELECT count(*) FROM approvals WHERE status = 'pending'
                        AND expires_at > strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
                    (SELECT count(*) FROM incidents WHERE closed_at = ''),
                    (SELECT count(*) FROM alert_events WHERE sent_at = '' AND given_up = 0)"""
            ).fetchone()
        return {"approvals": row[0], "incidents": row[1], "alerts_unsent": row[2]}

    def health(self, component: str, since: str, limit: int) -> Sequence[Row]:
        """Return what the checks found, newest first."""
        conditions: list[tuple[str, Any]] = [("component = ?", component)] if component else []
        if since:
            conditions.append(("checked_at >= ?", since))
        query = "SELECT component, status, checked_at, detail FROM system_health"
        return self._rows(query, conditions, "checked_at DESC, component", limit)

    def series_names(self) -> Sequence[Row]:
        """Return the measured series with their labels."""
        rows = self._rows("SELECT DISTINCT metric_name, label FROM monitoring_metrics", [], "metric_name, label", 2_000)
        names: dict[str, list[str]] = {}
        for row in rows:
            names.setdefault(row["metric_name"], []).append(row["label"])
        return [{"name": name, "labels": [label for label in labels if label]} for name, labels in names.items()]

    def series(self, name: str, label: str, since: str, limit: int) -> Sequence[Row]:
        """Return one series, oldest first, thinned by the mean of equal stretches of time when it is long."""
        conditions: list[tuple[str, Any]] = [("metric_name = ?", name)]
        if label:
            conditions.append(("label = ?", label))
        if since:
            conditions.append(("recorded_at >= ?", since))
        where, values = _where(conditions)
        query = f"""WITH picked AS (SELECT recorded_at, metric_value, label FROM monitoring_metrics {where}),
            cut AS (SELECT recorded_at, metric_value, label, ntile(?) OVER (ORDER BY recorded_at) AS piece FROM picked)
            SELECT min(recorded_at) AS at, avg(metric_value) AS value, max(label) AS label
            FROM cut GROUP BY piece ORDER BY piece"""  # noqa: S608 - our own words
        with limited(self._path) as connection:
            return named(connection.execute(query, (*values, limit)))

    def _alerts(self, conditions: Sequence[tuple[str, Any]], limit: int, having: str = "") -> list[Row]:
        where, values = _where(conditions)
        told = f"{_ALERTS} {where} GROUP BY alert_id {having} ORDER BY alert_id DESC LIMIT ?"
        with limited(self._path) as connection:
            rows = named(connection.execute(_ACKED.format(told=told), (*values, limit)))
            ended = ended_at(connection, rows)
        return [{**row, "ended_at": ended.get(row["alert_id"], "")} for row in rows]

    def _rows(self, query: str, conditions: Sequence[tuple[str, Any]], order: str, limit: int) -> list[Row]:
        where, values = _where(conditions)
        with limited(self._path) as connection:
            return named(connection.execute(f"{query} {where} ORDER BY {order} LIMIT ?", (*values, limit)))


@contextlib.contextmanager
def limited(path: Path) -> Iterator[Connection]:
    """Open for one read that ends by itself: a long reader would hold up the file's clean-up."""
    with reading(path) as connection:
        end = time.monotonic() + TIME_MAX_S  # noqa: TID251  (patience with a query, not a moment of anything)
        connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)  # noqa: TID251
        try:
            yield connection
        except OperationalError as error:
            if "interrupted" not in str(error):
                raise
            raise RetryableError("찾는 데 너무 오래 걸립니다.", next_step="기간이나 종류를 좁히세요.") from error
        finally:
            connection.set_progress_handler(None, 0)


def _where(conditions: Sequence[tuple[str, Any]]) -> tuple[str, list[Any]]:
    values: list[Any] = []
    for _, value in conditions:
        values += value if isinstance(value, tuple) else (value,)
    return (f"WHERE {' AND '.join(text for text, _ in conditions)}" if conditions else "", values)


def named(cursor: Any) -> list[Row]:
    """Return every row of a question by the names of its columns."""
    names = [part[0] for part in cursor.description]
    return [dict(zip(names, row)) for row in cursor.fetchall()]


def _event(row: Row) -> Row:
    return {**row, "payload": _object(row.pop("payload_json"))}


def _alert(row: Row) -> Row:
    return {**row, "delivered_to": sorted(filter(None, (row["delivered_to"] or "").split(",")))}


def _object(text: str) -> dict[str, Any]:
    found = msgspec.json.decode(text)
    return found if isinstance(found, dict) else {"value": found}


def _next(rows: Sequence[Row], limit: int, *names: str) -> str:
    return "|".join(str(rows[-1][name]) for name in names) if len(rows) == limit else ""


def _number(text: str) -> int:
    if not text.isdigit() or len(text) > 18:
        raise UsageError("cursor 를 읽을 수 없습니다.", next_step="앞 쪽의 next_cursor 를 그대로 쓰세요.")
    return int(text)


def _plain(text: str) -> str:
    """Return a text in which nothing is a wildcard."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
