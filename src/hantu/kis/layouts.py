"""Columns of every stream record, by transaction id and layout generation.

Three generations of the wire are alive at once, so a layout is a table to
encode with and a list of names to decode with; how wide a received record is
follows from the frame alone (see ``frames.split_records``).

Source: KIS portal workbook of 2026-09-11, official samples of July and
September 2026, and captures; per column in tests/golden/kis/columns.json.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hantu.kis.columns import (
    AFTER_HOURS_BOOK,
    BOOK_BASE,
    INDEX,
    INDEX_PROGRAM,
    KRX_MID,
    MEMBERS,
    MID,
    NAV,
    NEXTRADE_MID,
    NOTICE_HEAD,
    NOTICE_TAIL,
    OPERATION,
    PROGRAM,
    TRADE,
    VI,
    trade_with_class_name,
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Column names of one transaction id in one profile, in wire order."""

    tr_id: str
    profile: str
    columns: tuple[str, ...]
    encrypted: bool = False

    @property
    def width(self) -> int:
        """Columns of one record."""
        return len(self.columns)


@dataclass(frozen=True, slots=True)
class Generation:
    """Record widths of one age of the wire; each may be set by itself.

    ``trade`` is 46 or 47, ``book`` 59, 62 or 63, ``notice`` one of ``legacy``
    (23, issue name in column 19), ``full`` (26) and ``compact`` (23, exchange
    and popup flag glued in column 19).
    """

    trade: int
    book: int
    notice: str

    def __post_init__(self) -> None:
        """Refuse widths nobody ever saw."""
        if self.trade not in (46, 47) or self.book not in (59, 62, 63) or self.notice not in NOTICE_TAIL:
            raise ValueError(f"no such layout generation: {self.trade}/{self.book}/{self.notice}")


GENERATIONS: Mapping[str, Generation] = MappingProxyType(
    {
        "2025": Generation(46, 59, "legacy"),
        "2026-07": Generation(46, 59, "full"),
        "2026-09": Generation(47, 63, "full"),
        "paper": Generation(47, 63, "compact"),
    }
)
"""Named generations: what old public clients expect, the wire before and after
the reform of 2026-09-14, and the paper host."""

DEFAULT_GENERATION = GENERATIONS["2026-09"]

TRADE_KRX = "H0STCNT0"
BOOK_KRX = "H0STASP0"
NOTICE_REAL = "H0STCNI0"
NOTICE_PAPER = "H0STCNI9"
OPERATION_KRX = "H0STMKO0"


def _tables() -> dict[str, tuple[Layout, ...]]:
    """Return every known layout, newest first, the documented-only ones last."""
    found: list[Layout] = []

    def add(profile: str, columns: tuple[str, ...], *tr_ids: str, encrypted: bool = False) -> None:
        found.extend(Layout(tr_id, profile, columns, encrypted) for tr_id in tr_ids)

    both = trade_with_class_name("CNTG_CLS_CODE")
    add("2026-09", TRADE, "H0STCNT0")
    add("2025-03", TRADE[:46], "H0STCNT0")
    add("2026-09", both, "H0NXCNT0", "H0UNCNT0")
    add("2025-03", both[:46], "H0NXCNT0", "H0UNCNT0")

    add("2026-09", (*BOOK_BASE, *MID, "MARKET_CLS_CODE"), "H0STASP0")
    add("2025-03", (*BOOK_BASE, *MID), "H0STASP0")
    add("legacy", BOOK_BASE, "H0STASP0")
    add("2026-09", (*BOOK_BASE, *KRX_MID, *NEXTRADE_MID, "ANTC_EXCH_CLS_CODE"), "H0UNASP0")
    add("2026-09", (*BOOK_BASE, *NEXTRADE_MID), "H0NXASP0")
    add("2025-03", (*BOOK_BASE, *KRX_MID, *NEXTRADE_MID), "H0UNASP0", "H0NXASP0")

    full, compact, legacy = ((*NOTICE_HEAD, *NOTICE_TAIL[kind]) for kind in ("full", "compact", "legacy"))
    add("2025-03", full, "H0STCNI0", encrypted=True)
    add("paper-observed", compact, "H0STCNI9", encrypted=True)
    add("documented", full, "H0STCNI9", encrypted=True)
    add("paper-observed", compact, "H0STCNI0", encrypted=True)
    add("legacy", legacy, "H0STCNI0", "H0STCNI9", encrypted=True)

    add("2025-03", OPERATION, "H0STMKO0", "H0NXMKO0")
    add("legacy", OPERATION[:10], "H0STMKO0")
    add("live 2026-09", OPERATION[:10], "H0UNMKO0")
    add("documented", OPERATION[1:], "H0UNMKO0")

    add("2026-07", (*both[:45], "DUMMY"), "H0STANC0")
    add("legacy", both[:45], "H0STANC0")
    add("2026-07", (*both[:46], "DUMMY"), "H0NXANC0", "H0UNANC0")
    add("2025-03", both[:46], "H0NXANC0", "H0UNANC0")

    add("2025-03", INDEX, "H0UPCNT0", "H0UPANC0")
    add("2025-03", INDEX_PROGRAM, "H0UPPGM0")
    add("2025-03", MEMBERS, "H0STMBC0", "H0NXMBC0", "H0UNMBC0")
    add("2025-03", AFTER_HOURS_BOOK, "H0STOAA0")
    add("2025-03", both[:43], "H0STOUP0", "H0STOAC0")
    add("2025-03", PROGRAM, "H0STPGM0", "H0NXPGM0", "H0UNPGM0")
    add("2026", VI, "H0STVIC0")
    add("2025-03", NAV, "H0STNAV0")

    tables: dict[str, list[Layout]] = {}
    for each in found:
        tables.setdefault(each.tr_id, []).append(each)
    return {tr_id: tuple(layouts) for tr_id, layouts in tables.items()}


LAYOUTS: Mapping[str, tuple[Layout, ...]] = MappingProxyType(_tables())
"""Transaction id → its layouts, newest first."""


def is_encrypted(tr_id: str) -> bool:
    """Tell whether records of ``tr_id`` travel encrypted; False for unknown ids."""
    return tr_id in LAYOUTS and LAYOUTS[tr_id][0].encrypted


def layout(tr_id: str, generation: Generation | str = DEFAULT_GENERATION) -> Layout:
    """Return the columns of ``tr_id`` in one generation.

    Raises:
        KeyError: Unknown transaction id or generation name.
    """
    age = GENERATIONS[generation] if isinstance(generation, str) else generation
    known = LAYOUTS[tr_id]
    width = _width(tr_id, age)
    if known[0].encrypted:
        tail = NOTICE_TAIL[age.notice]
        return next(each for each in known if each.columns[len(NOTICE_HEAD) :] == tail)
    return next((each for each in known if each.width == width), known[0])


def _width(tr_id: str, age: Generation) -> int:
    kind = tr_id[4:]
    if kind == "CNT0":
        return age.trade if tr_id in ("H0STCNT0", "H0NXCNT0", "H0UNCNT0") else 0
    if kind == "ASP0":
        reformed = {"H0STASP0": age.book, "H0UNASP0": 66, "H0NXASP0": 62}
        before = {"H0STASP0": age.book, "H0UNASP0": 65, "H0NXASP0": 65}
        return (reformed if age.book == 63 else before)[tr_id]
    old = age.notice == "legacy"
    if kind == "ANC0" and tr_id != "H0UPANC0":
        newest = LAYOUTS[tr_id][0].width
        return newest - 1 if old else newest
    return 10 if kind == "MKO0" and old else 0
