"""A replayed day as people read it: what was done and why, or where two decisions part."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from hantu.cli.views.story import tell
from hantu.cli.views.wording import korean_time
from hantu.domain import events as ev
from hantu.domain.events import event_type
from hantu.harness.replay import Step

RULES = {"fixed": "고정 비율", "atr": "ATR"}
LABEL_CELLS = 14


def step_lines(step: Step, symbol: str = "") -> Iterator[str]:
    """Yield what one decision did, and its reasons; nothing for what is no news."""
    assert step.decision is not None
    at = korean_time(f"{step.now.wall:%Y-%m-%d %H:%M:%S.%f}", "%H:%M:%S.%f")[:12]
    for fact in step.decision.facts:
        if symbol and getattr(fact, "symbol", "") != symbol:
            continue
        line = tell(event_type(fact), payload(fact))
        if line is not None:
            yield _line(at, line[0], line[1])
        if isinstance(fact, ev.StopLossReached | ev.TakeProfitReached):
            yield _line("", "└ 이유", _reason(step, fact))
    if not symbol:
        for level, text in step.decision.log:
            if level in ("WARNING", "ERROR"):
                yield _line(at, level, text)


def payload(fact: Any) -> Mapping[str, Any]:
    """Return a fact as the records hold it."""
    found: Mapping[str, Any] = msgspec.to_builtins(fact)
    return found


def difference(step: Step) -> dict[str, Any]:
    """Return the first differing decision with both sides, for programs."""
    recorded, replayed = step.sides
    return {
        "position": step.number, "at": f"{step.now.wall:%Y-%m-%d %H:%M:%S.%f}", "input": type(step.got).__name__,
        "values": msgspec.to_builtins(step.got), "recorded": recorded, "replayed": replayed,
    }  # fmt: skip


def difference_text(step: Step) -> str:
    """Return the first differing decision with both sides, for people."""
    recorded, replayed = step.sides
    at = korean_time(f"{step.now.wall:%Y-%m-%d %H:%M:%S.%f}", "%H:%M:%S.%f")
    return (
        f"{step.number:,}번째 입력({at})에서 결정이 다릅니다.\n"
        f"  입력   {step.got}\n  기록   {_side(recorded)}\n  재생   {_side(replayed)}"
    )


def _side(side: Any) -> str:
    if isinstance(side, dict):
        return f"판단 실패 {side['failed']}"
    facts, actions, log = side
    said = [f"{name} {values}" for name, values in (*facts, *actions)] + [f"{level}: {text}" for level, text in log]
    return "\n         ".join(said) or "(아무것도 하지 않음)"


def _reason(step: Step, fact: ev.StopLossReached | ev.TakeProfitReached) -> str:
    position = step.engine.book.positions.get(fact.symbol)
    rule = RULES.get(position.rule, position.rule) if position else "-"
    traded = korean_time(fact.traded_at, "%H:%M:%S") if fact.traded_at else "-"
    share = (fact.level / fact.average_price - 1) if fact.average_price else 0.0
    return (
        f"규칙 {rule}, 평균 {fact.average_price:,}원의 {share:+.2%} 수준, {fact.quantity:,}주 보유, "
        f"거래소 체결 시각 {traded}, 테이프 {step.number:,}번째"
    )


def _line(at: str, label: str, text: str) -> str:
    from rich.cells import cell_len

    return f"{at:12}  {label}{' ' * max(0, LABEL_CELLS - cell_len(label))} {text}"
