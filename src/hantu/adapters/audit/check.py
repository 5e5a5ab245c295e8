"""``hantu audit verify``: rows against the chain, and against every place that keeps signed heads."""

from collections.abc import Sequence
from pathlib import Path

from hantu.adapters.audit.anchors import Folder, heads_of, read_anchors
from hantu.adapters.audit.keys import known_public
from hantu.adapters.store.chain_check import Damage, Finding, KnownHead, Verdict, check_trail
from hantu.adapters.store.maintenance import reading


def verify(
    database: Path,
    key_dir: Path,
    places: Sequence[Folder],
    public: bytes | None = None,
    noted: Sequence[KnownHead] = (),
) -> Verdict:
    """Check the whole trail; the verdict carries the first damage.

    ``public`` is the key the heads must be signed by, noted elsewhere; by default
    that of the home, or the one beside the heads where the home has none. ``noted``
    are heads people kept, from the message of a day.

    Raises:
        BrokenError: The database or a key cannot be read.
    """
    own = public or known_public(key_dir)
    heads = []
    problem: Finding | None = None
    for place in places:
        trusted = own or place.public()
        lines = place.lines()
        if not lines or trusted is None:
            if own is not None or lines:
                problem = problem or Finding(Damage.ANCHORS, 0, f"서명된 머리가 없어졌습니다: {place.name}")
            continue
        anchors, found = read_anchors(lines, trusted)
        heads += heads_of(anchors)
        if found is not None:
            problem = problem or found._replace(detail=f"{found.detail} ({place.name})")
    if not heads and problem is None and _was_signed(database):
        problem = Finding(Damage.ANCHORS, 0, "감시가 실행된 적이 있는데 서명된 머리가 하나도 없습니다.")
    verdict = check_trail(database, [*heads, *noted])
    if verdict.finding is None and problem is not None:
        return Verdict(verdict.head, verdict.signed, problem)
    return verdict


def _was_signed(database: Path) -> bool:
    """Tell whether a guard has kept this trail: it signs heads right after recording its settings."""
    with reading(database) as connection:
        found = connection.execute(
            "SELECT 1 FROM ops_audit_log WHERE event_type = 'config_recorded' LIMIT 1"
        ).fetchone()
    return found is not None
