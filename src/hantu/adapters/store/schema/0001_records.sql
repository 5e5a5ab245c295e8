-- Names and meanings of columns are public: operators query these tables by hand.
-- Times are UTC text 'YYYY-MM-DD HH:MM:SS.ffffff'; trade_date is the Korean date.
-- Money is won, prices won per share.

-- What the system did. event_id is a UUIDv7, so its order is the order of recording.
CREATE TABLE event_log (
    event_id       TEXT NOT NULL PRIMARY KEY,
    event_type     TEXT NOT NULL,
    timestamp      TEXT NOT NULL,
    payload_json   TEXT NOT NULL,
    produced_by    TEXT NOT NULL DEFAULT '',
    version        TEXT NOT NULL DEFAULT '1.0',
    correlation_id TEXT NOT NULL DEFAULT '',
    causation_id   TEXT NOT NULL DEFAULT '',
    environment    TEXT NOT NULL DEFAULT '',
    account        TEXT NOT NULL DEFAULT '',
    category       TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX event_log_by_time ON event_log (timestamp);
CREATE INDEX event_log_by_type ON event_log (event_type, timestamp);
CREATE INDEX event_log_by_flow ON event_log (correlation_id);
CREATE TRIGGER event_log_is_append_only BEFORE UPDATE ON event_log
BEGIN SELECT RAISE(ABORT, 'event_log is append-only'); END;

-- Who operated.
CREATE TABLE ops_audit_log (
    audit_id     INTEGER PRIMARY KEY AUTOINCREMENT,
    event_type   TEXT NOT NULL,
    actor        TEXT NOT NULL,
    event_ts     TEXT NOT NULL,
    details_json TEXT NOT NULL,
    event_id     TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER ops_audit_log_refuses_update BEFORE UPDATE ON ops_audit_log
BEGIN SELECT RAISE(ABORT, 'ops_audit_log is append-only'); END;
CREATE TRIGGER ops_audit_log_refuses_delete BEFORE DELETE ON ops_audit_log
BEGIN SELECT RAISE(ABORT, 'ops_audit_log is append-only'); END;

-- Kill switch states; the newest row holds. timestamp strictly increases.
CREATE TABLE system_state (
    state_id   INTEGER PRIMARY KEY,
    timestamp  TEXT NOT NULL,
    kill_level TEXT NOT NULL CHECK (kill_level IN ('off', 'active', 'hard', 'flatten')),
    reason     TEXT NOT NULL DEFAULT '',
    actor      TEXT NOT NULL DEFAULT '',
    automatic  INTEGER NOT NULL DEFAULT 0 CHECK (automatic IN (0, 1)),
    event_id   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX system_state_by_time ON system_state (timestamp);

-- Intents: one row for every attempt at one order or cancel.
CREATE TABLE intents (
    intent_id     TEXT NOT NULL PRIMARY KEY,
    flow          TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('order', 'cancel')),
    state         TEXT NOT NULL,
    account       TEXT NOT NULL,
    environment   TEXT NOT NULL,
    symbol        TEXT NOT NULL,
    name          TEXT NOT NULL,
    side          TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
    purpose       TEXT NOT NULL,
    target        INTEGER NOT NULL,
    quantity      INTEGER NOT NULL,
    limit_price   INTEGER NOT NULL,
    order_type    TEXT NOT NULL,
    venue         TEXT NOT NULL,
    attempt       INTEGER NOT NULL,
    parent        TEXT NOT NULL,
    held          INTEGER NOT NULL,
    average_price INTEGER NOT NULL,
    epoch         INTEGER NOT NULL,
    baseline_json TEXT NOT NULL,
    trade_date    TEXT NOT NULL,
    recorded_at   TEXT NOT NULL,
    updated_at    TEXT NOT NULL,
    sent_at       TEXT NOT NULL DEFAULT '',
    order_no      TEXT NOT NULL DEFAULT '',
    branch_no     TEXT NOT NULL DEFAULT '',
    filled        INTEGER NOT NULL DEFAULT 0,
    canceled      INTEGER NOT NULL DEFAULT 0,
    code          TEXT NOT NULL DEFAULT '',
    reason        TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
-- At most one open order per account, stock and side: the last line of defence against selling
-- twice. Cancels may be several; the same small index finds everything that is open.
CREATE UNIQUE INDEX intents_one_open_order
ON intents (environment, account, symbol, side, (CASE WHEN kind = 'order' THEN '' ELSE intent_id END))
WHERE state IN ('triggered', 'prepared', 'sending', 'working', 'partial', 'unknown', 'escalated');

-- Orders the broker has accepted; numbers are unique within a trading day.
CREATE TABLE orders (
    trade_date         TEXT NOT NULL,
    account            TEXT NOT NULL,
    order_no           TEXT NOT NULL,
    intent_id          TEXT NOT NULL REFERENCES intents (intent_id),
    branch_no          TEXT NOT NULL,
    symbol             TEXT NOT NULL,
    name               TEXT NOT NULL,
    side               TEXT NOT NULL,
    purpose            TEXT NOT NULL,
    quantity           INTEGER NOT NULL,
    limit_price        INTEGER NOT NULL,
    filled             INTEGER NOT NULL DEFAULT 0,
    average_fill_price INTEGER NOT NULL DEFAULT 0,
    state              TEXT NOT NULL,
    ordered_at         TEXT NOT NULL,
    sent_at            TEXT NOT NULL,
    accepted_at        TEXT NOT NULL,
    how                TEXT NOT NULL,
    PRIMARY KEY (trade_date, account, order_no)
) STRICT;
CREATE INDEX orders_by_intent ON orders (intent_id);

-- Fills, ours and others'; totals only move up.
CREATE TABLE fills (
    fill_id     INTEGER PRIMARY KEY,
    event_id    TEXT NOT NULL UNIQUE,
    trade_date  TEXT NOT NULL,
    account     TEXT NOT NULL,
    intent_id   TEXT REFERENCES intents (intent_id),
    order_no    TEXT NOT NULL,
    symbol      TEXT NOT NULL,
    name        TEXT NOT NULL,
    side        TEXT NOT NULL,
    quantity    INTEGER NOT NULL,
    price       INTEGER NOT NULL,
    cumulative  INTEGER NOT NULL,
    filled_at   TEXT NOT NULL,
    received_at TEXT NOT NULL,
    source      TEXT NOT NULL
) STRICT;
CREATE INDEX fills_by_intent ON fills (intent_id);
CREATE INDEX fills_by_symbol ON fills (symbol, trade_date);

-- Last known positions, for people and commands; the broker's balance is the truth.
CREATE TABLE positions (
    environment   TEXT NOT NULL,
    account       TEXT NOT NULL,
    symbol        TEXT NOT NULL,
    name          TEXT NOT NULL,
    quantity      INTEGER NOT NULL,
    cost          INTEGER NOT NULL DEFAULT 0,
    average_price INTEGER NOT NULL DEFAULT 0,
    stop_price    INTEGER NOT NULL DEFAULT 0,
    target_price  INTEGER NOT NULL DEFAULT 0,
    rule          TEXT NOT NULL DEFAULT '',
    guarded       INTEGER NOT NULL DEFAULT 0,
    selection_id  INTEGER NOT NULL DEFAULT 0,
    held_since    TEXT NOT NULL DEFAULT '',
    updated_at    TEXT NOT NULL,
    PRIMARY KEY (environment, account, symbol)
) STRICT;

-- Stocks selected by the strategy, and how the trade in each ended.
-- is_executed = 1: the exit is done. origin: watchlist (imported) or buy.
CREATE TABLE selection_results (
    id              INTEGER PRIMARY KEY,
    stock_code      TEXT NOT NULL,
    stock_name      TEXT NOT NULL DEFAULT '',
    selection_date  TEXT NOT NULL,
    score           REAL NOT NULL DEFAULT 0,
    support_price   INTEGER NOT NULL DEFAULT 0,
    entry_price     INTEGER,
    quantity        INTEGER,
    exit_price      INTEGER,
    exit_time       TEXT,
    realized_pnl    INTEGER,
    realized_return REAL,
    exit_reason     TEXT,
    is_executed     INTEGER NOT NULL DEFAULT 0,
    entry_date      TEXT NOT NULL DEFAULT '',
    origin          TEXT NOT NULL DEFAULT 'watchlist'
) STRICT;
CREATE UNIQUE INDEX selection_results_once_a_day ON selection_results (stock_code, selection_date)
WHERE origin = 'watchlist';
CREATE INDEX selection_results_by_date ON selection_results (selection_date);

-- Exits that found no single row of selection_results; tried again at the day's summary.
CREATE TABLE unsaved_exits (
    event_id        TEXT NOT NULL PRIMARY KEY,
    stock_code      TEXT NOT NULL,
    selection_id    INTEGER NOT NULL,
    trade_date      TEXT NOT NULL,
    exit_price      INTEGER NOT NULL,
    exit_time       TEXT NOT NULL,
    realized_pnl    INTEGER NOT NULL,
    realized_return REAL NOT NULL,
    exit_reason     TEXT NOT NULL,
    problem         TEXT NOT NULL
) STRICT;

CREATE TABLE daily_summaries (
    trade_date      TEXT NOT NULL,
    account         TEXT NOT NULL,
    total_trades    INTEGER NOT NULL,
    wins            INTEGER NOT NULL,
    losses          INTEGER NOT NULL,
    total_pnl       INTEGER NOT NULL,
    average_win     INTEGER NOT NULL,
    average_loss    INTEGER NOT NULL,
    day_return      REAL NOT NULL,
    position_count  INTEGER NOT NULL,
    positions_json  TEXT NOT NULL,
    next_opening_at TEXT NOT NULL,
    unsaved         INTEGER NOT NULL,
    recorded_at     TEXT NOT NULL,
    PRIMARY KEY (trade_date, account)
) STRICT;

-- What was told to people: one row per alert and channel. Unsent: sent_at ''.
-- channel '' = no channel has tried yet; this table is the outbox.
CREATE TABLE alert_events (
    alert_id     INTEGER NOT NULL,
    severity     TEXT NOT NULL,
    category     TEXT NOT NULL,
    message      TEXT NOT NULL,
    channel      TEXT NOT NULL DEFAULT '',
    sent_at      TEXT NOT NULL DEFAULT '',
    event_id     TEXT NOT NULL DEFAULT '',
    event_type   TEXT NOT NULL DEFAULT '',
    alert_key    TEXT NOT NULL DEFAULT '',
    priority     TEXT NOT NULL DEFAULT 'normal',
    long_message TEXT NOT NULL DEFAULT '',
    event_at     TEXT NOT NULL DEFAULT '',
    due_at       TEXT NOT NULL DEFAULT '',
    attempts     INTEGER NOT NULL DEFAULT 0,
    given_up     INTEGER NOT NULL DEFAULT 0,
    last_error   TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (alert_id, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE system_health (
    component  TEXT NOT NULL,
    status     TEXT NOT NULL,
    checked_at TEXT NOT NULL,
    detail     TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX system_health_by_time ON system_health (component, checked_at);

CREATE TABLE monitoring_metrics (
    metric_name  TEXT NOT NULL,
    metric_value REAL NOT NULL,
    recorded_at  TEXT NOT NULL
) STRICT;
CREATE INDEX monitoring_metrics_by_time ON monitoring_metrics (metric_name, recorded_at);

-- The right to place orders: one row, taken over by raising the epoch.
CREATE TABLE lease (
    lease_id   INTEGER PRIMARY KEY CHECK (lease_id = 1),
    holder     TEXT NOT NULL,
    epoch      INTEGER NOT NULL,
    expires_at TEXT NOT NULL,
    heartbeat  TEXT NOT NULL,
    clean      INTEGER NOT NULL DEFAULT 0
) STRICT;
