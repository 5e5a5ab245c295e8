"""The secret that signs order tokens and mandates, and what a mandate is bound to.

``EXECUTION_JWT_SECRET`` is its name; ``JWT_SECRET`` is taken with a warning. On
the practice exchange a secret is drawn once and kept beside the records, so
that nothing has to be prepared.
"""

import hashlib
import os
import secrets

import msgspec

from hantu.domain.errors import UsageError
from hantu.domain.order_token import SECRET_BYTES_MIN, TokenKey, audience
from hantu.settings.model import Settings
from hantu.settings.secret import read_secret_file

SECRET_NAME, OLD_SECRET_NAME = "EXECUTION_JWT_SECRET", "JWT_SECRET"
PRACTICE_FILE = "order_secret"


def token_key(settings: Settings) -> TokenKey:
    """Return the key that signs for the account of ``settings``.

    Raises:
        UsageError: The secret is missing, empty or too short; its value is never shown.
    """
    secret = settings.approvals.secret
    if secret or secret.problem:
        text = secret.reveal()
    elif settings.environment == "local":
        text = _practice_secret(settings)
    else:
        raise UsageError(
            f"환경변수 {SECRET_NAME} 이(가) 없어 주문 토큰에 서명할 수 없습니다.",
            next_step=f'export {SECRET_NAME}="$(openssl rand -hex 32)" 처럼 정하거나 approvals.secret_file 에 파일을 적어 주세요.',
        )
    data = text.encode()
    if len(data) < SECRET_BYTES_MIN:
        raise UsageError(
            f"{SECRET_NAME} 이(가) 너무 짧습니다({SECRET_BYTES_MIN}바이트 이상이어야 합니다).",
            next_step=f'export {SECRET_NAME}="$(openssl rand -hex 32)" 처럼 새로 정해 주세요.',
        )
    return TokenKey(data, audience(settings.environment, settings.account.alias))


def rules_hash(settings: Settings) -> str:
    """Return the hash of everything that decides when and how much is sold by itself."""
    rules = [
        settings.exits, sorted(settings.rules, key=lambda rule: rule.symbol), settings.guard.default_rule,
        settings.guard.sell_while_sleeping,
    ]  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(rules, order="sorted")).hexdigest()


def _practice_secret(settings: Settings) -> str:
    folder = settings.token_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / PRACTICE_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_secret_file(path, "연습용 주문 비밀 값").reveal()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        text = secrets.token_hex(SECRET_BYTES_MIN)
        file.write(text)
    return text
