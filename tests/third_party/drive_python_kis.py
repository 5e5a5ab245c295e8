"""Runs python-kis 2.1.6 against a local exchange and prints what it understood, one JSON object per line.

A program of its own: the client keeps threads and writes below the home folder.
Only addresses are replaced; its code is as published.
"""

import json
import os
import sys
import threading

import pykis
import pykis.client.websocket
import pykis.kis
from pykis import KisAuth, PyKis


def main(rest_url: str, ws_url: str) -> None:
    pykis.kis.REAL_DOMAIN = pykis.kis.VIRTUAL_DOMAIN = rest_url
    pykis.client.websocket.WEBSOCKET_REAL_DOMAIN = pykis.client.websocket.WEBSOCKET_VIRTUAL_DOMAIN = ws_url
    auth = KisAuth(id="USER", appkey="K" * 36, secretkey="S" * 180, account="12345678-01", virtual=False)
    kis = PyKis(auth, keep_token=False)
    seen = {name: threading.Event() for name in ("trade", "book", "notice")}
    values: dict[str, object] = {}

    def told(name: str, describe: object):
        def take(_sender: object, event: object) -> None:
            if not seen[name].is_set():
                values[name] = describe(event.response)
                seen[name].set()

        return take

    stock = kis.stock("005930")
    account = kis.account()
    tickets = [
        stock.on(
            "price", told("trade", lambda r: {"symbol": r.symbol, "price": int(r.price), "volume": int(r.volume)})
        ),
        stock.on("orderbook", told("book", lambda r: {"asks": len(r.asks), "best": int(r.ask_price.price)})),
        account.on("execution", told("notice", lambda r: {"symbol": r.symbol, "number": r.order_number.number})),
    ]
    assert seen["trade"].wait(5), "no trade"
    assert seen["book"].wait(5), "no book"
    order = stock.sell(qty=3)
    values["order"] = {"number": order.number, "branch": order.branch}
    assert seen["notice"].wait(5), "no notice"
    balance = account.balance("KR")  # without a country it also asks for the overseas balance
    values["balance"] = {each.symbol: int(each.qty) for each in balance.stocks}
    values["quote"] = {"name": stock.quote().name, "price": int(stock.quote().price)}
    values["subscriptions"] = len(kis.websocket.subscriptions)
    print(json.dumps(values, ensure_ascii=False), flush=True)
    for ticket in tickets:
        ticket.unsubscribe()
    # Its destructors race with its own thread after the connection is closed.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
