"""The packet of one exit for a claim at the broker: what was decided, sent, answered and told.

A zip of plain files, each with its hash in a signed list, behind a page a
person can read. No account number is in it.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from hantu.adapters.audit.keys import Signer, fingerprint
from hantu.adapters.store.chain import framed, head_of
from hantu.adapters.store.maintenance import reading
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.store.timestamps import from_text
from hantu.domain.errors import BrokenError, UsageError
from hantu.domain.session import KST

WORD = b"hantu/evidence/v1"
_FLOW = """SELECT flow FROM intents WHERE intent_id = ?1 OR flow = ?1 OR order_no = ?1
    ORDER BY recorded_at DESC LIMIT 1"""
_PARTS = {
    "intents": "SELECT * FROM intents WHERE flow = ? ORDER BY recorded_at",
    "orders": "SELECT o.* FROM orders o JOIN intents i USING (intent_id) WHERE i.flow = ? ORDER BY accepted_at",
    "fills": "SELECT f.* FROM fills f JOIN intents i ON i.intent_id = f.intent_id WHERE i.flow = ? ORDER BY fill_id",
    "facts": "SELECT * FROM event_log WHERE correlation_id = ? ORDER BY event_id",
    "alerts": """SELECT * FROM alert_events WHERE event_id IN (SELECT event_id FROM event_log WHERE correlation_id = ?)
        ORDER BY alert_id, channel""",
    "audit": "SELECT * FROM ops_audit_log WHERE correlation_id = ? ORDER BY audit_id",
}
_WORDS = {
    "stop_loss_reached": "손절가 도달", "take_profit_reached": "목표가 도달", "intent_recorded": "주문 의도 기록",
    "order_accepted": "증권사 접수", "order_filled": "체결", "order_rejected_broker": "증권사 거부",
    "order_unresolved": "결과를 모름", "order_failed": "주문 실패", "stop_loss_filled": "손절 완료",
    "take_profit_filled": "익절 완료", "order_canceled": "취소 확인", "order_absent": "접수되지 않음을 확인",
}  # fmt: skip
_json = msgspec.json.Encoder(enc_hook=str)

Rows = list[dict[str, Any]]


class Case(msgspec.Struct, frozen=True):
    """What the records say of one exit."""

    flow: str
    parts: Mapping[str, Rows]
    head: str
    rows: int

    @property
    def symbol(self) -> str:
        """Stock of the exit."""
        return str(self.parts["intents"][0]["symbol"])

    @property
    def span(self) -> tuple[str, str]:
        """First and last moment, UTC text."""
        moments = [str(row["timestamp"]) for row in self.parts["facts"]]
        return (moments[0], moments[-1]) if moments else ("", "")


def read_case(database: Path, order: str) -> Case:
    """Collect everything about the exit an order belongs to.

    Raises:
        UsageError: There is no such order.
        BrokenError: The records cannot be read.
    """
    with reading(database) as connection:
        found = connection.execute(_FLOW, (order,)).fetchone()
        if found is None:
            raise UsageError(f"{order} 에 해당하는 주문이 없습니다.", next_step="`hantu orders` 로 번호를 확인하세요.")
        parts = {name: _rows(connection, query, found[0]) for name, query in _PARTS.items()}
        head = head_of(connection)
    return Case(str(found[0]), parts, head.hash.hex(), head.rows)


def write_packet(
    case: Case, frames: Iterable[Mapping[str, Any]], target: Path, key: Signer, *, at: str, private: Sequence[str]
) -> dict[str, str]:
    """Write the zip; return the hash of each file in it. Words in ``private`` are blotted out everywhere.

    Raises:
        UsageError: The file exists.
        BrokenError: It cannot be written.
    """
    files = {f"{name}.jsonl": _lines(rows) for name, rows in case.parts.items()}
    files["frames.jsonl"] = _lines(frames)
    files = {name: _without(data, private) for name, data in files.items()}
    files["표지.md"] = _without(_cover(case, {name: data.count(b"\n") for name, data in files.items()}, at), private)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    signed = framed(WORD, (part.encode() for item in sorted(hashes.items()) for part in item))
    proof = {
        "files": hashes, "trail_rows": case.rows, "trail_head": case.head, "at": at,
        "public_key": key.public.hex(), "fingerprint": fingerprint(key.public), "signature": key.sign(signed).hex(),
        "how": "signature 는 'hantu/evidence/v1' 뒤에 이름 순서로 [8바이트 길이+이름][8바이트 길이+sha256] 을 이은 것에 한 Ed25519 서명",
    }  # fmt: skip
    files["proof.json"] = msgspec.json.format(_json.encode(proof), indent=2) + b"\n"
    if target.exists():
        raise UsageError(f"이미 있는 파일입니다: {target}", next_step="--out 으로 다른 이름을 지정하세요.")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), files[name])
    try:
        target.write_bytes(packed.getvalue())
        target.chmod(0o600)
    except OSError as error:
        raise BrokenError(f"{target} 에 쓸 수 없습니다: {error.strerror}", next_step="폴더를 확인하세요.") from error
    return hashes


def _cover(case: Case, counts: Mapping[str, int], at: str) -> bytes:
    first = case.parts["intents"][0]
    side = {"sell": "매도", "buy": "매수"}[first["side"]]
    sold, paid = (sum(row["quantity"] * row[name] if name else row["quantity"] for row in case.parts["fills"])
                  for name in ("", "price"))  # fmt: skip
    lines = [
        f"# 주문 증거 자료: {first['name']} ({first['symbol']}) {side}", "",
        f"- 작성 시각: {_korean(at)} (한국 시각)",
        f"- 흐름 번호: {case.flow}",
        f"- 계좌: 별칭 {first['account']} (계좌번호는 넣지 않음), 환경 {first['environment']}",
        f"- 의도한 수량: {first['quantity']:,}주, 지정가 {first['limit_price']:,}원",
        f"- 체결: {sold:,}주" + (f", 평균 {paid // sold:,}원" if sold else ""),
        f"- 주문번호: {', '.join(row['order_no'] for row in case.parts['orders']) or '없음'}", "",
        "## 시간 순서 (한국 시각)", "", "| 시각 | 일 | 내용 |", "|---|---|---|",
        *(_line(row) for row in case.parts["facts"]), "",
        "## 들어 있는 파일", "", "| 파일 | 줄 |", "|---|---|",
        *(f"| {name} | {count} |" for name, count in sorted(counts.items())), "",
        "## 확인하는 법", "",
        (f"proof.json 에 파일마다 SHA-256 과 Ed25519 서명이 있습니다. 감사 기록은 작성할 때 {case.rows:,}건이었고 "
        f"머리 해시는 `{case.head}` 입니다. `hantu audit verify` 의 결과와 비교하세요."),
        "frames.jsonl 은 감시가 받은 입력을 앞뒤 1분까지 담습니다. 비어 있으면 그날의 테이프가 없는 것입니다.",
    ]  # fmt: skip
    return ("\n".join(lines) + "\n").encode()


def _line(row: Mapping[str, Any]) -> str:
    told = msgspec.json.decode(row["payload_json"], type=dict[str, Any])
    shown = ("price", "level", "quantity", "limit_price", "order_no", "code", "reason", "exit_price", "average_price")
    detail = ", ".join(f"{name} {told[name]}" for name in shown if told.get(name) not in (None, ""))
    kind = row["event_type"]
    return f"| {_korean(row['timestamp'])} | {_WORDS.get(kind, kind)} | {detail.replace('|', '/')} |"


def _rows(connection: Connection, query: str, flow: str) -> Rows:
    cursor = connection.execute(query, (flow,))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(_json.encode(row) + b"\n" for row in rows)


def _without(data: bytes, private: Sequence[str]) -> bytes:
    for word in sorted(filter(None, private), key=len, reverse=True):
        data = data.replace(word.encode(), b"***")
    return data


def _korean(text: str) -> str:
    return from_text(text).astimezone(KST).strftime("%Y-%m-%d %H:%M:%S.%f")
