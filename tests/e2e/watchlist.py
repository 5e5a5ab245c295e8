"""The watch list the end-to-end days use: every stock of the practice exchange."""

import json
from pathlib import Path

STOCKS = {
    "005930": "삼성전자", "000660": "SK하이닉스", "373220": "LG에너지솔루션", "207940": "삼성바이오로직스",
    "005380": "현대차", "000270": "기아", "068270": "셀트리온", "035420": "NAVER", "035720": "카카오",
    "051910": "LG화학", "006400": "삼성SDI", "005490": "POSCO홀딩스", "105560": "KB금융", "055550": "신한지주",
    "012330": "현대모비스", "028260": "삼성물산", "066570": "LG전자", "247540": "에코프로비엠", "086520": "에코프로",
    "196170": "알테오젠",
}  # fmt: skip


def write_watchlist(folder: Path, date: str = "2026-11-23") -> Path:
    """Write all stocks, far from their support, as the selection of one day."""
    path = folder / "watchlist.json"
    rows = [
        {"stock_code": code, "stock_name": name, "selection_date": date, "score": 60, "support_price": 1000}
        for code, name in STOCKS.items()
    ]
    path.write_text(json.dumps(rows, ensure_ascii=False))
    return path
