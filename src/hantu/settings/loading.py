"""Read the configuration once: file, then environment; nobody else reads either.

``load_settings`` is the entry point. Nothing here needs a secret to be usable:
a key file with a problem is reported when the key is asked for.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hantu.domain.errors import UsageError
from hantu.settings import model
from hantu.settings.checks import check_settings
from hantu.settings.keys import (
    ENV_NOT_SETTINGS,
    IN_FILE_FORBIDDEN,
    KEYS,
    OTHER_NAMES,
    SECRET_FILES,
    Key,
    convert,
    env_names,
    keys_of,
    nearest,
)
from hantu.settings.model import Rule, Settings
from hantu.settings.order_secret import OLD_SECRET_NAME, SECRET_NAME
from hantu.settings.secret import Secret, read_secret_file
from hantu.settings.section import Section

FILE_NAME = "hantu.toml"
PRACTICE: Mapping[str, object] = {
    "account.number": Secret(model.PRACTICE_ACCOUNT),
    "kis.app_key": Secret(model.PRACTICE_APP_KEY),
    "kis.app_secret": Secret(model.PRACTICE_APP_SECRET),
    "kis.hts_id": model.PRACTICE_HTS_ID,
    "kis.rest_url": model.PRACTICE_REST_URL,
    "kis.ws_url": model.PRACTICE_WS_URL,
}
"""What the practice exchange takes without being told; only for ``local``."""

S = TypeVar("S", bound=Section)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the effective values came from."""

    values: Mapping[str, str]
    """Dotted key → ``기본값``, ``hantu.toml:12``, ``환경변수 HANTU_MODE`` …"""
    file: Path | None = None
    practice: bool = False
    """No file and no environment: settings for the practice exchange."""


@dataclass(slots=True)
class _Draft:
    values: dict[str, object] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, value: object, place: str) -> None:
        self.values[name] = value
        self.places[name] = place


def load_settings(path: Path | None, environ: Mapping[str, str]) -> tuple[Settings, Sources]:
    """Return the effective settings and where each value came from.

    Looked for in this order: ``path``, HANTU_CONFIG, ``hantu.toml`` in HANTU_HOME,
    ``hantu.toml`` in the working directory. Without any file and without
    HANTU_ENVIRONMENT the settings are those of the practice exchange.

    Raises:
        UsageError: Unknown key, bad value, or a combination that is not allowed.
    """
    file = find_file(path, environ)
    draft = _Draft()
    if file is not None:
        _read_file(file, draft)
    _read_environ(environ, draft)
    practice = file is None and "environment" not in draft.values
    if file is not None and "environment" not in draft.values:
        raise UsageError(
            f"{file}: environment 가 없습니다.",
            next_step='environment = "real"(실전), "paper"(모의), "local"(연습) 가운데 하나를 적어 주세요.',
        )
    if practice:
        draft.put("environment", "local", "기본값(연습 거래소)")
        for name in ("guard.default_rule", "calendar.always_open"):
            draft.values.setdefault(name, True)
            draft.places.setdefault(name, "기본값(연습 거래소)")
    _read_secrets(draft)
    if draft.values["environment"] == "local":
        for name, value in PRACTICE.items():
            if not draft.values.get(name) and not getattr(draft.values.get(name), "problem", ""):
                draft.put(name, value, "기본값(연습 거래소)")
    _place_files(draft, environ)
    settings = _build(Settings, "", draft.values)
    check_settings(settings)
    places = {name: draft.places.get(name, "기본값") for name in KEYS}
    return settings, Sources(places, file, practice)


def default_local_settings(rest_url: str, ws_url: str, home: Path) -> Settings:
    """Return settings for a practice exchange at the given loopback addresses.

    Raises:
        UsageError: An address is not on this machine.
    """
    environ = {"HANTU_REST_URL": rest_url, "HANTU_WS_URL": ws_url, "HANTU_HOME": str(home)}
    draft = _Draft({"environment": "local", "guard.default_rule": True, "calendar.always_open": True, **PRACTICE})
    _read_environ(environ, draft)
    _place_files(draft, {})
    settings = _build(Settings, "", draft.values)
    check_settings(settings)
    return settings


