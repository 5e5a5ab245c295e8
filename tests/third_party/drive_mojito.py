"""Runs mojito2 0.1.6 against a local exchange and prints what it understood as one JSON object.

A program of its own: the client forks a process and writes its token into the
current folder. Only addresses are replaced; its code is as published.
"""

import json
import multiprocessing
import queue
import sys
import time

import mojito.koreainvestment as mojito
import websockets

KINDS = {"체결": "trade", "호가": "book", "체잔": "notice"}


class Redirect:
    """The address is a literal in the client; only it is replaced."""

    def __init__(self, url: str):
        self.url = url

    def connect(self, _uri: str, **options: object) -> object:
        return websockets.connect(self.url, **options)


def main(rest_url: str, ws_url: str) -> None:
    multiprocessing.set_start_method("fork", force=True)
    mojito.KoreaInvestment.set_base_url = lambda self, mock=True: setattr(self, "base_url", rest_url)
    mojito.websockets = Redirect(ws_url)
    broker = mojito.KoreaInvestment("K" * 36, "S" * 180, "12345678-01")
    stream = mojito.KoreaInvestmentWS("K" * 36, "S" * 180, ["H0STCNT0", "H0STASP0"], ["005930"], user_id="USER")
    stream.base_url = rest_url
    stream.start()
    values: dict[str, object] = {}
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline and len(values) < 4:
        if {"trade", "book"} <= values.keys() and "order" not in values:
            values["order"] = broker.create_market_sell_order("005930", 3)
        try:
            kind, record = stream.queue.get(timeout=0.2)
        except queue.Empty:
            continue
        values.setdefault(KINDS[kind], record)
    values["alive"] = stream.is_alive()
    values["price"] = broker.fetch_price("005930")["output"]["stck_prpr"]
    values["balance"] = broker.fetch_balance()
    stream.terminate()
    print(json.dumps(values, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
