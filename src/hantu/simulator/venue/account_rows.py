"""Rows of the account inquiries, with the wire's field names."""

from hantu.domain.account import Side
from hantu.simulator.venue.day_record import korean_clock, korean_day
from hantu.simulator.venue.ledger import LedgerAccount, Position, locked
from hantu.simulator.venue.listing import Listing
from hantu.simulator.venue.orders import OrderRecord

_TYPE_NAMES = {"00": "지정가", "01": "시장가", "02": "조건부지정가", "03": "최유리지정가", "04": "최우선지정가"}
_VENUE_CODES = {"KRX": "02", "NXT": "11", "SOR": "12"}


def rate(part: int, whole: int) -> str:
    """Return percent with the eight decimals account inquiries use."""
    return f"{part / whole * 100:.8f}" if whole else "0.00000000"


def holding_row(position: Position, listing: Listing, sellable: int) -> dict[str, str]:
    """Return one row of inquire-balance output1."""
    price = listing.record.price
    value = price * position.quantity
    return {
        "pdno": position.symbol,
        "prdt_name": listing.spec.name,
        "trad_dvsn_name": "현금",
        "bfdy_buy_qty": "0",
        "bfdy_sll_qty": "0",
        "thdt_buyqty": str(position.bought),
        "thdt_sll_qty": str(position.sold),
        "hldg_qty": str(position.quantity),
        "ord_psbl_qty": str(sellable),
        "pchs_avg_pric": f"{position.average_price:.4f}",
        "pchs_amt": str(position.cost),
        "prpr": str(price),
        "evlu_amt": str(value),
        "evlu_pfls_amt": str(value - position.cost),
        "evlu_pfls_rt": f"{(value - position.cost) / position.cost * 100:.2f}" if position.cost else "0.00",
        "evlu_erng_rt": rate(value - position.cost, position.cost),
        "loan_dt": "",
        "loan_amt": "0",
        "stln_slng_chgs": "0",
        "expd_dt": "",
        "fltt_rt": f"{(price - listing.record.base) / listing.record.base * 100:.8f}",
        "bfdy_cprs_icdc": str(price - listing.record.base),
        "item_mgna_rt_name": "20%",
        "grta_rt_name": "",
        "sbst_pric": str(price * 7 // 10),
        "stck_loan_unpr": "0.0000",
    }


def totals_row(account: LedgerAccount, value: int, previous_assets: int) -> dict[str, str]:
    """Return inquire-balance output2: cash today, after D+1 and D+2, and the whole worth."""
    cost = sum(position.cost for position in account.positions.values())
    total = account.cash + value
    return {
        "dnca_tot_amt": str(account.deposit),
        "nxdy_excc_amt": str(account.deposit + account.unsettled[0]),
        "prvs_rcdl_excc_amt": str(account.cash),
        "cma_evlu_amt": "0",
        "bfdy_buy_amt": "0",
        "thdt_buy_amt": str(account.bought_amount),
        "nxdy_auto_rdpt_amt": "0",
        "bfdy_sll_amt": "0",
        "thdt_sll_amt": str(account.sold_amount),
        "d2_auto_rdpt_amt": "0",
        "bfdy_tlex_amt": "0",
        "thdt_tlex_amt": str(account.commission + account.tax),
        "tot_loan_amt": "0",
        "scts_evlu_amt": str(value),
        "tot_evlu_amt": str(total),
        "nass_amt": str(total),
        "fncg_gld_auto_rdpt_yn": "",
        "pchs_amt_smtl_amt": str(cost),
        "evlu_amt_smtl_amt": str(value),
        "evlu_pfls_smtl_amt": str(value - cost),
        "tot_stln_slng_chgs": "0",
        "bfdy_tot_asst_evlu_amt": str(previous_assets),
        "asst_icdc_amt": str(total - previous_assets),
        "asst_icdc_erng_rt": rate(total - previous_assets, previous_assets),
    }


def _side_name(record: OrderRecord) -> str:
    side = "매도" if record.side is Side.SELL else "매수"
    if record.rejected:
        return f"{side}거부"
    return {"new": f"현금{side}", "amend": f"{side}정정*", "cancel": f"{side}취소*"}[record.kind]


def order_row(record: OrderRecord, name: str, branch: str) -> dict[str, str]:
    """Return one row of inquire-daily-ccld output1."""
    return {
        "ord_dt": korean_day(record.received),
        "ord_gno_brno": branch,
        "odno": record.wire_number,
        "orgn_odno": f"{record.original:010d}" if record.original else "",
        "ord_dvsn_name": _TYPE_NAMES.get(record.order_type, "기타"),
        "sll_buy_dvsn_cd": "01" if record.side is Side.SELL else "02",
        "sll_buy_dvsn_cd_name": _side_name(record),
        "pdno": record.symbol,
        "prdt_name": name,
        "ord_qty": str(record.quantity),
        "ord_unpr": str(record.price),
        "ord_tmd": korean_clock(record.received),
        "tot_ccld_qty": str(record.filled),
        "avg_prvs": str(record.average_price),
        "cncl_yn": "Y" if record.kind == "cancel" else "N",
        "tot_ccld_amt": str(record.amount),
        "loan_dt": "",
        "ordr_empno": "OpnAPI",
        "ord_dvsn_cd": record.order_type,
        "cncl_cfrm_qty": str(record.canceled),
        "rmn_qty": str(record.remaining),
        "rjct_qty": str(record.rejected),
        "ccld_cndt_name": "없음",
        "inqr_ip_addr": "127.0.0.1",
        "cpbc_ordp_ord_rcit_dvsn_cd": "",
        "cpbc_ordp_infm_mthd_dvsn_cd": "",
        "infm_tmd": "",
        "ctac_tlno": "",
        "prdt_type_cd": "300",
        "excg_dvsn_cd": _VENUE_CODES.get(record.venue, "02"),
        "cpbc_ordp_mtrl_dvsn_cd": "",
        "ord_orgno": "00000",
        "rsvn_ord_end_dt": "",
        "excg_id_dvsn_cd": record.venue,
        "stpm_cndt_pric": "0",
        "stpm_efct_occr_dtmd": "",
    }


def cancellable_row(record: OrderRecord, name: str, branch: str) -> dict[str, str]:
    """Return one row of inquire-psbl-rvsecncl."""
    return {
        "ord_gno_brno": branch,
        "odno": record.wire_number,
        "orgn_odno": f"{record.original:010d}" if record.original else "",
        "ord_dvsn_name": _TYPE_NAMES.get(record.order_type, "기타"),
        "pdno": record.symbol,
        "prdt_name": name,
        "rvse_cncl_dvsn_name": "정정*" if record.kind == "amend" else "",
        "ord_qty": str(record.quantity),
        "ord_unpr": str(record.price),
        "ord_tmd": korean_clock(record.received),
        "tot_ccld_qty": str(record.filled),
        "tot_ccld_amt": str(record.amount),
        "psbl_qty": str(record.remaining),
        "sll_buy_dvsn_cd": "01" if record.side is Side.SELL else "02",
        "ord_dvsn_cd": record.order_type,
        "mgco_aptm_odno": "",
        "excg_dvsn_cd": _VENUE_CODES.get(record.venue, "02"),
        "excg_id_dvsn_cd": record.venue,
        "excg_id_dvsn_name": record.venue,
        "stpm_cndt_pric": "0",
        "stpm_efct_occr_yn": "N",
    }


def sellable_row(account: LedgerAccount, listing: Listing, working: list[OrderRecord]) -> dict[str, str]:
    """Return the object of inquire-psbl-sell."""
    symbol = listing.spec.symbol
    position = account.positions.get(symbol) or Position(symbol, 0, 0)
    row = holding_row(position, listing, position.quantity - locked(working, symbol))
    return {
        "pdno": symbol,
        "prdt_name": row["prdt_name"],
        "buy_qty": row["thdt_buyqty"],
        "sll_qty": row["thdt_sll_qty"],
        "cblc_qty": row["hldg_qty"],
        "nsvg_qty": "0",
        "ord_psbl_qty": row["ord_psbl_qty"],
        "pchs_avg_pric": row["pchs_avg_pric"],
        "pchs_amt": row["pchs_amt"],
        "now_pric": row["prpr"],
        "evlu_amt": row["evlu_amt"],
        "evlu_pfls_amt": row["evlu_pfls_amt"],
        "evlu_pfls_rt": row["evlu_pfls_rt"],
    }


def buyable_row(cash: int, price: int, shares: int) -> dict[str, str]:
    """Return the object of inquire-psbl-order; there is no credit, so both maxima are the cash's."""
    return {
        "ord_psbl_cash": str(cash),
        "ord_psbl_sbst": "0",
        "ruse_psbl_amt": "0",
        "fund_rpch_chgs": "0",
        "psbl_qty_calc_unpr": str(price),
        "nrcvb_buy_amt": str(cash),
        "nrcvb_buy_qty": str(shares),
        "max_buy_amt": str(cash),
        "max_buy_qty": str(shares),
        "cma_evlu_amt": "0",
        "ovrs_re_use_amt_wcrc": "0",
        "ord_psbl_frcr_amt_wcrc": "0",
    }
