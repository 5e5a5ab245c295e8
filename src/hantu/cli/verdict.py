"""Did the demonstrated day go as promised? Judged from hantu's records and from the exchange's own.

Pure: both records come in as plain data, a list of findings comes out. The two
never vouch for themselves: whatever was bought or sold is counted by the exchange.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hantu.cli.views.wording import parse_time

WATCHED_MIN = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise, what became of it, and whether it held."""

    name: str
    expected: str
    happened: str
    held: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One recorded event."""

    event_type: str
    payload: Mapping[str, Any]
    timestamp: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the verdict looks at."""

    events: Sequence[Told]
    exchange: Mapping[str, Any]
    """``/_sim/state``."""
    messages: Sequence[str]
    """What arrived on the phone."""
    held_before: Mapping[str, int]
    """Shares per stock at the start, from the scenario."""
    halts: Sequence[tuple[datetime, datetime]]
    """When the exchange was halted, aware."""
    anomalies: Sequence[Mapping[str, Any]] = ()

    def of(self, event_type: str) -> list[Mapping[str, Any]]:
        """Return the payloads of one type."""
        return [told.payload for told in self.events if told.event_type == event_type]


def judge(evidence: Evidence) -> list[Finding]:
    """Return one finding per promise; all must hold."""
    return [
        _watched(evidence),
        _exit(evidence, "stop_loss", "손절"),
        _exit(evidence, "take_profit", "익절"),
        _partial(evidence),
        _cut(evidence),
        _halted(evidence),
        _opportunity(evidence),
        _closed(evidence),
        _once(evidence),
        _never_more(evidence),
        _agree(evidence),
        _told(evidence),
        _manners(evidence),
    ]


def _watched(evidence: Evidence) -> Finding:
    started = evidence.of("monitor_started")
    count = started[0]["subscribed"] if started else 0
    return Finding("감시 종목", f"{WATCHED_MIN}개 이상 구독", f"{count}개 구독", count >= WATCHED_MIN)


def _exit(evidence: Evidence, purpose: str, label: str) -> Finding:
    done = [fact for fact in evidence.of(f"{purpose}_filled") if fact["purpose"] == purpose]
    sold = _sold(evidence)
    good = [
        fact for fact in done if sold[fact["symbol"]] == fact["quantity"] == evidence.held_before.get(fact["symbol"])
    ]
    names = ", ".join(f"{fact['name']} {fact['quantity']}주 {fact['return_rate']:+.1%}" for fact in done)
    return Finding(label, "1건 이상, 보유 수량 전부", names or "없음", bool(good) and len(good) == len(done))


def _partial(evidence: Evidence) -> Finding:
    parts = Counter(fill["order_no"] for fill in evidence.exchange["fills"])
    ours = Counter(fact["intent_id"] for fact in evidence.of("order_filled"))
    split = [order for order in evidence.exchange["orders"] if parts[order["order_no"]] > 1 and not order["remaining"]]
    text = ", ".join(
        f"주문 {order['order_no'].lstrip('0')} {parts[order['order_no']]}번에 나뉘어 체결" for order in split
    )
    held = bool(split) and any(count > 1 for count in ours.values())
    return Finding("부분 체결", "나뉜 체결을 합쳐 끝까지", text or "없음", held)


def _cut(evidence: Evidence) -> Finding:
    lost, back = evidence.of("connection_lost"), evidence.of("reconnected")
    connections = evidence.exchange["stream"]["connections"]
    outage = f"{back[0]['outage_s']:.1f}초 만에 복구" if back else "복구 안 됨"
    text = f"끊김 {len(lost)}회, {outage}, 거래소가 본 연결 {connections}회"
    return Finding(
        "연결 끊김", "1회 끊기고 스스로 복구", text, bool(lost) and len(lost) == len(back) and connections > 1
    )


def _halted(evidence: Evidence) -> Finding:
    halted, resumed = _whole_market(evidence, "market_halted"), _whole_market(evidence, "market_resumed")
    inside = [
        call for call in evidence.exchange["order_calls"]
        if any(begin <= _moment(call["at"]) < end for begin, end in evidence.halts)
    ]  # fmt: skip
    text = f"중단 {len(halted)}회·재개 {len(resumed)}회, 그동안 거래소에 온 주문 {len(inside)}건"
    return Finding("장 중단", "중단 동안 주문 0건, 재개 확인", text, bool(halted) and bool(resumed) and not inside)


