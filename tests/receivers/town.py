"""Every channel at once, with one journal: where the people of a test live."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hantu.adapters.notify.aligo import AligoSender
from hantu.adapters.notify.email import EmailSender
from hantu.adapters.notify.slack import SlackSender, SlackWebhookSender
from hantu.adapters.notify.solapi import SolapiSender
from hantu.adapters.notify.telegram import TelegramSender
from hantu.adapters.notify.webhook import WebhookSender
from hantu.ports import Sender
from tests.receivers import slack, sms, smtp, telegram, webhook
from tests.receivers.journal import Journal

TIMEOUT_S = 2.0


@dataclass
class Town:
    """Receivers that run; ``journal`` holds what reached anybody, in order."""

    journal: Journal
    telegram: telegram.TelegramReceiver
    slack: slack.SlackReceiver
    smtp: smtp.SmtpReceiver
    solapi: sms.SolapiReceiver
    aligo: sms.AligoReceiver
    webhook: webhook.WebhookReceiver

    def senders(self, timeout_s: float = TIMEOUT_S) -> dict[str, Sender]:
        """Return a sender for every channel, by a name of its own; close them in the end."""
        numbers = {"sender": sms.SENDER, "recipient": sms.RECIPIENT}
        mail = {"sender": smtp.SENDER, "recipient": smtp.RECIPIENT, "username": smtp.USER, "password": smtp.PASSWORD}
        return {
            "telegram": TelegramSender(telegram.TOKEN, telegram.CHAT, api_url=self.telegram.url, timeout_s=timeout_s),
            "slack": SlackSender(slack.TOKEN, slack.CHANNEL, api_url=self.slack.url, timeout_s=timeout_s),
            "slack_webhook": SlackWebhookSender(self.slack.hook_url, timeout_s=timeout_s),
            "email": EmailSender(
                "127.0.0.1", self.smtp.port, **mail, ca_file=str(self.smtp.ca_file), timeout_s=timeout_s
            ),
            "solapi": SolapiSender(sms.KEY, sms.SECRET, **numbers, api_url=self.solapi.url, timeout_s=timeout_s),
            "aligo": AligoSender(sms.KEY, self.aligo.user, **numbers, api_url=self.aligo.url, timeout_s=timeout_s),
            "webhook": WebhookSender(f"{self.webhook.url}/alerts", webhook.SECRET, timeout_s=timeout_s),
        }


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    """Run every receiver on free ports; ``folder`` takes the mail server's certificate."""
    journal = Journal()
    made = Town(
        journal,
        telegram.TelegramReceiver(journal),
        slack.SlackReceiver(journal),
        smtp.SmtpReceiver(journal, folder),
        sms.SolapiReceiver(journal),
        sms.AligoReceiver(journal),
        webhook.WebhookReceiver(journal),
    )
    async with AsyncExitStack() as running:
        for receiver in (made.telegram, made.slack, made.smtp, made.solapi, made.aligo, made.webhook):
            await receiver.start()
            running.push_async_callback(receiver.stop)
        yield made
