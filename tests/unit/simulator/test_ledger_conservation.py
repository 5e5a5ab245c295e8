"""Whatever is ordered in whatever order: no won and no share appears or disappears."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hantu.domain.account import Side
from hantu.simulator.model import Accepted, NoticeIssued
from tests.unit.simulator.markets import ACCOUNT, STOCK, Desk, scenario, triplet

START_CASH, START_SHARES = 1_000_000, 200
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("order"),
            st.sampled_from(Side),
            st.integers(1, 80),
            st.integers(-40, 40),
            st.sampled_from(["00", "01", "03", "04", "11", "12", "13", "14", "15"]),
        ),
        st.tuples(st.just("cancel"), st.integers(0, 30), st.integers(0, 20)),
        st.tuples(st.just("amend"), st.integers(0, 30), st.integers(-40, 40), st.integers(0, 20)),
        st.tuples(st.just("wait"), st.floats(0.1, 20)),
        st.tuples(st.just("halt")),
    ),
    max_size=40,
)


def play(desk, steps):
    """Carry out the steps and return every notice."""
    numbers, events = [], []
    for step in steps:
        match step:
            case ("order", side, quantity, distance, kind):
                answer = desk.order(side, quantity, 10_000 + distance * 10, kind)
            case ("cancel", which, quantity) if numbers:
                answer = desk.cancel(numbers[which % len(numbers)], quantity)
            case ("amend", which, distance, quantity) if numbers:
                answer = desk.amend(numbers[which % len(numbers)], 10_000 + distance * 10, quantity)
            case ("wait", seconds):
                events += desk.wait(seconds)
                answer = None
            case _:
                answer = None
        if isinstance(answer, Accepted):
            numbers.append(answer.order_no)
        check(desk)
    events += desk.exchange.drain_events()
    return [one.columns for one in events if isinstance(one, NoticeIssued)]


def check(desk):
    state = desk.exchange.inspect()
    account = state["accounts"][ACCOUNT]
    held = account["holdings"][STOCK]
    working = [one for one in state["orders"] if one["remaining"]]
    bound = sum(one["remaining"] for one in working if one["side"] == "sell")
    assert held["sellable"] == held["quantity"] - bound >= 0
    assert account["orderable_cash"] >= 0
    promised = sum(one["remaining"] * one["price"] for one in working if one["side"] == "buy")
    assert account["orderable_cash"] <= account["cash"] - promised
    for one in state["orders"]:
        assert one["remaining"] >= 0
        parts = one["filled"] + one["canceled"] + one["rejected"]
        assert parts + one["remaining"] == one["quantity"] or one["kind"] == "cancel"
    sides = {side: [one for one in state["fills"] if one["side"] == side] for side in ("buy", "sell")}
    shares = {side: sum(one["quantity"] for one in fills) for side, fills in sides.items()}
    money = {side: sum(one["quantity"] * one["price"] for one in fills) for side, fills in sides.items()}
    assert held["quantity"] == START_SHARES + shares["buy"] - shares["sell"] >= 0
    assert account["cash"] == START_CASH + money["sell"] - money["buy"] - account["commission"] - account["tax"]
    for one in state["orders"]:
        mine = [fill for fill in state["fills"] if fill["order_no"] == one["order_no"]]
        assert one["filled"] == sum(fill["quantity"] for fill in mine)
        limit = one["price"] if one["order_type"] in ("00", "11", "12") else 0
        if limit:
            worst = max if one["side"] == "buy" else min
            assert (
                not mine or (worst(fill["price"] for fill in mine) - limit) * (1 if one["side"] == "buy" else -1) <= 0
            )


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(1, 5))
def test_money_and_shares_are_conserved(steps, seed):
    path = "{kind: drawn, volatility: 0.3, band: 0.02}"
    desk = Desk(
        scenario(
            liquidity="trades_per_second: 1, spread: 0.5",
            path=path,
            quantity=START_SHARES,
            cash=START_CASH,
            extra="faults: [{at: 09:00:20, kind: halt, duration: 5, params: {auction: 5}}]",
        ),
        seed,
    )
    notices = play(desk, steps)
    told = {}
    for one in notices:
        if triplet(one) == "022":
            told[one["ODER_NO"]] = told.get(one["ODER_NO"], 0) + int(one["CNTG_QTY"])
    assert told == {one["order_no"]: one["filled"] for one in desk.exchange.inspect()["orders"] if one["filled"]}
