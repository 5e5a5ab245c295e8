-- A stop raised by the trailing rule, its high, and a partial profit taken outlive the day.
ALTER TABLE positions ADD COLUMN trailing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE positions ADD COLUMN high INTEGER NOT NULL DEFAULT 0;
ALTER TABLE positions ADD COLUMN partial_done INTEGER NOT NULL DEFAULT 0;
