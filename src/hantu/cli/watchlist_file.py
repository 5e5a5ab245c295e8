"""The watch list as a file: CSV with a header, or a JSON list; every mistake names its line."""

import csv
import io
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hantu.domain.errors import UsageError

SYMBOL = re.compile(r"^[0-9A-Z]{6,7}$")
ALIASES: Mapping[str, str] = {
    "stock_code": "symbol",
    "code": "symbol",
    "stock_name": "name",
    "support": "support_price",
}
REQUIRED = ("symbol", "score", "support_price")
ROWS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class WatchRow:
    """One stock to watch; ``support_price`` in won."""

    symbol: str
    name: str
    score: float
    support_price: int


def read_watchlist_file(file: Path) -> list[WatchRow]:
    """Return the rows of a watch list file; ``-`` is standard input, for the program that selects.

    Raises:
        UsageError: The file, a column or a value is wrong; names the line.
    """
    try:
        raw_bytes = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        text = raw_bytes.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "UTF-8 텍스트가 아닙니다"
        raise UsageError(
            f"{file} 을(를) 읽을 수 없습니다: {reason}.", next_step="경로와 인코딩을 확인하세요."
        ) from error
    raw = _json_rows(text, file) if text.lstrip().startswith(("[", "{")) else _csv_rows(text, file)
    rows: list[WatchRow] = []
    for number, fields in raw:
        if len(rows) == ROWS_MAX:
            raise UsageError(f"{file} 이(가) 너무 깁니다.", next_step=f"{ROWS_MAX:,}종목까지 가져올 수 있습니다.")
        rows.append(_row(fields, f"{file.name}:{number}"))
    if not rows:
        raise UsageError(f"{file} 에 종목이 없습니다.", next_step="symbol,name,score,support_price 열로 적어 주세요.")
    seen: set[str] = set()
    for row in rows:
        if row.symbol in seen:
            raise UsageError(f"{file} 에 종목 {row.symbol} 이(가) 두 번 있습니다.", next_step="한 줄만 남겨 주세요.")
        seen.add(row.symbol)
    return rows


def _csv_rows(text: str, file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    names = [ALIASES.get((name or "").strip(), (name or "").strip()) for name in reader.fieldnames or []]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise UsageError(
            f"{file} 의 첫 줄에 {', '.join(missing)} 열이 없습니다.",
            next_step="첫 줄에 symbol,name,score,support_price 를 적어 주세요.",
        )
    reader.fieldnames = names
    for row in reader:
        yield reader.line_num, dict(row)


def _json_rows(text: str, file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{file}: JSON 문법이 올바르지 않습니다({error}).", next_step="파일을 확인하세요.") from error
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise UsageError(
            f"{file}: 종목 객체의 목록이어야 합니다.", next_step='[{"symbol": "005930", ...}] 형식으로 적어 주세요.'
        )
    for number, item in enumerate(found, 1):
        yield number, {ALIASES.get(key, key): value for key, value in item.items()}


def _row(fields: Mapping[str, Any], place: str) -> WatchRow:
    symbol = str(fields.get("symbol") or "").strip()
    if not SYMBOL.fullmatch(symbol):
        raise UsageError(
            f"{place}: 종목 코드가 올바르지 않습니다: {symbol!r}", next_step="005930 처럼 6자리로 적어 주세요."
        )
    try:
        score = float(str(fields.get("score")))
        support = int(str(fields.get("support_price")).replace(",", ""))
    except ValueError:
        raise UsageError(
            f"{place}: {symbol} 의 점수나 지지선이 숫자가 아닙니다.", next_step="예: 005930,삼성전자,82.5,60000"
        ) from None
    if not 0 <= score <= 100 or support <= 0:
        raise UsageError(
            f"{place}: {symbol} 의 점수는 0~100, 지지선은 1원 이상이어야 합니다.", next_step="값을 확인하세요."
        )
    return WatchRow(symbol, str(fields.get("name") or "").strip(), score, support)
