"""Why the ledger refuses an order: the checks in their order, and the codes.

Codes and texts are those of the real host; a paper host answers with codes of
its own for the same reasons.
"""

from dataclasses import dataclass

from hantu.domain.account import Side
from hantu.domain.price_step import is_on_step
from hantu.simulator.model import NewOrder, Refused
from hantu.simulator.venue.listing import Listing, Mode
from hantu.simulator.venue.orders import AUCTION_TYPES, KNOWN_TYPES, LIMIT_TYPES, MARKET_TYPES

_REASONS: dict[str, tuple[str, str, str]] = {
    # code: (rt_cd, text of the real host, code of the paper host)
    "OPSQ2000": ("2", "ERROR : INPUT INVALID_CHECK_ACNO", ""),
    "APBK0656": ("7", "해당종목정보가 없습니다.", "40070000"),
    "APBK0963": ("7", "주문구분코드 오류 입니다.", ""),
    "APBK0986": ("1", "주문수량을 확인 하여 주십시요.", ""),
    "APBK0919": ("1", "장운영일자가 주문일과 상이합니다", "40100000"),
    "APBK0918": ("1", "장운영시간이 아닙니다.(주문불가)", "40580000"),
    "APBK0066": ("1", "거래정지종목(주식)은 취소주문만 가능(정정불가)합니다.", ""),
    "APBK3009": ("1", "SOR 시장에서 거래가 불가능한 종목입니다.", ""),
    "APBK3026": ("1", "종목정보가 없습니다", ""),
    "APBK1943": ("1", "시장가호가불가로 주문이 불가합니다.", ""),
    "APBK3013": ("1", "[단일가매매] 지정가 주문(신규/정정/취소) 및 최유리/최우선 취소 주문만 가능합니다", ""),
    "APBK0506": ("1", "주식주문호가단위 오류", "40030000"),
    "APBK0406": ("1", "주문가격이 상한가를 초과합니다", "40270000"),
    "APBK0400": ("1", "주문 가능한 수량을 초과했습니다.", "40240000"),
    "APBK0952": ("7", "주문가능금액을 초과 했습니다", "40310000"),
    "APBK0344": ("1", "원주문정보가 없습니다", ""),
    "APBK0927": ("7", "정정취소 가능수량이 없습니다.", "40330000"),
}
_PAPER_TEXTS = {
    "40070000": "모의투자 매매불가 종목입니다.",
    "40100000": "모의투자 영업일이 아닙니다.",
    "40580000": "모의투자 장종료 입니다.",
    "40030000": "모의투자 주문처리가 안되었습니다(호가단위 오류)",
    "40270000": "모의투자 상/하한가 오류",
    "40240000": "모의투자 잔고내역이 없습니다.",
    "40310000": "모의투자 주문가능금액이 부족합니다.",
    "40330000": "모의투자 정정/취소할 수량이 없습니다.",
}
VENUES = frozenset({"KRX", "NXT", "SOR"})


def refusal(code: str, *, paper: bool = False) -> Refused:
    """Return the refusal for a real-host code; unknown codes get a plain text."""
    rt_cd, text, paper_code = _REASONS.get(code, ("1", "주문이 거부되었습니다.", ""))
    if paper and paper_code:
        return Refused(paper_code, _PAPER_TEXTS[paper_code], "1")
    return Refused(code, text, rt_cd)


@dataclass(frozen=True, slots=True)
class Means:
    """What an account has to order with at this moment."""

    sellable: int
    cash: int
    """Not reserved by other orders, D+2 view, won."""
    cost: int
    """What this order would reserve, won."""


def entry_problem(listing: Listing | None, order_type: str, venue: str, *, trading_day: bool, halted: bool) -> str:
    """Return the code why the market takes no such order now; empty if it does."""
    if listing is None:
        return "APBK0656"
    elsewhere = venue != "KRX" and not listing.spec.nxt
    checks = (
        ("APBK0919", not trading_day),
        ("APBK0963", order_type not in KNOWN_TYPES or venue not in VENUES),
        ("APBK0918", listing.mode is Mode.CLOSED),
        ("APBK3009", elsewhere and venue == "SOR"),
        ("APBK3026", elsewhere and venue == "NXT"),
        ("APBK1943", venue == "NXT" and order_type in MARKET_TYPES),
        ("APBK0066", halted),
        ("APBK3013", listing.mode is Mode.AUCTION and order_type not in AUCTION_TYPES),
    )
    return next((code for code, applies in checks if applies), "")


def price_problem(listing: Listing, order_type: str, price: int) -> str:
    """Return the code why a price cannot be ordered at; empty if it can."""
    if order_type not in LIMIT_TYPES:
        return ""
    if price > listing.ladder.upper or 0 < price < listing.ladder.lower:
        return "APBK0406"
    return "" if is_on_step(price, listing.spec.market) else "APBK0506"


def means_problem(order: NewOrder, means: Means) -> str:
    """Return the code why the account cannot order so much; empty if it can."""
    if order.quantity <= 0:
        return "APBK0986"
    if order.side is Side.SELL:
        return "APBK0400" if order.quantity > means.sellable else ""
    return "APBK0952" if means.cost > means.cash else ""
