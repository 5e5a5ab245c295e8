"""Logs: typed loggers, one masked line per event in a rotating file and on the console.

Line: ``2026-11-23 09:12:31.123 guard order [ERROR] text {"field": …}`` in Korean time.
Invariants:
1. No registered secret, account number, token or key leaves this module in clear.
2. A full disk or broken console never reaches the caller.
3. Volume is bounded: ``MAX_BYTES`` times six files, ``FLOOD_LINES`` of one kind in ten seconds; errors are
   kept a second time by month until the archive has them.
"""

import json
import logging
import os
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TextIO

from hantu.domain.errors import UsageError
from hantu.domain.session import KST

ROOT = "hantu"
TYPES = ("system", "strategy", "order")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
MAX_BYTES = 10_000_000
BACKUPS = 5
FLOOD_LINES = 200
"""Lines that begin alike within ``FLOOD_S``; orders are exempt."""
FLOOD_S = 10.0
FLOOD_KINDS = 2_000
SECRETS_MAX = 200
HIDDEN = "***"
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "type", "taskName", "color_message"}

_DATE = r"(?!20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
_PATTERNS = re.compile(
    r"(?P<named>(?i:\b(?:app_?key|app_?secret|secret_?key|approval_?key|access_token|refresh_token|token|password"
    r"|authorization|personalseckey|cano|account_?(?:no|number)?|hts_?id))[\"']?\s*[:=]\s*[\"']?(?:Bearer\s+)?)"
    r"[^\s\"',&})\]]+"
    r"|\b(?P<bearer>Bearer\s+)[\w.~+/-]+=*"
    r"|(?<!\d)\d{6,}:[\w-]{30,}"  # a Telegram bot token
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JWT
    r"|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"  # an approval key
    rf"|(?<![\d-]){_DATE}\d{{8}}-\d{{2}}(?![\d-])"  # an account number
    r"|[A-Za-z0-9+/]{100,}={0,2}"  # an app secret, an encrypted notice
)


class _Secrets:
    """Values that were registered as secret, as one pattern."""

    def __init__(self) -> None:
        self._values: dict[str, None] = {}
        self._pattern: re.Pattern[str] | None = None

    def add(self, value: str) -> None:
        if len(value) < 4 or value in self._values:
            return
        self._values[value] = None
        while len(self._values) > SECRETS_MAX:
            del self._values[next(iter(self._values))]
        self._pattern = None

    def mask(self, text: str) -> str:
        if not self._values:
            return text
        if self._pattern is None:
            longest = sorted(self._values, key=len, reverse=True)
            self._pattern = re.compile("|".join(re.escape(one) for one in longest))
        return self._pattern.sub(HIDDEN, text)


_SECRETS = _Secrets()


def hide(value: str) -> None:
    """Register a secret; from now on no line shows it. Shorter than 4 characters is ignored."""
    _SECRETS.add(value)


def hide_account(number: str) -> None:
    """Register an account number in every way it is written: whole, with hyphen, first eight."""
    digits = "".join(char for char in number if char.isdigit())
    for form in (number, digits, f"{digits[:8]}-{digits[8:]}", digits[:8]):
        _SECRETS.add(form)


def mask(text: str) -> str:
    """Return ``text`` with secrets replaced; for everything that leaves to people or disk."""
    # Looks first: a registered value inside a token would break the look of the rest.
    return _SECRETS.mask(_PATTERNS.sub(_hidden, text))


def _hidden(match: re.Match[str]) -> str:
    return (match["named"] or match["bearer"] or "") + HIDDEN


