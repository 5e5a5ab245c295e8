"""Which channels are tried, in which order; a text message never stands in for one that costs nothing."""

from pathlib import Path

import msgspec
import pytest

from hantu.settings.alerts import SlackSettings
from hantu.settings.channels import notifiers_of
from hantu.settings.loading import default_local_settings
from hantu.settings.model import TelegramSettings
from hantu.settings.secret import Secret

NOTHING = default_local_settings("http://127.0.0.1:9443", "ws://127.0.0.1:21000", Path("home"))


def test_without_any_channel_the_log_is_told() -> None:
    assert [one.name for one in notifiers_of(NOTHING)] == ["log"]


@pytest.mark.requirement("OPS-04-5", "OPS-04-7")
def test_the_channels_stand_in_for_each_other_in_order() -> None:
    alerts = msgspec.structs.replace(
        NOTHING.alerts,
        slack=SlackSettings(token=Secret("xoxb-1"), channel="C1", webhook_url=Secret("https://hooks.example/1")),
        sms=msgspec.structs.replace(
            NOTHING.alerts.sms, key=Secret("k"), secret=Secret("s"), sender="0212345678", recipient="01012345678"
        ),
    )
    settings = msgspec.structs.replace(
        NOTHING, telegram=TelegramSettings(token=Secret("1:a"), chat_id="7"), alerts=alerts
    )
    assert settings.alerts.sms.enabled
    assert [one.name for one in notifiers_of(settings)] == ["telegram", "slack", "slack_webhook"]
