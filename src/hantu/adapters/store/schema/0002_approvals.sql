-- What people have allowed to be ordered, and what became of it; status ends in denied, used or expired.
-- Prices are won per share, both ends of the band included; expires_at is UTC text of the machine's clock.
CREATE TABLE approvals (
    approval_id  TEXT NOT NULL PRIMARY KEY,
    status       TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'denied', 'used', 'expired')),
    environment  TEXT NOT NULL,
    account      TEXT NOT NULL,
    symbol       TEXT NOT NULL,
    side         TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
    quantity_max INTEGER NOT NULL,
    price_low    INTEGER NOT NULL,
    price_high   INTEGER NOT NULL,
    venues_json  TEXT NOT NULL,
    order_type   TEXT NOT NULL,
    purpose      TEXT NOT NULL,
    order_hash   TEXT NOT NULL,
    proposed_by  TEXT NOT NULL,
    proposed_at  TEXT NOT NULL,
    note         TEXT NOT NULL DEFAULT '',
    decided_by   TEXT NOT NULL DEFAULT '',
    decided_at   TEXT NOT NULL DEFAULT '',
    expires_at   TEXT NOT NULL DEFAULT '',
    used_at      TEXT NOT NULL DEFAULT '',
    intent_id    TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX approvals_by_status ON approvals (status, proposed_at);

-- Spent tokens. A row is written in the transaction that records the intent, so a token is spent
-- exactly once, whatever crashes; an exit's token is its intent's id.
CREATE TABLE order_tokens (
    jti         TEXT NOT NULL PRIMARY KEY,
    intent_id   TEXT NOT NULL,
    approval_id TEXT NOT NULL DEFAULT '',
    mandate_id  TEXT NOT NULL DEFAULT '',
    used_at     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX order_tokens_one_per_approval ON order_tokens (approval_id) WHERE approval_id <> '';

-- Standing approvals of exits: signed documents; the newest one that is not revoked is looked at.
CREATE TABLE mandates (
    mandate_id   TEXT NOT NULL PRIMARY KEY,
    environment  TEXT NOT NULL,
    account      TEXT NOT NULL,
    document     TEXT NOT NULL,
    rules_hash   TEXT NOT NULL,
    signed_by    TEXT NOT NULL,
    signed_at    TEXT NOT NULL,
    revoked_by   TEXT NOT NULL DEFAULT '',
    revoked_at   TEXT NOT NULL DEFAULT '',
    reminded_at  TEXT NOT NULL DEFAULT '',
    uses         INTEGER NOT NULL DEFAULT 0,
    last_used_at TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
