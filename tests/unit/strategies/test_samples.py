"""The strategy that comes with hantu, and the one `hantu strategies new` writes, do what they say."""

import subprocess
import sys
from pathlib import Path

import pytest

from hantu.domain.errors import UsageError
from hantu.strategies.loading import exists, load, names
from hantu.strategies.samples.support_rebound import Params, SupportRebound
from hantu.strategies.sdk import Holding, Watch
from hantu.strategies.stage import Stage
from hantu.strategies.templates import write_new

SAMSUNG = Watch("005930", "삼성전자", 80.0, 70_000)


def minute(stage: Stage, *prices: int) -> None:
    """One whole minute of trades."""
    for price in prices:
        stage.trade("005930", price)
    stage.pass_time(63)


def playing(**words) -> Stage:
    stage = Stage(SupportRebound, **({"watchlist": (SAMSUNG,)} | words))
    minute(stage, 72_000)
    return stage


def test_a_rebound_at_the_support_is_proposed_once_a_day():
    stage = playing()
    minute(stage, 70_300, 70_100, 70_400)
    assert [(one.symbol, one.side, one.quantity, one.reason) for one in stage.proposals] == [
        ("005930", "buy", 14, "지지선 70,000원 근처에서 반등")
    ]
    stage.decide("T-1", "denied")
    stage.restart()
    minute(stage, 70_200)
    minute(stage, 70_300, 70_100, 70_400)
    assert len(stage.proposals) == 1, "not again today, also after a restart"
    stage.pass_time(24 * 3_600)
    minute(stage, 70_300, 70_100, 70_400)
    assert len(stage.proposals) == 2
    assert stage.notes == ["T-1: denied"]


@pytest.mark.parametrize(
    ("prices", "words"),
    [
        ((71_500, 71_400, 71_600), {}),  # not near
        ((70_400, 70_300, 70_200), {}),  # falls
        ((69_900, 69_800, 69_950), {}),  # closes below
        ((70_300, 70_100, 70_400), {"watchlist": (Watch("005930", "삼성전자", 50.0, 70_000),)}),
        ((70_300, 70_100, 70_400), {"watchlist": (Watch("000660", "SK하이닉스", 90.0, 70_000),)}),
        ((70_300, 70_100, 70_400), {"params": Params(budget_won=50_000)}),
        ((70_300, 70_100, 70_400), {"holdings": (Holding("005930", 3, 70_000),)}),
    ],
    ids=["far", "falling", "below", "low-score", "not-watched", "too-dear", "held"],
)
def test_nothing_else_is(prices, words):
    stage = playing(**words)
    minute(stage, *prices)
    assert stage.proposals == []


def test_what_it_holds_leaves_when_a_minute_closes_below_the_support():
    stage = playing(holdings=(Holding("005930", 3, 70_500),))
    minute(stage, 70_100, 69_900)
    assert [(one.side, one.quantity) for one in stage.proposals] == [("sell", 3)]


def test_a_new_strategy_works_and_its_own_test_shows_it(tmp_path):
    strategy, test = write_new("my_first", tmp_path / "mine")
    assert exists("my_first", strategy.parent)
    assert names(strategy.parent) == ("my_first", "support_rebound")
    assert load("my_first", strategy.parent).__name__ == "MyFirst"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "-W", "ignore", str(test)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
    with pytest.raises(UsageError, match="이미 있는"):
        write_new("my_first", strategy.parent)


@pytest.mark.parametrize("name", ["../x", "X", "1a", "a-b", "", "a" * 41, "a.b"])
def test_a_name_is_a_name(tmp_path, name):
    with pytest.raises(UsageError):
        write_new(name, tmp_path)
    with pytest.raises(UsageError):
        load(name, tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\n", "0개"),
        ("from hantu.strategies.sdk import *\nclass A(Strategy): ...\nclass B(Strategy): ...\n", "2개"),
    ],
)
def test_a_file_holds_exactly_one_strategy(tmp_path: Path, text: str, said: str):
    (tmp_path / "odd.py").write_text(text)
    with pytest.raises(UsageError, match=said):
        load("odd", tmp_path)


def test_one_that_is_not_there_is_said_with_those_that_are(tmp_path):
    with pytest.raises(UsageError) as caught:
        load("nothing", tmp_path)
    assert "support_rebound" in caught.value.next_step
