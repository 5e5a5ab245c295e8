"""``hantu audit`` and ``hantu event``: who operated, and the proof that nobody changed it afterwards."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from datetime import date as Date  # noqa: N812  (the options are dates)
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hantu.cli.shell import CheckFailed, Shell
from hantu.domain.errors import UsageError

if TYPE_CHECKING:
    from hantu.adapters.audit.evidence import Case

app = typer.Typer(no_args_is_help=True)
event_app = typer.Typer(no_args_is_help=True)

AROUND = timedelta(seconds=60)
"""What the guard saw this long before and after an exit belongs to its evidence."""
KIND_MAX = 80
LINE_SHOWN = 150
"""Characters of the last line of heads that a restart notes: number, count and head."""
Out = Annotated[Path | None, typer.Option("--out", "-o", show_default=False)]
Public = Annotated[str, typer.Option("--public-key", show_default=False)]


@app.command("show")
def show(ctx: typer.Context, limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100_000)] = 20) -> None:
    """Show who operated, newest first, and where the chain ends."""
    from hantu.adapters.audit.anchors import current_head, head_line
    from hantu.adapters.store.queries import Queries
    from hantu.cli.views.audit import audit_table

    shell: Shell = ctx.obj
    head = current_head(shell.settings.database)
    rows = [_named(shell, row) for row in Queries(shell.settings.database).audit(limit)]
    value = {"rows": rows, "count": head.rows, "head": head.hash.hex()}

    def render(out: Any) -> None:
        out.print(audit_table(rows))
        out.print(head_line(head, _now()), markup=False)

    shell.show(value, render)


@app.command("verify")
def verify(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Option("--file", show_default=False)] = None,
    public_key: Public = "",
    noted: Annotated[str, typer.Option("--noted", show_default=False)] = "",
) -> None:
    """Check every row against the chain and the signed heads; the archives too."""
    shell: Shell = ctx.obj
    public = _public(public_key)
    if file is not None:
        _verify_file(shell, file, public)
        return
    from hantu.adapters.audit.anchors import noted_head
    from hantu.adapters.audit.archive import check_archive
    from hantu.adapters.audit.check import verify as check
    from hantu.adapters.audit.keys import fingerprint, known_public
    from hantu.cli.views.audit import verdict_lines
    from hantu.settings.audit_trail import places

    settings, kept = shell.settings, [noted_head(noted)] if noted else []
    with shell.progress("감사 기록을 확인하는 중입니다"):
        verdict = check(settings.database, settings.audit_dir, places(settings), public, kept)
        trusted = public or known_public(settings.audit_dir)
        months, flaw = check_archive(settings.archive_dir, trusted or b"")
    finding = verdict.finding
    value = {
        "ok": finding is None and flaw is None, "rows": verdict.head.rows, "head": verdict.head.hash.hex(),
        "signed": verdict.signed, "fingerprint": fingerprint(trusted) if trusted else "", "months": months,
        "earlier": sum(len(place.earlier()) for place in places(settings)),
        "finding": None if finding is None else finding._asdict(), "archive": None if flaw is None else flaw._asdict(),
    }  # fmt: skip
    shell.show(value, lambda out: out.print(verdict_lines(value), markup=False, soft_wrap=True))
    if not value["ok"]:
        raise CheckFailed("audit")


@app.command("export")
def export(
    ctx: typer.Context,
    first: Annotated[str, typer.Option("--from", show_default=False)],
    last: Annotated[str, typer.Option("--to", show_default=False)] = "",
    kind: Annotated[str, typer.Option("--format")] = "jsonl",
    out: Out = None,
) -> None:
    """Write a stretch of the trail with its proof; recorded itself."""
    from hantu.adapters.audit.export import export as write
    from hantu.adapters.audit.export import proof_file
    from hantu.adapters.audit.keys import signer
    from hantu.adapters.store.offline import record_operation

    shell: Shell = ctx.obj
    settings, begin = shell.settings, _day(first)
    end = _day(last) if last else begin
    target = out or Path(f"hantu-audit-{begin}-{end}.{kind}")
    proof = write(settings.database, begin, end, kind, target, signer(settings.audit_dir), _now())
    told = {"from": str(begin), "to": str(end), "rows": proof["rows"], "file": target.name, "sha256": proof["sha256"]}
    record_operation(settings.database, "audit_exported", told, actor=shell.actor)

    def render(console: Any) -> None:
        console.print(f"{target}: {proof['rows']:,}건, SHA-256 {proof['sha256'][:16]}…", markup=False)
        console.print(f"증명: {proof_file(target)} (키 지문 {proof['fingerprint']})", markup=False)

    shell.show({"ok": True, "path": str(target), **proof}, render)


@app.command("evidence")
def evidence(ctx: typer.Context, ident: Annotated[str, typer.Argument(show_default=False)], out: Out = None) -> None:
    """Write the packet of one exit for a claim at the broker."""
    from hantu.adapters.audit.evidence import read_case, write_packet
    from hantu.adapters.audit.keys import signer
    from hantu.adapters.store.offline import record_operation

    shell: Shell = ctx.obj
    settings = shell.settings
    case = read_case(settings.database, ident)
    target = out or Path(f"hantu-evidence-{case.flow}.zip")
    with shell.progress("증거 자료를 모으는 중입니다"):
        frames = list(_frames(settings.tape_dir, case))
        hashes = write_packet(
            case, frames, target, signer(settings.audit_dir), at=_now(), private=private_words(shell)
        )  # fmt: skip
    told = {"flow": case.flow, "file": target.name, "files": len(hashes)}
    record_operation(settings.database, "evidence_made", told, actor=shell.actor)
    value = {"ok": True, "path": str(target), "flow": case.flow, "frames": len(frames), "files": hashes}
    text = f"{target}: 파일 {len(hashes)}개, 받은 입력 {len(frames)}건. 표지.md 부터 보세요."
    shell.show(value, lambda console: console.print(text, markup=False, soft_wrap=True))


@app.command("archive")
def archive(ctx: typer.Context) -> None:
    """Archive the months that have ended; a guard does it whenever it ends."""
    from hantu.adapters.clock import SystemClock
    from hantu.settings.audit_trail import archive as write

    shell: Shell = ctx.obj
    made = write(shell.settings, SystemClock())
    text = f"보관했습니다: {', '.join(made)}" if made else "새로 보관할 달이 없습니다."
    shell.show({"ok": True, "months": made}, lambda out: out.print(text, markup=False))


@app.command("restart")
def restart(ctx: typer.Context, reason: Annotated[str, typer.Option("--reason", "-r", show_default=False)]) -> None:
    """Begin new signed heads, after a backup was restored; the old ones are kept and the act is recorded."""
    from hantu.adapters.audit.anchors import sign_head
    from hantu.adapters.audit.keys import signer
    from hantu.adapters.store.offline import record_operation
    from hantu.settings.audit_trail import places

    shell: Shell = ctx.obj
    settings = shell.settings
    if not reason.strip():
        raise UsageError("이유가 필요합니다.", next_step='`--reason "백업 복원"` 처럼 적어 주세요.')
    newest = next((line for place in places(settings) if (line := place.newest())), b"")
    told = {"reason": reason, "last_signed": newest.decode(errors="replace")[:LINE_SHOWN]}
    record_operation(settings.database, "audit_restarted", told, actor=shell.actor)
    kept = [str(path) for place in places(settings) if (path := place.set_aside()) is not None]
    sign_head(settings.database, places(settings), signer(settings.audit_dir), _now())
    text = f"새로 시작했습니다. 지난 서명 목록: {', '.join(kept) or '없음'}"
    shell.show({"ok": True, "kept": kept}, lambda out: out.print(text, markup=False, soft_wrap=True))


@event_app.command("add")
def add(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(show_default=False)],
    text: Annotated[str, typer.Argument(show_default=False)],
    flow: Annotated[str, typer.Option("--flow", show_default=False)] = "",
) -> None:
    """Record by hand what happened outside of hantu, so that the trail has no gap."""
    from hantu.adapters.store.offline import add_manual_event

    shell: Shell = ctx.obj
    if not kind.strip() or not text.strip() or len(kind) > KIND_MAX:
        raise UsageError(
            "종류와 내용이 필요합니다.", next_step='`hantu event add 점검 "서버 재부팅"` 처럼 적어 주세요.'
        )
    event_id = add_manual_event(shell.settings.database, kind, text, actor=shell.actor, correlation_id=flow)
    value = {"ok": True, "event_id": event_id, "kind": kind, "text": text, "actor": shell.actor, "manual": True}
    shell.show(
        value, lambda out: out.print(f"기록했습니다: {kind} - {text} ({event_id})", markup=False, soft_wrap=True)
    )


def _verify_file(shell: Shell, file: Path, public: bytes | None) -> None:
    from hantu.adapters.audit.export import check_export

    flaw = check_export(file, public)
    text = flaw or "파일과 증명이 서로 맞습니다."
    shell.show({"ok": not flaw, "path": str(file), "detail": flaw}, lambda out: out.print(text, markup=False))
    if flaw:
        raise CheckFailed("audit")


def _frames(tape_dir: Path, case: "Case") -> Iterator[dict[str, Any]]:
    """Yield what the guard took in around an exit, of its stock or its order, if the tape has it."""
    from hantu.adapters.store.timestamps import from_text
    from hantu.adapters.tape import folder
    from hantu.adapters.tape.reader import parts_of
    from hantu.cli.shell import to_json
    from hantu.domain.session import trading_date

    begin, end = (from_text(moment) for moment in case.span)
    day = trading_date(begin)
    if day not in folder.days(tape_dir):
        return
    words = [case.symbol, *(row["order_no"] for row in case.parts["orders"] if row["order_no"])]
    for part in parts_of(tape_dir, day):
        for name, _, wall, values, _ in part.rows():
            if not begin - AROUND <= wall <= end + AROUND:
                continue
            found = dict(zip(part.header.layout.get(name, ()), values))
            text = to_json(found)
            if any(word in text for word in words):
                yield {"at": wall.astimezone(UTC).isoformat(), "input": name, "values": found}


def private_words(shell: Shell) -> list[str]:
    """Return every way the account number is written, and the log-in name at the broker."""
    settings = shell.settings
    digits = "".join(char for char in settings.account.number.text if char.isdigit())
    forms = [settings.account.number.text, digits, f"{digits[:8]}-{digits[8:]}", digits[:8]]
    hts_id = settings.kis.hts_id
    return [form for form in forms if len(form) >= len("12345678")] + ([hts_id] if len(hts_id) > len("USER") else [])


def _named(shell: Shell, row: Any) -> dict[str, Any]:
    import msgspec

    found: dict[str, Any] = msgspec.to_builtins(row)
    return {**found, "who": shell.person(found["actor"])}


def _public(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text) if text else None
    except ValueError:
        raise UsageError("공개 키가 아닙니다.", next_step="audit.pub 파일에 적힌 64자리를 적어 주세요.") from None


def _day(text: str) -> Date:
    try:
        return Date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"날짜가 아닙니다: {text!r}", next_step="2026-11-23 처럼 적어 주세요.") from None


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
