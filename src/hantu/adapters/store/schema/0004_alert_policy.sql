-- Stock an alert is about; empty for everything else.
ALTER TABLE alert_events ADD COLUMN symbol TEXT NOT NULL DEFAULT '';

-- Why an alert was told, held or not told, step by step. verdict: send, wait, drop; told and failed name the
-- channel in about. next_at is when it is looked at again; empty: when something changes.
CREATE TABLE alert_judgements (
    judgement_id INTEGER PRIMARY KEY,
    alert_id     INTEGER NOT NULL,
    judged_at    TEXT NOT NULL,
    verdict      TEXT NOT NULL,
    code         TEXT NOT NULL,
    about        TEXT NOT NULL DEFAULT '',
    reason       TEXT NOT NULL DEFAULT '',
    next_at      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX alert_judgements_by_alert ON alert_judgements (alert_id, judged_at, verdict, code, about);

-- What the policy remembers between two lives; one row.
CREATE TABLE alert_policy_state (
    name       TEXT NOT NULL PRIMARY KEY,
    state_json TEXT NOT NULL,
    saved_at   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Alerts people do not want to hear for a while; expires_at is UTC text of the machine's clock, as all below.
CREATE TABLE alert_silences (
    silence_id  INTEGER PRIMARY KEY,
    event_type  TEXT NOT NULL DEFAULT '',
    symbol      TEXT NOT NULL DEFAULT '',
    category    TEXT NOT NULL DEFAULT '',
    priority    TEXT NOT NULL DEFAULT '',
    emergency   INTEGER NOT NULL DEFAULT 0 CHECK (emergency IN (0, 1)),
    maintenance INTEGER NOT NULL DEFAULT 0 CHECK (maintenance IN (0, 1)),
    author      TEXT NOT NULL CHECK (author <> ''),
    comment     TEXT NOT NULL CHECK (comment <> ''),
    created_at  TEXT NOT NULL,
    expires_at  TEXT NOT NULL CHECK (expires_at > created_at)
) STRICT;

-- Emergencies people have seen (until expires_at) or dealt with (done = 1).
CREATE TABLE alert_acks (
    ack_id     INTEGER PRIMARY KEY,
    alert_id   INTEGER NOT NULL,
    alert_key  TEXT NOT NULL,
    author     TEXT NOT NULL,
    acked_at   TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    done       INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1))
) STRICT;
CREATE INDEX alert_acks_by_time ON alert_acks (expires_at);
