"""Channels as people set them up: absent is fine, half is told, whole is a sender."""

import pytest

from hantu.domain.errors import UsageError
from hantu.settings.channels import half_set, senders_of
from hantu.settings.keys import IN_FILE_FORBIDDEN
from hantu.settings.loading import load_settings

LOCAL = 'environment = "local"\n'
WHOLE = """
[alerts.telegram]
chat_id = -100123
[alerts.slack]
channel = "C0123"
[alerts.email]
host = "smtp.example.com"
sender = "guard@example.com"
recipient = "me@example.com"
username = "guard@example.com"
[alerts.sms]
sender = "02-1588-0000"
recipient = "010-1234-5678"
[alerts.webhook]
url = "https://example.com/hantu"
"""
SECRETS = {
    "HANTU_TELEGRAM_TOKEN": "123456:abc",
    "HANTU_SLACK_TOKEN": "xoxb-1",
    "HANTU_SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T/B/x",
    "HANTU_SMTP_PASSWORD": "pass word",
    "HANTU_SMS_KEY": "NCSKEY",
    "HANTU_SMS_SECRET": "sms-secret",
    "HANTU_WEBHOOK_SECRET": "w" * 32,
}


@pytest.fixture
def load(tmp_path):
    def loaded(text="", environ=None):
        file = tmp_path / "hantu.toml"
        file.write_text(LOCAL + text, encoding="utf-8")
        return load_settings(file, environ or {})[0]

    return loaded


@pytest.mark.requirement("OPS-04-7")
def test_without_any_channel_there_is_no_sender_and_no_error(load):
    settings = load()
    assert senders_of(settings) == ()
    assert half_set(settings) == ()
    assert not settings.alerts.sms.enabled


def test_every_channel_that_is_set_up_has_a_sender_in_order(load):
    settings = load(WHOLE, SECRETS)
    names = [one.name for one in senders_of(settings)]
    assert names == ["telegram", "slack", "slack_webhook", "email", "sms", "webhook"]
    assert half_set(settings) == ()
    assert settings.telegram.chat_id == "-100123"


def test_aligo_is_chosen_by_configuration(load):
    text = "[alerts.sms]\ngateway = 'aligo'\nuser_id = 'me'\nsender = '15881234'\nrecipient = '01012345678'\n"
    (sender,) = senders_of(load(text, {"HANTU_SMS_KEY": "k" * 16}))
    assert repr(sender) == "AligoSender(***)"


def test_a_channel_without_its_secret_is_off_and_named(load):
    settings = load(WHOLE)
    assert senders_of(settings) == ()
    assert [text.split()[0] for text in half_set(settings)] == ["텔레그램", "슬랙", "메일", "문자", "웹훅"]


def test_a_mail_server_that_wants_no_name_needs_no_password(load):
    (sender,) = senders_of(load(WHOLE.partition("[alerts.sms]")[0].replace("username", "# username")))
    assert sender.name == "email"


@pytest.mark.parametrize("name", sorted(one for one in IN_FILE_FORBIDDEN if one.startswith("alerts.")))
def test_a_secret_in_the_file_is_refused_without_being_shown(load, name):
    section, _, key = name.rpartition(".")
    with pytest.raises(UsageError) as caught:
        load(f"[{section}]\n{key} = 'canary-secret'\n")
    assert "canary" not in str(caught.value)
    assert f"{key}_file" in caught.value.next_step
    assert "HANTU_" in caught.value.next_step


def test_a_secret_comes_from_a_file_only_its_owner_reads(load, tmp_path):
    (tmp_path / "key").write_text("NCSKEY\n")
    text = "[alerts.sms]\nkey_file = 'key'\nsecret_file = 'key'\nsender = '15881234'\nrecipient = '01012345678'\n"
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(UsageError, match="0644"):
        senders_of(load(text))
    (tmp_path / "key").chmod(0o600)
    assert [one.name for one in senders_of(load(text))] == ["sms"]


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("[alerts.slack]\nchanel = 'C1'\n", "alerts.slack.channel"),
        ("[alerts.sms]\nrecipent = '1'\n", "alerts.sms.recipient"),
        ("[alerts.discord]\nx = 1\n", ""),
        ("[alerts.telegram]\nchat = '1'\n", "telegram.chat_id"),
    ],
)
def test_unknown_names_are_errors(load, text, guess):
    with pytest.raises(UsageError, match="알 수 없는 설정") as caught:
        load(text)
    assert guess in caught.value.next_step


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[telegram]\nchat_id = '1'\n[alerts.telegram]\nchat_id = '2'\n", "둘 중 하나"),
        ("[alerts.slack]\napi_url = 'http://203.0.113.9'\n", "https"),
        ("[alerts.webhook]\nurl = 'http://example.com/x'\n", "https"),
        ("[alerts.sms]\napi_url = 'http://example.com'\n", "https"),
        ("[alerts.email]\nhost = 'smtp.example.com'\nencryption = 'none'\n", "starttls"),
        ("[alerts.email]\nport = 0\n", "1 이상"),
        ("[alerts.sms]\ngateway = 'twilio'\n", '"aligo" / "solapi"'),
    ],
)
def test_bad_values_say_what_to_do(load, text, word):
    with pytest.raises(UsageError) as caught:
        load(text)
    assert word in caught.value.next_step


def test_a_bad_telegram_key_points_at_its_line(load):
    with pytest.raises(UsageError, match=r"hantu\.toml:3"):
        load("[alerts.telegram]\nchatid = '1'\n")
