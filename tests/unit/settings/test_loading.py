"""Reading the configuration: what is accepted, what is refused, and what a refusal says."""

from pathlib import Path

import pytest

from hantu.domain.errors import UsageError
from hantu.settings.checks import FIXED_HOSTS, check_ready, hosts
from hantu.settings.keys import IN_FILE_FORBIDDEN, KEYS
from hantu.settings.loading import default_local_settings, load_settings

LOCAL = 'environment = "local"\n'


@pytest.fixture
def write(tmp_path):
    def write_config(text):
        file = tmp_path / "hantu.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write_config


def refusal(file, environ=None):
    with pytest.raises(UsageError) as caught:
        load_settings(file, environ or {})
    return str(caught.value), caught.value.next_step


def test_every_default_is_the_documented_one(write):
    settings, sources = load_settings(write(LOCAL), {})
    assert settings.guard.retry_delays == (1, 2, 4, 8, 16)
    assert (settings.exits.stop_bps, settings.exits.target_bps) == (300, 800)
    assert (settings.exits.atr_period, settings.exits.atr_stop, settings.exits.atr_target) == (14, 2.0, 3.0)
    assert not settings.exits.trailing.enabled
    assert not settings.exits.partial.enabled
    assert (settings.guard.mode, settings.guard.default_rule, settings.guard.max_registrations) == ("sell", False, 41)
    assert sources.values["guard.mode"] == "기본값"
    assert not sources.practice


@pytest.mark.parametrize(
    ("text", "place", "guess"),
    [
        (LOCAL + "[guard]\nmod = 'watch'\n", "hantu.toml:3", "guard.mode"),
        (LOCAL + "mode = 'watch'\n", "hantu.toml:2", "guard.mode"),
        (LOCAL + "[gaurd]\nmode = 'watch'\n", "hantu.toml:2", "guard"),
        (LOCAL + "[exits.trailing]\nenable = true\n", "hantu.toml:3", "exits.trailing.enabled"),
        (LOCAL + "[[rules]]\nsymbol = '005930'\nstop_bp = 3\n", "hantu.toml:4", "rules.stop_bps"),
        (
            LOCAL + "[[rules]]\nsymbol = '005930'\n[[rules]]\nsymbol = '000660'\ngaurd = false\n",
            "toml:6",
            "rules.guard",
        ),
    ],
)
def test_unknown_key_names_line_and_nearest(write, text, place, guess):
    message, step = refusal(write(text))
    assert place in message
    assert step == f"혹시 {guess} 인가요?"


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        ("[guard]\nmode = 'wach'\n", "guard.mode", '"sell" / "watch"'),
        ("[guard]\nmax_registrations = 42\n", "guard.max_registrations", "41 이하 정수"),
        ("[guard]\nretry_delays = 'x'\n", "guard.retry_delays", "목록"),
        ("[guard]\nschedule = 'yes'\n", "guard.schedule", "true 또는 false"),
        ("[guard]\nfill_wait_s = 0\n", "guard.fill_wait_s", "0 보다 크고"),
        ("[exits]\nstop_bps = 3.5\n", "exits.stop_bps", "정수"),
        ("[exits]\nstop_bps = true\n", "exits.stop_bps", "정수"),
        ("[kis]\napp_key_file = 3\n", "kis.app_key_file", "경로"),
        ("[[rules]]\nsymbol = 5930\n", "rules.symbol", "005930"),
        ("[log]\nlevel = 'LOUD'\n", "log.level", "DEBUG"),
    ],
)
def test_bad_value_names_key_and_what_is_allowed(write, text, key, hint):
    message, step = refusal(write(LOCAL + text))
    assert key in message
    assert hint in step


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("rules = 3\n", "[[rules]]"),
        ("[[rules]]\nstop_bps = 300\n", "symbol"),
        ("[[rules]]\nsymbol = '005930'\n[[rules]]\nsymbol = '005930'\n", "두 번"),
        ("[[rules]]\nsymbol = '005930'\nstop_price = 70000\ntarget_price = 70000\n", "낮지 않습니다"),
        ("[[rules]]\nsymbol = '005930'\nstop_price = 70000\nstop_bps = 300\n", "함께"),
        ("[guard]\ndelay_warn_s = 9\n", "delay_warn_s"),
        ("[guard]\nping_s = 60\n", "ping_s"),
        ("[exits.partial]\nenabled = true\nat_bps = 800\n", "at_bps"),
        ("[account]\nnumber = '1234'\n", "계좌번호"),
        ("[telegram]\napi_url = 'http://203.0.113.9'\n", "https"),
    ],
)
def test_combination_that_makes_no_sense_is_refused(write, text, word):
    message, step = refusal(write(LOCAL + text))
    assert word in message
    assert step


