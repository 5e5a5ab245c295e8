-- Token calls of orders by hand that got no answer, and the pauses they led to: a second failure within a quarter of an
-- hour pauses approving and placing until a person records why it happened. Exits know nothing of it.
CREATE TABLE token_failures (
    failure_id INTEGER PRIMARY KEY,
    at         TEXT NOT NULL,
    cause      TEXT NOT NULL,
    seen_by    TEXT NOT NULL
) STRICT;
CREATE INDEX token_failures_by_time ON token_failures (at);
CREATE TABLE flow_pauses (
    pause_id   INTEGER PRIMARY KEY,
    paused_at  TEXT NOT NULL,
    cause      TEXT NOT NULL,
    resumed_at TEXT NOT NULL DEFAULT '',
    resumed_by TEXT NOT NULL DEFAULT '',
    analysis   TEXT NOT NULL DEFAULT '',
    CHECK ((resumed_at = '') = (analysis = ''))
) STRICT;
CREATE UNIQUE INDEX flow_pauses_one_open ON flow_pauses (resumed_at) WHERE resumed_at = '';
