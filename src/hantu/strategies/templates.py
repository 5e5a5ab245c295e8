"""What ``hantu strategies new`` writes: a strategy that works, and a test that shows it."""

from pathlib import Path

from hantu.domain.errors import UsageError
from hantu.strategies.loading import checked_name

_STRATEGY = '''"""{name}: 3분 연속 오른 관심 종목의 매수를 제안합니다. 여기서부터 고쳐 쓰세요."""

from msgspec import Struct

from hantu.strategies.sdk import Bar, Fill, Strategy


class Params(Struct):
    """설정. `hantu jobs start {name} --set shares=5` 로 바꿉니다."""

    shares: int = 10
    minutes: int = 3


class State(Struct):
    """다시 시작해도 남는 것. 다음 호출에 필요한 것은 모두 여기에 두세요."""

    rising: dict[str, int] = {{}}
    """종목별로 이어서 오른 분 수."""
    last: dict[str, int] = {{}}
    """종목별 마지막 종가 (원)."""


class {kind}(Strategy[Params, State]):
    """한 번에 한 가지 일로 불리고, 기다리지 않고 돌아갑니다."""

    def on_bar(self, bar: Bar) -> None:
        """1분봉이 끝날 때마다 불립니다."""
        rose = bar.close > self.state.last.get(bar.symbol, bar.close)
        self.state.rising[bar.symbol] = self.state.rising.get(bar.symbol, 0) + 1 if rose else 0
        self.state.last[bar.symbol] = bar.close
        watched = any(one.symbol == bar.symbol for one in self.watchlist)
        if watched and self.state.rising[bar.symbol] >= self.params.minutes:
            self.state.rising[bar.symbol] = 0
            self.propose(bar.symbol, self.params.shares, bar.close, f"{{self.params.minutes}}분 연속 상승")

    def on_fill(self, fill: Fill) -> None:
        """계좌에 체결이 생길 때마다 한 번 불립니다."""
        if fill.proposal:
            self.note(f"내 제안 체결: {{fill.symbol}} {{fill.quantity}}주 {{fill.price:,}}원")
'''

_TEST = '''"""{name} 의 테스트: `pytest {file}`"""

from pathlib import Path

from hantu.strategies.loading import load
from hantu.strategies.sdk import Watch
from hantu.strategies.stage import Stage

STRATEGY = load("{name}", Path(__file__).parent)
SAMSUNG = Watch("005930", "삼성전자", 80.0, 70_000)


def minutes(stage: Stage, *closes: int) -> None:
    """Each price is the close of one minute."""
    for close in closes:
        stage.trade("005930", close)
        stage.pass_time(60)
    stage.pass_time(3)


def test_three_rising_minutes_are_one_proposal():
    stage = Stage(STRATEGY, watchlist=(SAMSUNG,))
    minutes(stage, 70_000, 70_100, 70_200, 70_300)
    assert [(one.side, one.symbol, one.quantity) for one in stage.proposals] == [("buy", "005930", 10)]
    minutes(stage, 70_400, 70_500, 70_600, 70_700)
    assert len(stage.proposals) == 1, "the first one is still before a person"


def test_a_fall_begins_the_count_anew():
    stage = Stage(STRATEGY, watchlist=(SAMSUNG,))
    minutes(stage, 70_000, 70_100, 70_000, 70_100, 70_200)
    assert stage.proposals == []


def test_the_count_survives_a_restart():
    stage = Stage(STRATEGY, watchlist=(SAMSUNG,))
    minutes(stage, 70_000, 70_100, 70_200)
    stage.restart()
    minutes(stage, 70_300)
    assert len(stage.proposals) == 1
'''


def write_new(name: str, folder: Path) -> tuple[Path, Path]:
    """Write a strategy and its test; return both files.

    Raises:
        UsageError: The name cannot be used, or there is such a file already.
    """
    strategy = folder / f"{checked_name(name)}.py"
    test = folder / f"test_{name}.py"
    for file in (strategy, test):
        if file.exists():
            raise UsageError(f"이미 있는 파일입니다: {file}", next_step="다른 이름을 쓰세요.")
    kind = "".join(part.capitalize() for part in name.split("_"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strategy.write_text(_STRATEGY.format(name=name, kind=kind), encoding="utf-8")
        test.write_text(_TEST.format(name=name, file=test.name), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"파일을 쓸 수 없습니다: {folder} ({error.strerror})", next_step="폴더 권한을 확인하세요."
        ) from error
    return strategy, test
