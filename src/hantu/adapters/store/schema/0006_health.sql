-- A measured value belongs to something: the order, the endpoint, the state it was measured of.
ALTER TABLE monitoring_metrics ADD COLUMN label TEXT NOT NULL DEFAULT '';
