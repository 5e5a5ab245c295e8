"""The catalogue can be read from both sides."""

from hantu.kis.endpoints import ALL, ORDER_BUY, ORDER_SELL, PRICE, ROUTES, Lane


def test_every_transaction_id_leads_back_to_its_call() -> None:
    for endpoint in ALL:
        for tr_id in filter(None, (endpoint.real, endpoint.paper, *endpoint.older)):
            assert ROUTES[endpoint.path, tr_id].endpoint is endpoint


def test_side_of_an_order_is_told_by_its_id_old_and_new() -> None:
    path = "/uapi/domestic-stock/v1/trading/order-cash"
    assert ROUTES[path, "TTTC0012U"].endpoint is ORDER_BUY
    assert ROUTES[path, "VTTC0801U"].endpoint is ORDER_SELL
    assert ROUTES[path, "VTTC0801U"].older
    assert not ROUTES[path, "VTTC0801U"].real
    assert ROUTES[path, "VTTC0801U"].paper


def test_quotations_are_the_same_on_both_hosts() -> None:
    route = ROUTES[PRICE.path, "FHKST01010100"]
    assert (route.real, route.paper, route.older) == (True, True, False)


def test_only_orders_use_the_exit_lane_and_all_of_them_the_ledger() -> None:
    exits = {endpoint.name for endpoint in ALL if endpoint.lane is Lane.EXIT}
    assert exits == {"order_buy", "order_sell", "order_revise"}
    assert all(endpoint.ledger for endpoint in ALL if "/trading/" in endpoint.path)
    assert not any(endpoint.ledger for endpoint in ALL if "/quotations/" in endpoint.path)
