"""A person's wish about the kill switch, from the words of the control socket to the engine and back.

Going up is handed on at once. A release waits a few seconds for the
reconciliation it needs, and is refused with what is open otherwise.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from hantu.domain.commands import KillLevel, SetKill
from hantu.domain.errors import DeniedError, UsageError
from hantu.engine.engine import Engine
from hantu.engine.switch import READING, STRICTNESS, obstacles

WAIT_S: Final = 5.0
"""Real seconds a release waits for balance and order list."""
LOOK_S: Final = 0.05
TWO_PEOPLE: Final = (KillLevel.HARD, KillLevel.FLATTEN)
RELEASE_MAX_S: Final = 8 * 3_600.0


class KillDesk:
    """Hands wishes to one engine; ``real`` asks for what paper and practice may do without."""

    def __init__(
        self,
        engine: Engine,
        deliver: Callable[[SetKill], None],
        *,
        real: bool,
        on_refused: Callable[[SetKill, str], object] = lambda _wish, _why: None,
    ) -> None:
        """``on_refused`` is told of a wish that never reached the engine, which records the others itself."""
        self._on_refused = on_refused
        self._engine = engine
        self._deliver = deliver
        self._real = real

    async def ask(self, args: dict[str, Any], actor: str) -> None:
        """Carry a wish out.

        Raises:
            UsageError: Something about the wish is missing.
            DeniedError: It may not be released now; says what is open.
        """
        wish = wish_of(args, actor)
        now = self._engine.book.kill
        if args.get("only_up") and STRICTNESS[wish.level] < STRICTNESS[now]:
            # Asked and answered in one step: whoever may only stop must lower nothing, whatever happened meanwhile.
            raise DeniedError(f"이미 더 엄격한 단계입니다({now}).", next_step="그대로 두었습니다.")
        try:
            self._permitted(wish)
        except DeniedError as error:
            self._on_refused(wish, str(error))
            raise
        self._deliver(wish)
        if self._engine.book.kill is wish.level:
            return
        end = asyncio.get_running_loop().time() + WAIT_S
        while obstacles(self._engine.desk) == (READING,) and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110 - the engine has no events
            await asyncio.sleep(LOOK_S)
        self._deliver(wish)
        if self._engine.book.kill is not wish.level:
            found = obstacles(self._engine.desk)
            raise DeniedError(
                f"킬 스위치를 풀지 않았습니다: {'; '.join(found)}.",
                next_step="`hantu orders`와 `hantu positions`로 확인하고 끝난 뒤에 다시 해제하세요.",
            )

    def _permitted(self, wish: SetKill) -> None:
        now = self._engine.book.kill
        if wish.level is KillLevel.FLATTEN and wish.second in ("", wish.actor):
            raise UsageError(
                "전량 정리에는 확인하는 두 번째 사람이 필요합니다.", next_step="`--second 이름`을 함께 적어 주세요."
            )
        if STRICTNESS[wish.level] >= STRICTNESS[now]:
            return
        if not wish.reason:
            raise UsageError("킬 스위치 해제에는 사유가 필요합니다.", next_step='--reason "사유"를 함께 적어 주세요.')
        if self._real and wish.release_s:
            raise DeniedError(
                "임시 해제는 모의투자와 연습에서만 할 수 있습니다.",
                next_step="실전에서는 원인을 없앤 뒤 `--for` 없이 해제하세요.",
            )
        if self._real and now in TWO_PEOPLE and wish.second in ("", wish.actor):
            raise DeniedError(
                f"{now} 단계의 해제에는 확인하는 두 번째 사람이 필요합니다.",
                next_step="`--second 이름`을 함께 적어 주세요.",
            )


def wish_of(args: dict[str, Any], actor: str) -> SetKill:
    """Read a wish from the words of the control socket.

    Raises:
        UsageError: The level or the time is none.
    """
    try:
        level = KillLevel(str(args.get("level", "")))
    except ValueError:
        raise UsageError(
            f"알 수 없는 킬 스위치 단계입니다: {args.get('level')}",
            next_step="off, active, hard, flatten 중 하나입니다.",
        ) from None
    try:
        release_s = float(args.get("release_s") or 0.0)
    except (TypeError, ValueError):
        release_s = -1.0
    if not 0.0 <= release_s <= RELEASE_MAX_S or (release_s and level is not KillLevel.OFF):
        raise UsageError("임시 해제 시간은 8시간 이하여야 합니다.", next_step="`--for 10m`처럼 적어 주세요.")
    reason, second = str(args.get("reason", "")).strip(), str(args.get("second", "")).strip()
    return SetKill(actor, level, reason, second, release_s)
