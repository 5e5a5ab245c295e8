"""Settings of the channels beside Telegram; a channel that is not set up is off, and that is no error."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from hantu.settings.secret import Secret
from hantu.settings.section import Section


def _there(secret: Secret) -> bool:
    """Tell whether there is something that was meant as the secret."""
    return bool(secret or secret.problem)


class SlackSettings(Section, frozen=True):
    """One channel by bot token, one incoming webhook that stands in; each may be alone."""

    token_file: Path | None = None
    channel: str = ""
    """``C…``; the bot must be a member."""
    webhook_url_file: Path | None = None
    """The address of an incoming webhook is a secret by itself."""
    api_url: str = "https://slack.com/api"
    token: Secret = Secret()
    webhook_url: Secret = Secret()

    @property
    def enabled(self) -> bool:
        """Whether there are a channel and a token."""
        return bool(self.channel) and _there(self.token)

    @property
    def webhook_enabled(self) -> bool:
        """Whether there is a webhook."""
        return _there(self.webhook_url)


class EmailSettings(Section, frozen=True):
    """One mailbox through one server."""

    host: str = ""
    port: Annotated[int, Meta(ge=1, le=65_535)] = 587
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    """``none`` only for a server on this machine."""
    sender: str = ""
    recipient: str = ""
    username: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None
    """Trusted besides the machine's own authorities."""
    password: Secret = Secret()

    @property
    def enabled(self) -> bool:
        """Whether there are a server, both addresses, and a password if the server wants a name."""
        whole = bool(self.host and self.sender and self.recipient)
        return whole and (not self.username or _there(self.password))


class SmsSettings(Section, frozen=True):
    """One phone through one Korean gateway."""

    gateway: Literal["solapi", "aligo"] = "solapi"
    sender: str = ""
    """Registered with the gateway beforehand, as the law asks."""
    recipient: str = ""
    key_file: Path | None = None
    secret_file: Path | None = None
    """Solapi only."""
    user_id: str = ""
    """Aligo only."""
    balance_warn_won: Annotated[int, Meta(ge=0, le=10_000_000)] = 1_000
    """Solapi: below it the channel counts as low."""
    left_warn: Annotated[int, Meta(ge=0, le=1_000_000)] = 50
    """Aligo: the same in short messages."""
    rehearsal: bool = False
    """Aligo: taken and not delivered."""
    api_url: str = ""
    """Only for tests; empty is the gateway's own."""
    key: Secret = Secret()
    secret: Secret = Secret()

    @property
    def enabled(self) -> bool:
        """Whether there are both numbers and what the gateway asks for."""
        more = _there(self.secret) if self.gateway == "solapi" else bool(self.user_id)
        return bool(self.sender and self.recipient) and _there(self.key) and more


class WebhookSettings(Section, frozen=True):
    """A program of the user's own; docs/channels.md describes the call."""

    url: str = ""
    secret_file: Path | None = None
    secret: Secret = Secret()

    @property
    def enabled(self) -> bool:
        """Whether there are an address and a secret."""
        return bool(self.url) and _there(self.secret)


class AppriseSettings(Section, frozen=True):
    """Other services, through an extra that must be installed."""

    urls_file: Path | None = None
    urls: Secret = Secret()
    """Addresses on one line, spaces between; each is a secret."""

    @property
    def enabled(self) -> bool:
        """Whether there is an address."""
        return _there(self.urls)


class AlertSettings(Section, frozen=True):
    """Where messages go besides ``[telegram]``."""

    slack: SlackSettings = SlackSettings()
    email: EmailSettings = EmailSettings()
    sms: SmsSettings = SmsSettings()
    webhook: WebhookSettings = WebhookSettings()
    apprise: AppriseSettings = AppriseSettings()
