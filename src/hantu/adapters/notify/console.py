"""Alerts on the terminal and in the log, for where no messenger is set up."""

from typing import TextIO

from hantu.domain.alert import Alert, Severity
from hantu.telemetry import get_logger, mask

_log = get_logger(__name__)
_WORDS = {Severity.INFO: "정보", Severity.WARN: "경고", Severity.CRITICAL: "위험"}


class ConsoleNotifier:
    """Prints the short text; implements ``ports.Notifier``."""

    name = "console"

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    async def send(self, alert: Alert) -> None:
        """Print one alert; a closed terminal is no reason to try again."""
        try:
            self._stream.write(mask(f"[알림·{_WORDS[alert.severity]}] {alert.short}\n"))
            self._stream.flush()
        except (OSError, ValueError) as error:
            _log.warning("알림을 화면에 쓰지 못했습니다: %s", type(error).__name__)

    async def close(self) -> None:
        """Nothing is held; the stream belongs to the caller."""


class LogNotifier:
    """Writes the short text to the log; implements ``ports.Notifier``."""

    name = "log"

    async def send(self, alert: Alert) -> None:
        """Log one alert at a level that fits its severity."""
        fields = {"event_type": alert.event_type, "priority": str(alert.priority), "category": alert.category}
        text = f"알림: {alert.short}"
        if alert.severity is Severity.INFO:
            _log.info("%s", text, extra=fields)
        elif alert.severity is Severity.WARN:
            _log.warning("%s", text, extra=fields)
        else:
            _log.error("%s", text, extra=fields)

    async def close(self) -> None:
        """Nothing is held."""
