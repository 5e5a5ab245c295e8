"""Phone numbers as gateways take them."""

import re

from hantu.domain.errors import UsageError
from hantu.telemetry import hide

_KOREAN = re.compile(r"0\d{8,10}|1[5-9]\d{6}")


def checked_number(text: str, name: str) -> str:
    """Return the digits of a Korean number and hide it from every log.

    Raises:
        UsageError: It is none; ``name`` is the setting, the number is not repeated.
    """
    digits = text.replace("-", "").replace(" ", "")
    if not _KOREAN.fullmatch(digits):
        raise UsageError(f"{name} 의 전화번호 형식이 올바르지 않습니다.", next_step='"010-0000-0000" 처럼 적으세요.')
    hide(digits)
    hide(text)
    return digits
