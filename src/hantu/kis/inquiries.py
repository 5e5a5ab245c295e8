"""Account reads: holdings, today's orders, what can be sold or canceled."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from hantu.domain.account import Balance, BrokerOrder, Holding, Side
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity, Won
from hantu.kis.environment import Credentials
from hantu.kis.orders import padded, unpadded
from hantu.kis.rest import MalformedAnswer, Row, optional, rounded, whole

SELL_CODE: Final = "01"
BUY_CODE: Final = "02"
_SIDES: Final = {SELL_CODE: Side.SELL, BUY_CODE: Side.BUY}
SIDE_CODES: Final[Mapping[Side, str]] = {Side.SELL: SELL_CODE, Side.BUY: BUY_CODE}
FIRST_PAGE: Final = {"CTX_AREA_FK100": "", "CTX_AREA_NK100": ""}
ALL_VENUES: Final = "ALL"
_ZERO_COLUMNS: Final = (
    "cma_evlu_amt",
    "bfdy_buy_amt",
    "thdt_buy_amt",
    "nxdy_auto_rdpt_amt",
    "bfdy_sll_amt",
    "thdt_sll_amt",
    "d2_auto_rdpt_amt",
    "bfdy_tlex_amt",
    "thdt_tlex_amt",
    "tot_loan_amt",
    "tot_stln_slng_chgs",
    "asst_icdc_amt",
)
"""Columns of the summary that clients read and hantu's exchange leaves at zero."""


def balance_query(credentials: Credentials) -> dict[str, str]:
    """Return the query of the holdings (주식잔고조회), first page."""
    return {
        **_account(credentials),
        "AFHR_FLPR_YN": "N",
        "OFL_YN": "",
        "INQR_DVSN": "02",
        "UNPR_DVSN": "01",
        "FUND_STTL_ICLD_YN": "N",
        "FNCG_AMT_AUTO_RDPT_YN": "N",
        "PRCS_DVSN": "00",
        **FIRST_PAGE,
    }


def decode_balance(rows: Iterable[Row], summary: Row) -> Balance:
    """Return the balance of every page's rows and the last page's summary.

    Lots of one issue (bought on several days, or on credit) are added up. Issues
    sold out today stay in the answer with nothing held and are left out.

    Raises:
        MalformedAnswer: A number is missing or is none.
    """
    holdings: dict[str, Holding] = {}
    for row in rows:
        lot = _holding(row)
        known = holdings.get(lot.symbol)
        holdings[lot.symbol] = _added(known, lot) if known else lot
    return Balance(
        holdings=tuple(holding for holding in holdings.values() if holding.quantity > 0),
        cash=Won(whole(summary, "prvs_rcdl_excc_amt")),
        equity=Won(whole(summary, "tot_evlu_amt")),
    )


def balance_row(holding: Holding) -> dict[str, str]:
    """Return one wire row of a holding, with the columns clients read."""
    value = holding.quantity * holding.price
    gain = value - holding.cost
    return {
        "pdno": holding.symbol,
        "prdt_name": holding.name,
        "trad_dvsn_name": "현금",
        "bfdy_buy_qty": "0",
        "bfdy_sll_qty": "0",
        "thdt_buyqty": "0",
        "thdt_sll_qty": "0",
        "hldg_qty": str(holding.quantity),
        "ord_psbl_qty": str(holding.sellable),
        "pchs_avg_pric": _average_text(holding.cost, holding.quantity),
        "pchs_amt": str(holding.cost),
        "prpr": str(holding.price),
        "evlu_amt": str(value),
        "evlu_pfls_amt": str(gain),
        "evlu_pfls_rt": f"{gain * 100 / holding.cost:.2f}" if holding.cost else "0.00",
        "evlu_erng_rt": f"{gain * 100 / holding.cost:.8f}" if holding.cost else "0.00000000",
        "loan_dt": "",
        "loan_amt": "0",
        "stln_slng_chgs": "0",
        "expd_dt": "",
        "fltt_rt": "0.00000000",
        "bfdy_cprs_icdc": "0",
        "item_mgna_rt_name": "20%",
        "grta_rt_name": "",
        "sbst_pric": "0",
        "stck_loan_unpr": "0.0000",
    }


