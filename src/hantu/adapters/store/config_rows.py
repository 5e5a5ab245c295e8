"""The effective configuration as it was last recorded, and what has changed since."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from hantu.adapters.store.maintenance import NOW, writing
from hantu.adapters.store.state_rows import audit

HIDDEN = "***"
_json = msgspec.json.Encoder()


class ConfigValue(NamedTuple):
    """One effective setting; of a secret only a mark by which a change is noticed."""

    text: str
    secret: bool = False

    @property
    def shown(self) -> str:
        """What may stand in a record."""
        return HIDDEN if self.secret and self.text else self.text


def record_config(database: Path, values: Mapping[str, ConfigValue], *, actor: str) -> tuple[str, ...]:
    """Compare with what was recorded last, add one audit row a change; return the changed keys.

    The first time, one row says how many settings were recorded.

    Raises:
        BrokenError: The database does not take the write.
    """
    with writing(database) as connection:
        moment = connection.execute(f"SELECT {NOW}").fetchone()[0]
        before = dict(connection.execute("SELECT key, value FROM config_values"))
        after = {key: value.shown + value.text if value.secret else value.text for key, value in values.items()}
        changed = tuple(sorted(key for key in {*before, *after} if before.get(key) != after.get(key)))
        if not before:
            details = {"keys": len(after)}
            audit(connection, "config_recorded", actor, moment, _json.encode(details).decode())
        for key in changed if before else ():
            value = values.get(key, ConfigValue(""))
            told = {"key": key, "old": _shown(before.get(key, "")), "new": value.shown}
            audit(connection, "config_changed", actor, moment, _json.encode(told).decode())
        connection.executemany("DELETE FROM config_values WHERE key = ?", [(key,) for key in changed])
        rows = [(key, after[key], moment) for key in changed if key in after]
        connection.executemany("INSERT INTO config_values (key, value, recorded_at) VALUES (?, ?, ?)", rows)
    return changed if before else ()


def _shown(stored: str) -> str:
    return HIDDEN if stored.startswith(HIDDEN) else stored
