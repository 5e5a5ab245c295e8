"""Orders, amends and cancels as the wire writes them, in both directions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hantu.domain.account import Side
from hantu.domain.order import CancelRequest, OrderRequest, OrderType
from hantu.kis.endpoints import ORDER_BUY, ORDER_SELL, Endpoint
from hantu.kis.environment import Credentials

LIMIT: Final = "00"
MARKET: Final = "01"
NORMAL_SELL: Final = "01"
"""SLL_TYPE of a sell of one's own shares."""
AMEND: Final = "01"
CANCEL: Final = "02"
VENUES: Final = frozenset({"KRX", "NXT", "SOR"})
ORDER_NO_WIDTH: Final = 10
ACCOUNT_WIDTH: Final = 8
PRODUCT_WIDTH: Final = 2

_ORDER_NEEDED: Final = frozenset({"CANO", "ACNT_PRDT_CD", "PDNO", "ORD_DVSN", "ORD_QTY", "ORD_UNPR"})
_ORDER_KEYS: Final = _ORDER_NEEDED | {"SLL_TYPE", "CNDT_PRIC", "EXCG_ID_DVSN_CD"}
_REVISE_NEEDED: Final = frozenset(
    {
        "CANO",
        "ACNT_PRDT_CD",
        "KRX_FWDG_ORD_ORGNO",
        "ORGN_ODNO",
        "ORD_DVSN",
        "RVSE_CNCL_DVSN_CD",
        "ORD_QTY",
        "ORD_UNPR",
        "QTY_ALL_ORD_YN",
    }
)
_REVISE_KEYS: Final = _REVISE_NEEDED | {"EXCG_ID_DVSN_CD", "CNDT_PRIC"}


class MalformedBody(ValueError):
    """An order body the broker's gateway cannot build (IGW00007); nothing was ordered."""


@dataclass(frozen=True, slots=True)
class OrderCash:
    """A cash order (주식주문 현금); prices in won, 0 for a market order."""

    account_no: str = field(repr=False)
    product_code: str = field(repr=False)
    symbol: str
    side: Side
    order_type: str
    """ORD_DVSN: 00 limit, 01 market, 11 IOC …"""
    quantity: int
    price: int
    venue: str = "KRX"
    sell_type: str = ""
    condition_price: int = 0

    @property
    def endpoint(self) -> Endpoint:
        """Return the call that carries it."""
        return ORDER_SELL if self.side is Side.SELL else ORDER_BUY

    def body(self) -> dict[str, str]:
        """Return the body: every key present, every value a text, as the gateway insists."""
        return {
            "CANO": self.account_no,
            "ACNT_PRDT_CD": self.product_code,
            "PDNO": self.symbol,
            "ORD_DVSN": self.order_type,
            "ORD_QTY": str(self.quantity),
            "ORD_UNPR": str(self.price),
            "EXCG_ID_DVSN_CD": self.venue,
            "SLL_TYPE": self.sell_type,
            "CNDT_PRIC": str(self.condition_price) if self.condition_price else "",
        }


@dataclass(frozen=True, slots=True)
class OrderRevise:
    """An amend or a cancel (주식주문 정정취소)."""

    account_no: str = field(repr=False)
    product_code: str = field(repr=False)
    branch_no: str
    original_order_no: str
    """Without leading zeros."""
    cancel: bool
    order_type: str = LIMIT
    quantity: int = 0
    """0 with ``all_remaining``."""
    price: int = 0
    all_remaining: bool = True
    venue: str = "KRX"
    """Must be the original order's, or the broker does not find it."""

    def body(self) -> dict[str, str]:
        """Return the body: every key present, every value a text."""
        return {
            "CANO": self.account_no,
            "ACNT_PRDT_CD": self.product_code,
            "KRX_FWDG_ORD_ORGNO": self.branch_no,
            "ORGN_ODNO": padded(self.original_order_no),
            "ORD_DVSN": self.order_type,
            "RVSE_CNCL_DVSN_CD": CANCEL if self.cancel else AMEND,
            "ORD_QTY": str(self.quantity),
            "ORD_UNPR": str(self.price),
            "QTY_ALL_ORD_YN": "Y" if self.all_remaining else "N",
            "EXCG_ID_DVSN_CD": self.venue,
            "CNDT_PRIC": "",
        }


def order_of(request: OrderRequest, credentials: Credentials) -> OrderCash:
    """Return the wire's form of an order."""
    market = request.order_type is OrderType.MARKET
    return OrderCash(
        account_no=credentials.account_no,
        product_code=credentials.product_code,
        symbol=request.symbol,
        side=request.side,
        order_type=MARKET if market else LIMIT,
        quantity=request.quantity,
        price=0 if market else request.limit_price,
        venue=request.venue,
        sell_type=NORMAL_SELL if request.side is Side.SELL else "",
    )


