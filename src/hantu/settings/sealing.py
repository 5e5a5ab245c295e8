"""From settings to what is sealed in the records: the account behind them, and copies that leave the machine."""

from pathlib import Path

from hantu.adapters.store.account_rows import Account, is_other_account, record_account
from hantu.adapters.vault import Vault
from hantu.domain.errors import DeniedError, HantuError
from hantu.kis.environment import EnvironmentName, KisEnvironment
from hantu.settings.model import Settings
from hantu.telemetry import get_logger

SealLog = get_logger(__name__, "system")


def keys_dir(settings: Settings) -> Path:
    """Return where the keys of sealed fields and copies are; they belong into another backup than the records."""
    return settings.home / "keys"


def require_own_records(settings: Settings, environment: KisEnvironment) -> None:
    """Refuse to guard one account by the records of another.

    Records that cannot be read are no reason to end here: who opens them next says so to people.

    Raises:
        DeniedError: The alias stands for another account in the records.
    """
    if environment.name is EnvironmentName.LOCAL or not settings.database.exists():
        return  # the practice exchange hands out accounts as it likes
    try:
        other = is_other_account(settings.database, Vault(keys_dir(settings)), _account(settings, environment))
    except (HantuError, OSError) as error:
        SealLog.error("기록이 어느 계좌의 것인지 확인하지 못함: %s", error)
        return
    if other:
        raise DeniedError(
            f"이 기록은 다른 계좌의 것입니다(별칭 {settings.account.alias}).",
            next_step="account.number 를 확인하세요. 다른 계좌라면 account.alias 나 HANTU_HOME 을 따로 두세요.",
        )


def keep_account(settings: Settings, environment: KisEnvironment) -> None:
    """Keep the account behind the records, sealed; what fails is in the log, guarding goes on."""
    try:
        record_account(settings.database, Vault(keys_dir(settings)), _account(settings, environment))
    except (HantuError, OSError) as error:
        SealLog.error("계좌를 암호화해 기록하지 못함, 감시는 계속합니다: %s", error)


def _account(settings: Settings, environment: KisEnvironment) -> Account:
    keys = environment.credentials
    number = f"{keys.account_no}-{keys.product_code}"
    return Account(settings.environment, settings.account.alias, number, keys.hts_id)