def find_file(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """Return the configuration file to read, None if there is none.

    Raises:
        UsageError: A file was named and is not there.
    """
    named = path or (Path(environ["HANTU_CONFIG"]) if environ.get("HANTU_CONFIG") else None)
    if named is not None:
        if not named.is_file():
            raise UsageError(
                f"설정 파일 {named} 이(가) 없습니다.",
                next_step="경로를 확인하거나 hantu.example.toml 을 복사해 만드세요.",
            )
        return named.absolute()
    homes = [Path(environ["HANTU_HOME"])] if environ.get("HANTU_HOME") else []
    for folder in (*homes, Path()):
        if (folder / FILE_NAME).is_file():
            return (folder / FILE_NAME).absolute()
    return None


def _read_file(file: Path, draft: _Draft) -> None:
    try:
        text = file.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"{file}: TOML 문법이 올바르지 않습니다({error}).", next_step="그 줄의 따옴표와 괄호를 확인하세요."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"설정 파일 {file} 을(를) 읽을 수 없습니다: {getattr(error, 'strerror', None) or 'UTF-8 텍스트가 아닙니다'}.",
            next_step="파일 권한과 인코딩(UTF-8)을 확인하세요.",
        ) from error
    _walk(_moved(table, file), "", Settings, file, _locate(text), draft)


def _moved(table: dict[str, Any], file: Path) -> dict[str, Any]:
    """Return the file with tables under their own names.

    Raises:
        UsageError: The same table stands there under both.
    """
    for other, name in OTHER_NAMES.items():
        outer, _, inner = other.partition(".")
        holder = table.get(outer)
        if not isinstance(holder, dict) or inner not in holder:
            continue
        if name in table:
            raise UsageError(
                f"{file.name}: [{name}] 과(와) [{other}] 이(가) 함께 있습니다.", next_step="둘 중 하나만 남겨 주세요."
            )
        table = {**table, outer: {word: value for word, value in holder.items() if word != inner}, name: holder[inner]}
    return table


def _walk(
    table: Mapping[str, Any], prefix: str, section: type[Section], file: Path, lines: Mapping[str, int], draft: _Draft
) -> None:
    sections = {
        item.name: item.type
        for item in msgspec.structs.fields(section)
        if isinstance(item.type, type) and issubclass(item.type, Section)
    }
    for word, value in table.items():
        name = f"{prefix}{word}"
        place = f"{file.name}:{lines[name]}" if name in lines else file.name
        if name in IN_FILE_FORBIDDEN:
            raise UsageError(f"{place}: {name} 을(를) 쓸 수 없습니다.", next_step=IN_FILE_FORBIDDEN[name])
        if word in sections and isinstance(value, dict):
            _walk(value, f"{name}.", sections[word], file, lines, draft)
        elif name == "rules":
            draft.put(name, _rules(value, place, lines, file), place)
        elif name in KEYS:
            converted = convert(KEYS[name], value, place)
            if isinstance(converted, Path):
                converted = file.parent / converted
            draft.put(name, converted, place)
        else:
            raise _unknown(name, place, [*KEYS, *(f"{prefix}{one}" for one in sections)])


def _rules(value: object, place: str, lines: Mapping[str, int], file: Path) -> tuple[Rule, ...]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise UsageError(f"{place}: rules 는 [[rules]] 표의 목록이어야 합니다.", next_step="[[rules]] 로 시작하세요.")
    keys = {key.name: key for key in keys_of(Rule)}
    rules = []
    for index, item in enumerate(value):
        fields = {}
        for word, given in item.items():
            name = f"rules[{index}].{word}"
            where = f"{file.name}:{lines[name]}" if name in lines else place
            if word not in keys:
                raise _unknown(f"rules.{word}", where, [f"rules.{known}" for known in keys])
            fields[word] = convert(Key(f"rules.{word}", keys[word].type, None), given, where)
        if "symbol" not in fields:
            raise UsageError(f"{place}: [[rules]] 에 symbol 이 없습니다.", next_step='symbol = "005930" 처럼 적으세요.')
        rules.append(msgspec.convert(fields, Rule))
    return tuple(rules)


