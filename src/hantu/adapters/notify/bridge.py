"""Any sender behind the port the dispatcher knows: an alert goes in, errors come out."""

import secrets
from collections.abc import Callable

from hantu.adapters.notify.recent import Recent
from hantu.domain.alert import Alert, Priority
from hantu.domain.delivery import Button, Message, ReceiptKind
from hantu.domain.errors import BrokenError, RetryableError
from hantu.ports import Sender

SILENT = frozenset({Priority.NORMAL, Priority.LOW})


class SenderNotifier:
    """Sends alerts through one sender; implements ``ports.Notifier``."""

    def __init__(self, sender: Sender, buttons: Callable[[Alert], tuple[Button, ...]] | None = None) -> None:
        """``buttons`` says what a person may answer to an alert."""
        self.name = sender.name
        self._buttons = buttons or (lambda _: ())
        self._sender = sender
        self._tried = Recent[str]()

    def __repr__(self) -> str:
        return f"SenderNotifier({self.name})"

    async def send(self, alert: Alert) -> None:
        """Deliver one alert.

        Raises:
            RetryableError: Not delivered, or nobody knows; with ``retry_s`` when the channel said how long to wait.
            BrokenError: Refused for good.
        """
        # Without a key of its own, a try that failed keeps one until the same text goes through.
        known = f"{alert.key}\n{alert.short}\n{alert.long}"
        key = alert.delivery or self._tried.get(known, "") or secrets.token_hex(16)
        self._tried.put(known, key)
        message = Message(alert, key, silent=alert.priority in SILENT, buttons=self._buttons(alert))
        receipt = await self._sender.send(message)
        match receipt.kind:
            case ReceiptKind.ACCEPTED:
                self._tried.drop(known)
            case ReceiptKind.PERMANENT:
                raise BrokenError(receipt.reason, next_step="docs/channels.md에서 이 채널의 문제 해결을 보세요.")
            case ReceiptKind.RETRY_AT:
                raise RetryableError(receipt.reason, retry_s=receipt.retry_s)
            case ReceiptKind.TEMPORARY | ReceiptKind.AMBIGUOUS:
                # Twice is better than never.
                raise RetryableError(receipt.reason)

    async def close(self) -> None:
        """Close the sender."""
        await self._sender.aclose()
