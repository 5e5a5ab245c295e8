"""A text that must not be seen: it never appears in ``repr``, ``str`` or a log line."""

import stat
from dataclasses import dataclass
from pathlib import Path

from hantu.domain.errors import UsageError

FILE_SIZE_MAX = 4096
"""Bytes; a key file holds one line, anything larger is the wrong file."""


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A secret, or the reason why there is none; only ``reveal`` shows it."""

    text: str = ""
    problem: str = ""
    """Korean sentence; set when a source was named but cannot be used."""
    next_step: str = ""

    def __repr__(self) -> str:
        return "Secret(****)" if self.text else "Secret(empty)"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self.text)

    def reveal(self) -> str:
        """Return the text itself.

        Raises:
            UsageError: There is none, or its file cannot be trusted.
        """
        if not self.text:
            raise UsageError(self.problem or "비밀 값이 설정되지 않았습니다.", next_step=self.next_step)
        return self.text


def read_secret_file(path: Path, name: str) -> Secret:
    """Read a secret from a file only its owner may read; problems become part of the value.

    They are raised by ``reveal``, so that a command that needs no key still works.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return Secret("", f"{name} 파일 {path} 은(는) 보통 파일이 아닙니다.", "올바른 파일 경로를 적어 주세요.")
        if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            mode = stat.S_IMODE(status.st_mode)
            return Secret(
                "",
                f"{name} 파일 {path} 을(를) 다른 사용자도 읽을 수 있어(권한 {mode:04o}) 사용하지 않습니다.",
                f"`chmod 600 {path}` 을(를) 실행한 뒤 다시 시도하세요.",
            )
        if status.st_size > FILE_SIZE_MAX:
            return Secret("", f"{name} 파일 {path} 이(가) 너무 큽니다.", "키 한 줄만 담은 파일인지 확인하세요.")
        text = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return Secret("", f"{name} 파일 {path} 이(가) 없습니다.", "경로를 확인하거나 파일을 만들어 주세요.")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "UTF-8 텍스트가 아닙니다"
        return Secret("", f"{name} 파일 {path} 을(를) 읽을 수 없습니다: {reason}.", "파일과 권한을 확인하세요.")
    if not text or "\n" in text:
        return Secret("", f"{name} 파일 {path} 에 키가 한 줄로 들어 있지 않습니다.", "키 한 줄만 남겨 주세요.")
    return Secret(text)
