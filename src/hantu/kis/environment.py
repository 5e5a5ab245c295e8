"""One sealed bundle of everything that decides where an order goes.

Hosts, transaction ids, account and keys of real, paper and local trading can
only be combined in the four ways that exist; anything else raises. What is
secret never shows in ``repr``.
"""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from hantu.domain.errors import UsageError
from hantu.kis.endpoints import Endpoint


class EnvironmentName(StrEnum):
    """Real money (실전), the broker's paper trading (모의), or our own exchange."""

    REAL = "real"
    PAPER = "paper"
    LOCAL = "local"


HOSTS: Final = MappingProxyType(
    {
        EnvironmentName.REAL: ("https://openapi.koreainvestment.com:9443", "ws://ops.koreainvestment.com:21000"),
        EnvironmentName.PAPER: ("https://openapivts.koreainvestment.com:29443", "ws://ops.koreainvestment.com:31000"),
    }
)
"""(REST, stream) addresses; the official ones have no others. Dated 2026-11."""
STREAM_PATH: Final = "/tryitout"
_ACCOUNT_DIGITS: Final = 8
_PRODUCT_DIGITS: Final = 2


class MixedEnvironment(UsageError):
    """Parts of different environments were put together; nothing was built."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Account and keys as issued together for one environment."""

    environment: EnvironmentName
    account_no: str = field(repr=False)
    """CANO, eight digits."""
    appkey: str = field(repr=False)
    appsecret: str = field(repr=False)
    product_code: str = field(default="01", repr=False)
    """ACNT_PRDT_CD, two digits."""
    hts_id: str = field(default="", repr=False)
    """Login of the customer; key of the execution notices."""
    alias: str = ""
    """The account's name in records and messages; an order says it, too."""

    def __post_init__(self) -> None:
        # The offending value is never part of the message: it may be a secret in the wrong field.
        if len(self.account_no) != _ACCOUNT_DIGITS or not self.account_no.isdigit():
            raise UsageError("account number is not eight digits", next_step="계좌번호 앞 8자리를 확인하세요.")
        if len(self.product_code) != _PRODUCT_DIGITS or not self.product_code.isdigit():
            raise UsageError("account product code is not two digits", next_step="계좌번호 뒤 2자리를 확인하세요.")
        for name, value in (("app key", self.appkey), ("app secret", self.appsecret), ("HTS id", self.hts_id)):
            if not value.isascii() or not value.isprintable() or " " in value:
                raise UsageError(f"{name} contains characters no key has", next_step="키를 다시 복사해 넣으세요.")
        if not self.appkey or not self.appsecret:
            raise UsageError("app key or app secret is empty", next_step="앱 키와 시크릿을 설정하세요.")

    @property
    def fingerprint(self) -> str:
        """Return twelve hex digits that name the app key without showing it."""
        return hashlib.sha256(self.appkey.encode()).hexdigest()[:12]

    @property
    def account(self) -> str:
        """Return the ten digits the execution notices name the account by."""
        return self.account_no + self.product_code


@dataclass(frozen=True, slots=True)
class KisEnvironment:
    """Where and as whom hantu trades."""

    name: EnvironmentName
    rest_url: str
    ws_url: str
    credentials: Credentials
    paper_rules: bool = False
    """A local exchange may imitate paper trading: its TR ids and its missing calls."""

    def __post_init__(self) -> None:
        if self.credentials.environment is not self.name:
            raise MixedEnvironment(
                f"keys of {self.credentials.environment} cannot trade in {self.name}",
                next_step=f"{self.name} 환경에서 발급받은 키와 계좌를 설정하세요.",
            )
        if self.name is EnvironmentName.LOCAL:
            _require_loopback(self.rest_url, ("http", "https"))
            _require_loopback(self.ws_url, ("ws", "wss"))
        elif (self.rest_url, self.ws_url) != HOSTS[self.name]:
            raise MixedEnvironment(f"these are not the hosts of {self.name}", next_step="접속 주소 설정을 지우세요.")
        elif self.paper_rules is not (self.name is EnvironmentName.PAPER):
            raise MixedEnvironment(f"paper rules do not fit {self.name}", next_step="환경 설정을 확인하세요.")

    @property
    def notice_tr_id(self) -> str:
        """Return the TR id of the execution notices."""
        return "H0STCNI9" if self.paper_rules else "H0STCNI0"

    @property
    def stream_url(self) -> str:
        """Return the address to open the stream at."""
        return self.ws_url.rstrip("/") + STREAM_PATH

    def offers(self, endpoint: Endpoint) -> bool:
        """Tell whether ``endpoint`` exists here; paper trading lacks several."""
        return bool(endpoint.paper if self.paper_rules else endpoint.real)

    def tr_id(self, endpoint: Endpoint) -> str:
        """Return the transaction id of ``endpoint`` here.

        Raises:
            UsageError: Paper trading does not offer it.
        """
        tr_id = endpoint.paper if self.paper_rules else endpoint.real
        if not tr_id and endpoint.trading:
            raise UsageError(f"{endpoint.name} is not offered in paper trading", next_step="실전 환경에서만 됩니다.")
        return tr_id


def real(credentials: Credentials) -> KisEnvironment:
    """Return the bundle for trading with real money."""
    return KisEnvironment(EnvironmentName.REAL, *HOSTS[EnvironmentName.REAL], credentials)


def paper(credentials: Credentials) -> KisEnvironment:
    """Return the bundle for the broker's paper trading."""
    return KisEnvironment(EnvironmentName.PAPER, *HOSTS[EnvironmentName.PAPER], credentials, paper_rules=True)


def local(credentials: Credentials, rest_url: str, ws_url: str, *, paper_rules: bool = False) -> KisEnvironment:
    """Return the bundle for an exchange on this machine's loopback address."""
    return KisEnvironment(EnvironmentName.LOCAL, rest_url, ws_url, credentials, paper_rules)


def _require_loopback(url: str, schemes: tuple[str, ...]) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.username is not None or parts.scheme not in schemes or not _is_loopback(host):
        raise MixedEnvironment(
            f"a local environment cannot reach {host or 'nothing'}",
            next_step=f"주소를 {schemes[0]}://127.0.0.1:포트 꼴로 설정하세요.",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
