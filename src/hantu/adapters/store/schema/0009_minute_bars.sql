-- Minutes of the regular session as the stream showed them; a minute without trades has no row. Shares of the day
-- before its first trade and after its last one; whole = 0: the line did not stand all through it.
CREATE TABLE minute_bars (
    bar_id        INTEGER PRIMARY KEY,
    symbol        TEXT NOT NULL,
    minute        TEXT NOT NULL,
    open          INTEGER NOT NULL,
    high          INTEGER NOT NULL,
    low           INTEGER NOT NULL,
    close         INTEGER NOT NULL,
    shares_before INTEGER NOT NULL,
    shares_after  INTEGER NOT NULL,
    whole         INTEGER NOT NULL CHECK (whole IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX minute_bars_by_symbol ON minute_bars (symbol, minute);
