"""How people stand in the records: by name on the practice exchange, by pseudonym where real money is."""

import getpass

from hantu.adapters.subjects import MARK, Subjects
from hantu.domain.errors import HantuError
from hantu.settings.model import Settings
from hantu.telemetry import get_logger

PeopleLog = get_logger(__name__, "system")
NOBODY = "operator"
"""Stands for a person whose pseudonym cannot be looked up: an act is never held up for it."""


def actor_of(settings: Settings, name: str = "") -> str:
    """Return how a person stands in the records; by default the user this process runs as."""
    try:
        name = name or getpass.getuser()
    except (KeyError, OSError):  # no account entry, as in some containers
        return "unknown"
    if not settings.pseudonyms:
        return name
    try:
        known = settings.database.exists()
        return Subjects(settings.database, settings.audit_dir).pseudonym(name) if known else NOBODY
    except (HantuError, OSError) as error:
        PeopleLog.warning("가명을 찾을 수 없어 %s 로 기록합니다: %s", NOBODY, error)
        return NOBODY


def name_of(settings: Settings, actor: str) -> str:
    """Return the name behind a pseudonym for people to read; as recorded where it is unknown or erased."""
    if not actor.startswith(MARK):
        return actor
    try:
        found = Subjects(settings.database, settings.audit_dir).find(actor).name
    except (HantuError, OSError):
        return actor  # the pseudonym itself is still an answer
    return f"{found} ({actor})" if found else actor
