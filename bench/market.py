"""What the bench's market looks like: its clock, its stocks and the frames everybody is fed.

Every client gets the same frame of 46 columns (the only width python-kis and
mojito2 read), one record each; only issue code, price, day's low and time differ.
"""

import time
from datetime import UTC, datetime, timedelta

from hantu.domain.instant import Instant
from hantu.domain.session import KST

OPENED = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Market time at the start of a run: a Monday, 10:00 in Korea, whatever day the bench runs on."""
CALM, FALLEN = 72_000, 69_800
"""A price between the levels, and one below the stop of 3 % under an average of 72,000 won."""
SHARES = 10
ACCOUNT, PRODUCT, HTS_ID = "12345678", "01", "USER"
APP_KEY, APP_SECRET = "K" * 36, "S" * 180
TOKEN = "T" * 350
"""As long as the tokens of the real broker: it is part of every order's head."""
NOTICE_KEY, NOTICE_IV = "k" * 32, "v" * 16


class BenchClock:
    """Real time, moved to a trading day; read as the system's clock is."""

    speed = 1.0

    def __init__(self, started: float) -> None:
        self._shift = OPENED - datetime.now(UTC) + timedelta(seconds=time.monotonic() - started)

    def now(self) -> Instant:
        """Return the present moment of the bench's market."""
        return Instant(datetime.now(UTC) + self._shift, time.monotonic())

    def real_delay(self, market_s: float) -> float:
        """Return ``market_s`` unchanged."""
        return market_s


def symbols(count: int) -> list[str]:
    """Return ``count`` issue codes."""
    return [f"{100_000 + 10 * place:06d}" for place in range(count)]


def trade_text(symbol: str, price: int, at: datetime, records: int = 1) -> str:
    """Return one trade frame of ``records`` equal records at an aware time."""
    local = at.astimezone(KST)
    record = (
        f"{symbol}^{local:%H%M%S}^{price}^5^-100^-0.14^71823.83^72100^72400^{min(price, 71_700)}^{price + 100}^{price}"
        "^1^3052507^219853241700^5105^6937^1832^84.90^1366314^1159996^1^0.39^20.28^090020^5^-200^090820^5^-500^092619"
        f"^2^200^{local:%Y%m%d}^20^N^65945^216924^1118750^2199206^0.05^2424142^125.92^0^^72100"
    )
    return f"0|H0STCNT0|{records:03d}|" + "^".join([record] * records)


SOLD, BOUGHT = "01", "02"


def notice_text(symbol: str, order_no: str, price: int, at: datetime, side: str = SOLD) -> str:
    """Return the plain fields of the notice of a complete fill, 26 columns."""
    local = at.astimezone(KST)
    return (
        f"{HTS_ID}^{ACCOUNT}{PRODUCT}^{order_no}^^{side}^0^00^0^{symbol}^{SHARES}^{price}^{local:%H%M%S}^0^2^2^03930^{SHARES}"
        f"^BENCH^0^KRX^N^^00^00000000^BENCH{symbol}^{price}"
    )
