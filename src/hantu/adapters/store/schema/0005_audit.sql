-- Each audit row names the flow it belongs to and is chained to the one before it: leaf_hash is the hash of
-- its own columns, prev_hash the head of the chain before it; both are SHA-256 as hexadecimal text.
-- Rows of earlier releases are chained when this step is applied (see adapters/store/chain.py).
ALTER TABLE ops_audit_log ADD COLUMN correlation_id TEXT NOT NULL DEFAULT '';
ALTER TABLE ops_audit_log ADD COLUMN prev_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE ops_audit_log ADD COLUMN leaf_hash TEXT NOT NULL DEFAULT '';
CREATE INDEX ops_audit_log_by_event ON ops_audit_log (event_id);

-- The newest row may only be followed: INSERT OR REPLACE would change a row without the two triggers above.
CREATE TRIGGER ops_audit_log_takes_only_the_next BEFORE INSERT ON ops_audit_log
WHEN NEW.leaf_hash = '' OR NEW.audit_id <> (SELECT coalesce(max(audit_id), 0) + 1 FROM ops_audit_log)
BEGIN SELECT RAISE(ABORT, 'ops_audit_log is append-only and written by hantu'); END;

-- The effective configuration of the last start; secrets only as a keyed mark by which a change is noticed.
CREATE TABLE config_values (
    key         TEXT NOT NULL PRIMARY KEY,
    value       TEXT NOT NULL,
    recorded_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- People behind pseudonyms. Name and kind are encrypted by the subject's own key, which is wrapped by the
-- key file of the home; erasure empties wrapped_key, secret and lookup for good.
CREATE TABLE subjects (
    pseudonym   TEXT NOT NULL PRIMARY KEY,
    lookup      TEXT NOT NULL,
    wrapped_key BLOB NOT NULL,
    secret      BLOB NOT NULL,
    created_at  TEXT NOT NULL,
    erased_at   TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX subjects_by_lookup ON subjects (lookup) WHERE lookup <> '';