class TypedLogger(logging.LoggerAdapter[logging.Logger]):
    """A logger whose records carry a type; fields of ``extra`` are kept beside it."""

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Add the type to the fields of one call."""
        kwargs["extra"] = {**(kwargs.get("extra") or {}), **(self.extra or {})}
        return msg, kwargs


def get_logger(name: str, type: str = "system") -> TypedLogger:  # noqa: A002 -- the documented signature
    """Return the logger of a module; ``type`` is system, strategy or order.

    Raises:
        UsageError: Another type.
    """
    if type not in TYPES:
        raise UsageError(f"알 수 없는 로그 종류: {type}", next_step=f"가능한 값: {', '.join(TYPES)}")
    full = name if name == ROOT or name.startswith(ROOT + ".") else f"{ROOT}.{name}"
    return TypedLogger(logging.getLogger(full), {"type": type})


def log_error(
    logger: TypedLogger,
    error_type: str,
    *,
    error_code: str = "",
    stock_code: str = "",
    retry_count: int = 0,
    context: Mapping[str, int | float | str | None] | None = None,
    error: BaseException | None = None,
) -> None:
    """Log one error in the documented shape; ``timestamp`` is the time of the line.

    ``context`` holds ``current_price``, ``stop_loss`` and ``position_quantity`` where
    a position is concerned; what is missing is null.
    """
    known = dict(context or {})
    fields = {
        "error_code": error_code,
        "stock_code": stock_code,
        "retry_count": retry_count,
        "timestamp": "",
        "context": {key: known.pop(key, None) for key in ("current_price", "stop_loss", "position_quantity")} | known,
    }
    logger.error("에러 발생: %s", error_type, exc_info=error or sys.exc_info()[0] is not None, extra=fields)


class LineFormatter(logging.Formatter):
    """Renders a record as one masked line; the console may show a trace below it."""

    def __init__(self, service: str, now: Callable[[], datetime] | None, *, trace_below: bool = False) -> None:
        super().__init__()
        self._service = service
        self._now = now
        self._trace_below = trace_below

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; every line break of the event is escaped."""
        at = (self._now() if self._now else datetime.fromtimestamp(record.created, KST)).astimezone(KST)
        fields = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if "timestamp" in fields:
            fields["timestamp"] = at.isoformat()
        trace = self.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""
        if trace and not self._trace_below:
            fields["trace"] = trace
        text = " ".join(record.getMessage().splitlines())
        head = (
            f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} {self._service} {getattr(record, 'type', 'system')}"
        )
        line = f"{head} [{record.levelname}] {text}"
        if fields:
            line += " " + json.dumps(fields, ensure_ascii=False, default=str)
        return mask(f"{line}\n{trace}" if trace and self._trace_below else line)


