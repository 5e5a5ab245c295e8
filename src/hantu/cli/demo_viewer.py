"""Somebody who may look at the demonstration's dashboard: made for its own folder, worth nothing anywhere else."""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hantu.adapters.accounts.book import Book
from hantu.adapters.accounts.doorkeeper import Lifetimes, SignInDesk
from hantu.adapters.accounts.factors import STEP_S, code_now
from hantu.adapters.accounts.register import CONSOLE, AccountRegister
from hantu.adapters.vault import Vault
from hantu.domain.access import Role

NAME: Final = "viewer"
EARLIER_S: Final = 2 * STEP_S
"""The enrolment spends a code of two steps ago, so that the present one is there to sign in with."""
WORD_BYTES: Final = 3
WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Viewer:
    """Name, password and the authenticator's secret; shown once, on the terminal the demonstration runs in."""

    name: str
    password: str
    secret: str
    uri: str

    def code(self, now_s: float) -> str:
        """Return the code of this moment; each counts once."""
        return code_now(self.secret, now_s)


def make_viewer(home: Path, name: str = NAME) -> Viewer:
    """Make and enrol a person of the role ``viewer`` in the accounts of ``home``.

    Raises:
        BrokenError: The folder takes no files.
    """
    # One moment for all of it: a code that ends while the password is hashed would be refused.
    earlier = time.time() - EARLIER_S
    folder = home / "server"
    book, vault = Book(folder / "server.db", lambda: earlier), Vault(folder / "keys")
    desk = SignInDesk(book, vault, Lifetimes(3_600.0, 28_800.0), actor_of=str, tell=_nobody)
    invited = AccountRegister(book, _nobody).add_user(name, Role.VIEWER, by=CONSOLE)
    offer = desk.enrol_begin(name, invited["enrolment_code"], source="console")
    password = "-".join(secrets.token_hex(WORD_BYTES) for _ in range(WORDS))
    code = code_now(offer["secret"], earlier)
    desk.enrol_complete(name, invited["enrolment_code"], password, code, source="console")
    book.close()
    return Viewer(name, password, str(offer["secret"]), str(offer["otpauth_uri"]))


def bundle_built() -> bool:
    """Tell whether the dashboard's files are there; the server answers programs without them, too."""
    import hantu

    # Looked up beside the package: importing the server for it would cost the day a second.
    return any((Path(folder) / "api" / "static" / "index.html").is_file() for folder in hantu.__path__)


def _nobody(_kind: str, _who: str, _detail: str) -> None:
    """The demonstration's folder has no audit trail before its day begins."""
