"""The right to record intents: one row, taken over by raising its epoch."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from hantu.adapters.store.sqlite import Connection, transaction
from hantu.adapters.store.state_rows import audit
from hantu.adapters.store.timestamps import to_text

TERM = timedelta(seconds=15)
HEARTBEAT_S = 5.0
_json = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease just acquired; ``clean`` is false when the life before did not end by itself."""

    epoch: int
    clean: bool
    previous_holder: str


def acquire(connection: Connection, holder: str, now: datetime) -> Lease:
    """Take the lease for ``holder``; whoever had it can record no intent any more."""
    moment = to_text(now)
    with transaction(connection):
        row = connection.execute("SELECT holder, epoch, clean, heartbeat FROM lease").fetchone()
        previous, epoch, clean, heartbeat = row or ("", 0, 1, "")
        connection.execute(
            """INSERT INTO lease (lease_id, holder, epoch, expires_at, heartbeat, clean) VALUES (1, ?, ?, ?, ?, 0)
            ON CONFLICT (lease_id) DO UPDATE SET holder = excluded.holder, epoch = excluded.epoch,
                expires_at = excluded.expires_at, heartbeat = excluded.heartbeat, clean = 0""",
            (holder, epoch + 1, to_text(now + TERM), moment),
        )
        if not clean:
            details = _json.encode({"holder": previous, "epoch": epoch, "last_heartbeat": heartbeat}).decode()
            audit(connection, "unclean_end_found", holder, moment, details)
        audit(connection, "guard_started", holder, moment, _json.encode({"epoch": epoch + 1}).decode())
    return Lease(epoch + 1, bool(clean), previous)


def renew(connection: Connection, epoch: int, now: datetime) -> None:
    """Show that the holder lives; without effect once a newer guard has the lease."""
    connection.execute(
        "UPDATE lease SET heartbeat = ?, expires_at = ? WHERE epoch = ?", (to_text(now), to_text(now + TERM), epoch)
    )


def release(connection: Connection, holder: str, epoch: int, now: datetime) -> None:
    """Mark a clean end; without effect once a newer guard has the lease."""
    moment = to_text(now)
    with transaction(connection):
        connection.execute(
            "UPDATE lease SET clean = 1, heartbeat = ?, expires_at = ? WHERE epoch = ?", (moment, moment, epoch)
        )
        audit(connection, "guard_ended", holder, moment, _json.encode({"epoch": epoch}).decode())
