"""What ``hantu doctor`` looks at; each check is one function and one line of the answer."""

import os
import socket
import stat
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

from hantu.cli.shell import Shell
from hantu.domain.errors import HantuError
from hantu.settings.machine_checks import Check, clock_check, database_check, disk_check, opening_check
from hantu.settings.model import Settings

JWT_VARIABLE = "EXECUTION_JWT_SECRET"


def sqlite_version() -> str:
    """Return the version of the SQLite that keeps the records."""
    from hantu.adapters.store.sqlite import driver

    return str(driver.sqlite_version)


def checks(shell: Shell, problem: HantuError | None) -> list[Check]:
    """Return every check; without usable settings only those that need none."""
    found = [_python(), _sqlite(), clock_check()]
    if problem is not None:
        return [*found, Check("설정", "fail", str(problem), problem.next_step)]
    settings = shell.settings
    return [
        *found,
        _config(shell),
        _home(settings),
        disk_check(settings),
        *_keys(settings),
        *_hosts(settings),
        _tls(settings),
        *_telegram(settings),
        database_check(settings),
        _guard(shell),
        opening_check(settings),
        *_reserved(shell),
    ]


def _python() -> Check:
    text = f"{sys.version.split()[0]} ({sys.executable})"
    if sys.version_info < (3, 11):
        return Check("Python", "fail", text, "Python 3.11 이상을 설치하세요.")
    return Check("Python", "ok", text)


def _sqlite() -> Check:
    from hantu.adapters.store.sqlite import driver, require_sound

    try:
        require_sound(driver.sqlite_version_info)
    except HantuError as error:
        return Check("SQLite", "fail", str(error), error.next_step)
    return Check("SQLite", "ok", sqlite_version())


def _config(shell: Shell) -> Check:
    sources = shell.sources
    if sources.practice:
        return Check("설정", "note", "설정 파일이 없어 연습 거래소용 기본 설정을 씁니다.")
    where = str(sources.file) if sources.file else "환경변수만 사용"
    return Check("설정", "ok", f"{where} (환경: {shell.settings.environment})")


def _home(settings: Settings) -> Check:
    home = settings.home
    there = home if home.exists() else next(parent for parent in home.parents if parent.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        return Check("데이터 폴더", "fail", f"{home} 에 쓸 수 없습니다.", "폴더의 권한이나 HANTU_HOME 을 확인하세요.")
    if not home.exists():
        return Check("데이터 폴더", "note", f"{home} (아직 없음, 시작할 때 만듭니다)")
    mode = stat.S_IMODE(home.stat().st_mode)
    if mode & 0o022:
        step = f"`chmod 700 {home}` 을(를) 실행하세요."
        return Check("데이터 폴더", "warn", f"{home} 에 다른 사용자도 쓸 수 있습니다(권한 {mode:04o}).", step)
    return Check("데이터 폴더", "ok", str(home))


def _keys(settings: Settings) -> Iterator[Check]:
    if settings.environment == "local":
        yield Check("앱 키", "ok", "연습 거래소는 아무 키나 받습니다.")
        return
    kis = settings.kis
    for name, secret, file in (
        ("앱 키", kis.app_key, kis.app_key_file),
        ("앱 시크릿", kis.app_secret, kis.app_secret_file),
    ):
        where = str(file) if file else "환경변수"
        if secret:
            yield Check(name, "ok", f"있음 ({where})")
        else:
            step = secret.next_step or "hantu.toml 의 kis 항목이나 환경변수를 확인하세요."
            yield Check(name, "fail", secret.problem or "없습니다.", step)
    if not settings.account.number:
        yield Check("계좌번호", "fail", "없습니다.", "account.number 또는 환경변수 HANTU_ACCOUNT 에 적어 주세요.")
    if not kis.hts_id:
        yield Check("HTS ID", "fail", "없습니다.", "kis.hts_id 에 적어 주세요. 체결 통보를 받는 데 필요합니다.")


def _hosts(settings: Settings) -> Iterator[Check]:
    from hantu.settings.checks import hosts

    for name, url in zip(("REST 주소", "시세 주소"), hosts(settings), strict=True):
        if settings.environment != "local":
            yield Check(name, "ok", f"{url} (고정, 여기서는 연결해 보지 않습니다)")
            continue
        yield _reachable(name, url)


def _reachable(name: str, url: str) -> Check:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=1.0):
            return Check(name, "ok", f"{url} 연결됨")
    except socket.gaierror:
        return Check(name, "fail", f"{url}: 호스트 이름을 찾을 수 없습니다.", "주소의 호스트를 확인하세요.")
    except ConnectionRefusedError:
        step = "`hantu sim` 이 실행 중인지, 포트 번호가 같은지 확인하세요."
        return Check(name, "warn", f"{url}: 연결이 거부됐습니다(그 포트에 아무도 없음).", step)
    except OSError as error:
        return Check(name, "warn", f"{url}: {error.strerror or error}", "주소와 네트워크를 확인하세요.")


def _tls(settings: Settings) -> Check:
    from hantu.settings.checks import hosts

    if urlsplit(hosts(settings)[1]).scheme == "wss":
        return Check("암호화", "ok", "모든 연결이 TLS 입니다.")
    return Check(
        "암호화",
        "note",
        "예외 1건: KIS 실시간 시세는 TLS 없는 ws:// 만 제공합니다. approval_key 만 지나가며 체결 통보는 AES로 암호화됩니다. "
        "나머지(주문·조회·알림)는 모두 TLS 입니다."
        if settings.environment != "local"
        else "연습 거래소는 이 컴퓨터 안(loopback)에서 암호화 없이 연결합니다. 실전·모의에서는 시세 ws:// 만 예외입니다.",
    )


def _telegram(settings: Settings) -> Iterator[Check]:
    telegram = settings.telegram
    if telegram.token.problem:
        yield Check("텔레그램", "fail", telegram.token.problem, telegram.token.next_step)
    elif telegram.enabled:
        yield Check("텔레그램", "ok", f"chat_id {telegram.chat_id}, 토큰 있음")
    else:
        yield Check(
            "텔레그램",
            "note",
            "설정하지 않아 알림을 보내지 않습니다. telegram.chat_id 와 token_file 을 적으면 켜집니다.",
        )


def _guard(shell: Shell) -> Check:
    try:
        status = shell.guard.status()
    except HantuError as error:
        return Check("감시", "fail", str(error), error.next_step)
    if status is None:
        return Check("감시", "note", "실행 중이 아닙니다. `hantu monitor start` 로 시작합니다.")
    return Check("감시", "ok", f"실행 중: {status.get('state_ko')} (pid {status.get('pid')}, {shell.settings.socket})")


def _reserved(shell: Shell) -> Iterator[Check]:
    if shell.environ.get(JWT_VARIABLE):
        yield Check("예약된 값", "note", f"{JWT_VARIABLE} 는 이후 버전의 주문 서버용이며 이 버전은 쓰지 않습니다.")
