"""Columns of an exchange event → the record a connection of one layout generation expects."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from hantu.kis.layouts import Layout

SHORT_NAME_LENGTH: Final = 14
"""Issue name in column 19 of the notice before the alternative venue existed."""

_DERIVED: Final[Mapping[str, Callable[[Mapping[str, str]], str]]] = {
    "ORD_EXG_GB_POPUP_YN": lambda c: c.get("ORD_EXG_GB", "") + c.get("POPUP_YN", ""),
    "CNTG_ISNM": lambda c: c.get("CNTG_ISNM40", "")[:SHORT_NAME_LENGTH],
    "CNTG_CLS_CODE": lambda c: c.get("CCLD_DVSN", ""),
    "KMID_PRC": lambda c: c.get("MID_PRC", ""),
    "KMID_TOTAL_RSQN": lambda c: c.get("MIDP_TOTAL_RSQN", ""),
    "KMID_CLS_CODE": lambda c: c.get("MIDP_CLS_CODE", ""),
    "ANTC_EXCH_CLS_CODE": lambda _c: "1",
}
"""Columns the newest KRX layout names otherwise or does not have."""


def record(columns: Mapping[str, str], layout: Layout) -> list[str]:
    """Return one record in the order and width of ``layout``."""
    return [columns[name] if name in columns else _derived(name, columns) for name in layout.columns]


def broken(frame: str, rng: Random) -> str:
    """Return a data frame as a sick server would send it."""
    head, _, payload = frame.rpartition("|")
    parts = frame.split("|", 3)
    wounds = (
        frame[: max(1, len(frame) // 2)],
        f"{head}|{payload.rpartition('^')[0]}",
        "|".join((*parts[:2], "0x1", *parts[3:])),
        frame.replace("^", "^?", 3),
        "|".join(parts[1:]),
        "{" + frame,
    )
    return rng.choice(wounds)


def _derived(name: str, columns: Mapping[str, str]) -> str:
    rule = _DERIVED.get(name)
    return rule(columns) if rule is not None else ""
