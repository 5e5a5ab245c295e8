-- What needs a person until it is closed: one row for each cause while it is open. opened_at is the fact's time,
-- recorded_at and all later ones the machine's; the deadline of an acknowledgement counts from recorded_at.
CREATE TABLE incidents (
    incident_id    INTEGER PRIMARY KEY,
    cause          TEXT NOT NULL,
    event_type     TEXT NOT NULL,
    symbol         TEXT NOT NULL DEFAULT '',
    title          TEXT NOT NULL,
    event_id       TEXT NOT NULL DEFAULT '',
    alert_id       INTEGER NOT NULL DEFAULT 0,
    correlation_id TEXT NOT NULL DEFAULT '',
    opened_at      TEXT NOT NULL,
    recorded_at    TEXT NOT NULL,
    last_at        TEXT NOT NULL,
    occurrences    INTEGER NOT NULL DEFAULT 1,
    assignee       TEXT NOT NULL DEFAULT '',
    acked_by       TEXT NOT NULL DEFAULT '',
    acked_at       TEXT NOT NULL DEFAULT '',
    escalated_at   TEXT NOT NULL DEFAULT '',
    decision       TEXT NOT NULL DEFAULT '',
    decided_by     TEXT NOT NULL DEFAULT '',
    decided_at     TEXT NOT NULL DEFAULT '',
    closed_by      TEXT NOT NULL DEFAULT '',
    closed_at      TEXT NOT NULL DEFAULT '',
    report         TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX incidents_one_open_per_cause ON incidents (cause) WHERE closed_at = '';
CREATE INDEX incidents_by_time ON incidents (opened_at);

-- What people did about it, and the guard in their name. kind: opened, assigned, acknowledged, escalated, decided,
-- bundled, closed.
CREATE TABLE incident_log (
    entry_id    INTEGER PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incidents (incident_id),
    at          TEXT NOT NULL,
    kind        TEXT NOT NULL,
    actor       TEXT NOT NULL,
    text        TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX incident_log_by_incident ON incident_log (incident_id, entry_id);
CREATE TRIGGER incident_log_refuses_update BEFORE UPDATE ON incident_log
BEGIN SELECT RAISE(ABORT, 'incident_log is append-only'); END;
CREATE TRIGGER incident_log_refuses_delete BEFORE DELETE ON incident_log
BEGIN SELECT RAISE(ABORT, 'incident_log is append-only'); END;

-- One row each time a checklist was gone through: what every item showed, and who confirmed it.
CREATE TABLE checklist_runs (
    run_id       INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('daily', 'weekly', 'monthly', 'morning')),
    run_at       TEXT NOT NULL,
    result       TEXT NOT NULL CHECK (result IN ('ok', 'warn', 'fail')),
    items_json   TEXT NOT NULL,
    actor        TEXT NOT NULL,
    confirmed_by TEXT NOT NULL DEFAULT '',
    note         TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX checklist_runs_by_kind ON checklist_runs (kind, run_at);