def _unknown(name: str, place: str, known: list[str]) -> UsageError:
    guess = nearest(name, known)
    step = f"혹시 {guess} 인가요?" if guess else "hantu.example.toml 에서 쓸 수 있는 이름을 확인하세요."
    return UsageError(f"{place}: 알 수 없는 설정 {name} 이(가) 있습니다.", next_step=step)


def _locate(text: str) -> dict[str, int]:
    """Return dotted key → line number; good enough to point, not a TOML parser."""
    lines: dict[str, int] = {}
    prefix, rule = "", -1
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]", line)
        if head:
            name = head[2]
            if head[1] == "[[" and name == "rules":
                rule += 1
                name = f"rules[{rule}]"
            lines.setdefault(head[2], number)
            prefix = f"{OTHER_NAMES.get(name, name)}."
            continue
        key = re.match(r"\s*([\w.\-]+)\s*=", line)
        if key:
            lines.setdefault(prefix + key[1], number)
    return lines


def _read_environ(environ: Mapping[str, str], draft: _Draft) -> None:
    names = env_names()
    for variable in sorted(environ):
        if not variable.startswith("HANTU_") or variable in ENV_NOT_SETTINGS:
            continue
        if variable not in names:
            guess = nearest(variable, [*names, *ENV_NOT_SETTINGS])
            raise UsageError(
                f"알 수 없는 환경변수 {variable} 이(가) 있습니다.",
                next_step=f"혹시 {guess} 인가요?" if guess else "이름을 확인하거나 `unset` 으로 지우세요.",
            )
        if environ[variable]:
            name, place = names[variable], f"환경변수 {variable}"
            draft.put(name, convert(KEYS[name], environ[variable], place, from_text=True), place)
    _read_order_secret(environ, draft)


def _read_order_secret(environ: Mapping[str, str], draft: _Draft) -> None:
    """Take the signing secret by its documented name, or by its old one."""
    given = {name: environ[name] for name in (SECRET_NAME, OLD_SECRET_NAME) if environ.get(name)}
    if len(set(given.values())) > 1:
        raise UsageError(
            f"환경변수 {SECRET_NAME} 과(와) {OLD_SECRET_NAME} 의 값이 서로 다릅니다.",
            next_step=f"{OLD_SECRET_NAME} 을(를) `unset` 으로 지우고 {SECRET_NAME} 만 남겨 주세요.",
        )
    for name, value in given.items():
        draft.put("approvals.secret", Secret(value), f"환경변수 {name}")
        return
    if SECRET_NAME in environ:
        draft.put(
            "approvals.secret",
            Secret("", f"환경변수 {SECRET_NAME} 이(가) 비어 있습니다.", "32바이트 이상의 값을 정해 주세요."),
            f"환경변수 {SECRET_NAME}",
        )


def _read_secrets(draft: _Draft) -> None:
    for source, target, label in SECRET_FILES:
        path = draft.values.get(source)
        if isinstance(path, Path) and not draft.values.get(target):
            draft.put(target, read_secret_file(path, label), f"파일 {path}")


def _place_files(draft: _Draft, environ: Mapping[str, str]) -> None:
    home = draft.values.get("home", Path("var"))
    assert isinstance(home, Path)
    draft.values["home"] = home = home.absolute()
    url = environ.get("DATABASE_URL", "")
    if not url:
        draft.values["database"] = home / "hantu.db"
        return
    if not url.startswith("sqlite:///") or not url.removeprefix("sqlite:///"):
        scheme = url.partition(":")[0]
        raise UsageError(
            f"DATABASE_URL 의 {scheme!r} 데이터베이스는 이 버전에서 지원하지 않습니다(SQLite만 지원).",
            next_step="sqlite:///경로/hantu.db 형식으로 적거나 DATABASE_URL 을 지우세요.",
        )
    draft.put("database", Path(url.removeprefix("sqlite:///")).absolute(), "환경변수 DATABASE_URL")


def _build(section: type[S], prefix: str, values: Mapping[str, object]) -> S:
    fields: dict[str, Any] = {}
    for item in msgspec.structs.fields(section):
        name = f"{prefix}{item.name}"
        if isinstance(item.type, type) and issubclass(item.type, Section):
            fields[item.name] = _build(item.type, f"{name}.", values)
        elif name in values:
            fields[item.name] = values[name]
    return section(**fields)
