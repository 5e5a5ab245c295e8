"""Rules between settings: sealed hosts, levels that make sense, what must be present.

Source of the fixed hosts: the broker's developer portal; they are not
configurable, so that a paper order can never reach the real host.
"""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from hantu.domain.errors import UsageError
from hantu.domain.order_token import SECRET_BYTES_MIN
from hantu.settings.model import Settings

FIXED_HOSTS: Mapping[str, tuple[str, str]] = {
    "real": ("https://openapi.koreainvestment.com:9443", "ws://ops.koreainvestment.com:21000"),
    "paper": ("https://openapivts.koreainvestment.com:29443", "ws://ops.koreainvestment.com:31000"),
}
PORT_MAX = 65_535
PERSON = re.compile(r"([^:,]{1,40}):([1-9][0-9]{0,15})")
"""A name and a user id of Telegram."""
ACCOUNT = re.compile(r"^\d{8}-?\d{2}$")


def hosts(settings: Settings) -> tuple[str, str]:
    """Return the REST and the stream address that will be used."""
    return FIXED_HOSTS.get(settings.environment, (settings.kis.rest_url, settings.kis.ws_url))


def is_loopback(host: str) -> bool:
    """Tell whether a host name can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_settings(settings: Settings) -> None:
    """Refuse combinations that no single key can be blamed for.

    Raises:
        UsageError: With the key to change.
    """
    _check_hosts(settings)
    _check_channels(settings)
    _check_phone(settings)
    _check_levels(settings)
    _check_rules(settings)
    _check_limits(settings)
    _check_control(settings)
    _check_health(settings)
    number = settings.account.number
    if number and not ACCOUNT.fullmatch(number.reveal()):
        raise UsageError(
            "계좌번호 형식이 올바르지 않습니다.", next_step="숫자 8자리-2자리(예: 12345678-01)로 적어 주세요."
        )


def check_ready(settings: Settings) -> None:
    """Refuse to talk to the broker while something it needs is missing.

    Raises:
        UsageError: Names the first thing that is missing and where to put it.
    """
    kis = settings.kis
    if kis.app_key.problem or kis.app_secret.problem:
        (kis.app_key if kis.app_key.problem else kis.app_secret).reveal()
    missing = [
        (settings.account.number, "계좌번호", "account.number 또는 환경변수 HANTU_ACCOUNT"),
        (kis.app_key, "앱 키", "kis.app_key_file 또는 환경변수 HANTU_APP_KEY"),
        (kis.app_secret, "앱 시크릿", "kis.app_secret_file 또는 환경변수 HANTU_APP_SECRET"),
        (kis.hts_id, "HTS ID", "kis.hts_id 또는 환경변수 HANTU_HTS_ID"),
    ]
    absent = [(name, place) for value, name, place in missing if not value]
    if absent:
        names = ", ".join(name for name, _ in absent)
        raise UsageError(
            f"{settings.environment} 환경에 필요한 값이 없습니다: {names}.",
            next_step="다음에 적어 주세요: " + "; ".join(f"{name} → {place}" for name, place in absent),
        )


def _check_hosts(settings: Settings) -> None:
    kis, environment = settings.kis, settings.environment
    if environment in FIXED_HOSTS:
        if kis.rest_url or kis.ws_url:
            raise UsageError(
                f"{environment} 환경의 서버 주소는 고정되어 있어 kis.rest_url / kis.ws_url 을 쓸 수 없습니다.",
                next_step='두 줄을 지우거나, 연습 거래소를 쓰려면 environment = "local" 로 바꾸세요.',
            )
        if settings.calendar.always_open:
            raise UsageError(
                "calendar.always_open 은 local 환경에서만 쓸 수 있습니다.", next_step="이 줄을 지워 주세요."
            )
    else:
        _check_local_url("kis.rest_url", kis.rest_url, ("http", "https"))
        _check_local_url("kis.ws_url", kis.ws_url, ("ws", "wss"))


def _check_channels(settings: Settings) -> None:
    """A message and the secret beside it never leave this machine in clear."""
    alerts = settings.alerts
    for name, url in (
        ("telegram.api_url", settings.telegram.api_url),
        ("alerts.slack.api_url", alerts.slack.api_url),
        ("alerts.sms.api_url", alerts.sms.api_url or "https://"),
        ("alerts.webhook.url", alerts.webhook.url or "https://"),
    ):
        address = urlsplit(url)
        if address.scheme != "https" and not (address.scheme == "http" and is_loopback(address.hostname or "")):
            raise UsageError(
                f"{name} 은 https 주소여야 합니다(이 컴퓨터 안의 주소만 http 허용).",
                next_step="이 줄을 지우거나 https:// 로 시작하는 주소를 적어 주세요.",
            )
    if alerts.email.encryption == "none" and alerts.email.host and not is_loopback(alerts.email.host):
        raise UsageError(
            'alerts.email.encryption = "none" 은 이 컴퓨터 안의 메일 서버에만 쓸 수 있습니다.',
            next_step='"starttls"(587번 포트) 또는 "tls"(465번 포트)로 바꾸세요.',
        )


def _check_phone(settings: Settings) -> None:
    """Whoever may command is named once, by a number of a person: groups have negative ones."""
    people = [PERSON.fullmatch(one) for one in settings.telegram.people]
    names = [found[1].strip() for found in people if found]
    numbers = [int(found[2]) for found in people if found]
    if len(numbers) != len(people) or len(set(names)) != len(names) or len(set(numbers)) != len(numbers):
        raise UsageError(
            "telegram.people 은 이름:사용자 번호 의 목록이어야 하고, 이름과 번호는 겹치지 않아야 합니다.",
            next_step='people = ["김운영:123456789"] 처럼 적어 주세요. 번호는 봇에게 말을 건 사람의 번호(양수)입니다.',
        )


def _check_local_url(name: str, url: str, schemes: tuple[str, ...]) -> None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in schemes or not host or port is None:
        raise UsageError(
            f"{name} 의 주소 형식이 올바르지 않습니다: {url!r}",
            next_step=f"{schemes[0]}://127.0.0.1:포트 형식으로 적어 주세요.",
        )
    if not is_loopback(host):
        raise UsageError(
            f"local 환경은 이 컴퓨터 안의 연습 거래소에만 연결합니다: {name} 의 {host} 은(는) 쓸 수 없습니다.",
            next_step='127.0.0.1 을 쓰거나, 실제 서버라면 environment 를 "real" 또는 "paper" 로 바꾸세요.',
        )


def _check_levels(settings: Settings) -> None:
    guard, exits = settings.guard, settings.exits
    if guard.delay_warn_s > guard.delay_alert_s:
        raise UsageError(
            "guard.delay_warn_s 가 guard.delay_alert_s 보다 큽니다.", next_step="경고가 먼저 오도록 순서를 바꾸세요."
        )
    if guard.ping_s >= guard.dead_line_s:
        raise UsageError(
            "guard.ping_s 가 guard.dead_line_s 보다 작아야 끊긴 연결을 알아챌 수 있습니다.",
            next_step="guard.ping_s 를 줄여 주세요(기본 30).",
        )
    if exits.partial.enabled and exits.kind == "fixed" and exits.partial.at_bps >= exits.target_bps:
        raise UsageError(
            "exits.partial.at_bps 가 익절 기준 exits.target_bps 보다 작아야 합니다.",
            next_step="부분 익절 기준을 낮추거나 익절 기준을 높이세요.",
        )


def _check_limits(settings: Settings) -> None:
    """Protective sells always have the wider border, and a day has room for its largest order."""
    limits = settings.limits
    for day in ("max_value_per_stock_day", "max_value_per_day"):
        if getattr(limits, day) < limits.max_order_value:
            raise UsageError(
                f"limits.{day} 의 값 {getattr(limits, day):,}원이 주문 한 건의 한도 "
                f"limits.max_order_value 의 값 {limits.max_order_value:,}원보다 작습니다.",
                next_step=f"limits.{day} 를 늘리거나 limits.max_order_value 를 줄여 주세요.",
            )
    for narrow, wide in (
        ("orders_per_day", "exits_per_day"),
        ("collar_last_bps", "exit_collar_last_bps"),
        ("collar_close_bps", "exit_collar_close_bps"),
        ("stale_price_s", "stale_exit_price_s"),
    ):
        if getattr(limits, narrow) > getattr(limits, wide):
            raise UsageError(
                f"limits.{wide} 가 limits.{narrow} 보다 작습니다. 보호 매도의 한도가 더 넓어야 합니다.",
                next_step=f"limits.{wide} 를 늘리거나 limits.{narrow} 를 줄여 주세요.",
            )


def control_address(settings: Settings) -> tuple[str, int] | None:
    """Return host and port of the guard's control address; None when it is closed."""
    host, _, port = settings.guard.control_address.rpartition(":")
    return (host.strip("[]"), int(port)) if host else None


