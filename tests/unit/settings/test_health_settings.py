"""Where numbers and signs of life may go."""

from pathlib import Path

import pytest

from hantu.domain.errors import UsageError
from hantu.settings.checks import metrics_address
from hantu.settings.loading import load_settings


@pytest.mark.parametrize("address", ["0.0.0.0:8791", "192.168.0.2:8791", "8791", "127.0.0.1:x", "127.0.0.1:70000"])
def test_numbers_stay_on_this_machine(address: str) -> None:
    with pytest.raises(UsageError, match=r"metrics\.address"):
        load_settings(None, {"HANTU_METRICS_ADDRESS": address})


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None), ({"HANTU_METRICS_ADDRESS": "127.0.0.1:8791"}, ("127.0.0.1", 8791)),
        ({"HANTU_METRICS_ADDRESS": "[::1]:8791"}, ("::1", 8791)),
        ({"HANTU_METRICS_ADDRESS": "127.0.0.1:8791", "HANTU_METRICS_ENABLED": "false"}, None),
    ],
)  # fmt: skip
def test_the_address_of_the_metrics(environ: dict[str, str], expected: tuple[str, int] | None) -> None:
    settings, _ = load_settings(None, environ)
    assert metrics_address(settings) == expected


def test_a_sign_of_life_leaves_encrypted_and_its_address_is_a_secret(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ping_url") as refused:
        load_settings(None, {"HANTU_HEALTH_PING_URL": "http://example.org/abcdef"})
    assert "abcdef" not in str(refused.value)
    settings, _ = load_settings(None, {"HANTU_HEALTH_PING_URL": "https://example.org/abcdef"})
    assert "abcdef" not in repr(settings)
    assert settings.health.ping_url.reveal().endswith("abcdef")
    assert load_settings(None, {"HANTU_HEALTH_PING_URL": "http://127.0.0.1:1/x"})