class FloodFilter(logging.Filter):
    """Drops lines that begin alike once there are too many; the next one says how many."""

    def __init__(self, lines: int = FLOOD_LINES, window_s: float = FLOOD_S) -> None:
        super().__init__()
        self._lines, self._window_s = lines, window_s
        self._seen: dict[tuple[str, int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record is written."""
        if getattr(record, "type", "") == "order":
            return True
        key = (record.name, record.levelno, str(record.msg)[:16])
        since, count = self._seen.get(key, (record.created, 0))
        if record.created - since >= self._window_s:
            if count > self._lines:
                record.suppressed = count - self._lines
            since, count = record.created, 0
        if len(self._seen) >= FLOOD_KINDS:
            self._seen.clear()
        self._seen[key] = (since, count + 1)
        return count < self._lines


class LogFile(RotatingFileHandler):
    """``logs/app.log`` and at most five backups, readable by the owner only.

    A record is formatted once and costs one call of the system. The library's handler formats it twice and looks at
    the file four times; each look lends the interpreter's lock to the other threads, which give it back milliseconds later.
    """

    failures = 0
    """Records that could not be written."""
    _size = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Append one line, after the change to a new file where it would become too large."""
        try:
            line = self.format(record) + self.terminator
            length = len(line.encode("utf-8", "backslashreplace"))
            if self._size and self._size + length >= self.maxBytes > 0:
                self.doRollover()
            if self.stream is None:
                self.stream = self._open()
            self._size += length
            self.stream.write(line)
            self.flush()
        except Exception:  # noqa: BLE001 -- as the library's: logging never harms what is logged
            self.handleError(record)

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._size = os.fstat(descriptor).st_size
        return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- the library's name
        """Count the loss instead of printing the unmasked record."""
        self.failures += 1


class ErrorFile(logging.Handler):
    """``logs/errors-YYYY-MM.log``: lines of errors by Korean month; the archive takes them, no rotation does."""

    failures = 0
    """Records that could not be written."""

    def __init__(self, folder: Path, now: Callable[[], datetime] | None) -> None:
        super().__init__(logging.ERROR)
        self._folder = folder
        self._now = now

    def emit(self, record: logging.LogRecord) -> None:
        """Append one line; the file is opened for it, errors being rare."""
        try:
            line = self.format(record)
            at = (self._now() if self._now else datetime.fromtimestamp(record.created, KST)).astimezone(KST)
            path = self._folder / f"errors-{at:%Y-%m}.log"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(line + "\n")
        except (OSError, ValueError):
            self.failures += 1


class LogConsole(logging.StreamHandler[TextIO]):
    """The terminal; a closed one is no error."""

    failures = 0

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- the library's name
        """Count the loss instead of printing the unmasked record."""
        self.failures += 1


class Logs:
    """The process's log outputs; made once by ``configure``, closed at the end."""

    def __init__(self, path: Path | None, handlers: tuple[LogFile | ErrorFile | LogConsole, ...]) -> None:
        self.path = path
        self._handlers = handlers

    @property
    def failures(self) -> int:
        """Return how many records could not be written."""
        return sum(handler.failures for handler in self._handlers)

    def set_level(self, level: str) -> None:
        """Change the level of every logger of hantu at once, while running.

        Raises:
            UsageError: Not one of DEBUG, INFO, WARNING, ERROR.
        """
        logging.getLogger(ROOT).setLevel(_level(level))

    def close(self) -> None:
        """Flush and detach every output."""
        for handler in self._handlers:
            for name in (ROOT, "asyncio", "aiohttp"):
                logging.getLogger(name).removeHandler(handler)
            handler.close()


def configure(
    home: Path | None,
    *,
    service: str,
    level: str = "INFO",
    console: TextIO | None = None,
    now: Callable[[], datetime] | None = None,
    max_bytes: int = MAX_BYTES,
) -> Logs:
    """Start logging to ``<home>/logs/app.log`` and, where given, to ``console``.

    ``now`` gives the market's time where a practice exchange runs it; otherwise the
    machine's clock is used. Errors of the libraries below are logged with ours.

    Raises:
        UsageError: Unknown level.
        OSError: The folder cannot be made or written.
    """
    number = _level(level)
    handlers: list[LogFile | ErrorFile | LogConsole] = []
    path = None
    if home is not None:
        path = home / "logs" / "app.log"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = LogFile(path, maxBytes=max_bytes, backupCount=BACKUPS, encoding="utf-8")
        file.setFormatter(LineFormatter(service, now))
        handlers.append(file)
        errors = ErrorFile(path.parent, now)
        errors.setFormatter(LineFormatter(service, now))
        handlers.append(errors)
    if console is not None:
        screen = LogConsole(console)
        screen.setFormatter(LineFormatter(service, now, trace_below=True))
        handlers.append(screen)
    root = logging.getLogger(ROOT)
    root.propagate = False
    root.setLevel(number)
    for handler in handlers:
        handler.addFilter(FloodFilter())
        for name in (ROOT, "asyncio", "aiohttp"):
            logging.getLogger(name).addHandler(handler)
    return Logs(path, tuple(handlers))


def _level(level: str) -> int:
    if level.upper() not in LEVELS:
        raise UsageError(f"알 수 없는 로그 수준: {level}", next_step=f"가능한 값: {', '.join(LEVELS)}")
    return int(logging.getLevelNamesMapping()[level.upper()])
