"""mojito2 0.1.6 as published: its own receive and order code; only addresses are replaced.

Its stream runs in a child process and hands records over by a queue; the order is
sent where its documents send it, after ``queue.get``.
"""

import json
import multiprocessing
import queue
import sys
import threading

import mojito.koreainvestment as mojito
import websockets

from bench import market

LEVEL = market.CALM * 97 // 100


class Redirect:
    """The address is a literal in the client; only it is replaced."""

    def __init__(self, url: str) -> None:
        self.url = url

    def connect(self, _uri: str, **options: object) -> object:
        """Connect to the stub."""
        return websockets.connect(self.url, **options)  # type: ignore[arg-type]


def main(rest_url: str, ws_url: str) -> None:
    """Connect, subscribe one stock, sell until the input ends."""
    multiprocessing.set_start_method("fork", force=True)
    mojito.KoreaInvestment.set_base_url = lambda self, mock=True: setattr(self, "base_url", rest_url)
    mojito.websockets = Redirect(ws_url)
    broker = mojito.KoreaInvestment(market.APP_KEY, market.APP_SECRET, f"{market.ACCOUNT}-{market.PRODUCT}")
    symbol = market.symbols(1)[0]
    stream = mojito.KoreaInvestmentWS(market.APP_KEY, market.APP_SECRET, ["H0STCNT0"], [symbol], user_id=market.HTS_ID)
    stream.base_url = rest_url
    stream.daemon = True
    stream.start()
    seen = {"records": 0, "end": 0}
    threading.Thread(target=_obey, args=(seen,), daemon=True).start()
    while not seen["end"]:
        try:
            kind, record = stream.queue.get(timeout=0.2)
        except queue.Empty:
            continue
        if kind != "체결":
            continue
        seen["records"] += 1
        price = int(record["주식현재가"])
        if price <= LEVEL:
            broker.create_limit_sell_order(symbol, price, market.SHARES)
    stream.terminate()


def _obey(seen: dict[str, int]) -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        if line.strip() == "counts":
            sys.stdout.write(json.dumps({"trades": seen["records"]}) + "\n")
            sys.stdout.flush()
    seen["end"] = 1


if __name__ == "__main__":
    main(*sys.argv[1:])
