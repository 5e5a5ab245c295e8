"""The sealed bundle: nothing of one environment ever meets another."""

from dataclasses import replace

import pytest

from hantu.domain.errors import UsageError
from hantu.kis.endpoints import ALL, BALANCE, CANCELLABLE, ORDER_SELL, PRICE, TOKEN
from hantu.kis.environment import (
    HOSTS,
    Credentials,
    EnvironmentName,
    KisEnvironment,
    MixedEnvironment,
    local,
    paper,
    real,
)

REAL, PAPER, LOCAL = EnvironmentName.REAL, EnvironmentName.PAPER, EnvironmentName.LOCAL
LOOPBACK = ("http://127.0.0.1:8080", "ws://127.0.0.1:8081")


def credentials(name: EnvironmentName) -> Credentials:
    return Credentials(name, "87654321", "PSappkeyappkey", "sEcReT+/=secret", "01", "@trader1")


def test_the_three_bundles_can_be_built() -> None:
    assert real(credentials(REAL)).rest_url == "https://openapi.koreainvestment.com:9443"
    assert paper(credentials(PAPER)).rest_url == "https://openapivts.koreainvestment.com:29443"
    assert local(credentials(LOCAL), *LOOPBACK).stream_url == "ws://127.0.0.1:8081/tryitout"


@pytest.mark.parametrize("keys", list(EnvironmentName))
@pytest.mark.parametrize("urls", [*HOSTS.values(), LOOPBACK])
@pytest.mark.parametrize("paper_rules", [False, True])
@pytest.mark.parametrize("name", list(EnvironmentName))
def test_every_mixture_raises(
    name: EnvironmentName, paper_rules: bool, urls: tuple[str, str], keys: EnvironmentName
) -> None:
    fits = (
        (name is REAL and keys is REAL and urls == HOSTS[REAL] and not paper_rules)
        or (name is PAPER and keys is PAPER and urls == HOSTS[PAPER] and paper_rules)
        or (name is LOCAL and keys is LOCAL and urls == LOOPBACK)
    )
    if fits:
        assert KisEnvironment(name, *urls, credentials(keys), paper_rules).name is name
    else:
        with pytest.raises(MixedEnvironment):
            KisEnvironment(name, *urls, credentials(keys), paper_rules)


def test_real_rest_with_paper_stream_raises() -> None:
    with pytest.raises(MixedEnvironment):
        KisEnvironment(REAL, HOSTS[REAL][0], HOSTS[PAPER][1], credentials(REAL))


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1:80",
        "http://openapi.koreainvestment.com:9443",
        "http://127.0.0.1.evil.example:80",
        "http://127.0.0.1@evil.example:80",
        "http://user@127.0.0.1:80",
        "http://0.0.0.0:80",
        "ftp://127.0.0.1:80",
        "127.0.0.1:80",
        "",
    ],
)
def test_local_reaches_the_loopback_only(url: str) -> None:
    with pytest.raises(MixedEnvironment):
        local(credentials(LOCAL), url, LOOPBACK[1])


@pytest.mark.parametrize("url", ["http://localhost:1", "https://127.8.8.8:1", "http://[::1]:1"])
def test_every_loopback_address_is_local(url: str) -> None:
    assert local(credentials(LOCAL), url, LOOPBACK[1]).rest_url == url


def test_nothing_secret_shows() -> None:
    for bundle in (real(credentials(REAL)), local(credentials(LOCAL), *LOOPBACK)):
        for text in (repr(bundle), str(bundle), f"{bundle}", repr(bundle.credentials), repr([bundle.credentials])):
            for secret in ("87654321", "PSappkey", "sEcReT", "trader1"):
                assert secret not in text


@pytest.mark.parametrize(
    "change",
    [
        {"account_no": "1234567"},
        {"account_no": "1234567x"},
        {"product_code": "1"},
        {"appkey": ""},
        {"appsecret": ""},
        {"appkey": "abc def"},
        {"appsecret": "abc\r\nevil: header"},
        {"hts_id": "한글"},
    ],
)
def test_malformed_credentials_are_refused_without_being_shown(change: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        replace(credentials(REAL), **change)
    value = next(iter(change.values()))
    assert not value or value not in str(caught.value)
    assert caught.value.next_step


def test_transaction_ids_follow_the_environment() -> None:
    assert real(credentials(REAL)).tr_id(ORDER_SELL) == "TTTC0011U"
    assert paper(credentials(PAPER)).tr_id(ORDER_SELL) == "VTTC0011U"
    assert local(credentials(LOCAL), *LOOPBACK).tr_id(BALANCE) == "TTTC8434R"
    assert local(credentials(LOCAL), *LOOPBACK, paper_rules=True).tr_id(BALANCE) == "VTTC8434R"
    assert paper(credentials(PAPER)).tr_id(PRICE) == real(credentials(REAL)).tr_id(PRICE)
    assert real(credentials(REAL)).tr_id(TOKEN) == ""


def test_what_paper_lacks_is_refused() -> None:
    bundle = paper(credentials(PAPER))
    assert not bundle.offers(CANCELLABLE)
    with pytest.raises(UsageError):
        bundle.tr_id(CANCELLABLE)


def test_no_real_trading_id_reaches_paper() -> None:
    bundle = paper(credentials(PAPER))
    for endpoint in ALL:
        if bundle.offers(endpoint):
            assert bundle.tr_id(endpoint)[0] in "VF"


@pytest.mark.requirement("MON-2.07")
def test_notices_follow_the_environment() -> None:
    assert real(credentials(REAL)).notice_tr_id == "H0STCNI0"
    assert paper(credentials(PAPER)).notice_tr_id == "H0STCNI9"


def test_fingerprint_names_the_key_and_does_not_contain_it() -> None:
    mine, other = credentials(REAL), replace(credentials(REAL), appkey="another")
    assert mine.fingerprint != other.fingerprint
    assert len(mine.fingerprint) == 12
    assert mine.account == "8765432101"