def metrics_address(settings: Settings) -> tuple[str, int] | None:
    """Return host and port of the metrics' own address; None when there is none."""
    host, _, port = settings.metrics.address.rpartition(":")
    return (host.strip("[]"), int(port)) if host and settings.metrics.enabled else None


def _check_health(settings: Settings) -> None:
    """Numbers of this account stay on this machine; a sign of life goes out encrypted."""
    host, _, port = settings.metrics.address.rpartition(":")
    known = port.isdigit() and int(port) <= PORT_MAX
    if settings.metrics.address and not (host and is_loopback(host.strip("[]")) and known):
        raise UsageError(
            f"metrics.address 의 값 {settings.metrics.address!r} 은(는) 이 컴퓨터 안의 주소가 아닙니다.",
            next_step='"127.0.0.1:8791" 처럼 적어 주세요. 다른 컴퓨터에는 열지 않습니다.',
        )
    url = urlsplit(settings.health.ping_url.text)
    if url.scheme and url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.hostname or "")):
        raise UsageError(
            "health.ping_url 은 https 주소여야 합니다(이 컴퓨터 안의 주소만 http 허용).",
            next_step="https:// 로 시작하는 주소를 적거나 지워 주세요.",
        )


def _check_control(settings: Settings) -> None:
    """Orders are taken from this machine only, and only from programs that show a secret."""
    address = settings.guard.control_address
    if not address:
        return
    host, _, port = address.rpartition(":")
    if not host or not is_loopback(host.strip("[]")) or not port.isdigit() or int(port) > PORT_MAX:
        raise UsageError(
            f"guard.control_address 의 값 {address!r} 은(는) 이 컴퓨터 안의 주소가 아닙니다.",
            next_step='"127.0.0.1:8790" 처럼 적어 주세요. 다른 컴퓨터에는 열지 않습니다.',
        )
    secret = settings.approvals.client_secret
    if len(secret.text.encode()) < SECRET_BYTES_MIN and not secret.problem:
        raise UsageError(
            "guard.control_address 를 열려면 32바이트 이상의 접속 비밀 값이 필요합니다.",
            next_step="approvals.client_secret_file 이나 환경변수 HANTU_CLIENT_SECRET 을 정해 주세요.",
        )


def _check_rules(settings: Settings) -> None:
    seen: set[str] = set()
    for rule in settings.rules:
        if rule.symbol in seen:
            raise UsageError(f"[[rules]] 에 종목 {rule.symbol} 이(가) 두 번 있습니다.", next_step="하나로 합쳐 주세요.")
        seen.add(rule.symbol)
        if rule.stop_price and rule.target_price and rule.stop_price >= rule.target_price:
            raise UsageError(
                f"종목 {rule.symbol} 의 손절가 {rule.stop_price:,}원이 익절가 {rule.target_price:,}원보다 낮지 않습니다.",
                next_step="stop_price < target_price 가 되도록 고쳐 주세요.",
            )
        for price, rate in (("stop_price", "stop_bps"), ("target_price", "target_bps")):
            if getattr(rule, price) is not None and getattr(rule, rate) is not None:
                raise UsageError(
                    f"종목 {rule.symbol} 에 {price} 와 {rate} 가 함께 있습니다.", next_step="둘 중 하나만 남겨 주세요."
                )
