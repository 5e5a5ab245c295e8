"""What an engine has at hand at midnight, so that each day can be replayed by itself.

Read back only by the release that wrote it, and only classes of hantu's own
pure floors are ever built from it.
"""

import io
import pickle
from typing import Any

from hantu.adapters.tape.codec import Mask
from hantu.domain.errors import BrokenError
from hantu.engine.turn import Desk

_OURS = ("hantu.engine.", "hantu.domain.")
_PLAIN = frozenset({
    ("builtins", "set"), ("builtins", "frozenset"), ("builtins", "getattr"), ("collections", "deque"),
    ("datetime", "datetime"), ("datetime", "date"), ("datetime", "time"), ("datetime", "timedelta"),
    ("datetime", "timezone"),
})  # fmt: skip


class _Writer(pickle.Pickler):
    def __init__(self, target: io.BytesIO, mask: Mask) -> None:
        super().__init__(target, protocol=5)
        self._mask = mask

    def persistent_id(self, value: Any) -> str | None:
        """Let no private text in."""
        if type(value) is str:
            masked = self._mask.text(value)
            return masked if masked is not value else None
        return None


class _Reader(pickle.Unpickler):
    def persistent_load(self, pid: str) -> str:
        """Return the masked text itself."""
        return pid

    def find_class(self, module: str, name: str) -> Any:
        """Return a class that may stand in a snapshot; no other."""
        if module.startswith(_OURS) or (module, name) in _PLAIN:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no business in a snapshot")


def take(desk: Desk, mask: Mask) -> bytes:
    """Return everything ``desk`` holds."""
    target = io.BytesIO()
    _Writer(target, mask).dump(desk)
    return target.getvalue()


def restore(data: bytes) -> Desk:
    """Return the desk of a snapshot.

    Raises:
        BrokenError: Another release wrote it, or something else did.
    """
    try:
        desk = _Reader(io.BytesIO(data)).load()
    except (pickle.UnpicklingError, AttributeError, TypeError, ImportError, EOFError) as error:
        raise BrokenError(
            f"자정의 상태를 되살릴 수 없습니다: {error}", next_step="기록한 판의 hantu 로 재생하세요."
        ) from error
    if not isinstance(desk, Desk):
        raise BrokenError("자정의 상태가 아닙니다.", next_step="파일이 손상되지 않았는지 확인하세요.")
    return desk
