"""What every table of the configuration file has in common."""

from msgspec import Struct


class Section(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One table of the file."""