@pytest.mark.parametrize("text", ["environment = 'real", "environment = 'real'\n[guard\n", "= 3"])
def test_broken_toml_is_one_sentence(write, text):
    message, step = refusal(write(text))
    assert "TOML" in message
    assert step


def test_file_without_environment_is_refused(write):
    message, step = refusal(write("[guard]\nmode = 'watch'\n"))
    assert "environment" in message
    assert '"paper"' in step


@pytest.mark.parametrize("environment", ["real", "paper"])
def test_hosts_of_real_and_paper_cannot_be_changed(write, environment):
    for key in ("rest_url", "ws_url"):
        message, _ = refusal(write(f'environment = "{environment}"\n[kis]\n{key} = "http://127.0.0.1:9443"\n'))
        assert "고정" in message
    settings, _ = load_settings(write(f'environment = "{environment}"\n'), {})
    assert hosts(settings) == FIXED_HOSTS[environment]


def test_fixed_hosts_are_those_of_the_wire():
    from hantu.kis import environment as wire

    text = Path(wire.__file__).read_text(encoding="utf-8")
    for rest, stream in FIXED_HOSTS.values():
        assert rest in text
        assert stream in text


@pytest.mark.parametrize(
    "url", ["http://192.168.0.7:9443", "http://example.com:9443", "https://openapi.koreainvestment.com:9443",
            "http://127.0.0.1.example.com:1", "http://0.0.0.0:9443", "ftp://127.0.0.1:1", "http://127.0.0.1", "nonsense",
            "http://127.0.0.1:99999", "http://user@192.0.2.1:80"],
)  # fmt: skip
def test_local_connects_to_loopback_only(write, url):
    message, step = refusal(write(LOCAL + f'[kis]\nrest_url = "{url}"\n'))
    assert "kis.rest_url" in message
    assert step


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://localhost:9443", "http://[::1]:9443", "http://127.9.9.9:2"]
)
def test_local_takes_every_loopback_address(write, url):
    settings, _ = load_settings(write(LOCAL + f'[kis]\nrest_url = "{url}"\n'), {})
    assert hosts(settings)[0] == url


def test_always_open_is_for_practice_only(write):
    assert "local" in refusal(write('environment = "paper"\n[calendar]\nalways_open = true\n'))[0]
    assert load_settings(write(LOCAL + "[calendar]\nalways_open = true\n"), {})[0].calendar.always_open


def test_environment_variables_win_and_are_named_as_source(write):
    environ = {
        "HANTU_MODE": "watch",
        "HANTU_GUARD_RETRY_DELAYS": "1, 2",
        "HANTU_LOG_LEVEL": "debug",
        "HANTU_LANG": "en",
    }
    settings, sources = load_settings(write(LOCAL + "[guard]\nmode = 'sell'\n"), environ)
    assert (settings.guard.mode, settings.guard.retry_delays, settings.log.level) == ("watch", (1.0, 2.0), "DEBUG")
    assert sources.values["guard.mode"] == "환경변수 HANTU_MODE"
    assert sources.values["environment"] == "hantu.toml:1"


def test_misspelt_variable_is_refused_with_the_nearest(write):
    message, step = refusal(write(LOCAL), {"HANTU_GAURD_MODE": "watch"})
    assert "HANTU_GAURD_MODE" in message
    assert "HANTU_GUARD_MODE" in step


def test_bad_variable_names_itself(write):
    message, _ = refusal(write(LOCAL), {"HANTU_GUARD_PING_S": "soon"})
    assert "HANTU_GUARD_PING_S" in message


