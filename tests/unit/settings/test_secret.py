"""Secrets: where they may come from and that they never show."""

import pytest

from hantu.domain.errors import UsageError
from hantu.settings.checks import check_ready
from hantu.settings.loading import load_settings
from hantu.settings.secret import Secret, read_secret_file

KEY = "PSverysecretappkey"


@pytest.fixture
def key_file(tmp_path):
    file = tmp_path / "app_key"
    file.write_text(KEY + "\n")
    file.chmod(0o600)
    return file


def configured(key_file, **environ):
    config = key_file.with_name("hantu.toml")
    config.write_text('environment = "paper"\n[kis]\napp_key_file = "app_key"\nhts_id = "U"\n')
    return load_settings(config, {"HANTU_ACCOUNT": "87654321-01", "HANTU_APP_SECRET": "veryhidden", **environ})


def test_secret_never_shows_in_any_text(key_file):
    settings, sources = configured(key_file)
    for text in (repr(settings), str(settings), f"{settings.kis}", repr(sources), repr(settings.account.number)):
        for secret in (KEY, "veryhidden", "87654321"):
            assert secret not in text
    assert settings.kis.app_key.reveal() == KEY


def test_variable_wins_over_file(key_file):
    settings, sources = configured(key_file, HANTU_APP_KEY="other")
    assert settings.kis.app_key.reveal() == "other"
    assert sources.values["kis.app_key"] == "환경변수 HANTU_APP_KEY"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_file_others_can_read_is_refused(key_file, mode):
    key_file.chmod(mode)
    settings, _ = configured(key_file)
    with pytest.raises(UsageError) as caught:
        check_ready(settings)
    assert f"{mode:04o}" in str(caught.value)
    assert "chmod 600" in caught.value.next_step
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "word"), [(b"", "한 줄"), (b"a\nb\n", "한 줄"), (b"x" * 5000, "너무"), (b"\xff\xfe", "UTF-8")]
)
def test_file_that_holds_no_key_is_refused(key_file, content, word):
    key_file.write_bytes(content)
    secret = read_secret_file(key_file, "앱 키")
    assert word in secret.problem
    with pytest.raises(UsageError):
        secret.reveal()


def test_missing_file_and_folder_are_told(tmp_path):
    assert "없습니다" in read_secret_file(tmp_path / "none", "앱 키").problem
    assert "보통 파일" in read_secret_file(tmp_path, "앱 키").problem


def test_problem_does_not_stop_what_needs_no_key(key_file):
    key_file.unlink()
    settings, _ = configured(key_file)
    assert not settings.kis.app_key
    assert settings.account.alias == "main"


@pytest.mark.parametrize("key", ["kis.app_key", "kis.app_secret", "telegram.token"])
def test_secret_in_the_file_itself_is_refused(tmp_path, key):
    section, name = key.split(".")
    file = tmp_path / "hantu.toml"
    file.write_text(f'environment = "paper"\n[{section}]\n{name} = "{KEY}"\n')
    with pytest.raises(UsageError) as caught:
        load_settings(file, {})
    assert "환경변수" in caught.value.next_step
    assert KEY not in str(caught.value) + caught.value.next_step


def test_empty_secret_says_so():
    assert repr(Secret()) == "Secret(empty)"
    with pytest.raises(UsageError):
        Secret().reveal()


def test_telegram_is_on_when_token_and_chat_are_there(tmp_path):
    token = tmp_path / "token"
    token.write_text("1:abc")
    token.chmod(0o600)
    file = tmp_path / "hantu.toml"
    file.write_text('environment = "local"\n[telegram]\ntoken_file = "token"\nchat_id = -100123\n')
    settings, _ = load_settings(file, {})
    assert settings.telegram.enabled
    assert settings.telegram.chat_id == "-100123"
    assert not load_settings(None, {"HANTU_ENVIRONMENT": "local"})[0].telegram.enabled
