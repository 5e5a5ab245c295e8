"""Frames the tests of the stream are made of."""

from hantu.kis.frames import render_data
from hantu.kis.layouts import Generation
from hantu.kis.messages import TradeRecord, encode

AGE_46 = Generation(46, 62, "full")


def trade_record(symbol="005930", price=64_500, **changes):
    values = {
        "symbol": symbol,
        "hour": "101500",
        "price": price,
        "high": price + 500,
        "low": price - 500,
        "ask": price + 100,
        "bid": price,
        "quantity": 10,
        "volume": 1_000,
        "date": "20261123",
        "market_class": "2",
    }
    return TradeRecord(**{**values, **changes})


def trade_frame(*records, generation="2026-09", tr_id="H0STCNT0"):
    return render_data(tr_id, [encode(tr_id, record.columns(), generation) for record in records])
