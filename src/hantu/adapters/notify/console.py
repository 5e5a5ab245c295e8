"""Alerts on the terminal and in the log, for where no messenger is set up."""

from typing import TextIO

from hantu.adapters.notify.layout import SEVERITY_WORDS
from hantu.domain.alert import Alert, Severity
from hantu.domain.delivery import ChannelHealth, Message, Receipt, accepted, permanent
from hantu.telemetry import get_logger, mask

_log = get_logger(__name__)


class ConsoleSender:
    """Prints the short text; implements ``ports.Sender``."""

    name = "console"

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    async def send(self, message: Message) -> Receipt:
        """Print one message; a closed terminal stays closed."""
        try:
            self._stream.write(mask(f"[알림·{SEVERITY_WORDS[message.alert.severity]}] {message.short}\n"))
            self._stream.flush()
        except (OSError, ValueError) as error:
            _log.warning("알림을 화면에 쓰지 못했습니다: %s", type(error).__name__)
            return permanent(f"화면에 쓸 수 없습니다: {type(error).__name__}")
        return accepted()

    async def check(self) -> ChannelHealth:
        """Tell whether the terminal is open."""
        return ChannelHealth(reachable=not self._stream.closed)

    async def aclose(self) -> None:
        """Nothing is held; the stream belongs to the caller."""


class LogSender:
    """Writes the short text to the log; implements ``ports.Sender``."""

    name = "log"

    async def send(self, message: Message) -> Receipt:
        """Log one message at a level that fits its severity."""
        alert = message.alert
        fields = {"event_type": alert.event_type, "priority": str(alert.priority), "category": alert.category}
        text = f"알림: {message.short}"
        if alert.severity is Severity.INFO:
            _log.info("%s", text, extra=fields)
        elif alert.severity is Severity.WARN:
            _log.warning("%s", text, extra=fields)
        else:
            _log.error("%s", text, extra=fields)
        return accepted()

    async def check(self) -> ChannelHealth:
        """The log is always there; what it could not write it counts itself."""
        return ChannelHealth(reachable=True)

    async def aclose(self) -> None:
        """Nothing is held."""


class ConsoleNotifier:
    """The terminal behind the port the dispatcher knows today; implements ``ports.Notifier``."""

    name = "console"

    def __init__(self, stream: TextIO) -> None:
        self._sender = ConsoleSender(stream)

    async def send(self, alert: Alert) -> None:
        """Print one alert; a closed terminal is no reason to try again."""
        await self._sender.send(Message(alert, alert.key))


class LogNotifier:
    """The log behind the port the dispatcher knows today; implements ``ports.Notifier``."""

    name = "log"

    def __init__(self) -> None:
        self._sender = LogSender()

    async def send(self, alert: Alert) -> None:
        """Log one alert."""
        await self._sender.send(Message(alert, alert.key))

    async def close(self) -> None:
        """Nothing is held."""
