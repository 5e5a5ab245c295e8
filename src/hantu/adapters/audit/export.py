"""A stretch of the audit trail as a file for somebody else, with what it takes to check it."""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from hantu.adapters.audit.keys import Signer, fingerprint, signed_by
from hantu.adapters.store.chain import COLUMNS, framed, leaf_of, node_of
from hantu.adapters.store.maintenance import reading
from hantu.adapters.store.timestamps import day_bounds
from hantu.domain.errors import BrokenError, UsageError

WORD = b"hantu/audit/export/v1"
FORMATS = ("jsonl", "csv")
_NAMES = ("audit_id", *COLUMNS, "prev_hash", "leaf_hash")
_ROWS = f"SELECT {', '.join(_NAMES)} FROM ops_audit_log WHERE event_ts >= ? AND event_ts < ? ORDER BY audit_id"  # noqa: S608 - our own words
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run."""
_json = msgspec.json.Encoder()
HOW = (
    "1) sha256(파일)이 sha256 과 같아야 합니다.",
    (
        "2) 각 줄의 leaf = SHA-256('hantu/audit/leaf/v1' + 각 값의 [8바이트 빅엔디언 길이 + UTF-8]) 이 leaf_hash 와 같아야 합니다. "
        "값의 순서: audit_id, event_type, actor, event_ts, details_json, event_id, correlation_id."
    ),
    "3) head = SHA-256('hantu/audit/node/v1' + [길이+prev 32바이트] + [길이+leaf 32바이트]) 이 다음 번호 줄의 prev_hash 와 같아야 합니다.",
    (
        "4) 마지막 줄의 head 가 head 와 같고, signature 는 public_key(Ed25519)로 "
        "'hantu/audit/export/v1' + [길이+sha256] + [길이+first] + [길이+last] + [길이+head] + [길이+at] 에 한 서명입니다."
    ),
    "5) public_key 의 지문(fingerprint)을 따로 받은 값과 비교하세요. jsonl 은 `hantu audit verify --file 파일` 로도 확인합니다.",
)


def export(database: Path, first: date, last: date, kind: str, target: Path, key: Signer, at: str) -> dict[str, Any]:
    """Write the rows of Korean days ``first`` to ``last`` and a proof beside them; return the proof.

    Raises:
        UsageError: The file exists, or the format is none of ours.
        BrokenError: The records cannot be read or the file cannot be written.
    """
    if kind not in FORMATS:
        raise UsageError(f"알 수 없는 형식입니다: {kind}", next_step="jsonl 또는 csv 를 쓰세요.")
    if target.exists():
        raise UsageError(f"이미 있는 파일입니다: {target}", next_step="--out 으로 다른 이름을 지정하세요.")
    span = (day_bounds(first)[0], day_bounds(last + timedelta(days=1))[0])
    with reading(database) as connection:
        rows = connection.execute(_ROWS, span).fetchall()
    data = _as_csv(rows) if kind == "csv" else b"".join(_as_lines(rows))
    head = node_of(bytes.fromhex(rows[-1][-2]), bytes.fromhex(rows[-1][-1])).hex() if rows else ""
    proof: dict[str, Any] = {
        "file": target.name, "rows": len(rows), "first": rows[0][0] if rows else 0, "last": rows[-1][0] if rows else 0,
        "from": first.isoformat(), "to": last.isoformat(), "head": head, "at": at,
        "sha256": hashlib.sha256(data).hexdigest(), "public_key": key.public.hex(),
        "fingerprint": fingerprint(key.public), "how": HOW,
    }  # fmt: skip
    proof["signature"] = key.sign(_signed(proof)).hex()
    try:
        target.write_bytes(data)
        proof_file(target).write_bytes(msgspec.json.format(_json.encode(proof), indent=2) + b"\n")
    except OSError as error:
        raise BrokenError(f"{target} 에 쓸 수 없습니다: {error.strerror}", next_step="폴더를 확인하세요.") from error
    return proof


def proof_file(target: Path) -> Path:
    """Return where the proof of an exported file lies."""
    return target.with_name(target.name + ".proof.json")


def check_export(target: Path, public: bytes | None = None) -> str:
    """Return what is wrong with an exported file, empty if nothing is.

    Raises:
        BrokenError: File or proof cannot be read.
    """
    try:
        data = target.read_bytes()
        proof = msgspec.json.decode(proof_file(target).read_bytes(), type=dict[str, Any])
        trusted = public or bytes.fromhex(proof["public_key"])
        signature = bytes.fromhex(proof["signature"])
        signed = _signed(proof)
    except (OSError, msgspec.DecodeError, KeyError, ValueError) as error:
        raise BrokenError(
            f"내보낸 파일이나 증명을 읽을 수 없습니다: {target} ({error})",
            next_step="두 파일이 함께 있는지 확인하세요.",
        ) from error
    if not signed_by(trusted, signature, signed):
        return "증명의 서명이 틀립니다."
    if hashlib.sha256(data).hexdigest() != proof["sha256"]:
        return "파일 내용이 증명과 다릅니다."
    return _broken_line(data) if target.suffix == ".jsonl" else ""


def _broken_line(data: bytes) -> str:
    number, head = 0, ""
    for line in data.splitlines():
        row = msgspec.json.decode(line, type=dict[str, Any])
        leaf = leaf_of(row["audit_id"], [row[name].encode() for name in COLUMNS])
        if leaf.hex() != row["leaf_hash"] or (number == row["audit_id"] - 1 and head not in ("", row["prev_hash"])):
            return f"{row['audit_id']}번 기록이 바뀌었습니다."
        number, head = row["audit_id"], node_of(bytes.fromhex(row["prev_hash"]), leaf).hex()
    return ""


def _signed(proof: dict[str, Any]) -> bytes:
    parts = (proof["sha256"], str(proof["first"]), str(proof["last"]), proof["head"], proof["at"])
    return framed(WORD, (part.encode() for part in parts))


def _as_lines(rows: Sequence[tuple[Any, ...]]) -> Iterator[bytes]:
    return (_json.encode(dict(zip(_NAMES, row, strict=True))) + b"\n" for row in rows)


def _as_csv(rows: Sequence[tuple[Any, ...]]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_NAMES)
    for row in rows:
        table.writerow([f"'{cell}" if str(cell).startswith(_FORMULA) else cell for cell in row])
    # Spreadsheets read Korean only behind this mark.
    return text.getvalue().encode("utf-8-sig")
