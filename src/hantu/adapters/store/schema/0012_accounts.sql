-- Which account the records belong to: number and HTS id sealed (AES-256-GCM, bound to this table, column and row), and a
-- keyed mark (HMAC-SHA256) by which another account under the same alias is noticed. The keys are no part of this file.
CREATE TABLE accounts (
    environment   TEXT NOT NULL,
    account       TEXT NOT NULL,
    number_sealed BLOB NOT NULL,
    hts_id_sealed BLOB NOT NULL,
    mark          TEXT NOT NULL,
    recorded_at   TEXT NOT NULL,
    PRIMARY KEY (environment, account)
) STRICT, WITHOUT ROWID;
