"""A real guard leaves a trail that can be proved: starts, ends, a crash, an edited file, another disk."""

import json
import signal
from pathlib import Path

import pytest

from tests.e2e.arena import Arena

CONFIG = """environment = "local"
[guard]
default_rule = true
{guard}
[calendar]
always_open = true
[audit]
anchor_dir = "{anchors}"
anchor_every_s = 0.5
"""


def trail(arena: Arena) -> list[tuple[str, str, dict[str, object]]]:
    rows = arena.rows("SELECT event_type, actor, details_json FROM ops_audit_log ORDER BY audit_id")
    return [(kind, actor, json.loads(details)) for kind, actor, details in rows]


def end(arena: Arena, number: int) -> None:
    assert arena.guard is not None
    arena.guard.send_signal(number)
    arena.guard.wait(15)


@pytest.mark.requirement("OPS-06-1", "OPS-06-2", "OPS-06-3", "OPS-06-6", "SVC-26")
def test_a_trail_over_three_lives_holds_and_a_change_is_found(arena: Arena, tmp_path: Path) -> None:
    anchors = tmp_path / "other-disk"
    config = arena.home / "hantu.toml"
    config.write_text(CONFIG.format(guard="", anchors=anchors))
    arena.start_exchange("quiet")
    arena.run("db", "init")
    arena.start_guard()
    arena.wait((anchors / "anchors.jsonl").exists, "the first signed head")
    end(arena, signal.SIGTERM)

    config.write_text(CONFIG.format(guard="stale_trade_s = 4.0", anchors=anchors))
    arena.extra_env["HANTU_TELEGRAM_TOKEN"] = "654321:another-token-of-nobody"
    (arena.home / "guard.sock").unlink(missing_ok=True)
    arena.start_guard()
    arena.wait(lambda: "config_changed" in [kind for kind, _, _ in trail(arena)], "the changed settings")
    end(arena, signal.SIGKILL)
    (arena.home / "guard.sock").unlink(missing_ok=True)
    arena.start_guard()
    arena.wait(lambda: "unclean_end_found" in [kind for kind, _, _ in trail(arena)], "the unclean end")
    arena.wait(lambda: arena.status()["pid"], "the guard to answer")
    end(arena, signal.SIGTERM)

    kinds = [kind for kind, _, _ in trail(arena)]
    assert [kind for kind in kinds if kind in {"guard_started", "guard_ended", "unclean_end_found"}] == [
        "guard_started", "guard_ended", "guard_started", "unclean_end_found", "guard_started", "guard_ended",
    ]  # fmt: skip
    changed = {told["key"]: (told["old"], told["new"]) for kind, _, told in trail(arena) if kind == "config_changed"}
    assert changed == {"guard.stale_trade_s": ("5.0", "4.0"), "telegram.token": ("***", "***")}
    assert kinds.count("config_recorded") == 1

    told = json.loads(arena.run("--json", "audit", "verify").stdout)
    assert (told["ok"], told["rows"], told["signed"]) == (True, len(kinds), len(kinds)), "the clean end is signed too"
    for place in (anchors, arena.home / "audit"):
        assert json.loads((place / "anchors.jsonl").read_text().splitlines()[-1])["count"] == len(kinds)

    # Somebody with the file: the last rows cut off, the heads beside the database removed.
    import sqlite3

    with sqlite3.connect(arena.home / "hantu.db") as connection:
        connection.execute("DROP TRIGGER ops_audit_log_refuses_delete")
        connection.execute("DELETE FROM ops_audit_log WHERE audit_id > 3")
        connection.execute("UPDATE sqlite_sequence SET seq = 3 WHERE name = 'ops_audit_log'")
    connection.close()
    done = arena.run("--json", "audit", "verify", check=False)
    finding = json.loads(done.stdout)["finding"]
    assert (done.returncode, finding["damage"], finding["row"]) == (1, "cut", 4)