def _whole_market(evidence: Evidence, event_type: str) -> list[Mapping[str, Any]]:
    return [fact for fact in evidence.of(event_type) if not fact.get("symbol")]


def _opportunity(evidence: Evidence) -> Finding:
    found = evidence.of("add_buy_opportunity")
    buys = [order for order in evidence.exchange["orders"] if order["side"] == "buy"]
    names = ", ".join(f"{fact['name']} {fact['price']:,}원" for fact in found)
    text = f"{names or '없음'}, 거래소의 매수 주문 {len(buys)}건"
    return Finding("추가 매수 기회", "알림 1건 이상, 매수 주문 0건", text, bool(found) and not buys)


def _closed(evidence: Evidence) -> Finding:
    finished, summaries = evidence.of("monitor_finished"), evidence.of("daily_summary")
    sessions = evidence.exchange["stream"]["sessions"]
    left = sum(len(session["registrations"]) for session in sessions)
    text = f"하루 정리 {len(summaries)}건, 남은 구독 {left}개, 열린 연결 {len(sessions)}개"
    return Finding(
        "장 마감", "정리 1건, 구독·연결 모두 해제", text, bool(finished) and len(summaries) == 1 and not sessions
    )


def _once(evidence: Evidence) -> Finding:
    """Each exit flow led to exactly one sell order at the exchange (refused ones aside)."""
    flows = {fact["flow"] for fact in [*evidence.of("stop_loss_reached"), *evidence.of("take_profit_reached")]}
    intents = [fact for fact in evidence.of("intent_recorded") if fact["kind"] == "order" and fact["flow"] in flows]
    live = Counter(
        order["symbol"] for order in evidence.exchange["orders"]
        if order["side"] == "sell" and not order["original"] and not order["rejected"]
    )  # fmt: skip
    wanted = Counter(fact["symbol"] for fact in intents)
    total = sum(live.values())
    text = f"청산 {len(flows)}건, 거래소가 받은 매도 주문 {total}건"
    held = bool(flows) and total == len({fact["flow"] for fact in intents}) and live == wanted
    return Finding("정확히 한 번", "청산마다 매도 주문 1건", text, held)


def _never_more(evidence: Evidence) -> Finding:
    sold = _sold(evidence)
    over = [symbol for symbol, count in sold.items() if count > evidence.held_before.get(symbol, 0)]
    holdings = {
        symbol: position["quantity"]
        for account in evidence.exchange["accounts"].values()
        for symbol, position in account["holdings"].items()
    }
    wrong = [
        symbol for symbol, before in evidence.held_before.items() if holdings.get(symbol, 0) != before - sold[symbol]
    ]
    text = f"판 주식 {sum(sold.values())}주, 초과 {len(over)}종목, 잔고 불일치 {len(wrong)}종목"
    return Finding("보유보다 많이 팔지 않음", "초과 0종목", text, not over and not wrong and bool(sold))


def _agree(evidence: Evidence) -> Finding:
    theirs = _sold(evidence)
    ours: Counter[str] = Counter()
    for fact in evidence.of("order_filled"):
        ours[fact["symbol"]] += fact["quantity"]
    text = f"hantu {sum(ours.values())}주 / 거래소 {sum(theirs.values())}주"
    return Finding("기록 일치", "hantu의 체결 = 거래소의 체결", text, ours == theirs and bool(theirs))


def _told(evidence: Evidence) -> Finding:
    wanted = ("모니터링 시작", "손절", "익절", "장 중단", "오늘")
    missing = [word for word in wanted if not any(word in message for message in evidence.messages)]
    text = f"메시지 {len(evidence.messages)}건" + (f", 없음: {', '.join(missing)}" if missing else "")
    return Finding("휴대폰 알림", "시작·손절·익절·장 중단·마감", text, not missing)


def _manners(evidence: Evidence) -> Finding:
    kinds = Counter(str(anomaly["kind"]) for anomaly in evidence.anomalies)
    text = ", ".join(f"{kind} {count}건" for kind, count in kinds.items()) or "없음"
    return Finding("통신 예절", "거래소가 본 이상 행동 0건", text, not kinds)


def _sold(evidence: Evidence) -> Counter[str]:
    sold: Counter[str] = Counter()
    for fill in evidence.exchange["fills"]:
        if fill["side"] == "sell":
            sold[fill["symbol"]] += fill["quantity"]
    return sold


def _moment(text: str) -> datetime:
    moment = parse_time(text)
    assert moment is not None, text
    return moment