def test_files_are_found_in_order(tmp_path, monkeypatch):
    home, here, named = tmp_path / "home", tmp_path / "here", tmp_path / "named.toml"
    for folder in (home, here):
        folder.mkdir()
        (folder / "hantu.toml").write_text(f'environment = "local"\n[account]\nalias = "{folder.name}"\n')
    named.write_text('environment = "local"\n[account]\nalias = "named"\n')
    monkeypatch.chdir(here)
    assert load_settings(named, {"HANTU_HOME": str(home)})[0].account.alias == "named"
    assert load_settings(None, {"HANTU_CONFIG": str(named)})[0].account.alias == "named"
    assert load_settings(None, {"HANTU_HOME": str(home)})[0].account.alias == "home"
    assert load_settings(None, {})[0].account.alias == "here"


def test_named_file_must_exist(tmp_path):
    assert "없습니다" in refusal(tmp_path / "none.toml")[0]


def test_paths_of_the_file_are_relative_to_it(tmp_path, monkeypatch):
    (tmp_path / "conf").mkdir()
    file = tmp_path / "conf" / "hantu.toml"
    file.write_text(LOCAL + 'home = "data"\n')
    monkeypatch.chdir(tmp_path)
    settings, _ = load_settings(file, {})
    assert settings.home == tmp_path / "conf" / "data"
    assert settings.socket == settings.home / "guard.sock"
    assert settings.log_file == settings.home / "logs" / "app.log"
    assert load_settings(file, {"HANTU_HOME": "elsewhere"})[0].home == tmp_path / "elsewhere"


def test_database_is_in_the_home_or_where_the_url_says(write, tmp_path):
    file = write(LOCAL)
    environ = {"HANTU_HOME": str(tmp_path)}
    assert load_settings(file, environ)[0].database == tmp_path / "hantu.db"
    url = f"sqlite:///{tmp_path}/other.db"
    settings, sources = load_settings(file, environ | {"DATABASE_URL": url})
    assert settings.database == tmp_path / "other.db"
    assert sources.values["database"] == "환경변수 DATABASE_URL"


@pytest.mark.parametrize("url", ["postgresql://u:secret@host/db", "mysql://x", "sqlite:///", "nonsense"])
def test_other_databases_are_refused_without_showing_the_url(write, url):
    message, step = refusal(write(LOCAL), {"DATABASE_URL": url})
    assert "SQLite" in message
    assert "secret" not in message + step


def test_nothing_configured_means_practice(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings, sources = load_settings(None, {})
    assert sources.practice
    assert settings.environment == "local"
    assert settings.guard.default_rule
    assert len(settings.kis.app_key.reveal()) == 36
    assert len(settings.kis.app_secret.reveal()) == 180
    check_ready(settings)


def test_environment_without_file_is_no_practice(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings, sources = load_settings(None, {"HANTU_ENVIRONMENT": "paper"})
    assert not sources.practice
    assert not settings.guard.default_rule
    assert not settings.kis.app_key


def test_default_local_settings_are_ready_and_loopback_only(tmp_path):
    settings = default_local_settings("http://127.0.0.1:5", "ws://127.0.0.1:6", tmp_path)
    check_ready(settings)
    assert hosts(settings) == ("http://127.0.0.1:5", "ws://127.0.0.1:6")
    assert settings.guard.default_rule
    assert settings.home == tmp_path
    with pytest.raises(UsageError):
        default_local_settings("http://198.51.100.1:5", "ws://127.0.0.1:6", tmp_path)


def test_what_is_missing_is_named_when_the_broker_is_needed(write):
    settings, _ = load_settings(write('environment = "paper"\n'), {})
    with pytest.raises(UsageError) as caught:
        check_ready(settings)
    for word in ("계좌번호", "앱 키", "앱 시크릿", "HTS ID"):
        assert word in str(caught.value)
    assert "HANTU_APP_KEY" in caught.value.next_step


def test_example_file_is_valid_and_shows_every_key():
    example = Path(__file__).parents[3] / "hantu.example.toml"
    load_settings(example, {})
    text = example.read_text(encoding="utf-8")
    shown = {*IN_FILE_FORBIDDEN, "rules", "telegram.api_url", "calendar.always_open"}
    missing = [name for name in KEYS if name not in shown and f"{name.rpartition('.')[2]} = " not in text]
    assert not missing
