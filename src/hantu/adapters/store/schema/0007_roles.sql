-- Who does a part of the work beside the guard: one row per role. heartbeat is UTC text of the machine's clock,
-- empty after an end in order; beats counts the signs of life.
CREATE TABLE roles (
    role       TEXT NOT NULL PRIMARY KEY,
    holder     TEXT NOT NULL,
    heartbeat  TEXT NOT NULL,
    beats      INTEGER NOT NULL DEFAULT 0,
    started_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The process that has taken an alert upon itself before any channel has; empty: none.
ALTER TABLE alert_events ADD COLUMN claimed_by TEXT NOT NULL DEFAULT '';

-- What waits is asked for many times a second and is short, however long the history.
CREATE INDEX alert_events_waiting ON alert_events (alert_id) WHERE sent_at = '' AND given_up = 0;