def balance_summary(cash: int, holdings: Sequence[Holding]) -> dict[str, str]:
    """Return the wire summary (one element of ``output2``) of cash and holdings, won."""
    value = sum(holding.quantity * holding.price for holding in holdings)
    cost = sum(holding.cost for holding in holdings)
    return {
        "dnca_tot_amt": str(cash),
        "nxdy_excc_amt": str(cash),
        "prvs_rcdl_excc_amt": str(cash),
        **dict.fromkeys(_ZERO_COLUMNS, "0"),
        "scts_evlu_amt": str(value),
        "tot_evlu_amt": str(cash + value),
        "nass_amt": str(cash + value),
        "fncg_gld_auto_rdpt_yn": "",
        "pchs_amt_smtl_amt": str(cost),
        "evlu_amt_smtl_amt": str(value),
        "evlu_pfls_smtl_amt": str(value - cost),
        "bfdy_tot_asst_evlu_amt": str(cash + value),
        "asst_icdc_erng_rt": "0.00000000",
    }


def orders_query(
    credentials: Credentials,
    day: date,
    *,
    paper_rules: bool = False,
    order_no: str = "",
    symbol: str = "",
) -> dict[str, str]:
    """Return the query of one day's orders (주식일별주문체결조회), oldest first, all venues."""
    text = f"{day:%Y%m%d}"
    return {
        **_account(credentials),
        "INQR_STRT_DT": text,
        "INQR_END_DT": text,
        "SLL_BUY_DVSN_CD": "00",
        "PDNO": symbol,
        "ORD_GNO_BRNO": "",
        "ODNO": padded(order_no),
        "CCLD_DVSN": "00",
        "INQR_DVSN": "01",
        "INQR_DVSN_1": "",
        "INQR_DVSN_3": "00",
        # Paper trading knows one venue only.
        "EXCG_ID_DVSN_CD": "KRX" if paper_rules else ALL_VENUES,
        **FIRST_PAGE,
    }


def decode_orders(rows: Iterable[Row]) -> tuple[BrokerOrder, ...]:
    """Return the day's orders.

    Raises:
        MalformedAnswer: A row lacks its number, side or quantities.
    """
    return tuple(_order(row) for row in rows)


def order_row(order: BrokerOrder, day: date, *, name: str = "", order_type: str = "00") -> dict[str, str]:
    """Return one wire row of the day's orders, with the columns clients read."""
    side = "매도" if order.side is Side.SELL else "매수"
    return {
        "ord_dt": f"{day:%Y%m%d}",
        "ord_gno_brno": order.branch_no,
        "odno": padded(order.order_no),
        "orgn_odno": padded(order.original_order_no),
        "ord_dvsn_name": "지정가" if order_type == "00" else "시장가",
        "sll_buy_dvsn_cd": SIDE_CODES[order.side],
        "sll_buy_dvsn_cd_name": f"{side}취소" if order.is_cancel else f"현금{side}",
        "pdno": order.symbol,
        "prdt_name": name,
        "ord_qty": str(order.quantity),
        "ord_unpr": str(order.limit_price),
        "ord_tmd": order.ordered_at,
        "tot_ccld_qty": str(order.filled),
        "avg_prvs": str(order.average_fill_price),
        "cncl_yn": "Y" if order.is_cancel else "N",
        "tot_ccld_amt": str(order.filled * order.average_fill_price),
        "loan_dt": "",
        "ordr_empno": "OpnAPI",
        "ord_dvsn_cd": order_type,
        "cncl_cfrm_qty": str(order.canceled),
        "rmn_qty": str(order.remaining),
        "rjct_qty": str(order.rejected),
        "ccld_cndt_name": "없음",
        "inqr_ip_addr": "",
        "cpbc_ordp_ord_rcit_dvsn_cd": "",
        "cpbc_ordp_infm_mthd_dvsn_cd": "",
        "infm_tmd": "",
        "ctac_tlno": "",
        "prdt_type_cd": "300",
        "excg_dvsn_cd": "02",
        "cpbc_ordp_mtrl_dvsn_cd": "",
        "ord_orgno": order.branch_no,
        "rsvn_ord_end_dt": "",
        "excg_id_dvsn_cd": order.venue,
        "stpm_cndt_pric": "0",
        "stpm_efct_occr_dtmd": "",
    }


