"""Names and types of the configuration keys, and how to talk about them."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from hantu.domain.errors import UsageError
from hantu.settings.model import Settings
from hantu.settings.secret import Secret
from hantu.settings.section import Section

IN_FILE_FORBIDDEN: Mapping[str, str] = {
    "kis.app_key": "앱 키는 설정 파일에 직접 적지 않습니다. kis.app_key_file 이나 환경변수 HANTU_APP_KEY 를 쓰세요.",
    "kis.app_secret": "앱 시크릿은 설정 파일에 직접 적지 않습니다. "
    "kis.app_secret_file 이나 환경변수 HANTU_APP_SECRET 을 쓰세요.",
    "telegram.token": "봇 토큰은 설정 파일에 직접 적지 않습니다. "
    "telegram.token_file 이나 환경변수 HANTU_TELEGRAM_TOKEN 을 쓰세요.",
    "approvals.secret": "주문 서명 비밀 값은 설정 파일에 직접 적지 않습니다. "
    "환경변수 EXECUTION_JWT_SECRET 이나 approvals.secret_file 을 쓰세요.",
    "approvals.client_secret": "접속 비밀 값은 설정 파일에 직접 적지 않습니다. "
    "approvals.client_secret_file 이나 환경변수 HANTU_CLIENT_SECRET 을 쓰세요.",
    "alerts.slack.token": "슬랙 봇 토큰은 설정 파일에 직접 적지 않습니다. "
    "alerts.slack.token_file 이나 환경변수 HANTU_SLACK_TOKEN 을 쓰세요.",
    "alerts.slack.webhook_url": "슬랙 웹훅 주소는 그 자체가 비밀이라 설정 파일에 직접 적지 않습니다. "
    "alerts.slack.webhook_url_file 이나 환경변수 HANTU_SLACK_WEBHOOK_URL 을 쓰세요.",
    "alerts.email.password": "메일 비밀번호는 설정 파일에 직접 적지 않습니다. "
    "alerts.email.password_file 이나 환경변수 HANTU_SMTP_PASSWORD 를 쓰세요.",
    "alerts.sms.key": "문자 API 키는 설정 파일에 직접 적지 않습니다. "
    "alerts.sms.key_file 이나 환경변수 HANTU_SMS_KEY 를 쓰세요.",
    "alerts.sms.secret": "문자 API 시크릿은 설정 파일에 직접 적지 않습니다. "
    "alerts.sms.secret_file 이나 환경변수 HANTU_SMS_SECRET 을 쓰세요.",
    "alerts.webhook.secret": "웹훅 서명 비밀 값은 설정 파일에 직접 적지 않습니다. "
    "alerts.webhook.secret_file 이나 환경변수 HANTU_WEBHOOK_SECRET 을 쓰세요.",
    "alerts.apprise.urls": "apprise 주소에는 비밀이 들어 있어 설정 파일에 직접 적지 않습니다. "
    "alerts.apprise.urls_file 이나 환경변수 HANTU_APPRISE_URLS 를 쓰세요.",
    "database": "데이터베이스 위치는 환경변수 DATABASE_URL(sqlite:///경로)로 정합니다.",
}
ENV_SHORT_NAMES: Mapping[str, str] = {
    "HANTU_ACCOUNT": "account.number",
    "HANTU_APP_KEY": "kis.app_key",
    "HANTU_APP_SECRET": "kis.app_secret",
    "HANTU_APP_KEY_FILE": "kis.app_key_file",
    "HANTU_APP_SECRET_FILE": "kis.app_secret_file",
    "HANTU_HTS_ID": "kis.hts_id",
    "HANTU_REST_URL": "kis.rest_url",
    "HANTU_WS_URL": "kis.ws_url",
    "HANTU_MODE": "guard.mode",
    "HANTU_TELEGRAM_TOKEN": "telegram.token",
    "HANTU_CLIENT_SECRET": "approvals.client_secret",
    "HANTU_SLACK_TOKEN": "alerts.slack.token",
    "HANTU_SLACK_WEBHOOK_URL": "alerts.slack.webhook_url",
    "HANTU_SMTP_PASSWORD": "alerts.email.password",
    "HANTU_SMS_KEY": "alerts.sms.key",
    "HANTU_SMS_SECRET": "alerts.sms.secret",
    "HANTU_WEBHOOK_SECRET": "alerts.webhook.secret",
    "HANTU_APPRISE_URLS": "alerts.apprise.urls",
}
SECRET_FILES = (
    ("kis.app_key_file", "kis.app_key", "앱 키"),
    ("kis.app_secret_file", "kis.app_secret", "앱 시크릿"),
    ("telegram.token_file", "telegram.token", "텔레그램 봇 토큰"),
    ("approvals.secret_file", "approvals.secret", "주문 서명 비밀 값"),
    ("approvals.client_secret_file", "approvals.client_secret", "접속 비밀 값"),
    ("alerts.slack.token_file", "alerts.slack.token", "슬랙 봇 토큰"),
    ("alerts.slack.webhook_url_file", "alerts.slack.webhook_url", "슬랙 웹훅 주소"),
    ("alerts.email.password_file", "alerts.email.password", "메일 비밀번호"),
    ("alerts.sms.key_file", "alerts.sms.key", "문자 API 키"),
    ("alerts.sms.secret_file", "alerts.sms.secret", "문자 API 시크릿"),
    ("alerts.webhook.secret_file", "alerts.webhook.secret", "웹훅 서명 비밀 값"),
    ("alerts.apprise.urls_file", "alerts.apprise.urls", "apprise 주소"),
)
"""Key of a file, key of the secret in it, and what people call it."""
OTHER_NAMES: Mapping[str, str] = {"alerts.telegram": "telegram"}
"""Tables that may be written under another name."""
ENV_NOT_SETTINGS = frozenset({"HANTU_CONFIG", "HANTU_LANG"})


@dataclass(frozen=True, slots=True)
class Key:
    """One leaf of the configuration."""

    name: str
    """Dotted, as people write it: ``guard.mode``."""
    type: Any
    """Annotation of the field; whatever msgspec understands."""
    default: object

    @property
    def secret(self) -> bool:
        """Whether its value must not be shown."""
        return self.type is Secret


def keys_of(section: type[Section], prefix: str = "") -> Iterator[Key]:
    """Yield every leaf of a section and the sections inside it."""
    for field in msgspec.structs.fields(section):
        name = f"{prefix}{field.name}"
        if isinstance(field.type, type) and issubclass(field.type, Section):
            yield from keys_of(field.type, f"{name}.")
        else:
            yield Key(name, field.type, field.default)


KEYS: Mapping[str, Key] = {key.name: key for key in keys_of(Settings)}


def env_names() -> dict[str, str]:
    """Return environment variable → dotted key, long and short forms."""
    skipped = {"rules", "database"}
    names = {"HANTU_" + name.upper().replace(".", "_"): name for name in KEYS if name not in skipped}
    return names | dict(ENV_SHORT_NAMES)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known name that looks most like ``word``; empty if none does."""
    names = sorted(known)
    leaf = word.rpartition(".")[2]
    same_leaf = [name for name in names if name.rpartition(".")[2] == leaf]
    if same_leaf:
        return same_leaf[0]
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if not close:
        by_leaf = {name.rpartition(".")[2]: name for name in reversed(names)}
        close = [by_leaf[found] for found in difflib.get_close_matches(leaf, by_leaf, n=1, cutoff=0.6)]
    return close[0] if close else ""


