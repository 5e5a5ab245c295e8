"""Every setting with its value, secrets masked, and where it came from."""

from hantu.settings.keys import KEYS
from hantu.settings.loading import Sources
from hantu.settings.model import Settings
from hantu.settings.secret import Secret


def effective(settings: Settings, sources: Sources) -> list[dict[str, str]]:
    """Return name, value and source of every setting."""
    rows = []
    for name in KEYS:
        value: object = settings
        for word in name.split("."):
            value = getattr(value, word)
        rows.append({"name": name, "value": _shown(name, value), "source": sources.values[name]})
    return rows


def _shown(name: str, value: object) -> str:
    if isinstance(value, Secret):
        if name == "account.number" and value:
            return f"****{value.reveal()[-2:]}"
        return "****" if value else "(사용 불가)" if value.problem else "(없음)"
    if name == "rules":
        return f"{len(value)}개" if isinstance(value, tuple) else ""
    if isinstance(value, tuple):
        return ", ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "(없음)" if value in (None, "") else f"{value:g}" if isinstance(value, float) else str(value)
