"""Ask a practice exchange on this machine for its clock."""

import aiohttp
import msgspec

from hantu.adapters.clock import FollowedClock, SystemClock
from hantu.domain.errors import RetryableError
from hantu.domain.market_clock import MarketClock

TIMEOUT_S = 3.0
PATH = "/_sim/clock"


async def practice_clock(rest_url: str) -> SystemClock | FollowedClock:
    """Return the exchange's clock; real time if the server keeps none of its own.

    Raises:
        RetryableError: Nothing answers at the address.
    """
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(rest_url.rstrip("/") + PATH) as answer,
        ):
            if answer.status != 200:
                return SystemClock()
            return FollowedClock(MarketClock.from_json(msgspec.json.decode(await answer.read())))
    except (TimeoutError, aiohttp.ClientError) as error:
        raise RetryableError(
            f"연습 거래소에 연결할 수 없습니다: {rest_url}",
            next_step="다른 터미널에서 `hantu sim`을 먼저 실행하세요.",
        ) from error
    except (ValueError, KeyError, TypeError, msgspec.DecodeError):
        return SystemClock()