def cancel_of(request: CancelRequest, credentials: Credentials) -> OrderRevise:
    """Return the wire's form of a cancel of everything that remains."""
    return OrderRevise(
        account_no=credentials.account_no,
        product_code=credentials.product_code,
        branch_no=request.branch_no,
        original_order_no=request.order_no,
        cancel=True,
        venue=request.venue,
    )


def parse_order(body: Mapping[str, object], side: Side, *, older: bool = False) -> OrderCash:
    """Read an order body as the broker's gateway does.

    Args:
        body: The decoded JSON object.
        side: Told by the TR id, not by the body.
        older: The TR id is of the generation before, which lets optional keys be absent.

    Raises:
        MalformedBody: A key is missing, unknown, not a text, or not a whole number.
    """
    texts = _texts(body, _ORDER_NEEDED if older or side is Side.BUY else _ORDER_KEYS - {"EXCG_ID_DVSN_CD"}, _ORDER_KEYS)
    return OrderCash(
        *_account(texts),
        symbol=texts["PDNO"],
        side=side,
        order_type=texts["ORD_DVSN"],
        quantity=_whole(texts, "ORD_QTY"),
        price=_whole(texts, "ORD_UNPR"),
        venue=_venue(texts),
        sell_type=texts.get("SLL_TYPE", ""),
        condition_price=_whole(texts, "CNDT_PRIC") if texts.get("CNDT_PRIC") else 0,
    )


def parse_revise(body: Mapping[str, object]) -> OrderRevise:
    """Read an amend or cancel body as the broker's gateway does.

    Raises:
        MalformedBody: A key is missing, unknown, not a text, or not a whole number.
    """
    texts = _texts(body, _REVISE_NEEDED, _REVISE_KEYS)
    kind, every = texts["RVSE_CNCL_DVSN_CD"], texts["QTY_ALL_ORD_YN"]
    if kind not in (AMEND, CANCEL) or every not in ("Y", "N"):
        raise MalformedBody("neither amend nor cancel")
    return OrderRevise(
        *_account(texts),
        branch_no=texts["KRX_FWDG_ORD_ORGNO"],
        original_order_no=unpadded(texts["ORGN_ODNO"]),
        cancel=kind == CANCEL,
        order_type=texts["ORD_DVSN"],
        quantity=_whole(texts, "ORD_QTY"),
        price=_whole(texts, "ORD_UNPR"),
        all_remaining=every == "Y",
        venue=_venue(texts),
    )


def order_output(branch_no: str, order_no: str, ordered_at: str) -> dict[str, str]:
    """Return the ``output`` of an accepted order, amend or cancel; ``ordered_at`` is HHMMSS."""
    return {"KRX_FWDG_ORD_ORGNO": branch_no, "ODNO": padded(order_no), "ORD_TMD": ordered_at, "SOR_ODNO": ""}


def padded(order_no: str) -> str:
    """Return an order number in its wire width."""
    return order_no.zfill(ORDER_NO_WIDTH) if order_no else ""


def unpadded(order_no: str) -> str:
    """Return an order number without leading zeros; paper trading leaves them out itself."""
    return order_no.strip().lstrip("0")


def _texts(body: Mapping[str, object], needed: frozenset[str], known: frozenset[str]) -> dict[str, str]:
    missing, unknown = needed - body.keys(), body.keys() - known
    if missing or unknown:
        raise MalformedBody(f"missing {sorted(missing)}, unknown {sorted(unknown)}")
    texts: dict[str, str] = {}
    for key, value in body.items():
        if not isinstance(value, str):
            raise MalformedBody(f"{key} is not a text")
        texts[key] = value
    return texts


def _account(texts: Mapping[str, str]) -> tuple[str, str]:
    account_no, product_code = texts["CANO"], texts["ACNT_PRDT_CD"]
    if len(account_no) != ACCOUNT_WIDTH or len(product_code) != PRODUCT_WIDTH:
        raise MalformedBody("CANO or ACNT_PRDT_CD has the wrong length")
    return account_no, product_code


def _venue(texts: Mapping[str, str]) -> str:
    venue = texts.get("EXCG_ID_DVSN_CD") or "KRX"
    if venue not in VENUES:
        raise MalformedBody("EXCG_ID_DVSN_CD is no venue")
    return venue


def _whole(texts: Mapping[str, str], key: str) -> int:
    text = texts[key]
    if not text.isascii() or not text.isdigit():
        raise MalformedBody(f"{key} is not a whole number")
    return int(text)
