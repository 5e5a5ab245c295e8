"""From settings to the sealed bundle of hosts, keys and account."""

from hantu.kis.environment import Credentials, EnvironmentName, KisEnvironment, local, paper, real
from hantu.settings.model import Settings
from hantu.telemetry import hide, hide_account


def kis_environment(settings: Settings) -> KisEnvironment:
    """Return the sealed bundle of hosts, keys and account.

    Raises:
        UsageError: A key or the account number is missing or malformed.
    """
    number, _, product = settings.account.number.reveal().partition("-")
    name, alias = EnvironmentName(settings.environment), settings.account.alias
    appkey, appsecret = settings.kis.app_key.reveal(), settings.kis.app_secret.reveal()
    credentials = Credentials(name, number, appkey, appsecret, product or "01", settings.kis.hts_id, alias)
    for secret in (appkey, appsecret, settings.kis.hts_id):
        hide(secret)
    hide_account(f"{number}-{product or '01'}")
    if name is EnvironmentName.LOCAL:
        return local(credentials, settings.kis.rest_url, settings.kis.ws_url)
    return real(credentials) if name is EnvironmentName.REAL else paper(credentials)