def decode_custom(kind: type, value: Any) -> Any:
    """Build the types msgspec does not know, for ``msgspec.convert``."""
    if issubclass(kind, Path) and isinstance(value, str) and value:
        return Path(value).expanduser()
    raise ValueError(f"not a {kind.__name__}")


def convert(key: Key, value: object, where: str, *, from_text: bool = False) -> object:
    """Return ``value`` as the key's type.

    Raises:
        UsageError: It is not one; names the key, the place and what is allowed.
    """
    if key.name == "telegram.chat_id" and type(value) is int:
        value = str(value)
    if from_text and isinstance(value, str) and isinstance(inspect.type_info(key.type), inspect.VarTupleType):
        value = [part.strip() for part in value.split(",")]
    if key.name == "log.level" and isinstance(value, str):
        value = value.upper()
    try:
        if key.secret:
            return Secret(msgspec.convert(value, str))
        return msgspec.convert(value, key.type, strict=not from_text, dec_hook=decode_custom)
    except (msgspec.ValidationError, ValueError):
        shown = "" if key.secret else f" {value!r}"
        raise UsageError(
            f"{where}: {key.name} 의 값{shown} 은(는) 쓸 수 없습니다.",
            next_step=f"{key.name} 에는 {allowed(key.type)} 을(를) 적어 주세요.",
        ) from None


def allowed(annotation: Any) -> str:
    """Return in words what a key accepts."""
    return _words(inspect.type_info(annotation))


def _words(info: inspect.Type) -> str:
    match info:
        case inspect.BoolType():
            return "true 또는 false"
        case inspect.IntType() | inspect.FloatType():
            noun = "정수" if isinstance(info, inspect.IntType) else "수"
            low = "" if info.ge is None and info.gt is None else _low(info)
            high = "" if info.le is None else f"{info.le:g} 이하" if info.le < 10**6 else f"{info.le:,.0f} 이하"
            return " ".join(part for part in (low, high, noun) if part)
        case inspect.LiteralType():
            return " / ".join(f'"{value}"' for value in info.values)
        case inspect.StrType():
            return '따옴표로 감싼 종목 코드(예: "005930")' if info.pattern else "따옴표로 감싼 글자"
        case inspect.VarTupleType():
            return f"{_words(info.item_type)} 의 목록(예: [1, 2, 4])"
        case inspect.UnionType():
            return _words(next(part for part in info.types if not isinstance(part, inspect.NoneType)))
        case _:
            return "따옴표로 감싼 경로" if "Path" in repr(info) else "따옴표로 감싼 글자"


def _low(info: inspect.IntType | inspect.FloatType) -> str:
    return f"{info.gt:g} 보다 크고" if info.gt is not None else f"{info.ge:g} 이상"
