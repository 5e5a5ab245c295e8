"""Scenario files: what is read, what is refused, and what the built-in ones hold."""

from datetime import time

import pytest

from hantu.domain.errors import UsageError
from hantu.domain.instrument import Market
from hantu.domain.price_step import is_on_step
from hantu.simulator.exchange import Exchange
from hantu.simulator.scenario import Waypoints, scenario_schema
from hantu.simulator.scenario_file import built_in_names, load_scenario, parse_scenario

STOCK = "stocks: [{symbol: 000660, name: SK하이닉스, base_price: 208000}]\n"


def test_codes_keep_their_zeros_and_times_stay_times():
    read = parse_scenario("""
stocks:
  - {symbol: 000660, name: x, base_price: 208000, market: kosdaq,
     path: {kind: waypoints, points: [{at: 10:30:00, price: 209000}]}}
clock: {speed: 15, segments: [{from: 08:59:50, to: 10:31:00}]}
""")
    (stock,) = read.stocks
    assert (stock.symbol, stock.market) == ("000660", Market.KOSDAQ)
    assert isinstance(stock.path, Waypoints)
    assert stock.path.points[0].at == time(10, 30)
    assert read.clock.clock(5.0).real_at(read.clock.moment(time(8, 59, 50))) == 5.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (STOCK + "clok: {}", "unknown key 'clok'; did you mean 'clock'?"),
        (STOCK + "clock: {sped: 2}", "unknown key 'sped' in clock; did you mean 'speed'?"),
        (
            STOCK + "accounts: [{number: 1, holding: []}]",
            "unknown key 'holding' in accounts[0]; did you mean 'holdings'?",
        ),
        (
            "stocks: [{symbol: a, name: b, base_price: 1, path: {kind: drawn, volatilty: 1}}]",
            "unknown key 'volatilty' in stocks[0].path; did you mean 'volatility'?",
        ),
        (STOCK + "faults: [{at: 09:00:00, kind: cut, xyz: 1}]", "known: at, kind, target"),
        (STOCK + "clock: {speed: fast}", "$.clock.speed"),
        (STOCK + "faults: [{at: 09:00:00, kind: explode}]", "explode"),
        (STOCK + "clock: {speed: 0}", "above zero"),
        (STOCK + "accounts: [{number: 12}]", "ten digits"),
        (
            STOCK + "accounts: [{number: 1234567801, holdings: [{symbol: 005930, quantity: 1, average_price: 1}]}]",
            "005930, which is not listed",
        ),
        ("stocks: [{symbol: a, name: b, base_price: 1}, {symbol: a, name: b, base_price: 1}]", "listed twice: a"),
        ("stocks: []", "at least one stock"),
        ("[]", "mapping"),
        ("a: [", "not YAML"),
        ("extends: nobody", "no such scenario"),
        ("stocks: [{symbol: a, name: b, base_price: 1, path: {kind: replay, file: none.txt}}]", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named(text, message):
    with pytest.raises(UsageError) as raised:
        parse_scenario(text)
    assert message in str(raised.value)


def test_unreadable_file_names_the_built_in_ones():
    with pytest.raises(UsageError) as raised:
        load_scenario("no/such.yaml")
    assert "quiet" in raised.value.next_step


def test_extended_scenario_changes_only_what_it_names():
    base, changed = load_scenario("quiet"), load_scenario("s02_stop_loss")
    assert [one.symbol for one in changed.stocks] == [one.symbol for one in base.stocks]
    assert changed.stocks[0].name == "삼성전자"
    assert changed.stocks[0].path != base.stocks[0].path
    assert changed.stocks[1:] == base.stocks[1:]
    assert changed.accounts == base.accounts


@pytest.mark.parametrize("name", built_in_names())
def test_built_in_scenario_is_playable(name):
    read = load_scenario(name)
    assert (read.name, len(read.stocks), len(read.accounts)) == (name, 20, 1)
    assert read.description
    for stock in read.stocks:
        assert is_on_step(stock.base_price, stock.market)
        if isinstance(stock.path, Waypoints):
            assert all(is_on_step(point.price, stock.market) for point in stock.path.points)
    exchange = Exchange(read)
    assert exchange.account_of("12345678-01") is not None
    assert exchange.account_of("00000000-01") is None


def test_demo_is_over_in_45_seconds():
    read = load_scenario("demo")
    played = sum((end - begin).total_seconds() for begin, end in read.clock.moments())
    assert played / read.clock.speed <= 45


def test_schema_describes_every_kind_of_path():
    text = str(scenario_schema())
    assert all(word in text for word in ("waypoints", "drawn", "replay", "from"))
