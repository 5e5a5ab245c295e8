"""Settings of the server: where it listens, under which names, how long people stay signed in."""

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from hantu.settings.section import Section


class ServerSettings(Section, frozen=True):
    """The dashboard and the interface for programs."""

    address: str = "127.0.0.1:8700"
    """``host:port``; beyond this machine only with certificates."""
    names: tuple[str, ...] = ()
    """Host names browsers use beside the address; under any other nothing is answered."""
    tls: bool | None = None
    """None: where there are certificates."""
    tls_dir: Path | None = None
    """Folder of ``ca.pem``, ``server.pem`` and ``server-key.pem``; by default ``tls`` in the home."""
    passkey_name: str = ""
    """Host name passkeys are bound to: by default the first of ``names``, or localhost. They end with another one."""
    passkey_origins: tuple[str, ...] = ()
    """Addresses of the dashboard they answer under: by default that name with the port of ``address``."""
    idle_s: Annotated[float, Meta(ge=60, le=86_400)] = 900.0
    absolute_s: Annotated[float, Meta(ge=300, le=86_400)] = 28_800.0
