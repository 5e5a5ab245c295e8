"""From settings to senders: every channel that is set up, in the order people would want them tried."""

from hantu.adapters.notify.bridge import SenderNotifier
from hantu.adapters.notify.console import LogNotifier
from hantu.adapters.notify.slack import SlackSender, SlackWebhookSender
from hantu.adapters.notify.telegram import TelegramSender
from hantu.adapters.notify.webhook import WebhookSender
from hantu.ports import Notifier, Sender
from hantu.settings.alerts import AlertSettings, EmailSettings, SmsSettings
from hantu.settings.model import Settings
from hantu.settings.phone_office import alert_buttons
from hantu.settings.secret import Secret

TEXT_MESSAGES = frozenset({"sms"})


def senders_of(settings: Settings) -> tuple[Sender, ...]:
    """Return a sender for every channel that is set up; none is no error, the log is always there.

    Raises:
        UsageError: A secret's file cannot be used, or a number or address is malformed.
    """
    telegram, alerts = settings.telegram, settings.alerts
    made: list[Sender] = []
    if telegram.enabled:
        made.append(TelegramSender(telegram.token.reveal(), telegram.chat_id, api_url=telegram.api_url))
    if alerts.slack.enabled:
        slack = alerts.slack
        made.append(SlackSender(slack.token.reveal(), slack.channel, api_url=slack.api_url))
    if alerts.slack.webhook_enabled:
        made.append(SlackWebhookSender(alerts.slack.webhook_url.reveal()))
    if alerts.email.enabled:
        made.append(_email(alerts.email))
    if alerts.sms.enabled:
        made.append(_sms(alerts.sms))
    if alerts.webhook.enabled:
        made.append(WebhookSender(alerts.webhook.url, alerts.webhook.secret.reveal()))
    if alerts.apprise.enabled:
        from hantu.adapters.notify.apprise_sender import AppriseSender

        made.append(AppriseSender(tuple(alerts.apprise.urls.reveal().split())))
    return tuple(made)


def notifiers_of(settings: Settings) -> tuple[Notifier, ...]:
    """Return the main channel and those that stand in for it; the log alone where none is set up.

    A text message costs money and is short: it is for emergencies, which have a way of their own.

    Raises:
        UsageError: A secret's file cannot be used, or a number or address is malformed.
    """
    buttons = alert_buttons(settings)
    made = [
        SenderNotifier(sender, buttons if sender.name == "telegram" else None)
        for sender in senders_of(settings)
        if sender.name not in TEXT_MESSAGES
    ]
    return tuple(made) or (LogNotifier(),)


def text_message_of(settings: Settings) -> Notifier | None:
    """Return the way of text messages, for emergencies only; None where none is set up."""
    return SenderNotifier(_sms(settings.alerts.sms)) if settings.alerts.sms.enabled else None


def half_set(settings: Settings) -> tuple[str, ...]:
    """Return in Korean which channels are begun and not complete, so that silence surprises nobody."""
    alerts = settings.alerts
    begun = {
        "텔레그램": (bool(settings.telegram.chat_id) or _there(settings.telegram.token), settings.telegram.enabled),
        "슬랙": (bool(alerts.slack.channel) or _there(alerts.slack.token), alerts.slack.enabled),
        "메일": (_any_email(alerts), alerts.email.enabled),
        "문자": (bool(alerts.sms.recipient) or _there(alerts.sms.key), alerts.sms.enabled),
        "웹훅": (bool(alerts.webhook.url) or _there(alerts.webhook.secret), alerts.webhook.enabled),
    }
    return tuple(
        f"{name} 설정이 완전하지 않아 이 채널로는 알리지 않습니다."
        for name, (some, whole) in begun.items()
        if some > whole
    )


def _any_email(alerts: AlertSettings) -> bool:
    return bool(alerts.email.host or alerts.email.recipient or alerts.email.sender)


def _there(secret: Secret) -> bool:
    return bool(secret or secret.problem)


def _email(email: EmailSettings) -> Sender:
    # Loaded only where it is used: the guard's memory is small.
    from hantu.adapters.notify.email import EmailSender

    return EmailSender(
        email.host,
        email.port,
        sender=email.sender,
        recipient=email.recipient,
        username=email.username,
        password=email.password.reveal() if email.username else "",
        encryption=email.encryption,
        ca_file=str(email.ca_file or ""),
    )


def _sms(sms: SmsSettings) -> Sender:
    from hantu.adapters.notify import aligo, solapi

    if sms.gateway == "aligo":
        return aligo.AligoSender(
            sms.key.reveal(),
            sms.user_id,
            sender=sms.sender,
            recipient=sms.recipient,
            left_warn=sms.left_warn,
            rehearsal=sms.rehearsal,
            api_url=sms.api_url or aligo.API_URL,
        )
    return solapi.SolapiSender(
        sms.key.reveal(),
        sms.secret.reveal(),
        sender=sms.sender,
        recipient=sms.recipient,
        balance_warn_won=sms.balance_warn_won,
        api_url=sms.api_url or solapi.API_URL,
    )
