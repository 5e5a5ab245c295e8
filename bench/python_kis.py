"""python-kis 2.1.6 as published: its own receive and order code; only addresses are replaced.

Sells on every price at or below the level, from the callback, as its documents show it.
"""

import json
import logging
import os
import sys

import pykis
import pykis.client.websocket
import pykis.kis
from pykis import KisAuth, PyKis
from pykis.api.websocket.price import on_price

from bench import market

LEVEL = market.CALM * 97 // 100


def main(rest_url: str, ws_url: str) -> None:
    """Connect, subscribe one stock, sell until the input ends."""
    pykis.kis.REAL_DOMAIN = pykis.kis.VIRTUAL_DOMAIN = rest_url
    pykis.client.websocket.WEBSOCKET_REAL_DOMAIN = pykis.client.websocket.WEBSOCKET_VIRTUAL_DOMAIN = ws_url
    logging.getLogger("pykis").setLevel(logging.WARNING)
    account = f"{market.ACCOUNT}-{market.PRODUCT}"
    keys = KisAuth(id=market.HTS_ID, appkey=market.APP_KEY, secretkey=market.APP_SECRET, account=account, virtual=False)
    kis = PyKis(keys, keep_token=False)
    symbol = market.symbols(1)[0]
    owner = kis.account()
    kis.primary_token  # noqa: B018 - fetched before it is needed, as hantu does
    seen = {"records": 0}

    def told(_sender: object, event: object) -> None:
        seen["records"] += 1
        price = int(event.response.price)  # type: ignore[attr-defined]
        if price <= LEVEL:
            owner.sell("KRX", symbol, price=price, qty=market.SHARES)

    ticket = on_price(kis.websocket, "KRX", symbol, told)
    assert ticket is not None
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        if line.strip() == "counts":
            sys.stdout.write(json.dumps({"trades": seen["records"]}) + "\n")
            sys.stdout.flush()
    # Its destructors race with its own thread.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
