"""Columns of execution notices (체결 통보), 26 wide.

Triplets (RFUS, CNTG, ACPT): 011 received, 012 amend or cancel confirmed,
022 fill, 013 rest of an IOC or FOK order gone, 1xx rejected.
"""

from dataclasses import dataclass

from hantu.domain.account import Side
from hantu.simulator.scenario import AccountSpec
from hantu.simulator.venue.orders import FOK_TYPES, IOC_TYPES, OrderRecord

_REVISION = {"new": "0", "amend": "1", "cancel": "2"}
_VENUE = {"KRX": "1", "NXT": "2", "SOR": "3"}


@dataclass(frozen=True, slots=True)
class Triplet:
    """What kind of notice it is."""

    refused: str
    traded: str
    accepted: str


RECEIVED = Triplet("0", "1", "1")
CONFIRMED = Triplet("0", "1", "2")
FILLED = Triplet("0", "2", "2")
DROPPED = Triplet("0", "1", "3")
REJECTED = Triplet("1", "1", "2")


def notice_columns(
    record: OrderRecord,
    account: AccountSpec,
    name: str,
    branch: str,
    hhmmss: str,
    what: Triplet,
    quantity: int,
    price: int,
) -> dict[str, str]:
    """Return the columns; ``quantity`` and ``price`` are those of this event only."""
    return {
        "CUST_ID": account.hts_id,
        "ACNT_NO": account.plain_number,
        "ODER_NO": record.wire_number,
        "OODER_NO": f"{record.original:010d}" if record.original else "",
        "SELN_BYOV_CLS": "01" if record.side is Side.SELL else "02",
        "RCTF_CLS": _REVISION[record.kind],
        "ODER_KIND": "00" if what is FILLED else record.order_type,
        "ODER_COND": "1" if record.order_type in IOC_TYPES else "2" if record.order_type in FOK_TYPES else "0",
        "STCK_SHRN_ISCD": record.symbol,
        "CNTG_QTY": f"{quantity:010d}",
        "CNTG_UNPR": f"{price:09d}",
        "STCK_CNTG_HOUR": hhmmss,
        "RFUS_YN": what.refused,
        "CNTG_YN": what.traded,
        "ACPT_YN": what.accepted,
        "BRNC_NO": branch,
        "ODER_QTY": f"{record.quantity:09d}",
        "ACNT_NAME": account.name,
        "ORD_COND_PRC": "000000000",
        "ORD_EXG_GB": _VENUE.get(record.venue, "1"),
        "POPUP_YN": "Y",
        "FILLER": "",
        "CRDT_CLS": "10",
        "CRDT_LOAN_DATE": "",
        "CNTG_ISNM40": name,
        "ODER_PRC": f"{record.price:09d}",
    }
