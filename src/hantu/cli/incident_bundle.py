"""The diagnostic bundle of an incident: one zip a person may hand to somebody else."""

import hashlib
import platform
import re
import zipfile
from pathlib import Path
from typing import Any

from hantu.__about__ import __version__
from hantu.cli.audit import private_words
from hantu.cli.doctor_checks import sqlite_version
from hantu.cli.shell import Shell, to_json
from hantu.domain.errors import BrokenError, UsageError
from hantu.settings.effective import effective
from hantu.settings.secret import Secret

HEALTH_ROWS = 500
FACTS_AROUND = 500
HIDDEN = "***"
ACCOUNT_LIKE = re.compile(r"(?<![\d.:-])\d{8}-?\d{2}(?![\d.:-])")
"""Eight digits and two: how account numbers are written, ours or anybody's."""
PERSONAL = frozenset({"kis.hts_id", "telegram.chat_id", "incidents.duty"})


def write_bundle(
    shell: Shell, number: int, target: Path, log: list[str], service: dict[str, Any]
) -> dict[str, str]:  # fmt: skip
    """Write the zip; return the SHA-256 of each file in it.

    Raises:
        UsageError: The file exists, or there is no such incident.
        BrokenError: The records cannot be read, or the file cannot be written.
    """
    if target.exists():
        raise UsageError(f"이미 있는 파일입니다: {target}", next_step="--out 으로 다른 이름을 지정하세요.")
    words = [*private_words(shell), *_secrets(shell)]
    files = {name: _without(text, words).encode() for name, text in _texts(shell, number, log, service).items()}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    files["manifest.json"] = to_json(hashes).encode()
    try:
        with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as packet:
            for name, data in files.items():
                packet.writestr(name, data)
    except OSError as error:
        raise BrokenError(
            f"파일을 쓸 수 없습니다: {target} ({error.strerror})", next_step="--out 으로 다른 곳을 지정하세요."
        ) from error
    target.chmod(0o600)
    return hashes


def _texts(shell: Shell, number: int, log: list[str], service: dict[str, Any]) -> dict[str, str]:
    from hantu.adapters.store.incidents import story
    from hantu.adapters.store.maintenance import reading
    from hantu.cli.views.incidents import report_text

    found, moments = story(shell.settings.database, number)
    with reading(shell.settings.database) as connection:
        health = connection.execute(
            "SELECT component, status, checked_at, detail FROM system_health ORDER BY rowid DESC LIMIT ?",
            (HEALTH_ROWS,),
        ).fetchall()
        facts = connection.execute(
            """SELECT event_id, event_type, timestamp, correlation_id, causation_id, payload_json FROM event_log
            WHERE timestamp >= datetime(?, '-10 minutes') ORDER BY event_id LIMIT ?""",
            (found.opened_at, FACTS_AROUND),
        ).fetchall()
        schema = connection.execute("SELECT max(version) FROM schema_version").fetchone()[0]
    settings = [
        row if row["name"] not in PERSONAL else {**row, "value": HIDDEN}
        for row in effective(shell.settings, shell.sources)
    ]
    versions = {
        "hantu": __version__, "python": platform.python_version(), "sqlite": sqlite_version(), "schema": schema,
        "system": platform.platform(),
    }  # fmt: skip
    return {
        "report.md": report_text(found, moments, ""),
        "incident.json": to_json(found),
        "timeline.jsonl": _lines(moments),
        "facts.jsonl": _lines(facts),
        "health.jsonl": _lines(health),
        "settings.json": to_json(settings),
        "service.json": to_json(service),
        "versions.json": to_json(versions),
        "app.log": "\n".join(log) + "\n",
    }


def _secrets(shell: Shell) -> list[str]:
    """Return every secret of the settings; where one leaked into a text it goes."""
    from hantu.settings.keys import KEYS

    found = []
    for name in KEYS:
        value: Any = shell.settings
        for word in name.split("."):
            value = getattr(value, word)
        if isinstance(value, Secret) and value:
            found.append(value.reveal())
    return found


def _without(text: str, words: list[str]) -> str:
    for word in sorted((word for word in words if len(word) > len(HIDDEN)), key=len, reverse=True):
        text = text.replace(word, HIDDEN)
    return ACCOUNT_LIKE.sub(HIDDEN, text)


def _lines(rows: Any) -> str:
    return "".join(to_json(row) + "\n" for row in rows)
