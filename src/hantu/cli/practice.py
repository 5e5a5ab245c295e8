"""What makes practice work without any preparation: a watch list for the built-in stocks."""

import json
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hantu.domain.errors import HantuError
from hantu.domain.session import trading_date
from hantu.simulator.scenario import Scenario

HTTP_TIMEOUT_S = 5.0
STOCKS_OF = "practice"
"""The built-in scenario whose stocks every other one lists."""
NEAR_SYMBOL, NEAR_SUPPORT, NEAR_SCORE = "005380", 240_000, 85.0
"""The stock of the demo scenario that comes near its support."""
FAR_SCORE = 72.0
FAR_SUPPORT_BPS = 9_000
"""Every other stock's support lies far below its price."""


def inspect(rest_url: str, page: str) -> Any:
    """Return a page of the practice exchange's inspection.

    Raises:
        OSError: Nobody answers.
        ValueError: Somebody else answers.
    """
    parts = urlsplit(rest_url)
    line = HTTPConnection(parts.hostname or "", parts.port or 0, timeout=HTTP_TIMEOUT_S)
    try:
        line.request("GET", f"/_sim/{page}")
        return json.loads(line.getresponse().read())
    except HTTPException as error:
        raise ValueError(f"not a practice exchange: {error}") from error
    finally:
        line.close()


def seed_watchlist(database: Path, play: Scenario, day: Any) -> int:
    """File every stock as selected, so that exits find their trade; one comes close to its support.

    Returns how many stocks that are.
    """
    from hantu.adapters.store.maintenance import import_watchlist
    from hantu.cli.watchlist_file import WatchRow

    rows = [
        WatchRow(stock.symbol, stock.name, NEAR_SCORE, NEAR_SUPPORT)
        if stock.symbol == NEAR_SYMBOL
        else WatchRow(stock.symbol, stock.name, FAR_SCORE, stock.base_price * FAR_SUPPORT_BPS // 10_000)
        for stock in play.stocks
    ]
    return import_watchlist(database, day, rows, actor="practice")


def prepare(rest_url: str, database: Path) -> list[str]:
    """Give a practice guard a clean start: nothing of a later day, and something to watch.

    Returns what was done, for people; nothing when the exchange is not ours.
    """
    from hantu.adapters.audit.anchors import Folder
    from hantu.adapters.store.maintenance import init_database, set_practice_aside
    from hantu.adapters.store.queries import Queries
    from hantu.simulator.scenario_file import load_scenario

    try:
        wall = datetime.fromisoformat(inspect(rest_url, "clock")["wall"])
        day = trading_date(wall)
    except (OSError, ValueError, KeyError, TypeError):
        return []
    done = []
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        init_database(database)
        moved = set_practice_aside(database, wall)
        if moved is not None:
            done.append(f"연습 거래소의 하루가 새로 시작되어 지난 연습 기록을 {moved} 로 옮겼습니다.")
            init_database(database)
            Folder(database.parent / "audit").set_aside()
        if not Queries(database).watchlist(day):
            done.append(f"연습용 관심 종목 {seed_watchlist(database, load_scenario(STOCKS_OF), day)}개를 넣었습니다.")
    except HantuError:
        # The guard opens the same file next and says what is wrong with it.
        return done
    return done
