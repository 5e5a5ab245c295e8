"""Mail through an SMTP server: one recipient a message, encrypted, on a connection of its own.

4xx of the server passes, 5xx stays. When the line breaks after DATA was begun, nobody
here knows whether the mail was queued. "Accepted" means the server took it, no more.
"""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

import aiosmtplib

from hantu.adapters.clock import SystemClock
from hantu.adapters.notify.email_text import address, mail
from hantu.adapters.notify.http import is_loopback, short_words
from hantu.domain.delivery import ChannelHealth, Message, Receipt, accepted, ambiguous, permanent, temporary
from hantu.domain.errors import UsageError
from hantu.domain.instant import Instant
from hantu.telemetry import hide

TIMEOUT_S = 15.0
"""For the whole conversation; servers greet slowly on purpose."""
GOODBYE_S = 1.0
Encryption = Literal["starttls", "tls", "none"]
MACHINE = SystemClock()
"""What peers compare with their own clocks is the machine's time, on a practice market, too."""


class EmailSender:
    """Sends to one recipient through one server; implements ``ports.Sender``."""

    name = "email"

    def __init__(
        self,
        host: str,
        port: int,
        *,
        sender: str,
        recipient: str,
        username: str = "",
        password: str = "",
        encryption: Encryption = "starttls",
        ca_file: str = "",
        timeout_s: float = TIMEOUT_S,
        now: Callable[[], Instant] = MACHINE.now,
    ) -> None:
        """Check the settings; nothing is sent. ``ca_file`` is trusted besides the machine's own authorities.

        Raises:
            UsageError: No server, a malformed address, no encryption off this machine, or an unreadable ``ca_file``.
        """
        if not host:
            raise UsageError("메일 서버 주소가 없습니다.", next_step="docs/channels.md를 보고 설정하세요.")
        if encryption == "none" and not is_loopback(host):
            raise UsageError(
                "메일은 암호화해 보내야 합니다(이 컴퓨터 안의 서버만 예외).",
                next_step='alerts.email.encryption 을 "starttls" 나 "tls" 로 바꾸세요.',
            )
        self._from = address(sender, "alerts.email.sender")
        self._to = address(recipient, "alerts.email.recipient")
        for secret in (password, sender, recipient):
            hide(secret)
        self._host, self._port = host, port
        self._login = (username, password)
        self._encryption = encryption
        self._context = _context(ca_file)
        self._timeout_s = timeout_s
        self._now = now

    def __repr__(self) -> str:
        return "EmailSender(***)"

    async def send(self, message: Message) -> Receipt:
        """Send one mail on a new connection."""
        made = mail(message, self._from, self._to, self._now().wall)
        begun = False
        client = self._client()
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._greet(client)
                await client.mail(self._from.addr_spec)
                await client.rcpt(self._to.addr_spec)
                begun = True
                await client.data(bytes(made))
            await _goodbye(client)
        except (aiosmtplib.SMTPException, TimeoutError, OSError, ValueError) as error:
            return self._judged(error, begun=begun)
        finally:
            # No word more on a line that broke: in the middle of a mail it would become part of it.
            client.close()
        return accepted(str(made["Message-ID"]))

    async def check(self) -> ChannelHealth:
        """Connect and log in."""
        client = self._client()
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._greet(client)
                await client.noop()
            await _goodbye(client)
        except (aiosmtplib.SMTPException, TimeoutError, OSError, ValueError) as error:
            receipt = self._judged(error, begun=False)
            wrong = isinstance(error, aiosmtplib.SMTPAuthenticationError)
            return ChannelHealth(reachable=wrong, credentials_ok=False if wrong else None, detail=receipt.reason)
        finally:
            client.close()
        return ChannelHealth(reachable=True, credentials_ok=True)

    async def aclose(self) -> None:
        """Nothing is held between mails."""

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            # Said in the greeting; the machine's own name is nobody's business.
            local_hostname=self._from.domain,
            timeout=self._timeout_s,
            use_tls=self._encryption == "tls",
            start_tls=False,
            tls_context=self._context if self._encryption != "none" else None,
        )

    async def _greet(self, client: aiosmtplib.SMTP) -> None:
        await client.connect()
        if self._encryption == "starttls":
            await client.starttls(tls_context=self._context)
        if self._login[0]:
            await client.login(*self._login)

    def _judged(self, error: Exception, *, begun: bool) -> Receipt:
        if isinstance(error, aiosmtplib.SMTPResponseException) and 400 <= error.code < 600:
            reason = f"메일 서버가 거부했습니다: {error.code} {self._without_addresses(error.message)}"
            return permanent(reason) if error.code >= 500 else temporary(reason)
        if type(error) in (aiosmtplib.SMTPNotSupported, aiosmtplib.SMTPException):
            return permanent("메일 서버가 필요한 기능(STARTTLS 또는 로그인)을 제공하지 않습니다")
        if begun:
            return ambiguous(f"메일을 보냈으나 응답을 받지 못했습니다: {type(error).__name__}")
        if any(isinstance(one, ssl.SSLCertVerificationError) for one in (error, error.__cause__, error.__context__)):
            return permanent("메일 서버의 인증서를 믿을 수 없습니다")
        return temporary(f"메일 서버에 연결하지 못했습니다: {type(error).__name__}")

    def _without_addresses(self, text: str) -> str:
        for hidden in (self._to.addr_spec, self._from.addr_spec, self._login[0]):
            text = text.replace(hidden, "***") if hidden else text
        return short_words(text)


def _context(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError as error:
            raise UsageError(
                "alerts.email.ca_file 의 인증서를 읽을 수 없습니다.", next_step="PEM 파일의 경로와 권한을 확인하세요."
            ) from error
    return context


async def _goodbye(client: aiosmtplib.SMTP) -> None:
    """Say QUIT; what the server makes of it changes nothing any more."""
    with suppress(aiosmtplib.SMTPException, TimeoutError, OSError):
        await client.quit(timeout=GOODBYE_S)
