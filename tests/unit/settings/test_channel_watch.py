"""What the channels say of themselves, on receivers that speak their contracts."""

from pathlib import Path

import pytest

from hantu.domain.delivery import ChannelHealth
from hantu.operations import looks
from hantu.operations.components import Health
from hantu.operations.looks import Seen
from hantu.runtime.delivery import Counts
from hantu.settings.alerts import AlertSettings, SlackSettings, SmsSettings
from hantu.settings.channel_watch import ChannelWatch, look_at_channels, words_of
from hantu.settings.model import Settings, TelegramSettings
from hantu.settings.secret import Secret
from tests.receivers import slack, sms, telegram
from tests.receivers.town import Town, town


def settings_for(place: Town, token: str = slack.TOKEN) -> Settings:
    return Settings(
        telegram=TelegramSettings(
            token=Secret(telegram.TOKEN), chat_id=telegram.CHAT, api_url=place.telegram.url
        ),
        alerts=AlertSettings(
            slack=SlackSettings(token=Secret(token), channel=slack.CHANNEL, api_url=place.slack.url),
            sms=SmsSettings(
                sender=sms.SENDER, recipient=sms.RECIPIENT, key=Secret(sms.KEY), secret=Secret(sms.SECRET),
                api_url=place.solapi.url,
            ),
        ),
    )  # fmt: skip


@pytest.mark.requirement("OPS-01-7", "ALR-64")
async def test_every_channel_is_asked_and_nobody_gets_a_message(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        watch = ChannelWatch(settings_for(place))
        await watch.look()
        assert set(watch.found) == {"telegram", "slack", "sms"}
        assert all(health.usable for health in watch.found.values())
        assert watch.troubles() == ()
        assert place.journal.taken() == []

        wrong = ChannelWatch(settings_for(place, token="xoxb-of-somebody-else"))
        await wrong.look()
        assert [line.split()[0] for line in wrong.troubles()] == ["slack"]
        await place.telegram.down()
        found = await look_at_channels(settings_for(place))
        assert (found["telegram"].reachable, found["slack"].reachable) == (False, True)


def test_a_channel_that_would_not_get_through_is_a_warning_of_health() -> None:
    def judged(*troubles: str) -> list[Health]:
        seen = Seen()
        looks.alerts(seen, Counts(), Counts(), configured=True, troubles=troubles)
        return [one.state for one in seen.components["alerts"]]

    assert judged() == [Health.OK]
    assert judged("slack 열쇠가 거절됨") == [Health.OK, Health.WARN]


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (ChannelHealth(reachable=True, credentials_ok=True), "정상"),
        (ChannelHealth(reachable=True), "닿음"),
        (ChannelHealth(reachable=False, detail="timeout"), "닿지 않음 (timeout)"),
        (ChannelHealth(reachable=True, credentials_ok=False), "열쇠가 거절됨"),
        (ChannelHealth(True, True, 1_200, "원", low=True, detail="잔액이 적음"), "정상, 남은 것 1,200원 (잔액이 적음)"),
        (ChannelHealth(True, True, 0, "건"), "잔액 없음, 남은 것 0건"),
    ],
)
def test_what_a_channel_said_in_words(health: ChannelHealth, words: str) -> None:
    assert words_of(health) == words


def test_low_balance_is_told_before_it_is_gone() -> None:
    watch = ChannelWatch(Settings())
    watch.found = {"sms": ChannelHealth(True, True, 500, "원", low=True)}
    assert watch.troubles() == ("sms 정상, 남은 것 500원",)
    watch.found = {"sms": ChannelHealth(True, True, 50_000, "원")}
    assert watch.troubles() == ()
