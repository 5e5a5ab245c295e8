-- Facts that were filed after newer ones: they waited in the spill, or another process drew a later id first. Whoever follows
-- event_log by event_id reads these beside it, by row_no; behind is the newest fact there was. The newest ten thousand are kept.
CREATE TABLE late_facts (
    row_no   INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE,
    behind   TEXT NOT NULL
) STRICT;
