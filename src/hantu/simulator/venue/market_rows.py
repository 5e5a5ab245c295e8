"""Rows of the quotation inquiries, with the wire's field names."""

from hantu.domain.account import Side
from hantu.domain.instrument import Market
from hantu.domain.price_step import price_step
from hantu.simulator.venue.bars import DayBar
from hantu.simulator.venue.day_record import Bar
from hantu.simulator.venue.listing import Listing, Mode
from hantu.simulator.venue.stream_rows import book_columns, percent, sign

_MARKET_NAMES = {Market.KOSPI: "KOSPI", Market.KOSDAQ: "KOSDAQ", Market.ETF: "ETF"}


def _change(listing: Listing) -> dict[str, str]:
    record, ladder = listing.record, listing.ladder
    return {
        "prdy_vrss": str(record.price - record.base),
        "prdy_vrss_sign": sign(record.price, record.base, ladder.lower, ladder.upper),
        "prdy_ctrt": percent(record.price - record.base, record.base),
    }


def price_row(listing: Listing, *, halted: bool) -> dict[str, str]:
    """Return the object of inquire-price, without the fundamental figures nobody trades on."""
    record, spec, day = listing.record, listing.spec, listing.record.bar()
    return {
        "iscd_stat_cls_code": "58" if halted else "55",
        "marg_rate": "20.00",
        "rprs_mrkt_kor_name": _MARKET_NAMES[spec.market],
        "bstp_kor_isnm": "",
        "temp_stop_yn": "Y" if halted else "N",
        "oprc_rang_cont_yn": "N",
        "clpr_rang_cont_yn": "N",
        "crdt_able_yn": "Y",
        "elw_pblc_yn": "N",
        "stck_prpr": str(record.price),
        **_change(listing),
        "acml_tr_pbmn": str(record.value),
        "acml_vol": str(record.volume),
        "prdy_vrss_vol_rate": percent(record.volume, spec.previous_volume),
        "stck_oprc": str(day.open),
        "stck_hgpr": str(day.high),
        "stck_lwpr": str(day.low),
        "stck_mxpr": str(listing.ladder.upper),
        "stck_llam": str(listing.ladder.lower),
        "stck_sdpr": str(record.base),
        "wghn_avrg_stck_prc": f"{record.value / record.volume:.2f}" if record.volume else f"{record.price}.00",
        "hts_frgn_ehrt": "0.00",
        "aspr_unit": str(price_step(record.price, spec.market)),
        "hts_deal_qty_unit_val": "1",
        "lstn_stcn": str(spec.listed_shares),
        "hts_avls": str(record.price * spec.listed_shares // 100_000_000),
        "per": "0.00",
        "pbr": "0.00",
        "eps": "0.00",
        "bps": "0.00",
        "vol_tnrt": percent(record.volume, spec.listed_shares),
        "stck_shrn_iscd": spec.symbol,
        "invt_caful_yn": "N",
        "mrkt_warn_cls_code": "00",
        "short_over_yn": "N",
        "sltr_yn": "N",
        "mang_issu_cls_code": "N",
        "vi_cls_code": "Y" if listing.vi_until else "N",
        "ovtm_vi_cls_code": "N",
        "ssts_yn": "Y",
    }


def price2_row(listing: Listing, *, halted: bool) -> dict[str, str]:
    """Return the object of inquire-price-2."""
    row = price_row(listing, halted=halted)
    kept = ("stck_prpr", "prdy_vrss", "prdy_vrss_sign", "prdy_ctrt", "acml_vol", "acml_tr_pbmn")
    more = ("stck_oprc", "stck_hgpr", "stck_lwpr", "stck_mxpr", "stck_llam", "stck_sdpr", "vi_cls_code")
    return {
        "rprs_mrkt_kor_name": row["rprs_mrkt_kor_name"],
        "hts_kor_isnm": listing.spec.name,
        **{name: row[name] for name in kept + more},
        "stck_prdy_clpr": row["stck_sdpr"],
        "trht_yn": row["temp_stop_yn"],
        "vlnt_fin_cls_code": "N",
        "mxpr_llam_cls_code": {"1": "1", "4": "4"}.get(row["prdy_vrss_sign"], "0"),
        "ovtm_vi_cls_code": "N",
        "mrkt_warn_cls_code": "00",
    }


def asking_rows(listing: Listing, hhmmss: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return output1 and output2 of inquire-asking-price-exp-ccn."""
    shown = (listing.shown.asks, listing.shown.bids)
    columns = book_columns(listing, hhmmss)
    # An inquiry must not move what the next stream message counts from.
    listing.shown.asks, listing.shown.bids = shown
    names = [f"{kind}{place}" for kind in ("ASKP", "BIDP", "ASKP_RSQN", "BIDP_RSQN") for place in range(1, 11)]
    names += ["TOTAL_ASKP_RSQN", "TOTAL_BIDP_RSQN", "OVTM_TOTAL_ASKP_RSQN", "OVTM_TOTAL_BIDP_RSQN"]
    first = {"aspr_acpt_hour": hhmmss} | {name.lower(): columns[name] for name in names}
    first |= {f"{kind}_rsqn_icdc{place}": "0" for kind in ("askp", "bidp") for place in range(1, 11)}
    first |= {
        "total_askp_rsqn_icdc": columns["TOTAL_ASKP_RSQN_ICDC"],
        "total_bidp_rsqn_icdc": columns["TOTAL_BIDP_RSQN_ICDC"],
        "ovtm_total_askp_icdc": "0",
        "ovtm_total_bidp_icdc": "0",
        "ntby_aspr_rsqn": str(int(columns["TOTAL_BIDP_RSQN"]) - int(columns["TOTAL_ASKP_RSQN"])),
        "new_mkop_cls_code": {Mode.CONTINUOUS: "20", Mode.AUCTION: "40", Mode.CLOSED: "31"}[listing.mode],
    }
    day = listing.record.bar()
    second = {
        "antc_mkop_cls_code": "311" if listing.mode is Mode.AUCTION else "112",
        "stck_prpr": str(listing.record.price),
        "stck_oprc": str(day.open),
        "stck_hgpr": str(day.high),
        "stck_lwpr": str(day.low),
        "stck_sdpr": str(listing.record.base),
        "antc_cnpr": columns["ANTC_CNPR"],
        "antc_cntg_vrss_sign": columns["ANTC_CNTG_VRSS_SIGN"],
        "antc_cntg_vrss": columns["ANTC_CNTG_VRSS"],
        "antc_cntg_prdy_ctrt": columns["ANTC_CNTG_PRDY_CTRT"],
        "antc_vol": columns["ANTC_CNQN"],
        "stck_shrn_iscd": listing.spec.symbol,
        "vi_cls_code": "Y" if listing.vi_until else "N",
    }
    return first, second


def multi_row(listing: Listing) -> dict[str, str]:
    """Return one row of intstock-multprice."""
    record, book, day, spec = listing.record, listing.book, listing.record.bar(), listing.spec
    ask, bid = book.best(Side.SELL), book.best(Side.BUY)
    change = _change(listing)
    return {
        "kospi_kosdaq_cls_name": _MARKET_NAMES[spec.market],
        "mrkt_trtm_cls_name": "",
        "hour_cls_code": listing.hour_class,
        "inter_shrn_iscd": spec.symbol,
        "inter_kor_isnm": spec.name,
        "inter2_prpr": str(record.price),
        "inter2_prdy_vrss": change["prdy_vrss"],
        "prdy_vrss_sign": change["prdy_vrss_sign"],
        "prdy_ctrt": change["prdy_ctrt"],
        "acml_vol": str(record.volume),
        "inter2_oprc": str(day.open),
        "inter2_hgpr": str(day.high),
        "inter2_lwpr": str(day.low),
        "inter2_llam": str(listing.ladder.lower),
        "inter2_mxpr": str(listing.ladder.upper),
        "inter2_askp": str(ask),
        "inter2_bidp": str(bid),
        "seln_rsqn": str(book.at(Side.SELL, ask)),
        "shnu_rsqn": str(book.at(Side.BUY, bid)),
        "total_askp_rsqn": str(book.total(Side.SELL)),
        "total_bidp_rsqn": str(book.total(Side.BUY)),
        "acml_tr_pbmn": str(record.value),
        "inter2_prdy_clpr": str(record.base),
        "oprc_vrss_hgpr_rate": percent(day.high - day.open, day.open),
        "intr_antc_cntg_vrss": "0",
        "intr_antc_cntg_vrss_sign": "3",
        "intr_antc_cntg_prdy_ctrt": "0.00",
        "intr_antc_vol": "0",
        "inter2_sdpr": str(record.base),
    }


def last_trade_rows(listing: Listing) -> list[dict[str, str]]:
    """Return the rows of inquire-ccnl, newest first."""
    record, ladder = listing.record, listing.ladder
    return [
        {
            "stck_cntg_hour": trade.hhmmss,
            "stck_prpr": str(trade.price),
            "prdy_vrss": str(trade.price - record.base),
            "prdy_vrss_sign": sign(trade.price, record.base, ladder.lower, ladder.upper),
            "cntg_vol": str(trade.quantity),
            "tday_rltv": trade.strength,
            "prdy_ctrt": percent(trade.price - record.base, record.base),
        }
        for trade in reversed(record.trades)
    ]


def day_bar_row(one: DayBar) -> dict[str, str]:
    """Return one day of inquire-daily-itemchartprice output2."""
    bar = one.bar
    return {
        "stck_bsop_date": one.day.strftime("%Y%m%d"),
        "stck_clpr": str(bar.close),
        "stck_oprc": str(bar.open),
        "stck_hgpr": str(bar.high),
        "stck_lwpr": str(bar.low),
        "acml_vol": str(bar.volume),
        "acml_tr_pbmn": str(bar.value),
        "flng_cls_code": "00",
        "prtt_rate": "0.00",
        "mod_yn": "N",
        "prdy_vrss_sign": sign(bar.close, one.previous_close),
        "prdy_vrss": str(bar.close - one.previous_close),
        "prdy_ctrt": percent(bar.close - one.previous_close, one.previous_close),
        "revl_issu_reas": "",
    }


def chart_head(listing: Listing) -> dict[str, str]:
    """Return output1 of the chart inquiries."""
    record, day = listing.record, listing.record.bar()
    return {
        **_change(listing),
        "stck_prdy_clpr": str(record.base),
        "acml_vol": str(record.volume),
        "acml_tr_pbmn": str(record.value),
        "hts_kor_isnm": listing.spec.name,
        "stck_prpr": str(record.price),
        "stck_shrn_iscd": listing.spec.symbol,
        "prdy_vol": str(listing.spec.previous_volume),
        "stck_mxpr": str(listing.ladder.upper),
        "stck_llam": str(listing.ladder.lower),
        "stck_oprc": str(day.open),
        "stck_hgpr": str(day.high),
        "stck_lwpr": str(day.low),
        "askp": str(listing.book.best(Side.SELL)),
        "bidp": str(listing.book.best(Side.BUY)),
    }


def minute_row(day: str, minute: str, bar: Bar) -> dict[str, str]:
    """Return one minute of inquire-time-itemchartprice output2."""
    return {
        "stck_bsop_date": day,
        "stck_cntg_hour": f"{minute}00",
        "stck_prpr": str(bar.close),
        "stck_oprc": str(bar.open),
        "stck_hgpr": str(bar.high),
        "stck_lwpr": str(bar.low),
        "cntg_vol": str(bar.volume),
        "acml_tr_pbmn": str(bar.value),
    }


def vi_rows(listing: Listing, day: str) -> list[dict[str, str]]:
    """Return the volatility interruptions of one stock today."""
    return [
        {
            "hts_kor_isnm": listing.spec.name,
            "mksc_shrn_iscd": listing.spec.symbol,
            "vi_cls_code": "N" if one.ended else "Y",
            "bsop_date": day,
            "cntg_vi_hour": one.started,
            "vi_cncl_hour": one.ended or "000000",
            "vi_kind_code": "1",
            "vi_prc": str(one.price),
            "vi_stnd_prc": str(one.reference),
            "vi_dprt": percent(one.price - one.reference, one.reference),
            "vi_dmc_stnd_prc": "0",
            "vi_dmc_dprt": "0.00",
            "vi_count": str(count),
        }
        for count, one in enumerate(listing.interruptions, start=1)
    ]


def stock_row(listing: Listing, *, halted: bool) -> dict[str, str]:
    """Return the object of search-stock-info."""
    spec = listing.spec
    return {
        "pdno": f"00000A{spec.symbol}",
        "prdt_type_cd": "300",
        "prdt_name": spec.name,
        "prdt_abrv_name": spec.name,
        "mket_id_cd": "KSQ" if spec.market is Market.KOSDAQ else "STK",
        "scty_grp_id_cd": "EF" if spec.market is Market.ETF else "ST",
        "excg_dvsn_cd": "03" if spec.market is Market.KOSDAQ else "02",
        "lstg_stqt": str(spec.listed_shares),
        "tr_stop_yn": "Y" if halted else "N",
        "admn_item_yn": "N",
        "cptt_trad_tr_psbl_yn": "Y" if spec.nxt else "N",
        "nxt_tr_stop_yn": "Y" if halted else "N",
        "etf_dvsn_cd": "1" if spec.market is Market.ETF else "",
        "thdt_clpr": str(listing.record.price),
        "bfdy_clpr": str(listing.record.base),
    }