def cancellable_query(credentials: Credentials) -> dict[str, str]:
    """Return the query of orders that can still be amended or canceled (real only)."""
    return {
        **_account(credentials),
        "INQR_DVSN_1": "0",
        "INQR_DVSN_2": "0",
        **FIRST_PAGE,
    }


def decode_cancellable(rows: Iterable[Row]) -> dict[str, Quantity]:
    """Return order number → shares that can still be canceled.

    Raises:
        MalformedAnswer: A row lacks its number or quantity.
    """
    return {_number(row, "odno"): Quantity(whole(row, "psbl_qty")) for row in rows}


def sellable_query(credentials: Credentials, symbol: Symbol) -> dict[str, str]:
    """Return the query of the sellable quantity of one issue (real only)."""
    return {**_account(credentials), "PDNO": symbol}


def decode_sellable(row: Row) -> Quantity:
    """Return the shares that can be sold now.

    Raises:
        MalformedAnswer: The number is missing.
    """
    return Quantity(whole(row, "ord_psbl_qty"))


def _account(credentials: Credentials) -> dict[str, str]:
    return {"CANO": credentials.account_no, "ACNT_PRDT_CD": credentials.product_code}


def _holding(row: Row) -> Holding:
    return Holding(
        symbol=Symbol(_text(row, "pdno")),
        name=row.get("prdt_name", "").strip(),
        quantity=Quantity(whole(row, "hldg_qty")),
        sellable=Quantity(whole(row, "ord_psbl_qty")),
        average_price=Price(rounded(row, "pchs_avg_pric")),
        cost=Won(whole(row, "pchs_amt")),
        price=Price(whole(row, "prpr")),
    )


def _added(known: Holding, lot: Holding) -> Holding:
    quantity = known.quantity + lot.quantity
    cost = known.cost + lot.cost
    return Holding(
        symbol=known.symbol,
        name=known.name,
        quantity=Quantity(quantity),
        sellable=Quantity(known.sellable + lot.sellable),
        average_price=Price((cost * 2 + quantity) // (quantity * 2)) if quantity else known.average_price,
        cost=Won(cost),
        price=known.price,
    )


def _order(row: Row) -> BrokerOrder:
    side = _SIDES.get(row.get("sll_buy_dvsn_cd", ""))
    if side is None:
        raise MalformedAnswer("sll_buy_dvsn_cd is no side")
    return BrokerOrder(
        order_no=_number(row, "odno"),
        original_order_no=unpadded(row.get("orgn_odno", "")),
        branch_no=row.get("ord_gno_brno", "").strip(),
        symbol=Symbol(_text(row, "pdno")),
        side=side,
        quantity=Quantity(whole(row, "ord_qty")),
        limit_price=Price(whole(row, "ord_unpr")),
        filled=Quantity(whole(row, "tot_ccld_qty")),
        average_fill_price=Price(rounded(row, "avg_prvs") if row.get("avg_prvs", "").strip() else 0),
        remaining=Quantity(whole(row, "rmn_qty")),
        canceled=Quantity(optional(row, "cncl_cfrm_qty")),
        rejected=Quantity(optional(row, "rjct_qty")),
        ordered_at=row.get("ord_tmd", "").strip(),
        is_cancel=row.get("cncl_yn", "") == "Y",
        venue=row.get("excg_id_dvsn_cd", "").strip() or "KRX",
    )


def _number(row: Row, name: str) -> str:
    number = unpadded(_text(row, name))
    if not number.isascii() or not number.isdigit():
        raise MalformedAnswer(f"{name} is no order number")
    return number


def _text(row: Row, name: str) -> str:
    text = row.get(name, "").strip()
    if not text:
        raise MalformedAnswer(f"{name} is empty")
    return text


def _average_text(cost: int, quantity: int) -> str:
    if not quantity:
        return "0.0000"
    scaled = (cost * 10_000 * 2 + quantity) // (quantity * 2)
    return f"{scaled // 10_000}.{scaled % 10_000:04d}"
